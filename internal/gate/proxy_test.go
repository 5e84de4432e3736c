// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher"
)

// edge is usher's own reverse proxy before an echo application.
type edge struct {
	*rig
	echo    *echo
	proxy   *Proxy
	gate    *httptest.Server
	address string
	tick    chan time.Time
	stopped chan struct{} // a watch of an open connection has ended
}

func newEdge(t testing.TB) *edge {
	t.Helper()
	e := newEcho(t)
	return newEdgeBefore(t, e, e.URL)
}

func newEdgeBefore(t testing.TB, e *echo, upstream string) *edge {
	t.Helper()
	r := newRig(t, testApplications(upstream))
	x := &edge{rig: r, echo: e, tick: make(chan time.Time), stopped: make(chan struct{}, 16)}
	x.proxy = r.guard.Proxy(ProxyOptions{Every: func(time.Duration) (<-chan time.Time, func()) {
		return x.tick, func() { x.stopped <- struct{}{} }
	}})
	x.gate = httptest.NewUnstartedServer(x.proxy)
	x.gate.Config.DisableGeneralOptionsHandler = true // as usher's own server has it: "OPTIONS *" is judged too
	x.gate.Start()
	t.Cleanup(x.gate.Close)
	x.address = x.gate.Listener.Addr().String()
	return x
}

// look has the one open connection looked at, and returns when the sessions
// were asked: what a test alters afterwards is not seen by that look. Only a
// look that finds the end may be the last.
func (x *edge) look(t testing.TB) {
	t.Helper()
	select {
	case x.tick <- time.Time{}:
	case <-x.stopped:
		t.Fatal("the open connection is no longer looked at")
	}
	select {
	case <-x.desk.glanced:
	case <-x.stopped:
		x.stopped <- struct{}{} // whoever waits for the end still hears of it
	}
}

func (x *edge) ask(t testing.TB, method, host, uri string, headers ...string) *http.Response {
	t.Helper()
	q := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", method, uri, host)
	for i := 0; i+1 < len(headers); i += 2 {
		q += headers[i] + ": " + headers[i+1] + "\r\n"
	}
	res, _ := raw(t, x.address, q+"\r\n")
	return res
}

const reports = "reports.corp.example"

func TestProxyForwardsExactlyWhatWasJudged(t *testing.T) { // D10, R02
	x := newEdge(t)
	for _, uri := range []string{"/", "/a", "/a/", "/a%20b/c%2Cd", "/q?", "/q?a=1;b=2&c=%zz&%", "/%E2%82%AC?x=%0A", "/a|b^c\"d<e>", "/é", "/a:b@c", "/.well-known/x", "/?u=//evil"} {
		res := x.ask(t, "GET", reports, uri, as("ana")...)
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", uri, res.StatusCode)
			continue
		}
		if h := decode(t, res.Body); h.URI != strings.TrimSuffix(uri, "?") || h.Host != reports {
			t.Errorf("the application was asked for %q at %q, want %q", h.URI, h.Host, uri)
		}
	}
}

func TestProxyForwardsMethodsAndBodies(t *testing.T) { // D06
	x := newEdge(t)
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "get", "FOO"} {
		res := x.ask(t, method, reports, "/q", as("ana")...)
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", method, res.StatusCode)
		} else if method != "HEAD" && decode(t, res.Body).Method != method {
			t.Errorf("%s arrived as another method", method)
		}
		if res := x.ask(t, method, reports, "/q"); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s by nobody: status %d, want 401", method, res.StatusCode)
		}
	}
	before := x.echo.count.Load()
	for _, method := range []string{"TRACE", "CONNECT"} {
		if res := x.ask(t, method, reports, "/q", as("ana")...); res.StatusCode < 400 {
			t.Errorf("%s: status %d", method, res.StatusCode)
		}
	}
	preflight := []string{"Origin", "https://x.example", "Access-Control-Request-Method", "GET"}
	if res := x.ask(t, "OPTIONS", reports, "/q", preflight...); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a preflight got past the sign-in with status %d", res.StatusCode)
	}
	if x.echo.count.Load() != before {
		t.Error("the application was asked")
	}
	body := strings.Repeat("x", 3<<20)
	q, _ := http.NewRequest(http.MethodPost, x.gate.URL+"/up", struct{ io.Reader }{strings.NewReader(body)}) // chunked
	q.Host = reports
	q.Header.Set("Cookie", sessionCookie+"=ana")
	q.Trailer = http.Header{"X-Forwarded-User": {"root"}}
	res, err := x.gate.Client().Do(q)
	if err != nil {
		t.Fatal(err)
	}
	if h := decode(t, res.Body); h.Body != body || len(h.Trailer) > 0 || h.Header.Get("X-Forwarded-User") != "ANA@AdobeID" {
		t.Errorf("%d bytes arrived, want %d; trailers %v", len(h.Body), len(body), h.Trailer)
	}
}

