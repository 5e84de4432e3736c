// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"time"
)

// An Event is something that an administrator, or usher on its own, did. It
// holds no secret.
type Event struct {
	ID      string    // made by Audit
	At      time.Time // zero: now
	Actor   string    // who: an operator's email, or the command and its user
	Client  string    // the address that it came from, where there is one
	Action  string    // what, as a word with hyphens: session-ended
	Subject string    // to what: a session, an account, a file
	Detail  string    // one sentence more
	Noted   time.Time // when the database took it, by its own clock; made by Audit
}

// Audit adds an event to the record. Nothing changes or removes it but the
// purge, when its time is over. It returns the event's id.
func (db *DB) Audit(ctx context.Context, e Event) (string, error) {
	const doing = "recording what was done"
	if e.At.IsZero() {
		e.At = db.opts.Now()
	}
	rest, err := drawID(db.opts)
	if err != nil {
		return "", db.failure(doing, err)
	}
	e.ID = eventID(e.At, rest)
	return write(ctx, db, doing, func(ctx context.Context, r runner) (string, error) {
		return e.ID, addEvent(ctx, r, e)
	})
}

func drawID(o Options) ([]byte, error) {
	var raw [10]byte
	if _, err := io.ReadFull(o.Random, raw[:]); err != nil {
		return nil, refuse("no id could be drawn: %w", err)
	}
	return raw[:], nil
}

// eventID makes an id. Ids sort by time, so that a list has one order on every engine.
func eventID(at time.Time, rest []byte) string {
	return fmt.Sprintf("%016x%s", uint64(micros(at)), hex.EncodeToString(rest))
}

// addEvent adds an event once: the same id adds nothing.
func addEvent(ctx context.Context, r runner, e Event) error {
	err := within(field{"the actor", e.Actor, maxKey}, field{"the client's address", e.Client, maxKey}, field{"the action", e.Action, maxKey},
		field{"the subject", e.Subject, maxText}, field{"the detail", e.Detail, maxRecord})
	if err != nil {
		return err
	}
	_, err = r.exec(ctx, `INSERT INTO events (id, at, actor, client, action, subject, detail, noted) VALUES (?, ?, ?, ?, ?, ?, ?, `+r.dialect.clock+`) ON CONFLICT (id) DO NOTHING`,
		e.ID, micros(e.At), e.Actor, e.Client, e.Action, e.Subject, e.Detail)
	return err
}

// An EventFilter chooses events. Its zero value chooses the latest.
type EventFilter struct {
	Actor, Action, Subject string    // empty: any
	Since                  time.Time // then or later; zero: no bound
	Before                 time.Time // before; zero: no bound. For the next page, the last event's time
	Limit                  int       // zero: 100; at most 1,000
}

// Events lists what was done, the latest first.
func (db *DB) Events(ctx context.Context, f EventFilter) ([]Event, error) {
	var w where
	w.equal("actor", f.Actor)
	w.equal("action", f.Action)
	w.equal("subject", f.Subject)
	w.between("at", f.Since, f.Before)
	return read(ctx, db, "listing what was done", func(ctx context.Context, r runner) ([]Event, error) {
		return list(ctx, r, scanEvent, limited(f.Limit), `SELECT `+eventColumns+` FROM events`+w.clause()+` ORDER BY at DESC, id DESC`, w.bound()...)
	})
}
