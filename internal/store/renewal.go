// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/usher-signin/usher"
)

// ClaimRenewal asks for the right to ask the provider again about a login, whose
// sessions last heard from it at due or before. Whoever gets it, by the name of holder,
// has it alone until the time until, on all nodes, and gets what is sealed.
// Else the answer says that somebody else renewed it, or is about to. A login
// that cannot be renewed is usher.ErrNotFound.
func (db *DB) ClaimRenewal(ctx context.Context, login, holder string, due, now, until time.Time) (usher.Renewal, error) {
	return write(ctx, db, "claiming the renewal of a login", func(ctx context.Context, r runner) (out usher.Renewal, err error) {
		err = r.row(ctx, `UPDATE grants SET leased = ?, holder = ? WHERE login = ? AND renewed <= ? AND leased <= ? RETURNING sealed, renewed`,
			micros(until), holder, login, micros(due), micros(now)).Scan((*blob)(&out.Sealed), (*moment)(&out.Renewed))
		if err == nil {
			out.Claimed = true
			return out, nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return out, err
		}
		return out, r.row(ctx, `SELECT renewed FROM grants WHERE login = ?`, login).Scan((*moment)(&out.Renewed))
	})
}

// KeepRenewal keeps what a claimed renewal brought, the person for every session
// of the login. Where the claim was lost, or the login ended, nothing is kept:
// usher.ErrNotFound.
func (db *DB) KeepRenewal(ctx context.Context, login, holder string, k usher.Kept) error {
	_, err := write(ctx, db, "keeping the renewal of a login", func(ctx context.Context, r runner) (int, error) {
		if err := within(field{"the sealed part", string(k.Sealed), maxRecord}); err != nil {
			return 0, err
		}
		n, err := r.exec(ctx, `UPDATE grants SET sealed = ?, renewed = ?, leased = ?, holder = '' WHERE login = ? AND holder = ?`,
			encodeBytes(k.Sealed), micros(k.Renewed), micros(k.Until), login, holder)
		if err != nil || n > 0 && k.Person == nil {
			return n, err
		}
		if n == 0 {
			return 0, usher.ErrNotFound
		}
		person, err := encodeRecord("what the provider says of the person", *k.Person)
		if err != nil {
			return 0, err
		}
		return r.exec(ctx, `UPDATE sessions SET renewed = ?, noted = CASE WHEN person <> ? THEN `+db.dialect.clock+` ELSE noted END, person = ?, email = ?
			WHERE login = ? AND provider = ? AND subject = ? AND ended = 0`,
			micros(k.Renewed), person, person, fold(k.Person.Email), login, k.Person.Provider, k.Person.Subject)
	})
	return err
}

// PostponeRenewal gives a claim back; nobody claims again before until.
func (db *DB) PostponeRenewal(ctx context.Context, login, holder string, until time.Time) error {
	return found(single(ctx, db, "postponing the renewal of a login", `UPDATE grants SET leased = ?, holder = '' WHERE login = ? AND holder = ?`,
		micros(until), login, holder))
}

// KeptGrant gives what is sealed for a login, for its end; usher.ErrNotFound
// where nothing is.
func (db *DB) KeptGrant(ctx context.Context, login string) ([]byte, error) {
	return read(ctx, db, "reading what is kept of a login", func(ctx context.Context, r runner) (sealed []byte, err error) {
		return sealed, r.row(ctx, `SELECT sealed FROM grants WHERE login = ?`, login).Scan((*blob)(&sealed))
	})
}
