// SPDX-License-Identifier: Apache-2.0

package signin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/session"
)

// Return is what the browser brings back from the provider.
type Return struct {
	Path   string     // of the callback, as requested
	Query  url.Values // parsed strictly: no parameter twice
	Header http.Header
	Host   string // canonical host of the callback
	Client string // address of the browser
}

// Finished is a session opened.
type Finished struct {
	Cookies   []*http.Cookie
	Location  string
	Reference usher.Reference
	ReturnTo  string // what was asked for first
	Session   string // id
}

// Finish ends a sign-in that Begin began.
func (f *Flow) Finish(ctx context.Context, r Return) (*Finished, *Refusal) {
	pending, cause, err := f.take(ctx, r)
	if err != nil {
		return nil, f.broken(ctx, "", err)
	}
	if cause != nil {
		return nil, f.refuse(ctx, f.attemptOf(ctx, r, pending), cause)
	}
	attempt := f.attemptOf(ctx, r, pending)
	attempt.Pass(usher.StepCallback, f.Now(), "the browser is back with its own state and cookie")
	asking, cancel := context.WithTimeout(ctx, providerWithin)
	defer cancel()
	grant, reg, cause := f.redeem(asking, r, pending, attempt)
	if cause != nil {
		return nil, f.refuse(ctx, attempt, cause)
	}
	person, cause := grant.Person(asking)
	attempt.Person = &person
	for _, note := range grant.Notes() {
		attempt.Pass(usher.StepProfile, f.Now(), "noted: "+note)
	}
	if cause != nil {
		return nil, f.refuse(ctx, attempt, cause.At(usher.StepProfile))
	}
	attempt.Pass(usher.StepProfile, f.Now(), personNote(person))
	op, cause := reg.Admission.Admit(person)
	if cause != nil {
		return nil, f.refuse(ctx, attempt, cause.At(usher.StepAdmit))
	}
	attempt.Groups = op.Groups
	attempt.Pass(usher.StepAdmit, f.Now(), "operator groups "+strings.Join(op.Groups, ", "))
	done, err := f.open(ctx, r, pending, attempt, grant, person)
	if errors.Is(err, usher.ErrLoginEnded) {
		return nil, f.overtaken(ctx, attempt)
	}
	if err != nil {
		return nil, f.broken(ctx, attempt.Reference, err)
	}
	return done, nil
}

// overtaken is a sign-in that was signed out while it was on its way.
func (f *Flow) overtaken(ctx context.Context, a *usher.Attempt) *Refusal {
	a.Outcome, a.Groups = usher.OutcomeRefused, nil
	a.Trail = slices.DeleteFunc(a.Trail, func(p usher.Passage) bool { return p.Step == usher.StepSession })
	refusal := f.refuse(ctx, a, &usher.Cause{Step: usher.StepSession, Code: usher.CodeStateUnknown, Saw: "a sign-in that was signed out while it was on its way",
		Want: "one that nobody ended", Detail: "the person signed out in another window, or the provider said that it has signed the person out"})
	refusal.SignedOut = true
	return refusal
}

// take finds the pending sign-in that the browser comes back to, once.
func (f *Flow) take(ctx context.Context, r Return) (usher.Pending, *usher.Cause, error) {
	cause := &usher.Cause{Step: usher.StepCallback}
	state := r.Query.Get("state")
	if state == "" {
		cause.Code, cause.Saw, cause.Want = usher.CodeStateMissing, "a callback without state", "the state that this gateway sent"
		return usher.Pending{}, cause, nil
	}
	if usher.IsRehearsal(state) { // the handler never comes here with one; nothing else may either
		cause.Code, cause.Saw, cause.Want = usher.CodeStateUnknown, "the state of a rehearsal, which opens no session", "the state of a sign-in begun here"
		return usher.Pending{}, cause, nil
	}
	row := session.Hash(state)
	browser := session.Values(r.Header, flowCookie(state))
	if len(browser) == 0 {
		return f.withoutCookie(ctx, row, cause)
	}
	pending, err := f.Store.TakePending(ctx, row)
	if errors.Is(err, usher.ErrNotFound) {
		return f.unknown(ctx, row, cause)
	}
	if err != nil {
		return usher.Pending{}, nil, err
	}
	for _, value := range browser {
		if session.Hash(value) != pending.BrowserHash {
			cause.Code, cause.Saw, cause.Want = usher.CodeStateCookieMissing, "another browser's cookie", "the cookie of the browser that began"
			return pending, cause, nil
		}
	}
	if age := f.Now().Sub(pending.Begun); age > usher.MaxPendingAge || age < 0 {
		cause.Code, cause.Saw, cause.Want = usher.CodeStateExpired, "a sign-in begun "+age.Round(1e9).String()+" ago", "one begun at most "+usher.MaxPendingAge.String()+" ago"
		return pending, cause, nil
	}
	return pending, nil, nil
}

