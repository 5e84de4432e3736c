// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"cmp"
	"slices"

	"github.com/usher-signin/usher"
)

// A Result is a ruling in its place among the others: on which instance, of
// which severity, and because of what.
type Result struct {
	Code     usher.Code
	Status   Status
	Severity usher.Severity
	Instance string
	File     string // of the instance
	Ruling          // Status and Severity above are the final ones

	Missing    Fact   // unknown: the facts that are missing
	Suppressed string // the reason for which the finding is accepted; empty: it is not
	Weight     Weight // after Rank: how likely it explains the symptom

	check *Check
	order int // of the check among the checks
	in    int // of the instance among the instances
}

// Check gives the check that was run.
func (r Result) Check() Check { return *r.check }

// Finding says whether the result is one that somebody must act on.
func (r Result) Finding() bool {
	return r.Status == Fails && r.Severity != usher.SeverityInfo && r.Suppressed == ""
}

// Root says whether the result is a failure that no other one explains.
func (r Result) Root() bool { return r.Status == Fails && r.Because == "" }

// Usher gives the result as the root package has it, in English.
func (r Result) Usher() usher.Finding {
	f := usher.Finding{Subject: r.Subject, Message: r.Message.String(), Saw: r.Saw.String(), Want: r.Want.String(), Place: r.Place, Because: r.Because, Fix: r.fix(English)}
	for _, line := range r.Evidence {
		f.Evidence = append(f.Evidence, line.String())
	}
	return f
}

func (r Result) fix(l Language) *usher.Fix {
	if r.Fix == nil {
		return nil
	}
	return &usher.Fix{Description: r.Fix.Description.In(l), Edits: r.Fix.Edits, ChangesAccess: r.Fix.ChangesAccess, Elsewhere: r.Fix.Elsewhere}
}

// sortResults puts root causes first, most upstream first, errors before
// warnings before what is merely worth knowing; then consequences, then what
// is not known, what is moot, and what holds.
func sortResults(results []Result) []Result {
	at := make([]int, len(results)) // results are large: their places are sorted instead
	for i := range at {
		at[i] = i
	}
	slices.SortStableFunc(at, func(i, j int) int {
		a, b := &results[i], &results[j]
		return cmp.Or(rankOf(a)-rankOf(b), a.order-b.order, a.in-b.in)
	})
	out := make([]Result, len(results))
	for i, j := range at {
		out[i] = results[j]
	}
	return out
}

func rankOf(r *Result) int {
	switch {
	case r.Root() && r.Suppressed != "":
		return 4
	case r.Root() && r.Severity == usher.SeverityError:
		return 0
	case r.Root() && r.Severity == usher.SeverityWarning:
		return 1
	case r.Root():
		return 2
	case r.Status == Fails:
		return 3
	case r.Status == Unknown:
		return 5
	case r.Status == Moot:
		return 6
	default:
		return 7
	}
}
