// SPDX-License-Identifier: Apache-2.0

package signin

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/session"
)

// Addresses of the sign-in's own pages, on every guarded host.
const (
	SignInPath    = usher.Prefix + "signin"
	SignOutPath   = usher.Prefix + "signout"
	SignedOutPath = usher.Prefix + "signed-out"
)

// Pages are what a person sees. Each writes one whole answer.
type Pages interface {
	// Choose offers the accounts to sign in with.
	Choose(w http.ResponseWriter, r *http.Request, c Choice) error
	// Refused says, in one sentence, that the sign-in failed, with the reference.
	Refused(w http.ResponseWriter, r *http.Request, refusal *Refusal) error
	// Home shows who is signed in.
	Home(w http.ResponseWriter, r *http.Request, s usher.Session, op *usher.Operator) error
	// ConfirmSignOut asks before signing out.
	ConfirmSignOut(w http.ResponseWriter, r *http.Request) error
	// SignedOut says that one is signed out.
	SignedOut(w http.ResponseWriter, r *http.Request) error
	// Crowded says that too many sign-ins from this network are under way, and
	// when to come back.
	Crowded(w http.ResponseWriter, r *http.Request, wait time.Duration) error
	// Stopped says that the browser was sent to sign in again and again, and why.
	Stopped(w http.ResponseWriter, r *http.Request, s *Stopped) error
}

// A Choice is what the page to sign in on offers.
type Choice struct {
	Accounts []Option
	ReturnTo string
}

// An Option is one account to sign in with.
type Option struct {
	Label string
	Href  string
}

// ErrNotPageLoad says that a request which is not a page load asked for what
// only a person can do. It is answered with 401; no state is made for it.
var ErrNotPageLoad = errors.New("sign in with a page load, not with a background request")

// ErrNoSession says that a page for operators was asked for by nobody.
var ErrNoSession = errors.New("nobody is signed in")

// Handler serves the sign-in's pages. What it needs of HTTP's details is handed
// to it.
type Handler struct {
	Flow       *Flow
	Pages      Pages
	Navigation func(*http.Request) bool // the request is a page load
	Ahead      func(*http.Request) bool // it is fetched before anybody asked for it; nil: none is
	Client     func(*http.Request) string
	Query      func(*http.Request) (url.Values, error) // strict: no parameter twice
	Arrived    func(*http.Request) Arrival             // for diagnosis; nil: nothing is known

	Rehearsals     *Rehearsals
	RehearsalPages RehearsalPages

	turns Turns
}

// Routes lists what the Handler serves, by pattern of net/http.
func (h *Handler) Routes() map[string]func(http.ResponseWriter, *http.Request) error {
	return map[string]func(http.ResponseWriter, *http.Request) error{
		"GET " + SignInPath:           h.signIn,
		"GET " + usher.CallbackPath:   h.callback,
		"GET " + ArrivePath:           h.arrive,
		"GET " + SignOutPath:          h.confirmSignOut,
		"POST " + SignOutPath:         h.signOut,
		"GET " + SignedOutPath:        h.signedOut,
		"GET " + RehearsedPath:        h.rehearsalOver,
		"GET " + usher.Prefix + "{$}": h.home,
		"POST " + BackChannelPath:     h.backChannel,
		"GET " + FrontChannelPath:     h.frontChannel,
	}
}

// signIn begins a sign-in: on an application's own host by going over to the
// gateway's, there by going to the provider, or, where somebody is signed in
// already, straight back.
func (h *Handler) signIn(w http.ResponseWriter, r *http.Request) error {
	if !h.Navigation(r) {
		return ErrNotPageLoad
	}
	query, err := h.Query(r)
	if err != nil {
		return err
	}
	rules := h.Flow.Rules()
	host := usher.CanonicalHost(r.Host)
	if host != rules.PublicHost {
		return h.over(w, r, query, rules)
	}
	returnTo, ok := usher.ReturnTarget(query.Get("rd"), rules.Origins)
	if !ok {
		returnTo = usher.Prefix
	}
	bind := query.Get("bind")
	if len(bind) != 64 {
		bind = ""
	}
	visit, _, err := h.Flow.Sessions.Lookup(r.Context(), host, r.Header)
	if err != nil && !errors.Is(err, session.ErrNone) {
		return err
	}
	signedIn, account := err == nil, query.Get("account")
	if !signedIn && account == "" && (query.Has("choose") || len(usable(rules)) > 1) {
		return h.Pages.Choose(w, r, choice(rules, returnTo, bind))
	}
	b := Beginning{Account: account, ReturnTo: returnTo, Bind: bind, Client: h.Client(r), UserAgent: r.UserAgent(), Kept: len(h.Flow.rounds(host, r.Header)) > 0, Open: session.Names(r.Header, FlowCookie)}
	turn := h.turn(r, query, host, returnTo, signedIn)
	switch {
	case turn.loop != nil:
		return h.stopped(w, r, b, *turn.loop)
	case turn.asks != "":
		return redirect(w, turn.asks, turn.cookies)
	case signedIn:
		return h.already(w, r, visit.Session(), b, turn.cookies)
	}
	begun, refusal := h.Flow.Begin(r.Context(), b)
	if refusal != nil && refusal.Wait > 0 {
		for _, c := range turn.cookies { // which, coming back, tells a browser from a flood
			http.SetCookie(w, c)
		}
		return h.Pages.Crowded(w, r, refusal.Wait)
	}
	if refusal != nil {
		return h.Pages.Refused(w, r, refusal)
	}
	return redirect(w, begun.Location, append(begun.Cookies, turn.cookies...))
}