func TestProxyIdentityHeaders(t *testing.T) { // C01, C02
	x := newEdge(t)
	forged := []string{"X-Forwarded-User", "root", "x-forwarded-user", "root", "X_Forwarded_User", "root", "X-Forwarded_User", "root",
		"X_FORWARDED-USER", "root", "X.Forwarded.User", "root", "X-Forwarded-Groups", "root", "X~Forwarded~Groups", "root",
		"Remote-User", "root", "REMOTE_USER", "root", "X-Auth-Request-User", "root", "X-Auth-Request-Access-Token", "root", "X-Remote-User", "root",
		"X-Forwarded-Anything", "root", "X-Forwarded-Prefix", "/root", "X-Original-URL", "/root", "X-Rewrite-URL", "/root", "X-Original-URI", "/root",
		"Forwarded", "for=root", "X-Real-IP", "10.9.9.9", "X-Usher-Anything", "root"}
	for _, c := range []struct {
		name, method, uri string
		headers           []string
		user              string
	}{
		{"protected", "GET", "/q", as("ana"), "ANA@AdobeID"},
		{"protected POST", "POST", "/q", as("ana"), "ANA@AdobeID"},
		{"protected OPTIONS", "OPTIONS", "/q", as("ana"), "ANA@AdobeID"},
		{"public and signed in", "GET", "/healthz", as("ana"), ""},
		{"public and nobody", "GET", "/static/x.css", nil, ""},
		{"public OPTIONS", "OPTIONS", "/static/x.css", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := decode(t, x.ask(t, c.method, reports, c.uri, append(c.headers, forged...)...).Body)
			for name, v := range h.Header {
				if strings.Contains(strings.Join(v, " "), "root") {
					t.Errorf("%s arrived as %q", name, v)
				}
			}
			for _, name := range identityNames() {
				if len(h.Header[name]) != 1 {
					t.Errorf("%s arrived %d times, want once", name, len(h.Header[name]))
				}
			}
			if got := h.Header.Get("X-Forwarded-User"); got != c.user {
				t.Errorf("X-Forwarded-User is %q, want %q", got, c.user)
			}
			if got := h.Header.Get("X-Real-Ip"); got != "127.0.0.1" {
				t.Errorf("X-Real-IP is %q, want the connection's own address", got)
			}
		})
	}
	for _, uri := range []string{"/ws", "/healthz"} {
		res, br, _ := upgradeTo(t, x.address, uri, append(as("ana"), forged...)...)
		want := map[string]string{"/ws": "hello ANA@AdobeID\n", "/healthz": "hello \n"}[uri]
		if line, _ := br.ReadString('\n'); res.StatusCode != http.StatusSwitchingProtocols || line != want {
			t.Errorf("websocket %s: status %d, heard %q, want %q", uri, res.StatusCode, line, want)
		}
	}
}

