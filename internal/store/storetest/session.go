// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

func sessionComesBack(t fixture) {
	want := session("one", "AAAA-BBBB", start.Add(7*time.Microsecond))
	t.must(t.db.PutSession(t.Context(), want))
	got, err := t.db.Session(t.Context(), "one")
	t.must(err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	bare := usher.Session{ID: "bare", Expires: start.Add(time.Hour)}
	t.must(t.db.PutSession(t.Context(), bare))
	if got, err = t.db.Session(t.Context(), "bare"); err != nil || cmp.Diff(bare, got) != "" {
		t.Errorf("one without anything: %v, %s", err, cmp.Diff(bare, got))
	}
	if err := t.db.PutSession(t.Context(), want); !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("the same id again: %v; wanted that there is one already", err)
	}
	if _, err := t.db.Session(t.Context(), "two"); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("an unknown id: %v; wanted not found", err)
	}
}

func sessionExpires(t fixture) {
	t.must(t.db.PutSession(t.Context(), session("one", "AAAA-BBBB", start)))
	t.clock.Move(10*time.Hour - time.Microsecond)
	if _, err := t.db.Session(t.Context(), "one"); err != nil {
		t.Errorf("just before its end: %v", err)
	}
	t.clock.Move(time.Microsecond)
	if _, err := t.db.Session(t.Context(), "one"); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("at its end: %v; wanted not found", err)
	}
}

func sessionTouch(t fixture) {
	t.must(t.db.PutSession(t.Context(), session("one", "AAAA-BBBB", start)))
	t.must(t.db.TouchSession(t.Context(), "one", start.Add(time.Minute)))
	t.must(t.db.TouchSession(t.Context(), "one", start.Add(time.Second))) // from a node that was slower
	if got, err := t.db.Session(t.Context(), "one"); err != nil || !got.LastSeen.Equal(start.Add(time.Minute)) {
		t.Errorf("last seen %v, %v; wanted the later time", got.LastSeen, err)
	}
	t.must(t.db.PutSession(t.Context(), session("three", "AAAA-CCCC", start)))
	t.must(t.db.TouchSessions(t.Context(), map[string]time.Time{"one": start.Add(30 * time.Second), "two": start, "three": start.Add(time.Hour)}))
	for id, want := range map[string]time.Time{"one": start.Add(time.Minute), "three": start.Add(time.Hour)} {
		if got, err := t.db.Session(t.Context(), id); err != nil || !got.LastSeen.Equal(want) {
			t.Errorf("%s, touched together with others: last seen %v, %v; wanted %v", id, got.LastSeen, err, want)
		}
	}
	if err := t.db.TouchSession(t.Context(), "two", start); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("an unknown id: %v; wanted not found", err)
	}
}

