// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

// at is a session of a person in a session of the provider's.
func at(t fixture, id, login, subject, sid string) {
	s := session(id, login, start)
	s.Account, s.Person.Provider, s.Person.Subject, s.ProviderSession = "corp", "https://login.example", subject, sid
	t.must(t.db.PutSession(t.Context(), s))
}

func logout(id, subject, sid string) usher.Logout {
	return usher.Logout{ID: id, Account: "corp", Provider: "https://login.example", Subject: subject, Session: sid, At: start}
}

func (t fixture) open(ids ...string) {
	t.Helper()
	list, err := t.db.Sessions(t.Context(), store.SessionFilter{})
	t.must(err)
	var got []string
	for _, s := range list {
		got = append(got, s.ID)
	}
	slices.Sort(got)
	if !slices.Equal(got, ids) {
		t.Errorf("open are %v, wanted %v", got, ids)
	}
}

func logoutEnds(t fixture) {
	at(t, "ana1", "L1", "ana", "s1")
	at(t, "ana1b", "L1", "ana", "s1")
	at(t, "ana2", "L2", "ana", "s2")
	at(t, "anaX", "L3", "ana", "")
	at(t, "bram", "L4", "bram", "s3")
	ctx := t.Context()
	for name, l := range map[string]usher.Logout{
		"another account":  {ID: "a", Account: "other", Provider: "https://login.example", Subject: "ana", At: start},
		"another provider": {ID: "b", Account: "corp", Provider: "https://other.example", Subject: "ana", At: start},
		"nobody's session": logout("c", "", "s9"),
		"bram's for ana":   logout("d", "bram", "s1"),
	} {
		if logins, err := t.db.Logout(ctx, l); err != nil || len(logins) != 0 {
			t.Errorf("%s: ended %v, %v", name, logins, err)
		}
	}
	t.open("ana1", "ana1b", "ana2", "anaX", "bram")
	if logins, err := t.db.Logout(ctx, logout("e", "", "s1")); err != nil || !slices.Equal(logins, []string{"L1"}) {
		t.Errorf("by session: %v, %v", logins, err)
	}
	t.open("ana2", "anaX", "bram")
	if logins, err := t.db.Logout(ctx, logout("f", "ana", "s7")); err != nil || !slices.Equal(logins, []string{"L3"}) {
		t.Errorf("by person and session: %v, %v; wanted the login that may be it", logins, err)
	}
	if _, err := t.db.Logout(ctx, logout("f", "bram", "")); !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("the same id again: %v", err)
	}
	if logins, err := t.db.Logout(ctx, logout("g", "ana", "")); err != nil || !slices.Equal(logins, []string{"L2"}) {
		t.Errorf("by person: %v, %v", logins, err)
	}
	t.open("bram")
	if _, err := t.db.Logout(ctx, logout("h", "", "")); err == nil {
		t.Error("a logout of nobody was taken")
	}
	ids, err := t.db.Ended(ctx, start)
	if t.must(err); len(ids) != 4 {
		t.Errorf("told to other nodes: %v", ids)
	}
	late := session("late", "L1", start)
	if err := t.db.PutSession(ctx, late); !errors.Is(err, store.ErrLoginEnded) {
		t.Errorf("a ticket of a login that the provider ended: %v", err)
	}
}

func logoutStopsLogins(t fixture) {
	ctx := t.Context()
	_, err := t.db.Logout(ctx, usher.Logout{ID: "all", Account: "corp", Provider: "p", Subject: "ana", At: start.Add(time.Minute)})
	t.must(err)
	_, err = t.db.Logout(ctx, usher.Logout{ID: "one", Account: "corp", Provider: "p", Session: "gone", At: start.Add(time.Minute)})
	t.must(err)
	_, err = t.db.Logout(ctx, usher.Logout{ID: "both", Account: "corp", Provider: "p", Subject: "bram", Session: "elsewhere", At: start.Add(time.Minute)})
	t.must(err)
	for i, c := range []struct {
		subject, sid string
		begun        time.Duration
		want         error
	}{
		{"ana", "", 0, store.ErrLoginEnded},
		{"ana", "s", 0, store.ErrLoginEnded},
		{"ana", "s", 2 * time.Minute, nil},
		{"dirk", "gone", 2 * time.Minute, store.ErrLoginEnded},
		{"dirk", "other", 0, nil},
		{"bram", "here", 0, nil},
		{"bram", "", 0, store.ErrLoginEnded},
		{"bram", "elsewhere", 0, store.ErrLoginEnded},
	} {
		ref := usher.Reference([]string{"AAAA-AAA0", "AAAA-AAA1", "AAAA-AAA2", "AAAA-AAA3", "AAAA-AAA4", "AAAA-AAA5", "AAAA-AAA6", "AAAA-AAA7"}[i])
		s := session(string(ref), string(ref), start)
		s.Account, s.Person.Provider, s.Person.Subject, s.ProviderSession = "corp", "p", c.subject, c.sid
		if err := t.db.Finish(ctx, attempt(ref, start.Add(c.begun)), s, nil); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v", c, err)
		}
		if _, err := t.db.Attempt(ctx, ref); (err == nil) != (c.want == nil) {
			t.Errorf("%+v: the attempt is on record: %v", c, err)
		}
	}
}

