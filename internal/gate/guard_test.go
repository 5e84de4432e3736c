// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usher-signin/usher"
)

// everyWay lists the handlers that can let a request through, and the request
// for uri at host that each of them is asked with.
func (r *rig) everyWay() map[string]way {
	return map[string]way{
		"nginx":        {r.guard.Nginx(), nginxAsks},
		"nginx answer": {r.guard.NginxAnswer(), nginxAsks},
		"proxy":        {r.guard.Proxy(ProxyOptions{}), directly},
	}
}

type way struct {
	h   http.Handler
	ask func(host, uri string, headers ...string) *http.Request
}

func directly(host, uri string, headers ...string) *http.Request {
	q := httptest.NewRequest(http.MethodGet, "/", nil)
	q.RemoteAddr, q.Host, q.RequestURI = "192.0.2.7:5000", host, uri
	for i := 0; i+1 < len(headers); i += 2 {
		q.Header[headers[i]] = append(q.Header[headers[i]], headers[i+1])
	}
	return q
}

// brokenSessions fails in the way it is told to.
type brokenSessions struct {
	how func(context.Context) (Visitor, error)
}

func (b brokenSessions) Visit(ctx context.Context, _ time.Time, _ string, _ http.Header) (Visitor, error) {
	return b.how(ctx)
}

func (b brokenSessions) Glance(ctx context.Context, _ time.Time, _ string, _ http.Header) (Visitor, error) {
	return b.how(ctx)
}

func TestWhatFailsFailsClosed(t *testing.T) { // R01, E03, R23
	op := ana()
	for name, how := range map[string]func(context.Context) (Visitor, error){
		"the store is down":             func(context.Context) (Visitor, error) { return Visitor{}, usher.ErrUnavailable },
		"an error and an operator":      func(context.Context) (Visitor, error) { return Visitor{Operator: &op}, errors.New("half a row") },
		"a panic":                       func(context.Context) (Visitor, error) { panic("sessions broke") },
		"an aborted handler":            func(context.Context) (Visitor, error) { panic(http.ErrAbortHandler) },
		"time ran out":                  func(context.Context) (Visitor, error) { return Visitor{}, context.DeadlineExceeded },
		"nobody":                        func(context.Context) (Visitor, error) { return Visitor{}, nil },
		"an operator without groups":    func(context.Context) (Visitor, error) { return Visitor{Operator: &usher.Operator{}}, nil },
		"the client gave up meanwhile":  func(context.Context) (Visitor, error) { return Visitor{Operator: &op}, nil },
		"headers that nobody can carry": func(context.Context) (Visitor, error) { return Visitor{Operator: huge()}, nil },
	} {
		t.Run(name, func(t *testing.T) {
			e := newEcho(t)
			r := newRig(t, testApplications(e.URL), func(o *RuleOptions) { o.Sessions = brokenSessions{how} })
			for kind, w := range r.everyWay() {
				q := w.ask(reports, "/q", as("ana")...)
				if name == "the client gave up meanwhile" {
					ctx, cancel := context.WithCancel(q.Context())
					cancel()
					q = q.WithContext(ctx)
				}
				rec := httptest.NewRecorder()
				func() {
					defer func() {
						if p := recover(); p != nil && !isAbort(p) {
							t.Errorf("%s: panicked with %v", kind, p)
						}
						rec.Flush() // what net/http would have made of silence
					}()
					w.h.ServeHTTP(rec, q)
				}()
				if name != "an aborted handler" && rec.Code < 400 {
					t.Errorf("%s: status %d", kind, rec.Code)
				}
				if len(rec.Header()["X-Forwarded-User"]) > 0 {
					t.Errorf("%s: the answer says who is signed in", kind)
				}
				if strings.Contains(rec.Body.String(), "half a row") {
					t.Errorf("%s: the answer tells the client of our troubles: %s", kind, rec.Body)
				}
			}
			if n := e.count.Load(); n != 0 {
				t.Errorf("the application was asked %d times", n)
			}
		})
	}
}

