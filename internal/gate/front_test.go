// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/gate/front"
	"github.com/usher-signin/usher/internal/lane"
	"github.com/usher-signin/usher/internal/testport"
)

// endpoints serves the gate as usher's own server does, with a page in place of the sign-in.
func endpoints(g *Guard) http.Handler {
	asks := g.Endpoints()
	mux := http.NewServeMux()
	mux.HandleFunc(signInPath, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "sign in to "+r.Host) })
	proxy := g.Proxy(ProxyOptions{})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := asks.For(r.RequestURI); h != nil {
			h.ServeHTTP(w, r)
			return
		}
		if Reserved(r.RequestURI) {
			mux.ServeHTTP(w, r)
			return
		}
		proxy.ServeHTTP(w, r)
	})
}

func freePort(t testing.TB) string {
	t.Helper()
	port, err := testport.Free(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return "127.0.0.1:" + port
}

// find gives the path of a server, or skips the test.
func find(t *testing.T, name string, also ...string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, path := range also {
		if exists(path) {
			return path
		}
	}
	if os.Getenv("USHER_TEST_ALL") != "" {
		t.Fatalf("%s is not installed here, and USHER_TEST_ALL is set", name)
	}
	t.Skipf("%s is not installed here; install it to test with the real one", name)
	return ""
}

// startNginx runs nginx with exactly the generated file in its http block.
func startNginx(t *testing.T, conf, address string) {
	t.Helper()
	binary := find(t, "nginx", "/usr/sbin/nginx")
	dir := t.TempDir()
	main := `daemon off; master_process off; error_log stderr warn; pid ` + dir + `/pid;
events { worker_connections 256; }
http {
  access_log off; underscores_in_headers on; server_names_hash_bucket_size 128;
  client_body_temp_path ` + dir + `/b; proxy_temp_path ` + dir + `/p; fastcgi_temp_path ` + dir + `/f; uwsgi_temp_path ` + dir + `/u; scgi_temp_path ` + dir + `/s;
  include ` + dir + `/usher.conf;
}
`
	write(t, filepath.Join(dir, "usher.conf"), conf)
	write(t, filepath.Join(dir, "nginx.conf"), main)
	run(t, address, binary, "-p", dir, "-c", filepath.Join(dir, "nginx.conf"), "-e", "stderr")
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run starts a server and waits until it listens.
func run(t *testing.T, address, binary string, args ...string) {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.Command(binary, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
		if t.Failed() {
			t.Logf("%s said:\n%s", filepath.Base(binary), out.String())
		}
	})
	for range 100 {
		if conn, err := net.Dial("tcp", address); err == nil {
			_ = conn.Close()
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s does not run: %v\n%s", filepath.Base(binary), err, out.String())
		case <-time.After(50 * time.Millisecond): // for another process there is nothing else to wait for
		}
	}
	t.Fatalf("%s does not listen on %s", filepath.Base(binary), address)
}

func identityNames() []string {
	var names []string
	for _, h := range DefaultHeaders() {
		names = append(names, h.Name)
	}
	return names
}

// behind is a gate behind a front server, before an echo application.
type behind struct {
	*rig
	echo    *echo
	wiki    *echo // another application, with another upstream
	gate    *httptest.Server
	address string
	roots   *x509.CertPool // of the front server's certificate; nil: it speaks no TLS
	asked   atomic.Int64   // questions that came with a body

	questions, inLane atomic.Int64 // all, and those that the lane answered
}

// odd is a name that no configuration file can hold as it is.
const odd = "Zeitung & \"Böse\" \\; }\n$host %[src] {x} #"

// oddHost and sixHost are of applications on hosts of their own.
const (
	oddHost = "odd.corp.example"
	sixHost = "six.corp.example"
)

// newBehind makes a gate and what a front server's configuration is made of.
// secure: TLS to the front server, and from there to usher.
func newBehind(t *testing.T, secure bool) (*behind, front.Params) {
	t.Helper()
	b := &behind{echo: newEcho(t), wiki: newEcho(t), address: freePort(t)}
	apps := testApplications(b.echo.URL)
	apps[2].Upstream = b.wiki.URL
	apps = append(apps, usher.Application{Name: odd, URL: "https://" + oddHost, Upstream: onSocket(t, b.echo)})
	if six := onIPv6(t, b.echo); six != "" {
		apps = append(apps, usher.Application{Name: "six", URL: "https://" + sixHost + "/deep/er", Upstream: six})
	}
	b.rig = newRig(t, apps, func(o *RuleOptions) { o.Bearers = tokens{"reports": false, "campaign": true} })
	b.desk.open("bare", usher.Operator{Provider: "p", Subject: "s", Groups: []string{"Admin"}})
	asks := endpoints(b.guard)
	b.gate = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if Reserved(r.RequestURI) && (r.ContentLength != 0 || len(r.TransferEncoding) > 0) {
			b.asked.Add(1)
		}
		if strings.HasPrefix(r.RequestURI, endpointPrefix) {
			b.questions.Add(1)
		}
		if _, flushes := w.(http.Flusher); !flushes { // net/http's writers all do
			b.inLane.Add(1)
		}
		asks.ServeHTTP(w, r)
	}))
	t.Cleanup(b.gate.Close)
	p := front.Params{PublicURL: "https://campaign.corp.example", Applications: apps, Listen: b.address, PlainHTTP: !secure, Identity: identityNames(), Withheld: []string{"reports"}}
	if !secure {
		b.startInLane(t)
		p.Usher = b.gate.URL
		return b, p
	}
	office, dir := newNotaryOffice(t, "office"), t.TempDir()
	pair := office.issue("usher.internal", func(c *x509.Certificate) {
		c.DNSNames = append(c.DNSNames, "reports.corp.example", "campaign.corp.example", oddHost, sixHost)
	})
	b.gate.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	b.gate.EnableHTTP2 = true
	b.gate.StartTLS()
	keep(t, dir, pair)
	p.CertFile, p.KeyFile = filepath.Join(dir, "site.crt"), filepath.Join(dir, "site.key")
	rename(t, filepath.Join(dir, "cert.pem"), p.CertFile)
	rename(t, filepath.Join(dir, "key.pem"), p.KeyFile)
	p.UsherCA = filepath.Join(dir, "ca.pem")
	write(t, p.UsherCA, string(certPEM(office.cert)))
	p.Usher, p.UsherName = b.gate.URL, "usher.internal"
	b.roots = office.pool()
	return b, p
}

