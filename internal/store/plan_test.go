// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usher-signin/usher"
)

// listening is an executor that remembers the statements that pass through it.
type listening struct {
	executor
	mu   *sync.Mutex
	seen map[string][]any
}

func (l listening) note(query string, args []any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen[query] = slices.Clone(args)
}

func (l listening) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	l.note(query, args)
	return l.executor.ExecContext(ctx, query, args...)
}

func (l listening) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	l.note(query, args)
	return l.executor.QueryContext(ctx, query, args...)
}

func (l listening) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	l.note(query, args)
	return l.executor.QueryRowContext(ctx, query, args...)
}

// TestEveryStatementHasItsIndex asks SQLite how it would do each statement of
// the calls that serving makes. None may walk through a whole table.
func TestEveryStatementHasItsIndex(t *testing.T) {
	db := file(t)
	l := listening{mu: &sync.Mutex{}, seen: map[string][]any{}}
	l.executor = db.reader
	reading := &DB{opts: db.opts, dialect: db.dialect, name: db.name, pool: db.pool, reader: l, writer: db.writer}
	ctx, now := t.Context(), time.Now()
	steps := map[string]func(r runner) error{
		"pending": func(r runner) error {
			_, err := putPending(usher.Pending{StateHash: "s", Begun: now})(ctx, r)
			return err
		},
		"attempt": func(r runner) error {
			_, err := putAttempt(usher.Attempt{Reference: "r", Begun: now})(ctx, r)
			return err
		},
		"session": func(r runner) error { _, err := putSession(usher.Session{ID: "s", Expires: now})(ctx, r); return err },
		"logout": func(r runner) error {
			for _, l := range []usher.Logout{{Provider: "p", Subject: "s"}, {Provider: "p", Session: "s"}} {
				if _, err := loginsOf(ctx, r, l); err != nil {
					return err
				}
			}
			_, err := db.endLogin(ctx, r, "x", now)
			return errors.Join(err, loggedOut(ctx, r, usher.Attempt{Begun: now}, usher.Session{}))
		},
		"the past": func(r runner) error { return eachPast(ctx, db, r) },
		"ending": func(r runner) error {
			for _, which := range []string{"id = ?", "login = ?", "provider = ? AND subject = ?"} {
				if _, err := r.exec(ctx, db.ending()+which, []any{0, "x", "y"}[:1+strings.Count(which, "?")]...); err != nil {
					return err
				}
			}
			return nil
		},
	}
	for name, step := range steps {
		_, err := write(ctx, db, name, func(_ context.Context, r runner) (int, error) {
			l := l
			l.executor = r.on
			return 0, step(runner{l, r.dialect})
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, _ = reading.Session(ctx, "x")
	_, _, _ = reading.WasTaken(ctx, "x")
	_, _ = reading.Attempt(ctx, "x")
	_, _ = reading.Ended(ctx, now)
	_, _ = reading.CountPending(ctx, "x")
	_, _ = reading.Attempts(ctx, AttemptFilter{})
	_, _ = reading.Attempts(ctx, AttemptFilter{Email: "x"})
	_, _ = reading.Sessions(ctx, SessionFilter{})
	_, _ = reading.Sessions(ctx, SessionFilter{Login: "x"})
	_, _ = reading.Sessions(ctx, SessionFilter{Provider: "x", Subject: "y"})
	_, _ = reading.Events(ctx, EventFilter{})
	if len(l.seen) < 20 {
		t.Fatalf("only %d statements were seen", len(l.seen))
	}
	for query, args := range l.seen {
		for _, line := range plan(t, db, query, args) {
			if strings.HasPrefix(line, "SCAN") && !strings.Contains(line, "USING") {
				t.Errorf("%s\n\t%s", query, line)
			}
		}
	}
}

func eachPast(ctx context.Context, db *DB, r runner) error {
	for _, p := range db.pasts() {
		if _, err := r.exec(ctx, p.statement, 0, mostBatch); err != nil {
			return fmt.Errorf("%s: %w", p.statement, err)
		}
	}
	return nil
}

func plan(t *testing.T, db *DB, query string, args []any) []string {
	t.Helper()
	rows, err := db.pool.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	var lines []string
	for rows.Next() {
		var id, parent, unused int
		var line string
		if err := rows.Scan(&id, &parent, &unused, &line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}
