// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
)

// Traefik and Envoy are replayed here by what their documentation says they do
// with headers: what they send, what they take from an answer.

// hopByHop are removed by every front server, with what Connection names.
func withoutHopByHop(h http.Header) http.Header {
	out := h.Clone()
	for _, line := range h["Connection"] {
		for name := range strings.SplitSeq(line, ",") {
			out.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range []string{"Connection", "Keep-Alive", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length"} {
		out.Del(name)
	}
	return out
}

// fakeFront asks as ask says and forwards what may pass with the headers that take gives.
type fakeFront struct {
	b      *behind
	prefix func(*http.Request) string // application of a request by the front server's own routing; "": none
	ask    func(r *http.Request, application string) *http.Request
	take   func(out, answer http.Header)
	// check asks in another way than by a request; nil: ask says how.
	check func(r *http.Request, application string) (*http.Response, error)
}

func (f *fakeFront) verdict(r *http.Request, application string) (*http.Response, error) {
	if f.check != nil {
		return f.check(r, application)
	}
	return http.DefaultTransport.RoundTrip(f.ask(r, application))
}

func (f *fakeFront) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	application := f.prefix(r)
	gate, _ := url.Parse(f.b.gate.URL)
	switch {
	case strings.HasPrefix(r.URL.Path, "/usher/auth/") || strings.HasPrefix(r.URL.Path, "/usher/answer/") || application == "":
		w.WriteHeader(http.StatusNotFound)
		return
	case strings.HasPrefix(r.URL.Path, "/usher/"):
		(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(gate); p.Out.Host = r.Host }}).ServeHTTP(w, r)
		return
	}
	answer, err := f.verdict(r, application)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	body, _ := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		for name, v := range withoutHopByHop(answer.Header) {
			w.Header()[name] = v
		}
		w.WriteHeader(answer.StatusCode)
		_, _ = w.Write(body)
		return
	}
	upstream, _ := url.Parse(map[string]string{"wiki": f.b.wiki.URL}[application])
	if upstream.Host == "" {
		upstream, _ = url.Parse(f.b.echo.URL)
	}
	(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		path, query, _ := strings.Cut(r.RequestURI, "?")
		p.Out.URL = &url.URL{Scheme: "http", Host: upstream.Host, Opaque: path, RawQuery: query}
		p.Out.Host = r.Host
		answer.Header.Set("Fake-Application", application)
		f.take(p.Out.Header, answer.Header)
		p.Out.Header.Del("Fake-Application")
	}}).ServeHTTP(w, r)
}

// routes is how Traefik and Envoy choose an application: by host and path as they stand.
func (b *behind) routes(r *http.Request) string {
	switch {
	case r.Host == reports:
		return "reports"
	case r.Host == oddHost:
		return odd
	case r.Host == "campaign.corp.example" && (r.URL.Path == "/wiki" || strings.HasPrefix(r.URL.Path, "/wiki/")):
		return "wiki"
	case r.Host == "campaign.corp.example":
		return "campaign"
	}
	return ""
}

// stripped is what the generated configurations remove before the application.
func stripped(h http.Header) {
	for _, name := range []string{"Forwarded", "X-Original-Url", "X-Rewrite-Url", "Remote-User", "X-Auth-Request-User", "X-Usher-Application"} {
		h.Del(name)
	}
}

func TestBehindReplayedTraefik(t *testing.T) {
	b, _ := newBehind(t, false)
	f := &fakeFront{b: b, prefix: b.routes}
	f.ask = func(r *http.Request, application string) *http.Request {
		q, _ := http.NewRequest(http.MethodGet, b.gate.URL+endpointPrefix+"traefik?application="+url.QueryEscape(application), nil)
		q.Header = withoutHopByHop(r.Header)
		stripped(q.Header)
		for name, value := range map[string]string{"X-Forwarded-Method": r.Method, "X-Forwarded-Proto": "https", "X-Forwarded-Host": r.Host,
			"X-Forwarded-Uri": r.RequestURI, "X-Forwarded-For": strings.Split(r.RemoteAddr, ":")[0], "X-Forwarded-Port": "443", "X-Forwarded-Server": "traefik"} {
			q.Header.Set(name, value)
		}
		return q
	}
	f.take = func(out, answer http.Header) {
		stripped(out)
		names := append(identityNames(), "Cookie")
		if answer.Get("Fake-Application") == "reports" { // as generated: its tokens are withheld
			names = append(names, "Authorization")
		}
		for _, name := range names {
			out.Del(name)
			if v := answer[name]; len(v) > 0 {
				out[name] = v
			}
		}
	}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	b.address = server.Listener.Addr().String()
	b.suite(t)
	b.preflights(t)
	b.credentials(t)
	t.Run("a path that was cut before", func(t *testing.T) {
		q := f.ask(directly(reports, "/q", as("ana")...), "reports")
		q.Header.Set("X-Forwarded-Prefix", "/admin")
		q.RemoteAddr = "127.0.0.1:1"
		if rec := serve(b.guard.Traefik(), q); rec.Code != 403 {
			t.Errorf("status %d, want 403", rec.Code)
		}
	})
}

