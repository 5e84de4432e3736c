// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
	"github.com/usher-signin/usher/internal/session"
)

// between stands between a browser and the gateway, and alters requests.
type between struct {
	next  http.RoundTripper
	port  string // of the gateway: the provider's requests are left alone
	alter func(*http.Request)
}

func (b between) RoundTrip(r *http.Request) (*http.Response, error) {
	if r = r.Clone(r.Context()); r.URL.Port() == b.port {
		b.alter(r)
	}
	return b.next.RoundTrip(r)
}

// without removes one cookie from a request.
func without(r *http.Request, name string) {
	var kept []string
	for _, c := range r.Cookies() {
		if c.Name != name {
			kept = append(kept, c.Name+"="+c.Value)
		}
	}
	r.Header.Del("Cookie")
	if len(kept) > 0 {
		r.Header.Set("Cookie", strings.Join(kept, "; "))
	}
}

// again opens an address as often as a person would who signs in wherever the
// provider asks, until the gateway stops it.
func (b *browser) again(t *testing.T, address string) (page, int) {
	t.Helper()
	for n := 1; n <= 6; n++ {
		if p := b.signIn(t, address, "ana@corp.example"); p.status == http.StatusConflict {
			return p, n
		}
	}
	t.Fatal("the gateway did not stop the loop")
	return page{}, 0
}

func TestLoopIsStopped(t *testing.T) {
	ours := func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/usher/") }
	other := [][2]string{{"    url: {{PUBLIC}}/reports\n", "    url: {{OTHER}}\n"}}
	for name, c := range map[string]struct {
		changes [][2]string
		alter   func(*http.Request)
		once    bool // one address opened goes round by itself
		first   string
		says    []string
	}{
		"a front server that keeps cookies from the gate": {once: true, first: "cookie-not-returned", says: []string{"does not pass on your session", "sent the cookie of an open session"},
			alter: func(r *http.Request) {
				if !ours(r) {
					r.Header.Del("Cookie")
				}
			}},
		"the same, with the application on another host": {changes: other, once: true, first: "cookie-not-returned", says: []string{"does not pass on your session", "reports.localhost"},
			alter: func(r *http.Request) {
				if !ours(r) {
					r.Header.Del("Cookie")
				}
			}},
		"a browser that loses the session cookie": {once: true, first: "cookie-not-returned", says: []string{"does not send the cookie of this site back", "did not come back"},
			alter: func(r *http.Request) { without(r, session.CookieName) }},
		"a browser that loses it on the application's host": {changes: other, once: true, first: "cookie-not-returned",
			says: []string{"does not send the cookie of this site back", "On <bdi>reports.localhost"},
			alter: func(r *http.Request) {
				if strings.HasPrefix(r.URL.Host, "reports.") {
					without(r, session.CookieName)
				}
			}},
		"two session cookies of one name": {once: true, first: "login-loop", says: []string{"more than one cookie of the same name", "<bdi>2</bdi> different session cookies"},
			alter: func(r *http.Request) {
				r.Header.Add("Cookie", session.CookieName+"="+strings.Repeat("A", 43)+"; "+session.CookieName+"="+strings.Repeat("B", 43))
			}},
		"an older cookie in place of the new one": {once: true, first: "login-loop", says: []string{"Another session cookie came"},
			alter: func(r *http.Request) {
				without(r, session.CookieName)
				r.Header.Add("Cookie", session.CookieName+"="+strings.Repeat("A", 43))
			}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := startInstance(t, c.changes)
			b := i.browser(t)
			b.client.Transport = between{b.client.Transport, i.public[strings.LastIndex(i.public, ":")+1:], c.alter}
			address := i.public + "/reports/"
			if c.changes != nil {
				address = "https://reports.localhost" + i.public[strings.LastIndex(i.public, ":"):] + "/reports/"
			}
			p, times := b.again(t, address)
			if c.once != (times == 1) {
				t.Errorf("the address had to be opened %d times", times)
			}
			for _, want := range c.says {
				if !strings.Contains(p.body, want) {
					t.Errorf("the page does not say %q:\n%s", want, p.body)
				}
			}
			i.explained(t, p, usher.Code(c.first))
			i.searchCanary(t, i.latest(t))
		})
	}
}

// explained wants the page's reference to lead to the record, the record to
// name the check, and the doctor to begin with the loop.
func (i *instance) explained(t *testing.T, p page, first usher.Code) usher.Attempt {
	t.Helper()
	a := i.latest(t)
	if shown := shownReference.FindString(p.body); shown == "" || shown != string(a.Reference) {
		t.Errorf("the page shows %q, the latest attempt is %s", shown, a.Reference)
	}
	if a.Cause == nil || a.Cause.Code != usher.CodeLoginLoop || !strings.HasPrefix(a.Cause.Detail, "probably "+string(first)+":") {
		t.Errorf("recorded as %v, wanted %s first", a.Cause, first)
	}
	if got := firstRoot(doctor.Explain(checks.All(), i.load(t), a), ""); got != usher.CodeLoginLoop {
		t.Errorf("the explanation begins with %s", got)
	}
	// Whatever the page names, the doctor counts among the causes of the symptom.
	c := doctor.NewCase(time.Now(), i.load(t))
	c.Symptom = doctor.SymptomLoginLoop
	ranked := doctor.Rank(doctor.SymptomLoginLoop, doctor.Run(checks.All(), c))
	if !slices.ContainsFunc(ranked, func(r doctor.Result) bool { return r.Code == first }) {
		t.Errorf("the doctor does not know %s as a cause of a loop", first)
	}
	return a
}