func TestProxyConnectionHeaderTakesNothingAway(t *testing.T) { // C03
	x := newEdge(t)
	for _, lines := range [][]string{
		{"Connection", "X-Forwarded-User, x-forwarded-groups, X-Forwarded-Host"},
		{"Connection", "", "Connection", "close", "Connection", "x-forwarded-user"},
		{"Connection", "Cookie, x-forwarded-proto, X-Forwarded-User"},
		{"Proxy-Connection", "X-Forwarded-User"},
	} {
		h := decode(t, x.ask(t, "GET", reports, "/q", append(lines, as("ana")...)...).Body)
		if h.Header.Get("X-Forwarded-User") != "ANA@AdobeID" || h.Header.Get("X-Forwarded-Host") != reports || h.Header.Get("X-Forwarded-Proto") != "https" {
			t.Errorf("%q: the application got %v", lines, h.Header)
		}
	}
}

func TestProxyCookies(t *testing.T) { // C08
	x := newEdge(t)
	x.echo.answer = func(w http.ResponseWriter, _ *http.Request) bool {
		for _, c := range []string{"app=1; Path=/", sessionCookie + "=evil; Path=/; Secure", "__host-usher_session=evil", " " + sessionCookie + "=evil",
			"=" + sessionCookie + "=evil", "__Host-usher_flow_1=evil", "usher=2", "x" + sessionCookie + "=3"} {
			w.Header().Add("Set-Cookie", c)
		}
		w.Header().Set("X-Usher-Reference", "evil")
		w.Header().Set("X-Forwarded-User", "evil")
		w.Header().Set("Trailer", "Set-Cookie")
		w.WriteHeader(http.StatusEarlyHints)
		return false
	}
	res := x.ask(t, "GET", reports, "/q", "Cookie", "a=1; "+sessionCookie+"=ana;b=2;  c=3", "Cookie", "__Host-usher_flow_9=z", "Cookie", "d=4;__HOST-usher_x=1")
	if res.StatusCode == http.StatusEarlyHints {
		for _, c := range res.Header["Set-Cookie"] {
			if strings.Contains(c, "evil") {
				t.Errorf("an interim answer sets %q", c)
			}
		}
	}
	res = x.ask(t, "GET", reports, "/q", "Cookie", "a=1; "+sessionCookie+"=ana;b=2;  c=3", "Cookie", "__Host-usher_flow_9=z", "Cookie", "d=4;__HOST-usher_x=1")
	if got := strings.Join(res.Header["Set-Cookie"], "|"); strings.Contains(got, "evil") || !strings.Contains(got, "app=1") {
		t.Errorf("the browser got the cookies %s", got)
	}
	x.echo.answer = func(w http.ResponseWriter, _ *http.Request) bool { return false }
	h := decode(t, x.ask(t, "GET", reports, "/q", "Cookie", "a=1; "+sessionCookie+"=ana;b=2;  c=3", "Cookie", "__Host-usher_flow_9=z", "Cookie", "d=4;__HOST-usher_x=1").Body)
	if got := strings.Join(h.Header["Cookie"], "|"); got != "a=1;b=2;  c=3; d=4" {
		t.Errorf("the application got the cookies %q", got)
	}
	if h := decode(t, x.ask(t, "GET", reports, "/q", as("ana")...).Body); len(h.Header["Cookie"]) != 0 {
		t.Errorf("the application got the cookies %q", h.Header["Cookie"])
	}
}

func TestProxyAnswersHeadersOfTheApplication(t *testing.T) { // C08, E09
	x := newEdge(t)
	x.echo.answer = func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("X-Usher-Reference", "evil")
		w.Header().Set("X-Forwarded-User", "evil")
		if r.URL.Path == "/cached" {
			w.Header().Set("Cache-Control", "max-age=60")
		}
		return false
	}
	res := x.ask(t, "GET", reports, "/q", as("ana")...)
	if res.Header.Get("X-Usher-Reference") != "" || res.Header.Get("X-Forwarded-User") != "" {
		t.Errorf("the browser got %v", res.Header)
	}
	if got := res.Header.Get("Cache-Control"); got != "private" {
		t.Errorf("what only some may see has Cache-Control %q, want private", got)
	}
	if got := x.ask(t, "GET", reports, "/cached", as("ana")...).Header.Get("Cache-Control"); got != "max-age=60" {
		t.Errorf("the application's own Cache-Control became %q", got)
	}
	if got := x.ask(t, "GET", reports, "/healthz").Header.Get("Cache-Control"); got != "" {
		t.Errorf("a public answer has Cache-Control %q", got)
	}
}