// startInLane starts the gate with the lane before it, as the server does.
func (b *behind) startInLane(t *testing.T) {
	t.Helper()
	l, err := lane.New(lane.Options{Handler: b.gate.Config.Handler, Takes: func(target string) bool { return strings.HasPrefix(target, endpointPrefix) },
		Trusts: func(netip.Addr) bool { return true }, Idle: time.Minute, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	inner := b.gate.Listener
	b.gate.Listener = l.Enter(inner)
	b.gate.Start()
	left := make(chan struct{})
	go func() {
		defer close(left)
		_ = b.gate.Config.Serve(l.Leave()) // it ends with the lane
	}()
	t.Cleanup(func() {
		_ = inner.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		l.Drain(ctx)
		<-left
	})
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// onSocket serves h on a unix socket too.
func onSocket(t *testing.T, h http.Handler) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "usher") // sockets have short paths
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	l, err := net.Listen("unix", filepath.Join(dir, "app.sock"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "app.sock"), 0o666); err != nil { //nolint:gosec // for the front server, whoever it runs as
		t.Fatal(err)
	}
	serveOn(t, l, h)
	return "unix:" + filepath.Join(dir, "app.sock")
}

// onIPv6 serves h at an IPv6 address too; empty: this machine has none.
func onIPv6(t *testing.T, h http.Handler) string {
	t.Helper()
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		return ""
	}
	serveOn(t, l, h)
	return "http://" + l.Addr().String()
}

func serveOn(t *testing.T, l net.Listener, h http.Handler) {
	t.Helper()
	s := &httptest.Server{Listener: l, Config: &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}}
	s.Start()
	t.Cleanup(s.Close)
}

// tokens says for which applications the token "nightly" is taken, and whether
// they get it.
type tokens map[string]bool

func (k tokens) Takes(application string) (takes, forward bool) {
	forward, takes = k[application]
	return takes, forward
}

func (k tokens) Bearer(_ context.Context, _, token string) (Visitor, *BearerRefusal, error) {
	if token != "nightly" {
		return Visitor{}, &BearerRefusal{Status: 401, Error: "invalid_token", Cause: &usher.Cause{Step: usher.StepGate, Code: usher.CodeAccessTokenRefused, Subject: "exp", Saw: "over", Want: "not over"}}, nil
	}
	return Visitor{Operator: &usher.Operator{Provider: "p", Subject: "nightly-export", Groups: []string{"Admin"}}}, nil, nil
}

