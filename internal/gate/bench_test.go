// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
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
	q := nginxAsks("reports.corp.example", "/q?a=1", as("ana")...)
	for name, h := range map[string]http.Handler{"nginx": r.guard.Nginx()} {
		once := serveMany(h, q)
		if status := once(); status != http.StatusOK {
			t.Fatalf("%s: status %d", name, status)
		}
		plain := serveMany(bare(), q)
		ours, theirs := testing.AllocsPerRun(1000, func() { once() }), testing.AllocsPerRun(1000, func() { plain() })
		t.Logf("%s: %v allocations, a bare handler %v", name, ours, theirs)
		if ours-theirs > 6 {
			t.Errorf("%s: an allowed answer costs %v allocations more than a bare handler, want at most 6", name, ours-theirs)
		}
	}
}

func BenchmarkHandler(b *testing.B) {
	r := quiet(b, "")
	q := nginxAsks("reports.corp.example", "/q?a=1", as("ana")...)
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
	}{{"bare", bare()}, {"nginx", r.guard.Nginx()}, {"proxy", r.guard.Proxy(ProxyOptions{})}} {
		b.Run(c.name, func(b *testing.B) {
			server := httptest.NewServer(c.h)
			defer server.Close()
			template := nginxAsks("reports.corp.example", "/q?a=1", as("ana")...)
			q, err := http.NewRequest(http.MethodGet, server.URL+"/q?a=1", nil)
			if err != nil {
				b.Fatal(err)
			}
			q.Header, q.Host = template.Header, "reports.corp.example"
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
