// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"slices"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/store"
)

// How much of the past is read.
const (
	mostRevisions = 200
	mostAttempts  = 1000
	recently      = 24 * time.Hour
)

// history gathers the states of the file that gateways have loaded, oldest first.
func (w *world) history(ctx context.Context) *doctor.Seen[[]usher.Revision] {
	db, err := w.openRecords(ctx)
	if err != nil {
		return unseen[[]usher.Revision](w, err.Error())
	}
	defer func() { _ = db.Close() }()
	list, err := db.Revisions(ctx, mostRevisions)
	if err != nil {
		return unseen[[]usher.Revision](w, err.Error())
	}
	slices.Reverse(list)
	return known(w, list)
}

// recent gathers the sign-ins of the last day, newest last.
func (w *world) recent(ctx context.Context) *doctor.Seen[[]usher.Attempt] {
	db, err := w.openRecords(ctx)
	if err != nil {
		return unseen[[]usher.Attempt](w, err.Error())
	}
	defer func() { _ = db.Close() }()
	list, err := db.Attempts(ctx, store.AttemptFilter{Since: w.Now().Add(-recently), Limit: mostAttempts})
	if err != nil {
		return unseen[[]usher.Attempt](w, err.Error())
	}
	slices.Reverse(list)
	return known(w, list)
}