// stopped shows what was found out about a loop. What was counted is forgotten,
// so that the person may begin anew.
func (h *Handler) stopped(w http.ResponseWriter, r *http.Request, b Beginning, s sighting) error {
	stop := h.Flow.stop(r.Context(), b, s)
	stop.Again = b.ReturnTo
	http.SetCookie(w, noRounds())
	return h.Pages.Stopped(w, r, stop)
}

// over sends the browser to the gateway's own host, and ties the way back to it.
func (h *Handler) over(w http.ResponseWriter, r *http.Request, query url.Values, rules *Rules) error {
	target, ok := usher.ReturnTarget(query.Get("rd"), rules.Origins)
	if !ok {
		target = usher.Prefix
	}
	if target[0] == '/' {
		target = originFor(rules, r.Host) + target
	}
	value, cookies, err := h.binding(r)
	if err != nil {
		return err
	}
	q := url.Values{"rd": {target}, "bind": {session.Hash(value)}}
	if seen := h.sealSeen(r, usher.CanonicalHost(r.Host)); seen != "" {
		q.Set("seen", seen)
	}
	return redirect(w, rules.Public+SignInPath+"?"+q.Encode(), cookies)
}

// binding reads the browser's binding on this host, or makes one. It is kept
// for all tabs: what it ties is the browser, not one sign-in.
func (h *Handler) binding(r *http.Request) (string, []*http.Cookie, error) {
	if have := session.Values(r.Header, BindCookie); len(have) == 1 && len(have[0]) == 43 {
		return have[0], nil, nil
	}
	value, err := session.NewValue(h.Flow.Random)
	if err != nil {
		return "", nil, err
	}
	return value, []*http.Cookie{session.HostCookie(BindCookie, value, int(time.Hour.Seconds()))}, nil
}

// originFor gives the origin of the configuration that a request's host stands
// for, never one made from the request.
func originFor(rules *Rules, requested string) string {
	host := usher.CanonicalHost(requested)
	for _, o := range rules.Origins {
		if u, err := url.Parse(o); err == nil && usher.CanonicalHost(u.Host) == host {
			return o
		}
	}
	return rules.Public
}

// already sends somebody who is signed in back to where they came from.
func (h *Handler) already(w http.ResponseWriter, r *http.Request, s usher.Session, b Beginning, cookies []*http.Cookie) error {
	if b.Bind == "" {
		return redirect(w, b.ReturnTo, cookies)
	}
	there, err := h.Flow.Carry(r.Context(), s, b.ReturnTo, b.Bind)
	if err != nil {
		return err
	}
	return redirect(w, there, cookies)
}

func usable(rules *Rules) []Registration {
	var out []Registration
	for _, reg := range rules.Registrations {
		if reg.Account.Enabled {
			out = append(out, reg)
		}
	}
	return out
}

func choice(rules *Rules, returnTo, bind string) Choice {
	c := Choice{ReturnTo: returnTo}
	for _, reg := range usable(rules) {
		q := url.Values{"rd": {returnTo}, "account": {reg.Account.InternalName}}
		if bind != "" {
			q.Set("bind", bind)
		}
		label := reg.Account.Label
		if label == "" {
			label = reg.Account.InternalName
		}
		c.Accounts = append(c.Accounts, Option{Label: label, Href: SignInPath + "?" + q.Encode()})
	}
	return c
}

// asked reports whether somebody asks for an address that works once: HEAD
// reaches a GET pattern too, and browsers fetch pages that nobody has opened.
func (h *Handler) asked(r *http.Request) bool {
	return r.Method == http.MethodGet && (h.Ahead == nil || !h.Ahead(r))
}

