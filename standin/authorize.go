// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"net/http"
	"net/url"
	"slices"
	"time"
)

// Lifetimes. Adobe documents those of access and refresh tokens; the others
// are chosen.
const (
	codeLife    = 10 * time.Minute
	relayLife   = 10 * time.Minute
	sessionLife = 24 * time.Hour
	accessLife  = 24 * time.Hour
	refreshLife = 14 * 24 * time.Hour
)

// A relay is an authorize request on its way through the sign-in page.
type relay struct {
	ask      ask
	signedIn string // the session that the page opened for this request
}

// An sso is a person who is signed in at the stand-in, in one browser.
type sso struct {
	email string
	sid   string // as tokens name it; the cookie holds another value
	since time.Time
}

// A grant is what a code stands for.
type grant struct {
	ask   ask
	email string
	sid   string
	since time.Time // when the person signed in
	again bool      // by a refresh token
}

// authorize is /ims/authorize. Who is not signed in is sent to the sign-in
// page, whose address nests the callback as the real one does.
func (s *Server) authorize(r *http.Request, version string) answer {
	p, bad := queryParams(r)
	if bad != nil {
		return s.errorPage(http.StatusBadRequest, "This request cannot be read", bad.description)
	}
	if s.redirectsFirst() && r.URL.Query().Get("hop") == "" {
		return redirect(http.StatusFound, s.BaseURL()+r.URL.Path+"?"+r.URL.RawQuery+"&hop=1")
	}
	client, known := s.client(p["client_id"])
	if !known {
		return s.errorPage(http.StatusBadRequest, "This client is not known", "No client of the organization has the id "+quoted(p["client_id"])+".")
	}
	if client.Disabled {
		return s.errorPage(http.StatusForbidden, "This client is disabled", "The client "+quoted(client.ID)+" is known, and was disabled in the Enterprise Dashboard.")
	}
	a, bad := s.readAsk(version, p, client)
	if !a.listed && s.on(callbackPage) {
		return s.errorPage(http.StatusBadRequest, "This callback is not listed", "The redirect_uri "+quoted(a.asked)+" is not on the client's allow-list.")
	}
	if bad == nil {
		bad = s.refusesToAuthorize(a)
	}
	if bad != nil {
		return s.sendError(a, bad.code, bad.description)
	}
	session, signedIn := s.session(r)
	switch {
	case signedIn && a.prompt != "login" && !s.forgetsSessions():
		return s.finish(a, session)
	case a.prompt == "none":
		return s.sendError(a, "login_required", "nobody is signed in")
	}
	return s.toSignIn(a)
}

// toSignIn remembers the request and sends the browser to the sign-in page.
func (s *Server) toSignIn(a ask) answer {
	id := s.random.id(16)
	s.relays.put(id, relay{ask: a}, s.clock().Add(relayLife))
	back := url.Values{"relay": {id}, "client_id": {a.client}, "redirect_uri": {a.target}, "state": {a.state}}
	page := url.Values{"client_id": {a.client}, "relay": {id}, "callback": {s.BaseURL() + "/ims/fromSusi?" + back.Encode()}}
	return redirect(http.StatusFound, s.BaseURL()+"/signin/?"+page.Encode())
}

// resume is /ims/fromSusi: the way back from the sign-in page. It believes
// what was remembered, not what the address says.
func (s *Server) resume(r *http.Request) answer {
	id := r.URL.Query().Get("relay")
	begun, ok := s.relays.get(id, s.clock())
	if !ok {
		return s.errorPage(http.StatusBadRequest, "This sign-in is over", "It was finished already, or it began more than ten minutes ago. Go back to the application and begin again.")
	}
	session, signedIn := s.session(r)
	if !signedIn || begun.signedIn != session.sid {
		return s.toSignIn(begun.ask)
	}
	s.relays.drop(id)
	client, known := s.client(begun.ask.client)
	if !known || client.Disabled {
		return s.errorPage(http.StatusBadRequest, "This client is not known", "It was removed or disabled while you signed in.")
	}
	return s.finish(begun.ask, session)
}

// finish answers an authorize request of a person who is signed in.
func (s *Server) finish(a ask, session sso) answer {
	d := s.current.Load()
	who, ok := d.person(session.email)
	client, known := s.client(a.client)
	if !ok || !known || who.Disabled {
		return s.sendError(a, "access_denied", "the account is not available")
	}
	if len(client.BetaUsers) > 0 && !slices.ContainsFunc(client.BetaUsers, func(b string) bool { return fold(b) == fold(who.Email) }) {
		return s.sendError(a, "access_denied", "the client is in development, and the account is not one of its beta users")
	}
	a.scopes = s.granted(a.scopes)
	g := grant{ask: a, email: who.Email, sid: session.sid, since: session.since}
	var out object
	code := ""
	if a.gives("code") {
		id := s.random.uuid()
		code = s.codeToken(id, g, who)
		s.codes.put(id, g, s.codeUntil())
		out.set("code", code)
	}
	access := ""
	if a.gives("token") {
		access = s.accessToken(d, who, claimsFor(g, who, s.random.uuid(), false))
		out.set("access_token", access)
		out.set("token_type", "bearer")
		out.set("expires_in", "86399")
	}
	if a.gives("id_token") {
		out.set("id_token", s.idToken(d, who, g, access, code))
	}
	if a.state != "" {
		out.set("state", a.state)
	}
	return s.send(a, out)
}

func (s *Server) sendError(a ask, code, description string) answer {
	out := object{{"error", code}}
	if description != "" {
		out.set("error_description", description)
	}
	if a.state != "" {
		out.set("state", a.state)
	}
	return s.send(a, out)
}

// send brings the answer to the callback, or to wherever the client's default
// redirect URL leads on this machine.
func (s *Server) send(a ask, out object) answer {
	s.spoilResponse(&a, &out)
	to := reply(a.target, a.mode, out)
	if a.listed || s.leavesForReal() || !isAdobeCom(a.target) {
		return redirect(http.StatusFound, to)
	}
	return s.sendToAdobeCom(a, to, out)
}
