// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/store"
)

// BenchmarkTable says what a table of sessions costs as it grows: its bytes, one
// look-up, the question what was ended, which every gateway asks twice a second,
// and a purge that finds nothing.
//
//	USHER_BENCH_SESSIONS=1000000 go test -run '^$' -bench Table -benchtime 1x -timeout 1h ./internal/store
func BenchmarkTable(b *testing.B) {
	most := setting("USHER_BENCH_SESSIONS", 10_000)
	for _, engine := range []struct {
		name string
		dsn  func(testing.TB) string
	}{
		{"sqlite", func(b testing.TB) string { return "sqlite:" + filepath.Join(b.TempDir(), "u.db") }},
		{"postgres", postgres},
	} {
		for count := 10_000; count <= most; count *= 10 {
			b.Run(fmt.Sprint(engine.name, "/", count), func(b *testing.B) { tableOf(b, engine.dsn(b), count) })
		}
	}
}

func tableOf(b *testing.B, dsn string, count int) {
	fillSessions(b, dsn, count, time.Now().Add(24*time.Hour))
	f, err := newFiller(dsn)
	if err != nil {
		b.Fatal(err)
	}
	bytes := tableBytes(b, f.pool, dsn)
	var id string
	if err := f.pool.QueryRowContext(b.Context(), `SELECT id FROM sessions ORDER BY expires LIMIT 1 OFFSET 5000`).Scan(&id); err != nil {
		b.Fatal(err)
	}
	_ = f.pool.Close()
	db := open(b, dsn, store.Options{Timeout: time.Minute})
	ctx := b.Context()
	b.ReportMetric(float64(bytes)/float64(count), "bytes/session")
	b.ReportMetric(timed(b, func() error { _, err := db.Session(ctx, id); return err }), "us/look-up")
	since := func() time.Time { return time.Now().Add(-5 * time.Second) }
	b.ReportMetric(timed(b, func() error { _, err := db.Ended(ctx, since()); return err }), "us/none-ended")
	b.ReportMetric(timed(b, func() error { _, err := db.Purge(ctx); return err }), "us/empty-purge")
	for _, ended := range []int{1000, 10_000} {
		if err := store.Exec(ctx, db, fmt.Sprintf(`UPDATE sessions SET ended = 1, noted = %s WHERE id IN (SELECT id FROM sessions LIMIT %d)`, store.Clock(db), ended)); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(timed(b, func() error {
			ids, err := db.Ended(ctx, since())
			if err == nil && len(ids) < ended {
				err = fmt.Errorf("%d of %d ended sessions were told", len(ids), ended)
			}
			return err
		}), fmt.Sprintf("us/%d-ended", ended))
	}
	b.ReportMetric(0, "ns/op")
}

// timed gives the median of some calls, in microseconds.
func timed(b *testing.B, call func() error) float64 {
	b.Helper()
	var took []time.Duration
	for range 31 {
		began := time.Now()
		if err := call(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	return float64(at(took, 0.5).Microseconds())
}

// tableBytes is what the sessions take, indexes included.
func tableBytes(b *testing.B, pool *sql.DB, dsn string) (n int64) {
	b.Helper()
	query := `SELECT pg_total_relation_size('sessions')`
	if strings.HasPrefix(dsn, "sqlite:") {
		query = `SELECT page_count * page_size FROM pragma_page_count, pragma_page_size`
	}
	if err := pool.QueryRowContext(b.Context(), query).Scan(&n); err != nil {
		b.Fatal(err)
	}
	return n
}
