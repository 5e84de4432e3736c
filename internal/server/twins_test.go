// SPDX-License-Identifier: Apache-2.0

package server

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/store"
)

// A record is what stands under one node's name, and what processes of that name
// make of it.
type nodeRecord struct {
	now   time.Time
	about store.About
	log   strings.Builder
}

func (r *nodeRecord) beat(t *twins, after time.Duration) {
	r.now = r.now.Add(after)
	t.see(r.about, r.now, slog.New(slog.NewTextHandler(&r.log, nil)))
	r.about = store.About{Run: t.run, Process: len(t.run), Host: "gate-" + t.run, Twin: t.twin()}
}

func TestTwinsAreNamed(t *testing.T) {
	r := &nodeRecord{now: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	one, two := &twins{run: "one"}, &twins{run: "second"}
	for range 3 {
		r.beat(one, heartbeatEvery)
	}
	for range 20 {
		r.beat(two, 2*time.Second)
		r.beat(one, 3*time.Second)
	}
	if one.found == nil || one.found.Host != "gate-second" || one.found.Process != 6 || two.found == nil || two.found.Host != "gate-one" {
		t.Fatalf("one sees %+v, two sees %+v", one.found, two.found)
	}
	if n := strings.Count(r.log.String(), "has this one's name: give each"); n != 2 {
		t.Errorf("the log says so %d times, wanted once for each:\n%s", n, r.log.String())
	}
	since := one.found.Since
	for range 8 {
		r.beat(one, heartbeatEvery)
	}
	if one.found != nil || !strings.Contains(r.log.String(), "no other gateway has this one's name any more") {
		t.Errorf("the other has ended forty seconds ago, and is still named: %+v since %s", one.found, since)
	}
}

func TestARestartedGatewayIsNoTwin(t *testing.T) {
	r := &nodeRecord{now: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	for restart := range 50 {
		t1 := &twins{run: strings.Repeat("x", restart+1)}
		for range 1 + restart%4 {
			r.beat(t1, heartbeatEvery)
		}
		if restart > 0 && restart%5 == 0 { // the one before wrote once more before it ended
			r.beat(&twins{run: strings.Repeat("x", restart), wrote: true}, time.Second)
			r.beat(t1, heartbeatEvery)
			r.beat(t1, heartbeatEvery)
		}
		if t1.found != nil {
			t.Fatalf("after restart %d it sees %+v", restart, t1.found)
		}
	}
	if r.log.Len() != 0 {
		t.Errorf("the log says\n%s", r.log.String())
	}
}