func sessionEnds(t fixture) {
	ctx := t.Context()
	t.must(t.db.PutSession(ctx, session("one", "AAAA-BBBB", start)))
	t.must(t.db.PutSession(ctx, session("two", "AAAA-BBBB", start)))
	t.must(t.db.EndSession(ctx, "one", start.Add(time.Minute)))
	for name, err := range map[string]error{
		"reading it":           second(t.db.Session(ctx, "one")),
		"touching it":          t.db.TouchSession(ctx, "one", start.Add(time.Hour)),
		"replacing its person": t.db.ReplacePerson(ctx, "one", session("one", "", start).Person),
		"ending it again":      t.db.EndSession(ctx, "one", start.Add(time.Hour)),
		"ending an unknown":    t.db.EndSession(ctx, "none", start),
	} {
		if !errors.Is(err, usher.ErrNotFound) {
			t.Errorf("%s: %v; wanted not found", name, err)
		}
	}
	if err := t.db.PutSession(ctx, session("one", "AAAA-BBBB", start)); !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("opening it again: %v; wanted that there is one already", err)
	}
	if _, err := t.db.Session(ctx, "two"); err != nil {
		t.Errorf("the other session of the login: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func loginEnds(t fixture) {
	ctx := t.Context()
	for _, id := range []string{"one", "two"} {
		t.must(t.db.PutSession(ctx, session(id, "AAAA-BBBB", start)))
	}
	t.must(t.db.PutSession(ctx, session("other", "CCCC-DDDD", start)))
	if n, err := t.db.EndLogin(ctx, "AAAA-BBBB", start); err != nil || n != 2 {
		t.Errorf("ended %d, %v; wanted 2", n, err)
	}
	if n, err := t.db.EndLogin(ctx, "AAAA-BBBB", start); err != nil || n != 0 {
		t.Errorf("ended %d the second time, %v; wanted 0", n, err)
	}
	for _, id := range []string{"one", "two"} {
		if _, err := t.db.Session(ctx, id); !errors.Is(err, usher.ErrNotFound) {
			t.Errorf("session %s: %v; wanted not found", id, err)
		}
	}
	if _, err := t.db.Session(ctx, "other"); err != nil {
		t.Errorf("the session of another login: %v", err)
	}
}

func signOutRecorded(t fixture) {
	ctx := t.Context()
	for _, id := range []string{"one", "two"} {
		t.must(t.db.PutSession(ctx, session(id, "AAAA-BBBB", start)))
	}
	at(t, "three", "L3", "ana", "s1")
	for _, want := range []int{2, 0} {
		if n, err := t.db.SignOut(ctx, "AAAA-BBBB", start, "ana@corp.example", "by the person"); err != nil || n != want {
			t.Errorf("signed %d out, %v; wanted %d", n, err, want)
		}
	}
	t.open("three")
	l := logout("a", "ana", "")
	l.By = "back-channel"
	if _, err := t.db.Logout(ctx, l); err != nil {
		t.Error(err)
	}
	if err := second(t.db.SignOut(ctx, "L4", start, "ana@corp.example", "by the person")); err != nil {
		t.Error(err)
	}
	events, err := t.db.Events(ctx, store.EventFilter{Action: store.ActionSignedOut})
	t.must(err)
	got := make(map[string]string)
	for _, e := range events {
		got[e.Subject] += e.Actor + ": " + e.Detail
	}
	want := map[string]string{"AAAA-BBBB": "ana@corp.example: by the person", "L3": "provider of corp: by the provider, back-channel"}
	if len(events) != 2 || !maps.Equal(got, want) {
		t.Errorf("the record holds %v, wanted %v", got, want)
	}
	if err := t.db.PutSession(ctx, session("late", "L4", start)); !errors.Is(err, store.ErrLoginEnded) {
		t.Errorf("a session of a login that was signed out while none was open: %v; wanted that it was ended", err)
	}
}

func loginEndsForGood(t fixture) {
	ctx := t.Context()
	t.must(t.db.PutSession(ctx, session("one", "AAAA-BBBB", start)))
	_, err := t.db.EndLogin(ctx, "AAAA-BBBB", start)
	t.must(err)
	if err := t.db.PutSession(ctx, session("late", "AAAA-BBBB", start)); !errors.Is(err, store.ErrLoginEnded) || errors.Is(err, usher.ErrUnavailable) {
		t.Errorf("a session of the login: %v; wanted that it was ended", err)
	}
	if _, err := t.db.Session(ctx, "late"); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("that session: %v; wanted not found", err)
	}
	t.must(t.db.PutSession(ctx, session("new", "CCCC-DDDD", start)))
}

// loginEndRace opens sessions of a login while it is ended: whatever comes
// first, none is open afterwards.
func loginEndRace(t fixture) {
	ctx := t.Context()
	for round := range 10 {
		login := fmt.Sprint("login ", round)
		race(8, func(i int) {
			if i == 0 {
				if _, err := t.db.EndLogin(ctx, login, start); err != nil {
					t.Error(err)
				}
				return
			}
			if err := t.db.PutSession(ctx, session(fmt.Sprint(login, i), login, start)); err != nil && !errors.Is(err, store.ErrLoginEnded) {
				t.Error(err)
			}
		})
		if open, err := t.db.Sessions(ctx, store.SessionFilter{Login: login}); err != nil || len(open) != 0 {
			t.Fatalf("%d sessions are open after their login ended, %v", len(open), err)
		}
	}
}

func personEnds(t fixture) {
	ctx := t.Context()
	ana := usher.Person{Provider: "p", Subject: "ana"}
	for _, id := range []string{"one", "two"} {
		s := session(id, "login of "+id, start)
		s.Person = ana
		t.must(t.db.PutSession(ctx, s))
	}
	t.must(t.db.PutSession(ctx, session("bram", "CCCC-DDDD", start)))
	if n, err := t.db.EndPerson(ctx, "p", "ana", start, act("ana")); err != nil || n != 2 {
		t.Errorf("ended %d, %v; wanted 2", n, err)
	}
	for id, want := range map[string]bool{"one": false, "two": false, "bram": true} {
		if _, err := t.db.Session(ctx, id); (err == nil) != want {
			t.Errorf("session %s: %v; wanted open %v", id, err, want)
		}
	}
	if err := t.db.PutSession(ctx, session("late", "login of one", start)); !errors.Is(err, store.ErrLoginEnded) {
		t.Errorf("a late session of such a login: %v; wanted that it was ended", err)
	}
}

