// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"

	usher "github.com/usher-signin/usher"
)

// Limits of one call to the provider.
const (
	callTimeout    = 10 * time.Second // from the first dial to the last byte of the body
	dialTimeout    = 5 * time.Second
	maxBody        = 1 << 20 // bytes, after decompression
	maxHeaderBytes = 64 << 10
)

// TransportOptions say how the provider is reached.
type TransportOptions struct {
	Roots *x509.CertPool                                                       // authorities trusted; nil: the system's
	Proxy func(*http.Request) (*url.URL, error)                                // nil: no proxy, whatever the environment says
	Dial  func(ctx context.Context, network, address string) (net.Conn, error) // nil: a [net.Dialer]
	// AllowLoopback permits this machine as a target, and plain http to it. Set
	// it where the account's own server is on this machine, and nowhere else.
	AllowLoopback bool
}

// Transport makes the HTTP client through which all calls to a provider go:
// https only, TLS 1.2 or newer, no redirect followed, ten seconds in all. An
// address that resolves to a link-local address, or to this machine where that
// is not allowed, is refused before a connection is made. Behind a proxy the
// names are resolved there, so that only addresses written as numbers can be
// judged.
func Transport(o TransportOptions) *http.Client {
	dialer := &guardedDialer{allowLoopback: o.AllowLoopback, dial: o.Dial}
	base := &http.Transport{
		Proxy:                  dialer.rememberProxy(o.Proxy),
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.Roots},
		TLSHandshakeTimeout:    dialTimeout,
		ResponseHeaderTimeout:  callTimeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        30 * time.Second,
		ForceAttemptHTTP2:      true,
	}
	return &http.Client{
		Transport:     schemeGuard{next: base, allowLoopback: o.AllowLoopback},
		CheckRedirect: noRedirect,
		Timeout:       callTimeout,
	}
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// errRefusedTarget marks an address that usher does not connect to.
var errRefusedTarget = errors.New("usher does not connect to this address")

// schemeGuard lets a request out only over https, or over http to this machine
// where that is allowed.
type schemeGuard struct {
	next          http.RoundTripper
	allowLoopback bool
}

// RoundTrip implements [http.RoundTripper].
func (g schemeGuard) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := checkTarget(r.URL, g.allowLoopback, g.allowLoopback); err != nil {
		return nil, fmt.Errorf("%w: %w", errRefusedTarget, err)
	}
	return g.next.RoundTrip(r)
}

// CloseIdleConnections closes what the pool holds.
func (g schemeGuard) CloseIdleConnections() {
	if c, ok := g.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// checkTarget judges an address by its writing alone.
func checkTarget(u *url.URL, allowLoopback, allowHTTP bool) error {
	host := u.Hostname()
	loopback := usher.Loopback(host)
	switch {
	case host == "":
		return errors.New("there is no host in it")
	case u.User != nil:
		return errors.New("it holds a user name")
	case u.Scheme == "http" && !loopback:
		return errors.New("it is not https")
	case u.Scheme == "http" && !allowHTTP:
		return errors.New("plain http is for this machine in a development instance only")
	case u.Scheme != "https" && u.Scheme != "http":
		return errors.New("it is not https")
	case loopback && !allowLoopback:
		return errors.New("it is this machine, and the account's server is not")
	}
	if addr, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return checkAddr(addr, allowLoopback)
	}
	return nil
}

// nat64 is the well-known prefix that carries an IPv4 address (RFC 6052).
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// checkAddr judges an address after resolution. Link-local addresses lead to
// the metadata services of cloud machines.
func checkAddr(addr netip.Addr, allowLoopback bool) error {
	addr = addr.Unmap().WithZone("")
	if nat64.Contains(addr) {
		raw := addr.As16()
		addr = netip.AddrFrom4([4]byte(raw[12:]))
	}
	switch {
	case addr.IsLinkLocalUnicast(), addr.IsMulticast():
		return fmt.Errorf("%s is a link-local or multicast address", addr)
	case addr.IsUnspecified():
		return fmt.Errorf("%s names no machine", addr)
	case addr.IsLoopback() && !allowLoopback:
		return fmt.Errorf("%s is this machine, and the account's server is not", addr)
	}
	return nil
}

// guardedDialer judges each address after resolution, right before connecting,
// so that a name cannot change between the judgement and the connection.
type guardedDialer struct {
	allowLoopback bool
	dial          func(ctx context.Context, network, address string) (net.Conn, error)
	proxies       sync.Map // host:port of proxies: the administrator chose them, they may be anywhere
}

func (d *guardedDialer) rememberProxy(choose func(*http.Request) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	if choose == nil {
		return nil
	}
	return func(r *http.Request) (*url.URL, error) {
		u, err := choose(r)
		if u != nil {
			d.proxies.Store(dialAddress(u), true)
		}
		return u, err
	}
}

func dialAddress(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
	}
	if port == "" {
		port = "80"
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// DialContext connects to address, unless it must not.
func (d *guardedDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	_, toProxy := d.proxies.Load(address)
	dial := d.dial
	if dial == nil {
		dialer := &net.Dialer{Timeout: dialTimeout}
		if !toProxy {
			dialer.Control = d.control
		}
		dial = dialer.DialContext
	}
	conn, err := dial(ctx, network, address)
	if err != nil || toProxy {
		return conn, err
	}
	if tcp, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		if err := checkAddr(tcp.AddrPort().Addr(), d.allowLoopback); err != nil {
			_ = conn.Close()
			return nil, fmt.Errorf("%w: %w", errRefusedTarget, err)
		}
	}
	return conn, nil
}

func (d *guardedDialer) control(_, address string, _ syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: it is not an address", errRefusedTarget)
	}
	if err := checkAddr(target.Addr(), d.allowLoopback); err != nil {
		return fmt.Errorf("%w: %w", errRefusedTarget, err)
	}
	return nil
}
