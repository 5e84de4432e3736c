// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx, past usher's own pool

	"github.com/usher-signin/usher/internal/store"
)

// A filler puts many sessions into a database at once, as no gateway could. It
// takes the indexes away, and makes them anew when all is there.
type filler struct {
	pool   *sql.DB
	setUp  string // settings for filling only
	insert string // of rows, from ? to ?, that expire at ? and after, a microsecond apart
	list   string // the statements that make the indexes again
	drop   string // an index by its name
	finish []string
}

// sealedBytes is for what is kept for sign-out, where USHER_BENCH_SEALED does
// not say otherwise: about what an id token takes.
const sealedBytes = 700

// fill adds count sessions, the first of which expires at from.
func fillSessions(b testing.TB, dsn string, count int, from time.Time) {
	b.Helper()
	ctx := b.Context()
	db, err := store.Open(ctx, dsn, store.Options{Timeout: 30 * time.Second}) // makes the schema
	if err != nil {
		b.Fatal(err)
	}
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	f, err := newFiller(dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.pool.Close() }()
	if _, err := f.pool.ExecContext(ctx, f.setUp); err != nil {
		b.Fatal(err)
	}
	remake, err := f.indexes(ctx)
	if err != nil {
		b.Fatal(err)
	}
	const step = 250_000
	for done := 0; done < count; done += step {
		if _, err := f.pool.ExecContext(ctx, f.insert, done, min(done+step, count)-1, from.UnixMicro()); err != nil {
			b.Fatalf("filling: %v", err)
		}
	}
	for _, statement := range append(remake, f.finish...) {
		if _, err := f.pool.ExecContext(ctx, statement); err != nil {
			b.Fatalf("%s: %v", statement, err)
		}
	}
}

func newFiller(dsn string) (*filler, error) {
	person := `'{"provider":"https://ims-na1.adobelogin.com","subject":"' || %[1]s || '","email":"operator@corp.example","email_verified":true,"name":"An Operator",` +
		`"groups":[{"group":"Campaign - corp - Admin","source":"profile"},{"group":"Campaign - corp - Delivery operators","source":"profile"}]}'`
	columns := `INSERT INTO sessions (id, login, host, account, provider, subject, email, person, begun, last_seen, expires, sealed, sid, renewed) `
	row := func(id, subject, login, n, from string) string {
		return `SELECT ` + id + `, ` + login + `, 'reports.corp.example', 'Adobe_Marketing_Cloud', 'https://ims-na1.adobelogin.com', ` + subject + `, 'operator@corp.example', ` +
			fmt.Sprintf(person, subject) + `, ` + from + ` + ` + n + ` - 36000000000, ` + from + ` + ` + n + ` - 3600000000, ` + from + ` + ` + n + `, 'base64:` + strings.Repeat("c2VhbGVk", setting("USHER_BENCH_SEALED", sealedBytes)/6) + `', '', 0 `
	}
	if strings.HasPrefix(dsn, "postgres") {
		pool, err := sql.Open("pgx", dsn)
		if err != nil {
			return nil, err
		}
		random := `md5(random()::text || n)`
		return &filler{pool: pool,
			insert: columns + row(random+` || `+random, random, `upper(substr(`+random+`, 1, 9))`, "n", "$3::bigint") + `FROM generate_series($1::bigint, $2::bigint) AS n`,
			list:   `SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = 'sessions' AND indexname <> 'sessions_pkey'`,
			drop:   `DROP INDEX %s`,
			finish: []string{`VACUUM ANALYZE sessions`, `CHECKPOINT`}}, nil
	}
	// Nothing needs to survive a crash here, and all of the indexes fit into memory.
	pool, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(dsn, "sqlite:"))
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	return &filler{pool: pool,
		setUp: `PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -4000000; PRAGMA locking_mode = EXCLUSIVE`,
		insert: `WITH RECURSIVE numbers(n) AS (SELECT ?1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?2) ` +
			columns + row(`lower(hex(randomblob(32)))`, `lower(hex(randomblob(16)))`, `hex(randomblob(5))`, "n", "?3") + `FROM numbers`,
		list: `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'sessions' AND sql IS NOT NULL`,
		drop: `DROP INDEX %s`}, nil
}

// indexes removes the indexes and gives the statements that make them.
func (f *filler) indexes(ctx context.Context) (remake []string, err error) {
	rows, err := f.pool.QueryContext(ctx, f.list)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var names []string
	for rows.Next() {
		var name, statement string
		if err := rows.Scan(&name, &statement); err != nil {
			return nil, err
		}
		names, remake = append(names, name), append(remake, statement)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, name := range names {
		if _, err := f.pool.ExecContext(ctx, fmt.Sprintf(f.drop, name)); err != nil {
			return nil, err
		}
	}
	return remake, nil
}