// withoutCookie says why the cookie may be missing. The pending sign-in stays:
// the browser that began it may still finish it.
func (f *Flow) withoutCookie(ctx context.Context, row string, cause *usher.Cause) (usher.Pending, *usher.Cause, error) {
	if _, taken, err := f.Store.WasTaken(ctx, row); err != nil {
		return usher.Pending{}, nil, err
	} else if taken {
		return f.unknown(ctx, row, cause)
	}
	cause.Code, cause.Saw, cause.Want = usher.CodeStateCookieMissing, "no cookie of a sign-in", "the cookie that was set when the sign-in began"
	cause.Detail = "begun in another browser or on another host name, cookies refused or cleared, or a link that somebody sent"
	return usher.Pending{}, cause, nil
}

func (f *Flow) unknown(ctx context.Context, row string, cause *usher.Cause) (usher.Pending, *usher.Cause, error) {
	ref, taken, err := f.Store.WasTaken(ctx, row)
	if err != nil {
		return usher.Pending{}, nil, err
	}
	cause.Code, cause.Saw, cause.Want = usher.CodeStateUnknown, "a state that is not known", "the state of a sign-in begun here"
	if taken {
		cause.Saw = "a callback that was used already"
		cause.Detail = "the page was reloaded, or reached with the back button; the first time is attempt " + string(ref)
	}
	return usher.Pending{}, cause, nil
}

// attemptOf reads the attempt that a pending sign-in belongs to. Where many began
// at once its beginning was not recorded, and is now; where no sign-in is known, a
// new one is begun, so that the refusal can be looked up.
func (f *Flow) attemptOf(ctx context.Context, r Return, p usher.Pending) *usher.Attempt {
	if p.Reference != "" {
		a, err := f.Store.Attempt(ctx, p.Reference)
		if err == nil {
			return &a
		}
		if !errors.Is(err, usher.ErrNotFound) {
			f.outcry.say(ctx, f.Logger, f.Now(), slog.LevelWarn, "the beginning of an attempt cannot be read", slog.String("reference", string(p.Reference)), slog.Any("error", err))
		}
	}
	a := usher.Attempt{Reference: p.Reference, Account: p.Account, Begun: p.Begun, Revision: f.Rules().Revision,
		Client: r.Client, UserAgent: clip(r.Header.Get("User-Agent"), 200), ReturnTo: withoutQuery(p.ReturnTo)}
	if reg := f.Rules().exact(p.Account); reg != nil {
		a.Requested = reg.Account.Scopes
	}
	if a.Begun.IsZero() {
		a.Begun = f.Now()
	} else {
		a.Pass(usher.StepBegin, a.Begun, "begun beside so many others that it was recorded only when the browser came back")
	}
	if a.Reference == "" {
		ref, err := usher.NewReference(f.Random)
		if err != nil {
			f.Logger.Error("no reference could be drawn", slog.Any("error", err))
		}
		a.Reference = ref
	}
	return &a
}

