// SPDX-License-Identifier: Apache-2.0

package server

import (
	"runtime"
	"testing"
)

func TestAHeapIsSearchedByItsSize(t *testing.T) {
	for _, c := range []struct {
		live uint64
		want int
	}{{0, 600}, {2 << 20, 600}, {8 << 20, 600}, {24 << 20, 200}, {48 << 20, 100}, {64 << 20, 75}, {128 << 20, 60}, {1 << 40, 60}} {
		if got := heapPace(c.live); got != c.want {
			t.Errorf("%d bytes live: %d percent, wanted %d", c.live, got, c.want)
		}
	}
	runtime.GC() // before the first search nothing is known
	if liveHeap() == 0 {
		t.Error("the runtime does not say what is live under the name that is asked for")
	}
}
