// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

// about is what a node says of itself in its nth heartbeat.
func about(n int) store.About {
	return store.About{Loaded: start, Version: fmt.Sprint("0.", n), KeyIDs: []string{"k1", "k2"}, Process: n, Refused: "line 3: no\x00", Surround: map[string]string{"HTTPS_PROXY": "http://proxy:3128"}}
}

func revisionsAndNodes(t fixture) {
	ctx := t.Context()
	for i, c := range []struct{ id, problem string }{{"r1", ""}, {"r1", ""}, {"r2", "line 3: no"}, {"r1", ""}} {
		loaded := start.Add(time.Duration(i) * time.Second)
		t.must(t.db.PutRevision(ctx, usher.Revision{ID: c.id, Node: "a", Loaded: loaded, Text: "text of " + c.id, Error: c.problem}))
	}
	t.must(t.db.PutRevision(ctx, usher.Revision{ID: "r1", Node: "b", Loaded: start.Add(time.Minute), Text: "text of r1"}))
	revs, err := t.db.Revisions(ctx, 10)
	t.must(err)
	want := []usher.Revision{
		{ID: "r1", Node: "b", Loaded: start.Add(time.Minute), Text: "text of r1"},
		{ID: "r1", Node: "a", Loaded: start.Add(3 * time.Second), Text: "text of r1"},
		{ID: "r2", Node: "a", Loaded: start.Add(2 * time.Second), Text: "text of r2", Error: "line 3: no"},
		{ID: "r1", Node: "a", Loaded: start, Text: "text of r1"},
	}
	if diff := cmp.Diff(want, revs); diff != "" {
		t.Error(diff)
	}
	if revs, err := t.db.Revisions(ctx, 1); err != nil || len(revs) != 1 || revs[0].Node != "b" {
		t.Errorf("the latest: %v, %v; wanted b's", revs, err)
	}
	for i, node := range []string{"a", "b", "a"} {
		t.must(t.db.Heartbeat(ctx, store.Node{Name: node, Revision: fmt.Sprint("r", i), Seen: start.Add(time.Duration(i) * time.Second), About: about(i)}))
	}
	t.must(t.db.Heartbeat(ctx, store.Node{Name: "c", Revision: "r1", Seen: start}))
	t.must(t.db.Leave(ctx, "c", "run"))
	t.must(t.db.Leave(ctx, "nobody", "run"))
	t.must(t.db.Heartbeat(ctx, store.Node{Name: "d", Revision: "r1", Seen: start, About: store.About{Run: "one"}}))
	t.must(t.db.Leave(ctx, "d", "two"))
	if a, err := t.db.NodeCalled(ctx, "d"); err != nil || a.Run != "one" {
		t.Errorf("another process has taken d off the list: %+v, %v", a, err)
	}
	t.must(t.db.Leave(ctx, "d", "one"))
	if a, err := t.db.NodeCalled(ctx, "d"); err != nil || a.Run != "" {
		t.Errorf("d has left and says %+v, %v", a, err)
	}
	nodes, err := t.db.Nodes(ctx)
	t.must(err)
	for i, n := range nodes {
		if !n.Running() || n.Silent < 0 || n.Silent > time.Minute {
			t.Errorf("%s said so just now, by the database's clock, and is silent for %s", n.Name, n.Silent)
		}
		nodes[i].Silent = 0
	}
	if diff := cmp.Diff([]store.Node{{Name: "a", Revision: "r2", Seen: start.Add(2 * time.Second), About: about(2)}, {Name: "b", Revision: "r1", Seen: start.Add(time.Second), About: about(1)}}, nodes); diff != "" {
		t.Error(diff)
	}
}

