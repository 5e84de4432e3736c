// SPDX-License-Identifier: Apache-2.0

// Package store keeps what happens: pending sign-ins, attempts, sessions,
// tickets, and the revisions of the configuration that nodes have loaded.
//
// One schema serves SQLite and PostgreSQL. Every value goes in as a bound
// parameter. What may be used once is taken by DELETE ... RETURNING, which is
// once on any engine, without a lock.
package store

import (
	"context"
	"database/sql"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/usher-signin/usher"
)

//go:embed schema/*.sql
var schema embed.FS

// callWithin bounds every call, whatever its caller allows.
const callWithin = 5 * time.Second

// Options configure a DB.
type Options struct {
	Now func() time.Time // nil: time.Now
}

// A DB is an open database. It is safe for concurrent use.
type DB struct {
	read, write *sql.DB // the same handle on PostgreSQL
	dialect     dialect
	now         func() time.Time
}

// Engine names the database engine: sqlite or postgres.
func (db *DB) Engine() string { return db.dialect.name }

// Close closes the database.
func (db *DB) Close() error {
	if db.read == db.write {
		return db.write.Close()
	}
	return errors.Join(db.read.Close(), db.write.Close())
}

// Ping asks whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	return db.failure("asking whether the database answers", db.write.PingContext(ctx))
}

// failure makes an error of ours from one of the driver's. A missing row is
// usher.ErrNotFound; anything else means that the database did not do its work.
func (db *DB) failure(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return usher.ErrNotFound
	default:
		return fmt.Errorf("%s: %w (%w)", doing, usher.ErrUnavailable, err)
	}
}

// do runs statements in one transaction.
func (db *DB) do(ctx context.Context, doing string, run func(ctx context.Context, tx *sql.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return db.failure(doing, err)
	}
	if err := run(ctx, tx); err != nil {
		_ = tx.Rollback() // the first error is the one to tell
		return db.failure(doing, err)
	}
	return db.failure(doing, tx.Commit())
}

func (db *DB) exec(ctx context.Context, doing, query string, args ...any) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	result, err := db.write.ExecContext(ctx, db.dialect.bind(query), args...)
	if err != nil {
		return 0, db.failure(doing, err)
	}
	n, err := result.RowsAffected()
	return n, db.failure(doing, err)
}

// one reads a row from the given handle.
func (db *DB) one(ctx context.Context, from *sql.DB, doing, query string, args []any, into ...any) error {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	return db.failure(doing, from.QueryRowContext(ctx, db.dialect.bind(query), args...).Scan(into...))
}

// list reads all rows.
func list[T any](ctx context.Context, db *DB, doing, query string, args []any, scan func(row) (T, error)) ([]T, error) {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	rows, err := db.read.QueryContext(ctx, db.dialect.bind(query), args...)
	if err != nil {
		return nil, db.failure(doing, err)
	}
	defer func() { _ = rows.Close() }()
	var out []T
	for rows.Next() {
		item, err := scan(rows)
		if err != nil {
			return nil, db.failure(doing, err)
		}
		out = append(out, item)
	}
	return out, db.failure(doing, rows.Err())
}

type row interface{ Scan(into ...any) error }

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func moment(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

func encode(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func decode(s string) ([]byte, error) {
	if s == "" {
		return nil, nil
	}
	return base64.StdEncoding.DecodeString(s)
}
