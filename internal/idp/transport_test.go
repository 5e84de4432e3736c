// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	usher "github.com/usher-signin/usher"
)

// tlsClient is a client of a TLS server on this machine.
func tlsClient(t *testing.T, address string, roots *x509.CertPool) *Client {
	t.Helper()
	h := Transport(TransportOptions{Roots: roots, AllowLoopback: true})
	t.Cleanup(h.CloseIdleConnections)
	account := usher.ExternalAccount{Type: usher.TypeOpenIDConnect, Server: address, ClientID: "c"}
	return must(New(account, Options{HTTP: h}))
}

func TestTLSIsChecked(t *testing.T) {
	serve := func(config *tls.Config) *httptest.Server {
		s := httptest.NewUnstartedServer(http.NotFoundHandler())
		s.Config.ErrorLog = quietLog()
		s.TLS = config
		s.StartTLS()
		t.Cleanup(s.Close)
		return s
	}
	good := serve(nil)
	roots := x509.NewCertPool()
	roots.AddCert(good.Certificate())
	old := serve(&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	port := func(s *httptest.Server) string { return must(url.Parse(s.URL)).Port() }
	for name, row := range map[string]struct {
		address string
		roots   *x509.CertPool
		saw     string
	}{
		"trusted":         {good.URL, roots, "HTTP 404"},
		"not trusted":     {good.URL, nil, "authority that is not trusted"},
		"another name":    {"https://idp.localhost:" + port(good), roots, "another name"},
		"TLS 1.1":         {old.URL, roots, "no answer"},
		"no TLS":          {"https://127.0.0.1:" + port(plain), roots, "not TLS"},
		"nobody listens":  {"https://127.0.0.1:1", roots, "refused"},
		"no such name":    {"https://idp.invalid", roots, "could not be resolved"},
		"expired, by now": {good.URL, roots, "HTTP 404"},
	} {
		_, cause := tlsClient(t, row.address, row.roots).Metadata(t.Context())
		if cause == nil || !strings.Contains(cause.Saw, row.saw) {
			if name == "another name" && cause != nil && strings.Contains(cause.Saw, "could not be resolved") {
				continue // this machine does not resolve names below localhost
			}
			t.Errorf("%s: %v", name, cause)
		}
	}
}

func TestExpiredCertificateIsSaid(t *testing.T) {
	saw, _ := explainNetwork(&url.Error{Op: "Get", URL: "https://x/?code=1", Err: &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}}})
	if saw != "a certificate that is expired or not valid" {
		t.Error(saw)
	}
}

func TestAddressesThatAreRefused(t *testing.T) {
	for address, row := range map[string]struct{ remote, local bool }{
		"93.184.216.34":          {true, true},
		"10.0.0.1":               {true, true},
		"192.168.1.1":            {true, true},
		"2001:db8::1":            {true, true},
		"fd00::1":                {true, true},
		"127.0.0.1":              {false, true},
		"127.8.8.8":              {false, true},
		"::1":                    {false, true},
		"::ffff:127.0.0.1":       {false, true},
		"64:ff9b::7f00:1":        {false, true},
		"169.254.169.254":        {false, false},
		"::ffff:169.254.169.254": {false, false},
		"64:ff9b::a9fe:a9fe":     {false, false},
		"fe80::1":                {false, false},
		"fe80::1%eth0":           {false, false},
		"224.0.0.1":              {false, false},
		"ff02::1":                {false, false},
		"0.0.0.0":                {false, false},
		"::":                     {false, false},
	} {
		addr := netip.MustParseAddr(address)
		if got := checkAddr(addr, false) == nil; got != row.remote {
			t.Errorf("%s from a remote issuer: %v", address, got)
		}
		if got := checkAddr(addr, true) == nil; got != row.local {
			t.Errorf("%s from a local issuer: %v", address, got)
		}
	}
}