// dial opens a connection to the front server.
func (b *behind) dial(t *testing.T, host string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", b.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if b.roots == nil {
		return conn
	}
	if !strings.HasSuffix(host, ".corp.example") {
		host = "reports.corp.example"
	}
	return tls.Client(conn, &tls.Config{RootCAs: b.roots, ServerName: host, MinVersion: tls.VersionTLS12})
}

// get asks the front server.
func (b *behind) get(t *testing.T, method, host, uri string, headers ...string) *http.Response {
	t.Helper()
	q := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", method, uri, host)
	for i := 0; i+1 < len(headers); i += 2 {
		q += headers[i] + ": " + headers[i+1] + "\r\n"
	}
	conn := b.dial(t, host)
	if _, err := io.WriteString(conn, q+"\r\n"); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("reading the answer to %.80q: %v", q, err)
	}
	return res
}

func page() []string {
	return []string{"Accept", "text/html", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}
}

func script() []string {
	return []string{"Accept", "*/*", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"}
}

func picture() []string {
	return []string{"Accept", "image/avif,image/webp,*/*", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"}
}

func TestBehindNginx(t *testing.T) {
	bothWays(t, func(t *testing.T, p front.Params) {
		conf, err := front.Nginx(p)
		if err != nil {
			t.Fatal(err)
		}
		startNginx(t, conf, p.Listen)
	})
}

func TestBehindCaddy(t *testing.T) {
	bothWays(t, func(t *testing.T, p front.Params) {
		binary := find(t, "caddy")
		conf, err := front.Caddy(p)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		write(t, filepath.Join(dir, "Caddyfile"), "{\n\tadmin off\n\tauto_https off\n}\n"+conf)
		t.Setenv("HOME", dir)
		run(t, p.Listen, binary, "run", "--config", filepath.Join(dir, "Caddyfile"), "--adapter", "caddyfile")
	})
}

func TestBehindHAProxy(t *testing.T) {
	bothWays(t, func(t *testing.T, p front.Params) {
		binary := find(t, "haproxy", "/usr/sbin/haproxy")
		dir := t.TempDir()
		conf, lua, err := front.HAProxy(p, filepath.Join(dir, "usher.lua"))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "usher.lua"), lua)
		write(t, filepath.Join(dir, "haproxy.cfg"), conf)
		run(t, p.Listen, binary, "-db", "-f", filepath.Join(dir, "haproxy.cfg"))
	})
}

func TestBehindApache(t *testing.T) {
	bothWays(t, func(t *testing.T, p front.Params) {
		binary := find(t, "apache2", "/usr/sbin/apache2")
		modules := filepath.Join(filepath.Dir(filepath.Dir(binary)), "lib", "apache2", "modules")
		if !exists(filepath.Join(modules, "mod_proxy_http.so")) {
			t.Skipf("the modules of apache2 are not in %s", modules)
		}
		conf, err := front.Apache(p)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		main := "ServerRoot " + dir + "\nPidFile " + dir + "/pid\nListen " + p.Listen + "\nServerName localhost\nErrorLog /dev/stderr\nUser nobody\nGroup nogroup\nMutex posixsem\n"
		wanted := []string{"mpm_event", "authz_core", "proxy", "proxy_http", "headers"}
		if p.CertFile != "" {
			wanted = append(wanted, "ssl")
		}
		for _, m := range wanted {
			main += "LoadModule " + m + "_module " + filepath.Join(modules, "mod_"+m+".so") + "\n"
		}
		write(t, filepath.Join(dir, "httpd.conf"), main+conf)
		run(t, p.Listen, binary, "-X", "-f", filepath.Join(dir, "httpd.conf"))
	})
}

// bothWays starts a front server with exactly the configuration that is made
// for it, in the clear and with TLS on every hop, and asks it everything.
func bothWays(t *testing.T, start func(*testing.T, front.Params)) {
	t.Helper()
	for name, secure := range map[string]bool{"in the clear": false, "over TLS": true} {
		t.Run(name, func(t *testing.T) {
			b, params := newBehind(t, secure)
			start(t, params)
			b.suite(t)
			b.matrix(t)
			b.places(t)
			b.credentials(t)
			b.preflights(t)
			if asked, inLane := b.questions.Load(), b.inLane.Load(); !secure && inLane*10 < asked*9 {
				t.Errorf("of %d questions the lane answered %d; few should go another way", asked, inLane)
			}
		})
	}
}

