// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"

	"github.com/usher-signin/usher"
)

// PutRehearsal keeps a rehearsal that was begun.
func (db *DB) PutRehearsal(ctx context.Context, r usher.Rehearsal) error {
	_, err := write(ctx, db, "keeping a rehearsal", func(ctx context.Context, on runner) (int, error) {
		if err := within(field{"the state's hash", r.StateHash, maxKey}, field{"the key", string(r.Key), maxText}); err != nil {
			return 0, err
		}
		return on.exec(ctx, `INSERT INTO rehearsals (state_hash, seal_key, begun) VALUES (?, ?, ?)`, r.StateHash, encodeBytes(r.Key), micros(r.Begun))
	})
	return err
}

// Rehearsal gives a rehearsal whose callback may still come: one that was
// begun within usher.MaxPendingAge and has not returned. Any other one is
// usher.ErrNotFound.
func (db *DB) Rehearsal(ctx context.Context, stateHash string) (usher.Rehearsal, error) {
	return read(ctx, db, "looking for a rehearsal", func(ctx context.Context, on runner) (usher.Rehearsal, error) {
		r := usher.Rehearsal{StateHash: stateHash}
		err := on.row(ctx, `SELECT seal_key, begun FROM rehearsals WHERE state_hash = ? AND returned = 0 AND begun >= ?`,
			stateHash, db.opts.Now().Add(-usher.MaxPendingAge).UnixMicro()).Scan((*blob)(&r.Key), (*moment)(&r.Begun))
		return r, err
	})
}

// ReturnRehearsal keeps what the callback of a rehearsal brought: the first
// call does, any later one gives usher.ErrNotFound, on any node.
func (db *DB) ReturnRehearsal(ctx context.Context, stateHash string, sealed []byte) error {
	_, err := write(ctx, db, "keeping the callback of a rehearsal", func(ctx context.Context, on runner) (int, error) {
		if err := within(field{"the sealed callback", string(sealed), maxText}); err != nil {
			return 0, err
		}
		now := db.opts.Now()
		n, err := on.exec(ctx, `UPDATE rehearsals SET returned = ?, sealed = ? WHERE state_hash = ? AND returned = 0 AND begun >= ?`,
			micros(now), encodeBytes(sealed), stateHash, now.Add(-usher.MaxPendingAge).UnixMicro())
		if err == nil && n == 0 {
			err = usher.ErrNotFound
		}
		return n, err
	})
	return err
}

// TakeRehearsal takes a rehearsal whose callback has come: the first call gets
// it, any later one, and any before the callback, usher.ErrNotFound. One that
// has waited longer than usher.MaxRehearsalKept is removed and not given.
func (db *DB) TakeRehearsal(ctx context.Context, stateHash string) (usher.Rehearsal, error) {
	const doing = "taking a rehearsal"
	// The command asks several times a second; only a callback that has come is
	// worth a write, for which the gateway would have to wait.
	if _, err := read(ctx, db, doing, func(ctx context.Context, on runner) (at int64, err error) {
		return at, on.row(ctx, `SELECT returned FROM rehearsals WHERE state_hash = ? AND returned > 0`, stateHash).Scan(&at)
	}); err != nil {
		return usher.Rehearsal{}, err
	}
	return write(ctx, db, doing, func(ctx context.Context, on runner) (usher.Rehearsal, error) {
		r := usher.Rehearsal{StateHash: stateHash}
		err := on.row(ctx, `DELETE FROM rehearsals WHERE state_hash = ? AND returned > 0 AND returned >= ? RETURNING seal_key, begun, returned, sealed`,
			stateHash, db.opts.Now().Add(-usher.MaxRehearsalKept).UnixMicro()).
			Scan((*blob)(&r.Key), (*moment)(&r.Begun), (*moment)(&r.Returned), (*blob)(&r.Sealed))
		return r, err
	})
}

// DropRehearsal removes a rehearsal that is over, however it stands.
func (db *DB) DropRehearsal(ctx context.Context, stateHash string) error {
	_, err := single(ctx, db, "removing a rehearsal", `DELETE FROM rehearsals WHERE state_hash = ?`, stateHash)
	return err
}
