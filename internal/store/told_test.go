// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

// TestTooManyEnded signs out more people at once than can be told twice a second.
// Whoever asks learns that, and does not go on asking for a list that never comes.
func TestTooManyEnded(t *testing.T) {
	if testing.Short() {
		t.Skip("tens of thousands of rows, one statement after another: nothing for the race detector")
	}
	const most = 20_000
	for name, address := range map[string]func(testing.TB) string{
		"sqlite":   func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "u.db") },
		"postgres": postgres,
	} {
		t.Run(name, func(t *testing.T) {
			dsn := address(t)
			fillSessions(t, dsn, most+1, time.Now().Add(time.Hour))
			db := open(t, dsn, store.Options{Timeout: 2 * time.Minute})
			end := `UPDATE sessions SET ended = 1, noted = ` + store.Clock(db) + ` WHERE ended = 0 AND id IN (SELECT id FROM sessions WHERE ended = 0 LIMIT ?)`
			must(t, store.Exec(t.Context(), db, end, most))
			ids, err := db.Ended(t.Context(), time.Now())
			if err != nil || len(ids) != most {
				t.Fatalf("%d were told, %v; wanted %d", len(ids), err, most)
			}
			must(t, store.Exec(t.Context(), db, end, 1))
			if ids, err := db.Ended(t.Context(), time.Now()); !errors.Is(err, usher.ErrTooMany) || len(ids) != 0 {
				t.Errorf("%d were told, %v; wanted that they are too many", len(ids), err)
			}
		})
	}
}
