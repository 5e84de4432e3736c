// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// How much of a PostgreSQL server one node takes.
const (
	postgresConnections = 16
	postgresIdle        = 5 * time.Minute
	postgresLife        = 30 * time.Minute
)

func postgresDialect() *dialect {
	return &dialect{
		name:       "postgres",
		migrations: goose.DialectPostgres,
		numbered:   true,
		clock:      `CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)`,
		lock:       `SELECT pg_advisory_xact_lock(hashtextextended(?, 0))`,
		share:      `SELECT pg_advisory_xact_lock_shared(hashtextextended(?, 0))`,
		tryLock:    `SELECT pg_try_advisory_xact_lock(hashtextextended(?, 0))`,
		tables:     `SELECT count(*) FROM pg_catalog.pg_class WHERE oid = to_regclass(?)`,
		duplicate:  func(err error) bool { return postgresCode(err) == "23505" },
		broken:     postgresBroken,
		lostRace:   func(error) bool { return false },
		full:       func(err error) bool { return postgresCode(err) == "53100" },
		held:       func(err error) bool { return postgresCode(err) == "55P03" || errors.Is(err, context.DeadlineExceeded) },
		advice:     postgresAdvice,
	}
}

// postgresCode is the SQLSTATE that the server answered; empty: it did not.
func postgresCode(err error) string {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return ""
	}
	return e.Code
}

// postgresBroken reports whether nothing was done because the connection was
// lost, the server is going, or the transaction was chosen to lose.
func postgresBroken(err error) bool {
	switch code := postgresCode(err); {
	case code == "40001", code == "40P01", code == "57P01", code == "57P02", strings.HasPrefix(code, "08"):
		return true
	case code != "":
		return false
	}
	var refused *pgconn.ConnectError
	var network net.Error
	switch {
	case errors.As(err, &refused), pgconn.Timeout(err):
		return false // no use to ask again at once
	case errors.As(err, &network):
		return !network.Timeout()
	}
	return pgconn.SafeToRetry(err) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone)
}

// postgresAdvice says what to do about what the server said (PostgreSQL
// documentation, appendix A).
func postgresAdvice(err error) string {
	switch code := postgresCode(err); {
	case code == "28P01", code == "28000":
		return "which refuses the user or the password: see the address in server.database, and the server's pg_hba.conf"
	case code == "3D000":
		return "which is not there: make it with CREATE DATABASE, owned by usher's user"
	case code == "42501":
		return "in which usher's user may not do that: make the user its owner, or GRANT CREATE, USAGE ON SCHEMA public"
	case code == "42P07":
		return "which has tables of another program: give usher a database of its own"
	case code == "53300":
		return "which takes no more connections: raise its max_connections"
	case code == "53100":
		return "whose disk is full: make room"
	case code == "55P03":
		return "in which another program holds a table: see pg_locks, and end what holds it"
	case code == "25006":
		return "which is a standby or was made read-only: name the primary in server.database"
	case code == "57014":
		return "which took too long"
	case strings.HasPrefix(code, "57P"):
		return "which is starting or stopping"
	case code != "":
		return ""
	}
	var refused *pgconn.ConnectError
	switch {
	case errors.Is(err, context.DeadlineExceeded), pgconn.Timeout(err):
		return "which did not answer in time"
	case errors.As(err, &refused):
		return "which does not let usher in: see that it runs, and that host, port and sslmode in server.database are right"
	}
	return ""
}

// parsePostgres reads an address. Its errors never quote the address: where it
// cannot be read, nobody can say which part is the password.
func parsePostgres(dsn string) (*pgx.ConnConfig, error) {
	const wanted = "wanted postgres://USER:PASSWORD@HOST:PORT/NAME, with characters such as @, / and # in the password percent-encoded"
	if _, err := url.Parse(dsn); err != nil {
		return nil, errors.New("the database's address cannot be read; " + wanted)
	}
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("the database's address is not one for PostgreSQL, or a file that it names cannot be read; " + wanted)
	}
	return cfg, nil
}

