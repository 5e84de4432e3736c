// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"

	"github.com/usher-signin/usher"
)

// PutTicket keeps a ticket.
func (db *DB) PutTicket(ctx context.Context, t usher.Ticket) error {
	_, err := write(ctx, db, "keeping a ticket", func(ctx context.Context, r runner) (int, error) {
		err := within(field{"the ticket's id", t.ID, maxKey}, field{"the bind hash", t.Bind, maxKey}, field{"the host", t.Host, maxText},
			field{"the login", t.Login, maxKey}, field{"the session's id", t.Session, maxKey}, field{"the return target", t.ReturnTo, maxText})
		if err != nil {
			return 0, err
		}
		return r.exec(ctx, `INSERT INTO tickets (id, bind, host, login, session, return_to, issued) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			t.ID, t.Bind, t.Host, t.Login, t.Session, t.ReturnTo, micros(t.Issued))
	})
	return err
}

// TakeTicket takes a ticket by its id: the first call gets it, any later one
// usher.ErrNotFound, on any node. Its age is the caller's to judge.
func (db *DB) TakeTicket(ctx context.Context, id string) (usher.Ticket, error) {
	return write(ctx, db, "taking a ticket", func(ctx context.Context, r runner) (usher.Ticket, error) {
		t := usher.Ticket{ID: id}
		err := r.row(ctx, `DELETE FROM tickets WHERE id = ? RETURNING bind, host, login, session, return_to, issued`, id).
			Scan((*text)(&t.Bind), (*text)(&t.Host), (*text)(&t.Login), (*text)(&t.Session), (*text)(&t.ReturnTo), (*moment)(&t.Issued))
		return t, err
	})
}
