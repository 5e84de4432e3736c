// SPDX-License-Identifier: Apache-2.0

package front

import (
	"strconv"
	"time"
)

// OpenFor is how long a websocket may stay open where nothing else is said: as
// long as a session may be idle.
const OpenFor = 30 * time.Minute

// Seconds is OpenFor as Envoy and Caddy write it.
func (p Params) Seconds() string {
	return strconv.FormatInt(max(1, int64(p.OpenFor/time.Second)), 10) + "s"
}
