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
	maxWaiting = 1024 // calls; more are refused at once
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
		if !c.commit(batch) {
			c.close()
			c = nil
		}
	}
	if c != nil {
		c.close()
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
func (c *prepared) commit(batch []*job) bool {
	ctx := context.Background()
	if _, err := c.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		answer(batch, err)
		return c.idle()
	}
	var kept []*job
	for i, j := range batch {
		err, whole := c.within(ctx, j)
		if !whole {
			// SQLite has given up the transaction, on a full disk for example.
			answer(append(kept, batch[i:]...), err)
			return c.undo()
		}
		if err != nil {
			j.done <- err
			continue
		}
		kept = append(kept, j)
	}
	if _, err := c.ExecContext(ctx, "COMMIT"); err != nil {
		answer(kept, err)
		return c.undo()
	}
	answer(kept, nil)
	return true
}

// within runs one call behind a savepoint. Where whole is false the transaction
// is lost, and with it the calls before.
func (c *prepared) within(ctx context.Context, j *job) (err error, whole bool) { //nolint:revive // the error is the call's, whole is the transaction's
	if _, err := c.ExecContext(ctx, "SAVEPOINT call"); err != nil {
		return err, false
	}
	err = j.run(ctx, c)
	if err != nil {
		if _, lost := c.ExecContext(ctx, "ROLLBACK TO call"); lost != nil {
			return err, false
		}
	}
	if _, lost := c.ExecContext(ctx, "RELEASE call"); lost != nil {
		return errors.Join(err, lost), false
	}
	return err, true
}

// undo leaves the transaction, if SQLite has not done so itself.
func (c *prepared) undo() bool {
	_, _ = c.ExecContext(context.Background(), "ROLLBACK") // fails where there is none
	return c.idle()
}

// idle reports whether the connection is usable and outside of a transaction.
func (c *prepared) idle() bool {
	if _, err := c.ExecContext(context.Background(), "BEGIN"); err != nil {
		return false
	}
	_, err := c.ExecContext(context.Background(), "ROLLBACK")
	return err == nil
}

// prepared is a connection that keeps its statements. There are as many as
// there are spellings in this package. Only the writer uses it.
type prepared struct {
	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

func newPrepared(conn *sql.Conn) *prepared {
	return &prepared{conn: conn, statements: map[string]*sql.Stmt{}}
}

func (c *prepared) close() {
	for _, s := range c.statements {
		_ = s.Close()
	}
	_ = c.conn.Close()
}

func (c *prepared) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if s := c.statements[query]; s != nil {
		return s, nil
	}
	s, err := c.conn.PrepareContext(ctx, query)
	if err == nil {
		c.statements[query] = s
	}
	return s, err
}

// ExecContext makes prepared an executor.
func (c *prepared) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

// QueryContext makes prepared an executor.
func (c *prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// QueryRowContext makes prepared an executor.
func (c *prepared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := c.statement(ctx, query)
	if err != nil {
		return c.conn.QueryRowContext(ctx, query, args...) // fails as preparing did, and can say so
	}
	return s.QueryRowContext(ctx, args...)
}
