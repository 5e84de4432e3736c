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

// assertions are those of one operator, one for each site.
type assertions struct {
	rules *Rules        // that they were made under
	kept  *atomic.Value // of the judgement that they were made of
	sites []atomic.Pointer[asserted]
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
func (r *Rules) assertion(v Visitor, s *site, now time.Time) ([]string, error) {
	if !s.asserts {
		return r.unasserted(), nil
	}
	kept := &r.assertionsOf(v).sites[s.number]
	if a := kept.Load(); a != nil && now.Before(a.until) {
		return a.value, nil
	}
	token, err := r.asserter.Assert(v.Operator, s.audience, now)
	if err != nil {
		return nil, fmt.Errorf("the assertion for %s could not be made: %w", s.audience, err)
	}
	fresh := &asserted{value: []string{token}, until: now.Add(r.assertFor)}
	kept.Store(fresh)
	return fresh.value, nil
}

// assertionsOf finds those of the visitor, judged as now, or a place for them.
// Of two places made at once one may be lost, and is made again.
func (r *Rules) assertionsOf(v Visitor) *assertions {
	if v.Own != nil {
		if a, _ := v.Own.Load().(*assertions); a != nil && a.rules == r && a.kept == v.Kept {
			return a
		}
	}
	a := &assertions{rules: r, kept: v.Kept, sites: make([]atomic.Pointer[asserted], len(r.sites))}
	if v.Own != nil {
		v.Own.Store(a)
	}
	return a
}

// tell writes what the application is told of the visitor.
func (r *Rules) tell(h http.Header, j *judgement) {
	r.headers.write(h, j.told)
	if j.assertion != nil {
		h[AssertionHeader] = j.assertion
	}
}
