// SPDX-License-Identifier: Apache-2.0

// Package front writes the configuration of front servers: the part that sits
// before an application, asks usher for a verdict on every request, and hands
// over to usher what must not pass.
//
// Each generator returns a whole file that its server reads as it is. The
// files are tested with the real servers where these can be had. What all of
// them keep:
//
//   - The request is described to usher by the front server alone; what the
//     client says in the same headers is replaced.
//   - The host is written out, not taken from the request, so that the
//     application that is judged is the one that is served; where the server
//     can, it also names the application, and usher refuses where the two
//     disagree which one is at an address.
//   - The application gets every identity header from usher's answer, or none,
//     and never from the client; it gets none of usher's cookies.
//   - /usher/ on every host leads to usher; what only the front server may ask
//     is closed to browsers.
package front

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/usher-signin/usher"
)

// Params are what a configuration is made of.
type Params struct {
	// Usher is where usher listens: http://host:port, or https://host:port.
	Usher string
	// UsherName is the name that usher's certificate must have, where Usher is
	// https; empty: Usher's host.
	UsherName string
	// UsherCA is a file of whom alone the front server trusts to vouch for
	// usher, PEM; empty: the system's authorities.
	UsherCA string
	// PublicURL is the gateway's own address, where browsers come back from the
	// provider; empty: it is one of the applications'.
	PublicURL string
	// Applications are guarded. Each needs an Upstream: where the front server
	// finds it.
	Applications []usher.Application
	// Listen is the port of the sites, or address:port; empty: 443, or 80 for
	// plain HTTP.
	Listen string
	// CertFile and KeyFile are the sites' certificate. Servers that get their
	// certificates themselves do without.
	CertFile, KeyFile string
	// PlainHTTP is for a front server behind another one that ends TLS.
	PlainHTTP bool
	// Identity are the names of the identity headers that usher answers with.
	Identity []string
	// OpenFor bounds how long a websocket may stay open, where the front server
	// can bound that: nobody looks at its session again. Zero: [OpenFor].
	OpenFor time.Duration
	// Withheld are the applications that are not to see the access tokens by
	// which programs come to them.
	Withheld []string
}

// site is one host with its applications, longest prefix first.
type site struct {
	ID        string // no two are the same
	Host      string // without a port
	Authority string // as browsers write it
	Scheme    string
	Apps      []app
}

type app struct {
	Name     string
	ID       string // of letters, digits and underscores; no two are the same
	Prefix   string // without a final slash; empty: the whole host
	Upstream string // http://host:port, https://host:port or unix:/path
	Address  string // host:port, or unix:/path
	TLS      bool
	Way      usher.UpstreamTLS // how TLS is spoken to it; ServerName is always set
	Withheld bool              // access tokens stop before it
}

// Hostname is the upstream's host without its port.
func (a app) Hostname() string {
	host, _, err := net.SplitHostPort(a.Address)
	if err != nil {
		return ""
	}
	return host
}

// Port is the upstream's port.
func (a app) Port() string {
	_, port, err := net.SplitHostPort(a.Address)
	if err != nil {
		return ""
	}
	return port
}

