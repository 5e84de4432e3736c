// SPDX-License-Identifier: Apache-2.0

package session_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/session"
	"github.com/usher-signin/usher/internal/store"
)

// crowded is a store in which more sessions were ended than it can name.
type crowded struct{ *store.DB }

func (crowded) Ended(context.Context, time.Time) ([]string, error) {
	return nil, fmt.Errorf("listing ended sessions: %w", usher.ErrTooMany)
}

// TestTooManyEnded has more sessions ended at once than can be named: none passes
// from memory, those that are open still are read again, and nobody is told that
// the database is silent.
func TestTooManyEnded(t *testing.T) {
	w := newWorld(t)
	m := session.New(session.Options{Store: crowded{w.db}, Rules: w.rules.Load, Now: w.clock.now, Random: rand.Reader})
	ended, stays := open(t, m), open(t, m)
	list, err := w.db.Sessions(t.Context(), store.SessionFilter{})
	if err != nil || len(list) != 2 {
		t.Fatalf("open sessions: %d, %v", len(list), err)
	}
	gone := session.Hash(ended.Get("Cookie")[len(session.CookieName)+1:])
	if err := w.db.EndSession(t.Context(), gone, w.clock.now()); err != nil { // elsewhere
		t.Fatal(err)
	}
	w.clock.pass(session.StaleAfter - time.Second)
	if silent := m.Sync(t.Context(), false); silent {
		t.Error("the database counts as silent")
	}
	w.clock.pass(2 * time.Second)
	if got := who(m, ended); got != "nobody" {
		t.Errorf("with the session that was ended: %s", got)
	}
	if got := who(m, stays); got != "ana" {
		t.Errorf("with the session that was not: %s", got)
	}
}
