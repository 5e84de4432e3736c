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
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	_ "modernc.org/sqlite" // the driver named sqlite
)

// Open opens the database that dsn names - sqlite:PATH, sqlite::memory: or a
// postgres:// address - and brings its schema up to date. A schema that is
// newer than this program is refused. No error holds a password.
func Open(ctx context.Context, dsn string, o Options) (*DB, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	switch {
	case strings.HasPrefix(dsn, "sqlite:"):
		return openSQLite(ctx, strings.TrimPrefix(dsn, "sqlite:"), o)
	case strings.HasPrefix(dsn, "postgres://"), strings.HasPrefix(dsn, "postgresql://"):
		return openPostgres(ctx, dsn, o)
	}
	scheme, _, _ := strings.Cut(dsn, ":")
	return nil, fmt.Errorf("server.database begins with %q, wanted sqlite:PATH or postgres://USER@HOST/NAME", scheme)
}

// openSQLite opens one connection that writes, since SQLite has one writer, and
// several that read beside it (write-ahead log). Commits are synchronous: what
// was answered survives a crash.
func openSQLite(ctx context.Context, path string, o Options) (*DB, error) {
	memory := path == ":memory:"
	if !memory {
		if err := prepareFile(path); err != nil {
			return nil, err
		}
	}
	pragmas := url.Values{"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "busy_timeout(5000)", "foreign_keys(1)"}, "_txlock": {"immediate"}}
	write, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: pragmas.Encode()}).String())
	if err != nil {
		return nil, fmt.Errorf("opening the database %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	write.SetConnMaxIdleTime(0)
	db := &DB{read: write, write: write, dialect: sqliteDialect, now: o.Now}
	if !memory {
		pragmas["_pragma"] = []string{"busy_timeout(5000)", "query_only(1)"}
		pragmas.Del("_txlock")
		db.read, err = sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: pragmas.Encode()}).String())
		if err != nil {
			return nil, errors.Join(err, write.Close())
		}
		db.read.SetMaxOpenConns(4)
	}
	if err := db.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("the database %s cannot be used: %w", path, sqliteReason(err)), db.Close())
	}
	return db, nil
}

// prepareFile makes the file with mode 0600 before SQLite would make it with
// whatever the process allows; SQLite gives its side files the same mode.
func prepareFile(path string) error {
	folder := filepath.Dir(path)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return fmt.Errorf("the folder %s for the database does not exist; make it, owned by the user that usher runs as", folder)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("the database %s cannot be written by this user; give the folder and the file to the user that usher runs as: %w", path, err)
	}
	if err != nil {
		return fmt.Errorf("the database %s cannot be opened: %w", path, err)
	}
	if err := f.Close(); err != nil {
		return err
	}
	probe, err := os.CreateTemp(folder, ".usher-*")
	if err != nil {
		return fmt.Errorf("the folder %s of the database cannot be written by this user, and SQLite keeps files beside the database: %w", folder, err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

func sqliteReason(err error) error {
	if strings.Contains(err.Error(), "not a database") {
		return fmt.Errorf("it is no SQLite database; name another file in server.database (%w)", err)
	}
	return err
}

func openPostgres(ctx context.Context, dsn string, o Options) (*DB, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("server.database is not a usable PostgreSQL address; wanted postgres://USER:PASSWORD@HOST:PORT/NAME (characters such as @ and / in the password percent-encoded)")
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = callWithin
	}
	cfg.RuntimeParams["statement_timeout"] = "5000"
	cfg.RuntimeParams["application_name"] = "usher"
	handle := sql.OpenDB(stdlib.GetConnector(*cfg))
	handle.SetMaxOpenConns(16)
	handle.SetMaxIdleConns(8)
	handle.SetConnMaxLifetime(30 * time.Minute)
	db := &DB{read: handle, write: handle, dialect: postgresDialect, now: o.Now}
	if err := db.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("PostgreSQL at %s:%d, database %s, user %s, does not let usher in; see that it runs, that the address and the password are right: %w",
			cfg.Host, cfg.Port, cfg.Database, cfg.User, err), handle.Close())
	}
	if err := db.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("the database %s at %s cannot be used: %w", cfg.Database, cfg.Host, err), handle.Close())
	}
	return db, nil
}

// migrate brings the schema up to date, in transactions, under a lock, so that
// several nodes may start at once.
func (db *DB) migrate(ctx context.Context) error {
	files, err := fs.Sub(schema, "schema")
	if err != nil {
		return err
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if db.dialect.numbered {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(db.dialect.migrates, db.write, files, options...)
	if err != nil {
		return err
	}
	sources := provider.ListSources()
	known := sources[len(sources)-1].Version
	have, err := provider.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	if have > known {
		return fmt.Errorf("its schema is version %d, this usher knows %d: a newer usher has used it; run that one, or restore a backup from before", have, known)
	}
	_, err = provider.Up(ctx)
	return err
}