func huge() *usher.Operator {
	op := ana()
	for range 1000 {
		op.Groups = append(op.Groups, strings.Repeat("g", 256))
	}
	return &op
}

func TestDenyWriter(t *testing.T) { // R01
	allowed := usher.Decide(&usher.Application{Name: "x", Public: []string{"/"}}, nil, usher.Target{Host: "x", Path: "/"})
	if !allowed.Allowed() {
		t.Fatal("the decision for the positive control refuses")
	}
	for _, c := range []struct {
		name string
		show *usher.Decision
		do   func(w *denyWriter)
		want int
		body string
	}{
		{"nothing", nil, func(*denyWriter) {}, 500, ""},
		{"a decision that was never spelled", &allowed, func(*denyWriter) {}, 500, ""},
		{"a body without a decision", nil, func(w *denyWriter) { _, _ = io.WriteString(w, "secret") }, 500, ""},
		{"a success without a decision", nil, func(w *denyWriter) { w.WriteHeader(http.StatusNoContent); _, _ = io.WriteString(w, "secret") }, 500, ""},
		{"a refusing decision", &usher.Decision{}, func(w *denyWriter) { w.WriteHeader(http.StatusOK); _, _ = io.WriteString(w, "secret") }, 500, ""},
		{"a flush without a decision", nil, func(w *denyWriter) { _ = w.FlushError() }, 500, ""},
		{"a panic", &allowed, func(*denyWriter) { panic("x") }, 500, ""},
		{"a failure of its own", nil, func(w *denyWriter) { w.WriteHeader(http.StatusForbidden); _, _ = io.WriteString(w, "why") }, 403, "why"},
		{"allowed", &allowed, func(w *denyWriter) { w.WriteHeader(http.StatusOK); _, _ = io.WriteString(w, "here") }, 200, "here"},
		{"allowed, by writing", &allowed, func(w *denyWriter) { _, _ = io.WriteString(w, "here") }, 200, "here"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rec := httptest.NewRecorder()
			func() {
				w := &denyWriter{ResponseWriter: rec}
				w.Header().Set("X-Forwarded-User", "root")
				r := newRig(t, nil)
				defer w.finish(r.guard.opts.Logger)
				if c.show != nil {
					w.show(*c.show)
				}
				c.do(w)
			}()
			if c.want == 500 && rec.Header().Get("X-Forwarded-User") != "" {
				t.Error("an answer that nobody gave says who is signed in")
			}
			if rec.Code != c.want || rec.Body.String() != c.body {
				t.Errorf("status %d with %q, want %d with %q", rec.Code, rec.Body, c.want, c.body)
			}
		})
	}
	w := &denyWriter{ResponseWriter: httptest.NewRecorder()}
	if _, _, err := w.Hijack(); !errors.Is(err, errHijackDenied) {
		t.Errorf("the connection was handed over without a decision: %v", err)
	}
	if w.WriteHeader(http.StatusEarlyHints); w.wrote {
		t.Error("an interim answer left without a decision")
	}
}

