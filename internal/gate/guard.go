// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/netip"
	"time"

	"github.com/usher-signin/usher"
)

// Options configure a Guard; Rules, Now and Random are needed.
type Options struct {
	// Rules gives the rules in force. It is asked once a request.
	Rules func() *Rules
	// Attempts records refusals, so that they can be explained; nil: none is.
	Attempts Attempts
	// Pages shows a person what happened; nil: plain sentences.
	Pages Pages
	// Observe is told of every request once its answer is known; nil: nobody is.
	Observe func(context.Context, Observation)
	// Measure is told how long each verdict took; nil: nobody is.
	Measure func(time.Duration)
	Now     func() time.Time
	Random  io.Reader
	Logger  *slog.Logger
}

// A Guard judges requests. It is safe for concurrent use.
type Guard struct {
	opts    Options
	refused *ledger
	noStore []string
	dates   dates
}

// New makes a Guard.
func New(o Options) (*Guard, error) {
	if o.Rules == nil || o.Now == nil || o.Random == nil {
		return nil, errors.New("the gate needs rules, a clock and randomness")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Guard{opts: o, refused: newLedger(o.Now()), noStore: []string{"no-store"}}, nil
}

// outcome is what becomes of a request, besides the verdict.
type outcome uint8

const (
	judged      outcome = iota // the decision says
	malformed                  // it could be read in two ways, or not at all
	untold                     // the front server is not believed, or does not say what was asked for
	unavailable                // it cannot be said who is signed in
)

// judgement is a decision with what it was made of.
type judgement struct {
	usher.Decision
	outcome outcome
	target  usher.Target
	site    *site
	told    []string // what the identity headers hold, in the order of their names; set where the request may pass
	// assertion is the header's values; nil: no application wants one.
	assertion []string
	bearer    *BearerRefusal // a program's token was not taken
	clear     []string       // Set-Cookie values
	err       error          // why it could not be judged
	at        time.Time      // when it was judged
}

// decide is the one way from a request to a decision. A glance is no use of the session.
// The judgement is written where it is to be, since it is large; it comes empty.
func (g *Guard) decide(ctx context.Context, rules *Rules, q *Request, now time.Time, glance bool, j *judgement) {
	target, err := usher.ParseTarget(q.Host, q.URI)
	if err != nil {
		*j = badly(malformed, usher.Target{Host: usher.CanonicalHost(q.Host)}, err)
		return
	}
	j.target = target
	if Reserved(target.Path) {
		j.Decision = usher.Decide(nil, nil, target) // no application is there
		return
	}
	app := rules.apps.Match(target)
	if j.Decision = unasked(app, target, q); app == nil {
		return
	}
	j.site = rules.sites[app]
	if j.Allowed() { // a public path: who asks is of no interest
		j.told = rules.headers.nobody
		if rules.asserter != nil {
			j.assertion = rules.unasserted()
		}
		return
	}
	visitor, refusal, asked, err := rules.program(ctx, app, j.site, q)
	if !asked {
		visitor, err = rules.visit(ctx, target.Host, q, now, glance)
	}
	if err == nil {
		err = ctx.Err() // whoever gave up gets nothing
	}
	switch {
	case err != nil:
		*j = badly(unavailable, target, err)
	case refusal != nil:
		*j = refuseBearer(app, j.site, target, refusal)
	default:
		rules.admit(app, visitor, now, j)
	}
}

// admit judges a visitor, who may be nobody.
func (r *Rules) admit(app *usher.Application, visitor Visitor, now time.Time, j *judgement) {
	j.Decision, j.clear = usher.Decide(app, visitor.Operator, j.target), visitor.Clear
	if !j.Allowed() {
		return
	}
	told, cause := r.identityOf(visitor, j.site)
	if cause != nil {
		*j = judgement{Decision: refuseOperator(app, visitor.Operator, cause), target: j.target, site: j.site}
		return
	}
	j.told = told
	if r.asserter == nil {
		return
	}
	var err error
	if j.assertion, err = r.assertion(visitor, j.site, now); err != nil {
		*j = badly(unavailable, j.target, err)
	}
}

func (r *Rules) visit(ctx context.Context, host string, q *Request, now time.Time, glance bool) (Visitor, error) {
	if glance {
		return r.sessions.Glance(ctx, now, host, q.Header)
	}
	return r.sessions.Visit(ctx, now, host, q.Header)
}

func refuseOperator(app *usher.Application, op *usher.Operator, cause *usher.Cause) usher.Decision {
	d := usher.RefuseWith(cause)
	d.Application, d.Operator = app, op
	return d
}

// badly makes a judgement that refuses for want of a verdict.
func badly(o outcome, target usher.Target, err error) judgement {
	cause := &usher.Cause{Step: usher.StepGate, Code: usher.CodeRequestNotCanonical, Subject: target.Host, Saw: err.Error()}
	var untrue *untoldError
	switch {
	case o == unavailable:
		cause.Code, cause.Want = usher.CodeSessionStoreDown, "an answer whether anybody is signed in"
	case errors.As(err, &untrue):
		cause.Code, cause.Want = untrue.code, "a declared front server that says once, and in one way, what was asked for"
	default:
		cause.Want = "a request that can be read in one way only"
	}
	return judgement{Decision: usher.RefuseWith(cause), outcome: o, target: target, err: err}
}

// An Observation is what became of a request, for logs and metrics. Every text
// in it that a client wrote is as the client wrote it: quote it.
type Observation struct {
	At        time.Time // of the verdict
	Dialect   string
	Decision  usher.Decision
	Status    int // of the answer; zero: the application's own
	Method    string
	Host      string
	Path      string // query left out
	Client    netip.Addr
	Reference usher.Reference
	Err       error // why the request could not be judged or forwarded
}
