// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// followEvery is how often it is asked what is new.
	followEvery = time.Second
	// lateFor is how long a transaction may have taken that brings an event in
	// before one that was met already: longer than any of ours lives.
	lateFor = 15 * time.Second
)

// follow prints what is done from the mark on. A database that does not answer
// is waited for; only who cannot be printed for is left.
func (a *auditor) follow(ctx context.Context) error {
	silent := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(followEvery):
		}
		err := a.news(ctx)
		var gone unwritten
		switch {
		case ctx.Err() != nil:
			return nil //nolint:nilerr // it was interrupted: what came of the last question does not matter
		case errors.As(err, &gone):
			return err
		case err != nil && !silent:
			silent = true
			fmt.Fprintf(a.env.Stderr, "usher: %v; this goes on when it answers\n", err)
		case err == nil && silent:
			silent = false
			fmt.Fprintln(a.env.Stderr, "usher: the database answers again")
		}
		if err != nil {
			a.reopen(ctx)
		}
	}
}

// news prints what the database noted since the mark, and what came late.
func (a *auditor) news(ctx context.Context) error {
	if err := a.db.Ping(ctx); err != nil { // a file that was replaced answers, with what is not the record any more
		return err
	}
	at, id := a.mark.Add(-lateFor), ""
	for {
		page, err := a.db.EventsNoted(ctx, at, id, 0)
		if err != nil {
			return err
		}
		for _, e := range page {
			if err := a.print(e); err != nil {
				return err
			}
			at, id = e.Noted, e.ID
		}
		if len(page) == 0 {
			break
		}
	}
	if at.After(a.mark) {
		a.mark = at
	}
	for id, noted := range a.seen {
		if noted.Before(a.mark.Add(-2 * lateFor)) {
			delete(a.seen, id)
		}
	}
	return nil
}

// reopen looks whether there is another database now: a file that was restored.
func (a *auditor) reopen(ctx context.Context) {
	if fresh, err := a.open(ctx); err == nil {
		_ = a.db.Close() // it was read from only
		a.db = fresh
	}
}
