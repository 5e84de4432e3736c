// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"net/http"
	"strings"
)

// sessionCookie is the single sign-on cookie of the stand-in.
const sessionCookie = "ims_sid"

// session returns who is signed in in this browser.
func (s *Server) session(r *http.Request) (sso, bool) {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return sso{}, false
	}
	return s.sessions.get(c.Value, s.clock())
}

// openSession signs a person in and returns the cookie that says so.
func (s *Server) openSession(email string) (sso, *http.Cookie) {
	opened := sso{email: email, sid: s.random.uuid(), since: s.clock()}
	id := s.random.id(32)
	s.sessions.put(id, opened, opened.since.Add(sessionLife))
	return opened, s.cookie(sessionCookie, id, "/", int(sessionLife.Seconds()))
}

// closeSession ends the browser's session and everything it gave, and returns
// the cookie that removes the cookie.
func (s *Server) closeSession(r *http.Request) *http.Cookie {
	if c, err := r.Cookie(sessionCookie); err == nil {
		if session, ok := s.sessions.take(c.Value, s.clock()); ok {
			s.end(session.sid)
		}
	}
	return s.cookie(sessionCookie, "", "/", -1)
}

func (s *Server) cookie(name, value, path string, age int) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Secure where the stand-in is; it may be plain http, on loopback addresses alone
		Name: name, Value: value, Path: path, MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: strings.HasPrefix(s.BaseURL(), "https://"),
	}
}
