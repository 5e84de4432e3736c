// SPDX-License-Identifier: Apache-2.0

package usher

import (
	"crypto/subtle"
	"fmt"
	"log/slog"
)

const redacted = "[secret]"

// A Secret is a value that cannot be printed, logged or marshalled by
// accident. Only Reveal gives it away, so that every use can be found by name.
type Secret struct{ value string }

// NewSecret wraps value.
func NewSecret(value string) Secret { return Secret{value} }

// Reveal gives the value. Call it only where the value goes on the wire to
// the party it belongs to.
func (s Secret) Reveal() string { return s.value }

// Empty reports whether there is no value.
func (s Secret) Empty() bool { return s.value == "" }

// Equal compares in constant time.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.value), []byte(other.value)) == 1
}

// String, GoString, Format, LogValue, MarshalText and MarshalYAML all hide the value.
func (s Secret) String() string { return redacted }

// GoString hides the value from %#v.
func (s Secret) GoString() string { return redacted }

// Format hides the value from every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue hides the value from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText hides the value from JSON and other encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
