// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"crypto/rand"
	"encoding/hex"
	"io"
	"sync"
)

// dice hands randomness to gatherers that run side by side.
type dice struct {
	mu     sync.Mutex
	source io.Reader
}

// hex gives n random bytes in hexadecimal digits. A source that fails is
// replaced by the system's, which cannot.
func (d *dice) hex(n int) string {
	raw := make([]byte, n)
	d.mu.Lock()
	_, err := io.ReadFull(d.source, raw)
	d.mu.Unlock()
	if err != nil {
		_, _ = rand.Read(raw)
	}
	return hex.EncodeToString(raw)
}

// mark begins every name that the probes invent: who finds it in a log knows
// where it comes from.
const mark = "usher-probe-"

// nobody gives a name that nobody has.
func (d *dice) nobody() string { return mark + d.hex(8) }