func TestProxySmuggling(t *testing.T) { // C09
	x := newEdge(t)
	cookie := "Cookie: " + sessionCookie + "=ana\r\n"
	hidden := "GET /hidden HTTP/1.1\r\nHost: " + reports + "\r\n\r\n"
	for name, request := range map[string]string{
		"two lengths":         "POST /q HTTP/1.1\r\nHost: reports.corp.example\r\n" + cookie + "Content-Length: 0\r\nContent-Length: 40\r\n\r\n" + hidden,
		"odd encoding":        "POST /q HTTP/1.1\r\nHost: reports.corp.example\r\n" + cookie + "Transfer-Encoding: xchunked\r\n\r\n" + hidden,
		"two encodings":       "POST /q HTTP/1.1\r\nHost: reports.corp.example\r\n" + cookie + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
		"blank before colon":  "GET /q HTTP/1.1\r\nHost: reports.corp.example\r\n" + cookie + "X-A : b\r\n\r\n",
		"folded header":       "GET /q HTTP/1.1\r\n Host: reports.corp.example\r\n" + cookie + "\r\n",
		"two hosts":           "GET /q HTTP/1.1\r\nHost: reports.corp.example\r\nHost: evil.example\r\n" + cookie + "\r\n",
		"no host":             "GET /q HTTP/1.1\r\n" + cookie + "\r\n",
		"host with at":        "GET /q HTTP/1.1\r\nHost: x@reports.corp.example\r\n" + cookie + "\r\n",
		"host with slash":     "GET /q HTTP/1.1\r\nHost: reports.corp.example/x\r\n" + cookie + "\r\n",
		"host with hash":      "GET /q HTTP/1.1\r\nHost: reports.corp.example#x\r\n" + cookie + "\r\n",
		"host with question":  "GET /q HTTP/1.1\r\nHost: reports.corp.example?x\r\n" + cookie + "\r\n",
		"two hosts in one":    "GET /q HTTP/1.1\r\nHost: reports.corp.example, evil.example\r\n" + cookie + "\r\n",
		"absolute other host": "GET http://evil.example/q HTTP/1.1\r\nHost: reports.corp.example\r\n" + cookie + "\r\n",
		"absolute own host":   "GET http://reports.corp.example/q HTTP/1.1\r\nHost: reports.corp.example\r\n" + cookie + "\r\n",
		"asterisk":            "OPTIONS * HTTP/1.1\r\nHost: reports.corp.example\r\n" + cookie + "\r\n",
	} {
		before := x.echo.count.Load()
		res, _ := raw(t, x.address, request)
		if res.StatusCode < 400 || x.echo.count.Load() != before {
			t.Errorf("%s: status %d, the application was asked %d times", name, res.StatusCode, x.echo.count.Load()-before)
		}
	}
	// net/http lets chunked win over a length (RFC 9112 section 6.3) and the
	// request is written anew, so one request stays one request.
	before := x.echo.count.Load()
	body := "5\r\nhello\r\n0\r\n\r\n"
	res, _ := raw(t, x.address, fmt.Sprintf("POST /q HTTP/1.1\r\nHost: %s\r\n%sContent-Length: %d\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n%s", reports, cookie, len(body)+len(hidden), body+hidden))
	if x.echo.count.Load()-before > 1 {
		t.Errorf("length and chunked: the application was asked %d times", x.echo.count.Load()-before)
	}
	if res.StatusCode == http.StatusOK {
		if h := decode(t, res.Body); h.Body != "hello" {
			t.Errorf("length and chunked: the application got %q", h.Body)
		}
	}
}

