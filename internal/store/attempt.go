// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/usher-signin/usher"
)

// sameAttempt is how far apart the beginnings of two records may be that are
// still of one attempt. References are short: after a long time the same one
// may be drawn again, and must not replace another person's attempt.
const sameAttempt = time.Hour

// PutAttempt records an attempt as it stands, trail and all. The same reference
// replaces what was recorded; where that is another attempt, begun at another
// time, the answer is [ErrDuplicate].
func (db *DB) PutAttempt(ctx context.Context, a usher.Attempt) error {
	_, err := write(ctx, db, "recording an attempt", putAttempt(a))
	return err
}

func putAttempt(a usher.Attempt) step[int] {
	return func(ctx context.Context, r runner) (int, error) {
		entry, err := encodeRecord("the attempt", a)
		if err != nil {
			return 0, err
		}
		if err := within(field{"the reference", string(a.Reference), maxKey}); err != nil {
			return 0, err
		}
		var code, email string
		if a.Cause != nil {
			code = clip(string(a.Cause.Code), maxKey)
		}
		if a.Person != nil {
			email = fold(a.Person.Email)
		}
		begun := micros(a.Begun)
		n, err := r.exec(ctx, `INSERT INTO attempts (reference, outcome, code, email, begun, record) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (reference) DO UPDATE SET outcome = excluded.outcome, code = excluded.code, email = excluded.email,
				begun = excluded.begun, record = excluded.record
			WHERE attempts.begun BETWEEN ? AND ?`,
			string(a.Reference), string(a.Outcome), code, email, begun, entry, begun-sameAttempt.Microseconds(), begun+sameAttempt.Microseconds())
		if err == nil && n == 0 {
			return 0, ErrDuplicate
		}
		if err == nil {
			err = auditOutcome(ctx, r, a)
		}
		return n, err
	}
}

// Attempt reads an attempt by its reference.
func (db *DB) Attempt(ctx context.Context, ref usher.Reference) (usher.Attempt, error) {
	return read(ctx, db, "reading an attempt", func(ctx context.Context, r runner) (a usher.Attempt, err error) {
		return a, r.row(ctx, `SELECT record FROM attempts WHERE reference = ?`, string(ref)).Scan(record{&a})
	})
}

// An AttemptFilter chooses attempts. Its zero value chooses the latest.
type AttemptFilter struct {
	Outcome usher.Outcome // empty: any
	Code    usher.Code    // of the cause; empty: any
	Email   string        // in any case; empty: anybody
	Since   time.Time     // begun then or later; zero: no bound
	Before  time.Time     // begun before; zero: no bound. For the next page, the last attempt's beginning
	Limit   int           // zero: 100; at most 1,000
}

// Attempts lists attempts, the latest first.
func (db *DB) Attempts(ctx context.Context, f AttemptFilter) ([]usher.Attempt, error) {
	var w where
	w.equal("outcome", string(f.Outcome))
	w.equal("code", string(f.Code))
	w.equal("email", fold(f.Email))
	w.between("begun", f.Since, f.Before)
	return read(ctx, db, "listing attempts", func(ctx context.Context, r runner) ([]usher.Attempt, error) {
		return list(ctx, r, func(rows *sql.Rows) (a usher.Attempt, err error) { return a, rows.Scan(record{&a}) }, limited(f.Limit),
			`SELECT record FROM attempts`+w.clause()+` ORDER BY begun DESC, reference`, w.bound()...)
	})
}
