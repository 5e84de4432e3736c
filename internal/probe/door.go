// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/usher-signin/usher/internal/seal"
)

// A door is the way to the gateway: its public address, or its own listener.
type door struct {
	*world
	public string // origin
	keys   *seal.Keys
	client *http.Client

	mu    sync.Mutex
	asked []string // nonces, so that an answer to an earlier question is known
}

// newDoor reads the key file, without which nobody can ask a gateway.
func (w *world) newDoor() (*door, error) {
	u, err := url.Parse(w.cfg.Server.PublicURL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("server.public_url is no address that could be asked")
	}
	d := &door{world: w, public: u.Scheme + "://" + u.Host}
	// What is asked and answered is under seal, so it needs no certificate to be
	// believed; whether browsers accept the certificate, other probes say.
	roots, err := trusted(w.cfg.Server.CAFile)
	if err != nil {
		roots = nil
	}
	d.client = d.newClient(roots)
	if w.cfg.Server.KeyFile == "" {
		return d, errors.New("server.key_file is not set")
	}
	d.keys, err = seal.LoadFile(w.cfg.Server.KeyFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return d, fmt.Errorf("the gateway's key file %s is not on this machine", w.cfg.Server.KeyFile)
	case errors.Is(err, fs.ErrPermission):
		return d, fmt.Errorf("this user may not read the gateway's key file %s", w.cfg.Server.KeyFile)
	}
	return d, err
}

func (d *door) newClient(roots *x509.CertPool) *http.Client {
	t := &http.Transport{DialContext: d.Dial, DisableCompression: true, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: false,
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}}
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (d *door) close() {
	if d != nil && d.client != nil {
		d.client.CloseIdleConnections()
	}
}

// local is the address of the gateway's own listener, for a process on its machine.
func (d *door) local() string {
	host, port, err := net.SplitHostPort(d.cfg.Server.Listen)
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	scheme := "http"
	if d.cfg.Server.TLS.CertFile != "" {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// addresses are where the gateway may be asked, the nearest first.
func (d *door) addresses() []string {
	if l := d.local(); l != "" && here(d.cfg) {
		return []string{l + EchoPath, d.public + EchoPath}
	}
	return []string{d.public + EchoPath}
}

// ringing is one request to the gateway.
type ringing struct {
	address   string
	do, about string
	nonce     string // empty: a fresh one
	header    http.Header
	cookies   string // the Cookie header
}

// An answer is what came back.
type answer struct {
	status  int
	nonce   string   // of the question
	arrival *Arrival // nil: not answered under our seal
	stale   bool     // it is the answer to an earlier question
	marked  bool     // our gateway answered, whatever it answered
	header  http.Header
	title   string
	body    string // its beginning
}

func (d *door) request(ctx context.Context, a ringing) (*http.Request, string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, a.address, nil)
	if err != nil {
		return nil, "", err
	}
	for name, values := range a.header {
		r.Header[name] = values
	}
	if a.cookies != "" {
		r.Header.Set("Cookie", a.cookies)
	}
	r.Header.Set("User-Agent", userAgent)
	if a.nonce == "" {
		a.nonce = d.random.hex(16)
	}
	if d.keys == nil {
		return r, a.nonce, nil
	}
	sealed, err := SealQuestion(d.keys, Question{Nonce: a.nonce, At: d.Now(), Do: a.do, About: a.about})
	if err != nil {
		return nil, "", err
	}
	r.Header.Set(EchoHeader, sealed)
	d.mu.Lock()
	d.asked = append(d.asked, a.nonce)
	d.mu.Unlock()
	return r, a.nonce, nil
}

// ask asks once and reads what comes back.
func (d *door) ask(ctx context.Context, a ringing) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, d.Each)
	defer cancel()
	r, nonce, err := d.request(ctx, a)
	if err != nil {
		return answer{}, err
	}
	res, err := d.client.Do(r)
	if err != nil && certificateTrouble(err) {
		if res, err = d.believing().Do(r.Clone(ctx)); err != nil {
			return answer{}, err
		}
	}
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(res.Body, mostAnswer))
	if err != nil {
		return answer{}, err
	}
	got := d.read(nonce, res, data)
	if d.keys != nil && res.StatusCode == http.StatusTooManyRequests {
		return got, errAskedTooOften // it says nothing of what was asked
	}
	return got, nil
}

var errAskedTooOften = errors.New("fewer questions are wanted at the moment (HTTP 429)")

// certificateTrouble reports whether only the certificate was not accepted.
func certificateTrouble(err error) bool {
	var failed *tls.CertificateVerificationError
	return errors.As(err, &failed)
}

// believing is a client that takes any certificate: see newDoor.
func (d *door) believing() *http.Client {
	c := d.newClient(nil)
	if t, ok := c.Transport.(*http.Transport); ok {
		t.TLSClientConfig.InsecureSkipVerify = true //nolint:gosec // see newDoor: the seal is what is believed
		t.DisableKeepAlives = true
	}
	return c
}

func (d *door) read(nonce string, res *http.Response, data []byte) answer {
	a := answer{status: res.StatusCode, nonce: nonce, header: res.Header, title: title(data), body: string(data)}
	if d.keys == nil {
		return a
	}
	a.marked = openMark(d.keys, nonce, res.Header.Get(EchoHeader))
	d.mu.Lock()
	nonces := append([]string{nonce}, d.asked...)
	d.mu.Unlock()
	text := strings.TrimSpace(string(data))
	for i, n := range nonces {
		if arrival, err := openArrival(d.keys, n, text); err == nil {
			a.arrival, a.stale = &arrival, i > 0 && n != nonce
			a.marked = a.marked || !a.stale
			break
		}
	}
	return a
}

// upgrades asks for a websocket and reports whether it came about.
func (d *door) upgrades(ctx context.Context, address string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, d.Each)
	defer cancel()
	r, _, err := d.request(ctx, ringing{address: address, header: http.Header{"Upgrade": {"websocket"}, "Connection": {"Upgrade"},
		"Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"dXNoZXItZG9jdG9yLTAwMQ=="}}})
	if err != nil {
		return false, err
	}
	res, err := d.client.Do(r)
	if err != nil && certificateTrouble(err) {
		res, err = d.believing().Do(r.Clone(ctx))
	}
	if err != nil {
		return false, err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode == http.StatusTooManyRequests {
		return false, errAskedTooOften
	}
	if res.StatusCode != http.StatusSwitchingProtocols {
		_, _ = bufio.NewReader(io.LimitReader(res.Body, mostAnswer)).Discard(mostAnswer)
	}
	return res.StatusCode == http.StatusSwitchingProtocols, nil
}

// who names what answered in place of the gateway.
func (a answer) who() string {
	var parts []string
	if s := a.header.Get("Server"); s != "" {
		parts = append(parts, clip(s, 80))
	}
	if a.title != "" {
		parts = append(parts, "“"+a.title+"”")
	}
	return strings.Join(parts, ", ")
}

// likeUsher reports whether an unsigned page looks like one of a gateway's: it
// proves nothing, but a catch-all page does not look so.
func (a answer) likeUsher() bool { return strings.Contains(a.body, `"/usher/static/usher.`) }
