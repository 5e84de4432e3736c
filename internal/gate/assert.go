// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/usher-signin/usher"
)

// AssertionHeader carries the signed assertion to applications that want one.
const AssertionHeader = "X-Usher-Assertion"

// An Asserter signs who is signed in, for one application.
type Asserter interface {
	Assert(op *usher.Operator, audience string, now time.Time) (string, error)
}

// asserted is an assertion that is handed out until it is to be made anew.
type asserted struct {
	value []string // ready to be a header's values; never altered
	until time.Time
}

// unasserted is what the header holds for public paths, and for applications
// that want none: front servers copy what is there, and leave a client's own
// header where nothing is.
func (r *Rules) unasserted() []string { return r.headers.empty }

// assertion gives the header's values for an operator at a site. One that was
// made a short time ago is given again: signing costs more than all the rest.
func (r *Rules) assertion(id *identity, op *usher.Operator, s *site, now time.Time) ([]string, error) {
	if !s.asserts {
		return r.unasserted(), nil
	}
	kept := &(*id.asserted)[s.number]
	if a := kept.Load(); a != nil && now.Before(a.until) {
		return a.value, nil
	}
	token, err := r.asserter.Assert(op, s.audience, now)
	if err != nil {
		return nil, fmt.Errorf("the assertion for %s could not be made: %w", s.audience, err)
	}
	fresh := &asserted{value: []string{token}, until: now.Add(r.assertFor)}
	kept.Store(fresh)
	return fresh.value, nil
}

// slots is where an operator's assertions are kept, one for each site.
func (r *Rules) slots() *[]atomic.Pointer[asserted] {
	if r.asserter == nil {
		return nil
	}
	slots := make([]atomic.Pointer[asserted], len(r.sites))
	return &slots
}

// tell writes what the application is told of the visitor.
func (j *judgement) tell(h http.Header) {
	j.identity.write(h)
	if j.assertion != nil {
		h[AssertionHeader] = j.assertion
	}
}
