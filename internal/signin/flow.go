// SPDX-License-Identifier: Apache-2.0

package signin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/session"
)

// Flow signs persons in. It is safe for concurrent use; nothing about one
// sign-in is kept in it, and must not be copied.
type Flow struct {
	Rules    func() *Rules
	Store    Store
	Sessions *session.Manager
	Sealer   Sealer
	Now      Clock
	Random   io.Reader
	Logger   *slog.Logger
	// Unrecorded is told of a refusal that is not recorded, because too many
	// like it are; nil: nobody is.
	Unrecorded func(context.Context, usher.Attempt)

	crowd  crowd
	outcry outcry
}

const purposePending = "pending sign-in"

// FlowCookie is the beginning of the names of the cookies that tie a sign-in to
// its browser; each attempt has one of its own, so that tabs do not disturb one another.
const FlowCookie = "__Host-usher_flow_"

// providerWithin bounds everything that one step of a sign-in asks of the provider.
const providerWithin = 10 * time.Second

// maxOpen is how many unfinished sign-ins one browser may have.
const maxOpen = 16

// A Refusal is a sign-in that ended without a session.
type Refusal struct {
	Cause     *usher.Cause
	Reference usher.Reference // empty where even that could not be kept
	OpenID    bool            // the account is not one of the vendor's
	SignedOut bool            // the person signed out, or was signed out, meanwhile
	Wait      time.Duration   // too many sign-ins from this network are under way, until then; zero: that is not why
}

// Error is the administrator's sentence.
func (r *Refusal) Error() string { return r.Cause.Error() }

// Beginning is who asks to sign in, and for what.
type Beginning struct {
	Account   string // internal name; empty: the only one
	ReturnTo  string // checked with usher.ReturnTarget
	Bind      string // hash of the cookie on the application's host; empty where that is this host
	Client    string
	UserAgent string
	Kept      bool     // a cookie of ours that the browser was given a moment ago came back
	Open      []string // names of the flow cookies that the browser has
}

// Begun is where to send the browser, and what to set on the way.
type Begun struct {
	Location  string
	Cookies   []*http.Cookie
	Reference usher.Reference
}

type secrets struct {
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
}

// Begin starts a sign-in.
func (f *Flow) Begin(ctx context.Context, b Beginning) (*Begun, *Refusal) {
	now := f.Now()
	rules := f.Rules()
	ref, err := usher.NewReference(f.Random)
	if err != nil {
		return nil, f.broken(ctx, "", err)
	}
	attempt := usher.Attempt{Reference: ref, Outcome: usher.OutcomeBegun, Client: b.Client, UserAgent: clip(b.UserAgent, 200),
		ReturnTo: withoutQuery(b.ReturnTo), Begun: now, Revision: rules.Revision}
	reg, cause := rules.registration(b.Account)
	if reg != nil {
		attempt.Account, attempt.Requested = reg.Account.InternalName, reg.Account.Scopes
	}
	if cause != nil {
		return nil, f.refuse(ctx, &attempt, cause)
	}
	wait, record := f.crowd.begin(b.Client, b.Kept, now)
	if wait > 0 {
		return nil, f.crowded(ctx, b, wait)
	}
	begun, refusal := f.setOut(ctx, b, reg, &attempt, record)
	if refusal != nil {
		f.crowd.leave(b.Client, b.Kept, f.Now()) // nothing is kept of it, as while the database is away
	}
	return begun, refusal
}

// setOut keeps a sign-in under way, and says where to go for it.
func (f *Flow) setOut(ctx context.Context, b Beginning, reg *Registration, attempt *usher.Attempt, record bool) (*Begun, *Refusal) {
	draw, err := f.draw()
	if err != nil {
		return nil, f.broken(ctx, attempt.Reference, err)
	}
	asking, cancel := context.WithTimeout(ctx, providerWithin)
	defer cancel()
	location, cause := reg.Provider.AuthorizeURL(asking, Authorization{State: draw.state, Nonce: draw.Nonce, Verifier: draw.Verifier, CallbackURL: reg.Account.CallbackURL})
	if cause != nil {
		return nil, f.refuse(ctx, attempt, cause)
	}
	pending, err := f.pending(draw, reg.Account, attempt.Reference, b)
	if err != nil {
		return nil, f.broken(ctx, attempt.Reference, err)
	}
	attempt.Pass(usher.StepBegin, attempt.Begun, fmt.Sprintf("sent to %s as client %s, scopes %s, callback %s",
		withoutQuery(location), reg.Account.ClientID, reg.Account.Scopes.Commas(), reg.Account.CallbackURL))
	if record {
		err = f.Store.Begin(ctx, pending, *attempt)
	} else {
		err = f.Store.PutPending(ctx, pending)
	}
	if err != nil {
		return nil, f.broken(ctx, "", err)
	}
	cookies := f.tooMany(b.Open)
	cookies = append(cookies, session.HostCookie(flowCookie(draw.state), draw.browser, int(usher.MaxPendingAge.Seconds())))
	return &Begun{Location: location, Cookies: cookies, Reference: attempt.Reference}, nil
}

type drawn struct {
	secrets
	state, browser string
}