// suite is what must hold behind every front server.
func (b *behind) suite(t *testing.T) {
	const host = "reports.corp.example"
	t.Run("no spelling of an address leads past a rule", func(t *testing.T) { b.hostile(t) })
	t.Run("allowed, with path and query as they were sent", func(t *testing.T) {
		for _, uri := range []string{"/q?a=1&b=%26%25&c=%zz", "/a%20b/c%2Cd", "/q?u=https://x/y?z", "/"} {
			res := b.get(t, "GET", host, uri, as("ana")...)
			if res.StatusCode != http.StatusOK {
				body, _ := io.ReadAll(res.Body)
				t.Fatalf("%s: status %d: %s %v", uri, res.StatusCode, body, res.Header)
			}
			if h := decode(t, res.Body); h.URI != uri || h.Host != host {
				t.Errorf("the application was asked for %s at %s, want %s", h.URI, h.Host, uri)
			}
		}
	})
	t.Run("identity headers are ours alone", func(t *testing.T) {
		forged := append(as("ana"), "X-Forwarded-User", "root", "X-Forwarded-Groups", "Everything", "Remote-User", "root",
			"X-Auth-Request-User", "root", "X-Forwarded-For", "10.0.0.1", "X-Forwarded-Host", "evil.example", "X-Original-URL", "/healthz", "Forwarded", "for=10.0.0.1")
		h := decode(t, b.get(t, "GET", host, "/q", forged...).Body)
		want := map[string]string{"X-Forwarded-User": "ANA@AdobeID", "X-Forwarded-Email": "ana@corp.example", "X-Forwarded-Groups": "Admin,Delivery operators",
			"X-Forwarded-Preferred-Username": "Ana Lima", "Remote-User": "", "X-Auth-Request-User": "", "X-Original-Url": "", "Forwarded": ""}
		for name, value := range want {
			if got := strings.Join(h.Header[name], "|"); got != value {
				t.Errorf("%s is %q at the application, want %q", name, got, value)
			}
		}
		bare := decode(t, b.get(t, "GET", host, "/q", append(as("bare"), "X-Forwarded-Email", "root@corp.example", "X-Forwarded-Preferred-Username", "root")...).Body)
		if got := bare.Header.Get("X-Forwarded-Email") + bare.Header.Get("X-Forwarded-Preferred-Username"); got != "" {
			t.Errorf("an operator without email and name arrives as %q", got)
		}
		public := decode(t, b.get(t, "GET", host, "/healthz", forged...).Body)
		if got := strings.Join(public.Header["X-Forwarded-User"], "|"); got != "" {
			t.Errorf("a public path has X-Forwarded-User %q", got)
		}
	})
	t.Run("an alias of an identity header does not arrive", func(t *testing.T) {
		res := b.get(t, "GET", host, "/healthz", "X_Forwarded_User", "root")
		if res.StatusCode == http.StatusOK {
			for name, v := range decode(t, res.Body).Header {
				if strings.Contains(strings.Join(v, ""), "root") {
					t.Errorf("%s arrived as %q", name, v)
				}
			}
		}
	})
	t.Run("our cookies do not arrive and others do", func(t *testing.T) {
		h := decode(t, b.get(t, "GET", host, "/q", "Cookie", "theme=dark; "+sessionCookie+"=ana; lang=pt").Body)
		if got := h.Header.Get("Cookie"); got != "theme=dark; lang=pt" {
			t.Errorf("the application got the cookies %q", got)
		}
	})
	t.Run("a page load is sent to sign in", func(t *testing.T) {
		res := b.get(t, "GET", host, "/q?a=1&b=%26", page()...)
		want := "https://" + host + "/usher/signin?rd=%2Fq%3Fa%3D1%26b%3D%2526"
		if res.StatusCode != http.StatusFound || res.Header.Get("Location") != want {
			t.Errorf("status %d to %s, want 302 to %s", res.StatusCode, res.Header.Get("Location"), want)
		}
	})
	t.Run("a script is told where to sign in", func(t *testing.T) {
		res := b.get(t, "POST", host, "/q", script()...)
		var said refusal
		if err := json.NewDecoder(res.Body).Decode(&said); err != nil || res.StatusCode != http.StatusUnauthorized || said.SignIn != "https://"+host+"/usher/signin" {
			t.Errorf("status %d, said %+v, %v", res.StatusCode, said, err)
		}
		if res.Header.Get("Location") != "" || res.Header.Get("Www-Authenticate") == "" {
			t.Errorf("headers %v", res.Header)
		}
	})
	t.Run("refused, with a reference", func(t *testing.T) {
		res := b.get(t, "GET", host, "/q", append(page(), as("ben")...)...)
		body, _ := io.ReadAll(res.Body)
		if res.StatusCode != http.StatusForbidden || !strings.Contains(string(body), "Reference: ") {
			t.Errorf("status %d: %s", res.StatusCode, body)
		}
	})
	t.Run("a cookie that stands for nothing is cleared", func(t *testing.T) {
		res := b.get(t, "GET", host, "/q", append(page(), as("mallory")...)...)
		if res.StatusCode != http.StatusFound || !strings.HasPrefix(res.Header.Get("Set-Cookie"), sessionCookie+"=;") {
			t.Errorf("status %d, %v", res.StatusCode, res.Header)
		}
	})
	t.Run("a path that could be read in two ways does not pass", func(t *testing.T) {
		for _, uri := range []string{"/static/../q", "/static/%2e%2e/q", "/static/..%2fq", "//q", "/static//../q", "/static/x;/../../q", `/static/..\q`, "/%72eports%252f"} {
			before := b.echo.count.Load()
			res := b.get(t, "GET", host, uri)
			if res.StatusCode < 300 || b.echo.count.Load() != before {
				t.Errorf("%s: status %d, the application was asked %d times", uri, res.StatusCode, b.echo.count.Load()-before)
			}
		}
		for _, uri := range []string{"/wiki", "/wiki/x", "/%77iki/x", "/w%69ki/x", "/x/../wiki/x", "/WIKI/x", "/Wiki", "/wiki%2fx", "//wiki/x", "/./wiki/x", "/wiki;a/x", "/wiki/"} {
			before := b.wiki.count.Load()
			if b.get(t, "GET", "campaign.corp.example", uri, as("ben")...); b.wiki.count.Load() != before {
				t.Errorf("ben reached the wiki by %s", uri)
			}
		}
		for _, uri := range []string{"/wiki", "/wiki/x"} {
			before := b.wiki.count.Load()
			if b.get(t, "GET", "campaign.corp.example", uri, as("ana")...); b.wiki.count.Load() != before+1 {
				t.Errorf("ana did not reach the wiki by %s", uri)
			}
		}
	})
	t.Run("a websocket", func(t *testing.T) {
		b.websocket(t, host)
	})
	t.Run("the store does not answer", func(t *testing.T) {
		b.desk.fail(usher.ErrUnavailable)
		defer b.desk.fail(nil)
		res := b.get(t, "GET", host, "/q", append(page(), as("ana")...)...)
		if res.StatusCode != http.StatusServiceUnavailable && res.StatusCode != http.StatusInternalServerError {
			t.Errorf("status %d, want 503", res.StatusCode)
		}
		if res := b.get(t, "GET", host, "/healthz"); res.StatusCode != http.StatusOK {
			t.Errorf("a public path got %d", res.StatusCode)
		}
	})
	t.Run("our own pages", func(t *testing.T) {
		res := b.get(t, "GET", host, "/usher/signin?rd=%2F")
		if body, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK || !strings.Contains(string(body), "sign in to "+host) {
			t.Errorf("status %d: %s", res.StatusCode, body)
		}
		for _, uri := range []string{"/usher/auth/nginx", "/usher/answer/nginx", "/usher/auth/x"} {
			if res := b.get(t, "GET", host, uri, append(as("ana"), "X-Original-URI", "/", "X-Original-Method", "GET")...); res.StatusCode < 400 {
				t.Errorf("a browser asked %s and got %d", uri, res.StatusCode)
			}
		}
	})
	t.Run("another host does not reach the application", func(t *testing.T) {
		before := b.echo.count.Load()
		if b.get(t, "GET", "evil.example", "/healthz"); b.echo.count.Load() != before {
			t.Error("the application was asked")
		}
	})
}

func (b *behind) websocket(t *testing.T, host string) {
	t.Helper()
	upgrade := func(cookie string) (*http.Response, *bufio.Reader, net.Conn) {
		conn := b.dial(t, host)
		_, _ = fmt.Fprintf(conn, "GET /ws HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n", host, cookie)
		br := bufio.NewReader(conn)
		res, err := http.ReadResponse(br, nil)
		if err != nil {
			t.Fatal(err)
		}
		return res, br, conn
	}
	if res, _, _ := upgrade(""); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("nobody got %d", res.StatusCode)
	}
	res, br, conn := upgrade("Cookie: " + sessionCookie + "=ana\r\n")
	if res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("ana got %d", res.StatusCode)
	}
	_, _ = io.WriteString(conn, "ping\n")
	first, _ := br.ReadString('\n')
	second, err := br.ReadString('\n')
	if first != "hello ANA@AdobeID\n" || second != "ping\n" {
		t.Errorf("heard %q and %q, %v", first, second, err)
	}
}