func TestProxyPaths(t *testing.T) { // D01, D02, D03, D05, D09
	x := newEdge(t)
	refused := []string{"/static/../q", "/static/%2e%2e/q", "/static/.%2e/q", "/static/%2E./q", "/static/..;/q", "/static;x=1/q", "/static/%2fq",
		"/static%2f..%2fq", "/static/..%5cq", `/static/..\q`, "/static//q", "//static/q", "/static/./q", "/static/%252e%252e/q", "/static/%00",
		"/static/%zz", "/static/%", "/static/%c0%ae%c0%ae/q", "/static/%09", "/%2fstatic/", "/usher/../q", "/%2fusher/x", "/static/%25%32%65%25%32%65/q"}
	for _, uri := range refused {
		before := x.echo.count.Load()
		for _, who := range [][]string{nil, as("ana")} {
			if res := x.ask(t, "GET", reports, uri, who...); res.StatusCode < 400 || x.echo.count.Load() != before {
				t.Errorf("%s as %v: status %d, the application was asked %d times", uri, who, res.StatusCode, x.echo.count.Load()-before)
			}
		}
	}
	for _, uri := range []string{"/admin?x=/static/", "/admin%3f/static/", "/admin%23/static/", "/%73tatic/x", "/statics", "/static", "/healthz/", "/healthz%2e", "/HEALTHZ"} {
		if res := x.ask(t, "GET", reports, uri); res.StatusCode < 400 {
			t.Errorf("%s passed as public with status %d", uri, res.StatusCode)
		}
	}
	if res := x.ask(t, "GET", reports, "/q#/static/", as("ana")...); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a fragment got %d", res.StatusCode)
	}
	if res := x.ask(t, "GET", reports, "/"+strings.Repeat("a", 9000), as("ana")...); res.StatusCode != http.StatusBadRequest {
		t.Errorf("9,000 bytes got %d", res.StatusCode)
	}
	for _, uri := range []string{"/usher/", "/usher", "/usher/x?y", "/usher?x"} {
		before := x.echo.count.Load()
		if res := x.ask(t, "GET", reports, uri, as("ana")...); res.StatusCode != http.StatusNotFound || x.echo.count.Load() != before {
			t.Errorf("%s: status %d; it must never be forwarded", uri, res.StatusCode)
		}
	}
	for _, uri := range []string{"/ushers", "/%75sher/x"} {
		if res := x.ask(t, "GET", reports, uri, as("ana")...); res.StatusCode != http.StatusOK {
			t.Errorf("%s is the application's and got %d", uri, res.StatusCode)
		}
	}
}

func TestProxyHosts(t *testing.T) { // D08
	x := newEdge(t)
	for _, host := range []string{"REPORTS.corp.example", "reports.corp.example:443", "reports.corp.example.", "Reports.Corp.Example.:8443"} {
		if h := decode(t, x.ask(t, "GET", host, "/q", as("ana")...).Body); h.Host != reports || h.Header.Get("X-Forwarded-Host") != reports {
			t.Errorf("%s arrived as %s", host, h.Host)
		}
		if res := x.ask(t, "GET", host, "/q"); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s by nobody: status %d", host, res.StatusCode)
		}
	}
	for _, host := range []string{"evil.example", "reports.corp.example.evil", "xreports.corp.example", "127.0.0.1", "localhost"} {
		before := x.echo.count.Load()
		if res := x.ask(t, "GET", host, "/healthz", as("ana")...); res.StatusCode != http.StatusForbidden || x.echo.count.Load() != before {
			t.Errorf("%s: status %d", host, res.StatusCode)
		}
	}
}

func upgradeTo(t testing.TB, address, uri string, headers ...string) (*http.Response, *bufio.Reader, net.Conn) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	q := "GET " + uri + " HTTP/1.1\r\nHost: " + reports + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	for i := 0; i+1 < len(headers); i += 2 {
		q += headers[i] + ": " + headers[i+1] + "\r\n"
	}
	_, _ = io.WriteString(conn, q+"\r\n")
	br := bufio.NewReader(conn)
	res, err := http.ReadResponse(br, nil)
	if err != nil {
		t.Fatal(err)
	}
	return res, br, conn
}

