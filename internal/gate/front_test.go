// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/gate/front"
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
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
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
}

func newBehind(t *testing.T) (*behind, front.Params) {
	t.Helper()
	e := newEcho(t)
	wiki := newEcho(t)
	apps := testApplications(e.URL)
	apps[2].Upstream = wiki.URL
	r := newRig(t, apps)
	r.desk.open("bare", usher.Operator{Provider: "p", Subject: "s", Groups: []string{"Admin"}})
	gate := httptest.NewServer(endpoints(r.guard))
	t.Cleanup(gate.Close)
	b := &behind{rig: r, echo: e, wiki: wiki, gate: gate, address: freePort(t)}
	return b, front.Params{Usher: gate.URL, PublicURL: "https://campaign.corp.example", Applications: apps, Listen: b.address, PlainHTTP: true, Identity: identityNames()}
}

// get asks the front server.
func (b *behind) get(t *testing.T, method, host, uri string, headers ...string) *http.Response {
	t.Helper()
	q := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", method, uri, host)
	for i := 0; i+1 < len(headers); i += 2 {
		q += headers[i] + ": " + headers[i+1] + "\r\n"
	}
	res, _ := raw(t, b.address, q+"\r\n")
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
	b, params := newBehind(t)
	conf, err := front.Nginx(params)
	if err != nil {
		t.Fatal(err)
	}
	startNginx(t, conf, b.address)
	b.suite(t)
}

func TestBehindCaddy(t *testing.T) {
	b, params := newBehind(t)
	binary := find(t, "caddy")
	conf, err := front.Caddy(params)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "Caddyfile"), "{\n\tadmin off\n\tauto_https off\n}\n"+conf)
	t.Setenv("HOME", dir)
	run(t, b.address, binary, "run", "--config", filepath.Join(dir, "Caddyfile"), "--adapter", "caddyfile")
	b.suite(t)
}

func TestBehindHAProxy(t *testing.T) {
	b, params := newBehind(t)
	binary := find(t, "haproxy", "/usr/sbin/haproxy")
	dir := t.TempDir()
	conf, lua, err := front.HAProxy(params, filepath.Join(dir, "usher.lua"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "usher.lua"), lua)
	write(t, filepath.Join(dir, "haproxy.cfg"), conf)
	run(t, b.address, binary, "-db", "-f", filepath.Join(dir, "haproxy.cfg"))
	b.suite(t)
}

func TestBehindApache(t *testing.T) {
	b, params := newBehind(t)
	binary := find(t, "apache2", "/usr/sbin/apache2")
	modules := filepath.Join(filepath.Dir(filepath.Dir(binary)), "lib", "apache2", "modules")
	if !exists(filepath.Join(modules, "mod_proxy_http.so")) {
		t.Skipf("the modules of apache2 are not in %s", modules)
	}
	conf, err := front.Apache(params)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	main := "ServerRoot " + dir + "\nPidFile " + dir + "/pid\nListen " + b.address + "\nServerName localhost\nErrorLog /dev/stderr\nUser nobody\nGroup nogroup\nMutex posixsem\n"
	for _, m := range []string{"mpm_event", "authz_core", "proxy", "proxy_http", "headers"} {
		main += "LoadModule " + m + "_module " + filepath.Join(modules, "mod_"+m+".so") + "\n"
	}
	write(t, filepath.Join(dir, "httpd.conf"), main+conf)
	run(t, b.address, binary, "-X", "-f", filepath.Join(dir, "httpd.conf"))
	b.suite(t)
}

// suite is what must hold behind every front server.
func (b *behind) suite(t *testing.T) {
	const host = "reports.corp.example"
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
		conn, err := net.Dial("tcp", b.address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
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
