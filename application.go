// SPDX-License-Identifier: Apache-2.0

package usher

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// An Application is a site that usher guards, and its rule.
type Application struct {
	Name     string
	URL      string   // origin, with a path prefix if it has one
	Upstream string   // where the reverse proxy forwards to; empty: another server does that
	Allow    []string // operator groups; nil: any operator
	Public   []string // exact paths, or prefixes that end in a slash, as the address bar shows them
	// Preflight is what becomes of browsers' preflights; empty: [PreflightRefuse].
	Preflight string
	// Assertion says that the application is also told who is signed in by a
	// signed JSON Web Token.
	Assertion bool
	// Headers are the names under which it is told who is signed in.
	Headers HeaderNames
	// UpstreamTLS and UpstreamTimeouts say how the reverse proxy reaches Upstream.
	UpstreamTLS      UpstreamTLS
	UpstreamTimeouts UpstreamTimeouts
}

// UpstreamTLS is how the reverse proxy speaks TLS to one application. Paths
// are of files in PEM form, which are read again when they change.
type UpstreamTLS struct {
	CAFile            string // whom alone it trusts; empty: as towards everybody
	CertFile, KeyFile string // what it shows where the application asks for a certificate
	ServerName        string // the name that the application's certificate must have; empty: the upstream's
}

// UpstreamTimeouts bound how long the reverse proxy waits for an application;
// zero: [UpstreamConnect] and [UpstreamAnswer].
type UpstreamTimeouts struct {
	Connect time.Duration // for the connection, and again for its TLS
	Answer  time.Duration // for the beginning of an answer, once the request is sent
}

// How long the reverse proxy waits where nothing else is said. Reports take long.
const (
	UpstreamConnect = 10 * time.Second
	UpstreamAnswer  = 5 * time.Minute
)

// The named sets of identity headers.
const (
	HeadersForwarded   = "forwarded"    // X-Forwarded-User, -Email, -Groups, -Preferred-Username: what is used where none is named
	HeadersAuthRequest = "auth-request" // X-Auth-Request-User and so on, as behind oauth2-proxy
	HeadersRemote      = "remote"       // Remote-User, -Email, -Groups, -Name, as behind Authelia
)

// HeaderSets lists the named sets.
func HeaderSets() []string { return []string{HeadersForwarded, HeadersAuthRequest, HeadersRemote} }

// HeaderNames says under which names an application is told who is signed in:
// a named set, and single names in place of the set's or beside them. Empty
// ones are left to the set.
type HeaderNames struct {
	Set                                                     string
	Subject, Email, Name, Groups, Rights, Account, Provider string
}

// Applications answers which application covers a request. It is made once
// for a configuration and is safe for concurrent use.
type Applications struct {
	byHost map[string][]site
}

type site struct {
	app    *Application
	prefix string // decoded, without a final slash; empty: the whole host
}

// NewApplications indexes the applications by host. Two applications at the
// same address are an error: the rule in force would be a matter of luck.
func NewApplications(apps []Application) (*Applications, error) {
	out := &Applications{byHost: make(map[string][]site)}
	for i := range apps {
		app := &apps[i]
		u, err := url.Parse(app.URL)
		if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.User != nil || strings.ContainsAny(app.URL, "?#") {
			return nil, fmt.Errorf("application %q: %q is not an origin with an optional path prefix, such as https://reports.corp.example", app.Name, app.URL)
		}
		host, prefix := CanonicalHost(u.Host), ""
		if u.Path != "" {
			prefix, err = canonicalPath(u.EscapedPath())
		}
		if host == "" || err != nil {
			return nil, fmt.Errorf("application %q: %q holds a host or path that requests cannot have in canonical form", app.Name, app.URL)
		}
		prefix = strings.TrimSuffix(prefix, "/")
		if prefix+"/" == Prefix || strings.HasPrefix(prefix, Prefix) {
			return nil, fmt.Errorf("application %q: %s belongs to usher's own pages", app.Name, Prefix)
		}
		for _, other := range out.byHost[host] {
			if other.prefix == prefix {
				return nil, fmt.Errorf("applications %q and %q have the same address %s", other.app.Name, app.Name, app.URL)
			}
		}
		out.byHost[host] = append(out.byHost[host], site{app, prefix})
	}
	return out, nil
}

// Match finds the application that covers the target: the host's longest
// prefix, at a segment border. Paths are compared decoded: whoever serves them
// decodes them too, and /%61dmin must not escape the rule of /admin. Nil: none
// does, or a server that decodes before it looks for "?" and "#" would find
// another one.
func (a *Applications) Match(t Target) *Application {
	path, err := canonicalPath(t.Path)
	if err != nil {
		return nil
	}
	app := a.longest(t.Host, path)
	if i := strings.IndexAny(path, "?#"); i >= 0 && a.longest(t.Host, path[:i]) != app {
		return nil
	}
	return app
}

func (a *Applications) longest(host, path string) *Application {
	var best *Application
	longest := -1
	for _, s := range a.byHost[host] {
		if len(s.prefix) > longest && covers(s.prefix, path) {
			best, longest = s.app, len(s.prefix)
		}
	}
	return best
}

func covers(prefix, path string) bool {
	return strings.HasPrefix(path, prefix) && (len(path) == len(prefix) || path[len(prefix)] == '/')
}

// Origins lists the origins of the applications, for return targets.
func Origins(apps []Application) []string {
	var out []string
	for _, a := range apps {
		if o, err := Origin(a.URL); err == nil {
			out = append(out, o)
		}
	}
	return out
}

// IsPublic reports whether the path needs no sign-in. A path that is not
// canonical, or a percent-encoded spelling of a public one, is not public.
func (a *Application) IsPublic(path string) bool {
	if len(a.Public) == 0 || strings.IndexByte(path, '%') >= 0 || checkPath(path) != nil {
		return false
	}
	for _, p := range a.Public {
		if path == p || strings.HasSuffix(p, "/") && strings.HasPrefix(path, p) {
			return true
		}
	}
	return false
}

// Permits says whether the application's rule lets the operator in. Nobody,
// and an operator without any group, is let in nowhere: [Admission.Admit]
// makes no such operator.
func (a *Application) Permits(op *Operator) *Cause {
	if op == nil {
		return a.refused("nobody")
	}
	if a.Allow == nil && len(op.Groups) > 0 {
		return nil
	}
	for _, g := range a.Allow {
		if op.In(g) {
			return nil
		}
	}
	return a.refused("operator groups " + quoteList(op.Groups))
}

// refused makes the cause only where there is one: most requests are allowed.
func (a *Application) refused(saw string) *Cause {
	want := "an operator group"
	if a.Allow != nil {
		want = "one of " + quoteList(a.Allow)
	}
	return &Cause{Step: StepGate, Code: CodeApplicationRefused, Subject: a.Name, Saw: saw, Want: want}
}
