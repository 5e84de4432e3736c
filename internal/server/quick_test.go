// SPDX-License-Identifier: Apache-2.0

package server

import (
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/gate"
	"github.com/usher-signin/usher/internal/lookalike"
	"github.com/usher-signin/usher/internal/session"
)

const quickConfig = `
instance: {name: quick, url: https://login.corp.example}
external_accounts:
  - internal_name: corp
    type: OpenID Connect
    issuer: https://login.provider.example
    client_id: usher
    client_secret: not-a-secret
    association_mask: "Campaign - corp - "
operator_groups: [{name: Admin}, {name: Delivery operators}]
applications:
  - {name: reports, url: https://reports.corp.example, upstream: "http://127.0.0.1:1", allow: [Admin]}
server: {trusted_proxies: [127.0.0.1]}
`

// quick is a whole gateway with a database, and the cookie of an open session.
func quick(t testing.TB, change ...string) (s *Server, cookie string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "usher.yaml")
	if err := os.WriteFile(file, []byte(strings.NewReplacer(change...).Replace(quickConfig)), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := New(t.Context(), Options{ConfigFile: file, Environment: config.OS(), Now: time.Now, Random: rand.Reader,
		Requests: NewLogSink(io.Discard), Logger: slog.New(slog.NewJSONHandler(io.Discard, nil)), Near: lookalike.Near, Node: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	person := usher.Person{Provider: "https://login.provider.example", Subject: "ANA@AdobeID", Name: "Ana Lima", Email: "ana@corp.example", EmailVerified: true,
		Groups: []usher.Membership{{Group: "Campaign - corp - Admin"}, {Group: "Campaign - corp - Delivery operators"}}}
	c, _, err := s.sessions.Open(t.Context(), session.Opening{Login: "7F3K-9QXM", Host: "reports.corp.example", Account: "corp", Person: person})
	if err != nil {
		t.Fatal(err)
	}
	return s, session.CookieName + "=" + c.Value
}

// verdictOf is what a front server asks for a page of an application.
func verdictOf(cookie string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, gate.NginxPath, nil)
	r.RemoteAddr = "127.0.0.1:40000"
	for name, value := range map[string]string{"X-Original-Method": "GET", "X-Original-Uri": "/q?a=1", "X-Forwarded-Host": "reports.corp.example",
		"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7", "X-Usher-Application": "reports", "User-Agent": "Browser/1", "Accept": "text/html", "Cookie": "theme=dark; " + cookie} {
		r.Header.Set(name, value)
	}
	return r
}

// nowhere is a ResponseWriter that keeps the header and status.
type nowhere struct {
	header http.Header
	status int
}

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (n *nowhere) WriteHeader(status int)      { n.status = status }

func BenchmarkVerdict(b *testing.B) {
	s, cookie := quick(b)
	r := verdictOf(cookie)
	go s.opts.Requests.Run(b.Context())
	b.ReportAllocs()
	for b.Loop() {
		w := nowhere{header: make(http.Header)}
		s.handler.ServeHTTP(&w, r)
	}
}
