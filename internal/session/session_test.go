// SPDX-License-Identifier: Apache-2.0

package session_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/session"
	"github.com/usher-signin/usher/internal/store"
)

const host = "campaign.corp.example"

// clock is a time that tests set.
type clock struct{ micros atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.micros.Store(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC).UnixMicro())
	return c
}
func (c *clock) now() time.Time       { return time.UnixMicro(c.micros.Load()).UTC() }
func (c *clock) pass(d time.Duration) { c.micros.Add(d.Microseconds()) }

// world is one database and the managers of nodes that share it.
type world struct {
	clock *clock
	db    *store.DB
	rules atomic.Pointer[session.Rules]
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{clock: newClock()}
	w.admit(func(string, usher.Person) (usher.Operator, *usher.Cause) { return usher.Operator{Subject: "ana"}, nil })
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "usher.db"), store.Options{Now: w.clock.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w.db = db
	return w
}

func (w *world) admit(f func(string, usher.Person) (usher.Operator, *usher.Cause)) {
	w.rules.Store(&session.Rules{Admit: f, Idle: 30 * time.Minute, Lifetime: 10 * time.Hour})
}

func (w *world) node(t *testing.T) *session.Manager {
	t.Helper()
	return session.New(session.Options{Store: w.db, Rules: w.rules.Load, Now: w.clock.now, Random: rand.Reader})
}

func open(t *testing.T, m *session.Manager) http.Header {
	t.Helper()
	cookie, _, err := m.Open(t.Context(), session.Opening{Login: "7F3K-9QXM", Host: host, Account: "MAC", Person: usher.Person{Subject: "ana"}})
	if err != nil {
		t.Fatal(err)
	}
	return http.Header{"Cookie": {cookie.Name + "=" + cookie.Value}}
}

// who says who is signed in: an operator, nobody, or that it cannot be said.
func who(m *session.Manager, header http.Header) string {
	visit, _, err := m.Lookup(context.Background(), host, header)
	switch {
	case err == nil && visit.Operator() != nil:
		return visit.Operator().Subject
	case errors.Is(err, session.ErrNone):
		return "nobody"
	case errors.Is(err, usher.ErrUnavailable):
		return "unavailable"
	}
	return "broken"
}

func TestLifetimes(t *testing.T) {
	t.Run("idle", func(t *testing.T) {
		w := newWorld(t)
		m := w.node(t)
		header := open(t, m)
		for range 5 {
			w.clock.pass(29 * time.Minute)
			m.Sync(t.Context(), false)
			if got := who(m, header); got != "ana" {
				t.Fatalf("used every 29 minutes: %s", got)
			}
		}
		w.clock.pass(30 * time.Minute)
		m.Sync(t.Context(), false)
		if got := who(m, header); got != "nobody" {
			t.Errorf("after half an hour away: %s", got)
		}
	})
	t.Run("absolute", func(t *testing.T) {
		w := newWorld(t)
		m := w.node(t)
		header := open(t, m)
		for range 20 {
			w.clock.pass(29 * time.Minute)
			m.Sync(t.Context(), false)
			who(m, header)
		}
		w.clock.pass(20 * time.Minute) // ten hours in all
		m.Sync(t.Context(), false)
		if got := who(m, header); got != "nobody" {
			t.Errorf("after ten hours: %s", got)
		}
	})
	t.Run("a glance keeps nobody signed in", func(t *testing.T) {
		w := newWorld(t)
		m := w.node(t)
		header := open(t, m)
		for range 3 {
			w.clock.pass(10 * time.Minute)
			m.Sync(t.Context(), false)
			_, _, _ = m.LookupUnder(t.Context(), w.rules.Load(), w.clock.now(), host, header, false)
		}
		if got := who(m, header); got != "nobody" {
			t.Errorf("after half an hour of glances: %s", got)
		}
	})
}

func TestRightsComeFromTheRulesInForce(t *testing.T) {
	w := newWorld(t)
	m := w.node(t)
	header := open(t, m)
	if got := who(m, header); got != "ana" {
		t.Fatal(got)
	}
	w.admit(func(string, usher.Person) (usher.Operator, *usher.Cause) {
		return usher.Operator{}, &usher.Cause{Code: usher.CodeUserNotInGroup}
	})
	if got := who(m, header); got != "nobody" {
		t.Errorf("under rules that admit nobody: %s", got)
	}
	w.admit(func(string, usher.Person) (usher.Operator, *usher.Cause) {
		return usher.Operator{Subject: "ana again"}, nil
	})
	if got := who(m, header); got != "ana again" {
		t.Errorf("under new rules: %s", got)
	}
}

