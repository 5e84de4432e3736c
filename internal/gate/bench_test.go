// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/usher-signin/usher"
)

// nowhere is a ResponseWriter that keeps nothing.
type nowhere struct {
	header http.Header
	status int
}

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (n *nowhere) WriteHeader(status int)      { n.status = status }

func bare() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Forwarded-User", "ANA@AdobeID")
		w.WriteHeader(http.StatusAccepted)
	})
}

// quiet is a rig whose gate is observed by nobody.
func quiet(t testing.TB, upstream string) *rig {
	r := newRig(t, testApplications(upstream))
	r.guard.opts.Observe = nil
	return r
}

func serveMany(h http.Handler, q *http.Request) func() int {
	w := &nowhere{header: make(http.Header)}
	return func() int {
		clear(w.header)
		h.ServeHTTP(w, q)
		return w.status
	}
}

func TestAllowedForwardAuthAllocatesLittle(t *testing.T) {
	r := quiet(t, "")
	// The verdict itself is the rules' own matter.
	target, err := usher.ParseTarget(reports, "/q?a=1")
	if err != nil {
		t.Fatal(err)
	}
	op := ana()
	app := r.rules.Load().apps.Match(target)
	verdict := testing.AllocsPerRun(1000, func() { usher.Decide(app, nil, target); usher.Decide(app, &op, target) })
	theirs := testing.AllocsPerRun(1000, func() func() { once := serveMany(bare(), nil); return func() { once() } }())
	for _, c := range []struct {
		name string
		h    http.Handler
	}{{"nginx", r.guard.Nginx()}, {"traefik", r.guard.Traefik()}, {"envoy", r.guard.Envoy()}} {
		once := serveMany(c.h, fromEveryFront("/q?a=1"))
		if status := once(); status != http.StatusOK {
			t.Fatalf("%s: status %d", c.name, status)
		}
		ours := testing.AllocsPerRun(1000, func() { once() })
		t.Logf("%s: %v allocations, a bare handler %v, the verdict %v", c.name, ours, theirs, verdict)
		if ours-theirs-verdict > 3 {
			t.Errorf("%s: an allowed answer costs %v allocations more than a bare handler and the verdict, want at most 3", c.name, ours-theirs-verdict)
		}
	}
}

// fromEveryFront is a request that nginx, Traefik and Envoy could have sent.
func fromEveryFront(uri string) *http.Request {
	q := nginxAsks(reports, uri, as("ana")...)
	q.Host, q.RequestURI = reports, endpointPrefix+"envoy"+uri
	q.Header.Set("X-Forwarded-Method", "GET")
	q.Header.Set("X-Forwarded-Uri", uri)
	return q
}

func BenchmarkHandler(b *testing.B) {
	r := quiet(b, "")
	q := nginxAsks(reports, "/q?a=1", as("ana")...)
	for _, c := range []struct {
		name string
		h    http.Handler
	}{{"bare", bare()}, {"nginx", r.guard.Nginx()}} {
		b.Run(c.name, func(b *testing.B) {
			once := serveMany(c.h, q)
			b.ReportAllocs()
			for b.Loop() {
				once()
			}
		})
	}
}

// BenchmarkServer asks a real server over one connection.
func BenchmarkServer(b *testing.B) {
	e := newEcho(b)
	e.answer = func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(http.StatusOK); return true }
	r := quiet(b, e.URL)
	for _, c := range []struct {
		name string
		h    http.Handler
		uri  string
	}{{"bare", bare(), NginxPath}, {"nginx", r.guard.Nginx(), NginxPath}, {"proxy", r.guard.Proxy(ProxyOptions{}), "/q?a=1"}} {
		b.Run(c.name, func(b *testing.B) {
			server := httptest.NewServer(c.h)
			defer server.Close()
			template := nginxAsks(reports, "/q?a=1", as("ana")...)
			q, err := http.NewRequest(http.MethodGet, server.URL+c.uri, nil)
			if err != nil {
				b.Fatal(err)
			}
			q.Header, q.Host = template.Header, reports
			b.ReportAllocs()
			for b.Loop() {
				res, err := server.Client().Do(q)
				if err != nil {
					b.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, res.Body)
				_ = res.Body.Close()
				if res.StatusCode >= 300 {
					b.Fatalf("status %d", res.StatusCode)
				}
			}
		})
	}
}
