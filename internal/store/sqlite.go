// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteReaders is how many calls read a SQLite file at once.
const sqliteReaders = 4

// readerCache is what each reader keeps of the file, in KiB: the inner pages of
// the indexes. The machine has the rest in its own cache, once for all.
const readerCache = "cache_size(-512)"

// leastFree is the room on a disk under which an error of reading or writing is
// taken for what it follows from.
const leastFree = 1 << 20

// sqliteDialect is of a database in the folder; empty: in memory.
func sqliteDialect(folder string) *dialect {
	return &dialect{
		name:       "sqlite",
		migrations: goose.DialectSQLite3,
		clock:      `CAST(unixepoch('subsec') * 1000000 AS INTEGER)`,
		tables:     `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?`,
		duplicate: func(err error) bool {
			code := sqliteCode(err)
			return code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY || code == sqlite3.SQLITE_CONSTRAINT_UNIQUE
		},
		broken:   func(error) bool { return false },
		lostRace: func(error) bool { return true },
		full:     func(err error) bool { return sqliteFull(err, folder) },
		held: func(err error) bool {
			return sqliteCode(err)&0xff == sqlite3.SQLITE_BUSY || errors.Is(err, context.DeadlineExceeded)
		},
		advice: func(err error) string { return sqliteAdvice(err, folder) },
	}
}

// sqliteFull reports whether a disk without room was met. SQLite says so of the
// database and its log; that it cannot make the index beside them it calls an
// error of the disk.
func sqliteFull(err error, folder string) bool {
	switch sqliteCode(err) & 0xff {
	case sqlite3.SQLITE_FULL:
		return true
	case sqlite3.SQLITE_IOERR:
		free := int64(-1)
		if folder != "" {
			free = freeBytes(folder)
		}
		return free >= 0 && free < leastFree
	}
	return false
}

func sqliteCode(err error) int {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Code()
}

// sqliteAdvice says what to do about what SQLite met. The low byte of a code is
// the kind of error.
func sqliteAdvice(err error, folder string) string {
	if sqliteFull(err, folder) {
		return "whose disk is full: make room"
	}
	switch sqliteCode(err) & 0xff {
	case sqlite3.SQLITE_READONLY:
		return "which cannot be written: give the file, the files beside it and their folder to the user that usher runs as, and see that the file system is not mounted read-only"
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return "which cannot be opened: give the file, the files beside it and their folder to the user that usher runs as"
	case sqlite3.SQLITE_NOTADB:
		return "which is no SQLite database: name another file in server.database"
	case sqlite3.SQLITE_CORRUPT:
		return "which is damaged: stop usher, keep the file, and restore a backup, or start with a new file: everybody then signs in again"
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return "which another program holds: see that no backup or other program keeps it locked"
	case sqlite3.SQLITE_IOERR:
		return "whose disk fails: look at the system's log, and see that the file system is not mounted read-only"
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "which did not do it in time: see that its disk is not overloaded, and that no backup or other program holds it"
	}
	return ""
}