func personReplaced(t fixture) {
	ctx := t.Context()
	s := session("one", "AAAA-BBBB", start)
	t.must(t.db.PutSession(ctx, s))
	s.Person.Groups, s.Person.Email = []usher.Membership{{Group: "Campaign - corp - Delivery operators"}}, "ana.lima@corp.example"
	t.must(t.db.ReplacePerson(ctx, "one", s.Person))
	got, err := t.db.Session(ctx, "one")
	t.must(err)
	if diff := cmp.Diff(s, got); diff != "" {
		t.Error(diff)
	}
	if list, err := t.db.Sessions(ctx, store.SessionFilter{Email: "ANA.LIMA@corp.example"}); err != nil || len(list) != 1 {
		t.Errorf("found %d by the new address, %v; wanted 1", len(list), err)
	}
	other := s.Person
	other.Subject = "somebody else"
	if err := t.db.ReplacePerson(ctx, "one", other); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("another person: %v; wanted not found", err)
	}
	if got, err := t.db.Session(ctx, "one"); err != nil || got.Person.Subject != s.Person.Subject {
		t.Errorf("the session is %q's, %v", got.Person.Subject, err)
	}
}

func sessionFilters(t fixture) {
	ctx := t.Context()
	for i := range 5 {
		s := session(fmt.Sprint(i), fmt.Sprint("login ", i%2), start.Add(time.Duration(i)*time.Minute))
		s.Host, s.Person.Subject = fmt.Sprint("host ", i%3), fmt.Sprint("subject ", i%2)
		t.must(t.db.PutSession(ctx, s))
	}
	t.must(t.db.EndSession(ctx, "4", start))
	over := session("over", "login 0", start)
	over.Expires = start
	t.must(t.db.PutSession(ctx, over))
	for name, c := range map[string]struct {
		filter store.SessionFilter
		want   string
	}{
		"all":       {store.SessionFilter{}, "3210"},
		"limited":   {store.SessionFilter{Limit: 1}, "3"},
		"by login":  {store.SessionFilter{Login: "login 1"}, "31"},
		"by host":   {store.SessionFilter{Host: "host 0"}, "30"},
		"by email":  {store.SessionFilter{Email: "ana@CORP.example"}, "3210"},
		"by person": {store.SessionFilter{Provider: "https://ims-na1.adobelogin.com", Subject: "subject 0"}, "20"},
		"next page": {store.SessionFilter{Before: start.Add(2 * time.Minute)}, "10"},
		"nobody":    {store.SessionFilter{Subject: "nobody"}, ""},
	} {
		list, err := t.db.Sessions(ctx, c.filter)
		got := ""
		for _, s := range list {
			got += s.ID
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v; wanted %q", name, got, err, c.want)
		}
	}
}

// endedWhenever ends sessions at times that a careless caller or a wrong clock
// may give. They are over all the same, and everybody is told.
func endedWhenever(t fixture) {
	ctx := t.Context()
	for i, at := range []time.Time{{}, time.Unix(0, 0), time.Unix(-1000, 0), start.Add(1000 * time.Hour)} {
		for _, how := range []string{"session", "login", "person"} {
			id := fmt.Sprint(how, " ", i)
			t.must(t.db.PutSession(ctx, session(id, "login of "+id, start)))
			var err error
			switch how {
			case "session":
				err = t.db.EndSession(ctx, id, at)
			case "login":
				_, err = t.db.EndLogin(ctx, "login of "+id, at)
			case "person":
				_, err = t.db.EndPerson(ctx, "https://ims-na1.adobelogin.com", "subject of "+id, at, act(id))
			}
			t.must(err)
			if _, err := t.db.Session(ctx, id); !errors.Is(err, usher.ErrNotFound) {
				t.Errorf("%s, ended at %v: %v; wanted not found", id, at, err)
			}
		}
	}
	for name, since := range map[string]time.Time{"now": t.clock.Now(), "the zero time": {}, "the future": start.Add(time.Second)} {
		if ids, err := t.db.Ended(ctx, since); err != nil || len(ids) != 12 {
			t.Errorf("ended since %s: %d, %v; wanted 12", name, len(ids), err)
		}
	}
}

// endedTold checks that a poller that overlaps a little learns of every end,
// also of those that happen while it asks.
func endedTold(t fixture) {
	ctx := t.Context()
	const all = 60
	for i := range all {
		t.must(t.db.PutSession(ctx, session(fmt.Sprintf("%02d", i), fmt.Sprint("login ", i), start)))
	}
	if ids, err := t.db.Ended(ctx, start.Add(-time.Hour)); err != nil || len(ids) != 0 {
		t.Fatalf("%v, %v; nothing was ended", ids, err)
	}
	var told []string
	var mu sync.Mutex
	poll := func() {
		ids, err := t.db.Ended(ctx, t.clock.Now())
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, id := range ids {
			if !slices.Contains(told, id) {
				told = append(told, id)
			}
		}
	}
	race(2, func(who int) {
		if who == 1 {
			for range 20 {
				poll()
			}
			return
		}
		for i := range all {
			// By clocks that are hours wrong.
			if err := t.db.EndSession(ctx, fmt.Sprintf("%02d", i), start.Add(time.Duration(i-30)*time.Hour)); err != nil {
				t.Error(err)
			}
		}
	})
	poll()
	if len(told) != all {
		t.Errorf("told of %d ended sessions; wanted %d", len(told), all)
	}
}
