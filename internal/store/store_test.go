// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

var start = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// engines runs a test on every engine: SQLite in memory, in a file, and
// PostgreSQL where there is one.
func engines(t *testing.T, test func(t *testing.T, open func(o store.Options) *store.DB)) {
	run := func(name string, dsn func(t *testing.T) string) {
		t.Run(name, func(t *testing.T) {
			address := dsn(t)
			test(t, func(o store.Options) *store.DB {
				if o.Now == nil {
					o.Now = func() time.Time { return start }
				}
				db, err := store.Open(t.Context(), address, o)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = db.Close() })
				return db
			})
		})
	}
	run("sqlite in memory", func(*testing.T) string { return "sqlite::memory:" })
	run("sqlite in a file", func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "a b?c.db") })
	run("postgres", postgres)
}

func TestPendingIsTakenOnce(t *testing.T) {
	engines(t, func(t *testing.T, open func(store.Options) *store.DB) {
		db, ctx := open(store.Options{}), t.Context()
		want := usher.Pending{StateHash: "state", BrowserHash: "browser", Reference: "AAAA-BBBB", Account: "MAC", CallbackURL: "https://x/cb",
			Sealed: []byte{0, 1, 255}, ReturnTo: "/reports/?q=1", Bind: "bind", Begun: start.Add(123 * time.Microsecond)}
		if err := db.PutPending(ctx, want); err != nil {
			t.Fatal(err)
		}
		var won, lost atomic.Int32
		var got atomic.Pointer[usher.Pending]
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				p, err := db.TakePending(ctx, "state")
				switch {
				case err == nil:
					won.Add(1)
					got.Store(&p)
				case errors.Is(err, usher.ErrNotFound):
					lost.Add(1)
				default:
					t.Errorf("taking: %v", err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 || lost.Load() != 49 {
			t.Fatalf("%d took the pending sign-in, %d did not; wanted 1 and 49", won.Load(), lost.Load())
		}
		if diff := cmp.Diff(want, *got.Load()); diff != "" {
			t.Error(diff)
		}
		if ref, taken, err := db.WasTaken(ctx, "state"); err != nil || !taken || ref != "AAAA-BBBB" {
			t.Errorf("was taken: %q %v %v", ref, taken, err)
		}
		if _, taken, err := db.WasTaken(ctx, "other"); err != nil || taken {
			t.Errorf("an unknown state was taken: %v %v", taken, err)
		}
	})
}

func TestAttemptKeepsItsTrail(t *testing.T) {
	engines(t, func(t *testing.T, open func(store.Options) *store.DB) {
		db, ctx := open(store.Options{}), t.Context()
		a := usher.Attempt{Reference: "AAAA-BBBB", Outcome: usher.OutcomeBegun, Begun: start}
		if err := db.PutAttempt(ctx, a); err != nil {
			t.Fatal(err)
		}
		a.Outcome, a.Ended = usher.OutcomeRefused, start.Add(time.Second)
		a.Person = &usher.Person{Email: "bram@corp.example", Groups: []usher.Membership{{Group: "Delivery\u00a0operators", Source: "profile"}}}
		a.Cause = &usher.Cause{Step: usher.StepAdmit, Code: usher.CodeMaskBlanks, Saw: `'; DROP TABLE attempts; --`}
		a.Pass(usher.StepAdmit, start, "refused")
		if err := db.PutAttempt(ctx, a); err != nil {
			t.Fatal(err)
		}
		got, err := db.Attempt(ctx, "AAAA-BBBB")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a, got); diff != "" {
			t.Error(diff)
		}
		if list, err := db.Attempts(ctx, start, 10); err != nil || len(list) != 1 {
			t.Errorf("listed %d, %v; wanted the one attempt", len(list), err)
		}
		if _, err := db.Attempt(ctx, "CCCC-DDDD"); !errors.Is(err, usher.ErrNotFound) {
			t.Errorf("an unknown reference: %v; wanted not found", err)
		}
	})
}

func TestSessionLifeAndEnd(t *testing.T) {
	engines(t, func(t *testing.T, open func(store.Options) *store.DB) {
		db, ctx := open(store.Options{}), t.Context()
		s := usher.Session{ID: "one", Login: "AAAA-BBBB", Host: "a.example", Account: "MAC", Person: usher.Person{Provider: "p", Subject: "s", Email: "ana@corp.example"},
			Begun: start, LastSeen: start, Expires: start.Add(time.Hour), Sealed: []byte("sealed")}
		two := s
		two.ID, two.Host = "two", "b.example"
		for _, x := range []usher.Session{s, two} {
			if err := db.PutSession(ctx, x); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.TouchSession(ctx, "one", start.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		_ = db.TouchSession(ctx, "one", start) // from a slower node: must not move it back
		got, err := db.Session(ctx, "one")
		if err != nil {
			t.Fatal(err)
		}
		s.LastSeen = start.Add(time.Minute)
		if diff := cmp.Diff(s, got); diff != "" {
			t.Error(diff)
		}
		if n, err := db.EndLogin(ctx, "AAAA-BBBB", start.Add(2*time.Minute)); err != nil || n != 2 {
			t.Errorf("ended %d, %v; wanted both sessions of the login", n, err)
		}
		if _, err := db.Session(ctx, "one"); !errors.Is(err, usher.ErrNotFound) {
			t.Errorf("an ended session: %v; wanted not found", err)
		}
		if ids, err := db.Ended(ctx, start.Add(time.Minute)); err != nil || len(ids) != 2 {
			t.Errorf("ended since: %v, %v", ids, err)
		}
		if ids, err := db.Ended(ctx, start.Add(3*time.Minute)); err != nil || len(ids) != 0 {
			t.Errorf("ended later: %v, %v; wanted none", ids, err)
		}
	})
}

func TestTicketIsTakenOnce(t *testing.T) {
	engines(t, func(t *testing.T, open func(store.Options) *store.DB) {
		db, ctx := open(store.Options{}), t.Context()
		want := usher.Ticket{ID: "id", Bind: "bind", Host: "b.example", Login: "AAAA-BBBB", Session: "one", ReturnTo: "https://b.example/", Issued: start}
		if err := db.PutTicket(ctx, want); err != nil {
			t.Fatal(err)
		}
		got, err := db.TakeTicket(ctx, "id")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if _, err := db.TakeTicket(ctx, "id"); !errors.Is(err, usher.ErrNotFound) {
			t.Errorf("taken again: %v; wanted not found", err)
		}
	})
}

func TestRevisionsAndNodes(t *testing.T) {
	engines(t, func(t *testing.T, open func(store.Options) *store.DB) {
		db, ctx := open(store.Options{}), t.Context()
		for i, id := range []string{"r1", "r2"} {
			rev := usher.Revision{ID: id, Node: "n", Loaded: start.Add(time.Duration(i) * time.Second), Text: "text"}
			if err := errors.Join(db.PutRevision(ctx, rev), db.Heartbeat(ctx, "n", id, rev.Loaded)); err != nil {
				t.Fatal(err)
			}
		}
		revs, err := db.Revisions(ctx, 10)
		if err != nil || len(revs) != 2 || revs[0].ID != "r2" {
			t.Errorf("revisions %v, %v; wanted r2 then r1", revs, err)
		}
		nodes, err := db.Nodes(ctx, start)
		if err != nil || len(nodes) != 1 || nodes[0].Revision != "r2" {
			t.Errorf("nodes %v, %v; wanted n at r2", nodes, err)
		}
	})
}

func TestPurgeTakesOnlyWhatIsPast(t *testing.T) {
	engines(t, func(t *testing.T, open func(store.Options) *store.DB) {
		now := start
		db, ctx := open(store.Options{Now: func() time.Time { return now }}), t.Context()
		live := usher.Session{ID: "live", Login: "L", Begun: start, LastSeen: start, Expires: start.Add(48 * time.Hour)}
		over := live
		over.ID, over.Expires = "over", start.Add(time.Hour)
		err := errors.Join(db.PutSession(ctx, live), db.PutSession(ctx, over), db.PutPending(ctx, usher.Pending{StateHash: "s", Begun: start}),
			db.PutTicket(ctx, usher.Ticket{ID: "t", Issued: start}), db.PutAttempt(ctx, usher.Attempt{Reference: "AAAA-BBBB", Outcome: usher.OutcomeRefused, Begun: start}))
		if err != nil {
			t.Fatal(err)
		}
		if n, err := db.Purge(ctx); err != nil || n != 0 {
			t.Fatalf("purged %d, %v; nothing is past its time", n, err)
		}
		now = start.Add(2 * time.Hour)
		if n, err := db.Purge(ctx); err != nil || n != 3 {
			t.Errorf("purged %d, %v; wanted the session, the pending sign-in and the ticket", n, err)
		}
		if _, err := db.Session(ctx, "live"); err != nil {
			t.Errorf("the live session: %v", err)
		}
		if _, err := db.Attempt(ctx, "AAAA-BBBB"); err != nil {
			t.Errorf("the attempt: %v", err)
		}
	})
}

func TestDatabaseThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	junk := filepath.Join(dir, "junk.db")
	if err := os.WriteFile(junk, []byte(strings.Repeat("no database at all ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ dsn, want string }{
		"no folder":       {"sqlite:" + filepath.Join(dir, "missing", "x.db"), "does not exist"},
		"no database":     {"sqlite:" + junk, "no SQLite database"},
		"unknown engine":  {"mysql://root:canary@localhost/x", "wanted sqlite:PATH"},
		"nobody listens":  {"postgres://u:canary@127.0.0.1:1/x", "does not let usher in"},
		"broken postgres": {"postgres://u:can%ary@:::/x", "not a usable PostgreSQL address"},
	} {
		_, err := store.Open(t.Context(), c.dsn, store.Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; wanted a sentence with %q", name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: the error shows the password: %v", name, err)
		}
	}
}

func TestFilesAreForThisUserOnly(t *testing.T) {
	dir := t.TempDir()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(dir, "u.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := db.PutTicket(t.Context(), usher.Ticket{ID: "x"}); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) < 2 {
		t.Fatalf("%v, %v; wanted the database and its log", entries, err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v; wanted 0600", e.Name(), info.Mode(), err)
		}
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	path := "sqlite:" + filepath.Join(t.TempDir(), "u.db")
	db, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.PretendNewer(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	_ = db.Close()
	if _, err := store.Open(t.Context(), path, store.Options{}); err == nil || !strings.Contains(err.Error(), "a newer usher has used it") {
		t.Errorf("opened with %v; wanted a refusal", err)
	}
}

func TestSilentDatabaseIsUnavailable(t *testing.T) {
	engines(t, func(t *testing.T, open func(store.Options) *store.DB) {
		db := open(store.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := db.Session(ctx, "x"); !errors.Is(err, usher.ErrUnavailable) {
			t.Errorf("a cancelled call: %v; wanted unavailable", err)
		}
		_ = db.Close()
		if _, err := db.Session(t.Context(), "x"); !errors.Is(err, usher.ErrUnavailable) {
			t.Errorf("a closed database: %v; wanted unavailable", err)
		}
	})
}
