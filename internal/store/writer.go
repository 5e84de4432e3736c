// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// How much waits for SQLite's one writer.
const (
	maxWaiting = 4096 // calls; more are refused at once
	maxShared  = 64   // calls that share a commit
)

// errCrowded is the answer where too many calls wait.
var errCrowded = errors.New("too many writes wait for it")

// A writer is the only one that writes to a SQLite database. Calls that wait
// while a commit is on its way to the disk share the next one, each behind a
// savepoint of its own, so that one that fails takes none with it.
//
// No call's context reaches a statement: a caller that leaves cannot undo what
// others share with it. Statements are bounded by SQLite's busy timeout, and by
// being small.
type writer struct {
	pool   *sql.DB
	jobs   chan *job
	ended  chan struct{}
	close1 sync.Once
	closed error
	mu     sync.RWMutex // held while a job is handed in, so that none comes after the end
	shut   bool
}

type job struct {
	ctx  context.Context
	run  func(context.Context, executor) error
	done chan error // one answer
}

func newWriter(pool *sql.DB) *writer {
	w := &writer{pool: pool, jobs: make(chan *job, maxWaiting), ended: make(chan struct{})}
	go w.serve()
	return w
}

// do has run done and committed, or says why not. When ctx ends first, run may
// or may not have been done.
func (w *writer) do(ctx context.Context, run func(context.Context, executor) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := &job{ctx: ctx, run: run, done: make(chan error, 1)}
	if err := w.hand(j); err != nil {
		return err
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *writer) hand(j *job) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.shut {
		return errClosed
	}
	select {
	case w.jobs <- j:
		return nil
	default:
		return errCrowded
	}
}

// close does what waits, then closes the database.
func (w *writer) close() error {
	w.close1.Do(func() {
		w.mu.Lock()
		w.shut = true
		close(w.jobs)
		w.mu.Unlock()
		<-w.ended
		w.closed = w.pool.Close()
	})
	return w.closed
}

func (w *writer) serve() {
	defer close(w.ended)
	var c *prepared
	for j := range w.jobs {
		batch := w.gather(j)
		if len(batch) == 0 {
			continue
		}
		if c == nil {
			conn, err := w.pool.Conn(context.Background())
			if err != nil {
				answer(batch, err)
				continue
			}
			c = newPrepared(conn)
		}
		if !commit(c, batch) {
			_ = c.close() // it is of no use any more
			c = nil
		}
	}
	if c != nil {
		_ = c.close() // the pool's own end tells what there is to tell
	}
}

// gather takes the calls that wait; those whose callers have left are dropped.
func (w *writer) gather(first *job) []*job {
	var batch []*job
	add := func(j *job) {
		if err := j.ctx.Err(); err != nil {
			j.done <- err
			return
		}
		batch = append(batch, j)
	}
	add(first)
	for len(batch) < maxShared {
		select {
		case j, ok := <-w.jobs:
			if !ok {
				return batch
			}
			add(j)
		default:
			return batch
		}
	}
	return batch
}

func answer(batch []*job, err error) {
	for _, j := range batch {
		j.done <- err
	}
}

// commit runs a batch in one transaction and answers each call. It reports
// whether the connection can be used again.
func commit(c executor, batch []*job) bool {
	ctx := context.Background()
	if _, err := c.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		answer(batch, err)
		return idle(c)
	}
	var kept []*job
	for i, j := range batch {
		whole, err := behind(ctx, c, j)
		if !whole {
			// SQLite has given up the transaction, on a full disk for example.
			answer(append(kept, batch[i:]...), err)
			return undo(c)
		}
		if err != nil {
			j.done <- err
			continue
		}
		kept = append(kept, j)
	}
	if _, err := c.ExecContext(ctx, "COMMIT"); err != nil {
		answer(kept, err)
		return undo(c)
	}
	answer(kept, nil)
	return true
}

// behind runs one call behind a savepoint. Where whole is false the transaction
// is lost, and with it the calls before.
func behind(ctx context.Context, c executor, j *job) (whole bool, err error) {
	if _, err := c.ExecContext(ctx, "SAVEPOINT call"); err != nil {
		return false, err
	}
	err = j.run(ctx, c)
	if err != nil {
		if _, lost := c.ExecContext(ctx, "ROLLBACK TO call"); lost != nil {
			return false, err
		}
	}
	if _, lost := c.ExecContext(ctx, "RELEASE call"); lost != nil {
		return false, errors.Join(err, lost)
	}
	return true, err
}

// undo leaves the transaction, if SQLite has not done so itself.
func undo(c executor) bool {
	_, _ = c.ExecContext(context.Background(), "ROLLBACK") // fails where there is none
	return idle(c)
}

// idle reports whether the connection is usable and outside of a transaction.
func idle(c executor) bool {
	if _, err := c.ExecContext(context.Background(), "BEGIN"); err != nil {
		return false
	}
	_, err := c.ExecContext(context.Background(), "ROLLBACK")
	return err == nil
}
