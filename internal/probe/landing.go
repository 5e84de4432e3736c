// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"errors"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
)

// Bounds of one authorize request.
const (
	maxHops = 5
	maxPage = 256 << 10 // bytes of a page that are looked at
)

const acceptPage = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"

// An asking is one authorize request: its address and what was put into it.
type asking struct {
	address  string
	callback string
	sent     map[string]string // by name; answers may repeat them
	shown    string            // the request, fit for a report
}

// secrets are the values that must not be shown.
func (a asking) secrets() []string {
	return []string{a.sent["state"], a.sent["nonce"], a.sent["code_challenge"]}
}

// land follows an authorize request within the provider's own site, and says
// where it ended up. It stops at the first address of another site and at our
// callback, and visits neither: a code, should one be given, is dropped unread.
func (p *provider) land(ctx context.Context, a asking) (doctor.AuthorizeAnswer, error) {
	at, err := url.Parse(a.address)
	if err != nil {
		return doctor.AuthorizeAnswer{}, errors.New("the address cannot be read")
	}
	jar, err := cookiejar.New(nil) // some providers first see whether cookies are kept
	if err != nil {
		return doctor.AuthorizeAnswer{}, err
	}
	for range maxHops + 1 {
		r, err := p.visit(ctx, at, jar)
		if err != nil {
			return doctor.AuthorizeAnswer{}, err
		}
		location := r.header.Get("Location")
		if r.status < 300 || r.status > 399 || location == "" {
			return p.onPage(a, at, r), nil
		}
		to, readable := relative(at, location)
		if !readable {
			return p.answer(a, doctor.AuthorizeAnswer{Landing: doctor.LandsPage, Status: r.status, Title: "a redirect that cannot be read"}, ""), nil
		}
		if landed, ok := p.leaves(a, at, to, r.status); ok {
			return landed, nil
		}
		at = to
		at.Fragment = ""
	}
	return p.answer(a, doctor.AuthorizeAnswer{Landing: doctor.LandsLoop, Status: http.StatusFound, Location: p.shown(at.String(), a.secrets()...)}, ""), nil
}

// relative reads a redirect's target, which may be a part of an address only.
func relative(at *url.URL, location string) (*url.URL, bool) {
	to, err := at.Parse(location)
	return to, err == nil
}

func (p *provider) visit(ctx context.Context, at *url.URL, jar http.CookieJar) (*reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, errors.New("the address cannot be read")
	}
	req.Header.Set("Accept", acceptPage)
	for _, c := range jar.Cookies(at) {
		req.AddCookie(c)
	}
	r, err := p.ask(ctx, req, maxPage)
	if err != nil {
		return nil, err
	}
	jar.SetCookies(at, (&http.Response{Header: r.header}).Cookies())
	return r, nil
}

// leaves says where a redirect ends that is not followed.
func (p *provider) leaves(a asking, from, to *url.URL, status int) (doctor.AuthorizeAnswer, bool) {
	answer := doctor.AuthorizeAnswer{Status: status, Location: p.shown(to.String(), a.secrets()...)}
	values := parameters(to)
	answered := values.Get("state") == a.sent["state"] && (values.Has("error") || values.Has("code"))
	switch {
	case sameAddress(to, a.callback):
		answer.Landing = doctor.LandsBack
		p.atCallback(&answer, a, to)
	case answered, !sameOrigin(from, to) && (values.Has("error") || !passesOn(to, a)):
		answer.Landing = doctor.LandsElsewhere
	case !sameOrigin(from, to):
		answer.Landing = doctor.LandsLogin // on its way to where the person signs in
	default:
		return answer, false
	}
	answer.Error = p.clean(values.Get("error"), maxShown, a.secrets()...)
	answer.Description = p.clean(values.Get("error_description"), maxDescription, append(a.secrets(), values.Get("code"))...)
	return p.answer(a, answer, answer.Description), true
}

// atCallback notes what a sign-in would look at first.
func (p *provider) atCallback(answer *doctor.AuthorizeAnswer, a asking, to *url.URL) {
	query, _ := url.ParseQuery(to.RawQuery) // what can be read of it
	answer.Fragment = !query.Has("error") && !query.Has("code") && to.Fragment != ""
	all := parameters(to)
	switch {
	case !all.Has("state"):
		answer.State = "missing"
	case len(all["state"]) != 1 || all.Get("state") != a.sent["state"]:
		answer.State = "changed"
	}
	answer.Issuer = p.clean(all.Get("iss"), maxDescription, a.secrets()...)
}

// parameters are those of the query and of the fragment.
func parameters(u *url.URL) url.Values {
	values, _ := url.ParseQuery(u.RawQuery) // what can be read of it
	more, _ := url.ParseQuery(u.Fragment)
	for name, list := range more {
		values[name] = append(values[name], list...)
	}
	return values
}

func sameOrigin(a, b *url.URL) bool { return a.Scheme == b.Scheme && usher.SameHost(a, b) }

// sameAddress compares an address with the callback that was sent, query left out.
func sameAddress(u *url.URL, callback string) bool {
	c, err := url.Parse(callback)
	return err == nil && sameOrigin(u, c) && u.EscapedPath() == c.EscapedPath()
}

// passesOn says that an address on another site is a stop on the way of this
// sign-in: it takes our request along, or is itself the beginning of one.
func passesOn(to *url.URL, a asking) bool {
	query := to.RawQuery + "#" + to.Fragment
	for range 3 {
		for _, ours := range []string{a.callback, a.sent["client_id"], a.sent["state"]} {
			if len(ours) >= 6 && strings.Contains(query, ours) {
				return true
			}
		}
		plain, err := url.QueryUnescape(query)
		if err != nil {
			break
		}
		query = plain
	}
	values := parameters(to)
	return values.Has("SAMLRequest") || values.Has("client_id") && values.Has("redirect_uri") || values.Get("wa") == "wsignin1.0"
}

// onPage judges an answer that is no redirect.
func (p *provider) onPage(a asking, at *url.URL, r *reply) doctor.AuthorizeAnswer {
	answer := doctor.AuthorizeAnswer{Landing: doctor.LandsPage, Status: r.status, Location: p.shown(at.String(), a.secrets()...),
		Title: p.clean(title(r.body), maxShown, a.secrets()...)}
	switch {
	case r.status == http.StatusTooManyRequests, r.status == http.StatusForbidden, r.status >= 500:
		answer.Landing = doctor.LandsThrottled
	case r.status < 300 && loginForm.Match(r.body):
		answer.Landing = doctor.LandsLogin
	}
	text := visible(r.body)
	if answer.Title == "" && r.status >= 400 {
		answer.Title = p.clean(text, maxShown, a.secrets()...) // plain text is all that some providers say
	}
	return p.answer(a, answer, title(r.body)+"\n"+text)
}

// loginForm is what asks a person who they are.
var loginForm = regexp.MustCompile(`(?i)<input[^>]+(type=["']?(password|email)\b|autocomplete=["']?(username|current-password|webauthn)\b|` +
	`name=["']?(username|user|login|loginfmt|email|identifier|j_username|userid)\b)`)

// answer completes an answer with what tells it from others: its text whole,
// for what is shown of it is cut.
func (p *provider) answer(a asking, answer doctor.AuthorizeAnswer, text string) doctor.AuthorizeAnswer {
	answer.Sent = a.shown
	answer.Alike = likeness(a.sent, string(answer.Landing), answer.Status, answer.Error, answer.Location, text)
	return answer
}
