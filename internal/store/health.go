// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/usher-signin/usher"
)

// A health remembers how the last write ended. A full disk, a standby that was
// taken for the primary and a lock that somebody holds stop writes alone: reading
// goes on, and says nothing about them.
type health struct{ failed atomic.Pointer[error] }

// note takes the end of a write. What the database refused is no failure of its
// own, and neither is a caller who left.
func (h *health) note(ctx context.Context, err error) {
	switch {
	case !errors.Is(err, usher.ErrUnavailable):
		h.failed.Store(nil)
	case !errors.Is(ctx.Err(), context.Canceled):
		h.failed.Store(&err)
	}
}

// Writing says why the last write failed; nil: it did not. A gateway writes every
// few seconds, so that this is never old.
func (db *DB) Writing() error {
	if failed := db.health.failed.Load(); failed != nil {
		return *failed
	}
	return nil
}
