// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

// TestSignInsDoNotWaitForOneAnother holds the lock of a provider as a sign-in and
// as a logout do, on PostgreSQL: a sign-in waits for the logout only, a logout for both.
func TestSignInsDoNotWaitForOneAnother(t *testing.T) {
	dsn := postgres(t)
	db := open(t, dsn, store.Options{Timeout: 500 * time.Millisecond})
	now := time.Now()
	signIn := func(id string) error {
		s := usher.Session{ID: id, Login: id, Host: "h", Account: "corp", Person: usher.Person{Provider: "p", Subject: id}, Begun: now, LastSeen: now, Expires: now.Add(time.Hour)}
		return db.Finish(t.Context(), usher.Attempt{Reference: usher.Reference(id), Outcome: usher.OutcomeSignedIn, Begun: now}, s, nil)
	}
	signOut := func(id string) error {
		_, err := db.Logout(t.Context(), usher.Logout{ID: id, Account: "corp", Provider: "p", Subject: "nobody", At: now})
		return err
	}
	for _, c := range []struct {
		name, lock        string
		signsIn, signsOut bool
	}{
		{"sign-in", "SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))", true, false},
		{"logout", "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", false, false},
	} {
		t.Run("beside a "+c.name, func(t *testing.T) {
			other, err := pgx.Connect(t.Context(), dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = other.Close(context.WithoutCancel(t.Context())) }()
			tx, err := other.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tx.Exec(t.Context(), c.lock, "provider\x1fp"); err != nil {
				t.Fatal(err)
			}
			if err := signIn("in " + c.name); (err == nil) != c.signsIn || err != nil && !errors.Is(err, usher.ErrUnavailable) {
				t.Errorf("signing in: %v", err)
			}
			if err := signOut("out " + c.name); (err == nil) != c.signsOut || err != nil && !errors.Is(err, usher.ErrUnavailable) {
				t.Errorf("signing out: %v", err)
			}
			if err := tx.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(signIn("after "+c.name), signOut("after "+c.name)); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}
