// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/usher-signin/usher"
)

// PageKind says what a page is about.
type PageKind string

// The pages that the gate shows.
const (
	PageRefused     PageKind = "refused"     // signed in, and the application's rule says no
	PageNotCovered  PageKind = "not-covered" // no application is at this address
	PageMalformed   PageKind = "malformed"   // the address could be read in two ways
	PageUntold      PageKind = "untold"      // the front server does not say, or may not say, what was asked for
	PageSignedOut   PageKind = "signed-out"  // a form was sent and nobody is signed in
	PageUnavailable PageKind = "unavailable" // it cannot be said who is signed in
	PageAgain       PageKind = "again"       // asked again, the request would be let through
	PageNoUpstream  PageKind = "no-upstream" // the application does not answer
	PageTooSlow     PageKind = "too-slow"    // the application took too long
	PageBody        PageKind = "body"        // the request's body broke off, or cannot be read
	PageNotHere     PageKind = "not-here"    // usher does not forward to this application
	PageMethod      PageKind = "method"      // a method that is never forwarded
	PageToken       PageKind = "token"       // a program's access token is not taken
)

// A Page is what a person is to be shown.
type Page struct {
	Kind        PageKind
	Status      int
	Application string          // empty: none
	Operator    *usher.Operator // who is signed in; nil: nobody
	Cause       *usher.Cause    // for its code; what it saw is for administrators
	Reference   usher.Reference // empty: none was recorded
	SignIn      string          // address where to sign in; empty: that would not help
}

// Pages shows pages. Show writes p.Status and a body; headers that are set
// already stay.
type Pages interface {
	Show(w http.ResponseWriter, r *http.Request, p Page)
}

// sentence is what a page says where there are no pages, and what programs are
// told beside the code.
func (k PageKind) sentence() string {
	switch k {
	case PageRefused:
		return "You are signed in, but none of your operator groups may use this application."
	case PageNotCovered:
		return "No application is guarded at this address."
	case PageMalformed:
		return "This address cannot be read in one way only, so it was not passed on."
	case PageUntold:
		return "The front server does not say what was asked for, or is not trusted to say it."
	case PageSignedOut:
		return "Nobody is signed in any more. Sign in in another tab, then send the form again."
	case PageUnavailable:
		return "It cannot be said at the moment who is signed in. Try again in a minute."
	case PageAgain:
		return "Load the page again."
	case PageNoUpstream:
		return "The application does not answer."
	case PageTooSlow:
		return "The application took too long to answer."
	case PageBody:
		return "The body of the request broke off, or cannot be read."
	case PageNotHere:
		return "This application is guarded here and served by another server."
	case PageToken:
		return "The access token that came with the request is not taken."
	case PageMethod:
		return "This method is not passed on to applications."
	}
	return "The request was not let through."
}

// pageFor chooses the page of a request that may not pass.
func pageFor(j *judgement) Page {
	p := Page{Operator: j.Operator, Cause: j.Cause}
	if j.Application != nil {
		p.Application = j.Application.Name
	}
	switch {
	case j.bearer != nil:
		p.Kind, p.Status = PageToken, j.bearer.Status
	case j.outcome == malformed:
		p.Kind, p.Status = PageMalformed, http.StatusBadRequest
	case j.outcome == untold:
		p.Kind, p.Status = PageUntold, http.StatusForbidden
	case j.outcome == unavailable:
		p.Kind, p.Status = PageUnavailable, http.StatusServiceUnavailable
	case j.Verdict() == usher.SignIn && j.site != nil:
		p.Kind, p.Status, p.SignIn = PageSignedOut, http.StatusUnauthorized, j.site.signIn[0]
	case j.Application == nil:
		p.Kind, p.Status = PageNotCovered, http.StatusForbidden
	default:
		p.Kind, p.Status = PageRefused, http.StatusForbidden
	}
	return p
}

// turnAway answers the browser for a request that may not pass: a page load is
// sent to sign in, a person is shown a page, a program is told in JSON.
func (g *Guard) turnAway(w *denyWriter, r *http.Request, rules *Rules, q *Request, j *judgement) {
	h := w.Header()
	h["Cache-Control"] = g.noStore
	if len(j.clear) > 0 {
		h["Set-Cookie"] = append(h["Set-Cookie"], j.clear...)
	}
	p := pageFor(j)
	if p.Kind == PageSignedOut && q.pageLoad() {
		h.Set("Location", j.site.wayBack(j.target))
		w.WriteHeader(http.StatusFound)
		g.observe(r.Context(), rules, q, j, http.StatusFound, "")
		return
	}
	p.Reference = g.record(r.Context(), rules, q, j)
	g.show(w, r, q, j, p)
	g.observe(r.Context(), rules, q, j, p.Status, p.Reference)
}

// show writes a page for a person, or its substance for a program.
func (g *Guard) show(w *denyWriter, r *http.Request, q *Request, j *judgement, p Page) {
	h := w.Header()
	h["Cache-Control"] = g.noStore
	if p.Kind == PageToken {
		h["Www-Authenticate"] = j.bearer.challenge()
	}
	if p.Kind == PageSignedOut {
		h["Www-Authenticate"] = j.site.realm
		h["X-Usher-Sign-In"] = j.site.signIn
	}
	if p.Status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "5")
	}
	if g.opts.Pages != nil && (q.pageLoad() || q.formPost()) {
		g.opts.Pages.Show(w, r, p)
		if w.wrote {
			return
		}
	}
	h.Set("X-Content-Type-Options", "nosniff")
	if q.byPerson() && acceptsHTML(q.Header) {
		h.Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(p.Status)
		_, _ = w.Write([]byte(plainPage(p)))
		return
	}
	h.Set("Content-Type", "application/json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(saying(p))
}

func plainPage(p Page) string {
	var b strings.Builder
	b.WriteString(p.Kind.sentence() + "\n")
	if p.SignIn != "" {
		b.WriteString("Sign in: " + p.SignIn + "\n")
	}
	if p.Reference != "" {
		b.WriteString("Reference: " + string(p.Reference) + "\n")
	}
	return b.String()
}

// refusal is what a program is told.
type refusal struct {
	Error     string          `json:"error"`
	Message   string          `json:"message"`
	SignIn    string          `json:"sign_in,omitempty"`
	Reference usher.Reference `json:"reference,omitempty"`
}

func saying(p Page) refusal {
	out := refusal{Error: string(p.Kind), Message: p.Kind.sentence(), SignIn: p.SignIn, Reference: p.Reference}
	if p.Kind == PageSignedOut {
		out.Message = "Nobody is signed in. Sign in at the address in sign_in, by opening it in the browser, then ask again."
	}
	if p.Cause != nil {
		out.Error = string(p.Cause.Code)
	}
	return out
}

func (g *Guard) observe(ctx context.Context, rules *Rules, q *Request, j *judgement, status int, ref usher.Reference) {
	if g.opts.Observe == nil {
		return
	}
	if j.at.IsZero() { // it was not judged at all
		j.at = g.opts.Now()
	}
	g.opts.Observe(ctx, Observation{At: j.at, Dialect: q.Dialect, Decision: j.Decision, Status: status, Method: q.Method, Host: j.target.Host,
		Path: j.target.Path, Client: q.client(rules.trusted), Reference: ref, Err: j.err})
}
