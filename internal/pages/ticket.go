// SPDX-License-Identifier: Apache-2.0

package pages

import (
	"fmt"
	"unicode/utf8"
)

// ticket is the block with the reference, and whom to give it to.
type ticket struct{ Reference, Help, Contact string }

// newTicket makes the block. help is the key of what to do with the reference.
func newTicket(reference any, help, contact string) ticket {
	return ticket{Reference: fmt.Sprint(reference), Help: help, Contact: contact}
}

// Large reports whether the reference is short enough to be printed large.
func (t ticket) Large() bool { return utf8.RuneCountInString(t.Reference) <= 12 }
