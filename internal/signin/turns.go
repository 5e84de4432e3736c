// SPDX-License-Identifier: Apache-2.0

package signin

import (
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/usher-signin/usher/internal/session"
)

// Turns counts the sign-ins of browsers that send no cookie of ours back, by
// address, browser and target. Many persons may share all three, so a count
// alone stops nobody: it only has the browser asked whether it keeps a cookie.
// The zero value is ready to use.
type Turns struct {
	mu    sync.Mutex
	begun map[string][]time.Time
	swept time.Time
}

// mostTurns bounds the table. What does not fit is not counted.
const mostTurns = 8192

func turnKey(client, agent, target string) string {
	if addr, err := netip.ParseAddr(client); err == nil && addr.Is6() {
		if p, err := addr.Prefix(64); err == nil { // one household or machine
			client = p.String()
		}
	}
	return session.Hash(client + "\x00" + agent + "\x00" + target)
}

// note counts a sign-in and says how many there were within the last minute,
// this one among them.
func (t *Turns) note(key string, now time.Time) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.begun == nil {
		t.begun = make(map[string][]time.Time)
	}
	past := func(at time.Time) bool { return now.Sub(at) >= loopWithin || at.After(now) }
	if _, known := t.begun[key]; !known && len(t.begun) >= mostTurns {
		if now.Sub(t.swept) >= time.Second || now.Before(t.swept) { // a flood must not cost a look at the whole each time
			t.swept = now
			for k, times := range t.begun {
				if past(times[len(times)-1]) {
					delete(t.begun, k)
				}
			}
		}
		if len(t.begun) >= mostTurns {
			return 1
		}
	}
	times := append(slices.DeleteFunc(t.begun[key], past), now)
	t.begun[key] = times[max(0, len(times)-mostRounds):]
	return len(times)
}

// forget takes back what was counted: somebody there has come through, or was
// told.
func (t *Turns) forget(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.begun, key)
}
