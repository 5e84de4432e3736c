// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

// outcomesAudited wants each end of an attempt in the record of what was done,
// once, however often it is written.
func outcomesAudited(t fixture) {
	ctx := t.Context()
	in := attempt("AAAA-0001", start)
	t.must(t.db.PutAttempt(ctx, in))
	in.Outcome, in.Ended, in.Groups = usher.OutcomeSignedIn, start.Add(time.Second), []string{"Admin"}
	in.Person = &usher.Person{Subject: "s", Email: "Ana@corp.example"}
	t.must(t.db.Finish(ctx, in, session("one", "AAAA-0001", start), nil))
	t.must(t.db.PutAttempt(ctx, in))
	out := attempt("AAAA-0002", start)
	out.Outcome, out.Ended, out.Cause = usher.OutcomeRefused, start.Add(2*time.Second), &usher.Cause{Step: usher.StepAdmit, Code: "user-not-in-group", Saw: "none"}
	t.must(t.db.PutAttempt(ctx, out))
	gate := attempt("AAAA-0003", start)
	gate.Outcome, gate.Cause = usher.OutcomeRefused, &usher.Cause{Step: usher.StepGate, Code: usher.CodeApplicationRefused, Subject: "reports"}
	t.must(t.db.PutAttempt(ctx, gate))
	// What cannot be kept leaves no event either.
	if err := t.db.Finish(ctx, in, session("one", "AAAA-0001", start), nil); !errors.Is(err, store.ErrDuplicate) {
		t.Fatalf("the same session again: %v", err)
	}
	all, err := t.db.EventsAfter(ctx, time.Time{}, "", 0)
	t.must(err)
	var got []string
	for _, e := range all {
		got = append(got, e.Action+" "+e.Actor+" "+e.Client+" "+e.Subject)
	}
	want := []string{"request-refused  192.0.2.7 AAAA-0003", "signed-in Ana@corp.example 192.0.2.7 AAAA-0001", "sign-in-refused  192.0.2.7 AAAA-0002"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(all[2].Detail, "user-not-in-group") {
		t.Errorf("the refusal does not say why: %q", all[2].Detail)
	}
}

// eventsInOrder reads the record in pages, forward, and misses none.
func eventsInOrder(t fixture) {
	ctx := t.Context()
	const all = 250
	for i := range all {
		_, err := t.db.Audit(ctx, store.Event{At: start.Add(time.Duration(i/10) * time.Second), Actor: "a", Action: "x", Subject: fmt.Sprint(i)})
		t.must(err)
	}
	seen := make(map[string]bool)
	var last store.Event
	for {
		page, err := t.db.EventsAfter(ctx, last.At, last.ID, 7)
		t.must(err)
		if len(page) == 0 {
			break
		}
		for _, e := range page {
			if seen[e.ID] || e.At.Before(last.At) {
				t.Fatalf("event %s at %v comes twice or too late, after %v", e.ID, e.At, last.At)
			}
			seen[e.ID], last = true, e
		}
	}
	if len(seen) != all {
		t.Errorf("%d events read, wanted %d", len(seen), all)
	}
	if late, err := t.db.EventsAfter(ctx, start.Add(24*time.Second), "", 0); err != nil || len(late) != 10 {
		t.Errorf("since the last second: %d, %v; wanted 10", len(late), err)
	}
}

func allEnd(t fixture) {
	ctx := t.Context()
	const all = 300
	race(10, func(who int) {
		for i := who; i < all; i += 10 {
			if err := t.db.PutSession(ctx, session(fmt.Sprint("s", i), fmt.Sprint("login ", i/3), start)); err != nil {
				t.Error(err)
			}
		}
	})
	t.must(t.db.PutSession(ctx, session("later", "later", start.Add(time.Minute))))
	n, err := t.db.EndAll(ctx, start.Add(time.Second), act("all"))
	if err != nil || n != all {
		t.Errorf("ended %d, %v; wanted %d", n, err, all)
	}
	open, err := t.db.Sessions(ctx, store.SessionFilter{Limit: 1000})
	if err != nil || len(open) != 1 || open[0].ID != "later" {
		t.Errorf("open afterwards: %d, %v; wanted the one that was opened later", len(open), err)
	}
	if err := t.db.PutSession(ctx, session("again", "login 7", start)); !errors.Is(err, store.ErrLoginEnded) {
		t.Errorf("an ended login opens a session: %v", err)
	}
}

func resealed(t fixture) {
	ctx := t.Context()
	const all = 25
	for i := range all {
		s := session(fmt.Sprintf("s%02d", i), fmt.Sprint("login ", i), start)
		s.Sealed = []byte("\x01key-0001" + s.ID)
		if i == 7 {
			s.Sealed = []byte("\x01key-lost" + s.ID)
		}
		t.must(t.db.PutSession(ctx, s))
	}
	none := session("none", "none", start)
	none.Sealed = nil
	t.must(t.db.PutSession(ctx, none))
	t.must(t.db.EndSession(ctx, "s03", start))
	by, err := t.db.SealedBy(ctx, "sessions")
	t.must(err)
	if diff := cmp.Diff(map[string]int{"\x01key-0001": all - 2, "\x01key-lost": 1}, by); diff != "" {
		t.Error(diff)
	}
	turn := func(row string, sealed []byte) ([]byte, error) {
		if strings.HasPrefix(string(sealed), "\x01key-lost") {
			return nil, errors.New("another key")
		}
		if row == "s05" { // somebody else changes it meanwhile
			t.must(t.db.EndSession(ctx, "s05", start))
		}
		return []byte("\x01key-0002" + row), nil
	}
	var sum store.Resealed
	for after, rounds := "", 0; ; rounds++ {
		batch, err := t.db.Reseal(ctx, "sessions", after, 10, turn)
		t.must(err)
		sum.Seen, sum.New, sum.Lost = sum.Seen+batch.Seen, sum.New+batch.New, sum.Lost+batch.Lost
		if after = batch.Last; after == "" {
			break
		}
		if rounds > 5 {
			t.Fatal("it never ends")
		}
	}
	if want := (store.Resealed{Seen: all - 1, New: all - 3, Lost: 1}); sum != want {
		t.Errorf("came to %+v, wanted %+v", sum, want)
	}
	s, err := t.db.Session(ctx, "s09")
	if err != nil || string(s.Sealed) != "\x01key-0002s09" {
		t.Errorf("sealed anew: %q, %v", s.Sealed, err)
	}
	if _, err := t.db.Reseal(ctx, "events", "", 10, turn); err == nil {
		t.Error("a table that holds nothing sealed was sealed anew")
	}
}