func TestFrontServersAreBelievedOnlyWhereDeclared(t *testing.T) { // C04, R03
	r := newRig(t, testApplications(""))
	h := r.guard.Nginx()
	for _, c := range []struct {
		name  string
		alter func(q *http.Request)
	}{
		{"an address that is not declared", func(q *http.Request) { q.RemoteAddr = "127.0.0.2:1" }},
		{"a declared address in the header only", func(q *http.Request) {
			q.RemoteAddr = "192.0.2.1:1"
			q.Header.Set("X-Forwarded-For", "127.0.0.1")
			q.Header.Set("X-Real-Ip", "127.0.0.1")
		}},
		{"no address", func(q *http.Request) { q.RemoteAddr = "" }},
		{"a socket without an address", func(q *http.Request) { q.RemoteAddr = "@" }},
		{"no method", func(q *http.Request) { q.Header.Del("X-Original-Method") }},
		{"two methods", func(q *http.Request) { q.Header.Add("X-Original-Method", "GET") }},
		{"methods joined", func(q *http.Request) { q.Header.Set("X-Original-Method", "GET,POST") }},
		{"no method at all", func(q *http.Request) { q.Header.Set("X-Original-Method", "G T") }},
		{"no address asked for", func(q *http.Request) { q.Header.Del("X-Original-Uri") }},
		{"an empty one", func(q *http.Request) { q.Header.Set("X-Original-Uri", "") }},
		{"two of them", func(q *http.Request) { q.Header.Add("X-Original-Uri", "/healthz") }},
		{"no host", func(q *http.Request) { q.Header.Del("X-Forwarded-Host") }},
		{"an empty host", func(q *http.Request) { q.Header.Set("X-Forwarded-Host", "") }},
		{"two hosts", func(q *http.Request) { q.Header.Add("X-Forwarded-Host", reports) }},
		{"hosts joined", func(q *http.Request) { q.Header.Set("X-Forwarded-Host", reports+", "+reports) }},
		{"no scheme", func(q *http.Request) { q.Header.Del("X-Forwarded-Proto") }},
		{"an odd scheme", func(q *http.Request) { q.Header.Set("X-Forwarded-Proto", "HTTPS") }},
		{"schemes joined", func(q *http.Request) { q.Header.Set("X-Forwarded-Proto", "https,http") }},
		{"another address in another dialect", func(q *http.Request) { q.Header.Set("X-Forwarded-Uri", "/other") }},
		{"another whole address", func(q *http.Request) { q.Header.Set("X-Original-Url", "https://"+reports+"/other") }},
		{"another rewritten address", func(q *http.Request) { q.Header.Set("X-Rewrite-Url", "/other") }},
		{"another method in another dialect", func(q *http.Request) { q.Header.Set("X-Forwarded-Method", "POST") }},
		{"another host in another dialect", func(q *http.Request) { q.Header.Set("X-Original-Host", "evil.example") }},
		{"an alias of an identity header", func(q *http.Request) { q.Header["X_forwarded_user"] = []string{"root"} }},
		{"an alias with one underscore", func(q *http.Request) { q.Header["X-Forwarded_groups"] = []string{"root"} }},
		{"an alias of what the front server says", func(q *http.Request) { q.Header["X_original_uri"] = []string{"/healthz"} }},
		{"an alias with a dot", func(q *http.Request) { q.Header["X.Auth.Request.User"] = []string{"root"} }},
		{"an alias of another gateway's header", func(q *http.Request) { q.Header["Remote_user"] = []string{"root"} }},
	} {
		for _, uri := range []string{"/q", "/healthz"} {
			t.Run(c.name+" "+uri, func(t *testing.T) {
				q := nginxAsks(reports, uri, as("ana")...)
				c.alter(q)
				if rec := serve(h, q); rec.Code != 403 {
					t.Errorf("status %d, want 403", rec.Code)
				}
			})
		}
	}
	harmless := func(alter func(q *http.Request)) {
		t.Helper()
		q := nginxAsks(reports, "/q", as("ana")...)
		alter(q)
		if rec := serve(h, q); rec.Code != 200 {
			t.Errorf("status %d for what harms nobody", rec.Code)
		}
	}
	harmless(func(q *http.Request) { q.Header["X_custom"] = []string{"1"} })
	harmless(func(q *http.Request) { q.Header.Set("X-Forwarded-Uri", "/q") })
	harmless(func(q *http.Request) { q.Header.Set("X-Forwarded-User", "root") })
	none := newRig(t, testApplications(""), func(o *RuleOptions) { o.Trusted = nil })
	if rec := serve(none.guard.Nginx(), nginxAsks(reports, "/q", as("ana")...)); rec.Code != 403 {
		t.Errorf("without any declared front server: status %d", rec.Code)
	}
}

