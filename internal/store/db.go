// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"io"
	"sync/atomic"
	"time"
)

// DefaultTimeout bounds a call. Two calls in a row stay below the five seconds
// within which every request is answered.
const DefaultTimeout = 2 * time.Second

// Options configure a DB. The zero value is ready to use.
type Options struct {
	Now      func() time.Time // nil: time.Now
	Random   io.Reader        // of the ids of events; nil: crypto/rand
	Timeout  time.Duration    // of each call; zero: DefaultTimeout
	ReadOnly bool             // nothing is made, brought up to date or written
	Keep     Retention
	// Watch is told when a call begins, and what it does, and gives what is told
	// how it ended; nil: nobody is.
	Watch func(ctx context.Context, doing string) (context.Context, func(error))
}

// A DB is an open database. It is safe for concurrent use.
type DB struct {
	opts    Options
	dialect *dialect
	name    string       // how errors call the database; holds no password
	pool    *sql.DB      // PostgreSQL: all calls; SQLite: reads, nil in memory
	reader  executor     // the pool, with what its engine needs to be fast
	writer  *writer      // SQLite only
	intact  func() error // SQLite only: is the file still the one that was opened?
	backup  func(ctx context.Context, destination string) error
	batch   atomic.Int64  // how many rows the purge removes at once
	written atomic.Uint64 // calls that wrote
	owed    atomic.Int64  // rows that they added, or some more, without those that the purge removed since it last had nothing to do
	health  health
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	o.Keep = o.Keep.withDefaults()
	return o
}

// Engine names the database engine: sqlite or postgres.
func (db *DB) Engine() string { return db.dialect.name }

// Close waits for writes under way and closes the database. Calls that come
// later give usher.ErrUnavailable.
func (db *DB) Close() error {
	var errs []error
	if db.pool != nil {
		errs = append(errs, db.pool.Close()) // and with it the statements of reader
	}
	if db.writer != nil {
		errs = append(errs, db.writer.close())
	}
	return errors.Join(errs...)
}

// Ping asks whether the database answers, and whether its file is still the
// one that was opened.
func (db *DB) Ping(ctx context.Context) error {
	_, err := read(ctx, db, "asking whether the database answers", func(ctx context.Context, r runner) (int, error) {
		var n int
		return n, r.row(ctx, `SELECT count(*) FROM `+schemaTable).Scan(&n)
	})
	if err == nil && db.intact != nil {
		err = db.failure("looking at the database", db.intact())
	}
	return err
}

// Backup writes a copy of a SQLite database, as of one moment, to a new file
// with mode 0600, while serving goes on. The file appears whole or not at all.
// For PostgreSQL, which brings its own tools, it is an error.
func (db *DB) Backup(ctx context.Context, destination string) error {
	if db.backup == nil {
		return errors.New("only a SQLite database in a file is copied by usher; copy PostgreSQL with pg_dump")
	}
	return db.backup(ctx, destination)
}

func (db *DB) now() int64 { return db.opts.Now().UnixMicro() }
