// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/lookalike"
	"github.com/usher-signin/usher/internal/server"
	"github.com/usher-signin/usher/internal/store"
	"github.com/usher-signin/usher/standin"
)

// An instance is a gateway with its stand-in and an upstream, all real, on
// loopback, over TLS.
type instance struct {
	dir, file, public string
	log               *safeBuffer
	roots             *x509.CertPool
	provider          *standin.Server
	providerDown      func()
	seen              *canaries
	clock             func() time.Time // nil: time.Now
}

// canaries are the secrets that went over the wire in a test.
type canaries struct {
	mu   sync.Mutex
	list []string
}

func (c *canaries) note(values url.Values) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, name := range []string{"code", "state", "nonce", "ticket"} {
		if v := values.Get(name); len(v) > 16 {
			c.list = append(c.list, v)
		}
	}
}

func (c *canaries) values() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.list...)
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}
func (s *safeBuffer) Bytes() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.b.Bytes())
}

// listen opens a free loopback port.
func listen(t *testing.T) (net.Listener, string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return ln, port
}

// serveTLS serves h on ln with a certificate for loopback names.
func serveTLS(t *testing.T, ln net.Listener, h http.Handler) *httptest.Server {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	_ = srv.Listener.Close()
	srv.Listener = ln
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	pair := certificate(t)
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv
}

func startInstance(t *testing.T, changes [][2]string) *instance {
	t.Helper()
	return startInstanceBehind(t, changes, nil)
}

// startInstanceBehind puts something around the stand-in, to see what it is asked; nil: nothing.
func startInstanceBehind(t *testing.T, changes [][2]string, around func(http.Handler) http.Handler) *instance {
	t.Helper()
	return startInstanceAt(t, time.Now, changes, around)
}

// startInstanceAt has the gateway, and not the stand-in, go by another clock.
func startInstanceAt(t *testing.T, clock func() time.Time, changes [][2]string, around func(http.Handler) http.Handler) *instance {
	t.Helper()
	i := &instance{clock: clock, dir: t.TempDir(), log: &safeBuffer{}, roots: x509.NewCertPool(), seen: &canaries{}}
	i.file = filepath.Join(i.dir, "usher.yaml")
	pair := certificate(t)
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	i.roots.AddCert(leaf)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.Raw})
	if err := os.WriteFile(filepath.Join(i.dir, "ca.pem"), ca, 0o600); err != nil {
		t.Fatal(err)
	}
	gatewayLn, gatewayPort := listen(t)
	providerLn, providerPort := listen(t)
	upstreamLn, upstreamPort := listen(t)
	i.public = "https://localhost:" + gatewayPort
	i.write(t, changes, map[string]string{"{{PUBLIC}}": i.public, "{{IMS}}": "https://localhost:" + providerPort,
		"{{OTHER}}": "https://reports.localhost:" + gatewayPort, "{{UPSTREAM}}": "https://localhost:" + upstreamPort, "{{LISTEN}}": "127.0.0.1:" + gatewayPort,
		"{{U+00A0}}": "\u00a0", "{{U+2013}}": "\u2013"})
	cfg, err := config.Load(i.file, config.OS())
	if err != nil {
		t.Fatal(err)
	}
	i.provider, err = standin.New(standin.Options{Organization: server.StandinOrganization(cfg.Organization), BaseURL: "https://localhost:" + providerPort})
	if err != nil {
		t.Fatal(err)
	}
	var provider http.Handler = i.provider
	if around != nil {
		provider = around(provider)
	}
	i.providerDown = serveTLS(t, providerLn, provider).Close
	serveTLS(t, upstreamLn, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "upstream saw %s as %s, authorization %q", r.RequestURI, r.Header.Get("X-Forwarded-Email"), r.Header["Authorization"])
		if token := r.Header.Get("X-Usher-Assertion"); token != "" {
			fmt.Fprintf(w, "\nassertion %s\n", token)
		}
	}))
	i.serve(t, gatewayLn, pair)
	return i
}

