// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// ErrMayCome says that a database does not answer, and that waiting may mend
// it: it is starting, or the way to it is.
var ErrMayCome = errors.New("the database does not answer yet")

// mayCome marks an error as [ErrMayCome].
type mayCome struct{ error }

func (m mayCome) Unwrap() error        { return m.error }
func (m mayCome) Is(target error) bool { return target == ErrMayCome } //nolint:errorlint // this is what errors.Is asks

// postgresMayCome reports whether a server that cannot be used now may be usable
// later, without anybody changing a setting.
func postgresMayCome(err error) bool {
	code := postgresCode(err)
	if code != "" {
		return code == "53300" || strings.HasPrefix(code, "57P") || strings.HasPrefix(code, "08") && code != "08P01"
	}
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	if errors.As(err, &authority) || errors.As(err, &name) || errors.As(err, &invalid) || errors.As(err, &record) {
		return false
	}
	var refused *pgconn.ConnectError
	return errors.As(err, &refused) || pgconn.Timeout(err) || errors.Is(err, context.DeadlineExceeded)
}

// settingsFor opens a connection and closes it again, and gives the settings of
// those to come, bounded for calls or not. It finds out whether a pooler is
// between us and the server, such as PgBouncer: that takes no settings with a
// connection, because the connection is another one in each transaction; and
// for the same reason a statement that was prepared in one transaction is not
// there in the next. Only its refusal of the settings tells it: one that was
// told to ignore them has to be named in the address, with
// default_query_exec_mode=exec.
func settingsFor(ctx context.Context, cfg *pgx.ConnConfig, o Options) (settings func(calls bool) *pgx.ConnConfig, err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*o.Timeout)
	defer cancel()
	direct := func(calls bool) *pgx.ConnConfig { return limits(cfg, o, calls) }
	conn, err := pgx.ConnectConfig(ctx, direct(true))
	if err == nil {
		return direct, conn.Close(ctx)
	}
	var e *pgconn.PgError
	if errors.As(err, &e) && e.Code == "08P01" && strings.Contains(e.Message, "startup parameter") {
		return func(bool) *pgx.ConnConfig { return throughPooler(cfg) }, nil
	}
	return direct, err
}

// throughPooler is what is left of a connection's settings where a pooler is
// ahead. The time that a statement may take is then bounded from this end alone.
func throughPooler(cfg *pgx.ConnConfig) *pgx.ConnConfig {
	c := cfg.Copy()
	c.DefaultQueryExecMode = pgx.QueryExecModeExec
	return c
}
