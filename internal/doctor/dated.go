// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
)

// mostStates bounds how far back it is looked for what changed a line.
const mostStates = 50

// A turn is when a value of the file became what it is.
type turn struct {
	at     time.Time // zero: since a gateway last loaded the file
	before string    // empty: there was none
}

// date adds to each failure on a line of the file when that line became what it
// is, where the record knows: what failed since then is likely to have failed
// for that.
func (r *runner) date() {
	history := known(r.evidence.in.History)
	cfg := r.evidence.in.Config
	if history == nil {
		return
	}
	var turns map[int]turn
	for i := range r.results {
		res := &r.results[i]
		if res.Status != Fails && res.Status != Moot || res.Place.Line == 0 || res.Place.File != cfg.File {
			continue
		}
		if turns == nil {
			turns = turnsOf(cfg, *history)
		}
		t, changed := turns[res.Place.Line]
		switch {
		case !changed:
		case t.at.IsZero():
			res.Ruling = res.With("this was changed after a gateway last loaded the file: before that it was %s", valueOr(t.before))
		default:
			res.Ruling = res.With("this was changed at %s: before that it was %s", t.at.UTC().Format("2006-01-02 15:04:05 UTC"), valueOr(t.before))
		}
	}
}

func valueOr(before string) any {
	if before == "" {
		return Say("nothing")
	}
	return before
}

// turnsOf finds, for each line of the file as it is now, when it last changed.
func turnsOf(cfg *config.Config, history []usher.Revision) map[int]turn {
	states := Mainline(cfg, history)
	states = states[max(0, len(states)-mostStates):]
	now := cfg.Redacted()
	if len(states) == 0 {
		return map[int]turn{}
	}
	if states[len(states)-1].ID != cfg.Revision {
		states = append(states, usher.Revision{ID: cfg.Revision, Text: now})
	}
	last := make(map[string]turn)
	for i := 1; i < len(states); i++ {
		for _, d := range config.Differences([]byte(states[i-1].Text), []byte(states[i].Text)) {
			last[d.Path] = turn{states[i].Loaded, d.Before}
		}
	}
	out := make(map[int]turn)
	for path, line := range config.PathLines([]byte(now)) {
		if t, changed := last[path]; changed {
			out[line] = t
		}
	}
	return out
}

// Mainline keeps the states that one gateway has put in force, the one that
// runs the file as it is or was the last to load anything: several may have
// files of their own, and theirs beside it would look like changes.
func Mainline(cfg *config.Config, history []usher.Revision) []usher.Revision {
	node := ""
	for _, rev := range history { // the oldest first
		if node == "" || rev.ID == cfg.Revision {
			node = rev.Node
		}
	}
	found := false
	for _, rev := range history {
		found = found || rev.ID == cfg.Revision
	}
	if !found && len(history) > 0 {
		node = history[len(history)-1].Node
	}
	var out []usher.Revision
	for _, rev := range history {
		if rev.Node == node && rev.Error == "" {
			out = append(out, rev)
		}
	}
	return out
}

// mostChanges bounds what is listed of what changed since a sign-in.
const mostChanges = 8

// changesSince lists what is otherwise in the file now than when a sign-in ran.
func (p *printer) changesSince(in *Instance, revision string) {
	history := known(in.History)
	if history == nil {
		return
	}
	for _, rev := range *history {
		if rev.ID != revision {
			continue
		}
		for i, d := range config.Differences([]byte(rev.Text), []byte(in.Config.Redacted())) {
			if i == mostChanges {
				p.line("  ...")
				break
			}
			p.wrapped("  ", 2, 4, p.say("since then %s was changed: then %s, now %s", d.Path, valueOr(d.Before), valueOr(d.After)))
		}
		return
	}
}
