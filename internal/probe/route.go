// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/idp"
)

// A target is a host that sign-ins need, and why.
type target struct {
	purpose string // as in [doctor.Route]
	url     *url.URL
}

func (t target) port() string {
	if port := t.url.Port(); port != "" {
		return port
	}
	if t.url.Scheme == "http" {
		return "80"
	}
	return "443"
}

// maxEndpointHosts bounds the hosts that a metadata document makes us look at.
const maxEndpointHosts = 3

// gatherRoutes looks at the way to the provider's host, step by step, then to
// other hosts that its metadata names. Of the callback's host only the name is
// looked up: browsers go there, not we.
func (p *provider) gatherRoutes(ctx context.Context) (*[]doctor.Route, string) {
	own, err := url.Parse(p.account.Server)
	if err != nil || own.Hostname() == "" {
		return nil, "the account's server is no address"
	}
	provider := newLater[doctor.Route]()
	var callback, rest []doctor.Route
	var wg sync.WaitGroup
	wg.Go(func() { provider.set(p.route(ctx, target{"provider", own})) })
	wg.Go(func() { callback = p.callbackRoute(ctx, provider) })
	wg.Go(func() { rest = p.endpointRoutes(ctx, own) })
	wg.Wait()
	first, _ := provider.wait(ctx)
	if d, ok := p.found.wait(ctx); ok {
		first.Page = d.page
	}
	out := append([]doctor.Route{first}, p.proxyRoute(ctx, first)...)
	out = append(out, rest...)
	out = append(out, callback...)
	if ctx.Err() != nil && len(first.Dials) == 0 && first.NameError == "" && first.Handshake == nil {
		return nil, p.whyNot(ctx)
	}
	return &out, ""
}

// callbackRoute looks the callback's name up, and reports it only where the
// name does not exist for a resolver that knows the provider's: a machine
// without a resolver says nothing about names.
func (p *provider) callbackRoute(ctx context.Context, provider *later[doctor.Route]) []doctor.Route {
	u, err := url.Parse(p.account.CallbackURL)
	if err != nil || u.Hostname() == "" || literal(u.Hostname()) {
		return nil
	}
	r := doctor.Route{Purpose: "callback", Host: u.Hostname(), Port: target{url: u}.port()}
	p.resolve(ctx, &r)
	known, ok := provider.wait(ctx)
	if !ok || r.NameError != "not-found" || known.NameError != "" || literal(known.Host) || known.Proxy != "" {
		return nil
	}
	return []doctor.Route{r}
}

// literal says that a host needs no resolver.
func literal(host string) bool {
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil || usher.Loopback(host)
}

// endpointRoutes looks at further hosts of the metadata. They come from the
// provider, so addresses that usher would not call are left alone.
func (p *provider) endpointRoutes(ctx context.Context, own *url.URL) []doctor.Route {
	d, ok := p.found.wait(ctx)
	if !ok {
		return nil
	}
	var targets []target
	for _, address := range []string{d.authorization, d.token, d.keys} {
		u, err := url.Parse(address)
		if err != nil || address == "" || usher.SameHost(u, own) || len(targets) == maxEndpointHosts ||
			slices.ContainsFunc(targets, func(t target) bool { return usher.SameHost(t.url, u) }) {
			continue
		}
		targets = append(targets, target{"endpoint", u})
	}
	out := make([]doctor.Route, len(targets))
	var wg sync.WaitGroup
	for i, t := range targets {
		wg.Go(func() { out[i] = p.route(ctx, t) })
	}
	wg.Wait()
	return out
}

// route looks at the way to one host: name, connections of both families, the
// egress proxy, the TLS handshake.
func (p *provider) route(ctx context.Context, t target) doctor.Route {
	r := doctor.Route{Purpose: t.purpose, Host: t.url.Hostname(), Port: t.port()}
	addrs := p.resolve(ctx, &r)
	proxy, _ := p.proxies().ProxyFunc()(t.url)
	if proxy != nil {
		p.throughProxy(ctx, &r, t, proxy, addrs)
		return r
	}
	for _, d := range p.dialAll(ctx, addrs, r.Port) {
		r.Dials = append(r.Dials, d.Dial)
	}
	if t.url.Scheme == "https" && slices.ContainsFunc(r.Dials, func(d doctor.Dial) bool { return d.Err == "" }) {
		r.Handshake = p.shake(ctx, r.Host, anyPrivate(addrs), func(ctx context.Context) (net.Conn, error) {
			return p.dial(ctx, net.JoinHostPort(r.Host, r.Port), addrs)
		})
	}
	return r
}

