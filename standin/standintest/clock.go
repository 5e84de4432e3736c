// SPDX-License-Identifier: Apache-2.0

package standintest

import (
	"sync"
	"time"
)

// A Clock is the real time until it is set; from then on it stands still but
// for Advance.
type Clock struct {
	mu  sync.Mutex
	set time.Time
}

// Now is what the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.set.IsZero() {
		return time.Now()
	}
	return c.set
}

// Set stops the clock at t.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set = t
}

// Advance stops the clock d after what it shows.
func (c *Clock) Advance(d time.Duration) { c.Set(c.Now().Add(d)) }
