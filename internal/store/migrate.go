// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed schema/*.sql
var schema embed.FS

// schemaTable is where the versions of the schema are recorded.
const schemaTable = "usher_schema"

// migrateWithin bounds bringing a schema up to date, and waiting for another
// node that does so.
const migrateWithin = time.Minute

// migrate brings the schema up to date through pool, each version in a
// transaction. Several nodes may start at once: PostgreSQL has a lock, and on
// SQLite only one can record a version (see the end of 0001_init.sql).
func migrate(ctx context.Context, pool *sql.DB, d *dialect, readOnly bool) error {
	ctx, cancel := context.WithTimeout(ctx, migrateWithin)
	defer cancel()
	provider, err := newProvider(pool, d)
	if err != nil {
		return err
	}
	sources := provider.ListSources()
	known := sources[len(sources)-1].Version
	have, err := schemaVersion(ctx, pool, d)
	if err != nil {
		return err
	}
	for tries := 0; have < known && !readOnly; tries++ {
		_, failed := provider.Up(ctx)
		if have, err = schemaVersion(ctx, pool, d); err != nil {
			return err
		}
		if failed != nil && (tries == 4 || !d.lostRace(failed)) && have < known {
			return fmt.Errorf("its schema cannot be brought from version %d to %d: %w", have, known, failed)
		}
	}
	switch {
	case have > known:
		return fmt.Errorf("its schema is version %d, and this usher knows %d: a newer usher has used it; run that one, or restore a backup from before", have, known)
	case have == 0:
		return errors.New("usher has not used it yet; start usher serve with it once")
	case have < known:
		return fmt.Errorf("its schema is version %d, and this usher wants %d; start usher serve with it once, which brings it up to date", have, known)
	}
	return nil
}

func newProvider(pool *sql.DB, d *dialect) (*goose.Provider, error) {
	files, err := fs.Sub(schema, "schema")
	if err != nil {
		return nil, err
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithTableName(schemaTable), goose.WithLogger(goose.NopLogger())}
	if d.lock != "" {
		options = append(options, goose.WithSessionLocker(sessionLock{}))
	}
	return goose.NewProvider(d.migrations, pool, files, options...)
}

// schemaLock is the number of the lock under which PostgreSQL's schema is
// brought up to date; it says usher.
const schemaLock = 0x7573686572

// sessionLock waits for that lock as long as its context allows.
type sessionLock struct{}

// SessionLock takes the lock.
func (sessionLock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, schemaLock); err != nil {
		return fmt.Errorf("waiting for another node that brings it up to date: %w", err)
	}
	return nil
}

// SessionUnlock gives the lock back.
func (sessionLock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, `SELECT pg_advisory_unlock($1)`, schemaLock)
	return err
}

// schemaVersion reads the schema's version; zero: there is none.
func schemaVersion(ctx context.Context, pool *sql.DB, d *dialect) (int64, error) {
	r := runner{pool, d}
	var tables, version int64
	if err := r.row(ctx, d.tables, schemaTable).Scan(&tables); err != nil || tables == 0 {
		return 0, err
	}
	err := r.row(ctx, `SELECT coalesce(max(version_id), 0) FROM `+schemaTable).Scan(&version)
	return version, err
}

// newestSchema is the version that this program knows.
func newestSchema() int {
	files, _ := fs.Glob(schema, "schema/*.sql") // the pattern is a good one
	return len(files)
}
