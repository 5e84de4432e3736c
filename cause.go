// SPDX-License-Identifier: Apache-2.0

package usher

import "strings"

// A Step is a stage of a sign-in, in the order in which they happen.
type Step string

// The steps of a sign-in, then the gate's.
const (
	StepBegin    Step = "begin"    // the account and the provider are looked up, the browser is sent away
	StepCallback Step = "callback" // the browser is back: state, cookie, error or code
	StepRedeem   Step = "redeem"   // the code is exchanged for tokens
	StepVerify   Step = "verify"   // the ID token's checks
	StepProfile  Step = "profile"  // what the provider says of the person
	StepAdmit    Step = "admit"    // organization, product context, mask, operator groups
	StepSession  Step = "session"  // the session is opened
	StepGate     Step = "gate"     // a request at an application
)

// A Cause says why something was refused: at which step, by which rule, what
// was seen and what was wanted. It is evidence for an administrator; the
// person is told the sentence of the code only. It never holds a secret, a
// token or a code.
type Cause struct {
	Step    Step   `json:"step"`
	Code    Code   `json:"code"`
	Subject string `json:"subject,omitempty"` // what it is about: an account, a group, a claim
	Saw     string `json:"saw,omitempty"`
	Want    string `json:"want,omitempty"`
	Detail  string `json:"detail,omitempty"` // one more sentence, for the administrator
}

// Error makes a Cause usable where an error is; the sentence is for
// administrators and logs.
func (c *Cause) Error() string {
	var b strings.Builder
	b.WriteString(string(c.Code))
	if c.Subject != "" {
		b.WriteString(" (" + c.Subject + ")")
	}
	if c.Saw != "" {
		b.WriteString(": saw " + c.Saw)
	}
	if c.Want != "" {
		b.WriteString(", wanted " + c.Want)
	}
	if c.Detail != "" {
		b.WriteString("; " + c.Detail)
	}
	return b.String()
}

// At returns a copy of c that says at which step it was found.
func (c *Cause) At(step Step) *Cause {
	if c == nil {
		return nil
	}
	d := *c
	d.Step = step
	return &d
}
