// SPDX-License-Identifier: Apache-2.0

package usher

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// A Reference is the short name of an attempt: the person reads it from the
// page, the administrator looks it up. Eight letters and digits without the
// ones that are easily confused (Crockford's base 32), in two groups.
type Reference string

const referenceAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewReference draws a reference, 40 bits, from random.
func NewReference(random io.Reader) (Reference, error) {
	var raw [8]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("drawing a reference: %w", err)
	}
	var b strings.Builder
	for i, c := range raw {
		if i == 4 {
			b.WriteByte('-')
		}
		b.WriteByte(referenceAlphabet[c&31])
	}
	return Reference(b.String()), nil
}

// ErrNotReference says that a text does not have the form of a reference.
var ErrNotReference = errors.New("not a reference: eight letters and digits, such as 7F3K-9QXM")

// ParseReference reads a reference as people type it: any case, with or
// without the hyphen, which mail programs like to turn into a dash, O for 0,
// I and L for 1.
func ParseReference(text string) (Reference, error) {
	t := strings.NewReplacer("-", "", "\u2010", "", "\u2011", "", "\u2012", "", "\u2013", "", "\u2014", "", "\u00a0", "", " ", "",
		"O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(strings.TrimSpace(text)))
	if len(t) != 8 || strings.Trim(t, referenceAlphabet) != "" {
		return "", ErrNotReference
	}
	return Reference(t[:4] + "-" + t[4:]), nil
}

// Outcome says how an attempt stands.
type Outcome string

// The outcomes of an attempt.
const (
	OutcomeBegun    Outcome = "begun"     // the browser was sent to the provider and has not come back
	OutcomeSignedIn Outcome = "signed-in" // a session was opened
	OutcomeRefused  Outcome = "refused"   // see its cause
)

// An Attempt is one sign-in as it happened, or one refusal at the gate. It
// holds no token, code, state, nonce or secret.
type Attempt struct {
	Reference Reference `json:"reference"`
	Outcome   Outcome   `json:"outcome"`
	Account   string    `json:"account,omitempty"` // internal name
	Client    string    `json:"client,omitempty"`  // the browser's address
	UserAgent string    `json:"user_agent,omitempty"`
	ReturnTo  string    `json:"return_to,omitempty"` // path or address first asked for, query left out
	Begun     time.Time `json:"begun"`
	Ended     time.Time `json:"ended,omitzero"`
	Revision  string    `json:"revision,omitempty"` // of the configuration file in force
	Requested Scopes    `json:"requested_scopes,omitempty"`
	Person    *Person   `json:"person,omitempty"` // what the provider said, as far as the attempt came
	Groups    []string  `json:"operator_groups,omitempty"`
	Trail     []Passage `json:"trail"`
	Cause     *Cause    `json:"cause,omitempty"`
}

// A Passage is one step of an attempt: when, and what was seen.
type Passage struct {
	Step Step      `json:"step"`
	At   time.Time `json:"at"`
	Note string    `json:"note"`
}

// Pass adds a step to the trail.
func (a *Attempt) Pass(step Step, at time.Time, note string) {
	a.Trail = append(a.Trail, Passage{Step: step, At: at, Note: note})
}

// MaxPendingAge is how long a sign-in may take from its beginning to its callback.
const MaxPendingAge = 10 * time.Minute

// A Pending is a sign-in begun and not yet finished. It is taken, once, by its
// state. State and browser binding are kept as hashes; nonce and verifier are
// needed in clear once and are sealed by the store's caller.
type Pending struct {
	StateHash   string
	BrowserHash string // of the cookie's value
	Reference   Reference
	Account     string
	CallbackURL string
	Sealed      []byte // nonce and PKCE verifier
	ReturnTo    string
	Bind        string // hash of the cookie on the application's host, for the way back; empty where that is this host
	Begun       time.Time
}