func TestBehindReplayedEnvoy(t *testing.T) {
	b, _ := newBehind(t, false)
	f := &fakeFront{b: b, prefix: b.routes}
	f.ask = func(r *http.Request, _ string) *http.Request {
		path, query, _ := strings.Cut(r.RequestURI, "?")
		gate, _ := url.Parse(b.gate.URL)
		q := &http.Request{Method: r.Method, Host: r.Host, Header: withoutHopByHop(r.Header),
			URL: &url.URL{Scheme: "http", Host: gate.Host, Opaque: endpointPrefix + "envoy" + path, RawQuery: query}}
		stripped(q.Header)
		q.Header.Set("X-Forwarded-Proto", "https")
		q.Header.Set("X-Forwarded-For", strings.Split(r.RemoteAddr, ":")[0])
		q.Header.Del("X-Forwarded-Host") // removed at the edge, as what clients claim is
		return q
	}
	f.take = func(out, answer http.Header) {
		stripped(out)
		for _, name := range strings.Split(strings.Join(answer["X-Envoy-Auth-Headers-To-Remove"], ","), ",") {
			out.Del(name)
		}
		for _, name := range append(identityNames(), "Cookie") {
			if v := answer[name]; len(v) > 0 {
				out[name] = v
			}
		}
	}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	b.address = server.Listener.Addr().String()
	b.suite(t)
	b.preflights(t)
	b.credentials(t)
}

func TestEndpoints(t *testing.T) {
	r := newRig(t, testApplications(""))
	all := r.guard.Endpoints()
	for uri, want := range map[string]bool{"/usher/auth/nginx": true, "/usher/auth/nginx?application=reports": true, "/usher/answer/nginx": true,
		"/usher/auth/traefik": true, "/usher/auth/caddy?application=x": true, "/usher/auth/haproxy": true, "/usher/auth/envoy/": true,
		"/usher/auth/envoy/../x": true, "/usher/auth/envoy": false, "/usher/auth/nginx/": false, "/usher/auth/": false, "/usher/auth/../auth/nginx": false,
		"/usher/auth/%6eginx": false, "/usher/": false, "/": false, "": false, "/usher/auth/envoyx/": false} {
		if got := all.For(uri) != nil; got != want {
			t.Errorf("an endpoint at %q: %v, want %v", uri, got, want)
		}
	}
	for _, c := range []struct {
		application, header string
		want                int
	}{
		{"reports", "", 200}, {"", "reports", 200}, {"reports", "reports", 200}, {"wiki", "", 403}, {"", "wiki", 403}, {"reports", "wiki", 403}, {"report", "", 403},
	} {
		q := nginxAsks(reports, "/q", as("ana")...)
		if c.application != "" {
			q.URL.RawQuery = "application=" + c.application
		}
		if c.header != "" {
			q.Header.Set("X-Usher-Application", c.header)
		}
		if rec := serve(r.guard.Nginx(), q); rec.Code != c.want {
			t.Errorf("%+v: status %d", c, rec.Code)
		}
	}
	for _, query := range []string{"application=%zz", "x=1", "application=reports&x=1", "application"} {
		q := nginxAsks(reports, "/q", as("ana")...)
		q.URL.RawQuery = query
		if rec := serve(r.guard.Nginx(), q); rec.Code != 403 {
			t.Errorf("the query %s: status %d, want 403", query, rec.Code)
		}
	}
	for _, uri := range []string{"/usher/", "/usher/signin", "/usher"} {
		if rec := serve(r.guard.Nginx(), nginxAsks(reports, uri, as("ana")...)); rec.Code != 403 {
			t.Errorf("%s was judged as an application's: status %d", uri, rec.Code)
		}
	}
}
