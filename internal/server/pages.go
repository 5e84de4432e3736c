// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/gate"
	"github.com/usher-signin/usher/internal/pages"
	"github.com/usher-signin/usher/internal/signin"
)

func (s *Server) frame() pages.Frame {
	cfg := s.Config()
	return pages.Frame{Instance: cfg.Instance.Name, Environment: string(cfg.Instance.Environment), Contact: cfg.Server.Contact}
}

// signinPages shows the sign-in's pages.
type signinPages struct{ s *Server }

func (p signinPages) Choose(w http.ResponseWriter, r *http.Request, c signin.Choice) error {
	view := pages.Choose{ReturnTo: p.application(c.ReturnTo)}
	for _, a := range c.Accounts {
		view.Accounts = append(view.Accounts, pages.Account{Label: a.Label, Href: a.Href})
	}
	p.s.pages.Render(w, r, http.StatusOK, p.s.frame(), view)
	return nil
}

func (p signinPages) Refused(w http.ResponseWriter, r *http.Request, refusal *signin.Refusal) error {
	status := statusOf(refusal.Cause.Code)
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "30")
	}
	p.s.pages.Render(w, r, status, p.s.frame(), pages.Refused{Code: refusal.Cause.Code, Reference: refusal.Reference, Again: p.again(r), OpenID: refusal.OpenID})
	return nil
}

func (p signinPages) Crowded(w http.ResponseWriter, r *http.Request, wait time.Duration) error {
	seconds := max(1, int((wait+time.Second-1)/time.Second))
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	p.s.pages.Render(w, r, http.StatusTooManyRequests, p.s.frame(), pages.Problem{Status: http.StatusTooManyRequests, SignIn: p.again(r), Wait: seconds})
	return nil
}

func (p signinPages) Stopped(w http.ResponseWriter, r *http.Request, s *signin.Stopped) error {
	p.s.pages.Render(w, r, statusOf(usher.CodeLoginLoop), p.s.frame(), pages.LoopStopped{Reasons: s.Reasons, Seen: s.Seen, Reference: s.Reference, Again: s.Again})
	return nil
}

// application names the application that an address leads to; empty: none.
func (p signinPages) application(address string) string {
	snap := p.s.current.Load()
	host := snap.signin.PublicHost
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if u.Host != "" {
		host = u.Host
	}
	target, err := usher.ParseTarget(host, u.RequestURI())
	if err != nil {
		return ""
	}
	if app := snap.apps.Match(target); app != nil {
		return app.Name
	}
	return ""
}

// again gives the address to begin anew with, keeping where one wanted to go.
func (p signinPages) again(r *http.Request) string {
	if rd := r.URL.Query().Get("rd"); rd != "" {
		if target, ok := usher.ReturnTarget(rd, p.s.current.Load().signin.Origins); ok {
			return signin.SignInPath + "?" + url.Values{"rd": {target}}.Encode()
		}
	}
	return signin.SignInPath
}

// statusOf says how a refusal is spelled in HTTP.
func statusOf(code usher.Code) int {
	switch code {
	case usher.CodeStateMissing, usher.CodeStateUnknown, usher.CodeStateExpired, usher.CodeStateCookieMissing, usher.CodeProviderError:
		return http.StatusBadRequest
	case usher.CodeLoginLoop:
		return http.StatusConflict
	case usher.CodeProviderUnreachable, usher.CodeProviderMetadata, usher.CodeSessionStoreDown:
		return http.StatusServiceUnavailable
	}
	return http.StatusForbidden
}

func (p signinPages) Home(w http.ResponseWriter, r *http.Request, session usher.Session, op *usher.Operator) error {
	p.s.learnTargets(w, r)
	cfg := p.s.Config()
	view := pages.Home{Name: op.Name, Email: op.Email, Groups: op.Groups, Rights: op.Rights,
		Now: p.s.opts.Now(), Ends: session.Expires.Local(), IdleAfter: cfg.Server.Session.Idle}
	if view.Name == "" {
		view.Name = op.Subject
	}
	for _, a := range cfg.Applications {
		view.Applications = append(view.Applications, pages.Open{Name: a.Name, URL: a.URL + "/", May: a.Permits(op) == nil})
	}
	p.s.pages.Render(w, r, http.StatusOK, p.s.frame(), view)
	return nil
}

func (p signinPages) ConfirmSignOut(w http.ResponseWriter, r *http.Request) error {
	p.s.learnTargets(w, r)
	p.s.pages.Render(w, r, http.StatusOK, p.s.frame(), pages.ConfirmSignOut{})
	return nil
}

func (p signinPages) SignedOut(w http.ResponseWriter, r *http.Request) error {
	p.s.pages.Render(w, r, http.StatusOK, p.s.frame(), pages.SignedOut{})
	return nil
}

// gatePages shows the gate's pages.
type gatePages struct{ s *Server }

func (p gatePages) Show(w http.ResponseWriter, r *http.Request, page gate.Page) {
	if page.Kind == gate.PageRefused {
		view := pages.NotAllowed{Application: page.Application, Reference: page.Reference}
		if page.Operator != nil {
			if view.Operator = page.Operator.Name; view.Operator == "" {
				view.Operator = page.Operator.Email
			}
		}
		p.s.current.Load().setHeaders(w.Header())
		p.s.pages.Render(w, r, page.Status, p.s.frame(), view)
		return
	}
	view := pages.Problem{Status: page.Status, Kind: string(page.Kind), Reference: string(page.Reference), SignIn: page.SignIn}
	if page.Cause != nil {
		view.Code = page.Cause.Code
	}
	p.s.current.Load().setHeaders(w.Header())
	p.s.pages.Render(w, r, page.Status, p.s.frame(), view)
}
