// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
)

// A gatherer gathers one fact, or a few that belong together. It may take as
// long as its context; what it returns is put in place by Gather alone, so that
// one that comes too late changes nothing.
type gatherer struct {
	name    string                                           // of its step
	gather  func(ctx context.Context) func(*doctor.Instance) // gives what puts the result in place
	missing func(in *doctor.Instance, why string)            // puts the reason in place where there is none
}

// A world is what all gatherers of one run share.
type world struct {
	Options
	cfg    *config.Config
	email  string // of the person asked about; empty: nobody
	random *dice
	ends   []func() // what is to be closed after the run
}

// Gather fills in what can be seen of an instance: its providers, and
// everything around the gateway itself. It returns within the budget and never
// fails: what could not be seen says why.
func Gather(ctx context.Context, in *doctor.Instance, o Options) {
	o = o.filled()
	w := &world{Options: o, cfg: in.Config, email: in.Email, random: &dice{source: o.Random}}
	in.Providers = make([]doctor.Provider, len(in.Config.Accounts))
	// A little is kept back for noting what is missing.
	ctx, cancel := context.WithTimeout(ctx, o.Budget-min(o.Budget/20, 100*time.Millisecond))
	defer cancel()
	r := &run{world: w, list: slices.Concat(w.providerGatherers(ctx), w.gatewayGatherers(ctx))}
	r.gather(ctx, in)
	for _, end := range w.ends {
		end()
	}
}

// run is the gatherers at work.
type run struct {
	*world
	list []gatherer
}

// outcome is what one gatherer brought.
type outcome struct {
	index int
	put   func(*doctor.Instance)
}

func (r *run) gather(ctx context.Context, in *doctor.Instance) {
	began := r.Now()
	outcomes := make(chan outcome, len(r.list)) // nobody waits for those who come too late
	pending := make(map[int]bool, len(r.list))
	for i := range r.list {
		pending[i] = true
		r.tell(i, Started, 0)
		go func() { outcomes <- outcome{i, r.one(ctx, r.list[i])} }()
	}
	settle := func(o outcome) {
		if o.put != nil {
			o.put(in)
		}
		delete(pending, o.index)
		r.tell(o.index, Done, r.Now().Sub(began))
	}
	for len(pending) > 0 {
		select {
		case o := <-outcomes:
			settle(o)
		case <-ctx.Done():
			r.lastCall(outcomes, pending, settle)
			for i := range r.list {
				if pending[i] {
					r.list[i].missing(in, r.whyNot(ctx))
					r.tell(i, GaveUp, r.Now().Sub(began))
				}
			}
			clear(pending)
		}
	}
}

// lastCall takes what is there at the end, and what comes right away: who was
// stopped by the end of the budget often saw something.
func (r *run) lastCall(outcomes <-chan outcome, pending map[int]bool, settle func(outcome)) {
	timer := time.NewTimer(min(r.Budget/40, 50*time.Millisecond))
	defer timer.Stop()
	for len(pending) > 0 {
		select {
		case o := <-outcomes:
			settle(o)
		case <-timer.C:
			return
		}
	}
}

// one runs a gatherer. A fault of its own must not take the others along.
func (r *run) one(ctx context.Context, g gatherer) (put func(*doctor.Instance)) {
	defer func() {
		if fault := recover(); fault != nil {
			put = func(in *doctor.Instance) { g.missing(in, "usher itself failed at it; please report this") }
		}
	}()
	return g.gather(ctx)
}

// tell is called by Gather's own goroutine only.
func (r *run) tell(i int, state State, took time.Duration) {
	if r.Progress != nil {
		r.Progress(Step{Name: r.list[i].name, Instance: r.cfg.Instance.Name, State: state, Took: took})
	}
}

// whyNot says why there was no time left.
func (w *world) whyNot(ctx context.Context) string {
	if errors.Is(ctx.Err(), context.Canceled) {
		return "the run was stopped before this was seen"
	}
	return fmt.Sprintf("not seen within the %s that all probes have together", w.Budget)
}

// known wraps what was seen.
func known[T any](w *world, value T) *doctor.Seen[T] {
	return doctor.Known(value, w.Now(), w.Vantage)
}

// unseen says why nothing was.
func unseen[T any](w *world, why string) *doctor.Seen[T] {
	return doctor.Unseen[T](why, w.Now(), w.Vantage)
}