func TestOddTargetsOfFrontServers(t *testing.T) { // D05, C06
	r := newRig(t, testApplications(""))
	h := r.guard.Nginx()
	for _, uri := range []string{"%zz", "/%zz", "/%", " ", "/a b", "://", "http://" + reports + "/healthz", "healthz", "*", "/" + strings.Repeat("a", 64<<10), "/\x00", "/a\tb",
		"/healthz#x", "?x", "/q\\", "/healthz/../q", "\u00a0/healthz", "//healthz"} {
		if rec := serve(h, nginxAsks(reports, uri, as("ana")...)); rec.Code != 403 {
			t.Errorf("%.40q: status %d, want 403", uri, rec.Code)
		}
	}
	for _, agent := range []string{"GoogleHC/1.0", "kube-probe/1.30", "ELB-HealthChecker/2.0"} {
		for _, uri := range []string{"/ping", "/ready", "/q", "/healthz2"} {
			if rec := serve(h, nginxAsks(reports, uri, "User-Agent", agent)); rec.Code != 401 {
				t.Errorf("%s at %s: status %d, want 401", agent, uri, rec.Code)
			}
		}
	}
}

func TestIdentityIsWholeAndOursAlone(t *testing.T) { // C07, C10
	r := newRig(t, testApplications(""))
	h := r.guard.Nginx()
	r.desk.open("bare", usher.Operator{Provider: "p", Subject: "s", Groups: []string{"Admin"}})
	rec := serve(h, nginxAsks(reports, "/q", append(as("bare"), "X-Forwarded-Email", "root@corp.example", "X-Forwarded-Groups", "root")...))
	for name, want := range map[string]string{"X-Forwarded-User": "s", "X-Forwarded-Email": "", "X-Forwarded-Groups": "Admin", "X-Forwarded-Preferred-Username": ""} {
		if got := rec.Header()[name]; len(got) != 1 || got[0] != want {
			t.Errorf("%s is %q, want %q once", name, got, want)
		}
	}
	rec = serve(h, nginxAsks(reports, "/healthz", append(as("ana"), "X-Forwarded-Email", "root@corp.example")...))
	for _, name := range identityNames() {
		if got := rec.Header()[name]; len(got) != 1 || got[0] != "" {
			t.Errorf("on a public path %s is %q, want one empty value", name, got)
		}
	}
	serve(h, nginxAsks(reports, "/q", as("ana")...)) // her headers are kept from now on
	// Another configuration with other headers is never answered from what was kept.
	r.configure(testApplications(""), func(o *RuleOptions) { o.Headers = RemoteHeaders() })
	rec = serve(h, nginxAsks(reports, "/q", as("ana")...))
	if rec.Header().Get("Remote-User") != "ANA@AdobeID" || rec.Header().Get("X-Forwarded-User") != "" {
		t.Errorf("after the change: %v", rec.Header())
	}
	if rec := serve(h, nginxAsks(reports, "/q", append(as("ana"), "X-Usher-Cookie", "a=root", "Cookie", "b=2")...)); rec.Header().Get("X-Usher-Cookie") != "b=2" {
		t.Errorf("the cookies for the application are %q", rec.Header()["X-Usher-Cookie"])
	}
}

