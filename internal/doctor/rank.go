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
	return rankBy(results, func(signs Signs) Weight { return signs[s] })
}

func rankBy(results []Result, weigh func(Signs) Weight) []Result {
	var out []Result
	for _, r := range results {
		if w := weigh(r.check.Explains); w > 0 {
			r.Weight = w
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b Result) int {
		if d := standing(a) - standing(b); d != 0 {
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
