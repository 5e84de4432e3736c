// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"bytes"
	"context"
	"database/sql"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // a second hand on the gateways' database
	_ "modernc.org/sqlite"             // a second hand on the gateway's database

	"github.com/usher-signin/usher/internal/session"
)

// secondHand opens a database beside the gateways that use it.
func secondHand(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	driver := "pgx"
	if path, file := strings.CutPrefix(dsn, "sqlite:"); file {
		driver, dsn = "sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: "mode=ro&_busy_timeout=10000"}).String()
	}
	pool, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	return pool
}

// rows reads all rows of a query, each column as text.
func rows(ctx context.Context, t *testing.T, pool *sql.DB, columns int, query string) [][]string {
	t.Helper()
	found, err := pool.QueryContext(ctx, query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = found.Close() }()
	var out [][]string
	for found.Next() {
		row := make([]string, columns)
		into := make([]any, columns)
		for i := range row {
			into[i] = &row[i]
		}
		if err := found.Scan(into...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		out = append(out, row)
	}
	if err := found.Err(); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return out
}

// examine compares the database with the ledger while nobody signs in or out:
// what was answered is there, nothing was done twice, and the record is complete.
func (l *ledger) examine(t *testing.T, pool *sql.DB) {
	t.Helper()
	type kept struct{ login, ended string }
	var (
		sessions = make(map[string]kept)
		ofLogin  = make(map[string]int)
		opened   = make(map[string]string) // events, by login
		left     = make(map[string]string)
		attempts = make(map[string]bool)
	)
	for _, row := range rows(t.Context(), t, pool, 3, `SELECT id, login, CASE WHEN ended > 0 THEN 'ended' ELSE 'open' END FROM sessions`) {
		sessions[row[0]] = kept{row[1], row[2]}
		ofLogin[row[1]]++
	}
	for _, row := range rows(t.Context(), t, pool, 2, `SELECT subject, CAST(count(*) AS VARCHAR(20)) FROM events WHERE action = 'signed-in' GROUP BY subject`) {
		opened[row[0]] = row[1]
	}
	for _, row := range rows(t.Context(), t, pool, 2, `SELECT subject, CAST(count(*) AS VARCHAR(20)) FROM events WHERE action = 'signed-out' GROUP BY subject`) {
		left[row[0]] = row[1]
	}
	for _, row := range rows(t.Context(), t, pool, 1, `SELECT reference FROM attempts WHERE outcome = 'signed-in'`) {
		attempts[row[0]] = true
	}
	for login, n := range ofLogin {
		if n != 1 {
			t.Errorf("one sign-in opened %d sessions", n)
		}
		if opened[login] != "1" || !attempts[login] {
			t.Errorf("the session of the sign-in %s is kept; its attempt says signed in: %v, and the record holds it %q times", login, attempts[login], opened[login])
		}
	}
	for login := range opened {
		if ofLogin[login] == 0 {
			t.Errorf("the record says that %s signed in, and no session is kept", login)
		}
	}
	for id, s := range sessions {
		if want := map[string]string{"ended": "1", "open": ""}[s.ended]; left[s.login] != want {
			t.Errorf("the session %.8s is %s, and the record holds its end %q times", id, s.ended, left[s.login])
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.entries {
		switch s, found := sessions[session.Hash(e.cookie)]; {
		case !found:
			t.Error("a sign-in that was answered is not in the database")
		case e.left && s.ended != "ended":
			t.Error("a session whose end was answered is open in the database")
		case !e.leaving && s.ended != "open":
			t.Error("a session that nobody ended is ended in the database")
		}
	}
}

// sound asks SQLite whether the file is undamaged.
func sound(t *testing.T, pool *sql.DB) {
	t.Helper()
	if found := rows(t.Context(), t, pool, 1, `PRAGMA integrity_check`); len(found) != 1 || found[0][0] != "ok" {
		t.Errorf("the file's integrity: %q", found)
	}
	if found := rows(t.Context(), t, pool, 1, `SELECT "table" FROM pragma_foreign_key_check`); len(found) != 0 {
		t.Errorf("rows that belong to nothing: %q", found)
	}
}

// A codeBook sees each code that gateways redeem: none may come twice.
type codeBook struct {
	mu    sync.Mutex
	asked map[string]int
}

// around notes the codes that the provider is asked for.
func (b *codeBook) around(next http.Handler) http.Handler {
	b.asked = make(map[string]int)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/ims/token") {
			body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
			form, err2 := url.ParseQuery(string(body))
			if code := form.Get("code"); err == nil && err2 == nil && code != "" {
				b.mu.Lock()
				b.asked[code]++
				b.mu.Unlock()
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		next.ServeHTTP(w, r)
	})
}

// check says how many codes there were, and fails where one came twice.
func (b *codeBook) check(t *testing.T) int {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, n := range b.asked {
		if n != 1 {
			t.Errorf("a code was redeemed %d times", n)
		}
	}
	return len(b.asked)
}
