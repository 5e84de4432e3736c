// SPDX-License-Identifier: Apache-2.0

package usher

import "time"

// A Renewal is the right to ask the provider again what it says of a person.
// One login has one, whatever the number of its sessions and of nodes: a
// refresh token may work once only.
type Renewal struct {
	Claimed bool      // the right is ours
	Sealed  []byte    // what the provider needs to be asked again, sealed and tied to the login; only where claimed
	Renewed time.Time // when it last said something
}

// Kept is what a renewal brought.
type Kept struct {
	Sealed  []byte    // what the provider needs from now on
	Person  *Person   // what it says now; nil: nothing new
	Renewed time.Time // when it said so
	Until   time.Time // nobody asks again before; zero: as usual
}