func events(t fixture) {
	ctx := t.Context()
	var ids []string
	for i := range 4 {
		id, err := t.db.Audit(ctx, store.Event{At: start.Add(time.Duration(i/2) * time.Minute), Actor: fmt.Sprint("actor ", i%2), Client: "192.0.2.7",
			Action: "session-ended", Subject: fmt.Sprint("subject ", i), Detail: "because"})
		t.must(err)
		ids = append(ids, id)
	}
	all, err := t.db.Events(ctx, store.EventFilter{})
	t.must(err)
	if len(all) != 4 || !all[0].At.After(all[3].At) {
		t.Fatalf("%d events, from %v to %v; wanted 4, the latest first", len(all), all[0].At, all[len(all)-1].At)
	}
	mine, err := t.db.Events(ctx, store.EventFilter{Actor: "actor 1", Action: "session-ended", Since: start.Add(time.Minute)})
	t.must(err)
	if len(mine) == 1 && mine[0].Noted.IsZero() {
		t.Error("when the database noted an event is not known")
	}
	for i := range mine {
		mine[i].Noted = time.Time{}
	}
	want := []store.Event{{ID: ids[3], At: start.Add(time.Minute), Actor: "actor 1", Client: "192.0.2.7", Action: "session-ended", Subject: "subject 3", Detail: "because"}}
	if diff := cmp.Diff(want, mine); diff != "" {
		t.Error(diff)
	}
	for name, f := range map[string]store.EventFilter{"another action": {Action: "x"}, "another subject": {Subject: "x"}, "too early": {Before: start}} {
		if list, err := t.db.Events(ctx, f); err != nil || len(list) != 0 {
			t.Errorf("%s: %d events, %v; wanted none", name, len(list), err)
		}
	}
	if _, err := t.db.Audit(ctx, store.Event{Actor: "a", Action: "b"}); err != nil {
		t.Error(err)
	}
	if list, err := t.db.Events(ctx, store.EventFilter{Actor: "a"}); err != nil || len(list) != 1 || !list[0].At.Equal(start) {
		t.Errorf("an event without a time: %v, %v; wanted it at the clock's time", list, err)
	}
}

func purge(t fixture) {
	ctx := t.Context()
	t.must(t.db.PutPending(ctx, pending("state", "browser", start)))
	t.must(t.db.PutPending(ctx, pending("taken", "browser", start)))
	_, err := t.db.TakePending(ctx, "taken")
	t.must(err)
	t.must(t.db.PutTicket(ctx, usher.Ticket{ID: "ticket", Issued: start}))
	t.must(t.db.PutSession(ctx, session("ended", "BBBB-BBBB", start)))
	_, err = t.db.EndLogin(ctx, "BBBB-BBBB", start)
	t.must(err)
	long := session("long", "CCCC-CCCC", start)
	long.Expires = start.Add(1000 * 24 * time.Hour)
	t.must(t.db.PutSession(ctx, long))
	t.must(t.db.PutAttempt(ctx, attempt("AAAA-0001", start)))
	refused := attempt("AAAA-0002", start)
	refused.Outcome = usher.OutcomeRefused
	t.must(t.db.PutAttempt(ctx, refused))
	for i, id := range []string{"r1", "r2"} {
		t.must(t.db.PutRevision(ctx, usher.Revision{ID: id, Node: "a", Loaded: start.Add(time.Duration(i) * time.Second)}))
	}
	t.must(t.db.Heartbeat(ctx, store.Node{Name: "a", Revision: "r2", Seen: start}))
	_, err = t.db.Audit(ctx, store.Event{Actor: "a"})
	t.must(err)

	const day = 24 * time.Hour
	for _, c := range []struct {
		after time.Duration
		want  int
		what  string
	}{
		{0, 0, "nothing"},
		{time.Minute, 0, "nothing yet"},
		{5 * time.Minute, 1, "the ticket"},
		{12 * time.Minute, 2, "the pending sign-in and the state that was taken"},
		{10*time.Hour + time.Minute, 0, "nothing: other clocks may be behind"},
		{11*time.Hour + time.Minute, 1, "the ended session"},
		{day + time.Hour, 2, "the ended login and the silent node"},
		{7*day + time.Hour, 1, "the attempt that nobody came back from"},
		{90*day + time.Hour, 1, "the refused attempt"},
		{401 * day, 3, "the event, that of the refused attempt, and the revision that is not the latest"},
		{999 * day, 0, "nothing more"},
	} {
		t.clock.Move(start.Add(c.after).Sub(t.clock.Now()))
		if n, err := t.db.Purge(ctx); err != nil || n != c.want {
			t.Errorf("after %s: removed %d, %v; wanted %d: %s", c.after, n, err, c.want, c.what)
		}
	}
	if _, err := t.db.Session(ctx, "long"); err != nil {
		t.Errorf("the session that is open still: %v", err)
	}
	if revs, err := t.db.Revisions(ctx, 10); err != nil || len(revs) != 1 || revs[0].ID != "r2" {
		t.Errorf("revisions %v, %v; wanted the latest of the node", revs, err)
	}
}

