// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"
)

// endersAtOnce is how many logins are ended beside one another: on SQLite they
// share commits, on PostgreSQL they leave most of the connections to others.
const endersAtOnce = 8

// EndAll ends every session that was opened until a time, and the logins that
// they belong to, a few at a time, so that serving goes on beside it. It says
// how many sessions were ended, also where it fails on the way.
func (db *DB) EndAll(ctx context.Context, until time.Time) (int, error) {
	total := 0
	for {
		logins, err := read(ctx, db, "listing open logins", func(ctx context.Context, r runner) ([]string, error) {
			return list(ctx, r, func(rows *sql.Rows) (login string, err error) { return login, rows.Scan((*text)(&login)) }, mostRows,
				`SELECT DISTINCT login FROM sessions WHERE ended = 0 AND begun <= ?`, micros(until))
		})
		if err != nil || len(logins) == 0 {
			return total, err
		}
		n, err := db.endEach(ctx, logins, until)
		if total += n; err != nil || n == 0 {
			return total, err
		}
	}
}

func (db *DB) endEach(ctx context.Context, logins []string, at time.Time) (int, error) {
	var (
		all   sync.WaitGroup
		mu    sync.Mutex
		total int
		errs  []error
		turn  = make(chan struct{}, endersAtOnce)
	)
	for _, login := range logins {
		turn <- struct{}{}
		all.Go(func() {
			defer func() { <-turn }()
			n, err := db.EndLogin(ctx, login, at)
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