// A name that leads to this machine only after resolution is refused before a
// connection is made.
func TestNameThatResolvesToThisMachine(t *testing.T) {
	reached := false
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	t.Cleanup(s.Close)
	d := &guardedDialer{}
	if conn, err := d.DialContext(t.Context(), "tcp", s.Listener.Addr().String()); !errors.Is(err, errRefusedTarget) {
		t.Errorf("connected: %v, %v", conn, err)
	}
	// Where the caller dials, the address reached is judged.
	d.dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, s.Listener.Addr().String())
	}
	if _, err := d.DialContext(t.Context(), "tcp", "idp.example:443"); !errors.Is(err, errRefusedTarget) {
		t.Errorf("connected through the caller's dialer: %v", err)
	}
	h := Transport(TransportOptions{Dial: d.dial})
	_, err := h.Get("https://idp.example/")
	if !errors.Is(err, errRefusedTarget) || reached {
		t.Errorf("reached %v, %v", reached, err)
	}
	account := usher.ExternalAccount{Type: usher.TypeOpenIDConnect, Server: "https://idp.example", ClientID: "c"}
	_, cause := must(New(account, Options{HTTP: h})).Metadata(t.Context())
	if cause == nil || cause.Code != usher.CodeProviderMetadata || !strings.Contains(cause.Detail, "127.0.0.1 is this machine") {
		t.Errorf("cause %v", cause)
	}
}

func TestSchemesThatAreRefused(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	for _, address := range []string{s.URL, "ftp://x/", "http://idp.example/", "https://me:pw@idp.example/"} {
		_, err := Transport(TransportOptions{}).Get(address)
		if !errors.Is(err, errRefusedTarget) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if resp, err := Transport(TransportOptions{AllowLoopback: true}).Get(s.URL); err != nil {
		t.Error(err)
	} else {
		_ = resp.Body.Close()
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	away := httptest.NewServer(http.RedirectHandler("/elsewhere", http.StatusFound))
	t.Cleanup(away.Close)
	resp, err := Transport(TransportOptions{AllowLoopback: true}).Get(away.URL + "/")
	if err != nil || resp.StatusCode != http.StatusFound || resp.Body.Close() != nil {
		t.Errorf("the transport itself: %v", err)
	}
	for _, path := range []string{"/token", "/userinfo", "/keys"} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			op := newOP(t, false)
			op.answer(path, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, op.URL+"/evil", status) })
			_, _, cause := signIn(t, op.clientFor(t, op.account(), Options{HTTP: &http.Client{}}))
			if cause == nil || !strings.Contains(cause.Saw, "a redirect to") || op.count("/evil") != 0 {
				t.Errorf("%s with %d: %v, evil called %d times", path, status, cause, op.count("/evil"))
			}
		}
	}
}

// The environment's proxy settings have no say; a proxy that was chosen has.
func TestProxyIsChosenOutright(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	op := newOP(t, false)
	if _, cause := op.client(t).Metadata(t.Context()); cause != nil {
		t.Errorf("the environment decided: %v", cause)
	}
	connects := make(chan string, 1)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connects <- r.Method + " " + r.Host
		w.WriteHeader(http.StatusForbidden)
	}))
	t.Cleanup(proxy.Close)
	h := Transport(TransportOptions{Proxy: http.ProxyURL(must(url.Parse(proxy.URL)))})
	account := usher.ExternalAccount{Type: usher.TypeOpenIDConnect, Server: "https://idp.example", ClientID: "c"}
	_, cause := must(New(account, Options{HTTP: h})).Metadata(t.Context())
	if got := <-connects; got != "CONNECT idp.example:443" || cause == nil || cause.Code != usher.CodeProviderUnreachable {
		t.Errorf("%q, %v", got, cause)
	}
}

func TestGzipBomb(t *testing.T) {
	for _, path := range []string{"/keys", "/token", "/userinfo", "/.well-known/openid-configuration"} {
		op := newOP(t, false)
		op.answer(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			block := []byte(strings.Repeat(" ", 1<<20))
			for range 200 {
				if _, err := z.Write(block); err != nil {
					return
				}
			}
			_ = z.Close()
		})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, cause := signIn(t, op.client(t))
		runtime.ReadMemStats(&after)
		if cause == nil || !strings.Contains(cause.Saw, "more than 1 MiB") {
			t.Errorf("%s: %v", path, cause)
		}
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 32<<20 {
			t.Errorf("%s: %d MiB were allocated", path, grown>>20)
		}
	}
}

