// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ErrNoFile says that a database is not one in a SQLite file, which alone is
// copied and restored here.
var ErrNoFile = errors.New("only a SQLite database in a file is copied by usher; PostgreSQL brings pg_dump and pg_restore")

// Contents is what a look into a SQLite file found.
type Contents struct {
	Schema   int
	Bytes    int64
	Sessions int            // open ones
	Attempts int            // on record
	Events   int            // on record
	Latest   time.Time      // of what is on record; zero: nothing is
	Sealed   map[string]int // sealed values by their first [SealedHeader] bytes
}

// Backup copies the database that dsn names to a new file with mode 0600, as of
// one moment, while a gateway may write to it, and reads the copy back. Nothing
// else is changed: the schema stays what it is.
func Backup(ctx context.Context, dsn, destination string, o Options) (Contents, error) {
	path, err := pathOf(dsn)
	if err != nil {
		return Contents{}, err
	}
	if err := prepareFile(path, true); err != nil {
		return Contents{}, err
	}
	db := &DB{opts: o.withDefaults(), dialect: sqliteDialect(filepath.Dir(path)), name: "the database " + path}
	if err := db.backupFile(path)(ctx, destination); err != nil {
		return Contents{}, err
	}
	return LookInto(ctx, destination)
}

// pathOf gives the file of sqlite:PATH.
func pathOf(dsn string) (string, error) {
	given, ok := strings.CutPrefix(dsn, "sqlite:")
	if !ok || given == ":memory:" {
		return "", ErrNoFile
	}
	return filePath(given)
}

// LookInto reads a SQLite file of usher's that nobody writes to, a backup, and
// checks that it is whole. The file and its folder stay as they are.
func LookInto(ctx context.Context, path string) (Contents, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Contents{}, err
	}
	if !info.Mode().IsRegular() || info.Size() < smallestPage {
		return Contents{}, fmt.Errorf("%s is no SQLite database", path)
	}
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
		return Contents{}, fmt.Errorf("%s is no finished copy: its log %s-wal is beside it; make a copy with usher backup", path, path)
	}
	absolute, err := filePath(path)
	if err != nil {
		return Contents{}, err
	}
	pool, err := sql.Open("sqlite", sqliteAddress(absolute, Options{}.withDefaults(), url.Values{"mode": {"ro"}, "immutable": {"1"}, "_query_only": {"1"}}))
	if err != nil {
		return Contents{}, err
	}
	c := Contents{Bytes: info.Size(), Sealed: map[string]int{}}
	err = c.read(ctx, runner{pool, sqliteDialect("")})
	if advice := sqliteAdvice(err, ""); advice != "" {
		err = fmt.Errorf("there is the file %s, %s (%w)", path, advice, err)
	}
	return c, errors.Join(err, pool.Close())
}

func (c *Contents) read(ctx context.Context, r runner) error {
	var said string
	if err := r.row(ctx, `PRAGMA integrity_check(1)`).Scan(&said); err != nil {
		return err
	}
	if said != "ok" {
		return fmt.Errorf("it is damaged: %s", clip(said, 200))
	}
	var tables int
	if err := r.row(ctx, r.dialect.tables, schemaTable).Scan(&tables); err != nil {
		return err
	}
	if tables == 0 {
		return errors.New("it is another program's database, or an empty one")
	}
	var latest sql.NullInt64
	for query, into := range map[string]any{
		`SELECT coalesce(max(version_id), 0) FROM ` + schemaTable: &c.Schema,
		`SELECT count(*) FROM sessions WHERE ended = 0`:           &c.Sessions,
		`SELECT count(*) FROM attempts`:                           &c.Attempts,
		`SELECT count(*) FROM events`:                             &c.Events,
		`SELECT max(at) FROM events`:                              &latest,
	} {
		if err := r.row(ctx, query).Scan(into); err != nil {
			return err
		}
	}
	if latest.Valid {
		c.Latest = time.UnixMicro(latest.Int64).UTC()
	}
	return c.readSealed(ctx, r)
}

func (c *Contents) readSealed(ctx context.Context, r runner) error {
	for _, column := range sealedColumns() {
		var there int
		if err := r.row(ctx, r.dialect.tables, column.table).Scan(&there); err != nil {
			return err
		}
		if there == 0 {
			continue // an older schema
		}
		headers, err := list(ctx, r, func(rows *sql.Rows) (h string, err error) { return h, rows.Scan(&h) }, mostEnded,
			`SELECT substr(sealed, 1, 12) FROM `+column.table+` WHERE `+column.where)
		if err != nil {
			return err
		}
		for _, h := range headers {
			raw, err := base64.StdEncoding.DecodeString(h)
			if err != nil {
				return fmt.Errorf("a sealed value of %s cannot be read: %w", column.table, err)
			}
			c.Sealed[string(raw)]++
		}
	}
	return nil
}
