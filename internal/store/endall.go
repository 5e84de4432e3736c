// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"
	"time"
)

// How sessions are ended that are many: logins in transactions of some, each
// with its line in the record; a few transactions beside one another, which
// leaves most of PostgreSQL's connections to others.
const (
	endersAtOnce = 4
	endTogether  = 25
)

// EndAll ends every session that was opened until a time, and the logins that
// they belong to, some at a time, so that serving goes on beside it. Each
// transaction adds what it ended to the record; where there was nothing to end,
// that is added. It says how many sessions were ended, also where it fails on the way.
func (db *DB) EndAll(ctx context.Context, until time.Time, act Act) (int, error) {
	total := 0
	for {
		logins, err := read(ctx, db, "listing open logins", func(ctx context.Context, r runner) ([]string, error) {
			return list(ctx, r, func(rows *sql.Rows) (login string, err error) { return login, rows.Scan((*text)(&login)) }, mostRows,
				`SELECT DISTINCT login FROM sessions WHERE ended = 0 AND begun <= ?`, micros(until))
		})
		if err != nil {
			return total, err
		}
		if len(logins) == 0 {
			if total == 0 {
				_, err = write(ctx, db, "recording what was done", func(ctx context.Context, r runner) (int, error) { return 0, db.addAct(ctx, r, act, 0) })
			}
			return total, err
		}
		n, err := db.endEach(ctx, logins, until, act)
		if total += n; err != nil || n == 0 {
			return total, err
		}
	}
}

func (db *DB) endEach(ctx context.Context, logins []string, at time.Time, act Act) (int, error) {
	var (
		all   sync.WaitGroup
		mu    sync.Mutex
		total int
		errs  []error
		turn  = make(chan struct{}, endersAtOnce)
	)
	slices.Sort(logins) // transactions that end the same logins take them in the same order
	for some := range slices.Chunk(logins, endTogether) {
		turn <- struct{}{}
		all.Go(func() {
			defer func() { <-turn }()
			n, err := write(ctx, db, "ending logins", func(ctx context.Context, r runner) (int, error) {
				n, err := db.endLogins(ctx, r, some, at)
				if err != nil || n == 0 {
					return 0, err
				}
				return n, db.addAct(ctx, r, act, n)
			})
			mu.Lock()
			defer mu.Unlock()
			total += n
			if err != nil && len(errs) < 3 { // they are alike
				errs = append(errs, err)
			}
		})
	}
	all.Wait()
	return total, errors.Join(errs...)
}
