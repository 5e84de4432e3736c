// SPDX-License-Identifier: Apache-2.0

package server

import (
	"log/slog"
	"time"

	"github.com/usher-signin/usher/internal/store"
)

// How another process of this node's name is told from the one that was here
// before: it writes again after this one has written.
const (
	twinTimes  = 2
	twinWithin = 6 * heartbeatEvery
)

// twins looks for another running process that has this node's name. It is used
// by one at a time.
type twins struct {
	run   string // this process
	wrote bool   // it has said what it is
	other string // the last that wrote in between
	times int    // how often it did
	seen  time.Time
	found *store.Twin
}

// see judges what stands under the node's name before it is written anew.
func (t *twins) see(before store.About, now time.Time, log *slog.Logger) {
	if t.wrote && before.Run != "" && before.Run != t.run {
		if before.Run != t.other || now.Sub(t.seen) > twinWithin {
			t.other, t.times = before.Run, 0
		}
		t.times++
		t.seen = now
		if t.times >= twinTimes {
			t.meet(before, now, log)
		}
	}
	if t.found != nil && now.Sub(t.seen) > twinWithin {
		t.found, t.other, t.times = nil, "", 0
		log.Info("no other gateway has this one's name any more")
	}
	t.wrote = true
}

func (t *twins) meet(other store.About, now time.Time, log *slog.Logger) {
	since := now
	if t.found != nil {
		since = t.found.Since
	} else {
		log.Error("another gateway that runs has this one's name: give each a name of its own with usher serve --node NAME",
			slog.Int("process", other.Process), slog.String("machine", other.Host), slog.String("file", other.File))
	}
	t.found = &store.Twin{Process: other.Process, Host: other.Host, File: other.File, Since: since}
}

// twin is the other process, or nil.
func (t *twins) twin() *store.Twin { return t.found }