// sites checks the parameters and groups the applications by host.
func (p Params) sites() ([]site, error) {
	var errs []error
	if at, _, err := address(p.Usher); err != nil || at == p.Usher {
		errs = append(errs, fmt.Errorf("usher's own address %q is not http://host:port, nor https://host:port", p.Usher))
	}
	if p.PlainHTTP && p.CertFile != "" {
		errs = append(errs, errors.New("a certificate is of no use for plain HTTP: give one of the two"))
	}
	if len(p.Applications) == 0 {
		errs = append(errs, errors.New("there is no application to guard"))
	}
	if (p.CertFile == "") != (p.KeyFile == "") {
		errs = append(errs, errors.New("a certificate and its key go together: give both or neither"))
	}
	for what, text := range map[string]string{"certificate file": p.CertFile, "key file": p.KeyFile, "listen address": p.Listen,
		"file of usher's authorities": p.UsherCA, "name in usher's certificate": p.UsherName} {
		if !plain(text, "/._-:[]*") {
			errs = append(errs, fmt.Errorf("the %s %q holds characters that configuration files give a meaning to", what, text))
		}
	}
	if _, tls, err := address(p.Usher); err == nil && tls && !nameInCertificate(p.usherName()) {
		errs = append(errs, fmt.Errorf("usher speaks TLS, and %q is no name: say which name is in its certificate", p.usherName()))
	}
	if len(p.Identity) == 0 {
		errs = append(errs, errors.New("no identity header is named: applications would not learn who is signed in, and could believe the client"))
	}
	for _, n := range p.Identity {
		if n == "" || !plain(n, "-") {
			errs = append(errs, fmt.Errorf("the identity header %q is not letters, digits and hyphens", n))
		}
	}
	if _, err := usher.NewApplications(p.Applications); err != nil {
		return nil, errors.Join(append(errs, err)...)
	}
	var out []site
	for _, a := range p.Applications {
		errs = append(errs, add(&out, a, slices.Contains(p.Withheld, a.Name)))
	}
	if p.PublicURL != "" {
		errs = append(errs, addHost(&out, p.PublicURL))
	}
	n := 0
	for i := range out {
		out[i].ID = fmt.Sprintf("usher_host_%d", i+1)
		for j := range out[i].Apps {
			n++
			out[i].Apps[j].ID = fmt.Sprintf("usher_app_%d", n)
		}
		slices.SortStableFunc(out[i].Apps, func(a, b app) int { return len(b.Prefix) - len(a.Prefix) })
	}
	return out, errors.Join(errs...)
}

func addHost(out *[]site, address string) error {
	_, err := hostOf(out, address)
	return err
}

func hostOf(out *[]site, address string) (*site, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || !plain(u.Host, ".-_:[]") {
		return nil, fmt.Errorf("%q is not an address such as https://reports.corp.example", address)
	}
	host := usher.CanonicalHost(u.Host)
	if host == "" {
		return nil, fmt.Errorf("%q has no host", address)
	}
	for i := range *out {
		if (*out)[i].Host == host {
			if s := &(*out)[i]; s.Authority != strings.ToLower(u.Host) || s.Scheme != u.Scheme {
				return nil, fmt.Errorf("%s is written both as %s://%s and as %s://%s", host, s.Scheme, s.Authority, u.Scheme, u.Host)
			}
			return &(*out)[i], nil
		}
	}
	*out = append(*out, site{Host: host, Authority: strings.ToLower(u.Host), Scheme: u.Scheme})
	return &(*out)[len(*out)-1], nil
}

func add(out *[]site, a usher.Application, withheld bool) error {
	s, err := hostOf(out, a.URL)
	if err != nil {
		return fmt.Errorf("application %q: %w", a.Name, err)
	}
	u, err := url.Parse(a.URL)
	if err != nil {
		return fmt.Errorf("application %q: %w", a.Name, err)
	}
	prefix := strings.TrimSuffix(u.Path, "/")
	if !plain(prefix, "/._-~") {
		return fmt.Errorf("application %q: the path %q holds characters that configuration files give a meaning to", a.Name, prefix)
	}
	if a.Name == "" {
		return fmt.Errorf("the application at %s has no name", a.URL)
	}
	if a.Upstream == "" {
		return fmt.Errorf("application %q has no upstream: say where the front server finds it, such as http://127.0.0.1:8080", a.Name)
	}
	addr, tls, err := address(a.Upstream)
	if err != nil {
		return fmt.Errorf("application %q: %w", a.Name, err)
	}
	made := app{Name: a.Name, Prefix: prefix, Upstream: strings.TrimSuffix(a.Upstream, "/"), Address: addr, TLS: tls, Withheld: withheld}
	if made.Way, err = made.way(a.UpstreamTLS); err != nil {
		return fmt.Errorf("application %q: %w", a.Name, err)
	}
	s.Apps = append(s.Apps, made)
	return nil
}

