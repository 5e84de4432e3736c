// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// administer runs statements as the server's own administrator.
func administer(t *testing.T, statements ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, os.Getenv("USHER_TEST_POSTGRES"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
}

// A rented database is one whose user can be put into trouble without anybody
// else on the server noticing.
type rented struct{ user, schema, dsn, beside string }

func rent(t *testing.T) rented {
	t.Helper()
	user := "usher_" + strings.ToLower(rand.Text()[:12])
	administer(t, "CREATE ROLE "+user+" LOGIN")
	t.Cleanup(func() { administer(t, "DROP OWNED BY "+user, "DROP ROLE "+user) }) // after the schema is gone
	beside := schema(t)
	u, err := url.Parse(beside)
	if err != nil {
		t.Fatal(err)
	}
	name := u.Query().Get("search_path")
	administer(t, "ALTER SCHEMA "+name+" OWNER TO "+user)
	u.User = url.User(user)
	return rented{user: user, schema: name, dsn: u.String(), beside: beside}
}

// anew ends the user's connections, so that the next ones have its new settings.
func (r rented) anew(t *testing.T, setting string) {
	t.Helper()
	administer(t, "ALTER ROLE "+r.user+" "+setting, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '"+r.user+"'")
}

func TestPostgresTroubleWhileServing(t *testing.T) {
	schema(t) // skips
	for name, c := range map[string]func(t *testing.T, r rented) (dsn string, f fault){
		"no more connections": func(_ *testing.T, r rented) (string, fault) {
			return r.dsn, fault{says: "which takes no more connections",
				begin: func(t *testing.T) { r.anew(t, "CONNECTION LIMIT 0") },
				end:   func(t *testing.T) { administer(t, "ALTER ROLE "+r.user+" CONNECTION LIMIT -1") }}
		},
		"read only": func(_ *testing.T, r rented) (string, fault) {
			return r.dsn, fault{reads: true, says: "name the primary in server.database",
				begin: func(t *testing.T) { r.anew(t, "SET default_transaction_read_only = on") },
				end:   func(t *testing.T) { r.anew(t, "RESET default_transaction_read_only") }}
		},
		"tables are locked": func(t *testing.T, r rented) (string, fault) {
			var holder *pgx.Conn
			return r.dsn, fault{says: "did not answer in time",
				begin: func(t *testing.T) {
					var err error
					if holder, err = pgx.Connect(t.Context(), r.beside); err != nil {
						t.Fatal(err)
					}
					for _, s := range []string{"BEGIN", "LOCK TABLE sessions, attempts, pendings, events, nodes IN ACCESS EXCLUSIVE MODE"} {
						if _, err := holder.Exec(t.Context(), s); err != nil {
							t.Fatal(err)
						}
					}
				},
				end: func(t *testing.T) {
					if err := holder.Close(t.Context()); err != nil {
						t.Fatal(err)
					}
				}}
		},
		"connections are cut": func(t *testing.T, r rented) (string, fault) {
			l, dsn := lineTo(t, r.dsn)
			return dsn, fault{says: "does not let usher in: see that it runs",
				begin: func(*testing.T) { l.cut(true) },
				end:   func(*testing.T) { l.cut(false) }}
		},
		"slow": func(t *testing.T, r rented) (string, fault) {
			l, dsn := lineTo(t, r.dsn)
			return dsn, fault{reads: true, says: "did not answer in time",
				begin: func(*testing.T) { l.slow(300 * time.Millisecond) },
				end:   func(*testing.T) { l.slow(0) }}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rent(t)
			dsn, f := c(t, r)
			trouble(t, dsn, r.beside).holds(t, f)
		})
	}
}