func renewedOnce(t fixture) {
	ctx := t.Context()
	s := session("one", "AAAA-BBBB", start)
	s.Renewed = start
	t.must(t.db.Finish(ctx, attempt("AAAA-BBBB", start), s, []byte("sealed 1")))
	other := s
	other.ID = "two"
	t.must(t.db.PutSession(ctx, other))
	if got, err := t.db.ClaimRenewal(ctx, "AAAA-BBBB", "node", start.Add(-time.Microsecond), start, start.Add(time.Minute)); err != nil || got.Claimed || !got.Renewed.Equal(start) {
		t.Errorf("not due: %+v, %v", got, err)
	}
	due, now := start.Add(15*time.Minute), start.Add(16*time.Minute)
	got, err := t.db.ClaimRenewal(ctx, "AAAA-BBBB", "node", due, now, now.Add(time.Minute))
	if err != nil || !got.Claimed || string(got.Sealed) != "sealed 1" {
		t.Fatalf("due: %+v, %v", got, err)
	}
	if got, err := t.db.ClaimRenewal(ctx, "AAAA-BBBB", "other node", due, now, now.Add(time.Minute)); err != nil || got.Claimed || got.Sealed != nil {
		t.Errorf("claimed twice: %+v, %v", got, err)
	}
	person := s.Person
	person.Groups = nil
	if err := t.db.KeepRenewal(ctx, "AAAA-BBBB", "other node", usher.Kept{Sealed: []byte("stolen"), Person: &person, Renewed: now}); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("kept without the claim: %v", err)
	}
	before, err := t.db.Ended(ctx, start)
	t.must(err)
	t.must(t.db.KeepRenewal(ctx, "AAAA-BBBB", "node", usher.Kept{Sealed: []byte("sealed 2"), Person: &person, Renewed: now}))
	for _, id := range []string{"one", "two"} {
		if got, err := t.db.Session(ctx, id); err != nil || len(got.Person.Groups) != 0 || !got.Renewed.Equal(now) {
			t.Errorf("session %s afterwards: %+v, %v", id, got, err)
		}
	}
	if after, err := t.db.Ended(ctx, start); err != nil || len(after) != len(before)+2 {
		t.Errorf("other nodes are told of %v, %v; before it was %v", after, err, before)
	}
	if sealed, err := t.db.KeptGrant(ctx, "AAAA-BBBB"); err != nil || string(sealed) != "sealed 2" {
		t.Errorf("kept is %q, %v", sealed, err)
	}
	later := now.Add(20 * time.Minute)
	if got, err = t.db.ClaimRenewal(ctx, "AAAA-BBBB", "node", later.Add(-time.Minute), later, later.Add(time.Minute)); err != nil || !got.Claimed {
		t.Fatalf("due again: %+v, %v", got, err)
	}
	t.must(t.db.PostponeRenewal(ctx, "AAAA-BBBB", "node", later.Add(30*time.Second)))
	if got, err := t.db.ClaimRenewal(ctx, "AAAA-BBBB", "node", later, later.Add(29*time.Second), later.Add(time.Minute)); err != nil || got.Claimed {
		t.Errorf("before the time: %+v, %v", got, err)
	}
	if got, err := t.db.ClaimRenewal(ctx, "AAAA-BBBB", "node", later, later.Add(30*time.Second), later.Add(time.Minute)); err != nil || !got.Claimed {
		t.Errorf("at the time: %+v, %v", got, err)
	}
	_, err = t.db.EndLogin(ctx, "AAAA-BBBB", later)
	t.must(err)
	if err := t.db.KeepRenewal(ctx, "AAAA-BBBB", "node", usher.Kept{Sealed: []byte("sealed 3"), Person: &person, Renewed: later}); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("kept after the end: %v", err)
	}
	if _, err := t.db.KeptGrant(ctx, "AAAA-BBBB"); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("still kept after the end: %v", err)
	}
	if _, err := t.db.ClaimRenewal(ctx, "AAAA-BBBB", "node", later, later, later); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("claimed after the end: %v", err)
	}
}

// logoutRace has the provider sign a person out while she, and others of the same
// provider, are signed in: whichever comes first, she is not signed in afterwards.
func logoutRace(t fixture) {
	ctx := t.Context()
	const rounds, others = 60, 8
	for round := range rounds {
		ana := session(fmt.Sprint("ana ", round), fmt.Sprintf("A%03d-AAAA", round), start)
		ana.Account, ana.Person.Provider, ana.Person.Subject = "corp", "p", fmt.Sprint("ana ", round)
		var signedIn, signedOut error
		race(others+2, func(who int) {
			switch who {
			case 0:
				_, signedOut = t.db.Logout(ctx, usher.Logout{ID: fmt.Sprint(round), Account: "corp", Provider: "p", Subject: ana.Person.Subject, At: start.Add(time.Minute)})
			case 1:
				signedIn = t.db.Finish(ctx, attempt(usher.Reference(ana.Login), start), ana, nil)
			default:
				s := session(fmt.Sprint("other ", round, " ", who), fmt.Sprintf("B%03d-AAA%d", round, who), start)
				s.Account, s.Person.Provider = "corp", "p"
				if err := t.db.Finish(ctx, attempt(usher.Reference(s.Login), start), s, nil); err != nil {
					t.Errorf("another person: %v", err)
				}
			}
		})
		if signedOut != nil || signedIn != nil && !errors.Is(signedIn, store.ErrLoginEnded) {
			t.Fatalf("signing out: %v, signing in: %v", signedOut, signedIn)
		}
		if _, err := t.db.Session(ctx, ana.ID); !errors.Is(err, usher.ErrNotFound) {
			t.Fatalf("round %d: the provider has signed the person out, and a session is open: %v; signing in said %v", round, err, signedIn)
		}
	}
	open, err := t.db.Sessions(ctx, store.SessionFilter{Limit: 1000})
	if err != nil || len(open) != rounds*others {
		t.Errorf("%d others are signed in, %v; wanted %d", len(open), err, rounds*others)
	}
}
