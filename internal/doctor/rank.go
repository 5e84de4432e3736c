// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"slices"

	"github.com/usher-signin/usher"
)

// Symptoms beyond those of the vendor's page (see package usher).
const (
	SymptomLoginLoop       usher.Symptom = "login-loop"        // back at the login page again and again
	SymptomErrorAfterLogin usher.Symptom = "error-after-login" // an error page once the provider has let the person go
	SymptomOnePersonOnly   usher.Symptom = "one-person-only"   // all others get in
	SymptomApplication     usher.Symptom = "application-fails" // signed in, and the application does not work
)

// A SymptomWord is a symptom and the sentence that describes it.
type SymptomWord struct {
	Symptom usher.Symptom
	Says    Phrase
}

// Symptoms lists the symptoms that the doctor can rank causes for.
func Symptoms() []SymptomWord {
	return []SymptomWord{
		{usher.SymptomRedirectedToAdobe, Say("the person lands on adobe.com")},
		{usher.SymptomNoRightMatching, Say("“Login does not have any right matching the expression”")},
		{usher.SymptomLoginPageUnreachable, Say("the login page of the provider does not come")},
		{usher.SymptomClientConsoleCache, Say("one workstation fails, all others work")},
		{SymptomLoginLoop, Say("back at the login page again and again")},
		{SymptomErrorAfterLogin, Say("an error page after signing in at the provider")},
		{SymptomOnePersonOnly, Say("one person cannot sign in, all others can")},
		{SymptomApplication, Say("signed in, but the application fails")},
	}
}

// Rank keeps the results that could explain a symptom and puts them in the
// order in which to look: confirmed, then unknown, then moot, then ruled out;
// within each the likeliest first, then the most upstream.
func Rank(s usher.Symptom, results []Result) []Result {
	return rankBy(results, func(r Result) Weight { return r.check.Explains[s] }, nil)
}

// RankMatches is Rank for what was recognized in a pasted text: the checks that
// a message points to come before the others that its symptom may have.
func RankMatches(matches []Match, results []Result) []Result {
	named := make(map[usher.Code]int)
	for _, m := range matches {
		for i, code := range m.Codes {
			if _, ok := named[code]; !ok {
				named[code] = i
			}
		}
	}
	return rankBy(results, func(r Result) Weight {
		var w Weight
		for _, m := range matches {
			sign := r.check.Explains[m.Symptom]
			if m.telling() || r.Status == Fails && sign >= Likely {
				w = max(w, sign)
			}
		}
		return w
	}, named)
}

// telling says that the message is the symptom itself, which many things
// cause; others name their cause, and only what fails is worth showing besides.
func (m Match) telling() bool {
	switch m.Symptom {
	case usher.SymptomNoRightMatching, usher.SymptomRedirectedToAdobe, usher.SymptomClientConsoleCache, SymptomLoginLoop:
		return true
	}
	return len(m.Codes) == 0
}

// Candidates lists the checks that what was recognized may come from, the
// likeliest first, where there is no configuration to judge.
func Candidates(checks []Check, matches []Match) []Result {
	results := make([]Result, len(checks))
	for i := range checks {
		results[i] = Result{Code: checks[i].Code, Status: Unknown, Severity: checks[i].Severity, check: &checks[i], order: i}
		results[i].Message = Say(checks[i].Holds)
	}
	return slices.DeleteFunc(RankMatches(matches, results), func(r Result) bool { return r.Weight < Sometimes })
}

// rankBy ranks by weight; codes that were named come first, in the order given.
func rankBy(results []Result, weigh func(Result) Weight, named map[usher.Code]int) []Result {
	var out []Result
	for _, r := range results {
		_, ok := named[r.Code]
		if r.Weight = weigh(r); ok {
			r.Weight = Typically
		}
		if r.Weight > 0 {
			out = append(out, r)
		}
	}
	place := func(r Result) int {
		if at, ok := named[r.Code]; ok {
			return at - len(named)
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b Result) int {
		if d := standing(a) - standing(b); d != 0 {
			return d
		}
		if d := place(a) - place(b); d != 0 {
			return d
		}
		if d := int(b.Weight) - int(a.Weight); d != 0 {
			return d
		}
		return a.order - b.order
	})
	return out
}

func standing(r Result) int {
	switch r.Status {
	case Fails:
		if r.Severity == usher.SeverityInfo {
			return 1
		}
		return 0
	case Unknown:
		return 2
	case Moot:
		return 3
	default:
		return 4
	}
}

// Words says a weight.
func (w Weight) Words() Phrase {
	switch w {
	case Typically:
		return Say("the usual cause")
	case Likely:
		return Say("a likely cause")
	case Sometimes:
		return Say("sometimes the cause")
	default:
		return Say("rarely the cause")
	}
}
