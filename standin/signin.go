// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"net/http"
	"net/url"
)

// signInView is what the sign-in page shows.
type signInView struct {
	Title   string
	Plain   bool
	Client  string
	Relay   string
	Email   string
	Problem string
	People  []person // who can be chosen without typing: those without a password
}

// maxOffered is how many people the sign-in page offers.
const maxOffered = 6

func (s *Server) signInPage(r *http.Request) answer {
	begun, ok := s.relays.get(r.URL.Query().Get("relay"), s.clock())
	if !ok {
		return s.errorPage(http.StatusBadRequest, "This sign-in is over", "It was finished already, or it began more than ten minutes ago. Go back to the application and begin again.")
	}
	return s.showSignIn(http.StatusOK, r.URL.Query().Get("relay"), begun, "", "")
}

func (s *Server) showSignIn(status int, id string, begun relay, email, problem string) answer {
	d := s.current.Load()
	view := signInView{Title: "Sign in", Plain: true, Client: begun.ask.client, Relay: id, Email: email, Problem: problem}
	for _, u := range d.org.Users {
		if p, ok := d.person(u.Email); ok && u.Password == "" && !u.Disabled && len(view.People) < maxOffered {
			view.People = append(view.People, *p)
		}
	}
	return s.page(status, "signin.html", view)
}

// signIn takes the form: email and password, or one of the people offered, or
// the wish not to sign in.
func (s *Server) signIn(r *http.Request) answer {
	form, bad := formParams(r)
	if bad != nil {
		return s.errorPage(bad.status, "This form cannot be read", bad.description)
	}
	id := form["relay"]
	begun, ok := s.relays.get(id, s.clock())
	if !ok {
		return s.errorPage(http.StatusBadRequest, "This sign-in is over", "It was finished already, or it began more than ten minutes ago. Go back to the application and begin again.")
	}
	if form["decline"] != "" {
		s.relays.drop(id)
		return s.sendError(begun.ask, "access_denied", "the person declined")
	}
	email := form["email"]
	if form["as"] != "" {
		email = form["as"]
	}
	who, ok := s.current.Load().person(email)
	if !ok || who.technical || who.Disabled || who.Password != "" && !same(who.Password, form["password"]) {
		return s.showSignIn(http.StatusUnauthorized, id, begun, email, "No active account has this email address and password.")
	}
	opened, cookie := s.openSession(who.Email)
	begun.signedIn = opened.sid
	s.relays.put(id, begun, s.clock().Add(relayLife))
	a := redirect(http.StatusSeeOther, s.BaseURL()+"/ims/fromSusi?"+url.Values{"relay": {id}}.Encode())
	a.header.Add("Set-Cookie", cookie.String())
	return a
}
