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
	if have < known && !readOnly {
		if have, err = bringUp(ctx, pool, d, provider, known); err != nil {
			return err
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

// bringUp brings the schema up to date while no other node does.
func bringUp(ctx context.Context, pool *sql.DB, d *dialect, provider *goose.Provider, known int64) (have int64, err error) {
	release, err := holdSchema(ctx, pool, d)
	if err != nil {
		return 0, err
	}
	defer release()
	if have, err = schemaVersion(ctx, pool, d); err != nil {
		return 0, err
	}
	for tries := 0; have < known; tries++ {
		_, failed := provider.Up(ctx)
		if have, err = schemaVersion(ctx, pool, d); err != nil {
			return 0, err
		}
		if failed != nil && (tries == 4 || !d.lostRace(failed)) && have < known {
			return 0, fmt.Errorf("its schema cannot be brought from version %d to %d: %w", have, known, failed)
		}
	}
	return have, nil
}

func newProvider(pool *sql.DB, d *dialect) (*goose.Provider, error) {
	files, err := fs.Sub(schema, "schema")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(d.migrations, pool, files, goose.WithDisableGlobalRegistry(true), goose.WithTableName(schemaTable), goose.WithLogger(goose.NopLogger()))
}

// holdSchema makes other nodes wait that would bring the schema up to date. The
// lock belongs to a transaction of its own and not to a connection: a pooler
// gives connections to others between transactions, and the lock with them.
func holdSchema(ctx context.Context, pool *sql.DB, d *dialect) (release func(), err error) {
	if d.lock == "" {
		return func() {}, nil
	}
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	// The server may be set to end transactions that wait, as this one does.
	_, err = tx.ExecContext(ctx, `SET LOCAL idle_in_transaction_session_timeout = 0`)
	if err == nil {
		_, err = runner{tx, d}.exec(ctx, d.lock, "schema")
	}
	if err != nil {
		_ = tx.Rollback() // the first error is the one to tell
		return nil, fmt.Errorf("waiting for another node that brings it up to date: %w", err)
	}
	return func() { _ = tx.Rollback() }, nil // it holds nothing but the lock
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
