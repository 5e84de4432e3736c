// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/usher-signin/usher"
)

// envoyClient is a real client of a real server; from is the address that it
// connects from.
func envoyClient(t testing.TB, g *Guard, from string) auth.AuthorizationClient {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(MaxCheckMessage))
	auth.RegisterAuthorizationServer(server, g.EnvoyGRPC())
	go func() { _ = server.Serve(l) }()
	t.Cleanup(server.Stop)
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	conn, err := grpc.NewClient("passthrough:///"+l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
			return dialer.DialContext(ctx, "tcp", address)
		}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return auth.NewAuthorizationClient(conn)
}

// overHTTP1 is what Envoy sends of a request over HTTP/1.1, as its
// documentation has it; the parts that a test alters are marked.
const overHTTP1 = `{"attributes": {
  "source": {"address": {"socketAddress": {"address": "192.0.2.7", "portValue": 56746}}},
  "destination": {"address": {"socketAddress": {"address": "198.51.100.1", "portValue": 443}}},
  "request": {"time": "2026-11-22T09:00:00.103Z", "http": {
    "id": "13359530607844510314", "method": "GET", "path": "/q?a=1&b=%26", "host": "reports.corp.example", "scheme": "https", "size": "-1", "protocol": "HTTP/1.1",
    "headers": {":authority": "reports.corp.example", ":path": "/q?a=1&b=%26", ":method": "GET", ":scheme": "https", "user-agent": "Browser/1", "accept": "text/html",
      "x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.7", "x-request-id": "827b7021-c4fc-4ea0-9d1d-6fe0a62cfd5c",
      "cookie": "theme=dark; __Host-usher_session=ana"}}},
  "contextExtensions": {"application": "reports"}, "metadataContext": {}, "routeMetadataContext": {}}}`

func parsedCheck(t testing.TB, text string) *auth.CheckRequest {
	t.Helper()
	check := new(auth.CheckRequest)
	if err := protojson.Unmarshal([]byte(text), check); err != nil {
		t.Fatal(err)
	}
	return check
}

// raw says the same with encode_raw_headers.
func rawHeaders(check *auth.CheckRequest) {
	q := check.Attributes.Request.Http
	q.HeaderMap = &core.HeaderMap{}
	for name, value := range q.Headers {
		q.HeaderMap.Headers = append(q.HeaderMap.Headers, &core.HeaderValue{Key: name, RawValue: []byte(value)})
	}
	q.Headers = nil
}

// verdictOf puts an answer into words: allow, or the status for the browser.
func verdictOf(res *auth.CheckResponse) string {
	switch {
	case res.GetStatus().GetCode() == int32(codes.OK):
		return "allow"
	case res.GetDeniedResponse() == nil:
		return "nothing"
	}
	return fmt.Sprint(int(res.GetDeniedResponse().GetStatus().GetCode()))
}

func optionsOf(list []*core.HeaderValueOption) http.Header {
	h := make(http.Header)
	for _, o := range list {
		if !o.GetAppend().GetValue() { //nolint:staticcheck // as it is sent
			h.Del(o.GetHeader().GetKey())
		}
		h.Add(o.GetHeader().GetKey(), o.GetHeader().GetValue())
	}
	return h
}

