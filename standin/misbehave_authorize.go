// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"net/url"
)

const (
	authorizeHop        = "authorize-redirects-first"
	authorizeError      = "authorize-error"
	consentRequired     = "authorize-consent-required"
	ssoOff              = "authorize-forgets-sessions"
	pkceRequired        = "pkce-required"
	scopeIgnored        = "scope-ignored"
	callbackPage        = "callback-unlisted-page"
	defaultForReal      = "default-redirect-for-real"
	stateAltered        = "state-altered"
	stateMissing        = "state-missing"
	responseIssuer      = "response-issuer"
	responseIssuerWrong = "response-issuer-wrong"
	responseIssuerGone  = "response-issuer-announced-only"
	responseBoth        = "response-error-and-code"
	responseTwice       = "response-code-twice"
	responseFragment    = "response-in-fragment"
	responseNoCode      = "response-without-code"
)

func authorizeSwitches() []Switch {
	const part = "authorize"
	return []Switch{
		{Name: authorizeHop, Part: part, Does: "The first answer is always a redirect to the same place, before anything is validated, as dex does."},
		{Name: authorizeError, Part: part, Check: "provider-error", Default: "temporarily_unavailable", Does: "Every authorize request is sent back with this error."},
		{Name: consentRequired, Part: part, Check: "provider-error", Does: "Every authorize request is sent back with consent_required."},
		{Name: ssoOff, Part: part, Does: "Nobody stays signed in: the sign-in page comes each time, and prompt=none never works."},
		{Name: pkceRequired, Part: part, Does: "An authorize request without a code challenge is refused."},
		{Name: scopeIgnored, Part: part, Check: "scope-dropped", Does: "Scopes that are not provisioned are left out without a word, where IMS refuses."},
		{Name: callbackPage, Part: part, Check: "callback-not-listed", Does: "A callback that is not listed gives an error page with status 400, as other providers do, where IMS goes to the default redirect URL."},
		{Name: defaultForReal, Part: part, Check: "callback-not-listed", Does: "The default redirect URL is really followed, to adobe.com, and not replaced by a page of this stand-in."},
		{Name: stateAltered, Part: part, Check: "state-unknown", Does: "The state comes back changed: one letter more."},
		{Name: stateMissing, Part: part, Check: "state-missing", Does: "The state does not come back."},
		{Name: responseIssuer, Part: part, Does: "The answer carries iss (RFC 9207), and the metadata announces it. IMS is not known to."},
		{Name: responseIssuerWrong, Part: part, Check: "discovery-issuer", Does: "The answer carries iss, and it is another issuer's."},
		{Name: responseIssuerGone, Part: part, Check: "discovery-issuer", Does: "The metadata announces iss in the answer, and the answer has none."},
		{Name: responseBoth, Part: part, Check: "provider-error", Does: "The answer carries an error and a code."},
		{Name: responseTwice, Part: part, Check: "provider-error", Does: "The answer carries the code twice."},
		{Name: responseFragment, Part: part, Check: "state-missing", Does: "The answer is in the fragment, which no server ever sees."},
		{Name: responseNoCode, Part: part, Check: "provider-error", Does: "The answer carries a state, and neither code nor error."},
	}
}

func (s *Server) redirectsFirst() bool  { return s.on(authorizeHop) }
func (s *Server) forgetsSessions() bool { return s.on(ssoOff) }
func (s *Server) leavesForReal() bool   { return s.on(defaultForReal) }

// announcesIssuer says whether the metadata promises iss in the answer.
func (s *Server) announcesIssuer() bool { return s.on(responseIssuer) || s.on(responseIssuerGone) }

// refusesToAuthorize is asked about every request that is otherwise good.
func (s *Server) refusesToAuthorize(a ask) *problem {
	if code, on := s.value(authorizeError); on {
		return badRequest(code, "a switch of the stand-in asked for this")
	}
	if s.on(consentRequired) {
		return badRequest("consent_required", "the person has not granted access")
	}
	if s.on(pkceRequired) && a.challenge == "" {
		return badRequest("invalid_request", "a code_challenge is required")
	}
	return nil
}

// spoilResponse changes what goes back to the callback.
func (s *Server) spoilResponse(a *ask, out *object) {
	if s.on(stateAltered) && a.state != "" {
		out.set("state", a.state+"x")
	}
	if s.on(stateMissing) {
		out.drop("state")
	}
	if s.on(responseIssuer) {
		out.set("iss", s.BaseURL())
	}
	if s.on(responseIssuerWrong) {
		out.set("iss", s.BaseURL()+"1")
	}
	if s.on(responseBoth) && out.get("code") != nil {
		out.set("error", "server_error")
	}
	if s.on(responseTwice) && out.get("code") != nil {
		out.add("code", out.get("code"))
	}
	if s.on(responseNoCode) {
		out.drop("code")
	}
	if s.on(responseFragment) {
		a.mode = "fragment"
	}
}

// isAdobeCom says whether a URL leads to the site that IMS sends strays to.
func isAdobeCom(to string) bool {
	u, err := url.Parse(to)
	return err == nil && (u.Hostname() == "adobe.com" || u.Hostname() == "www.adobe.com")
}
