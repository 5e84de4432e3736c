// SPDX-License-Identifier: Apache-2.0

package server

import (
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/netip"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/gate"
	"github.com/usher-signin/usher/internal/pages"
	"github.com/usher-signin/usher/internal/probe"
	"github.com/usher-signin/usher/internal/session"
	"github.com/usher-signin/usher/internal/signin"
	"github.com/usher-signin/usher/internal/web"
)

// routes puts the rooms behind one handler: usher's own pages at exactly their
// prefix, everything else to the gate.
func (s *Server) routes() (http.Handler, error) {
	client := func(r *http.Request) netip.Addr { return s.current.Load().proxies.Client(r) }
	frame, err := web.NewFrame(web.Options{Pages: errorPages{s}, Logger: s.opts.Logger, NewID: s.requestID, Now: s.opts.Now, Client: client, Explain: explain})
	if err != nil {
		return nil, err
	}
	sign := &signin.Handler{Flow: s.flow, Pages: signinPages{s}, Navigation: web.IsNavigation, Ahead: web.Ahead, Query: web.QueryOf(ownParameters()...),
		Client: func(r *http.Request) string { return client(r).String() }, Arrived: s.arrived}
	s.rehearsals(sign)
	mux := http.NewServeMux()
	for pattern, h := range sign.Routes() {
		if pattern != "POST "+signin.BackChannelPath { // the provider's own machine, which is no browser and believed by its signature
			h = s.sameOrigin(h)
		}
		mux.Handle(pattern, s.tracing.Handler(pattern, s.believed, frame.Handle(h)))
	}
	mux.Handle("GET "+pages.StaticPath, s.pages)
	mux.Handle("GET "+keysPath, frame.Handle(s.serveKeys))
	mux.Handle(usher.Prefix, frame.Handle(func(http.ResponseWriter, *http.Request) error {
		return &web.Error{Status: http.StatusNotFound, Public: "No page of this gateway is at this address."}
	}))
	endpoints := s.guard.Endpoints()
	s.isQuestion = func(target string) bool { return endpoints.For(target) != nil }
	s.frameRefuse = frame.Refuse
	doctor := newEcho(s)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.Header[probe.EchoHeader]) > 0 && doctor.serve(w, r) {
			return
		}
		if h := endpoints.For(r.RequestURI); h != nil {
			h.ServeHTTP(w, r)
			return
		}
		switch snap := s.current.Load(); {
		case !gate.Reserved(r.RequestURI):
			s.atGate(w, r)
		case !snap.hosts[usher.CanonicalHost(r.Host)]:
			snap.setHeaders(w.Header())
			frame.Refuse(w, r, &web.Error{Status: http.StatusMisdirectedRequest, Public: "This host is not served here."})
		case malformed(r):
			// http.ServeMux would clean the path and send the browser to another one.
			snap.setHeaders(w.Header())
			frame.Refuse(w, r, &web.Error{Status: http.StatusBadRequest, Code: string(usher.CodeRequestNotCanonical), Public: "This address cannot be read in one way only."})
		default:
			snap.setHeaders(w.Header())
			mux.ServeHTTP(w, r)
		}
	}), nil
}

// malformed reports whether a request for one of our pages could be read in two ways.
func malformed(r *http.Request) bool {
	_, err := usher.ParseTarget(r.Host, r.RequestURI)
	return err != nil
}

// ownParameters are those that our pages read: none of them may come twice.
// Others are the provider's own affair.
func ownParameters() []string {
	return []string{"rd", "bind", "account", "choose", "ticket", "kept", "seen", "sid", "code", "state", "iss", "error", "error_description", "error_uri"}
}

func (s *Server) requestID() string {
	var raw [8]byte
	if _, err := io.ReadFull(s.opts.Random, raw[:]); err != nil {
		return "none"
	}
	return hex.EncodeToString(raw[:])
}

// atGate judges and forwards. The bare address of the gateway's own host leads
// to its own page, unless an application is there.
func (s *Server) atGate(w http.ResponseWriter, r *http.Request) {
	snap := s.current.Load()
	if r.RequestURI == "/" && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		host := usher.CanonicalHost(r.Host)
		if host == snap.signin.PublicHost && snap.apps.Match(usher.Target{Host: host, Path: "/"}) == nil {
			w.Header().Set("Location", usher.Prefix)
			w.Header().Set("Cache-Control", "no-store")
			w.WriteHeader(http.StatusSeeOther)
			return
		}
	}
	s.proxy.ServeHTTP(w, r)
}

// sameOrigin lets changes come from our own pages only.
func (s *Server) sameOrigin(next web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return s.current.Load().sameOrigin.Protect(next)(w, r)
	}
}

// explain gives the answer for errors that other rooms return.
func explain(err error) *web.Error {
	switch {
	case errors.Is(err, signin.ErrNotPageLoad), errors.Is(err, session.ErrNone):
		return &web.Error{Status: http.StatusUnauthorized, Public: "Sign in by opening a page in the browser.", Err: err}
	case errors.Is(err, usher.ErrUnavailable):
		return &web.Error{Status: http.StatusServiceUnavailable, Code: string(usher.CodeSessionStoreDown),
			Public: "The gateway's own database does not answer at the moment. Try again in a minute.", Err: err, Header: http.Header{"Retry-After": {"5"}}}
	}
	return nil
}

// errorPages shows what went wrong to a person.
type errorPages struct{ s *Server }

func (p errorPages) ErrorPage(w http.ResponseWriter, r *http.Request, e *web.Error) {
	view := pages.Problem{Status: e.Status, Code: usher.Code(e.Code), Reference: e.Reference, RequestID: web.RequestID(r.Context())}
	if e.Status == http.StatusUnauthorized || e.Status == http.StatusBadRequest {
		view.SignIn = signin.SignInPath
	}
	p.s.current.Load().setHeaders(w.Header())
	p.s.pages.Render(w, r, e.Status, p.s.frame(), view)
}
