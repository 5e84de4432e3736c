// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/usher-signin/usher"
)

// PutSession keeps a session that was opened.
func (db *DB) PutSession(ctx context.Context, s usher.Session) error {
	person, err := json.Marshal(s.Person)
	if err != nil {
		return err
	}
	_, err = db.exec(ctx, "keeping a session", `INSERT INTO sessions
		(id, login, host, account, provider, subject, person, begun, last_seen, expires, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		s.ID, s.Login, s.Host, s.Account, s.Person.Provider, s.Person.Subject, string(person), micros(s.Begun), micros(s.LastSeen), micros(s.Expires), encode(s.Sealed))
	return err
}

const sessionColumns = `id, login, host, account, person, begun, last_seen, expires, sealed`

func scanSession(r row) (usher.Session, error) {
	var s usher.Session
	var person, sealed string
	var begun, seen, expires int64
	if err := r.Scan(&s.ID, &s.Login, &s.Host, &s.Account, &person, &begun, &seen, &expires, &sealed); err != nil {
		return s, err
	}
	s.Begun, s.LastSeen, s.Expires = moment(begun), moment(seen), moment(expires)
	var err error
	if s.Sealed, err = decode(sealed); err != nil {
		return s, err
	}
	return s, json.Unmarshal([]byte(person), &s.Person)
}

// Session reads a session that was not ended. Whether it is past its time is
// the reader's to judge.
func (db *DB) Session(ctx context.Context, id string) (usher.Session, error) {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	s, err := scanSession(db.read.QueryRowContext(ctx, db.dialect.bind(`SELECT `+sessionColumns+` FROM sessions WHERE id = ? AND ended = 0`), id))
	return s, db.failure("reading a session", err)
}

// Sessions lists the sessions that were not ended and are not past their end.
func (db *DB) Sessions(ctx context.Context, limit int) ([]usher.Session, error) {
	return list(ctx, db, "listing sessions", `SELECT `+sessionColumns+` FROM sessions WHERE ended = 0 AND expires > ? ORDER BY begun DESC LIMIT ?`,
		[]any{micros(db.now()), limit}, scanSession)
}

// TouchSession notes when a session was last used; it never moves that back.
func (db *DB) TouchSession(ctx context.Context, id string, at time.Time) error {
	n, err := db.exec(ctx, "noting the use of a session", `UPDATE sessions SET last_seen = ? WHERE id = ? AND ended = 0 AND last_seen <= ?`, micros(at), id, micros(at))
	if err == nil && n == 0 {
		return usher.ErrNotFound
	}
	return err
}

// EndSession ends a session. It stays on record until its absolute end, so that
// other nodes can learn of it.
func (db *DB) EndSession(ctx context.Context, id string, at time.Time) error {
	n, err := db.exec(ctx, "ending a session", `UPDATE sessions SET ended = ?, sealed = '' WHERE id = ? AND ended = 0`, micros(at), id)
	if err == nil && n == 0 {
		return usher.ErrNotFound
	}
	return err
}

// EndLogin ends every session that one sign-in opened, and says how many.
func (db *DB) EndLogin(ctx context.Context, login string, at time.Time) (int, error) {
	n, err := db.exec(ctx, "ending a login", `UPDATE sessions SET ended = ?, sealed = '' WHERE login = ? AND ended = 0`, micros(at), login)
	return int(n), err
}

// Ended lists the sessions that were ended since.
func (db *DB) Ended(ctx context.Context, since time.Time) ([]string, error) {
	return list(ctx, db, "listing ended sessions", `SELECT id FROM sessions WHERE ended >= ? AND ended > 0`, []any{micros(since)},
		func(r row) (id string, err error) { return id, r.Scan(&id) })
}