func purgeBatches(t fixture) {
	ctx := t.Context()
	const all = 1100
	race(20, func(who int) {
		for i := who; i < all; i += 20 {
			if err := t.db.PutTicket(ctx, usher.Ticket{ID: fmt.Sprint(i), Issued: start}); err != nil {
				t.Error(err)
			}
		}
	})
	t.clock.Move(time.Hour)
	removed, calls := 0, 0
	for {
		n, err := t.db.Purge(ctx)
		t.must(err)
		if n == 0 {
			break
		}
		removed += n
		calls++
	}
	if removed != all || calls < 3 {
		t.Errorf("removed %d in %d calls; wanted %d in small batches", removed, calls, all)
	}
}

func strangeText(t fixture) {
	ctx := t.Context()
	for i, strange := range []string{"a\x00b", "/\xff\xfe", "base64:Zm9v", "\u2028 'x' \"y\" \\", "?1 $1 :a", strings.Repeat("é", 400)} {
		p := usher.Pending{StateHash: fmt.Sprint("state ", i), Account: strange, ReturnTo: strange, Begun: start}
		t.must(t.db.PutPending(ctx, p))
		got, err := t.db.TakePending(ctx, p.StateHash)
		if err != nil || got.ReturnTo != strange || got.Account != strange {
			t.Errorf("%q came back as %q and %q, %v", strange, got.ReturnTo, got.Account, err)
		}
		s := session(fmt.Sprint("session ", i), strange, start)
		s.Person.Subject = strange
		t.must(t.db.PutSession(ctx, s))
		if list, err := t.db.Sessions(ctx, store.SessionFilter{Subject: strange, Login: strange}); err != nil || len(list) != 1 || list[0].Login != strange {
			t.Errorf("%q found %d sessions, %v; wanted 1", strange, len(list), err)
		}
		// What a stranger asks for must be unknown, and not look as if the database were down.
		if _, err := t.db.Attempt(ctx, usher.Reference(strange)); !errors.Is(err, usher.ErrNotFound) {
			t.Errorf("the reference %q: %v; wanted not found", strange, err)
		}
		if _, err := t.db.TakePending(ctx, strange); !errors.Is(err, usher.ErrNotFound) {
			t.Errorf("the state %q: %v; wanted not found", strange, err)
		}
	}
}

func tooMuch(t fixture) {
	ctx := t.Context()
	long := strings.Repeat("x", 20_000)
	huge := session("huge", "login", start)
	huge.Person.Name = strings.Repeat("x", 5<<20)
	for name, err := range map[string]error{
		"a state":         t.db.PutPending(ctx, usher.Pending{StateHash: long, Begun: start}),
		"a return target": t.db.PutPending(ctx, usher.Pending{StateHash: "s", ReturnTo: long, Begun: start}),
		"a ticket's id":   t.db.PutTicket(ctx, usher.Ticket{ID: long, Issued: start}),
		"a subject":       t.db.PutSession(ctx, usher.Session{ID: "s", Person: usher.Person{Subject: long}}),
		"a person":        t.db.PutSession(ctx, huge),
		"a new person":    t.db.ReplacePerson(ctx, "huge", huge.Person),
		"a reference":     t.db.PutAttempt(ctx, usher.Attempt{Reference: usher.Reference(long), Begun: start}),
		"a node":          t.db.Heartbeat(ctx, store.Node{Name: long, Revision: "r", Seen: start}),
		"a revision":      t.db.PutRevision(ctx, usher.Revision{ID: long, Node: "n", Loaded: start}),
		"a login":         second(t.db.EndLogin(ctx, long, start)),
		"an actor":        second(t.db.Audit(ctx, store.Event{Actor: long})),
	} {
		if err == nil || errors.Is(err, usher.ErrUnavailable) || !strings.Contains(err.Error(), "are kept") || len(err.Error()) > 300 {
			t.Errorf("%s: %.400v; wanted a sentence that says how much is kept", name, err)
		}
	}
	// Keys at their limits are not too much, even where nothing makes them smaller.
	key := func() string {
		b := make([]byte, 900)
		_, err := rand.Read(b)
		t.must(err)
		return string(b)
	}
	keyed := session(key(), key(), start)
	keyed.Person.Provider, keyed.Person.Subject = key(), key()
	t.must(t.db.PutSession(ctx, keyed))
	if n, err := t.db.EndPerson(ctx, keyed.Person.Provider, keyed.Person.Subject, start, act("a person")); err != nil || n != 1 {
		t.Errorf("ended %d of a person with long names, %v; wanted 1", n, err)
	}
	// Groups at their limits are not too much.
	s := session("most", "login", start)
	s.Person.Groups = nil
	for i := range usher.MaxGroups {
		s.Person.Groups = append(s.Person.Groups, usher.Membership{Group: fmt.Sprintf("%0*d", usher.MaxGroupBytes, i), Source: "profile"})
	}
	t.must(t.db.PutSession(ctx, s))
	if got, err := t.db.Session(ctx, "most"); err != nil || len(got.Person.Groups) != usher.MaxGroups {
		t.Errorf("%d groups came back, %v; wanted %d", len(got.Person.Groups), err, usher.MaxGroups)
	}
}