func TestHeaderFlood(t *testing.T) {
	op := newOP(t, false)
	op.answer("/keys", func(w http.ResponseWriter, _ *http.Request) {
		for i := range 2000 {
			w.Header().Set(fmt.Sprint("X-Flood-", i), strings.Repeat("x", 100))
		}
		writeJSON(w, map[string]any{"keys": op.jwks})
	})
	if _, _, cause := signIn(t, op.client(t)); cause == nil || cause.Code != usher.CodeProviderUnreachable {
		t.Errorf("%v", cause)
	}
}

// pipeDial connects to a server made of a function, without a network, so that
// time can be a bubble's.
func pipeDial(served *sync.WaitGroup, serve func(net.Conn)) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		served.Go(func() { serve(theirs) })
		return ours, nil
	}
}

func TestSlowProvidersEndInTenSeconds(t *testing.T) {
	readRequest := func(conn net.Conn) {
		_, _ = http.ReadRequest(bufio.NewReader(conn))
	}
	for name, serve := range map[string]func(net.Conn){
		"never answers": func(conn net.Conn) { readRequest(conn) },
		"drips a byte a second": func(conn net.Conn) {
			readRequest(conn)
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
			for {
				if _, err := conn.Write([]byte(" ")); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		},
		"drips its header": func(conn net.Conn) {
			readRequest(conn)
			for {
				if _, err := conn.Write([]byte("H")); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			var served sync.WaitGroup
			h := Transport(TransportOptions{AllowLoopback: true, Dial: pipeDial(&served, serve)})
			defer served.Wait()
			defer h.CloseIdleConnections()
			account := usher.ExternalAccount{Type: usher.TypeOpenIDConnect, Server: "http://127.0.0.1:9", ClientID: "c"}
			c := must(New(account, Options{HTTP: h, Environment: usher.Development}))
			begun := time.Now()
			_, cause := c.Metadata(t.Context())
			if took := time.Since(begun); took > callTimeout || cause == nil || cause.Code != usher.CodeProviderUnreachable {
				t.Errorf("%s: after %s: %v", name, took, cause)
			}
		})
	}
}

// A code is never sent twice: not when the connection ends without an answer,
// not when a kept connection turns out to be closed.
func TestCodeIsSentOnce(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"closed before the answer": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"closed within the answer": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(`{"access_token":`))
		},
		"503": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
		"401": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) },
		"408": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusRequestTimeout) },
	} {
		op := newOP(t, false)
		op.Config.ErrorLog = quietLog()
		c := op.client(t)
		if _, cause := c.Metadata(t.Context()); cause != nil { // a connection that is kept
			t.Fatal(cause)
		}
		op.answer("/token", h)
		if _, cause := c.Redeem(t.Context(), redemption()); cause == nil {
			t.Errorf("%s: accepted", name)
		}
		if n := op.count("/token"); n != 1 {
			t.Errorf("%s: the code was sent %d times", name, n)
		}
	}
}

// A client that is handed in brings no cookies of others along.
func TestNoCookies(t *testing.T) {
	op := newOP(t, false)
	jar := must(cookiejar.New(nil))
	jar.SetCookies(must(url.Parse(op.URL)), []*http.Cookie{{Name: "a", Value: "b"}})
	h := Transport(TransportOptions{AllowLoopback: true})
	h.Jar = jar
	if _, _, cause := signIn(t, op.clientFor(t, op.account(), Options{HTTP: h})); cause != nil {
		t.Fatal(cause)
	}
	for _, call := range op.calls {
		if call.header.Get("Cookie") != "" {
			t.Errorf("%s was sent a cookie", call.path)
		}
	}
}
