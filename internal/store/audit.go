// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"strings"
	"time"

	"github.com/usher-signin/usher"
)

// Actions that the store records by itself, in the transaction that does it:
// neither is there without the other.
const (
	ActionSignedIn       = "signed-in"
	ActionSignInRefused  = "sign-in-refused"
	ActionSignedOut      = "signed-out"      // by the person or the provider
	ActionRequestRefused = "request-refused" // at the gate, of somebody who may be signed in
)

// auditOutcome adds how an attempt ended to the record of what was done, once
// however often the attempt is written.
func auditOutcome(ctx context.Context, r runner, a usher.Attempt) error {
	if a.Outcome == usher.OutcomeBegun {
		return nil
	}
	at := a.Ended
	if at.IsZero() {
		at = a.Begun
	}
	once := sha256.Sum256([]byte(string(a.Reference) + "\x00" + string(a.Outcome)))
	e := Event{ID: eventID(at, once[:10]), At: at, Client: clip(a.Client, maxKey), Subject: string(a.Reference)}
	if a.Person != nil {
		e.Actor = clip(a.Person.Email, maxKey)
		if e.Actor == "" {
			e.Actor = clip(a.Person.Subject, maxKey)
		}
	}
	switch {
	case a.Cause == nil:
		e.Action = ActionSignedIn
		e.Detail = "account " + a.Account + ", operator groups " + strings.Join(a.Groups, ", ")
	case a.Cause.Step == usher.StepGate:
		e.Action, e.Detail = ActionRequestRefused, a.Cause.Error()
	default:
		e.Action, e.Detail = ActionSignInRefused, a.Cause.Error()
	}
	e.Detail = clip(e.Detail, maxText)
	return addEvent(ctx, r, e)
}

// EventsAfter lists what was done later than an event, the earliest first, at
// most limit (zero: 1,000). Time and id are those of the last event that was
// read; an empty id begins at the time itself.
func (db *DB) EventsAfter(ctx context.Context, at time.Time, id string, limit int) ([]Event, error) {
	if limit <= 0 {
		limit = mostRows
	}
	return read(ctx, db, "listing what was done", func(ctx context.Context, r runner) ([]Event, error) {
		return list(ctx, r, scanEvent, limited(limit), `SELECT `+eventColumns+` FROM events WHERE (at, id) > (?, ?) ORDER BY at, id`, micros(at), id)
	})
}

// EventsNoted lists what the database noted at a moment of its own clock or
// later, in the order in which it did, at most limit (zero: 1,000). An id goes
// on after that event of the same moment. A transaction that took its time may
// bring an event in before one that was listed already: ask again from some
// seconds before.
func (db *DB) EventsNoted(ctx context.Context, since time.Time, id string, limit int) ([]Event, error) {
	if limit <= 0 {
		limit = mostRows
	}
	return read(ctx, db, "listing what was done", func(ctx context.Context, r runner) ([]Event, error) {
		return list(ctx, r, scanEvent, limited(limit), `SELECT `+eventColumns+` FROM events WHERE (noted, id) > (?, ?) ORDER BY noted, id`, micros(since), id)
	})
}

// Clock reads the database's own clock.
func (db *DB) Clock(ctx context.Context) (time.Time, error) {
	return read(ctx, db, "reading the database's clock", func(ctx context.Context, r runner) (at time.Time, err error) {
		return at, r.row(ctx, `SELECT `+r.dialect.clock).Scan((*moment)(&at))
	})
}

const eventColumns = `id, at, actor, client, action, subject, detail, noted`

func scanEvent(rows *sql.Rows) (e Event, err error) {
	return e, rows.Scan((*text)(&e.ID), (*moment)(&e.At), (*text)(&e.Actor), (*text)(&e.Client), (*text)(&e.Action), (*text)(&e.Subject), (*text)(&e.Detail), (*moment)(&e.Noted))
}
