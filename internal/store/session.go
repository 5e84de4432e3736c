// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"github.com/usher-signin/usher"
)

// PutSession keeps a session that was opened. Where its login was ended
// meanwhile the answer is [ErrLoginEnded], and nothing is kept.
func (db *DB) PutSession(ctx context.Context, s usher.Session) error {
	_, err := write(ctx, db, "keeping a session", putSession(s))
	return err
}

// Finish does what PutAttempt and PutSession do, in one transaction: either
// the person is signed in and the attempt says so, or neither. grant is what is
// needed to ask the provider again, sealed for the login; nil: it cannot be
// asked. Where the provider has signed the person out since the attempt began,
// the answer is [ErrLoginEnded].
func (db *DB) Finish(ctx context.Context, a usher.Attempt, s usher.Session, grant []byte) error {
	_, err := write(ctx, db, "keeping a session and its attempt", func(ctx context.Context, r runner) (int, error) {
		if err := r.share(ctx, "provider", s.Person.Provider); err != nil { // so that no logout comes between
			return 0, err
		}
		if err := loggedOut(ctx, r, a, s); err != nil {
			return 0, err
		}
		if _, err := putAttempt(a)(ctx, r); err != nil {
			return 0, err
		}
		if len(grant) > 0 {
			if err := within(field{"the login", s.Login, maxKey}, field{"the sealed part", string(grant), maxRecord}); err != nil {
				return 0, err
			}
			if _, err := r.exec(ctx, `INSERT INTO grants (login, sealed, renewed, expires) VALUES (?, ?, ?, ?)`,
				s.Login, encodeBytes(grant), micros(s.Renewed), micros(s.Expires)); err != nil {
				return 0, err
			}
		}
		return putSession(s)(ctx, r)
	})
	return err
}

func putSession(s usher.Session) step[int] {
	return func(ctx context.Context, r runner) (int, error) {
		person, err := encodeRecord("what the provider says of the person", s.Person)
		if err != nil {
			return 0, err
		}
		err = within(field{"the session's id", s.ID, maxKey}, field{"the login", s.Login, maxKey}, field{"the host", s.Host, maxText},
			field{"the account's name", s.Account, maxText}, field{"the provider", s.Person.Provider, maxKey}, field{"the subject", s.Person.Subject, maxKey}, field{"the provider's session", s.ProviderSession, maxKey},
			field{"the sealed part", string(s.Sealed), maxRecord})
		if err != nil {
			return 0, err
		}
		if err := r.hold(ctx, "login", s.Login); err != nil {
			return 0, err
		}
		var over int
		if err := r.row(ctx, `SELECT count(*) FROM ended_logins WHERE login = ?`, s.Login).Scan(&over); err != nil {
			return 0, err
		}
		if over > 0 {
			return 0, ErrLoginEnded
		}
		return r.exec(ctx, `INSERT INTO sessions (id, login, host, account, provider, subject, email, person, begun, last_seen, expires, sealed, sid, renewed)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			s.ID, s.Login, s.Host, s.Account, s.Person.Provider, s.Person.Subject, fold(s.Person.Email), person,
			micros(s.Begun), micros(s.LastSeen), micros(s.Expires), encodeBytes(s.Sealed), s.ProviderSession, micros(s.Renewed))
	}
}

const sessionColumns = `id, login, host, account, person, begun, last_seen, expires, sealed, sid, renewed`

func scanSession(row interface{ Scan(into ...any) error }) (usher.Session, error) {
	var s usher.Session
	err := row.Scan((*text)(&s.ID), (*text)(&s.Login), (*text)(&s.Host), (*text)(&s.Account), record{&s.Person},
		(*moment)(&s.Begun), (*moment)(&s.LastSeen), (*moment)(&s.Expires), (*blob)(&s.Sealed), (*text)(&s.ProviderSession), (*moment)(&s.Renewed))
	return s, err
}

// Session reads an open session. One that was ended, or is past its absolute
// end, is usher.ErrNotFound. Whether it was idle for too long is the caller's
// to judge.
func (db *DB) Session(ctx context.Context, id string) (usher.Session, error) {
	return read(ctx, db, "reading a session", func(ctx context.Context, r runner) (usher.Session, error) {
		return scanSession(r.row(ctx, `SELECT `+sessionColumns+` FROM sessions WHERE id = ? AND ended = 0 AND expires > ?`, id, db.now()))
	})
}

// TouchSession notes when an open session was last used; it never moves that back.
func (db *DB) TouchSession(ctx context.Context, id string, at time.Time) error {
	seen := micros(at)
	return found(single(ctx, db, "noting the use of a session", touch, seen, seen, id))
}

// TouchSessions notes when open sessions were last used, by id, in one
// transaction. Sessions that are over by now are left as they are.
func (db *DB) TouchSessions(ctx context.Context, lastUse map[string]time.Time) error {
	ids := slices.Sorted(maps.Keys(lastUse)) // nodes that touch the same rows take them in the same order
	_, err := change(ctx, db, "noting the use of sessions", func(ctx context.Context, r runner) (int, error) {
		n := 0
		for _, id := range ids {
			seen := micros(lastUse[id])
			one, err := r.exec(ctx, touch, seen, seen, id)
			if err != nil {
				return n, err
			}
			n += one
		}
		return n, nil
	})
	return err
}

const touch = `UPDATE sessions SET last_seen = CASE WHEN last_seen < ? THEN ? ELSE last_seen END WHERE id = ? AND ended = 0`

// ReplacePerson puts what the provider says now in place of what it said when
// the session began. Another person, by provider and subject, is not put in
// place: the answer is usher.ErrNotFound.
func (db *DB) ReplacePerson(ctx context.Context, id string, p usher.Person) error {
	const doing = "renewing what the provider says of a person"
	person, err := encodeRecord("what the provider says of the person", p)
	if err != nil {
		return db.failure(doing, err)
	}
	return found(single(ctx, db, doing, `UPDATE sessions SET person = ?, email = ? WHERE id = ? AND provider = ? AND subject = ? AND ended = 0`,
		person, fold(p.Email), id, p.Provider, p.Subject))
}

// found makes usher.ErrNotFound of a change that met no row.
func found(rows int, err error) error {
	if err == nil && rows == 0 {
		return usher.ErrNotFound
	}
	return err
}

// A SessionFilter chooses open sessions. Its zero value chooses the latest.
type SessionFilter struct {
	Provider, Subject string    // empty: anybody
	Email             string    // in any case; empty: anybody
	Login             string    // empty: any
	Host              string    // empty: any
	Before            time.Time // begun before; zero: no bound. For the next page, the last session's beginning
	Limit             int       // zero: 100; at most 1,000
}

// Sessions lists open sessions, the latest first.
func (db *DB) Sessions(ctx context.Context, f SessionFilter) ([]usher.Session, error) {
	var w where
	w.add("ended = 0")
	w.add("expires > ?", db.now())
	w.equal("provider", f.Provider)
	w.equal("subject", f.Subject)
	w.equal("email", fold(f.Email))
	w.equal("login", f.Login)
	w.equal("host", f.Host)
	w.between("begun", time.Time{}, f.Before)
	return read(ctx, db, "listing sessions", func(ctx context.Context, r runner) ([]usher.Session, error) {
		return list(ctx, r, func(rows *sql.Rows) (usher.Session, error) { return scanSession(rows) }, limited(f.Limit),
			`SELECT `+sessionColumns+` FROM sessions`+w.clause()+` ORDER BY begun DESC, id`, w.bound()...)
	})
}
