// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

// ErrInUse says that a gateway, or another program, has the database open.
var ErrInUse = errors.New("it is in use: stop the gateway first")

// Restoring says how a backup is put in place.
type Restoring struct {
	// KeepSessions lets the backup's sessions live on that the present database
	// does not know to be open: some may have been ended since the backup.
	KeepSessions bool
	// Check judges the backup before anything is changed; nil: it will do.
	Check func(Contents) error
	Event Event // for the record
}

// Restored is what a restore came to.
type Restored struct {
	Backup  Contents
	Before  string // where the database from before is kept; empty: there was none
	Merged  bool   // the record of the database from before was carried over
	Open    int    // sessions that are open now
	Ended   int    // sessions of the backup that were ended
	Schema  int    // of the database now
	Damaged string // why the database from before could not be read
}

// Restore puts a backup in place of the database that dsn names, whole or not at
// all, and keeps that one beside it. It refuses while somebody has it open.
//
// Going back in time must bring nothing to life again, and forget nothing that
// was done: sign-ins under way are dropped, sessions are ended that the present
// database does not know to be open, and its record of attempts, revisions and
// what was done is carried over.
func Restore(ctx context.Context, dsn, backup string, o Options, how Restoring) (out Restored, err error) {
	o = o.withDefaults()
	path, err := pathOf(dsn)
	if err != nil {
		return out, err
	}
	if out.Backup, err = LookInto(ctx, backup); err != nil {
		return out, fmt.Errorf("the backup %s cannot be used: %w", backup, err)
	}
	if known := newestSchema(); out.Backup.Schema > known {
		return out, fmt.Errorf("the backup %s has schema version %d, and this usher knows %d: a newer usher made it; restore it with that one", backup, out.Backup.Schema, known)
	}
	if how.Check != nil {
		if err := how.Check(out.Backup); err != nil {
			return out, err
		}
	}
	release, err := out.claim(ctx, path, o)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, release()) }()
	fresh, err := out.prepare(ctx, path, backup, o, how)
	if fresh != "" {
		defer func() { _ = os.Remove(fresh) }() // gone already where all went well
	}
	if err != nil {
		return out, fmt.Errorf("the backup %s was not restored, and nothing was changed: %w", backup, err)
	}
	return out, out.swap(path, fresh, o.Now())
}

// claim has the present database to itself, without a log beside it, until
// release is called. Where there is none, or it is damaged, that is noted.
func (out *Restored) claim(ctx context.Context, path string, o Options) (release func() error, err error) {
	none := func() error { return nil }
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return none, nil
	} else if err != nil {
		return none, fmt.Errorf("the database %s cannot be looked at: %w", path, err)
	}
	pool, err := sql.Open("sqlite", sqliteAddress(path, o, url.Values{"mode": {"rw"}}))
	if err != nil {
		return none, err
	}
	pool.SetMaxOpenConns(1)
	var mode string
	// Leaving the write-ahead log needs the file alone, and brings all of it into the file.
	err = pool.QueryRowContext(ctx, `PRAGMA journal_mode = DELETE`).Scan(&mode)
	if err == nil && mode != "delete" {
		err = ErrInUse
	}
	if err == nil {
		_, err = pool.ExecContext(ctx, `BEGIN IMMEDIATE`)
	}
	switch code := sqliteCode(err) & 0xff; {
	case err == nil:
		return pool.Close, nil
	case code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED || errors.Is(err, ErrInUse):
		return none, errors.Join(fmt.Errorf("the database %s cannot be replaced: %w", path, ErrInUse), pool.Close())
	case code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB:
		out.Damaged = err.Error()
		if err := errors.Join(pool.Close(), unheld(path)); err != nil {
			return none, fmt.Errorf("the database %s cannot be replaced: %w", path, err)
		}
		return none, nil
	}
	return none, errors.Join(unusable(path, err), pool.Close())
}

// prepare makes the database that is to be, under a name of its own beside the
// present one.
func (out *Restored) prepare(ctx context.Context, path, backup string, o Options, how Restoring) (fresh string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".usher-restore-*") // mode 0600
	if err != nil {
		return "", err
	}
	fresh = f.Name()
	source, err := filePath(backup)
	if err != nil {
		return fresh, errors.Join(err, f.Close())
	}
	pool, err := sql.Open("sqlite", sqliteAddress(source, o, url.Values{"mode": {"ro"}, "immutable": {"1"}}))
	if err != nil {
		return fresh, errors.Join(err, f.Close())
	}
	_, err = pool.ExecContext(ctx, `VACUUM INTO ?`, fresh)
	if err := errors.Join(err, pool.Close(), f.Close()); err != nil {
		return fresh, err
	}
	if err := out.merge(ctx, path, fresh, o, how); err != nil {
		return fresh, err
	}
	after, err := LookInto(ctx, fresh)
	if err != nil {
		return fresh, err
	}
	out.Schema, out.Open = after.Schema, after.Sessions
	return fresh, adopt(fresh, path)
}