func TestProxyUpgrades(t *testing.T) { // D07, R29
	x := newEdge(t)
	before := x.echo.count.Load()
	if res, _, _ := upgradeTo(t, x.address, "/ws"); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("nobody got %d", res.StatusCode)
	}
	if res, _, _ := upgradeTo(t, x.address, "/ws", as("ben")...); res.StatusCode != http.StatusForbidden {
		t.Errorf("ben got %d", res.StatusCode)
	}
	for _, to := range []string{"h2c", "websocket, h2c", "TLS/1.0", "WebSocket\r\nUpgrade: h2c", "", "h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__"} {
		if res := x.ask(t, "GET", reports, "/q", append(as("ana"), "Connection", "Upgrade, HTTP2-Settings", "Upgrade", to)...); res.StatusCode != http.StatusBadRequest {
			t.Errorf("an upgrade to %q got %d, want 400", to, res.StatusCode)
		}
	}
	res, _ := raw(t, x.address, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	if res.StatusCode < 400 {
		t.Errorf("the preface of HTTP/2 got %d", res.StatusCode)
	}
	if x.echo.count.Load() != before {
		t.Error("the application was asked")
	}
}

func TestProxyClosesWebsocketsOfEndedSessions(t *testing.T) { // D07
	for _, c := range []struct {
		name  string
		ticks int
		end   func(x *edge)
	}{
		{"the session ended", 1, func(x *edge) { x.desk.end("ana") }},
		{"the rule changed", 1, func(x *edge) {
			apps := testApplications(x.echo.URL)
			apps[0].Allow = []string{"Nobody at all"}
			x.configure(apps)
		}},
		{"the store fell silent", 2, func(x *edge) { x.desk.fail(usher.ErrUnavailable) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := newEdge(t)
			_, br, conn := upgradeTo(t, x.address, "/ws", as("ana")...)
			if line, _ := br.ReadString('\n'); line != "hello ANA@AdobeID\n" {
				t.Fatalf("heard %q", line)
			}
			visits := x.desk.visits.Load()
			for range 3 { // while the session lives, looking does no harm
				x.look(t)
			}
			_, _ = io.WriteString(conn, "ping\n")
			if line, err := br.ReadString('\n'); line != "ping\n" {
				t.Fatalf("heard %q, %v", line, err)
			}
			c.end(x)
			for range c.ticks {
				x.look(t)
			}
			<-x.stopped
			if _, err := br.ReadString('\n'); err == nil {
				t.Error("the connection is still open")
			}
			if x.desk.visits.Load() != visits {
				t.Error("looking at an open connection counted as a use of the session")
			}
		})
	}
}

func TestProxyClosesStreamsOfEvents(t *testing.T) {
	x := newEdge(t)
	x.echo.answer = func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: 1\n\n")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		return true
	}
	q, _ := http.NewRequest(http.MethodGet, x.gate.URL+"/events", nil)
	q.Host = reports
	q.Header.Set("Cookie", sessionCookie+"=ana")
	res, err := x.gate.Client().Do(q)
	if err != nil {
		t.Fatal(err)
	}
	br := bufio.NewReader(res.Body)
	if line, err := br.ReadString('\n'); line != "data: 1\n" {
		t.Fatalf("the first event did not come at once: %q, %v", line, err)
	}
	if x.proxy.Open() != 1 {
		t.Errorf("%d connections are known to be open, want 1", x.proxy.Open())
	}
	x.desk.end("ana")
	x.look(t)
	if _, err := io.Copy(io.Discard, br); err == nil {
		t.Error("the stream ended as if it were complete")
	}
	// Stopping closes what nobody waits for.
	x.desk.open("ana", ana())
	res, err = x.gate.Client().Do(q)
	if err != nil {
		t.Fatal(err)
	}
	br = bufio.NewReader(res.Body)
	_, _ = br.ReadString('\n')
	x.proxy.Close()
	if _, err := io.Copy(io.Discard, br); err == nil {
		t.Error("the stream outlived the proxy")
	}
}

