// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// A realProvider is an OpenID Connect provider that was not written here, told
// by a control address who signs in and how it answers.
type realProvider struct{ url string }

type providerState struct {
	Refreshed int      `json:"refreshed"`
	Refused   int      `json:"refused"`
	SignOut   []string `json:"signout"`
}

func needProvider(t *testing.T) string {
	t.Helper()
	missing := func(sentence string) {
		t.Helper()
		if os.Getenv("USHER_TEST_ALL") != "" {
			t.Fatal(sentence)
		}
		t.Skip(sentence)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		missing("no node on this machine: `make test` installs Debian's package nodejs and runs this")
	}
	if _, err := os.Stat("testdata/provider/node_modules/oidc-provider"); err != nil {
		missing("the provider is not installed: run npm ci in internal/server/testdata/provider, or `make test`")
	}
	return node
}

// startProvider starts the provider; stop it with the test.
func startProvider(t *testing.T, public, caFile string) *realProvider {
	t.Helper()
	node := needProvider(t)
	port := keptPort(t)
	p := &realProvider{url: "http://127.0.0.1:" + port}
	cmd := exec.CommandContext(context.Background(), node, "provider.mjs")
	cmd.Dir = "testdata/provider"
	cmd.Env = append(os.Environ(), "ISSUER="+p.url, "PORT="+port, "CALLBACK="+public+"/usher/callback", "LOGOUT="+public+"/usher/backchannel-logout",
		"SIGNED_OUT="+public+"/usher/signed-out", "NODE_EXTRA_CA_CERTS="+caFile, "NODE_NO_WARNINGS=1")
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("the provider said: %s", said.String())
		}
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || !strings.HasPrefix(line, "listening") {
		t.Fatalf("the provider did not start: %q %v %s", line, err, said.String())
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return p
}

// control tells the provider how to behave, and asks what it has done.
func (p *realProvider) control(t *testing.T, settings url.Values) providerState {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/control?"+settings.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var s providerState
	if err := json.NewDecoder(res.Body).Decode(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

// A movedClock is a clock that runs, and that tests move forward.
type movedClock struct {
	mu    sync.Mutex
	moved time.Duration
}

func (c *movedClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.moved)
}

func (c *movedClock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.moved += d
}

// withProvider starts two nodes of one gateway, on one database, in front of the
// real provider.
func withProvider(t *testing.T, session string) (i *instance, second string, p *realProvider, clock *movedClock) {
	t.Helper()
	needProvider(t)
	i = &instance{dir: t.TempDir(), log: &safeBuffer{}, roots: x509.NewCertPool(), seen: &canaries{}}
	i.file = filepath.Join(i.dir, "usher.yaml")
	pair := certificate(t)
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	i.roots.AddCert(leaf)
	ca := filepath.Join(i.dir, "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	firstLn, firstPort := listen(t)
	secondLn, secondPort := listen(t)
	upstreamLn, upstreamPort := listen(t)
	i.public, second = "https://localhost:"+firstPort, "127.0.0.1:"+secondPort
	p = startProvider(t, i.public, ca)
	serveTLS(t, upstreamLn, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "upstream saw %s with %s", r.Header.Get("X-Forwarded-Email"), r.Header.Get("X-Forwarded-Groups"))
	}))
	text := strings.NewReplacer("{{PUBLIC}}", i.public, "{{ISSUER}}", p.url, "{{UPSTREAM}}", "https://localhost:"+upstreamPort,
		"{{LISTEN}}", "127.0.0.1:"+firstPort, "{{SESSION}}", session).Replace(`instance: {name: real, environment: development, url: "{{PUBLIC}}"}
external_accounts:
  - internal_name: corp
    type: OpenID Connect
    issuer: {{ISSUER}}
    scopes: [openid, email, groups]
    client_id: usher
    client_secret: canary-client-secret
    callback_url: {{PUBLIC}}/usher/callback
    association_mask: "team "
operator_groups: [{name: Admin}, {name: Delivery operators}]
applications:
  - {name: reports, url: "{{PUBLIC}}/reports", upstream: "{{UPSTREAM}}"}
  - {name: settings, url: "{{PUBLIC}}/settings", upstream: "{{UPSTREAM}}", allow: [Admin]}
server: {listen: "{{LISTEN}}", public_url: "{{PUBLIC}}", database: "sqlite:usher.db", ca_file: ca.pem, session: {{SESSION}}}
`)
	if err := os.WriteFile(i.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	clock = &movedClock{}
	i.clock = clock.now
	i.serve(t, firstLn, pair)
	i.serve(t, secondLn, pair)
	return i, second, p, clock
}

// at makes a browser that has the cookies which b has now, and reaches another
// node: a cookie that one node clears must not hide what the other would say.
func (b *browser) at(t *testing.T, node string) *browser {
	t.Helper()
	transport := b.client.Transport.(*http.Transport).Clone()
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, node)
	}
	transport.TLSClientConfig = &tls.Config{RootCAs: transport.TLSClientConfig.RootCAs}
	t.Cleanup(transport.CloseIdleConnections)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	gateway := &url.URL{Scheme: "https", Host: "localhost"}
	for _, c := range b.client.Jar.Cookies(gateway) {
		c.Path, c.Secure = "/", true
		jar.SetCookies(gateway, []*http.Cookie{c})
	}
	return &browser{client: &http.Client{Transport: transport, Jar: jar, Timeout: 15 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, seen: b.seen}
}

// status gives the status of a page and its text, and follows nothing.
func (b *browser) status(t *testing.T, address string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	once := *b.client
	once.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := once.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

var hiddenXSRF = regexp.MustCompile(`name="xsrf" value="([^"]+)"`)

// signOutAt signs out on the provider's own page.
func (b *browser) signOutAt(t *testing.T, p *realProvider) {
	t.Helper()
	page := b.open(t, p.url+"/session/end")
	found := hiddenXSRF.FindStringSubmatch(page.body)
	if found == nil {
		t.Fatalf("the provider's sign-out page did not come:\n%s", page.body)
	}
	b.send(t, http.MethodPost, p.url+"/session/end/confirm", url.Values{"xsrf": {found[1]}, "logout": {"yes"}})
}
