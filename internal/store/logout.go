// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"

	"github.com/usher-signin/usher"
)

// Logout ends the logins of a person whom the provider signed out, and
// remembers it, so that a login under way opens no session afterwards. Each
// login that was ended is added to the record in the same transaction. A logout
// that was taken before is [ErrDuplicate]. It gives the logins.
func (db *DB) Logout(ctx context.Context, l usher.Logout) ([]string, error) {
	return write(ctx, db, "signing out whom the provider signed out", func(ctx context.Context, r runner) ([]string, error) {
		if l.Subject == "" && l.Session == "" {
			return nil, refuse("a logout names neither a person nor a session")
		}
		err := within(field{"the logout's id", l.ID, maxKey}, field{"the provider", l.Provider, maxKey}, field{"the account's name", l.Account, maxText},
			field{"the subject", l.Subject, maxKey}, field{"the provider's session", l.Session, maxKey})
		if err != nil {
			return nil, err
		}
		if err := r.hold(ctx, "provider", l.Provider); err != nil {
			return nil, err
		}
		if l.ID != "" {
			n, err := r.exec(ctx, `INSERT INTO logouts (provider, id, account, subject, sid, at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (provider, id) DO NOTHING`,
				l.Provider, l.ID, l.Account, l.Subject, l.Session, db.over(l.At))
			if err != nil {
				return nil, err
			}
			if n == 0 {
				return nil, ErrDuplicate
			}
		}
		logins, err := loginsOf(ctx, r, l)
		if err != nil {
			return nil, err
		}
		for _, login := range logins {
			if _, err := db.signOut(ctx, r, login, l.At, "provider of "+l.Account, "by the provider, "+l.By); err != nil {
				return nil, err
			}
		}
		return logins, nil
	})
}

// loginsOf finds the open logins that a logout is about. Where a person is named
// besides a session, logins of which the provider named no session may be it.
func loginsOf(ctx context.Context, r runner, l usher.Logout) ([]string, error) {
	scan := func(rows *sql.Rows) (login string, err error) { return login, rows.Scan((*text)(&login)) }
	const columns = `SELECT DISTINCT login FROM sessions WHERE provider = ? AND `
	if l.Subject == "" {
		return list(ctx, r, scan, mostEnded, columns+`sid = ? AND sid <> '' AND account = ? AND ended = 0 ORDER BY login`, l.Provider, l.Session, l.Account)
	}
	return list(ctx, r, scan, mostEnded, columns+`subject = ? AND account = ? AND ended = 0 AND (? = '' OR sid = '' OR sid = ?) ORDER BY login`,
		l.Provider, l.Subject, l.Account, l.Session, l.Session)
}

// loggedOut says [ErrLoginEnded] where the provider has signed out, since the
// attempt began, the person who is about to be signed in here.
func loggedOut(ctx context.Context, r runner, a usher.Attempt, s usher.Session) error {
	var over int
	err := r.row(ctx, `SELECT count(*) FROM logouts WHERE provider = ? AND account = ? AND
		(sid <> '' AND sid = ? OR subject <> '' AND subject = ? AND (sid = '' OR ? = '') AND at >= ?)`,
		s.Person.Provider, s.Account, s.ProviderSession, s.Person.Subject, s.ProviderSession, micros(a.Begun)).Scan(&over)
	if err == nil && over > 0 {
		return ErrLoginEnded
	}
	return err
}
