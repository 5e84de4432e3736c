// SPDX-License-Identifier: Apache-2.0

package store

import (
	"testing"
	"time"
)

// A desk puts requests in a row and lets the purge work between them.
type desk struct {
	now      time.Time
	perSec   float64
	answered float64
	pace     *pace
}

func newDesk(db *DB, perSecond float64) *desk {
	d := &desk{now: time.Unix(1_800_000_000, 0), perSec: perSecond}
	db.opts.Now = func() time.Time { return d.now }
	d.pace = db.pace(func() uint64 { return uint64(d.answered) })
	return d
}

func (d *desk) pass(long time.Duration) {
	d.now = d.now.Add(long)
	d.answered += d.perSec * long.Seconds()
}

// work lets the purge work for so long and gives its share of that.
func (d *desk) work(long time.Duration, presses bool) float64 {
	var busy time.Duration
	began := d.now
	for d.now.Sub(began) < long {
		took := d.pace.portion().lasts
		d.pass(took)
		busy += took
		d.pass(d.pace.rest(d.now, took, presses))
	}
	return float64(busy) / float64(d.now.Sub(began))
}

func TestPaceGivesWay(t *testing.T) {
	for _, c := range []struct {
		name        string
		perSecond   float64
		presses     bool
		least, most float64
	}{
		{"nobody asks", 0, false, .74, .76},
		{"now and then somebody", 2, false, .4, .76},
		{"some", 20, false, .15, .28},
		{"many", 100, false, .03, .06},
		{"very many", 1000, false, .004, .0055},
		{"however many", 50_000, false, .004, .0055},
		{"some, and too little was removed", 20, true, .24, .5},
		{"very many, and too little was removed", 1000, true, .24, .26},
		{"nobody, and too little was removed", 0, true, .74, .76},
	} {
		d := newDesk(&DB{writer: &writer{}}, c.perSecond)
		d.work(10*time.Second, c.presses) // it begins as if many asked
		if share := d.work(time.Minute, c.presses); share < c.least || share > c.most {
			t.Errorf("%s: the purge has %.4f of the time; wanted %v to %v", c.name, share, c.least, c.most)
		}
	}
	for _, perSecond := range []float64{0, 1000} {
		d := newDesk(&DB{}, perSecond)
		if share := d.work(time.Minute, false); share < .24 || share > .26 || d.pace.portion() != usualPortion() {
			t.Errorf("an engine elsewhere, asked %v times a second: the purge has %.4f of the time; wanted a quarter", perSecond, share)
		}
	}
}

func TestPaceFollowsThoseWhoAsk(t *testing.T) {
	d := newDesk(&DB{writer: &writer{}}, 0)
	if rest := d.pace.rest(d.now, time.Millisecond, false); rest < 190*time.Millisecond {
		t.Errorf("it rests %s after its first batch, before it knows whether anybody asks; wanted 199ms", rest)
	}
	d.work(10*time.Second, false)
	if d.pace.portion() != quietPortion() {
		t.Errorf("nobody asks, and a batch is %v; wanted %v", d.pace.portion(), quietPortion())
	}
	d.perSec = 1000
	if share := d.work(200*time.Millisecond, false); share > .25 {
		t.Errorf("in the first 200 ms in which many ask the purge has %.3f of the time; wanted little", share)
	}
	if share := d.work(10*time.Second, false); share > .0055 {
		t.Errorf("while many ask the purge has %.4f of the time; wanted 0.005", share)
	}
	if d.pace.portion() != busyPortion() {
		t.Errorf("many ask, and a batch is %v; wanted %v", d.pace.portion(), busyPortion())
	}
	if d.work(time.Second, true); d.pace.portion() != usualPortion() {
		t.Errorf("many ask, too little was removed, and a batch is %v; wanted %v", d.pace.portion(), usualPortion())
	}
	d.perSec = 0
	d.work(3*time.Second, false)
	if share := d.work(10*time.Second, false); share < .74 {
		t.Errorf("three seconds after the last one the purge has %.3f of the time; wanted 0.75", share)
	}
}

// TestPaceCountsWrites: signing in takes the database as well.
func TestPaceCountsWrites(t *testing.T) {
	db := &DB{writer: &writer{}}
	d := newDesk(db, 0)
	fresh := db.pace(nil)
	if rest := fresh.rest(d.now, 30*time.Millisecond, false); rest > 10*time.Millisecond {
		t.Errorf("where nobody is known to ask it rests %s after 30 ms; wanted 10ms", rest)
	}
	db.written.Add(100)
	d.now = d.now.Add(100 * time.Millisecond)
	if rest := fresh.rest(d.now, 10*time.Millisecond, false); rest < 1900*time.Millisecond {
		t.Errorf("after 100 writes within 100 ms it rests %s after 10 ms; wanted 1.99s", rest)
	}
}