func TestProxyUnreachable(t *testing.T) {
	gone := httptest.NewServer(nil)
	gone.Close()
	x := newEdgeBefore(t, newEcho(t), gone.URL)
	res := x.ask(t, "GET", reports, "/q", append(page(), as("ana")...)...)
	body, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusBadGateway || !strings.Contains(string(body), "does not answer") || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
	x.configure(testApplications(""))
	if res := x.ask(t, "GET", reports, "/q", as("ana")...); res.StatusCode != http.StatusBadGateway {
		t.Errorf("an application that is served elsewhere got %d", res.StatusCode)
	}
}

func TestProxyUnixSocket(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "app.sock")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Skipf("no unix sockets here: %v", err)
	}
	e := &echo{}
	server := &httptest.Server{Listener: l, Config: &http.Server{Handler: e}}
	server.Start()
	t.Cleanup(server.Close)
	x := newEdgeBefore(t, e, "unix:"+socket)
	if h := decode(t, x.ask(t, "GET", reports, "/q?a=1", as("ana")...).Body); h.URI != "/q?a=1" || h.Host != reports {
		t.Errorf("the application was asked for %s at %s", h.URI, h.Host)
	}
	_ = os.Remove(socket)
}

func TestProxyTLS(t *testing.T) {
	e := &echo{}
	server := httptest.NewTLSServer(e)
	t.Cleanup(server.Close)
	r := newRig(t, testApplications(server.URL))
	ask := func(o ProxyOptions) int {
		q := httptest.NewRequest(http.MethodGet, "/q", nil)
		q.Host = reports
		q.Header.Set("Cookie", sessionCookie+"=ana")
		return serve(r.guard.Proxy(o), q).Code
	}
	if got := ask(ProxyOptions{}); got != 502 || e.count.Load() != 0 {
		t.Errorf("an application whose certificate nobody vouches for got the request; status %d", got)
	}
	roots := server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	if got := ask(ProxyOptions{RootCAs: roots}); got != 200 {
		t.Errorf("status %d", got)
	}
}

func TestUpstreamsAndIdentityHeadersAreChecked(t *testing.T) {
	for _, text := range []string{"ftp://x", "http://", "http://u:p@x", "http://x/base", "http://x?y", "http://x#y", "x:80", "unix:relative", "unix:", "http://a b", "http://x/?"} {
		if _, err := parseUpstream(text); err == nil {
			t.Errorf("the upstream %q was taken", text)
		}
	}
	for _, text := range []string{"http://127.0.0.1:8080", "https://app.corp.example", "http://[::1]:80/", "unix:/run/app.sock"} {
		if _, err := parseUpstream(text); err != nil {
			t.Errorf("the upstream %q was not taken: %v", text, err)
		}
	}
	for _, h := range [][]Header{{{"Cookie", FieldSubject}}, {{"X_User", FieldSubject}}, {{"", FieldName}}, {{"X-A", "shoe-size"}}, {{"Host", FieldName}},
		{{"X-A", FieldName}, {"x-a", FieldEmail}}, {{"X-Forwarded-For", FieldName}}, {{"X-Usher-Cookie", FieldName}}, {{strings.Repeat("x", 65), FieldName}}, {{"X-Original-URI", FieldName}}} {
		if _, err := newHeaderSet(h); err == nil {
			t.Errorf("the identity headers %v were taken", h)
		}
	}
	for _, h := range [][]Header{DefaultHeaders(), AuthRequestHeaders(), RemoteHeaders(), {{"X-Rights", FieldRights}, {"X-Account", FieldAccount}, {"X-Provider", FieldProvider}}} {
		if _, err := newHeaderSet(h); err != nil {
			t.Errorf("the identity headers %v were not taken: %v", h, err)
		}
	}
	if _, err := NewRules(RuleOptions{}); err == nil {
		t.Error("rules without sessions were taken")
	}
	if _, err := New(Options{}); err == nil {
		t.Error("a guard without anything was made")
	}
}
