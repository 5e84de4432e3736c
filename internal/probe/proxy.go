// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"

	"github.com/usher-signin/usher/internal/doctor"
)

// throughProxy looks at the way through the egress proxy, and whether the
// direct way would work too.
func (p *provider) throughProxy(ctx context.Context, r *doctor.Route, t target, proxy *url.URL, addrs []netip.Addr) {
	r.Proxy, r.NoProxy = proxyShown(proxy), p.proxies().NoProxy
	r.NameError, r.Resolver = "", "" // the proxy resolves the name
	var status int
	tunnel := func(ctx context.Context) (net.Conn, error) {
		conn, code, err := p.tunnel(ctx, proxy, net.JoinHostPort(r.Host, r.Port))
		if code != 0 {
			status = code
		}
		return conn, err
	}
	if t.url.Scheme == "https" && proxy.Scheme != "socks5" && proxy.Scheme != "socks5h" {
		r.Handshake = p.shake(ctx, r.Host, anyPrivate(addrs), tunnel)
		if r.ProxyStatus = status; status != http.StatusOK {
			r.Handshake = nil
		}
	}
	if r.ProxyStatus == http.StatusOK || len(addrs) == 0 {
		return
	}
	direct := false
	for _, d := range p.dialAll(ctx, addrs, r.Port) {
		direct = direct || d.Err == ""
	}
	r.Bypassed = &direct
}

// proxyRoute is the way to the proxy itself, where that is what fails.
func (p *provider) proxyRoute(ctx context.Context, to doctor.Route) []doctor.Route {
	if to.Proxy == "" || to.ProxyStatus != 0 {
		return nil
	}
	u, err := url.Parse(to.Proxy)
	if err != nil {
		return nil
	}
	r := doctor.Route{Purpose: "proxy", Host: u.Hostname(), Port: portOfProxy(u)}
	for _, a := range p.resolve(ctx, &r) {
		// The administrator chose the proxy; it may be anywhere.
		if d := p.dialOne(ctx, net.JoinHostPort(a.String(), r.Port), a.Is6()); d.Err != "stopped" {
			r.Dials = append(r.Dials, d.Dial)
		}
		if len(r.Dials) == maxDials {
			break
		}
	}
	return []doctor.Route{r}
}

func portOfProxy(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	return map[string]string{"https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme] + map[string]string{"http": "80"}[u.Scheme]
}

// proxyShown is the proxy's address without user and password.
func proxyShown(u *url.URL) string { return u.Scheme + "://" + u.Host }

// tunnel asks the proxy for a connection (RFC 9110 section 9.3.6).
func (p *provider) tunnel(ctx context.Context, proxy *url.URL, to string) (net.Conn, int, error) {
	address := net.JoinHostPort(proxy.Hostname(), portOfProxy(proxy))
	conn, err := p.connect(ctx, address)
	if err != nil {
		return nil, 0, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // ends reads that would wait
	defer stop()
	if proxy.Scheme == "https" {
		conn = tls.Client(conn, &tls.Config{ServerName: proxy.Hostname(), RootCAs: p.trust.all, MinVersion: tls.VersionTLS12})
	}
	header := ""
	if proxy.User != nil {
		password, _ := proxy.User.Password()
		header = "Proxy-Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(proxy.User.Username()+":"+password)) + "\r\n"
	}
	if _, err := fmt.Fprintf(conn, "CONNECT %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: %s\r\n%s\r\n", to, to, agent, header); err != nil {
		_ = conn.Close()
		return nil, 0, err
	}
	reader := bufio.NewReader(io.LimitReader(conn, maxPage))
	res, err := http.ReadResponse(reader, &http.Request{Method: http.MethodConnect})
	if err != nil {
		_ = conn.Close()
		return nil, 0, err
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		_ = conn.Close()
		return nil, res.StatusCode, errors.New("the proxy refused")
	}
	return conn, res.StatusCode, nil // a server speaks only after our hello: nothing is left in the reader
}