func (out *Restored) merge(ctx context.Context, path, fresh string, o Options, how Restoring) error {
	d := sqliteDialect(filepath.Dir(path))
	// Transactions are not immediate: those lock what is attached, too, which claim holds.
	pool, err := sql.Open("sqlite", sqliteAddress(fresh, o, url.Values{"mode": {"rw"}}))
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(1)
	err = migrate(ctx, pool, d, false)
	if err == nil && out.Damaged == "" {
		err = out.attach(ctx, runner{pool, d}, path)
	}
	if err == nil {
		err = out.carry(ctx, pool, d, o, how)
	}
	if err == nil && out.Merged {
		_, err = pool.ExecContext(ctx, `DETACH present`)
	}
	return errors.Join(err, pool.Close())
}

// attach makes the present database readable as "present", where it has the
// schema of this program; an older one is kept beside, and its record with it.
func (out *Restored) attach(ctx context.Context, r runner, path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if _, err := r.on.ExecContext(ctx, `ATTACH ? AS present`, path); err != nil {
		return err
	}
	var tables, version int
	err := r.row(ctx, `SELECT count(*) FROM present.sqlite_master WHERE type = 'table' AND name = ?`, schemaTable).Scan(&tables)
	if err == nil && tables > 0 {
		err = r.row(ctx, `SELECT coalesce(max(version_id), 0) FROM present.`+schemaTable).Scan(&version)
	}
	if err != nil {
		out.Damaged = err.Error()
	}
	out.Merged = err == nil && version == newestSchema()
	if !out.Merged {
		_, err = r.on.ExecContext(ctx, `DETACH present`)
		return err
	}
	return nil
}

// carry takes over what must not be forgotten, and lets nothing live again.
func (out *Restored) carry(ctx context.Context, pool *sql.DB, d *dialect, o Options, how Restoring) error {
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing where it was committed
	r := runner{tx, d}
	now := o.Now().UnixMicro()
	steps := []string{`DELETE FROM pendings`, `DELETE FROM tickets`, `DELETE FROM nodes`, `DELETE FROM rehearsals`}
	gone := `ended = 0`
	switch {
	case out.Merged && how.KeepSessions:
		gone += ` AND id IN (SELECT id FROM present.sessions WHERE ended > 0)`
	case out.Merged:
		gone += ` AND id NOT IN (SELECT id FROM present.sessions WHERE ended = 0)`
	case how.KeepSessions:
		gone += ` AND 1 = 0`
	}
	if out.Merged {
		for _, table := range []string{"events", "revisions", "taken", "ended_logins", "logouts"} {
			steps = append(steps, `INSERT OR IGNORE INTO `+table+` SELECT * FROM present.`+table)
		}
		steps = append(steps, `INSERT OR REPLACE INTO attempts SELECT * FROM present.attempts`)
	}
	for _, step := range steps {
		if _, err := r.exec(ctx, step); err != nil {
			return err
		}
	}
	if _, err := r.exec(ctx, `INSERT OR IGNORE INTO ended_logins (login, ended) SELECT DISTINCT login, ? FROM sessions WHERE `+gone, now); err != nil {
		return err
	}
	if out.Ended, err = r.exec(ctx, `UPDATE sessions SET ended = ?, noted = ?, sealed = '' WHERE `+gone, now, now); err != nil {
		return err
	}
	if _, err := r.exec(ctx, `DELETE FROM grants WHERE login IN (SELECT login FROM ended_logins)`); err != nil {
		return err
	}
	e := how.Event
	if e.At.IsZero() {
		e.At = o.Now()
	}
	rest, err := drawID(o)
	if err != nil {
		return err
	}
	e.ID = eventID(e.At, rest)
	e.Detail = fmt.Sprintf("%s; %d sessions of it stay open, %d were ended", e.Detail, out.Backup.Sessions-out.Ended, out.Ended)
	if err := addEvent(ctx, r, e); err != nil {
		return err
	}
	return tx.Commit()
}

// swap gives the new database its name; at every moment there is one.
func (out *Restored) swap(path, fresh string, now time.Time) error {
	if _, err := os.Stat(path); err == nil {
		out.Before = path + ".before-" + now.UTC().Format("20060102T150405Z")
		if err := keepAs(path, out.Before); err != nil {
			return fmt.Errorf("the database %s cannot be kept as %s, and was not replaced: %w", path, out.Before, err)
		}
	}
	for _, beside := range []string{"-wal", "-shm"} { // of a damaged database; they must not meet the new one
		if err := os.Rename(path+beside, out.Before+beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := os.Rename(fresh, path); err != nil {
		return fmt.Errorf("the database %s was not replaced: %w", path, err)
	}
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		_ = dir.Sync() // not every system can
		_ = dir.Close()
	}
	return nil
}

// keepAs gives a file a second name, and leaves it the first until another file
// takes that. Where the file system knows no links it is moved.
func keepAs(path, as string) error {
	err := os.Link(path, as)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return os.Rename(path, as)
}
