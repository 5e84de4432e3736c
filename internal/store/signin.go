// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/usher-signin/usher"
)

// PutPending keeps a sign-in that was begun.
func (db *DB) PutPending(ctx context.Context, p usher.Pending) error {
	_, err := db.exec(ctx, "keeping a pending sign-in", `INSERT INTO pendings
		(state_hash, browser_hash, reference, account, callback_url, sealed, return_to, bind, begun) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		p.StateHash, p.BrowserHash, string(p.Reference), p.Account, p.CallbackURL, encode(p.Sealed), p.ReturnTo, p.Bind, micros(p.Begun))
	return err
}

// TakePending takes a pending sign-in: the first call gets it, any later one
// usher.ErrNotFound, on any node.
func (db *DB) TakePending(ctx context.Context, stateHash string) (usher.Pending, error) {
	p := usher.Pending{StateHash: stateHash}
	err := db.do(ctx, "taking a pending sign-in", func(ctx context.Context, tx *sql.Tx) error {
		var ref, sealed string
		var begun int64
		err := tx.QueryRowContext(ctx, db.dialect.bind(`DELETE FROM pendings WHERE state_hash = ?
			RETURNING browser_hash, reference, account, callback_url, sealed, return_to, bind, begun`), stateHash).
			Scan(&p.BrowserHash, &ref, &p.Account, &p.CallbackURL, &sealed, &p.ReturnTo, &p.Bind, &begun)
		if err != nil {
			return err
		}
		p.Reference, p.Begun = usher.Reference(ref), moment(begun)
		if p.Sealed, err = decode(sealed); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, db.dialect.bind(`INSERT INTO taken (state_hash, reference, at) VALUES (?, ?, ?)
			ON CONFLICT (state_hash) DO NOTHING`), stateHash, ref, micros(db.now()))
		return err
	})
	if err != nil {
		return usher.Pending{}, err
	}
	return p, nil
}

// WasTaken says whether a state was taken a short while ago, and by which attempt.
func (db *DB) WasTaken(ctx context.Context, stateHash string) (usher.Reference, bool, error) {
	var ref string
	err := db.one(ctx, db.read, "looking for a taken state", `SELECT reference FROM taken WHERE state_hash = ?`, []any{stateHash}, &ref)
	if errors.Is(err, usher.ErrNotFound) {
		return "", false, nil
	}
	return usher.Reference(ref), err == nil, err
}

// PutAttempt records an attempt as it stands; the same reference replaces it.
func (db *DB) PutAttempt(ctx context.Context, a usher.Attempt) error {
	record, err := json.Marshal(a)
	if err != nil {
		return err
	}
	code, email := "", ""
	if a.Cause != nil {
		code = string(a.Cause.Code)
	}
	if a.Person != nil {
		email = a.Person.Email
	}
	_, err = db.exec(ctx, "recording an attempt", `INSERT INTO attempts (reference, outcome, code, email, begun, record) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (reference) DO UPDATE SET outcome = excluded.outcome, code = excluded.code, email = excluded.email, record = excluded.record`,
		string(a.Reference), string(a.Outcome), code, email, micros(a.Begun), string(record))
	return err
}

// Attempt reads an attempt.
func (db *DB) Attempt(ctx context.Context, ref usher.Reference) (usher.Attempt, error) {
	var a usher.Attempt
	var record string
	err := db.one(ctx, db.read, "reading an attempt", `SELECT record FROM attempts WHERE reference = ?`, []any{string(ref)}, &record)
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal([]byte(record), &a)
}

// Attempts lists the latest attempts, newest first.
func (db *DB) Attempts(ctx context.Context, since time.Time, limit int) ([]usher.Attempt, error) {
	return list(ctx, db, "listing attempts", `SELECT record FROM attempts WHERE begun >= ? ORDER BY begun DESC LIMIT ?`, []any{micros(since), limit},
		func(r row) (usher.Attempt, error) {
			var record string
			var a usher.Attempt
			if err := r.Scan(&record); err != nil {
				return a, err
			}
			return a, json.Unmarshal([]byte(record), &a)
		})
}

// PutTicket keeps a ticket.
func (db *DB) PutTicket(ctx context.Context, t usher.Ticket) error {
	_, err := db.exec(ctx, "keeping a ticket", `INSERT INTO tickets (id, bind, host, login, session, return_to, issued) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		t.ID, t.Bind, t.Host, t.Login, t.Session, t.ReturnTo, micros(t.Issued))
	return err
}

// TakeTicket takes a ticket, once.
func (db *DB) TakeTicket(ctx context.Context, id string) (usher.Ticket, error) {
	t := usher.Ticket{ID: id}
	var issued int64
	err := db.one(ctx, db.write, "taking a ticket", `DELETE FROM tickets WHERE id = ? RETURNING bind, host, login, session, return_to, issued`, []any{id},
		&t.Bind, &t.Host, &t.Login, &t.Session, &t.ReturnTo, &issued)
	if err != nil {
		return usher.Ticket{}, err
	}
	t.Issued = moment(issued)
	return t, nil
}
