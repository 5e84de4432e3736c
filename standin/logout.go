// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"net/http"
	"regexp"
)

// logout is /ims/logout and its v1. With a client secret it is the back
// channel and answers 200; otherwise it ends the browser's session and sends
// the browser on.
func (s *Server) logout(r *http.Request) answer {
	p, bad := formParams(r)
	if bad != nil {
		return bad.answer()
	}
	client, known := s.client(p["client_id"])
	if !known {
		return s.errorPage(http.StatusBadRequest, "This client is not known", "No client of the organization has the id "+quoted(p["client_id"])+".")
	}
	if p["client_secret"] != "" {
		if _, bad := s.authenticate(r, p, "v2"); bad != nil {
			return bad.answer()
		}
		s.endAccess(p["access_token"], client.ID)
		return emptyAnswer(http.StatusOK)
	}
	s.endAccess(p["access_token"], client.ID)
	gone := s.closeSession(r)
	to := p["redirect_uri"]
	if to == "self" || !client.allows(to) {
		to = client.defaultRedirect()
	}
	a := redirect(http.StatusFound, to)
	if isAdobeCom(to) && !s.leavesForReal() {
		a = s.sendToAdobeCom(ask{client: client.ID, asked: p["redirect_uri"], target: to}, to, nil)
	}
	a.header.Add("Set-Cookie", gone.String())
	return a
}

// callbackName is what may be called by JSONP: a name, nothing else.
var callbackName = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$.]{0,63}$`)

// logoutToken is /ims/logout/v1/token: no redirect, JSON or JSONP.
func (s *Server) logoutToken(r *http.Request) answer {
	p, bad := formParams(r)
	if bad != nil {
		return bad.answer()
	}
	s.endAccess(p["access_token"], "")
	a := jsonAnswer(http.StatusOK, object{})
	if name := p["callback"]; name != "" {
		if !callbackName.MatchString(name) {
			return badRequest("invalid_request", "the callback is not a name").answer()
		}
		a.body = []byte(name + "({});")
		a.header.Set("Content-Type", "application/javascript;charset=UTF-8")
	}
	a.header.Add("Set-Cookie", s.closeSession(r).String())
	return a
}

// endAccess revokes an access token and the session that it came from.
func (s *Server) endAccess(token, client string) {
	claims, _, err := s.keys.open(token)
	if err != nil || client != "" && claims.ClientID != client {
		return
	}
	s.endToken(claims, true)
	s.end(claims.SID)
}