// address reads http://host:port, https://host:port or unix:/path.
func address(text string) (addr string, tls bool, err error) {
	if path, ok := strings.CutPrefix(text, "unix:"); ok {
		if !strings.HasPrefix(path, "/") || !plain(path, "/._-") {
			return "", false, fmt.Errorf("%q is not unix: and an absolute path", text)
		}
		return text, false, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || !plain(u.Host, ".-_:[]") || u.User != nil ||
		u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" {
		return "", false, fmt.Errorf("%q is not http://host:port, https://host:port or unix:/path", text)
	}
	addr = u.Host
	if u.Port() == "" {
		addr += map[string]string{"http": ":80", "https": ":443"}[u.Scheme]
	}
	return addr, u.Scheme == "https", nil
}

// plain reports whether text is letters, digits and the bytes in also.
func plain(text, also string) bool {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && strings.IndexByte(also, c) < 0 {
			return false
		}
	}
	return true
}

// untrusted are headers that applications believe and clients write. Front
// servers have no pattern for names, so these are named one by one.
func untrusted(identity []string) []string {
	all := []string{"Forwarded", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Server", "X-Forwarded-Scheme", "X-Forwarded-Ssl",
		"X-Forwarded-Uri", "X-Forwarded-Method", "X-Forwarded-Path", "X-Forwarded-Access-Token", "X-Forwarded-Client-Cert", "X-Original-Uri",
		"X-Original-Url", "X-Original-Host", "X-Original-Method", "X-Rewrite-Url", "X-Client-Ip", "X-Remote-User", "X-Remote-Group", "X-Remote-Groups",
		"X-Webauth-User", "X-Usher-Cookie", "X-Usher-Application", "X-Usher-Assertion",
		"X-Forwarded-User", "X-Forwarded-Email", "X-Forwarded-Groups", "X-Forwarded-Preferred-Username",
		"X-Auth-Request-User", "X-Auth-Request-Email", "X-Auth-Request-Groups", "X-Auth-Request-Preferred-Username", "X-Auth-Request-Access-Token",
		"Remote-User", "Remote-Email", "Remote-Groups", "Remote-Name"}
	return slices.DeleteFunc(all, func(n string) bool {
		return slices.ContainsFunc(identity, func(i string) bool { return strings.EqualFold(i, n) })
	})
}

// render fills a template that is part of the program.
func render(name, text string, view any) (string, error) {
	t, err := template.New(name).Parse(text)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	if err := t.Execute(&b, view); err != nil {
		return "", err
	}
	return b.String(), nil
}

// view is what every template sees.
type view struct {
	Params
	Sites     []site
	Usher     string // host:port
	UsherHost string
	UsherPort string
	UsherTLS  bool
	UsherName string
	Untrusted []string
}

// view checks the parameters. A server that gets certificates itself needs none.
func (p Params) view(getsCertificates bool) (view, error) {
	sites, err := p.sites()
	if err != nil {
		return view{}, err
	}
	if !p.PlainHTTP && p.CertFile == "" && !getsCertificates {
		return view{}, errors.New("there is no certificate: name its file and its key's, or say that another server ends TLS before this one")
	}
	if p.OpenFor <= 0 {
		p.OpenFor = OpenFor
	}
	v := view{Params: p, Sites: sites, UsherName: p.usherName(), Untrusted: untrusted(p.Identity)}
	v.Usher, v.UsherTLS, _ = address(p.Usher)
	v.UsherHost, v.UsherPort, err = net.SplitHostPort(v.Usher)
	if v.Listen == "" {
		v.Listen = "443"
		if p.PlainHTTP {
			v.Listen = "80"
		}
	}
	return v, err
}

// ListenHost is the address of Listen; empty: all of them.
func (p Params) ListenHost() string {
	if host, _, err := net.SplitHostPort(p.Listen); err == nil {
		return host
	}
	return ""
}

// ListenPort is the port of Listen.
func (p Params) ListenPort() string {
	if _, port, err := net.SplitHostPort(p.Listen); err == nil {
		return port
	}
	return p.Listen
}