func TestEnvoyOverGRPC(t *testing.T) {
	r := newRig(t, testApplications(""))
	client := envoyClient(t, r.guard, "127.0.0.1")
	type http1 = auth.AttributeContext_HttpRequest
	both := func(q *http1, name, value string) { q.Headers[name] = value }
	for _, c := range []struct {
		name  string
		alter func(c *auth.CheckRequest, q *http1)
		want  string
	}{
		{"as documented", func(*auth.CheckRequest, *http1) {}, "allow"},
		{"over HTTP/2", func(_ *auth.CheckRequest, q *http1) { q.Protocol = "HTTP/2" }, "allow"},
		{"without the protocol, size and id", func(_ *auth.CheckRequest, q *http1) { q.Protocol, q.Size, q.Id = "", 0, "" }, "allow"},
		{"pseudo headers alone", func(_ *auth.CheckRequest, q *http1) { q.Method, q.Path, q.Host, q.Scheme = "", "", "", "" }, "allow"},
		{"fields alone", func(_ *auth.CheckRequest, q *http1) {
			for _, n := range []string{":authority", ":path", ":method", ":scheme", "x-forwarded-proto"} {
				delete(q.Headers, n)
			}
		}, "allow"},
		{"no application named", func(c *auth.CheckRequest, _ *http1) { c.Attributes.ContextExtensions = nil }, "allow"},
		{"another application named", func(c *auth.CheckRequest, _ *http1) { c.Attributes.ContextExtensions["application"] = "wiki" }, "403"},
		{"an empty application named", func(c *auth.CheckRequest, _ *http1) { c.Attributes.ContextExtensions["application"] = "" }, "403"},
		{"the client names the application", func(_ *auth.CheckRequest, q *http1) { both(q, "x-usher-application", "wiki") }, "allow"},
		{"a public path", func(_ *auth.CheckRequest, q *http1) {
			q.Path = "/healthz"
			both(q, ":path", "/healthz")
			delete(q.Headers, "cookie")
		}, "allow"},
		{"refused", func(_ *auth.CheckRequest, q *http1) { both(q, "cookie", sessionCookie+"=ben") }, "403"},
		{"nobody opens a page", func(_ *auth.CheckRequest, q *http1) { delete(q.Headers, "cookie") }, "302"},
		{"a stale cookie", func(_ *auth.CheckRequest, q *http1) { both(q, "cookie", sessionCookie+"=mallory") }, "302"},
		{"nobody's script", func(_ *auth.CheckRequest, q *http1) {
			delete(q.Headers, "cookie")
			both(q, "sec-fetch-mode", "cors")
			both(q, "sec-fetch-dest", "empty")
		}, "401"},
		{"nobody's XHR", func(_ *auth.CheckRequest, q *http1) {
			delete(q.Headers, "cookie")
			both(q, "x-requested-with", "XMLHttpRequest")
		}, "401"},
		{"nobody's websocket", func(_ *auth.CheckRequest, q *http1) {
			delete(q.Headers, "cookie")
			both(q, "upgrade", "websocket")
			both(q, "connection", "Upgrade")
		}, "401"},
		{"a websocket", func(_ *auth.CheckRequest, q *http1) {
			both(q, "upgrade", "websocket")
			both(q, "connection", "Upgrade")
		}, "allow"},
		{"nobody's form", func(_ *auth.CheckRequest, q *http1) {
			delete(q.Headers, "cookie")
			q.Method = "POST"
			both(q, ":method", "POST")
		}, "401"},
		{"a host with a port", func(_ *auth.CheckRequest, q *http1) {
			q.Host = "Reports.corp.example:443"
			both(q, ":authority", "Reports.corp.example:443")
		}, "allow"},
		{"no attributes", func(c *auth.CheckRequest, _ *http1) { c.Attributes = nil }, "403"},
		{"no request", func(c *auth.CheckRequest, _ *http1) { c.Attributes.Request = nil }, "403"},
		{"no HTTP", func(c *auth.CheckRequest, _ *http1) { c.Attributes.Request.Http = nil }, "403"},
		{"no method", func(_ *auth.CheckRequest, q *http1) { q.Method = ""; delete(q.Headers, ":method") }, "403"},
		{"no path", func(_ *auth.CheckRequest, q *http1) { q.Path = ""; delete(q.Headers, ":path") }, "400"},
		{"no host", func(_ *auth.CheckRequest, q *http1) { q.Host = ""; delete(q.Headers, ":authority") }, "400"},
		{"no scheme at all", func(_ *auth.CheckRequest, q *http1) {
			q.Scheme = ""
			delete(q.Headers, ":scheme")
			delete(q.Headers, "x-forwarded-proto")
		}, "403"},
		{"another scheme", func(_ *auth.CheckRequest, q *http1) { both(q, "x-forwarded-proto", "wss") }, "403"},
		{"schemes merged", func(_ *auth.CheckRequest, q *http1) { both(q, "x-forwarded-proto", "https,http") }, "403"},
		{"another path in the pseudo header", func(_ *auth.CheckRequest, q *http1) { both(q, ":path", "/healthz") }, "403"},
		{"another path in the field", func(_ *auth.CheckRequest, q *http1) { q.Path = "/healthz" }, "403"},
		{"another method", func(_ *auth.CheckRequest, q *http1) { both(q, ":method", "POST") }, "403"},
		{"another host", func(_ *auth.CheckRequest, q *http1) { both(q, ":authority", "campaign.corp.example") }, "403"},
		{"another host in the header", func(_ *auth.CheckRequest, q *http1) {
			delete(q.Headers, ":authority")
			both(q, "host", "campaign.corp.example")
		}, "403"},
		{"two hosts in headers", func(_ *auth.CheckRequest, q *http1) { both(q, "host", "campaign.corp.example") }, "403"},
		{"a query beside the path", func(_ *auth.CheckRequest, q *http1) { q.Query = "a=1" }, "403"},
		{"a fragment", func(_ *auth.CheckRequest, q *http1) { q.Fragment = "/healthz" }, "403"},
		{"a path that could be read in two ways", func(_ *auth.CheckRequest, q *http1) {
			q.Path = "/static/%2e%2e/q"
			both(q, ":path", q.Path)
		}, "400"},
		{"a path that leads to our own pages", func(_ *auth.CheckRequest, q *http1) {
			q.Path = "/usher/signin"
			both(q, ":path", q.Path)
		}, "403"},
		{"a line break in the query", func(_ *auth.CheckRequest, q *http1) {
			q.Path = "/q?a\r\nx-forwarded-user: root"
			both(q, ":path", q.Path)
		}, "400"},
		{"a line break in the host", func(_ *auth.CheckRequest, q *http1) {
			q.Host = "reports.corp.example\r\n"
			both(q, ":authority", q.Host)
		}, "400"},
		{"an absolute path", func(_ *auth.CheckRequest, q *http1) {
			q.Path = "https://reports.corp.example/q"
			both(q, ":path", q.Path)
		}, "400"},
		{"an alias", func(_ *auth.CheckRequest, q *http1) { both(q, "x_forwarded_user", "root") }, "403"},
		{"another URI claimed", func(_ *auth.CheckRequest, q *http1) { both(q, "x-original-url", "/healthz") }, "403"},
		{"another host claimed", func(_ *auth.CheckRequest, q *http1) { both(q, "x-forwarded-host", "campaign.corp.example") }, "403"},
		{"cookies merged by a comma", func(_ *auth.CheckRequest, q *http1) { both(q, "cookie", "a=1,"+sessionCookie+"=ana") }, "403"},
		{"a line break in a header", func(_ *auth.CheckRequest, q *http1) { both(q, "x-a", "b\r\nx-forwarded-user: root") }, "403"},
		{"many headers", func(_ *auth.CheckRequest, q *http1) {
			for i := range 2000 {
				both(q, fmt.Sprint("x-", i), "")
			}
		}, "403"},
		{"long headers", func(_ *auth.CheckRequest, q *http1) { both(q, "x-long", strings.Repeat("x", maxCheckBytes)) }, "403"},
		{"headers both merged and raw", func(_ *auth.CheckRequest, q *http1) {
			q.HeaderMap = &core.HeaderMap{Headers: []*core.HeaderValue{{Key: "cookie", RawValue: []byte(sessionCookie + "=ben")}}}
		}, "403"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, raw := range []bool{false, true} {
				check := parsedCheck(t, overHTTP1)
				c.alter(check, check.Attributes.Request.Http)
				want := c.want
				if raw {
					if check.GetAttributes().GetRequest().GetHttp().GetHeaders() == nil || check.Attributes.Request.Http.HeaderMap != nil {
						continue
					}
					rawHeaders(check)
					if c.name == "cookies merged by a comma" {
						want = "302" // one line that a client has written so: no cookie of ours
					}
				}
				res, err := client.Check(t.Context(), check)
				if err != nil {
					t.Fatalf("raw %v: %v", raw, err)
				}
				if got := verdictOf(res); got != want {
					t.Errorf("raw %v: %s, want %s: %v", raw, got, want, res)
				}
			}
		})
	}
}