// sqliteAddress spells a path for the driver. Every connection gets the pragmas.
func sqliteAddress(path string, o Options, extra url.Values) string {
	// Waiting for another process ends before the call does.
	busy := max(o.Timeout*3/4, 50*time.Millisecond).Milliseconds()
	q := url.Values{
		"_busy_timeout": {strconv.FormatInt(busy, 10)},
		"_defensive":    {"1"}, "_dqs": {"0"},
		"_pragma": {"foreign_keys(1)", "trusted_schema(0)", "temp_store(MEMORY)"},
	}
	for k, v := range extra {
		q[k] = append(q[k], v...)
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String()
}

// writing are the settings of the connection that writes: a commit that was
// answered survives a crash of the machine, and the log beside the file stays small.
func writing() url.Values {
	return url.Values{"mode": {"rw"}, "_txlock": {"immediate"}, "_journal_mode": {"WAL"}, "_synchronous": {"FULL"}, "_pragma": {"journal_size_limit(67108864)"}}
}

func openMemory(ctx context.Context, o Options) (*DB, error) {
	if o.ReadOnly {
		return nil, errors.New("a database in memory is empty: there is nothing to read")
	}
	pool, err := sql.Open("sqlite", sqliteAddress("/usher", o, url.Values{"mode": {"memory"}, "_txlock": {"immediate"}}))
	if err != nil {
		return nil, fmt.Errorf("the database in memory cannot be made: %w", err)
	}
	pool.SetMaxOpenConns(1) // another connection would be another database
	db := &DB{opts: o, dialect: sqliteDialect(""), name: "the database in memory"}
	if err := migrate(ctx, pool, db.dialect, false); err != nil {
		return nil, errors.Join(fmt.Errorf("the database in memory cannot be made: %w", err), pool.Close())
	}
	db.writer = newWriter(pool)
	return db, nil
}

func openFile(ctx context.Context, given string, o Options) (*DB, error) {
	path, err := filePath(given)
	if err != nil {
		return nil, err
	}
	if err := prepareFile(path, o.ReadOnly); err != nil {
		return nil, err
	}
	db := &DB{opts: o, dialect: sqliteDialect(filepath.Dir(path)), name: "the database " + path, intact: sameFile(path)}
	if !o.ReadOnly {
		pool, err := openWriting(ctx, path, o, db.dialect)
		if err != nil {
			return nil, unusable(path, err)
		}
		db.writer = newWriter(pool)
	}
	db.pool, err = sql.Open("sqlite", sqliteAddress(path, o, url.Values{"mode": {map[bool]string{true: "ro", false: "rw"}[o.ReadOnly]}, "_query_only": {"1"}, "_pragma": {readerCache}}))
	if err == nil {
		db.pool.SetMaxOpenConns(sqliteReaders)
		db.pool.SetMaxIdleConns(sqliteReaders)
		db.reader = newPrepared(db.pool)
		err = migrate(ctx, db.pool, db.dialect, true)
	}
	if err != nil {
		return nil, unusable(path, errors.Join(err, db.Close()))
	}
	if !o.ReadOnly {
		db.backup = db.backupFile(path)
	}
	return db, nil
}

// openWriting opens the one connection that writes, and brings the schema up to date.
func openWriting(ctx context.Context, path string, o Options, d *dialect) (*sql.DB, error) {
	pool, err := sql.Open("sqlite", sqliteAddress(path, o, writing()))
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	err = settle(ctx, pool)
	if err == nil {
		err = ours(ctx, pool, d)
	}
	if err == nil {
		err = migrate(ctx, pool, d, false)
	}
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return pool, nil
}

// settle opens the connection. Changing a new file to a write-ahead log needs
// the file for a moment alone, and SQLite does not always wait for that; another
// process that starts at once may have it.
func settle(ctx context.Context, pool *sql.DB) error {
	var err error
	for range 50 {
		if err = pool.PingContext(ctx); sqliteCode(err)&0xff != sqlite3.SQLITE_BUSY {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return err
}

// ours refuses a database that another program made: one with tables, and none
// of ours. It is one statement, so that it does not see half of what another
// process makes at this moment.
func ours(ctx context.Context, pool *sql.DB, d *dialect) error {
	tables, err := list(ctx, runner{pool, d}, func(rows *sql.Rows) (name string, err error) { return name, rows.Scan(&name) }, 3,
		`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
			AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE name = ?) ORDER BY name`, schemaTable)
	if err == nil && len(tables) > 0 {
		err = fmt.Errorf("it is another program's: it has the tables %s, ...; name a file of usher's own in server.database", strings.Join(tables, ", "))
	}
	return err
}

func unusable(path string, err error) error {
	if advice := sqliteAdvice(err, filepath.Dir(path)); advice != "" {
		return fmt.Errorf("there is the database %s, %s (%w)", path, advice, err)
	}
	return fmt.Errorf("the database %s cannot be used: %w", path, err)
}

// sameFile remembers the file that is open. One that is removed or replaced
// under a running usher takes everything written since with it, unseen.
func sameFile(path string) func() error {
	before, err := os.Stat(path)
	if err != nil {
		return func() error { return nil }
	}
	return func() error {
		now, err := os.Stat(path)
		switch {
		case errors.Is(err, os.ErrNotExist):
			return fmt.Errorf("the file %s was removed while usher used it; restart usher, which makes a new one: everybody then signs in again", path)
		case err != nil:
			return err
		case !os.SameFile(before, now):
			return fmt.Errorf("the file %s was replaced while usher used the old one; restart usher", path)
		}
		return nil
	}
}

// filePath makes the path of sqlite:PATH absolute.
func filePath(given string) (string, error) {
	if given == "" {
		return "", errors.New("sqlite: names no file; wanted sqlite:PATH, such as sqlite:usher.db")
	}
	if strings.HasPrefix(given, "//") && !strings.HasPrefix(given, "///") {
		return "", fmt.Errorf("sqlite:%s looks like a host; wanted sqlite:PATH, such as sqlite:/var/lib/usher/usher.db", clip(given, 200))
	}
	path, err := filepath.Abs(given)
	if err != nil {
		return "", fmt.Errorf("the path %s of the database cannot be made absolute: %w", given, err)
	}
	return path, nil
}
