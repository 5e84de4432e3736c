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