func (h *Handler) callback(w http.ResponseWriter, r *http.Request) error {
	if !h.asked(r) {
		return ErrNotPageLoad
	}
	if r.URL.RawQuery == "" {
		return redirect(w, SignedOutPath, nil) // see afterSignOut
	}
	query, err := h.Query(r)
	if err != nil {
		return err
	}
	if usher.IsRehearsal(query.Get("state")) {
		return h.rehearsed(w, r, query)
	}
	host := usher.CanonicalHost(r.Host)
	done, refusal := h.Flow.Finish(r.Context(), Return{Path: r.URL.Path, Query: query, Header: r.Header, Host: host, Client: h.Client(r)})
	if refusal != nil && refusal.SignedOut {
		return h.Pages.SignedOut(w, r)
	}
	if refusal != nil {
		if told(refusal.Cause.Code) {
			http.SetCookie(w, noRounds())
		}
		return h.Pages.Refused(w, r, refusal)
	}
	key := targetKey(done.ReturnTo)
	h.turns.forget(turnKey(h.Client(r), r.UserAgent(), key))
	rounds := append(h.Flow.rounds(host, r.Header), round{Target: key, At: h.Flow.Now().UnixMilli(), Opened: done.Session[:16]})
	return redirect(w, done.Location, append(done.Cookies, h.Flow.roundsCookie(host, rounds)...))
}

// told reports whether a refusal tells the person what it is about. The others
// may be what a loop is made of: something was lost on the way.
func told(code usher.Code) bool {
	switch code {
	case usher.CodeStateMissing, usher.CodeStateUnknown, usher.CodeStateExpired, usher.CodeStateCookieMissing, usher.CodeSessionStoreDown:
		return false
	}
	return true
}

func (h *Handler) arrive(w http.ResponseWriter, r *http.Request) error {
	if !h.asked(r) {
		return ErrNotPageLoad
	}
	query, err := h.Query(r)
	if err != nil {
		return err
	}
	done, refusal := h.Flow.Arrive(r.Context(), usher.CanonicalHost(r.Host), query, r.Header)
	if refusal != nil && refusal.SignedOut {
		return h.Pages.SignedOut(w, r)
	}
	if refusal != nil {
		return h.Pages.Refused(w, r, refusal)
	}
	return redirect(w, done.Location, done.Cookies)
}

func (h *Handler) confirmSignOut(w http.ResponseWriter, r *http.Request) error {
	return h.Pages.ConfirmSignOut(w, r)
}

// signOut ends the login. The request is known to come from our own pages: the
// server refuses cross-origin posts before they come here.
func (h *Handler) signOut(w http.ResponseWriter, r *http.Request) error {
	rules := h.Flow.Rules()
	gone := []*http.Cookie{session.HostCookie(session.CookieName, "", -1), noRounds()}
	back := rules.Public + SignedOutPath
	visit, _, err := h.Flow.Sessions.Lookup(r.Context(), usher.CanonicalHost(r.Host), r.Header)
	if visit.Live == nil {
		if err != nil && !errors.Is(err, session.ErrNone) {
			return err
		}
		return redirect(w, h.Flow.signedOutOf(back), gone)
	}
	// The sign-out must not die with the request of a person who closes the window.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), revokeWithin)
	defer cancel()
	there, err := h.Flow.SignOut(ctx, h.Flow.Sessions.Whole(ctx, visit), back)
	if err != nil {
		return err
	}
	if there == "" {
		there = back
	}
	return redirect(w, there, gone)
}

func (h *Handler) signedOut(w http.ResponseWriter, r *http.Request) error {
	return h.Pages.SignedOut(w, r)
}

func (h *Handler) home(w http.ResponseWriter, r *http.Request) error {
	visit, stale, err := h.Flow.Sessions.Lookup(r.Context(), usher.CanonicalHost(r.Host), r.Header)
	if errors.Is(err, session.ErrNone) {
		if stale {
			http.SetCookie(w, session.HostCookie(session.CookieName, "", -1))
		}
		rules := h.Flow.Rules()
		return h.Pages.Choose(w, r, choice(rules, usher.Prefix, ""))
	}
	if err != nil {
		return err
	}
	return h.Pages.Home(w, r, visit.Session(), visit.Operator())
}

// redirect sends the browser on with a GET, whatever it came with.
func redirect(w http.ResponseWriter, location string, cookies []*http.Cookie) error {
	for _, c := range cookies {
		http.SetCookie(w, c)
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Location", location)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}