// Where the file itself shows the cause, the page and the doctor without any
// gateway begin with the same one.
func TestLoopOverPlainHTTPAgreesWithTheDoctor(t *testing.T) {
	const plain = "http://reports.corp.example"
	i := startInstance(t, [][2]string{{"    url: {{PUBLIC}}/reports\n", "    url: " + plain + "\n"}})
	b := i.browser(t)
	address := i.public + "/usher/signin?" + url.Values{"rd": {plain + "/weekly?q=1"}, "bind": {strings.Repeat("a", 64)}}.Encode()
	var last *http.Response
	for range 4 {
		last = b.request(t, http.MethodGet, address, pageLoad)
	}
	if last.StatusCode != http.StatusConflict {
		t.Fatalf("the fourth sign-in within a minute answered %d", last.StatusCode)
	}
	a := i.latest(t)
	c := doctor.NewCase(time.Now(), i.load(t))
	ranked := doctor.Rank(doctor.SymptomLoginLoop, doctor.Run(checks.All(), c))
	if len(ranked) == 0 || a.Cause == nil || !strings.HasPrefix(a.Cause.Detail, "probably "+string(ranked[0].Code)+":") || ranked[0].Code != "application-not-https" {
		t.Errorf("the page says %v, the doctor begins with %s", a.Cause, codeOf(ranked))
	}
	if strings.Contains(a.Cause.Detail+a.ReturnTo, "q=1") {
		t.Errorf("the record holds the address's query: %+v", a)
	}
	if next := b.request(t, http.MethodGet, address, pageLoad); next.StatusCode != http.StatusSeeOther {
		t.Errorf("after the page the person could not begin anew: %d", next.StatusCode)
	}
}

// Many persons at one address begin at the same time: nobody is stopped whose
// browser keeps cookies, and one that keeps none is.
func TestLoopWithoutCookiesLocksNobodyOut(t *testing.T) {
	i := startInstance(t, nil)
	for n := range 12 {
		b := i.browser(t)
		p := b.open(t, i.public+"/reports/")
		if !relay.MatchString(p.body) {
			t.Fatalf("person %d at the same address did not come to the provider's page: %d %s", n+1, p.status, p.at)
		}
	}
	forgetful := i.browser(t)
	forgetful.client.Jar = nil
	p := forgetful.open(t, i.public+"/reports/")
	if p.status != http.StatusConflict || !strings.Contains(p.body, "A cookie that was set a moment before did not come back") {
		t.Fatalf("a browser without cookies: %d %s", p.status, p.at)
	}
	if a := i.latest(t); a.Cause == nil || a.Cause.Code != usher.CodeLoginLoop || !strings.HasPrefix(a.Cause.Detail, "probably cookie-not-returned:") {
		t.Errorf("recorded as %v", a.Cause)
	}
	if p := i.browser(t).signIn(t, i.public+"/reports/", "ana@corp.example"); p.status != http.StatusOK {
		t.Errorf("the next person: %d %s", p.status, p.at)
	}
}

// A person who is told why, or who signs out, is not in a loop.
func TestPersonsWhoTryOthersAreNoLoop(t *testing.T) {
	i := startInstance(t, nil)
	b := i.browser(t)
	for n := range 6 {
		p := b.signIn(t, i.public+"/reports/", "nora@corp.example")
		if p.status != http.StatusForbidden {
			t.Fatalf("refused sign-in %d: %d", n+1, p.status)
		}
	}
	b = i.browser(t)
	for n := range 6 {
		if p := b.signIn(t, i.public+"/reports/", "ana@corp.example"); p.status != http.StatusOK {
			t.Fatalf("sign-in %d: %d\n%s", n+1, p.status, html.UnescapeString(p.body))
		}
		b.send(t, http.MethodPost, i.public+"/usher/signout", url.Values{})
	}
}

// The cookie that counts is sealed: nobody else can write it, and what another
// host's says does not count.
func TestRoundsCookieOfAnotherKey(t *testing.T) {
	i, elsewhere := startInstance(t, nil), startInstance(t, nil)
	b := elsewhere.browser(t)
	var rounds string
	for range 3 {
		for _, c := range b.request(t, http.MethodGet, elsewhere.public+"/usher/signin?rd=%2Freports%2F", pageLoad).Cookies() {
			if c.Name == "__Host-usher_rounds" {
				rounds = c.Value
			}
		}
	}
	if rounds == "" || strings.Contains(rounds, "reports") {
		t.Fatalf("the cookie is %q", rounds)
	}
	header := http.Header{"Accept": {"text/html"}, "Cookie": {"__Host-usher_rounds=" + rounds}}
	if res := i.browser(t).request(t, http.MethodGet, i.public+"/usher/signin?rd=%2Freports%2F", header); res.StatusCode != http.StatusSeeOther {
		t.Errorf("another gateway's cookie was believed: %d", res.StatusCode)
	}
}
