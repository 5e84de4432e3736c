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
	"runtime"
	"syscall"
	"time"
)

// private is the mode of the database and of the files that SQLite keeps beside it.
const private fs.FileMode = 0o600

// smallestPage is the size of the smallest SQLite database that is not empty.
const smallestPage = 512

// prepareFile makes a new database file with mode 0600; SQLite gives the files
// beside it the same. A file that exists and that others can read is closed to
// them. Nothing here opens an existing file: closing it again would take away
// the locks that another handle of this process holds.
func prepareFile(path string, readOnly bool) error {
	folder := filepath.Dir(path)
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the folder %s for the database does not exist; make it, owned by the user that usher runs as, with mode 0700", folder)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("the folder %s for the database cannot be reached; give it to the user that usher runs as: %w", folder, err)
	case err != nil:
		return fmt.Errorf("the folder %s for the database cannot be looked at: %w", folder, err)
	case !info.IsDir():
		return fmt.Errorf("%s, where the database should go, is no folder; name another path in server.database", folder)
	}
	info, err = os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && readOnly:
		return fmt.Errorf("there is no database %s yet; start usher serve with it once", path)
	case errors.Is(err, fs.ErrNotExist):
		return makeFile(path)
	case err != nil:
		return fmt.Errorf("the database %s cannot be looked at: %w", path, err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no file (%s); name another path in server.database", path, info.Mode().Type())
	case info.Size() > 0 && info.Size() < smallestPage:
		// SQLite would take it for an empty database and write over it.
		return fmt.Errorf("%s is no SQLite database, it has %d bytes: name another file in server.database", path, info.Size())
	}
	if readOnly {
		return nil
	}
	return tighten(path)
}

// makeFile makes the file under another name first: when it has its own, no
// handle of ours is open on it any more.
func makeFile(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".usher-new-*") // mode 0600
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("the database %s cannot be made; give its folder to the user that usher runs as, or name another in server.database: %w", path, err)
	}
	if err != nil {
		return fmt.Errorf("the database %s cannot be made: %w", path, err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	if err = f.Close(); err == nil {
		err = giveName(f.Name(), path)
	}
	if errors.Is(err, fs.ErrExist) {
		return tighten(path) // another process was faster
	}
	if err != nil {
		return fmt.Errorf("the database %s cannot be made: %w", path, err)
	}
	return nil
}

// giveName gives a file the name that it is meant to have, and replaces nothing:
// a link is whole or is not. Where the file system knows no links, whether the
// name is free is asked before.
func giveName(file, name string) error {
	err := os.Link(file, name)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, taken := os.Lstat(name); taken == nil {
		return fs.ErrExist
	}
	return os.Rename(file, name)
}

func tighten(path string) error {
	if runtime.GOOS == "windows" {
		return nil // modes say nothing there
	}
	for _, p := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(p)
		if err != nil || info.Mode().Perm()&0o077 == 0 {
			continue // not there, which is as good; or private already
		}
		if err := os.Chmod(p, private); err != nil {
			return fmt.Errorf("other users of this machine can read %s (mode %04o); give it to the user that usher runs as, with mode 0600: %w", p, info.Mode().Perm(), err)
		}
	}
	return nil
}

// backupWithin bounds a backup.
const backupWithin = 30 * time.Minute

// backupFile copies the database at path as of one moment, under a name of its
// own, and gives the copy the name that was asked for when it is whole and on
// the disk.
func (db *DB) backupFile(path string) func(context.Context, string) error {
	return func(ctx context.Context, destination string) error {
		ctx, cancel := context.WithTimeout(ctx, backupWithin)
		defer cancel()
		if _, err := os.Lstat(destination); err == nil {
			return fmt.Errorf("there is a file %s already; name one that is not there", destination)
		}
		partial, err := os.CreateTemp(filepath.Dir(destination), ".usher-backup-*") // mode 0600
		if err != nil {
			return fmt.Errorf("the backup cannot be written: %w", err)
		}
		defer func() { _ = os.Remove(partial.Name()) }() // gone already where all went well
		if err := db.copyInto(ctx, path, partial.Name()); err != nil {
			return fmt.Errorf("the backup %s was not made: %w", destination, errors.Join(err, partial.Close()))
		}
		if _, err := LookInto(ctx, partial.Name()); err != nil {
			return fmt.Errorf("the backup %s was made and does not read back: %w", destination, errors.Join(err, partial.Close()))
		}
		if err := errors.Join(partial.Sync(), partial.Close()); err != nil {
			return fmt.Errorf("the backup %s did not reach the disk: %w", destination, err)
		}
		if err := giveName(partial.Name(), destination); err != nil {
			return fmt.Errorf("the backup cannot be given its name %s: %w", destination, err)
		}
		return nil
	}
}

func (db *DB) copyInto(ctx context.Context, path, copied string) error {
	pool, err := sql.Open("sqlite", sqliteAddress(path, db.opts, url.Values{"mode": {"rw"}}))
	if err != nil {
		return err
	}
	_, err = pool.ExecContext(ctx, `VACUUM INTO ?`, copied)
	if advice := sqliteAdvice(err, filepath.Dir(copied)); advice != "" {
		err = fmt.Errorf("%s, %s (%w)", db.name, advice, err)
	}
	return errors.Join(err, pool.Close())
}
