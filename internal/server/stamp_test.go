// SPDX-License-Identifier: Apache-2.0

package server

import (
	"testing"
	"time"
)

func TestStampIsWhatSlogWrites(t *testing.T) {
	var s stamp
	begin := time.Date(2026, 10, 25, 0, 59, 59, 0, time.UTC) // a second before clocks go back
	for _, zone := range []*time.Location{time.UTC, time.FixedZone("", -(3*3600 + 30*60)), time.FixedZone("", 2*3600)} {
		s = stamp{}
		for _, after := range []time.Duration{0, 1, 10, 999, time.Millisecond, 120 * time.Millisecond, time.Second - 1, time.Second, time.Second + 500, time.Hour} {
			at := begin.Add(after).In(zone)
			for range 2 {
				if got, want := string(s.append(nil, at)), at.Format(time.RFC3339Nano); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}
		}
	}
}
