// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"os"
	"slices"
	"time"

	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/store"
)

// nodes gathers what each running gateway runs. A file that was written only
// now is given the moment that the gateways need to read it.
func (w *world) nodes(ctx context.Context) *doctor.Seen[[]doctor.Node] {
	for {
		got, err := w.readRecords(ctx)
		switch {
		case err != nil:
			return unseen[[]doctor.Node](w, err.Error())
		case len(got.running) == 0:
			return unseen[[]doctor.Node](w, noneRuns)
		case !w.fresh() || !slices.ContainsFunc(got.running, w.behind) || !wait(ctx, 300*time.Millisecond):
			return known(w, nodesOf(got))
		}
	}
}

// fresh reports whether the file was written so lately that gateways may not
// have read it yet.
func (w *world) fresh() bool {
	info, err := os.Stat(w.cfg.File)
	return err == nil && w.Now().Sub(info.ModTime()).Abs() < settle
}

// settle is how long gateways may need to read a file that was just written.
const settle = 6 * time.Second

// behind reports whether a gateway has yet to read the file, or to refuse it.
func (w *world) behind(n store.Node) bool {
	return n.Revision != w.cfg.Revision && n.About.Pending != w.cfg.Revision
}

// wait pauses; false: the context ended.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

func nodesOf(got records) []doctor.Node {
	var out []doctor.Node
	for _, n := range got.running {
		a := n.About
		node := doctor.Node{Name: n.Name, Revision: n.Revision, Loaded: a.Loaded, Pending: a.Pending, Refused: a.Refused, Version: a.Version,
			KeyIDs: a.KeyIDs, Process: a.Process, Listen: a.Listen, Engine: a.Engine, Database: a.Database,
			Host: a.Host, File: a.File, Secrets: a.Secrets}
		for _, w := range a.Waiting {
			node.Waiting = append(node.Waiting, doctor.Waiting(w))
		}
		if a.Twin != nil {
			twin := doctor.Twin(*a.Twin)
			node.Twin = &twin
		}
		if node.Loaded.IsZero() {
			node.Loaded = n.Seen
		}
		if node.Engine == "" {
			node.Engine = got.engine
		}
		out = append(out, node)
	}
	return out
}