func (i *instance) write(t *testing.T, changes [][2]string, values map[string]string) {
	t.Helper()
	data, err := os.ReadFile("testdata/agreement/base.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, c := range changes {
		if n := strings.Count(text, c[0]); n != 1 {
			t.Fatalf("the text to change stands %d times in the file: %q", n, c[0])
		}
		text = strings.Replace(text, c[0], c[1], 1)
	}
	for name, value := range values {
		text = strings.ReplaceAll(text, name, value)
	}
	if err := os.WriteFile(i.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (i *instance) serve(t *testing.T, ln net.Listener, pair tls.Certificate) {
	t.Helper()
	logger := slog.New(slog.NewJSONHandler(i.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if i.clock == nil {
		i.clock = time.Now
	}
	gateway, err := server.New(t.Context(), server.Options{ConfigFile: i.file, Environment: config.OS(), Now: i.clock, Random: rand.Reader,
		Logger: logger, Near: lookalike.Near, Node: "test", ReloadEvery: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- gateway.Run(ctx, tls.NewListener(ln, &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"h2", "http/1.1"}}))
	}()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := gateway.Close(); err != nil {
			t.Error(err)
		}
	})
}

// certificate is one that the httptest package carries, for 127.0.0.1 and
// example.com only; tests need localhost, so one is made.
func certificate(t *testing.T) tls.Certificate {
	t.Helper()
	return sharedCertificate()
}

// A browser is a person's browser as far as HTTP goes: cookies, redirects, forms.
type browser struct {
	client *http.Client
	seen   *canaries
}

type page struct {
	status int
	at     string
	body   string
	header http.Header
}

func (i *instance) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	// Browsers resolve names below localhost themselves (RFC 6761); Go asks the system.
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:"+port)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: i.roots}, ForceAttemptHTTP2: true, DialContext: dial}
	t.Cleanup(transport.CloseIdleConnections)
	return &browser{client: &http.Client{Transport: transport, Jar: jar, Timeout: 15 * time.Second}, seen: i.seen}
}

func (b *browser) send(t *testing.T, method, address string, form url.Values) page {
	t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", r.URL.Scheme+"://"+r.URL.Host)
	}
	b.client.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		b.seen.note(next.URL.Query())
		if len(via) > 20 {
			return fmt.Errorf("more than twenty redirects")
		}
		return nil
	}
	res, err := b.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return page{status: res.StatusCode, at: res.Request.URL.String(), body: string(text), header: res.Header}
}

func (b *browser) open(t *testing.T, address string) page {
	t.Helper()
	return b.send(t, http.MethodGet, address, nil)
}

var relay = regexp.MustCompile(`name="relay" value="([^"]*)"`)

// signIn opens an address and signs in where the provider asks.
func (b *browser) signIn(t *testing.T, address, email string) page {
	t.Helper()
	p := b.open(t, address)
	found := relay.FindStringSubmatch(p.body)
	if found == nil {
		return p
	}
	at, err := url.Parse(p.at)
	if err != nil {
		t.Fatal(err)
	}
	return b.send(t, http.MethodPost, at.Scheme+"://"+at.Host+"/signin/",
		url.Values{"relay": {html.UnescapeString(found[1])}, "email": {email}, "password": {"any"}})
}

var shownReference = regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}`)

// fail signs in as the scenario says, looks where the person lands, and gives
// the attempt on record.
func (i *instance) fail(t *testing.T, s scenario) usher.Attempt {
	t.Helper()
	b := i.browser(t)
	p := b.open(t, i.public+"/reports/")
	switch s.lands {
	case "", "adobe.com":
		if relay.MatchString(p.body) {
			p = b.signIn(t, i.public+"/reports/", s.person)
		} else if s.lands == "" {
			t.Fatalf("the provider's page did not come: %d %s\n%s", p.status, p.at, p.body)
		}
	case "before the provider", "before the sign-in page":
		if relay.MatchString(p.body) {
			t.Fatalf("the provider's page came, at %s", p.at)
		}
	default:
		t.Fatalf("nobody lands at %q", s.lands)
	}
	if s.lands == "adobe.com" {
		if !strings.Contains(p.at, "adobe.com") {
			t.Fatalf("the browser is at %s, wanted adobe.com", p.at)
		}
		return i.latest(t)
	}
	if p.status == http.StatusOK || !strings.HasPrefix(p.at, i.public+"/usher/") {
		t.Fatalf("the browser is at %s with %d, wanted a refusal of ours", p.at, p.status)
	}
	shown := shownReference.FindString(p.body)
	if shown == "" {
		t.Fatalf("the page shows no reference:\n%s", p.body)
	}
	attempt := i.latest(t)
	if string(attempt.Reference) != shown {
		t.Errorf("the page shows %s, the latest attempt is %s", shown, attempt.Reference)
	}
	return attempt
}

func (i *instance) latest(t *testing.T) usher.Attempt {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(i.dir, "usher.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	list, err := db.Attempts(t.Context(), store.AttemptFilter{Limit: 1})
	if err != nil || len(list) != 1 {
		t.Fatalf("attempts on record: %d, %v", len(list), err)
	}
	return list[0]
}