func anyPrivate(addrs []netip.Addr) bool { return slices.ContainsFunc(addrs, netip.Addr.IsPrivate) }

// resolve looks a name up and notes how that went.
func (p *provider) resolve(ctx context.Context, r *doctor.Route) []netip.Addr {
	if addr, err := netip.ParseAddr(strings.Trim(r.Host, "[]")); err == nil {
		r.Addresses = []string{addr.String()}
		return []netip.Addr{addr}
	}
	within, cancel := context.WithTimeout(ctx, p.Each)
	defer cancel()
	type looked struct {
		addrs []netip.Addr
		err   error
	}
	answer := make(chan looked, 1) // the system's resolver may not heed the context
	go func() {
		addrs, err := p.Lookup(within, r.Host)
		answer <- looked{addrs, err}
	}()
	var l looked
	select {
	case l = <-answer:
	case <-within.Done():
		l.err = within.Err()
	}
	var dns *net.DNSError
	if errors.As(l.err, &dns) && len(dns.Server) < maxShown {
		r.Resolver = dns.Server
	}
	switch {
	case l.err == nil && len(l.addrs) > 0:
	case ctx.Err() != nil: // our own time is over: nothing follows
	case dns != nil && dns.IsNotFound, l.err == nil:
		r.NameError = "not-found"
	case dns != nil && dns.IsTimeout, errors.Is(l.err, context.DeadlineExceeded):
		r.NameError = "timeout"
	default:
		r.NameError = "server-failure"
	}
	var out []netip.Addr
	for _, a := range l.addrs[:min(len(l.addrs), 16)] {
		a = a.Unmap()
		out = append(out, a)
		r.Addresses = append(r.Addresses, a.String())
	}
	slices.Sort(r.Addresses)
	return out
}

// maxDials bounds the connections of each family.
const maxDials = 2

// A dialed is an attempt to connect with its error as it was.
type dialed struct {
	doctor.Dial
	noRoute bool // this machine has no way into that family's network at all
}

// dialAll connects to a few addresses of each family side by side, and hangs
// up. Where this machine has no IPv6 at all, nothing follows from that.
func (p *provider) dialAll(ctx context.Context, addrs []netip.Addr, port string) []dialed {
	var tried []netip.Addr
	count := map[bool]int{}
	for _, a := range addrs {
		if count[a.Is6()]++; count[a.Is6()] <= maxDials && idp.CheckAddr(a, p.local) == nil {
			tried = append(tried, a)
		}
	}
	out := make([]dialed, len(tried))
	var wg sync.WaitGroup
	for i, a := range tried {
		wg.Go(func() { out[i] = p.dialOne(ctx, net.JoinHostPort(a.String(), port), a.Is6()) })
	}
	wg.Wait()
	connected := slices.ContainsFunc(out, func(d dialed) bool { return d.Err == "" })
	return slices.DeleteFunc(out, func(d dialed) bool { return d.Err == "stopped" || connected && d.noRoute })
}

func (p *provider) dialOne(ctx context.Context, address string, v6 bool) dialed {
	began := time.Now()
	within, cancel := context.WithTimeout(ctx, p.Each)
	defer cancel()
	conn, err := p.connect(within, address)
	d := dialed{Dial: doctor.Dial{Address: address, V6: v6, Took: time.Since(began)}}
	if err == nil {
		_ = conn.Close()
		return d
	}
	d.Err = dialFault(err)
	d.noRoute = errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT)
	if ctx.Err() != nil {
		d.Err = "stopped" // by us: no evidence
	}
	return d
}

func dialFault(err error) string {
	var timeout net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, syscall.ECONNRESET):
		return "reset"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, syscall.ETIMEDOUT):
		return "timeout"
	}
	return "unreachable"
}

// connect makes one connection to host:port or address:port.
func (w *world) connect(ctx context.Context, address string) (net.Conn, error) {
	if w.Dial != nil {
		return w.Dial(ctx, "tcp", address)
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", address)
}

// dial connects to the first of the addresses that answers. Each was judged
// before; a name is not looked up again.
func (p *provider) dial(ctx context.Context, address string, addrs []netip.Addr) (net.Conn, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	err = errors.New("no address to connect to")
	for _, a := range addrs {
		if idp.CheckAddr(a, p.local) != nil {
			continue
		}
		var conn net.Conn
		if conn, err = p.connect(ctx, net.JoinHostPort(a.String(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}
