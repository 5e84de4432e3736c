// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"time"

	"github.com/usher-signin/usher"
)

// MaxOpenPerBrowser is how many unfinished sign-ins one browser may have.
const MaxOpenPerBrowser = 16

// rememberTaken is how long a taken state is told from an unknown one.
const rememberTaken = 10 * time.Minute

// PutPending keeps a sign-in that was begun. Where its browser has more than
// [MaxOpenPerBrowser], the oldest are dropped.
func (db *DB) PutPending(ctx context.Context, p usher.Pending) error {
	_, err := write(ctx, db, "keeping a pending sign-in", putPending(p))
	return err
}

// Begin does what PutPending and PutAttempt do, in one transaction.
func (db *DB) Begin(ctx context.Context, p usher.Pending, a usher.Attempt) error {
	_, err := write(ctx, db, "keeping a pending sign-in and its attempt", func(ctx context.Context, r runner) (int, error) {
		if _, err := putPending(p)(ctx, r); err != nil {
			return 0, err
		}
		return putAttempt(a)(ctx, r)
	})
	return err
}

func putPending(p usher.Pending) step[int] {
	return func(ctx context.Context, r runner) (int, error) {
		err := within(field{"the state's hash", p.StateHash, maxKey}, field{"the browser's hash", p.BrowserHash, maxKey},
			field{"the reference", string(p.Reference), maxKey}, field{"the account's name", p.Account, maxText}, field{"the callback URL", p.CallbackURL, maxText},
			field{"the sealed part", string(p.Sealed), maxText}, field{"the return target", p.ReturnTo, maxText}, field{"the bind hash", p.Bind, maxKey})
		if err != nil {
			return 0, err
		}
		if err := r.hold(ctx, "browser", p.BrowserHash); err != nil { // so that two at once do not both find room
			return 0, err
		}
		if _, err := r.exec(ctx, `INSERT INTO pendings (state_hash, browser_hash, reference, account, callback_url, sealed, return_to, bind, begun)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			p.StateHash, p.BrowserHash, string(p.Reference), p.Account, p.CallbackURL, encodeBytes(p.Sealed), p.ReturnTo, p.Bind, micros(p.Begun)); err != nil {
			return 0, err
		}
		return r.exec(ctx, `DELETE FROM pendings WHERE state_hash IN (
			SELECT state_hash FROM pendings WHERE browser_hash = ? AND state_hash <> ? ORDER BY begun DESC, state_hash LIMIT 1000 OFFSET ?)`,
			p.BrowserHash, p.StateHash, MaxOpenPerBrowser-1)
	}
}

// TakePending takes a pending sign-in: the first call gets it, any later one
// usher.ErrNotFound, on any node. One that is older than usher.MaxPendingAge
// may come back too: its age is the caller's to judge.
func (db *DB) TakePending(ctx context.Context, stateHash string) (usher.Pending, error) {
	return write(ctx, db, "taking a pending sign-in", func(ctx context.Context, r runner) (usher.Pending, error) {
		p := usher.Pending{StateHash: stateHash}
		err := r.row(ctx, `DELETE FROM pendings WHERE state_hash = ?
			RETURNING browser_hash, reference, account, callback_url, sealed, return_to, bind, begun`, stateHash).
			Scan((*text)(&p.BrowserHash), (*text)(&p.Reference), (*text)(&p.Account), (*text)(&p.CallbackURL),
				(*blob)(&p.Sealed), (*text)(&p.ReturnTo), (*text)(&p.Bind), (*moment)(&p.Begun))
		if err != nil {
			return usher.Pending{}, err
		}
		_, err = r.exec(ctx, `INSERT INTO taken (state_hash, reference, at) VALUES (?, ?, ?)
			ON CONFLICT (state_hash) DO UPDATE SET reference = excluded.reference, at = excluded.at`, stateHash, string(p.Reference), db.now())
		return p, err
	})
}

// WasTaken says whether a state was taken within the last ten minutes, and by
// which attempt.
func (db *DB) WasTaken(ctx context.Context, stateHash string) (usher.Reference, bool, error) {
	ref, err := read(ctx, db, "looking for a taken state", func(ctx context.Context, r runner) (ref usher.Reference, err error) {
		after := db.opts.Now().Add(-rememberTaken).UnixMicro()
		return ref, r.row(ctx, `SELECT reference FROM taken WHERE state_hash = ? AND at > ?`, stateHash, after).Scan((*text)(&ref))
	})
	if errors.Is(err, usher.ErrNotFound) {
		return "", false, nil
	}
	return ref, err == nil, err
}

// CountPending says how many sign-ins of a browser are open.
func (db *DB) CountPending(ctx context.Context, browserHash string) (int, error) {
	return read(ctx, db, "counting pending sign-ins", func(ctx context.Context, r runner) (n int, err error) {
		after := db.opts.Now().Add(-usher.MaxPendingAge).UnixMicro()
		return n, r.row(ctx, `SELECT count(*) FROM pendings WHERE browser_hash = ? AND begun >= ?`, browserHash, after).Scan(&n)
	})
}
