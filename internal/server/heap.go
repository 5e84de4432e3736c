// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// How much the collector lets come together before it looks for what is left.
const (
	// heapRoom is what a small heap may grow by. The heap of a gateway with few
	// sessions is 2 MiB: at the runtime's own pace it would be searched every few
	// hundred requests, which costs more than judging them.
	heapRoom = 48 << 20
	// heapLeast and heapMost bound the pace, in percent of what is live. The
	// runtime multiplies its smallest heap of 4 MiB with it as well.
	heapLeast, heapMost = 60, 600
	heapLook            = 500 * time.Millisecond
	heapSettled         = time.Second // by then starting has left behind what it leaves behind
)

// TendHeap sets the pace of the process's garbage collector by the size of its
// heap, until ctx has ended: roomy while that is small, tight where many
// sessions are live. What starting used is given back to the machine at once.
// It is for the process that serves; leave it out where GOGC says how.
func TendHeap(ctx context.Context) {
	pace := 0
	settled := time.After(heapSettled)
	ticker := time.NewTicker(heapLook)
	defer ticker.Stop()
	for {
		if next := heapPace(liveHeap()); next != pace {
			pace = next
			debug.SetGCPercent(pace)
		}
		select {
		case <-ctx.Done():
			return
		case <-settled:
			debug.FreeOSMemory()
		case <-ticker.C:
		}
	}
}

// heapPace gives the growth, in percent, after which a heap is searched.
func heapPace(live uint64) int {
	if live == 0 {
		return heapMost
	}
	pace := min(max(heapRoom*100/live, heapLeast), heapMost)
	return int(pace / 5 * 5) // changing it stops every goroutine for a moment: not for every byte
}

// liveHeap is what the last search found in use, in bytes.
func liveHeap() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return sample[0].Value.Uint64()
}