// redeem hears the provider's answer and exchanges the code.
func (f *Flow) redeem(ctx context.Context, r Return, p usher.Pending, a *usher.Attempt) (Grant, *Registration, *usher.Cause) {
	reg := f.Rules().exact(p.Account)
	if reg == nil || !reg.Account.Enabled {
		return nil, nil, &usher.Cause{Step: usher.StepCallback, Code: usher.CodeAccountMissing, Subject: p.Account,
			Saw: "an account that was taken out of the configuration, or disabled, meanwhile", Want: "the account that the sign-in began with"}
	}
	if cause := reg.Provider.CheckReturn(r.Query); cause != nil {
		return nil, nil, cause.At(usher.StepCallback)
	}
	code := r.Query.Get("code")
	if code == "" || r.Query.Has("error") {
		return nil, nil, &usher.Cause{Step: usher.StepCallback, Code: usher.CodeProviderError, Saw: "neither or both of code and error", Want: "exactly one of them"}
	}
	plain, err := f.Sealer.Open(purposePending, p.StateHash, p.Sealed)
	var s secrets
	if err == nil {
		err = json.Unmarshal(plain, &s)
	}
	if err != nil {
		return nil, nil, &usher.Cause{Step: usher.StepCallback, Code: usher.CodeStateUnknown, Saw: "a sign-in that another key sealed", Want: "one sealed with a key of this node",
			Detail: "the key file was replaced, or nodes have different ones"}
	}
	grant, cause := reg.Provider.Redeem(ctx, Redemption{Code: code, Verifier: s.Verifier, Nonce: s.Nonce, CallbackURL: p.CallbackURL})
	if cause != nil {
		return nil, nil, cause
	}
	a.Pass(usher.StepRedeem, f.Now(), grant.Note())
	return grant, reg, nil
}

const purposeSession = "provider keepsake"

// open begins the session and finds the way back.
func (f *Flow) open(ctx context.Context, r Return, p usher.Pending, a *usher.Attempt, grant Grant, person usher.Person) (*Finished, error) {
	if err := f.Sessions.EndOf(ctx, r.Header); err != nil {
		return nil, err
	}
	keepsake, err := grant.Keepsake()
	if err != nil {
		return nil, err
	}
	o := session.Opening{Login: string(a.Reference), Host: r.Host, Account: p.Account, Person: person, ProviderSession: grant.ProviderSession(),
		Seal: func(id string) ([]byte, error) { return f.Sealer.Seal(purposeSession, id, keepsake) }}
	var renewable []byte
	if grant.Renewable() {
		o.Renewed = f.Now()
		if renewable, err = f.Sealer.Seal(purposeGrant, o.Login, keepsake); err != nil {
			return nil, err
		}
	}
	o.Keep = func(ctx context.Context, s usher.Session) error {
		a.Outcome, a.Ended = usher.OutcomeSignedIn, f.Now()
		a.Pass(usher.StepSession, a.Ended, "session opened until "+s.Expires.UTC().Format("2006-01-02 15:04:05Z"))
		return f.Store.Finish(ctx, *a, s, renewable)
	}
	cookie, s, err := f.Sessions.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	f.crowd.finish(r.Client, f.Now())
	f.outcry.over(ctx, f.Logger, f.Now(), notOnDown)
	f.Logger.Info("signed in", slog.String("reference", string(a.Reference)), slog.String("account", p.Account), slog.Any("operator_groups", a.Groups))
	location, err := f.wayBack(ctx, p, s)
	if err != nil {
		return nil, err
	}
	gone := session.HostCookie(flowCookie(r.Query.Get("state")), "", -1)
	return &Finished{Cookies: []*http.Cookie{cookie, gone}, Location: location, Reference: a.Reference, ReturnTo: p.ReturnTo, Session: s.ID}, nil
}

// wayBack gives the address that was first asked for, or, where that is on
// another host, the address of the ticket that leads there.
func (f *Flow) wayBack(ctx context.Context, p usher.Pending, s usher.Session) (string, error) {
	if p.Bind != "" {
		return f.Carry(ctx, s, p.ReturnTo, p.Bind)
	}
	if target, ok := usher.ReturnTarget(p.ReturnTo, f.Rules().Origins); ok {
		return target, nil
	}
	return usher.Prefix, nil
}

func personNote(p usher.Person) string {
	return fmt.Sprintf("the provider says: subject %s, organizations %s, %d directory groups: %s", p.Subject,
		orNone(strings.Join(p.Organizations, ", ")), len(p.GroupNames()), orNone(quoted(p.GroupNames())))
}