func TestOnlyPageLoadsAreSentAway(t *testing.T) { // A11, R27
	r := newRig(t, testApplications(""))
	for _, c := range []struct {
		name    string
		method  string
		headers []string
		want    int
	}{
		{"a page", "GET", page(), 302},
		{"a page in a frame", "GET", []string{"Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe", "Accept", "text/html"}, 302},
		{"an old browser", "GET", []string{"Accept", "text/html,application/xhtml+xml"}, 302},
		{"a script", "GET", script(), 401},
		{"a script that takes pages", "GET", []string{"Accept", "text/html", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"}, 401},
		{"an old script", "GET", []string{"Accept", "text/html", "X-Requested-With", "XMLHttpRequest"}, 401},
		{"an image", "GET", []string{"Accept", "image/*", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"}, 401},
		{"an embedded object", "GET", []string{"Accept", "text/html", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "object"}, 401},
		{"a websocket", "GET", []string{"Sec-Fetch-Mode", "websocket", "Sec-Fetch-Dest", "websocket", "Upgrade", "websocket", "Connection", "Upgrade"}, 401},
		{"a websocket dressed as a page", "GET", append(page(), "Upgrade", "websocket", "Connection", "Upgrade"), 401},
		{"a page fetched ahead", "GET", append(page(), "Sec-Purpose", "prefetch;prerender"), 401},
		{"a page fetched ahead by an old browser", "GET", append(page(), "Purpose", "prefetch"), 401},
		{"HEAD", "HEAD", page(), 401},
		{"POST", "POST", page(), 401},
		{"no headers", "GET", nil, 401},
		{"two modes", "GET", []string{"Sec-Fetch-Mode", "cors", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document", "Accept", "text/html"}, 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			for kind, w := range r.everyWay() {
				q := w.ask(reports, "/q?x=1", c.headers...)
				q.Method = c.method
				want := c.want
				if kind == "nginx" {
					want = 401
				}
				if kind != "proxy" {
					q.Method = "GET"
					q.Header.Set("X-Original-Method", c.method)
				}
				rec := serve(w.h, q)
				if rec.Code != want {
					t.Errorf("%s: status %d, want %d", kind, rec.Code, want)
				}
				if (rec.Header().Get("Location") != "") != (want == 302) || len(rec.Header()["Set-Cookie"]) > 0 {
					t.Errorf("%s: headers %v", kind, rec.Header())
				}
				if kind == "nginx" && (rec.Header().Get("X-Usher-Page-Load") == "1") != (c.want == 302) {
					t.Errorf("nginx is told that it is a page load: %s", rec.Header().Get("X-Usher-Page-Load"))
				}
			}
		})
	}
	long := "/q?" + strings.Repeat("a", 3000)
	rec := serve(r.guard.Proxy(ProxyOptions{}), directly(reports, long, page()...))
	if got := rec.Header().Get("Location"); got != "https://"+reports+"/usher/signin?rd=%2F" {
		t.Errorf("a way back that is too long became %s", got)
	}
}

func TestClientAddress(t *testing.T) { // C05
	trusted := func(a netip.Addr) bool { return loopback.Contains(a) || a == netip.MustParseAddr("10.0.0.1") }
	many := strings.Repeat("10.0.0.1, ", 500) + "10.0.0.1"
	for _, c := range []struct {
		name  string
		peer  string
		lines []string
		want  string
	}{
		{"nobody in between", "192.0.2.9", nil, "192.0.2.9"},
		{"a header from anybody", "192.0.2.9", []string{"198.51.100.1"}, "192.0.2.9"},
		{"one front server", "127.0.0.1", []string{"198.51.100.1"}, "198.51.100.1"},
		{"lies on the left", "127.0.0.1", []string{"203.0.113.5, 198.51.100.1"}, "198.51.100.1"},
		{"lies on an earlier line", "127.0.0.1", []string{"203.0.113.5", "198.51.100.1"}, "198.51.100.1"},
		{"two front servers", "127.0.0.1", []string{"203.0.113.5, 198.51.100.1, 10.0.0.1"}, "198.51.100.1"},
		{"two front servers on two lines", "127.0.0.1", []string{"203.0.113.5, 198.51.100.1", "10.0.0.1"}, "198.51.100.1"},
		{"garbage on the right", "127.0.0.1", []string{"198.51.100.1, garbage"}, "127.0.0.1"},
		{"garbage behind a front server", "127.0.0.1", []string{"garbage, 10.0.0.1"}, "10.0.0.1"},
		{"an empty header", "127.0.0.1", []string{""}, "127.0.0.1"},
		{"five hundred front servers", "127.0.0.1", []string{"198.51.100.1, " + many}, "10.0.0.1"},
		{"an address with a port", "127.0.0.1", []string{"198.51.100.1:80"}, "127.0.0.1"},
		{"IPv4 in IPv6", "127.0.0.1", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		{"a zone", "127.0.0.1", []string{"fe80::1%eth0"}, "fe80::1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			peer := netip.MustParseAddr(c.peer)
			q := &Request{hops: c.lines, peer: peer, front: trusted(peer)}
			if got := q.client(trusted); got.String() != c.want {
				t.Errorf("the client is %s, want %s", got, c.want)
			}
		})
	}
}

func TestRefusalsHaveOneReference(t *testing.T) {
	r := newRig(t, testApplications(""))
	h := r.guard.Nginx()
	ask := func(who, uri string, headers ...string) string {
		rec := serve(h, nginxAsks(reports, uri, append(append(as(who), "User-Agent", "Browser/1\x1b[31m"), headers...)...))
		if rec.Code != 403 {
			t.Fatalf("status %d", rec.Code)
		}
		return rec.Header().Get("X-Usher-Reference")
	}
	refuse := func(who, uri string) string { return ask(who, uri, page()...) }
	if got := ask("ben", "/data.json", script()...); got != "" || len(r.book.all()) != 0 {
		t.Errorf("a script's call was recorded as %q before any page was", got)
	}
	first := refuse("ben", "/page?secret=1")
	if _, err := usher.ParseReference(first); err != nil {
		t.Fatalf("the reference %q: %v", first, err)
	}
	var wait sync.WaitGroup
	for range 50 { // the images of the page
		wait.Go(func() {
			if got := ask("ben", "/image", picture()...); got != first {
				t.Errorf("another reference %s", got)
			}
		})
	}
	wait.Wait()
	all := r.book.all()
	if len(all) != 1 {
		t.Fatalf("%d attempts were recorded, want 1", len(all))
	}
	a := all[0]
	if string(a.Reference) != first || a.Outcome != usher.OutcomeRefused || a.Cause.Code != usher.CodeApplicationRefused || a.Person.Subject != "BEN@AdobeID" ||
		a.ReturnTo != "https://"+reports+"/page" || a.Client != "192.0.2.7" || a.Revision != "0123456789ab" || a.Groups[0] != "Delivery operators" || len(a.Trail) != 1 {
		t.Errorf("the attempt is %+v", a)
	}
	r.advance(sameFor)
	if refuse("ben", "/page") == first {
		t.Error("the reference outlived its time")
	}
	r.book.err = usher.ErrUnavailable
	r.advance(sameFor)
	if got := refuse("ben", "/page"); got != "" {
		t.Errorf("a reference %s was given for what was not recorded", got)
	}
	r.book.err = nil
	got := refuse("ben", "/page")
	if all := r.book.all(); got == "" || string(all[len(all)-1].Reference) != got {
		t.Errorf("once the store answers again the reference is %q, which was not recorded", got)
	}
}

func TestAMistakenFrontServerIsExplained(t *testing.T) {
	for code, alter := range map[usher.Code]func(q *http.Request){
		"proxy-not-trusted":        func(q *http.Request) { q.RemoteAddr = "10.1.2.3:4" },
		"forwarded-host":           func(q *http.Request) { q.Header.Del("X-Forwarded-Host") },
		"forwarded-proto":          func(q *http.Request) { q.Header.Set("X-Forwarded-Proto", "wss") },
		"identity-headers-survive": func(q *http.Request) { q.Header["Remote_user"] = []string{"root"} },
		"request-not-canonical":    func(q *http.Request) { q.Header.Del("X-Original-Uri") },
	} {
		r := newRig(t, testApplications(""))
		q := nginxAsks(reports, "/q", append(page(), as("ana")...)...)
		alter(q)
		rec := serve(r.guard.NginxAnswer(), q)
		all := r.book.all()
		if rec.Code != 403 || len(all) != 1 || all[0].Cause.Code != code || !strings.Contains(rec.Body.String(), string(all[0].Reference)) {
			t.Errorf("%s: status %d, %s, recorded %+v", code, rec.Code, rec.Body, all)
		}
		serve(r.guard.NginxAnswer(), q)
		if n := len(r.book.all()); n != 1 {
			t.Errorf("%s: recorded %d times", code, n)
		}
	}
}

func TestStrangersDoNotFillTheBook(t *testing.T) { // K02
	r := newRig(t, testApplications(""))
	h := r.guard.Nginx()
	for i := range 2000 {
		serve(h, nginxAsks("h"+string(rune('a'+i%26))+strings.Repeat("x", i/26)+".example", "/", page()...))
	}
	if n := len(r.book.all()); n != strangerBurst {
		t.Errorf("%d attempts were recorded, want %d", n, strangerBurst)
	}
	r.advance(strangerEvery)
	serve(h, nginxAsks("later.example", "/", page()...))
	serve(h, nginxAsks("later2.example", "/", page()...))
	if n := len(r.book.all()); n != strangerBurst+1 {
		t.Errorf("%d attempts were recorded, want one more", n)
	}
}

func TestOnlyPagesAndFormsAreRecorded(t *testing.T) {
	for _, c := range []struct {
		name    string
		method  string
		headers []string
		want    int
	}{
		{"a page", "GET", page(), 1},
		{"a page of an old browser", "GET", []string{"Accept", "text/html,*/*"}, 1},
		{"a form", "POST", page(), 1},
		{"a form of an old browser", "POST", []string{"Accept", "text/html"}, 1},
		{"a frame", "GET", []string{"Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, 1},
		{"an icon", "GET", picture(), 0},
		{"an icon of an old browser", "GET", []string{"Accept", "image/webp,*/*"}, 0},
		{"a script's call", "GET", script(), 0},
		{"a script's call for a page", "GET", []string{"Accept", "text/html", "X-Requested-With", "XMLHttpRequest"}, 0},
		{"a style", "GET", []string{"Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "style", "Accept", "text/html"}, 0},
		{"a websocket", "GET", []string{"Upgrade", "websocket", "Accept", "text/html"}, 0},
		{"a page fetched ahead", "GET", append(page(), "Sec-Purpose", "prefetch"), 0},
		{"a program", "GET", nil, 0},
	} {
		for host, who := range map[string][]string{"nobody.example": nil, reports: as("ben")} {
			r := newRig(t, testApplications("http://127.0.0.1:1"))
			q := nginxAsks(host, "/favicon.ico", append(c.headers, who...)...)
			q.Header.Set("X-Original-Method", c.method)
			asked := map[string]int{"nginx": serve(r.guard.Nginx(), q).Code, "nginx's answer": serve(r.guard.NginxAnswer(), q).Code}
			d := directly(host, "/favicon.ico", append(c.headers, who...)...)
			d.Method = c.method
			asked["the proxy"] = serve(r.guard.Proxy(ProxyOptions{}), d).Code
			for where, status := range asked {
				if status != 403 {
					t.Errorf("%s to %s at %s: status %d, want 403", c.name, where, host, status)
				}
			}
			if n := len(r.book.all()); n != c.want {
				t.Errorf("%s at %s: %d attempts were recorded, want %d", c.name, host, n, c.want)
			}
		}
	}
}

func TestLedgerIsBounded(t *testing.T) {
	now := time.Unix(0, 0)
	l := newLedger(now)
	l.operators.left, l.operators.most = 1e9, 1e9
	for i := range 3 * ledgerSize {
		thing := refusedThing{subject: "s", application: strings.Repeat("a", i%100), host: string(rune(i))}
		if _, _, err := l.find(thing, now, func() (usher.Reference, error) { return "X", nil }); err != nil {
			t.Fatal(err)
		}
	}
	if len(l.seen) > ledgerSize {
		t.Errorf("%d refusals are remembered, want at most %d", len(l.seen), ledgerSize)
	}
}

// shownPages remembers what was to be shown.
type shownPages struct{ page Page }

func (s *shownPages) Show(w http.ResponseWriter, _ *http.Request, p Page) {
	s.page = p
	w.WriteHeader(p.Status)
	_, _ = io.WriteString(w, "<p>"+string(p.Kind))
}

// lyingPages show every page as a success.
type lyingPages struct{}

func (lyingPages) Show(w http.ResponseWriter, _ *http.Request, _ Page) {
	_, _ = io.WriteString(w, "welcome")
}

func TestPages(t *testing.T) {
	r := newRig(t, testApplications(""))
	for _, c := range []struct {
		name, host, uri string
		headers         []string
		method          string
		kind            PageKind
		status          int
	}{
		{"refused", reports, "/q", as("ben"), "GET", PageRefused, 403},
		{"not covered", "other.example", "/q", as("ben"), "GET", PageNotCovered, 403},
		{"malformed", reports, "/../q", nil, "GET", PageMalformed, 400},
		{"a form after the session", reports, "/q", nil, "POST", PageSignedOut, 401},
		{"no upstream", reports, "/q", as("ana"), "GET", PageNotHere, 502},
		{"our own page", reports, "/usher/x", nil, "GET", PageMethod, 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			shown := &shownPages{}
			r.guard.opts.Pages = shown
			q := directly(c.host, c.uri, append(page(), c.headers...)...)
			q.Method = c.method
			rec := serve(r.guard.Proxy(ProxyOptions{}), q)
			if rec.Code != c.status || shown.page.Kind != c.kind || rec.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("status %d, page %+v, headers %v", rec.Code, shown.page, rec.Header())
			}
			if c.kind == PageRefused && (shown.page.Operator == nil || shown.page.Reference == "" || shown.page.Application != "reports") {
				t.Errorf("the page knows too little: %+v", shown.page)
			}
			shown.page = Page{}
			q = directly(c.host, c.uri, append(script(), c.headers...)...)
			q.Method = c.method
			rec = serve(r.guard.Proxy(ProxyOptions{}), q)
			var said refusal
			if err := json.Unmarshal(rec.Body.Bytes(), &said); err != nil || shown.page.Kind != "" || said.Error == "" || said.Message == "" || rec.Code != c.status {
				t.Errorf("a program got %d %s: %v", rec.Code, rec.Body, err)
			}
			r.guard.opts.Pages = lyingPages{}
			q = directly(c.host, c.uri, append(page(), c.headers...)...)
			q.Method = c.method
			if rec := serve(r.guard.Proxy(ProxyOptions{}), q); rec.Code < 400 || strings.Contains(rec.Body.String(), "welcome") {
				t.Errorf("a page that lies got out: %d %s", rec.Code, rec.Body)
			}
		})
	}
}

func TestOneRequestSeesOneConfiguration(t *testing.T) { // R24
	// Rules A know ana under one set of sessions, rules B under another; each
	// allows what the other refuses. A request judged by a mixture would pass both.
	r := newRig(t, testApplications(""))
	admins, others := newDesk(), newDesk()
	admins.open("ana", ana())
	changed := ana()
	changed.Groups = []string{"Readers"}
	others.open("ana", changed)
	apps := func(allow string) []usher.Application {
		return []usher.Application{{Name: "reports", URL: "https://reports.corp.example", Allow: []string{allow}}}
	}
	var both [2]*Rules
	for i, o := range []RuleOptions{{Applications: apps("Admin"), Sessions: admins, Trusted: loopback.Contains}, {Applications: apps("Readers"), Sessions: others, Trusted: loopback.Contains}} {
		rules, err := NewRules(o)
		if err != nil {
			t.Fatal(err)
		}
		both[i] = rules
	}
	r.rules.Store(both[0])
	stop := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				r.rules.Store(both[i%2])
			}
		}
	})
	h := r.guard.Nginx()
	for range 20000 {
		if rec := serve(h, nginxAsks(reports, "/q", as("ana")...)); rec.Code != 200 {
			t.Fatalf("status %d by a mixture of two configurations", rec.Code)
		}
	}
	close(stop)
	wait.Wait()
}

func TestObservations(t *testing.T) {
	r := newRig(t, testApplications(""))
	serve(r.guard.Nginx(), nginxAsks(reports, "/q?secret=1", append(page(), as("ben")...)...))
	serve(r.guard.Nginx(), nginxAsks(reports, "/q", as("ana")...))
	if len(r.seen) != 2 {
		t.Fatalf("%d observations, want 2", len(r.seen))
	}
	if o := r.seen[0]; o.Dialect != "nginx" || o.Status != 403 || o.Path != "/q" || o.Host != reports || o.Method != http.MethodGet || o.Client.String() != "192.0.2.7" || o.Reference == "" || o.Decision.Cause == nil {
		t.Errorf("the refusal was observed as %+v", o)
	}
	if o := r.seen[1]; o.Status != 200 || !o.Decision.Allowed() {
		t.Errorf("the allowed request was observed as %+v", o)
	}
}