func (f *Flow) draw() (drawn, error) {
	var d drawn
	for _, into := range []*string{&d.state, &d.browser, &d.Nonce, &d.Verifier} {
		value, err := session.NewValue(f.Random)
		if err != nil {
			return drawn{}, err
		}
		*into = value
	}
	return d, nil
}

func (f *Flow) pending(d drawn, account usher.ExternalAccount, ref usher.Reference, b Beginning) (usher.Pending, error) {
	plain, err := json.Marshal(d.secrets)
	if err != nil {
		return usher.Pending{}, err
	}
	row := session.Hash(d.state)
	sealed, err := f.Sealer.Seal(purposePending, row, plain)
	if err != nil {
		return usher.Pending{}, err
	}
	return usher.Pending{StateHash: row, BrowserHash: session.Hash(d.browser), Reference: ref, Account: account.InternalName,
		CallbackURL: account.CallbackURL, Sealed: sealed, ReturnTo: b.ReturnTo, Bind: b.Bind, Begun: f.Now()}, nil
}

// tooMany removes the oldest flow cookies of a browser that has too many:
// browsers send the oldest first (RFC 6265 section 5.4).
func (f *Flow) tooMany(open []string) []*http.Cookie {
	var gone []*http.Cookie
	for len(open) >= maxOpen {
		gone = append(gone, session.HostCookie(open[0], "", -1))
		open = open[1:]
		if len(gone) == 2*maxOpen {
			break // the rest goes the next time; the answer's headers stay small
		}
	}
	return gone
}

// flowCookie names an attempt's cookie after its state, so that the callback
// finds its own among several. Part of the hash is enough to tell them apart.
func flowCookie(state string) string { return FlowCookie + session.Hash(state)[:12] }

// refuse records the attempt with its cause.
func (f *Flow) refuse(ctx context.Context, a *usher.Attempt, cause *usher.Cause) *Refusal {
	a.Outcome, a.Cause, a.Ended = usher.OutcomeRefused, cause, f.Now()
	a.Pass(cause.Step, a.Ended, "refused: "+cause.Error())
	refusal := &Refusal{Cause: cause, Reference: a.Reference}
	if reg := f.Rules().exact(a.Account); reg != nil {
		refusal.OpenID = !reg.Account.IMS()
	}
	if a.Person == nil { // whom the provider named has signed in there, which takes its time
		like, record := f.crowd.refuse(a.Client, cause.Code, a.Ended, a.Reference)
		if !record {
			return f.unrecorded(ctx, a, refusal, like)
		}
	}
	if err := f.Store.PutAttempt(ctx, *a); err != nil {
		f.outcry.say(ctx, f.Logger, a.Ended, slog.LevelError, "an attempt could not be recorded", slog.String("reference", string(a.Reference)), slog.Any("error", err))
		refusal.Reference = ""
	} else {
		f.outcry.over(ctx, f.Logger, a.Ended, "an attempt could not be recorded")
	}
	f.Logger.Warn("sign-in refused", slog.String("reference", string(a.Reference)), slog.String("code", string(cause.Code)),
		slog.String("step", string(cause.Step)), slog.String("account", a.Account))
	return refusal
}

// crowded is a refusal that costs nothing: neither a row nor a line.
func (f *Flow) crowded(ctx context.Context, b Beginning, wait time.Duration) *Refusal {
	f.outcry.say(ctx, f.Logger, f.Now(), slog.LevelWarn, "too many sign-ins from one network are under way; it has to wait", slog.String("network", networkOf(b.Client)))
	return &Refusal{Wait: wait, Cause: &usher.Cause{Step: usher.StepBegin, Subject: networkOf(b.Client),
		Saw: fmt.Sprintf("%d sign-ins that were begun from one network and not finished", openSignIns), Want: "some that are finished"}}
}

// unrecorded is a refusal like many that were recorded.
func (f *Flow) unrecorded(ctx context.Context, a *usher.Attempt, r *Refusal, like usher.Reference) *Refusal {
	r.Reference = like
	if f.Unrecorded != nil {
		f.Unrecorded(ctx, *a)
	}
	f.outcry.say(ctx, f.Logger, a.Ended, slog.LevelWarn, "sign-ins are refused that are not recorded: too many like them are", slog.String("network", networkOf(a.Client)),
		slog.String("code", string(a.Cause.Code)), slog.String("like", string(like)))
	return r
}

// What the log says of sign-ins that something of ours stops.
const (
	notOn     = "a sign-in could not go on"
	notOnDown = "sign-ins cannot go on without the database"
)

// broken is a refusal because something of ours failed.
func (f *Flow) broken(ctx context.Context, ref usher.Reference, err error) *Refusal {
	message := notOn
	if errors.Is(err, usher.ErrUnavailable) {
		message = notOnDown
	}
	f.outcry.say(ctx, f.Logger, f.Now(), slog.LevelError, message, slog.String("reference", string(ref)), slog.Any("error", err))
	return &Refusal{Reference: ref, Cause: &usher.Cause{Step: usher.StepBegin, Code: usher.CodeSessionStoreDown,
		Saw: "the gateway's own storage did not work", Want: "a database that answers"}}
}
