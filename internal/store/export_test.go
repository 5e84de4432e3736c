// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"fmt"
)

// Exec runs a statement where writes go, as no caller can.
func Exec(ctx context.Context, db *DB, query string, args ...any) error {
	_, err := write(ctx, db, "testing", func(ctx context.Context, r runner) (int, error) { return r.exec(ctx, query, args...) })
	return err
}

// PretendNewer makes the database look as if a later usher had used it.
func PretendNewer(ctx context.Context, db *DB) error {
	applied := any(1)
	if db.dialect.numbered {
		applied = true
	}
	return Exec(ctx, db, `INSERT INTO usher_schema (version_id, is_applied) VALUES (9999, ?)`, applied)
}

// SchemaVersions lists the recorded versions of the schema.
func SchemaVersions(ctx context.Context, db *DB) ([]string, error) {
	return read(ctx, db, "testing", func(ctx context.Context, r runner) ([]string, error) {
		return list(ctx, r, func(rows *sql.Rows) (string, error) {
			var v int64
			err := rows.Scan(&v)
			return fmt.Sprint(v), err
		}, 10, `SELECT version_id FROM usher_schema ORDER BY id`)
	})
}

// UndoSchema takes the schema down to nothing.
func UndoSchema(ctx context.Context, db *DB) error {
	pool := db.pool
	if db.writer != nil {
		pool = db.writer.pool
		// The writer keeps its connection, of which there is one, once it has written.
	}
	provider, err := newProvider(pool, db.dialect)
	if err != nil {
		return err
	}
	_, err = provider.DownTo(ctx, 0)
	return err
}

// Clock is the database's own time, as an expression.
func Clock(db *DB) string { return db.dialect.clock }

// Count counts a table's rows.
func Count(ctx context.Context, db *DB, table string) (int, error) {
	return read(ctx, db, "testing", func(ctx context.Context, r runner) (n int, err error) {
		return n, r.row(ctx, `SELECT count(*) FROM `+table).Scan(&n)
	})
}
