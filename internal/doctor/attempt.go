// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"slices"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
)

// FromAttempt makes the case of one recorded attempt: the configuration, and
// what the attempt saw as it went.
func FromAttempt(cfg *config.Config, a usher.Attempt) Case {
	from := "attempt " + string(a.Reference)
	at := a.Ended
	if at.IsZero() {
		at = a.Begun
	}
	in := &Instance{Config: cfg, Attempt: Known(a, at, from)}
	if a.Person != nil {
		in.Email = a.Person.Email
		in.Profile = Known(*a.Person, at, from)
	}
	return Case{Instances: []*Instance{in}}
}

// Explain says why an attempt went as it did. The cause that the sign-in
// itself named is the first root. Where the person never came back, nothing
// was named: what could have kept them follows, the likeliest first.
func Explain(checks []Check, cfg *config.Config, a usher.Attempt) []Result {
	return ExplainCase(checks, FromAttempt(cfg, a))
}

// ExplainCase is Explain for a case to which more facts were added, and for a
// case of [FromAttempt].
func ExplainCase(checks []Check, c Case) []Result {
	var attempt usher.Attempt
	for _, in := range c.Instances {
		if a := known(in.Attempt); a != nil {
			attempt = *a
		}
	}
	if attempt.Cause == nil && attempt.Outcome == usher.OutcomeBegun {
		return unfinished(checks, c)
	}
	results := Run(checks, c)
	kept := results[:0]
	for _, r := range results {
		if r.Status == Fails || r.Status == Moot {
			kept = append(kept, r)
		}
	}
	if attempt.Cause != nil {
		slices.SortStableFunc(kept, func(a, b Result) int { return named(a, attempt.Cause) - named(b, attempt.Cause) })
	}
	return kept
}

// named puts what the sign-in named before everything else.
func named(r Result, c *usher.Cause) int {
	if r.Code == c.Code && r.Root() {
		return 0
	}
	return 1
}

// unfinished keeps what fails, and whatever could keep a person at the provider.
func unfinished(checks []Check, c Case) []Result {
	c.Symptom = usher.SymptomRedirectedToAdobe
	results := Run(checks, c)
	var out []Result
	for _, r := range results {
		if r.Code == usher.CodeAttemptUnfinished {
			out = append(out, r)
		}
	}
	seen := map[usher.Code]bool{usher.CodeAttemptUnfinished: true}
	keep := func(list []Result) {
		for _, r := range list {
			if !seen[r.Code] {
				out = append(out, r)
			}
		}
		for _, r := range list {
			seen[r.Code] = true
		}
	}
	keep(rankBy(results, func(r Result) Weight {
		return max(r.check.Explains[usher.SymptomRedirectedToAdobe], r.check.Explains[usher.SymptomLoginPageUnreachable])
	}, nil))
	for _, r := range results {
		if r.Status == Fails && !seen[r.Code] {
			out = append(out, r)
		}
	}
	return out
}

// recorded is the cause that the attempt ended with, where it is of this code.
func (r *runner) recorded(code usher.Code) *usher.Cause {
	a := known(r.evidence.in.Attempt)
	if a == nil || a.Cause == nil || a.Cause.Code != code {
		return nil
	}
	return a.Cause
}

// fromCause makes a ruling of what the sign-in recorded.
func (r *runner) fromCause(check *Check, c *usher.Cause) Ruling {
	cfg, attempt := r.evidence.in.Config, known(r.evidence.in.Attempt)
	ruling := Fail(c.Subject, "the sign-in %s was refused for this at the step %s", string(attempt.Reference), string(c.Step)).Found(Heard(c.Saw), Heard(c.Want))
	if c.Detail != "" {
		ruling = ruling.With("%s", Heard(c.Detail))
	}
	if attempt.Revision != "" && attempt.Revision != cfg.Revision {
		ruling = ruling.With("the file has changed since: the sign-in ran with revision %s, this is %s", attempt.Revision, cfg.Revision)
	}
	ruling = ruling.At(usher.Place{File: cfg.File}).Elsewhere("see what was wanted, on both sides; usher explain %s has the ways to mend it", string(c.Code))
	for i, a := range cfg.Accounts {
		if a.InternalName == attempt.Account && check.Field != "" {
			ruling = ruling.At(cfg.At(cfg.AccountPath(i, check.Field)))
			break
		}
	}
	return ruling
}

// confirm joins what the check finds with what the sign-in recorded: the
// check's own ruling, where there is one, knows the place and the fix.
func confirm(rulings []Ruling, recorded Ruling) []Ruling {
	best := -1
	for i, r := range rulings {
		if r.Status == Fails && (best < 0 || r.Subject == recorded.Subject && rulings[best].Subject != recorded.Subject) {
			best = i
		}
	}
	if best < 0 {
		return append([]Ruling{recorded}, slices.DeleteFunc(rulings, func(r Ruling) bool { return r.Status == Unknown })...)
	}
	own := rulings[best].With("%s", recorded.Message)
	if own.Saw.String() != recorded.Saw.String() && !recorded.Saw.Empty() {
		own = own.With("recorded: saw %s, wanted %s", recorded.Saw, recorded.Want)
	}
	own.Because = ""
	own.Severity = ""
	out := slices.Clone(rulings)
	copy(out[1:best+1], out[:best])
	out[0] = own
	return out
}
