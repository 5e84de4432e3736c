// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"
)

// look measures memory, start and size.
func (b *bench) look(ctx context.Context) error {
	info, err := os.Stat(b.usher)
	if err != nil {
		return err
	}
	b.facts = append(b.facts, fact{"binary", mib(info.Size()), "under 40 MiB"})
	var starts []time.Duration
	var idle *gateway
	for i := range b.rounds {
		if idle, err = b.serveUsher(ctx, fmt.Sprintf("idle-%d", i), "http://127.0.0.1:9", 0); err != nil {
			return err
		}
		starts = append(starts, idle.ready)
	}
	slices.Sort(starts)
	b.facts = append(b.facts, fact{"first connection answered after start, a fresh database made", starts[len(starts)/2].Round(time.Millisecond).String(), "within 150 ms"})
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(5 * time.Second): // past what starting leaves behind
	}
	for _, one := range []struct {
		name, want, which string
		p                 *process
	}{{"resident memory, idle", "under 40 MiB", residentNow, idle.process},
		{fmt.Sprintf("resident memory, %d live sessions, at most, under the load", b.sessions), "under 150 MiB", residentMost, b.many()}} {
		if one.p == nil { // it was not asked for
			continue
		}
		bytes, err := one.p.memory(one.which)
		if err != nil {
			return err
		}
		b.facts = append(b.facts, fact{one.name, mib(bytes), one.want})
	}
	return nil
}

// many is the gateway with many sessions.
func (b *bench) many() *process {
	for _, s := range b.subjects {
		if s.load.script != "" && s.name != s.against {
			return s.process
		}
	}
	return nil
}

func mib(n int64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }
