// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
)

// A Condition is how a database is, as an inspection found it.
type Condition struct {
	Engine    string        // sqlite or postgres
	Reachable bool          // it answered
	Writable  bool          // a row was written, read back and removed
	Fault     string        // what went wrong, password left out; empty: nothing
	Full      bool          // it was not opened, or not written, because its disk is full
	Held      bool          // it was not written because somebody else holds it
	Schema    int           // version found; zero: usher has not used it
	Wanted    int           // version of this program
	FreeBytes int64         // on the disk of a SQLite file, for this user; -1: not known
	Latency   time.Duration // of reading and writing one row
	Denied    bool          // this user may not open it, which says nothing about the gateway's user
}

// Inspect looks how a database is without changing it: nothing is made, and no
// schema is brought up to date. One row is written, read back and removed in
// one transaction. Where a SQLite file does not exist the error is
// fs.ErrNotExist; any other error says that the address cannot be read.
func Inspect(ctx context.Context, dsn string, o Options) (Condition, error) {
	o = o.withDefaults()
	scheme, rest, _ := strings.Cut(dsn, ":")
	switch scheme {
	case "sqlite":
		return inspectFile(ctx, rest, o)
	case "postgres", "postgresql":
		return inspectPostgres(ctx, dsn, o)
	}
	return Condition{}, fmt.Errorf("the database's address begins with %q; wanted sqlite:PATH or postgres://USER@HOST/NAME", clip(scheme, 20))
}

func inspectFile(ctx context.Context, given string, o Options) (Condition, error) {
	c := Condition{Engine: "sqlite", FreeBytes: -1}
	if given == ":memory:" {
		return c, errors.New("a database in memory belongs to the gateway alone")
	}
	path, err := filePath(given)
	if err != nil {
		return c, err
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return c, fmt.Errorf("there is no database %s: %w", path, fs.ErrNotExist)
	case errors.Is(err, fs.ErrPermission) || err == nil && keptOut(path, info):
		c.Denied, c.Fault = true, "this user may not open "+path
		return c, nil
	case err != nil:
		c.Fault = err.Error()
		return c, nil //nolint:nilerr // that it cannot be looked at is what was found
	case !info.Mode().IsRegular() || info.Size() > 0 && info.Size() < smallestPage:
		c.Fault = path + " is no SQLite database: name another file in server.database"
		return c, nil
	}
	c.FreeBytes = freeBytes(filepath.Dir(path))
	how := url.Values{"mode": {"rw"}, "_txlock": {"immediate"}}
	if unwritable(filepath.Dir(path)) { // SQLite would not even read: it cannot make the files beside it
		how.Set("mode", "ro")
		how.Set("immutable", "1")
	}
	pool, err := sql.Open("sqlite", sqliteAddress(path, o, how))
	if err != nil {
		return c, err
	}
	return c.inspect(ctx, pool, sqliteDialect(filepath.Dir(path)), o, "the database "+path), nil
}

// keptOut reports whether this user may not use the file or its folder, where
// SQLite keeps its log.
func keptOut(path string, info fs.FileInfo) bool {
	if denied(path, info) {
		return true
	}
	folder, err := os.Stat(filepath.Dir(path))
	return err == nil && denied(filepath.Dir(path), folder)
}

func inspectPostgres(ctx context.Context, dsn string, o Options) (Condition, error) {
	c := Condition{Engine: "postgres", FreeBytes: -1}
	cfg, err := parsePostgres(dsn)
	if err != nil {
		return c, err
	}
	name := fmt.Sprintf("PostgreSQL's database %q at %s", cfg.Database, net.JoinHostPort(cfg.Host, strconv.Itoa(int(cfg.Port))))
	switch settings, err := settingsFor(ctx, cfg, o); {
	case err == nil:
		c = c.inspect(ctx, sql.OpenDB(stdlib.GetConnector(*settings(true))), postgresDialect(), o, name)
	case postgresAdvice(err) != "":
		c.Fault = name + ", " + postgresAdvice(err)
	default:
		c.Fault = name + ": " + err.Error()
	}
	c.Fault = scrubText(scrubber(dsn, cfg), c.Fault)
	return c, nil
}

func scrubText(scrub func(error) error, text string) string {
	if text == "" {
		return ""
	}
	return scrub(errors.New(text)).Error()
}

// inspect reads the schema's version and tries a row, and closes the pool.
func (c Condition) inspect(ctx context.Context, pool *sql.DB, d *dialect, o Options, name string) Condition {
	ctx, cancel := context.WithTimeout(ctx, 2*o.Timeout)
	defer cancel()
	defer func() { _ = pool.Close() }()
	pool.SetMaxOpenConns(1)
	fault := func(err error) string {
		if advice := d.advice(err); advice != "" {
			return name + ", " + advice
		}
		return name + ": " + err.Error()
	}
	began := time.Now()
	version, err := schemaVersion(ctx, pool, d)
	if err != nil {
		c.Fault, c.Full = fault(err), d.full(err)
		return c
	}
	c.Reachable, c.Schema = true, int(version)
	if provider, err := newProvider(pool, d); err == nil {
		sources := provider.ListSources()
		c.Wanted = int(sources[len(sources)-1].Version)
	}
	if c.Schema == 0 {
		return c
	}
	if err := tryRow(ctx, pool, d); err != nil {
		c.Fault, c.Full, c.Held = fault(err), d.full(err), d.held(err)
		return c
	}
	c.Writable, c.Latency = true, time.Since(began)
	return c
}

// tryRow writes a row, reads it back and removes it. It is one of a kind that
// nobody looks for, and no other call ever sees it.
func tryRow(ctx context.Context, pool *sql.DB, d *dialect) error {
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing where it was committed
	r := runner{tx, d}
	key := "usher doctor " + rand.Text()
	if _, err := r.exec(ctx, `INSERT INTO ended_logins (login, ended) VALUES (?, ?)`, key, int64(1)); err != nil {
		return err
	}
	var ended int64
	if err := r.row(ctx, `SELECT ended FROM ended_logins WHERE login = ?`, key).Scan(&ended); err != nil {
		return err
	}
	if n, err := r.exec(ctx, `DELETE FROM ended_logins WHERE login = ?`, key); err != nil || n != 1 || ended != 1 {
		return errors.Join(err, fmt.Errorf("a row that was written came back as %d, and %d were removed", ended, n))
	}
	return tx.Commit()
}