func TestEndedElsewhere(t *testing.T) {
	w := newWorld(t)
	here, there := w.node(t), w.node(t)
	header := open(t, here)
	if got := who(there, header); got != "ana" {
		t.Fatalf("the other node: %s", got)
	}
	w.clock.pass(time.Second)
	if err := here.SignOut(t.Context(), "7F3K-9QXM", "ana", "by the person"); err != nil {
		t.Fatal(err)
	}
	if got := who(here, header); got != "nobody" {
		t.Errorf("on the node where it was ended: %s", got)
	}
	there.Sync(t.Context(), false)
	if got := who(there, header); got != "nobody" {
		t.Errorf("on the other node, once it has asked: %s", got)
	}
}

func TestStoreSilent(t *testing.T) {
	w := newWorld(t)
	m := w.node(t)
	header := open(t, m)
	unknown := open(t, m)
	fresh := w.node(t) // has nothing in memory
	if err := w.db.Close(); err != nil {
		t.Fatal(err)
	}
	w.clock.pass(20 * time.Second)
	silent := m.Sync(t.Context(), false)
	if !silent {
		t.Error("a closed database was heard")
	}
	if got := who(m, header); got != "ana" {
		t.Errorf("20 s after the database fell silent: %s", got)
	}
	if got := who(fresh, unknown); got != "unavailable" {
		t.Errorf("a session that is not in memory: %s; it must not look like nobody's", got)
	}
	w.clock.pass(11 * time.Second)
	if got := who(m, header); got != "unavailable" {
		t.Errorf("31 s after: %s", got)
	}
}

func TestOddCookies(t *testing.T) {
	w := newWorld(t)
	m := w.node(t)
	good := open(t, m)
	value := strings.TrimPrefix(good.Get("Cookie"), session.CookieName+"=")
	other := strings.TrimPrefix(open(t, m).Get("Cookie"), session.CookieName+"=")
	name := session.CookieName + "="
	for label, c := range map[string]struct {
		header http.Header
		want   string
	}{
		"as issued":            {good, "ana"},
		"among others":         {http.Header{"Cookie": {"a=b; " + name + value + "; c=d"}}, "ana"},
		"the same twice":       {http.Header{"Cookie": {name + value + "; " + name + value}}, "ana"},
		"none":                 {http.Header{}, "nobody"},
		"two different":        {http.Header{"Cookie": {name + value + "; " + name + other}}, "nobody"},
		"two lines, different": {http.Header{"Cookie": {name + value, name + other}}, "nobody"},
		"a byte less":          {http.Header{"Cookie": {name + value[1:]}}, "nobody"},
		"a byte more":          {http.Header{"Cookie": {name + value + "A"}}, "nobody"},
		"quoted":               {http.Header{"Cookie": {name + `"` + value + `"`}}, "nobody"},
		"another name's case":  {http.Header{"Cookie": {strings.ToLower(name) + value}}, "nobody"},
		"too long to read":     {http.Header{"Cookie": {strings.Repeat("x", 65<<10) + "; " + name + value}}, "nobody"},
		"only signs":           {http.Header{"Cookie": {"=; ;;;==;" + name}}, "nobody"},
	} {
		if got := who(m, c.header); got != c.want {
			t.Errorf("%s: %s, wanted %s", label, got, c.want)
		}
	}
	for i := range value {
		altered := []byte(value)
		altered[i] ^= 1
		if got := who(m, http.Header{"Cookie": {name + string(altered)}}); got != "nobody" {
			t.Errorf("byte %d altered: %s", i, got)
		}
	}
	if _, _, err := m.Lookup(t.Context(), "other.corp.example", good); !errors.Is(err, session.ErrNone) {
		t.Errorf("on another host: %v", err)
	}
}

func TestValuesDoNotRepeat(t *testing.T) {
	seen := make(map[string]bool)
	for range 10_000 {
		v, err := session.NewValue(rand.Reader)
		if err != nil || len(v) != 43 || seen[v] {
			t.Fatalf("%q %v, seen before: %v", v, err, seen[v])
		}
		seen[v] = true
	}
	if _, err := session.NewValue(strings.NewReader("short")); err == nil {
		t.Error("a source without randomness made a value")
	}
}
