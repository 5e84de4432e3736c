// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/usher-signin/usher"
)

const (
	// tellAgain makes up for what was ended by a transaction that took its time.
	tellAgain = 10 * time.Second
	// longAgo is longer than any session lasts; a sum with it does not overflow.
	longAgo = 10 * 365 * day
	// mostEnded bounds how many logins of one person are ended at once.
	mostEnded = 1_000_000
	// mostTold bounds one answer to what was ended lately. It is asked for twice a
	// second: a longer list would be on its way when the next is asked for.
	mostTold = 20_000
)

// EndSession ends a session. It stays on record, without what was kept of the
// provider, until its absolute end, so that every node can learn of it. One
// that is not open is usher.ErrNotFound.
func (db *DB) EndSession(ctx context.Context, id string, at time.Time) error {
	return found(single(ctx, db, "ending a session", db.ending()+`id = ?`, db.over(at), id))
}

// EndLogin ends every session that one sign-in opened, on all hosts, and sees
// to it that none is opened later. It says how many were ended.
func (db *DB) EndLogin(ctx context.Context, login string, at time.Time) (int, error) {
	return write(ctx, db, "ending a login", func(ctx context.Context, r runner) (int, error) {
		if err := within(field{"the login", login, maxKey}); err != nil {
			return 0, err
		}
		return db.endLogin(ctx, r, login, at)
	})
}

// An Act is what an administrator does to sessions. It is added to the record in
// the transaction that does it: neither is there without the other.
type Act struct {
	Actor, Action, Subject string
	Detail                 func(sessions int) string // one sentence of what was ended
}

func (db *DB) addAct(ctx context.Context, r runner, act Act, sessions int) error {
	rest, err := drawID(db.opts)
	if err != nil {
		return err
	}
	now := db.opts.Now()
	return addEvent(ctx, r, Event{ID: eventID(now, rest), At: now, Actor: clip(act.Actor, maxKey), Action: act.Action, Subject: act.Subject, Detail: clip(act.Detail(sessions), maxText)})
}

// EndLoginBy does what EndLogin does, as an act. Where no session was open
// nothing is added to the record.
func (db *DB) EndLoginBy(ctx context.Context, login string, at time.Time, act Act) (int, error) {
	return write(ctx, db, "ending a login", func(ctx context.Context, r runner) (int, error) {
		if err := within(field{"the login", login, maxKey}); err != nil {
			return 0, err
		}
		n, err := db.endLogin(ctx, r, login, at)
		if err != nil || n == 0 {
			return 0, err
		}
		return n, db.addAct(ctx, r, act, n)
	})
}

// SignOut does what EndLogin does and adds to the record that it was done, by
// whom and how: neither is there without the other. Where no session was open
// nothing is added.
func (db *DB) SignOut(ctx context.Context, login string, at time.Time, actor, detail string) (int, error) {
	return write(ctx, db, "signing out", func(ctx context.Context, r runner) (int, error) {
		if err := within(field{"the login", login, maxKey}); err != nil {
			return 0, err
		}
		return db.signOut(ctx, r, login, at, actor, detail)
	})
}

func (db *DB) signOut(ctx context.Context, r runner, login string, at time.Time, actor, detail string) (int, error) {
	n, err := db.endLogin(ctx, r, login, at)
	if err != nil || n == 0 {
		return 0, err
	}
	rest, err := drawID(db.opts)
	if err != nil {
		return 0, err
	}
	now := db.opts.Now()
	return n, addEvent(ctx, r, Event{ID: eventID(now, rest), At: now, Actor: clip(actor, maxKey), Action: ActionSignedOut, Subject: login, Detail: clip(detail, maxText)})
}

// endLogin ends one login, forgets how to ask the provider about it, and says
// how many sessions it had.
func (db *DB) endLogin(ctx context.Context, r runner, login string, at time.Time) (int, error) {
	if err := r.hold(ctx, "login", login); err != nil {
		return 0, err
	}
	if _, err := r.exec(ctx, `INSERT INTO ended_logins (login, ended) VALUES (?, ?) ON CONFLICT (login) DO NOTHING`, login, db.now()); err != nil {
		return 0, err
	}
	if _, err := r.exec(ctx, `DELETE FROM grants WHERE login = ?`, login); err != nil {
		return 0, err
	}
	return r.exec(ctx, db.ending()+`login = ?`, db.over(at), login)
}

// EndPerson ends every session of a person, and the logins that they belong
// to, as one act. It says how many sessions were ended; where none was open
// nothing is added to the record.
func (db *DB) EndPerson(ctx context.Context, provider, subject string, at time.Time, act Act) (int, error) {
	return write(ctx, db, "ending the sessions of a person", func(ctx context.Context, r runner) (int, error) {
		logins, err := list(ctx, r, func(rows *sql.Rows) (login string, err error) { return login, rows.Scan((*text)(&login)) }, mostEnded,
			`SELECT DISTINCT login FROM sessions WHERE provider = ? AND subject = ? AND ended = 0 ORDER BY login`, provider, subject)
		if err != nil {
			return 0, err
		}
		n, err := db.endLogins(ctx, r, logins, at)
		if err != nil || n == 0 {
			return 0, err
		}
		return n, db.addAct(ctx, r, act, n)
	})
}

func (db *DB) endLogins(ctx context.Context, r runner, logins []string, at time.Time) (int, error) {
	total := 0
	for _, login := range logins {
		n, err := db.endLogin(ctx, r, login, at)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// over is when something ended, as a column that says that it did.
func (db *DB) over(at time.Time) int64 {
	if at.IsZero() {
		at = db.opts.Now()
	}
	return max(1, micros(at))
}

func (db *DB) ending() string {
	return `UPDATE sessions SET ended = ?, noted = ` + db.dialect.clock + `, sealed = '' WHERE ended = 0 AND `
}

// Ended lists the ids of the sessions that were ended since, or whose person was
// replaced, and may list some of shortly before. It goes by the database's own clock: since
// is an age, by our clock, so that nodes whose clocks differ miss nothing. Where
// they are too many the answer is usher.ErrTooMany: whoever keeps sessions forgets
// them all and reads them anew.
func (db *DB) Ended(ctx context.Context, since time.Time) ([]string, error) {
	const doing = "listing ended sessions"
	ago := (min(db.opts.Now().Sub(since), longAgo) + tellAgain).Microseconds()
	ids, err := read(ctx, db, doing, func(ctx context.Context, r runner) ([]string, error) {
		return list(ctx, r, func(rows *sql.Rows) (id string, err error) { return id, rows.Scan((*text)(&id)) }, mostTold+1,
			`SELECT id FROM sessions WHERE noted > 0 AND noted >= `+db.dialect.clock+` - ? ORDER BY noted, id`, ago)
	})
	if len(ids) > mostTold {
		return nil, fmt.Errorf("%s: %w: more than %d were ended since %s", doing, usher.ErrTooMany, mostTold, since.UTC().Format(time.RFC3339))
	}
	return ids, err
}
