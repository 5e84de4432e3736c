// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
)

// An executor is what statements run on: a pool, a connection, a transaction.
type executor interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// A runner runs our statements, spelled for its engine.
type runner struct {
	on      executor
	dialect *dialect
}

func (r runner) exec(ctx context.Context, query string, args ...any) (int, error) {
	result, err := r.on.ExecContext(ctx, r.dialect.bind(query), values(args)...)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

func (r runner) row(ctx context.Context, query string, args ...any) *sql.Row {
	return r.on.QueryRowContext(ctx, r.dialect.bind(query), values(args)...)
}

// hold makes others that hold the same key wait until this transaction ends.
func (r runner) hold(ctx context.Context, kind, key string) error {
	return r.lock(ctx, r.dialect.lock, kind, key)
}

// share makes others that hold the same key wait until this transaction ends,
// and waits for them; those who share it do not wait for one another.
func (r runner) share(ctx context.Context, kind, key string) error {
	return r.lock(ctx, r.dialect.share, kind, key)
}

func (r runner) lock(ctx context.Context, how, kind, key string) error {
	if how == "" {
		return nil
	}
	_, err := r.exec(ctx, how, kind+"\x1f"+key)
	return err
}

// list reads at most limit rows.
func list[T any](ctx context.Context, r runner, scan func(*sql.Rows) (T, error), limit int, query string, args ...any) ([]T, error) {
	rows, err := r.on.QueryContext(ctx, r.dialect.bind(query+" LIMIT ?"), values(append(args, limit))...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // its error is rows.Err's
	var out []T
	for rows.Next() {
		item, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, item)
	}
	return out, rows.Err()
}

// values spells text so that both engines take it. It may change args.
func values(args []any) []any {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = encodeText(s)
		}
	}
	return args
}

// A step does the statements of one call. It may be run again from the start.
type step[T any] func(ctx context.Context, r runner) (T, error)

// read runs statements that change nothing.
func read[T any](ctx context.Context, db *DB, doing string, run step[T]) (T, error) {
	if db.reader == nil {
		return queue(ctx, db, doing, run)
	}
	return attempt(ctx, db, doing, func(ctx context.Context) (T, error) {
		return run(ctx, runner{db.reader, db.dialect})
	})
}

// write runs statements in one transaction for somebody who waits. Most of them
// add rows, which the purge is told of.
func write[T any](ctx context.Context, db *DB, doing string, run step[T]) (T, error) {
	v, err := change(ctx, db, doing, run)
	if err == nil {
		db.written.Add(1)
		db.owed.Add(rowsWritten)
	}
	return v, err
}

// rowsWritten is how many rows such a call adds, at most, on the average of a
// sign-in's calls.
const rowsWritten = 2

// change runs statements in one transaction, as part of the upkeep.
func change[T any](ctx context.Context, db *DB, doing string, run step[T]) (_ T, err error) {
	if db.opts.ReadOnly {
		var none T
		return none, db.failure(doing, refusal{ErrReadOnly})
	}
	defer func() { db.health.note(ctx, err) }()
	if db.writer != nil {
		return queue(ctx, db, doing, run)
	}
	return attempt(ctx, db, doing, func(ctx context.Context) (T, error) { return transact(ctx, db, run) })
}

// single runs one statement, which may be done twice without harm.
func single(ctx context.Context, db *DB, doing, query string, args ...any) (_ int, err error) {
	run := func(ctx context.Context, r runner) (int, error) {
		return r.exec(ctx, query, append([]any(nil), args...)...)
	}
	if db.opts.ReadOnly || db.writer != nil {
		return change(ctx, db, doing, run)
	}
	defer func() { db.health.note(ctx, err) }()
	return attempt(ctx, db, doing, func(ctx context.Context) (int, error) { return run(ctx, runner{db.pool, db.dialect}) })
}

// attempts is how often a call is tried where it is known that nothing was
// done. When a server has restarted, every connection of the pool is broken,
// and each try meets one of them.
const attempts = postgresConnections + 2

// attempt bounds a call, and tries it again where its connection was broken.
func attempt[T any](ctx context.Context, db *DB, doing string, call func(context.Context) (T, error)) (_ T, err error) {
	ctx, ended := db.watch(ctx, doing)
	defer func() { ended(err) }()
	ctx, cancel := context.WithTimeout(ctx, db.opts.Timeout)
	defer cancel()
	var none T
	for n := 1; ; n++ {
		v, err := call(ctx)
		if err == nil {
			return v, nil
		}
		if n == attempts || ctx.Err() != nil || !db.dialect.broken(err) {
			return none, db.failure(doing, err)
		}
	}
}

// transact runs a transaction on PostgreSQL. An error of the commit is not one
// that is tried again: nobody can say whether it was done.
func transact[T any](ctx context.Context, db *DB, run step[T]) (T, error) {
	var none T
	tx, err := db.pool.BeginTx(ctx, nil)
	if err != nil {
		return none, err
	}
	v, err := run(ctx, runner{tx, db.dialect})
	if err != nil {
		_ = tx.Rollback() // the first error is the one to tell
		return none, err
	}
	if err := tx.Commit(); err != nil {
		return none, unsure{err}
	}
	return v, nil
}

// unsure hides a commit's error from those who would try again.
type unsure struct{ error }

// queue hands a call to SQLite's writer.
func queue[T any](ctx context.Context, db *DB, doing string, run step[T]) (_ T, err error) {
	ctx, ended := db.watch(ctx, doing)
	defer func() { ended(err) }()
	ctx, cancel := context.WithTimeout(ctx, db.opts.Timeout)
	defer cancel()
	var none T
	result := make(chan T, 1)
	err = db.writer.do(ctx, func(ctx context.Context, on executor) error {
		v, err := run(ctx, runner{on, db.dialect})
		if err == nil {
			result <- v
		}
		return err
	})
	if err != nil {
		return none, db.failure(doing, err)
	}
	return <-result, nil
}

// watch tells whoever wants to know that a call begins.
func (db *DB) watch(ctx context.Context, doing string) (context.Context, func(error)) {
	if db.opts.Watch == nil {
		return ctx, func(error) {}
	}
	return db.opts.Watch(ctx, doing)
}
