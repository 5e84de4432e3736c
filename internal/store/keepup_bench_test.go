// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/store"
)

// BenchmarkKeepUp signs people in as fast as the engine takes it, each of them
// past its time at once, while the purge runs, where it may not give way any
// more: it must remove rows as fast as they come, and what it leaves behind must
// not grow.
//
//	USHER_BENCH_SECONDS=10 go test -run '^$' -bench KeepUp -benchtime 1x ./internal/store
func BenchmarkKeepUp(b *testing.B) {
	long := time.Duration(setting("USHER_BENCH_SECONDS", turnSeconds)) * time.Second
	for _, engine := range []struct {
		name string
		dsn  func(testing.TB) string
	}{
		{"sqlite", func(b testing.TB) string { return "sqlite:" + filepath.Join(b.TempDir(), "u.db") }},
		{"postgres", postgres},
	} {
		b.Run(engine.name, func(b *testing.B) {
			keepUp(b, open(b, engine.dsn(b), store.Options{Timeout: 30 * time.Second, Keep: store.Retention{Owed: 1000}}), long)
		})
	}
}

func keepUp(b *testing.B, db *store.DB, long time.Duration) {
	ctx, stop := context.WithTimeout(b.Context(), long)
	defer stop()
	var signedIn, removed atomic.Int64
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for ctx.Err() == nil {
				if err := signInLongAgo(db); err != nil {
					b.Error(err)
					return
				}
				signedIn.Add(1)
			}
		})
	}
	all.Go(func() {
		for ctx.Err() == nil {
			n, err := db.Sweep(context.WithoutCancel(ctx), nil)
			if err != nil {
				b.Error(err)
				return
			}
			removed.Add(int64(n))
		}
	})
	all.Wait()
	left, err := db.Sweep(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	const rows = 3                                         // of a sign-in that are past their time: the attempt, its event and the session
	if removed.Load()+int64(left) < rows*signedIn.Load() { // more: an attempt may go twice, as begun and as ended
		b.Errorf("of %d rows %d were removed", rows*signedIn.Load(), removed.Load()+int64(left))
	}
	b.ReportMetric(float64(signedIn.Load())/long.Seconds(), "sign-ins/s")
	b.ReportMetric(float64(removed.Load())/long.Seconds(), "rows-purged/s")
	b.ReportMetric(float64(left), "rows-left-behind")
	b.ReportMetric(0, "ns/op")
}

// signInLongAgo does what a sign-in writes, as of two years ago.
func signInLongAgo(db *store.DB) error {
	const longAgo = -2 * 365 * 24 * time.Hour
	id := "new " + rand.Text()
	p, a := started(id)
	a.Begun = a.Begun.Add(longAgo)
	if err := db.Begin(context.Background(), p, a); err != nil {
		return err
	}
	if _, err := db.TakePending(context.Background(), id); err != nil {
		return err
	}
	a, s := finished(a)
	a.Ended, s.Expires = a.Begun, s.Expires.Add(longAgo)
	return db.Finish(context.Background(), a, s, nil)
}
