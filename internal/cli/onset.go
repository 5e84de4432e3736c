// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

// quiet is how long a cause must not have been seen for its next refusal to be
// a beginning.
const quiet = 24 * time.Hour

// mostAttempts bounds how much of the record is read for one history.
const mostAttempts = 20_000

// An onset is when sign-ins began to fail with one cause.
type onset struct {
	At       time.Time  `json:"at"`
	Code     usher.Code `json:"code"`
	Refused  int        `json:"refused"` // until the cause was quiet for a day, or now
	Persons  int        `json:"persons"` // who are known to be different
	Last     time.Time  `json:"last"`
	Before   int        `json:"signed_in_before"` // during the day before
	Since    int        `json:"signed_in_since"`  // between the first and the last refusal
	Example  string     `json:"reference"`        // of the first
	Revision string     `json:"revision,omitempty"`
	After    string     `json:"after_revision,omitempty"` // how long the state of the file had been in force
}

func (o onset) sentence() string {
	s := fmt.Sprintf("sign-ins began to fail at %s with %s: %s", stamp(o.At), o.Code, many(o.Refused, "refusal", "refusals"))
	if o.Persons > 1 {
		s += fmt.Sprintf(" of %d persons", o.Persons)
	}
	if o.Refused > 1 {
		s += ", the last at " + stamp(o.Last)
	}
	switch {
	case o.Since > 0:
		s += fmt.Sprintf("; %s succeeded meanwhile", many(o.Since, "other", "others"))
	case o.Before > 0:
		s += fmt.Sprintf("; during the day before, %s succeeded", many(o.Before, "sign-in", "sign-ins"))
	}
	if o.Revision != "" {
		s += fmt.Sprintf("; the file had been changed %s before", o.After)
	}
	return s + "; first " + o.Example
}

// findOnsets reads the attempts since, and a day more, and finds the beginnings.
// The latest comes first.
func findOnsets(ctx context.Context, db *store.DB, since time.Time) ([]onset, error) {
	filter := store.AttemptFilter{Limit: 1000}
	if !since.IsZero() {
		filter.Since = since.Add(-quiet)
	}
	var attempts []usher.Attempt
	for len(attempts) < mostAttempts {
		page, err := db.Attempts(ctx, filter)
		if err != nil {
			return nil, err
		}
		attempts = append(attempts, page...)
		if len(page) < 1000 {
			break
		}
		filter.Before = page[len(page)-1].Begun
	}
	slices.Reverse(attempts)
	found := onsets(attempts)
	found = slices.DeleteFunc(found, func(o onset) bool { return o.At.Before(since) })
	slices.Reverse(found)
	return found, nil
}

// onsets finds the beginnings in attempts that come the earliest first.
// Refusals at the gate are no sign-ins.
func onsets(attempts []usher.Attempt) []onset {
	var out []*onset
	running := map[usher.Code]*onset{}
	persons := map[*onset]map[string]bool{}
	var good []time.Time
	for _, a := range attempts {
		at := a.Begun
		switch {
		case a.Outcome == usher.OutcomeSignedIn:
			good = append(good, at)
			continue
		case a.Outcome != usher.OutcomeRefused || a.Cause == nil || a.Cause.Step == usher.StepGate:
			continue
		}
		o := running[a.Cause.Code]
		if o == nil || at.Sub(o.Last) > quiet {
			o = &onset{At: at, Code: a.Cause.Code, Example: string(a.Reference)}
			running[a.Cause.Code] = o
			persons[o] = map[string]bool{}
			out = append(out, o)
		}
		o.Refused++
		o.Last = at
		if a.Person != nil && a.Person.Subject != "" {
			persons[o][a.Person.Provider+"\x00"+a.Person.Subject] = true
		}
	}
	list := make([]onset, 0, len(out))
	for _, o := range out {
		o.Persons = len(persons[o])
		for _, at := range good {
			if at.Before(o.At) && at.After(o.At.Add(-quiet)) {
				o.Before++
			}
			if at.After(o.At) && at.Before(o.Last) {
				o.Since++
			}
		}
		list = append(list, *o)
	}
	return list
}
