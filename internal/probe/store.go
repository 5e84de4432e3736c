// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/store"
)

// store gathers how the database is: a row is written, read and removed.
func (w *world) store(ctx context.Context) *doctor.Seen[doctor.StoreState] {
	address := w.cfg.Server.Database
	if address == "" {
		return unseen[doctor.StoreState](w, "its address is not to be had here")
	}
	c, err := store.Inspect(ctx, address, store.Options{Now: w.Now, Timeout: w.Each})
	why := ""
	switch {
	case errors.Is(err, fs.ErrNotExist):
		why = "there is none on this machine: the gateway runs elsewhere, or has not run yet"
	case err != nil:
		why = err.Error()
	case ctx.Err() != nil:
		why = w.whyNot(ctx)
	case c.Denied:
		why = c.Fault + "; ask as the user that usher runs as"
	case c.Engine == "postgres" && !c.Reachable && !here(w.cfg):
		why = c.Fault + "; " + errElsewhere.Error()
	case c.Reachable && c.Schema == 0:
		why = "usher has not used it yet"
	}
	if why != "" {
		return unseen[doctor.StoreState](w, why)
	}
	return known(w, doctor.StoreState{Engine: c.Engine, Reachable: c.Reachable, Writable: c.Writable, Fault: c.Fault, Full: c.Full, Held: c.Held, Schema: c.Schema, Wanted: c.Wanted,
		FreeBytes: c.FreeBytes, Latency: c.Latency, Private: strings.HasPrefix(address, "sqlite:")})
}
