// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/usher-signin/usher"
)

// upstream is where an application really is.
type upstream struct {
	text   string // as the configuration has it
	scheme string
	host   string // host and port, as it stands in an address
	socket string // path of a unix socket; empty: TCP
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

// Limits of what is kept open and waited for on the way to an application.
const (
	dialWithin     = 10 * time.Second
	answerWithin   = 5 * time.Minute // reports take long
	idleFor        = 90 * time.Second
	idlePerHost    = 64
	maxHeaderBytes = 256 << 10
)

// transports keeps one transport for each upstream, so that connections
// outlive changes of the configuration.
type transports struct {
	roots *x509.CertPool
	mu    sync.Mutex
	made  map[string]http.RoundTripper
}

func (t *transports) to(up *upstream) http.RoundTripper {
	t.mu.Lock()
	defer t.mu.Unlock()
	tr := t.made[up.text]
	if tr == nil {
		tr = newTransport(up, t.roots)
		t.made[up.text] = tr
	}
	return tr
}

func (t *transports) closeIdle() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, tr := range t.made {
		if tr, ok := tr.(*http.Transport); ok {
			tr.CloseIdleConnections()
		}
	}
}

func newTransport(up *upstream, roots *x509.CertPool) *http.Transport {
	dialer := &net.Dialer{Timeout: dialWithin, KeepAlive: 30 * time.Second}
	tr := &http.Transport{
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    dialWithin,
		ResponseHeaderTimeout:  answerWithin,
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
