// SPDX-License-Identifier: Apache-2.0

package session

import "time"

// Cached is how many sessions are in memory.
func (m *Manager) Cached() int { return m.cache.size() }

// Hits is how many look-ups memory answered, and how many it could not.
func (m *Manager) Hits() (hit, miss int) { return m.cache.asked() }

// Silence is how long ago the store last said which sessions were ended.
func (m *Manager) Silence() time.Duration {
	return m.opts.Now().Sub(time.UnixMicro(m.synced.Load()))
}
