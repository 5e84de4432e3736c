// SPDX-License-Identifier: Apache-2.0

package usher

import (
	"strings"
	"time"
)

// A Rehearsal is a sign-in that grants nothing, as the database keeps it so
// that a running gateway can hand its callback to the command that began it.
// It is no [Pending]: it lies in a place of its own, belongs to no browser, and
// its code, nonce and PKCE verifier never come together outside of the
// command. What the callback brought is sealed toward a key that only the
// command has the other half of, is kept for [MaxRehearsalKept], and is taken
// once.
type Rehearsal struct {
	StateHash string
	Key       []byte    // public key to seal toward
	Begun     time.Time // as the command saw it
	Returned  time.Time // when the callback came; zero: it has not
	Sealed    []byte    // what the callback brought; nil before it came
}

// MaxRehearsalKept is how long the sealed callback of a rehearsal waits for the
// command.
const MaxRehearsalKept = 2 * time.Minute

// rehearsalMark begins the state of every rehearsal. Other states are base64url
// and hold no dot, so that neither kind can be taken for the other.
const rehearsalMark = "rehearsal."

// RehearsalState makes the state of a rehearsal of a random value.
func RehearsalState(random string) string { return rehearsalMark + random }

// IsRehearsal reports whether a callback's state is that of a rehearsal, begun
// here or elsewhere. Such a callback never opens a session.
func IsRehearsal(state string) bool { return strings.HasPrefix(state, rehearsalMark) }