func openPostgres(ctx context.Context, dsn string, o Options) (*DB, error) {
	cfg, err := parsePostgres(dsn)
	if err != nil {
		return nil, err
	}
	db := &DB{opts: o, dialect: postgresDialect(), name: fmt.Sprintf("PostgreSQL's database %q at %s for user %q",
		cfg.Database, net.JoinHostPort(cfg.Host, strconv.Itoa(int(cfg.Port))), cfg.User)}
	scrub := scrubber(dsn, cfg)
	settings, err := settingsFor(ctx, cfg, o)
	if err != nil {
		err = db.failure("opening the database", err)
	} else {
		err = db.migratePostgres(ctx, settings(false))
	}
	if postgresMayCome(err) {
		err = mayCome{err}
	}
	if err != nil {
		return nil, scrub(err)
	}
	db.pool = sql.OpenDB(stdlib.GetConnector(*settings(true)))
	db.reader = db.pool // pgx keeps statements by itself
	db.pool.SetMaxOpenConns(postgresConnections)
	db.pool.SetMaxIdleConns(postgresConnections)
	db.pool.SetConnMaxIdleTime(postgresIdle)
	db.pool.SetConnMaxLifetime(postgresLife)
	if err := db.Ping(ctx); err != nil {
		return nil, scrub(errors.Join(err, db.Close()))
	}
	return db, nil
}

// migratePostgres brings the schema up to date over a connection of its own:
// that may take longer than a call.
func (db *DB) migratePostgres(ctx context.Context, settings *pgx.ConnConfig) error {
	pool := sql.OpenDB(stdlib.GetConnector(*settings))
	pool.SetMaxOpenConns(3) // one holds the lock, one brings the schema up to date, one asks how far it is
	const doing = "opening the database"
	ping, cancel := context.WithTimeout(ctx, 2*db.opts.Timeout)
	defer cancel()
	if err := pool.PingContext(ping); err != nil {
		return errors.Join(db.failure(doing, err), pool.Close())
	}
	err := migrate(ctx, pool, db.dialect, db.opts.ReadOnly)
	if advice := postgresAdvice(err); advice != "" {
		err = fmt.Errorf("there is %s, %s (%w)", db.name, advice, err)
	} else if err != nil {
		err = fmt.Errorf("%s cannot be used: %w", db.name, err)
	}
	return errors.Join(err, pool.Close())
}

// limits sets what the address does not: the server ends a statement, a wait
// for a lock and a forgotten transaction by itself, should this end not be able to.
func limits(cfg *pgx.ConnConfig, o Options, calls bool) *pgx.ConnConfig {
	c := cfg.Copy()
	if c.ConnectTimeout == 0 || c.ConnectTimeout > o.Timeout {
		c.ConnectTimeout = o.Timeout
	}
	set := func(name, value string) {
		if _, given := c.RuntimeParams[name]; !given {
			c.RuntimeParams[name] = value
		}
	}
	ms := func(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
	set("application_name", "usher")
	if calls {
		set("statement_timeout", ms(2*o.Timeout))
		set("lock_timeout", ms(o.Timeout))
		set("idle_in_transaction_session_timeout", ms(5*o.Timeout))
	}
	if o.ReadOnly {
		c.RuntimeParams["default_transaction_read_only"] = "on"
	}
	return c
}

// scrubber removes the password from errors, however it may have come there.
// A password that is also the name of the user, the database or the host hides
// nothing that the sentence may not say.
func scrubber(dsn string, cfg *pgx.ConnConfig) func(error) error {
	hide := []string{cfg.Password, url.QueryEscape(cfg.Password), url.PathEscape(cfg.Password)}
	if u, err := url.Parse(dsn); err == nil {
		_, raw, _ := strings.Cut(u.User.String(), ":")
		hide = append(hide, raw, u.Query().Get("sslpassword"))
	}
	hide = slices.DeleteFunc(hide, func(s string) bool { return s == "" || s == cfg.User || s == cfg.Database || s == cfg.Host })
	return func(err error) error {
		if err == nil || !slices.ContainsFunc(hide, func(s string) bool { return strings.Contains(err.Error(), s) }) {
			return err
		}
		return scrubbed{err, hide}
	}
}

type scrubbed struct {
	err  error
	hide []string
}

func (s scrubbed) Error() string {
	text := s.err.Error()
	for _, h := range s.hide {
		text = strings.ReplaceAll(text, h, "[secret]")
	}
	return text
}

// Is finds what the error was, without giving it away.
func (s scrubbed) Is(target error) bool { return errors.Is(s.err, target) }