func TestEnvoyOverGRPCIsTold(t *testing.T) {
	r := newRig(t, testApplications(""))
	r.desk.open("bare", usher.Operator{Provider: "p", Subject: "s", Groups: []string{"Admin"}})
	client := envoyClient(t, r.guard, "127.0.0.1")
	ask := func(alter func(h map[string]string)) *auth.CheckResponse {
		check := parsedCheck(t, overHTTP1)
		alter(check.Attributes.Request.Http.Headers)
		res, err := client.Check(t.Context(), check)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	forge := func(h map[string]string) {
		for _, n := range []string{"x-forwarded-user", "x-forwarded-email", "x-forwarded-groups", "remote-user", "x-auth-request-user", "x-auth-request-access-token", "forwarded", "x-usher-cookie"} {
			h[n] = "root"
		}
	}
	res := ask(forge)
	set, gone := optionsOf(res.GetOkResponse().GetHeaders()), strings.Join(res.GetOkResponse().GetHeadersToRemove(), " ")
	if set.Get("X-Forwarded-User") != "ANA@AdobeID" || set.Get("X-Forwarded-Groups") != "Admin,Delivery operators" || set.Get("Cookie") != "theme=dark" || len(set) != 5 {
		t.Errorf("Envoy was told %v", set)
	}
	for _, n := range []string{"remote-user", "x-auth-request-user", "x-auth-request-access-token", "forwarded", "x-usher-cookie"} {
		if !strings.Contains(" "+gone+" ", " "+n+" ") {
			t.Errorf("the client's %s stays; removed are %s", n, gone)
		}
	}
	for _, o := range res.GetOkResponse().GetHeaders() {
		if o.GetAppend() == nil || o.GetAppend().GetValue() { //nolint:staticcheck // as it is sent
			t.Errorf("%s is appended to the client's own", o.GetHeader().GetKey())
		}
	}
	res = ask(func(h map[string]string) { forge(h); h["cookie"] = sessionCookie + "=bare" })
	gone = " " + strings.Join(res.GetOkResponse().GetHeadersToRemove(), " ") + " "
	for _, n := range []string{"x-forwarded-email", "x-forwarded-preferred-username", "cookie"} {
		if !strings.Contains(gone, " "+n+" ") {
			t.Errorf("an operator without one keeps the client's %s; removed are %s", n, gone)
		}
	}
	denied := ask(func(h map[string]string) { h["cookie"] = sessionCookie + "=mallory" }).GetDeniedResponse()
	h := optionsOf(denied.GetHeaders())
	if h.Get("Location") != "https://reports.corp.example/usher/signin?rd=%2Fq%3Fa%3D1%26b%3D%2526" || !strings.HasPrefix(h.Get("Set-Cookie"), sessionCookie+"=;") || h.Get("Cache-Control") != "no-store" {
		t.Errorf("a page load gets %v", h)
	}
	denied = ask(func(h map[string]string) { delete(h, "cookie"); h["accept"] = "application/json" }).GetDeniedResponse()
	h = optionsOf(denied.GetHeaders())
	if !strings.Contains(denied.GetBody(), `"sign_in":"https://reports.corp.example/usher/signin"`) || h.Get("Www-Authenticate") == "" || h.Get("Location") != "" {
		t.Errorf("a program gets %v %s", h, denied.GetBody())
	}
	denied = ask(func(h map[string]string) { h["cookie"] = sessionCookie + "=ben" }).GetDeniedResponse()
	if all := r.book.all(); len(all) != 1 || all[0].Client != "192.0.2.7" || !strings.Contains(denied.GetBody(), string(all[0].Reference)) {
		t.Errorf("a refused page says %s, recorded %+v", denied.GetBody(), all)
	}
}

func TestEnvoyOverGRPCFailsClosed(t *testing.T) { // R01, R03
	r := newRig(t, testApplications(""))
	stranger := envoyClient(t, r.guard, "127.0.0.2")
	for _, path := range []string{"/q?a=1&b=%26", "/healthz"} {
		check := parsedCheck(t, strings.ReplaceAll(overHTTP1, "/q?a=1&b=%26", path))
		if res, err := stranger.Check(t.Context(), check); err != nil || verdictOf(res) != "403" {
			t.Errorf("an undeclared peer asked for %s and got %v, %v", path, res, err)
		}
	}
	if all := r.book.all(); len(all) != 1 || all[0].Cause.Code != codeNotTrusted {
		t.Errorf("recorded %+v", all)
	}
	client := envoyClient(t, r.guard, "127.0.0.1")
	r.desk.fail(usher.ErrUnavailable)
	if res, err := client.Check(t.Context(), parsedCheck(t, overHTTP1)); err != nil || verdictOf(res) != "503" {
		t.Errorf("the store is down: %v, %v", res, err)
	}
	r.desk.fail(nil)
	large := parsedCheck(t, overHTTP1)
	large.Attributes.Request.Http.Body = strings.Repeat("x", MaxCheckMessage)
	if res, err := client.Check(t.Context(), large); status.Code(err) != codes.ResourceExhausted {
		t.Errorf("a body: %v, %v", res, err)
	}
	before := r.rules.Load()
	r.rules.Store(nil) // whatever breaks
	if res, err := client.Check(t.Context(), parsedCheck(t, overHTTP1)); status.Code(err) != codes.Internal {
		t.Errorf("the gate broke: %v, %v", res, err)
	}
	r.rules.Store(before)
	if res, err := client.Check(t.Context(), parsedCheck(t, overHTTP1)); err != nil || verdictOf(res) != "allow" {
		t.Errorf("after that: %v, %v", res, err)
	}
}

// checkOf is the check of a request, as Envoy with encode_raw_headers makes it.
func checkOf(r *http.Request, application string) *auth.CheckRequest {
	q := &auth.AttributeContext_HttpRequest{Method: r.Method, Path: r.RequestURI, Host: r.Host, Scheme: "https", Protocol: r.Proto, Size: -1, HeaderMap: &core.HeaderMap{}}
	add := func(name, value string) {
		q.HeaderMap.Headers = append(q.HeaderMap.Headers, &core.HeaderValue{Key: name, RawValue: []byte(value)})
	}
	add(":method", r.Method)
	add(":path", r.RequestURI)
	add(":authority", r.Host)
	add(":scheme", "https")
	for name, values := range r.Header {
		for _, v := range values {
			add(strings.ToLower(name), v)
		}
	}
	return &auth.CheckRequest{Attributes: &auth.AttributeContext{Request: &auth.AttributeContext_Request{Http: q}, ContextExtensions: map[string]string{"application": application}}}
}

func TestBehindReplayedEnvoyOverGRPC(t *testing.T) {
	b, _ := newBehind(t, false)
	client := envoyClient(t, b.guard, "127.0.0.1")
	f := &fakeFront{b: b, prefix: b.routes}
	f.check = func(r *http.Request, application string) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.Header.Set("X-Forwarded-Proto", "https")
		r.Header.Set("X-Forwarded-For", strings.Split(r.RemoteAddr, ":")[0])
		r.Header.Del("X-Forwarded-Host") // removed at the edge, as what clients claim is
		stripped(r.Header)
		res, err := client.Check(r.Context(), checkOf(r, application))
		if err != nil {
			return nil, err
		}
		answer := &http.Response{StatusCode: http.StatusOK, Header: optionsOf(res.GetOkResponse().GetHeaders()), Body: http.NoBody}
		answer.Header["Gone"] = res.GetOkResponse().GetHeadersToRemove()
		if denied := res.GetDeniedResponse(); denied != nil {
			answer = &http.Response{StatusCode: int(denied.GetStatus().GetCode()), Header: optionsOf(denied.GetHeaders()), Body: io.NopCloser(strings.NewReader(denied.GetBody()))}
		}
		return answer, nil
	}
	f.take = func(out, answer http.Header) {
		stripped(out)
		for _, name := range answer["Gone"] {
			out.Del(name)
		}
		for name, v := range answer {
			if name != "Gone" {
				out[name] = v
			}
		}
	}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	b.address = server.Listener.Addr().String()
	b.suite(t)
	b.preflights(t)
}
