// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/clienttls"
)

// upstream is where an application really is.
type upstream struct {
	text   string // as the configuration has it
	scheme string
	host   string // host and port, as it stands in an address
	socket string // path of a unix socket; empty: TCP
	tls    usher.UpstreamTLS
	wait   usher.UpstreamTimeouts
}

// upstreamOf is an application's upstream with how to reach it.
func upstreamOf(app *usher.Application) (*upstream, error) {
	up, err := parseUpstream(app.Upstream)
	if err == nil {
		err = checkUpstream(app)
	}
	if err != nil {
		return nil, err
	}
	up.tls, up.wait = app.UpstreamTLS, app.UpstreamTimeouts
	if up.wait.Connect <= 0 {
		up.wait.Connect = usher.UpstreamConnect
	}
	if up.wait.Answer <= 0 {
		up.wait.Answer = usher.UpstreamAnswer
	}
	return up, nil
}

// parseUpstream reads http://host:port, https://host:port or unix:/path. A
// path is refused: what is forwarded is what was judged, unchanged.
func parseUpstream(text string) (*upstream, error) {
	if path, ok := strings.CutPrefix(text, "unix:"); ok {
		if !strings.HasPrefix(path, "/") || strings.IndexByte(path, 0) >= 0 {
			return nil, fmt.Errorf("upstream %q: a socket is written as unix: and an absolute path, such as unix:/run/app.sock", text)
		}
		return &upstream{text: text, scheme: "http", host: "localhost", socket: path}, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || usher.CanonicalHost(u.Host) == "" || u.User != nil {
		return nil, fmt.Errorf("upstream %q is not http://host:port, https://host:port or unix:/path", text)
	}
	if u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" || u.ForceQuery {
		return nil, fmt.Errorf("upstream %q has a path: usher forwards every path as it was judged, so leave it out", text)
	}
	return &upstream{text: text, scheme: u.Scheme, host: u.Host}, nil
}

// Limits of what is kept open on the way to an application.
const (
	idleFor        = 90 * time.Second
	idlePerHost    = 256
	maxHeaderBytes = 256 << 10
)

// transports keeps one transport for each way to an upstream, so that
// connections outlive changes of the configuration.
type transports struct {
	roots *x509.CertPool
	now   func() time.Time
	warn  func(up *upstream, err error)
	mu    sync.Mutex
	made  map[upstream]*transport
}

// transport is a transport with the files that it was made from.
type transport struct {
	http.RoundTripper
	files  fileStamps
	looked time.Time
}

func (t *transports) to(up *upstream) http.RoundTripper {
	t.mu.Lock()
	defer t.mu.Unlock()
	tr := t.made[*up]
	switch {
	case tr == nil:
		tr = &transport{RoundTripper: failing{errors.New("the files of upstream_tls could not be read")}}
		t.made[*up] = tr
	case up.tls == (usher.UpstreamTLS{}) || t.now().Sub(tr.looked) < filesEvery:
		return tr.RoundTripper
	}
	tr.looked = t.now()
	files := stampsOf(up.tls)
	if _, failed := tr.RoundTripper.(failing); !failed && files == tr.files {
		return tr.RoundTripper
	}
	cfg, err := clienttls.Config(up.tls, t.roots)
	if err != nil { // renewals are written in two steps: what works stays until both are there
		t.warn(up, err)
		return tr.RoundTripper
	}
	closeIdle(tr.RoundTripper)
	tr.RoundTripper, tr.files = newTransport(up, cfg), files
	return tr.RoundTripper
}

// failing answers where there is no way to an application.
type failing struct{ err error }

// RoundTrip fails.
func (f failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }

func closeIdle(rt http.RoundTripper) {
	if tr, ok := rt.(*http.Transport); ok {
		tr.CloseIdleConnections()
	}
}

func (t *transports) closeIdle() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, tr := range t.made {
		closeIdle(tr.RoundTripper)
	}
}

func newTransport(up *upstream, cfg *tls.Config) *http.Transport {
	dialer := &net.Dialer{Timeout: up.wait.Connect, KeepAlive: 30 * time.Second}
	tr := &http.Transport{
		DialContext:            dialer.DialContext,
		TLSClientConfig:        cfg,
		TLSHandshakeTimeout:    up.wait.Connect,
		ResponseHeaderTimeout:  up.wait.Answer,
		ExpectContinueTimeout:  time.Second,
		IdleConnTimeout:        idleFor,
		MaxIdleConnsPerHost:    idlePerHost,
		MaxResponseHeaderBytes: maxHeaderBytes,
		DisableCompression:     true, // what the application sends is passed on as it is
		ForceAttemptHTTP2:      true,
	} // Proxy stays nil: no environment variable leads requests elsewhere
	if up.socket != "" {
		tr.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", up.socket)
		}
	}
	return tr
}
