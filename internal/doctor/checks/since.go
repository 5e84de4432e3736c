// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"slices"
	"strings"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
)

// since lists what the record and the earlier revisions show together.
func since() []doctor.Check {
	s := doctor.Sometimes
	return []doctor.Check{{
		Code: "failing-since", Layer: doctor.LayerIdentity, Severity: usher.SeverityError,
		Holds: "sign-ins that worked still do",
		Reads: doctor.Config | doctor.Recent, May: doctor.History,
		Explains: doctor.Signs{usher.SymptomRedirectedToAdobe: s, usher.SymptomNoRightMatching: s, usher.SymptomLoginPageUnreachable: s, doctor.SymptomErrorAfterLogin: s},
		Judge:    failingSince,
	}}
}

// How many must have got in before, and how many, of how many, must have
// failed since, for that to be more than chance.
const (
	gotInBefore  = 3
	failedSince  = 3
	ofAtLeast    = 2 // people, or browsers
	clocksDiffer = time.Minute
)

// A turn is where sign-ins stopped working.
type turn struct {
	lastIn, firstOut time.Time
	failed           []usher.Attempt
}

func failingSince(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	t, ok := turnOf(e.Recent())
	history := e.History()
	if !ok {
		return nil
	}
	first := t.firstOut.UTC().Format(minute)
	code := commonest(t.failed)
	r := doctor.Fail("", "sign-ins began to fail at %s, and the file was not changed then", first).
		Elsewhere("look at what may have changed on the provider's side: the secret, the list of callbacks, scopes, groups; or on the way there: certificates, proxies, the clock")
	if before, after, found := changeWithin(history, t); found {
		at := after.Loaded.UTC().Format(minute)
		changes := changesOf(cfg.File, before, after)
		switch {
		case len(changes) == 0:
			r = doctor.Fail("", "sign-ins began to fail at %s; the file was changed at %s, in a secret or in what does not count", first, at)
		default:
			r = doctor.Fail("", "sign-ins began to fail at %s; %s was changed at %s", first, keysOf(changes), at)
		}
		for _, d := range changes {
			r = r.With("%s: before %s, then %s", d.Key, d.Values[0], d.Values[1])
		}
		r = r.Elsewhere("see whether that change was meant; before it the file was revision %s", before.ID)
	}
	saw := doctor.Say("%d failed, none got in", len(t.failed))
	if code != "" {
		saw = doctor.Say("%d failed, none got in, mostly for %s", len(t.failed), string(code))
	}
	return []doctor.Ruling{r.Found(saw, doctor.Say("sign-ins as before, the last at %s", t.lastIn.UTC().Format(minute))).At(usher.Place{File: cfg.File}).Since(code)}
}

const minute = "2006-01-02 15:04 UTC"

// turnOf finds the moment from which on nobody got in any more.
func turnOf(attempts []usher.Attempt) (t turn, ok bool) {
	all := slices.Clone(attempts)
	slices.SortStableFunc(all, func(a, b usher.Attempt) int { return a.Begun.Compare(b.Begun) })
	if len(all) == 0 {
		return t, false
	}
	latest := all[len(all)-1].Begun
	in := 0
	who := make(map[string]bool)
	for _, a := range all {
		switch {
		case a.Outcome == usher.OutcomeSignedIn:
			in++
			t = turn{lastIn: a.Begun}
			clear(who)
		case a.Cause != nil && a.Cause.Step == usher.StepGate: // that person was in, and may not enter one application
		case a.Outcome == usher.OutcomeBegun && latest.Sub(a.Begun) < usher.MaxPendingAge: // may still come back
		default:
			if len(t.failed) == 0 {
				t.firstOut = a.Begun
			}
			t.failed = append(t.failed, a)
			who[whose(a)] = true
		}
	}
	return t, in >= gotInBefore && len(t.failed) >= failedSince && len(who) >= ofAtLeast
}

func whose(a usher.Attempt) string {
	if a.Person != nil && a.Person.Email != "" {
		return strings.ToLower(a.Person.Email)
	}
	return a.Client + "\x00" + a.UserAgent
}

// commonest is the code that most of the attempts were refused for.
func commonest(failed []usher.Attempt) usher.Code {
	count := make(map[usher.Code]int)
	var best usher.Code
	for _, a := range failed {
		code := usher.Code("unfinished-often")
		if a.Cause != nil {
			code = a.Cause.Code
		}
		if count[code]++; count[code] > count[best] || best == "" {
			best = code
		}
	}
	return best
}

// changeWithin finds the last change of the file between the last sign-in that
// worked and the first that did not.
func changeWithin(history []usher.Revision, t turn) (before, after usher.Revision, found bool) {
	var last usher.Revision
	for _, rev := range history {
		if rev.Error != "" {
			continue
		}
		if last.ID != "" && rev.ID != last.ID && rev.Loaded.After(t.lastIn.Add(-clocksDiffer)) && rev.Loaded.Before(t.firstOut.Add(clocksDiffer)) {
			before, after, found = last, rev, true
		}
		last = rev
	}
	return before, after, found
}

// changesOf compares two revisions key by key; secrets are not in them.
func changesOf(file string, before, after usher.Revision) []doctor.Difference {
	lenient := config.Environment{LenientSecrets: true}
	a, err1 := config.Parse(file, []byte(before.Text), lenient)
	b, err2 := config.Parse(file, []byte(after.Text), lenient)
	if err1 != nil || err2 != nil {
		return nil
	}
	return doctor.Differences(doctor.NewCase(time.Time{}, a, b))
}

func keysOf(changes []doctor.Difference) string {
	var keys []string
	for i, d := range changes {
		if i == 4 {
			keys = append(keys, "...")
			break
		}
		keys = append(keys, d.Key)
	}
	return strings.Join(keys, ", ")
}
