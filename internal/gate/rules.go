// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/usher-signin/usher"
)

// Sessions answers who is signed in. It bounds its own time: an answer, or an
// error, comes within a few seconds.
type Sessions interface {
	// Visit finds who the cookies in header stand for on host, and counts as a
	// use of the session. Nobody signed in is a Visitor without Operator, not an
	// error. An error means that it cannot be said.
	Visit(ctx context.Context, now time.Time, host string, header http.Header) (Visitor, error)
	// Glance answers as Visit does and does not count as a use: a connection
	// that is merely open keeps nobody signed in.
	Glance(ctx context.Context, now time.Time, host string, header http.Header) (Visitor, error)
}

// A Visitor is who a request comes from.
type Visitor struct {
	Operator *usher.Operator // nil: nobody
	// Clear holds Set-Cookie values that remove cookies which stand for nothing.
	Clear []string
	// Kept keeps what is made of the operator, but for subject, name and email,
	// for as long as the same rules make the same of whoever it is returned with;
	// nil: nothing is kept.
	Kept *atomic.Value
	// Own keeps what is made of this operator alone; nil: nothing is kept.
	Own *atomic.Value
}

// Rules are what requests are judged by: one configuration, never altered. A
// request reads them once.
type Rules struct {
	apps     *usher.Applications
	sites    map[*usher.Application]*site
	sessions Sessions
	trusted  func(netip.Addr) bool
	headers  *headerSet
	revision string
	bearers  Bearers // nil: no application takes tokens of programs
	// asserter is nil where no application wants an assertion.
	asserter  Asserter
	assertFor time.Duration
}

// site is what is worked out beforehand for an application.
type site struct {
	origin                     string // of the address that browsers use
	host                       string // as the application's url has it, with its port if it has one
	scheme                     string
	home                       string // path of the application's own beginning
	upstream                   *upstream
	signIn                     []string // address of the sign-in, without a way back
	realm                      []string // WWW-Authenticate
	number                     int      // among the sites
	layout                     *layout
	takesBearer, forwardBearer bool
	asserts                    bool
	audience                   string // of assertions
}

// RuleOptions are what Rules are made of.
type RuleOptions struct {
	Applications []usher.Application
	// Sessions belongs to the same configuration, so that a request is judged
	// by one set of rules from cookie to verdict.
	Sessions Sessions
	// Trusted tells front servers from everybody else by the address of the
	// connection; nil trusts nobody.
	Trusted func(netip.Addr) bool
	// Headers are the identity headers of applications that name none; nil: [DefaultHeaders].
	Headers []Header
	// Asserter signs assertions for the applications that want one; AssertFor is
	// how long one is handed out again.
	Asserter  Asserter
	AssertFor time.Duration
	// Bearers knows programs by their access tokens; nil: no token is looked at.
	Bearers Bearers
	// Revision names the configuration in records of refusals.
	Revision string
}

// NewRules checks and prepares the rules. All problems are reported at once.
func NewRules(o RuleOptions) (*Rules, error) {
	if o.Sessions == nil {
		return nil, errors.New("the gate has no sessions to ask: nobody could be let through")
	}
	apps, err := usher.NewApplications(o.Applications)
	if err != nil {
		return nil, err
	}
	if o.Headers == nil {
		o.Headers = DefaultHeaders()
	}
	headers, filled, err := layouts(o.Applications, o.Headers)
	if err != nil {
		return nil, err
	}
	if o.Trusted == nil {
		o.Trusted = func(netip.Addr) bool { return false }
	}
	r := &Rules{apps: apps, sites: make(map[*usher.Application]*site, len(o.Applications)), sessions: o.Sessions,
		trusted: o.Trusted, headers: headers, revision: o.Revision, bearers: o.Bearers}
	var errs []error
	for i := range o.Applications {
		app := &o.Applications[i]
		s, err := newSite(app)
		if err == nil {
			s.number, s.layout = i, filled[i]
			s.takeBearer(app, o.Bearers)
			err = r.assertTo(s, app, o)
		}
		errs = append(errs, err)
		r.sites[app] = s
	}
	return r, errors.Join(errs...)
}

func (r *Rules) assertTo(s *site, app *usher.Application, o RuleOptions) error {
	if !app.Assertion {
		return nil
	}
	if o.Asserter == nil || o.AssertFor <= 0 {
		return fmt.Errorf("application %q: there is nothing to sign its assertion with", app.Name)
	}
	s.asserts, s.audience = true, app.URL
	r.asserter, r.assertFor = o.Asserter, o.AssertFor
	return nil
}

// takeBearer makes ready what an application that takes tokens is answered with.
func (s *site) takeBearer(app *usher.Application, b Bearers) {
	if b == nil {
		return
	}
	if s.takesBearer, s.forwardBearer = b.Takes(app.Name); s.takesBearer {
		s.realm = append(s.realm, `Bearer realm="usher"`)
	}
}

func newSite(app *usher.Application) (*site, error) {
	u, err := url.Parse(app.URL)
	if err != nil {
		return nil, fmt.Errorf("application %q: %q is not an address", app.Name, app.URL)
	}
	s := &site{origin: u.Scheme + "://" + u.Host, host: u.Host, scheme: u.Scheme, home: u.EscapedPath()}
	if s.home == "" {
		s.home = "/"
	}
	address := s.origin + signInPath
	s.signIn = []string{address}
	s.realm = []string{`Usher sign_in="` + address + `"`}
	if app.Upstream != "" {
		if s.upstream, err = upstreamOf(app); err != nil {
			return nil, fmt.Errorf("application %q: %w", app.Name, err)
		}
	}
	return s, nil
}

// wayBack gives the address of the sign-in that leads back to the target. A
// target that is too long to be remembered leads to the application's beginning.
func (s *site) wayBack(t usher.Target) string {
	back := t.URI()
	if _, ok := usher.ReturnTarget(back, nil); !ok {
		back = s.home
	}
	return s.signIn[0] + "?rd=" + url.QueryEscape(back)
}

// Where the sign-in begins, on every host that the gate answers for.
const signInPath = usher.Prefix + "signin"
