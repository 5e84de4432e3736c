// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/usher-signin/usher"
)

const sessionCookie = ourCookies + "session"

// desk is a table of sessions: cookie value to visitor.
type desk struct {
	mu      sync.Mutex
	byValue map[string]Visitor
	err     error
	visits  atomic.Int64
	glanced chan struct{} // an answered glance; kept where nobody waits for it, up to a bound
}

func newDesk() *desk {
	return &desk{byValue: make(map[string]Visitor), glanced: make(chan struct{}, 16)}
}

func (d *desk) Visit(_ context.Context, _ time.Time, _ string, h http.Header) (Visitor, error) {
	d.visits.Add(1)
	return d.find(h)
}

func (d *desk) Glance(_ context.Context, _ time.Time, _ string, h http.Header) (Visitor, error) {
	defer func() {
		select {
		case d.glanced <- struct{}{}:
		default:
		}
	}()
	return d.find(h)
}

func (d *desk) find(h http.Header) (Visitor, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil {
		return Visitor{}, d.err
	}
	value, present := cookieValue(h)
	v, ok := d.byValue[value]
	if !ok && present {
		return Visitor{Clear: []string{sessionCookie + "=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax"}}, nil
	}
	return v, nil
}

func cookieValue(h http.Header) (string, bool) {
	for _, line := range h["Cookie"] {
		for pair := range strings.SplitSeq(line, ";") {
			if v, ok := strings.CutPrefix(strings.TrimSpace(pair), sessionCookie+"="); ok {
				return v, true
			}
		}
	}
	return "", false
}

func (d *desk) open(value string, op usher.Operator) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.byValue[value] = Visitor{Operator: &op, Kept: new(atomic.Value), Own: new(atomic.Value)}
}

func (d *desk) end(value string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.byValue, value)
}

func (d *desk) fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.err = err
}

// book keeps attempts.
type book struct {
	mu       sync.Mutex
	attempts []usher.Attempt
	err      error
}

func (b *book) PutAttempt(_ context.Context, a usher.Attempt) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.attempts = append(b.attempts, a)
	}
	return b.err
}

func (b *book) all() []usher.Attempt {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]usher.Attempt(nil), b.attempts...)
}

// rig is a gate with everything it needs.
type rig struct {
	t     testing.TB
	desk  *desk
	book  *book
	rules atomic.Pointer[Rules]
	guard *Guard
	now   atomic.Pointer[time.Time]
	seen  []Observation
	mu    sync.Mutex
}

func ana() usher.Operator {
	return usher.Operator{Account: "Adobe_Marketing_Cloud", Provider: "https://ims-na1.adobelogin.com", Subject: "ANA@AdobeID",
		Name: "Ana Lima", Email: "ana@corp.example", Groups: []string{"Admin", "Delivery operators"}, Rights: []string{"ADMINISTRATION"}}
}

func ben() usher.Operator {
	return usher.Operator{Account: "Adobe_Marketing_Cloud", Provider: "https://ims-na1.adobelogin.com", Subject: "BEN@AdobeID",
		Name: "Ben Okoro", Email: "ben@corp.example", Groups: []string{"Delivery operators"}}
}

func testApplications(upstream string) []usher.Application {
	return []usher.Application{
		{Name: "reports", URL: "https://reports.corp.example", Upstream: upstream, Allow: []string{"Admin"}, Public: []string{"/healthz", "/static/"}},
		{Name: "campaign", URL: "https://campaign.corp.example", Upstream: upstream, Preflight: usher.PreflightPass},
		{Name: "wiki", URL: "https://campaign.corp.example/wiki", Upstream: upstream, Allow: []string{"Admin"}},
	}
}

var loopback = netip.MustParsePrefix("127.0.0.1/32")

func newRig(t testing.TB, apps []usher.Application, more ...func(*RuleOptions)) *rig {
	t.Helper()
	r := &rig{t: t, desk: newDesk(), book: &book{}}
	start := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	r.now.Store(&start)
	r.desk.open("ana", ana())
	r.desk.open("ben", ben())
	r.configure(apps, more...)
	guard, err := New(Options{Rules: r.rules.Load, Attempts: r.book, Now: func() time.Time { return *r.now.Load() }, Random: rand.Reader,
		Observe: func(_ context.Context, o Observation) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.seen = append(r.seen, o)
		}})
	if err != nil {
		t.Fatal(err)
	}
	r.guard = guard
	return r
}

func (r *rig) configure(apps []usher.Application, more ...func(*RuleOptions)) {
	r.t.Helper()
	o := RuleOptions{Applications: apps, Sessions: r.desk, Trusted: loopback.Contains, Revision: "0123456789ab"}
	for _, f := range more {
		f(&o)
	}
	rules, err := NewRules(o)
	if err != nil {
		r.t.Fatal(err)
	}
	r.rules.Store(rules)
}

func (r *rig) advance(d time.Duration) {
	later := r.now.Load().Add(d)
	r.now.Store(&later)
}

// subrequest is what nginx asks for GET uri at host, as it stands.
func nginxAsks(host, uri string, headers ...string) *http.Request {
	q := httptest.NewRequest(http.MethodGet, NginxPath, nil)
	q.RemoteAddr = "127.0.0.1:40000"
	q.Header.Set("X-Original-Method", "GET")
	q.Header.Set("X-Original-Uri", uri)
	q.Header.Set("X-Forwarded-Host", host)
	q.Header.Set("X-Forwarded-Proto", "https")
	q.Header.Set("X-Forwarded-For", "192.0.2.7")
	for i := 0; i+1 < len(headers); i += 2 {
		q.Header[headers[i]] = append(q.Header[headers[i]], headers[i+1])
	}
	return q
}

func as(who string) []string { return []string{"Cookie", sessionCookie + "=" + who} }

func serve(h http.Handler, q *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, q)
	return rec
}