// noMixing has many callers at once, each of which must see its own.
func noMixing(t fixture) {
	ctx := t.Context()
	race(40, func(i int) {
		me := fmt.Sprint("caller ", i)
		p := pending(me, me, start)
		p.ReturnTo = "/" + me
		if err := t.db.PutPending(ctx, p); err != nil {
			t.Error(err)
		}
		got, err := t.db.TakePending(ctx, me)
		if err != nil || cmp.Diff(p, got) != "" {
			t.Errorf("%s took %q, %v", me, got.ReturnTo, err)
		}
		s := session(me, me, start)
		if err := t.db.PutSession(ctx, s); err != nil {
			t.Error(err)
		}
		for range 5 {
			if got, err := t.db.Session(ctx, me); err != nil || got.ID != me || got.Person.Subject != s.Person.Subject {
				t.Errorf("%s read %q, %v", me, got.ID, err)
			}
		}
	})
}

// leavingCallers has callers that give up at any moment among those that stay.
func leavingCallers(t fixture) {
	ctx := t.Context()
	race(60, func(i int) {
		me := fmt.Sprint("caller ", i)
		if i%2 == 0 {
			leaving, leave := context.WithTimeout(ctx, time.Duration(i)*50*time.Microsecond)
			defer leave()
			for range 10 {
				_ = t.db.PutSession(leaving, session(me, me, start))
				if s, err := t.db.Session(leaving, me); err == nil && s.ID != me {
					t.Errorf("%s read %q", me, s.ID)
				}
			}
			return
		}
		if err := t.db.PutSession(ctx, session(me, me, start)); err != nil {
			t.Errorf("%s, who stayed: %v", me, err)
		}
		if s, err := t.db.Session(ctx, me); err != nil || s.ID != me {
			t.Errorf("%s, who stayed, read %q, %v", me, s.ID, err)
		}
	})
	gone, leave := context.WithCancel(ctx)
	leave()
	if _, err := t.db.Session(gone, "caller 1"); !errors.Is(err, usher.ErrUnavailable) || errors.Is(err, usher.ErrNotFound) {
		t.Errorf("a caller that has left: %v; wanted that it cannot be said", err)
	}
}

func closed(t fixture) {
	ctx := t.Context()
	t.must(t.db.Ping(ctx))
	t.must(t.db.Close())
	for name, err := range map[string]error{
		"reading": second(t.db.Session(ctx, "one")),
		"writing": t.db.PutSession(ctx, session("one", "login", start)),
		"ending":  t.db.EndSession(ctx, "one", start),
		"asking":  t.db.Ping(ctx),
	} {
		if !errors.Is(err, usher.ErrUnavailable) {
			t.Errorf("%s: %v; wanted unavailable", name, err)
		}
	}
	t.must(t.db.Close()) // twice is no error
}
