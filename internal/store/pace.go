// SPDX-License-Identifier: Apache-2.0

package store

import (
	"math"
	"time"
)

// How the purge shares a processor with those who ask. One that works in their
// process keeps it from them while a batch lasts, and of a hundred requests less
// than one may notice: so the purge has the less of the time, the more requests
// come in it. What it does not remove while they come it removes when they do not,
// at night, and it may fall behind for long: nothing that is past its time is used.
const (
	meets     = 5        // how many requests a second may come while a batch is under way, however many come
	mostShare = 3. / 4   // of the time, where hardly anybody asks
	leastWork = 1. / 200 // of the time, however many ask
	owedShare = 1. / 4   // of the time at least, where more is written than is removed, for long
)

// A portion is how much of a table a batch removes: what takes about so long,
// and so many rows at least. A larger one removes more rows for the same work;
// whoever signs in waits for it.
type portion struct {
	lasts time.Duration
	least int // rows
}

func busyPortion() portion  { return portion{time.Millisecond, 3} }
func usualPortion() portion { return portion{2 * time.Millisecond, 10} }
func quietPortion() portion { return portion{10 * time.Millisecond, 10} }

// How fast it is learned how many ask: within a tenth of a second that they do,
// within two seconds that they do no longer.
const (
	askWindow  = 100 * time.Millisecond
	askForgets = time.Second / 4 // in which what was seen counts half
)

const (
	leastRest = time.Millisecond
	mostRest  = 5 * time.Second
)

// A pace says how long a batch of the purge lasts, and how long it rests then.
type pace struct {
	apart   bool          // the engine works elsewhere
	presses bool          // what is to be done gives way no further
	asked   func() uint64 // what was answered so far
	rate    float64       // requests a second
	seen    time.Time     // when rate was learned
	since   time.Time     // of a window, and what was answered when it began
	count   uint64
}

// pace begins as if many asked, for none of it hurries.
func (db *DB) pace(asked func() uint64) *pace {
	now := db.opts.Now()
	p := &pace{apart: db.writer == nil, asked: func() uint64 { return db.written.Load() }, seen: now, since: now}
	if asked != nil {
		p.asked = func() uint64 { return asked() + db.written.Load() }
		p.rate = meets / leastWork
	}
	p.count = p.asked()
	return p
}

// portion is what the next batch should be.
func (p *pace) portion() portion {
	switch {
	case !p.apart && p.share() >= owedShare:
		return quietPortion()
	case p.apart || p.presses:
		return usualPortion()
	}
	return busyPortion()
}

// rest is how long to rest after a batch that took so long, and ended now.
// What presses gives way no further, and the next batch is larger.
func (p *pace) rest(now time.Time, took time.Duration, presses bool) time.Duration {
	p.learn(now)
	p.presses = presses
	share := p.share()
	if p.apart || presses && share < owedShare {
		share = owedShare
	}
	return min(max(time.Duration(float64(took)*(1/share-1)), leastRest), mostRest)
}

// share is how much of the time the purge may have.
func (p *pace) share() float64 {
	if p.rate <= meets/mostShare {
		return mostShare
	}
	return max(meets/p.rate, leastWork)
}

// learn looks how many asked since the window began. More than before counts at
// once, fewer little by little.
func (p *pace) learn(now time.Time) {
	count := p.asked()
	rate := float64(count-p.count) / max(now.Sub(p.since), askWindow).Seconds()
	before := p.rate * math.Exp2(-float64(now.Sub(p.seen))/float64(askForgets))
	p.rate, p.seen = max(rate, before), now
	if now.Sub(p.since) >= askWindow {
		p.since, p.count = now, count
	}
}
