// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/session"
)

// request sends one request and follows nothing.
func (b *browser) request(t *testing.T, method, address string, header http.Header) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	once := *b.client
	once.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := once.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res
}

var pageLoad = http.Header{"Accept": {"text/html"}}

// toProvider begins a sign-in and gives the address at the provider.
func (b *browser) toProvider(t *testing.T, i *instance) *url.URL {
	t.Helper()
	res := b.request(t, http.MethodGet, i.public+"/usher/signin?rd=%2Freports%2F", pageLoad)
	at, err := res.Location()
	if err != nil || res.StatusCode != http.StatusSeeOther {
		t.Fatalf("the sign-in answered %d (%v)", res.StatusCode, err)
	}
	return at
}

// callbackOf signs in at the provider and gives the callback's address without opening it.
func (b *browser) callbackOf(t *testing.T, i *instance, email string) string {
	t.Helper()
	start := b.toProvider(t, i)
	p := b.open(t, start.String())
	found := relay.FindStringSubmatch(p.body)
	if found == nil {
		t.Fatalf("the provider's page did not come:\n%s", p.body)
	}
	at, _ := url.Parse(p.at)
	form := url.Values{"relay": {strings.ReplaceAll(found[1], "&#43;", "+")}, "email": {email}, "password": {"x"}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at.Scheme+"://"+at.Host+"/signin/", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", at.Scheme+"://"+at.Host)
	once := *b.client
	last := ""
	once.CheckRedirect = func(next *http.Request, _ []*http.Request) error {
		b.seen.note(next.URL.Query())
		if strings.HasPrefix(next.URL.Path, "/usher/") {
			last = next.URL.String()
			return http.ErrUseLastResponse
		}
		return nil
	}
	res, err := once.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if last == "" {
		t.Fatalf("the provider did not send the browser back: %d", res.StatusCode)
	}
	return last
}

func TestCallbackIsForOneBrowserAndOnce(t *testing.T) {
	i := startInstance(t, nil)
	attacker, victim := i.browser(t), i.browser(t)
	callback := attacker.callbackOf(t, i, "ana@corp.example")

	p := victim.open(t, callback)
	if p.status != http.StatusBadRequest || !strings.Contains(p.body, "another browser") {
		t.Errorf("another browser's callback: %d\n%s", p.status, p.body)
	}
	if home := victim.open(t, i.public+"/usher/"); strings.Contains(home.body, "Ana Lima") {
		t.Error("the victim is signed in as the attacker")
	}
	if res := attacker.request(t, http.MethodHead, callback, pageLoad); res.StatusCode < 400 {
		t.Errorf("HEAD on the callback: %d", res.StatusCode)
	}
	guess := pageLoad.Clone()
	guess.Set("Sec-Purpose", "prefetch;prerender")
	if res := attacker.request(t, http.MethodGet, callback, guess); res.StatusCode < 400 || len(res.Header["Set-Cookie"]) > 0 {
		t.Errorf("the callback fetched before anybody opened it: %d %q", res.StatusCode, res.Header["Set-Cookie"])
	}
	if p := attacker.open(t, callback); p.status != http.StatusOK || !strings.Contains(p.body, "upstream saw") {
		t.Fatalf("the browser that began could not finish after others had tried: %d %s\n%s", p.status, p.at, p.body)
	}
	p = attacker.open(t, callback)
	if p.status != http.StatusBadRequest {
		t.Errorf("the callback again: %d", p.status)
	}
	if home := attacker.open(t, i.public+"/usher/"); !strings.Contains(home.body, "Ana Lima") {
		t.Error("a reloaded callback ended the session")
	}
	i.searchCanary(t, i.latest(t))
}

func TestCallbackThatIsNoAnswer(t *testing.T) {
	i := startInstance(t, nil)
	b := i.browser(t)
	for name, query := range map[string]string{
		"no state":        "code=x",
		"unknown state":   "code=x&state=y",
		"state twice":     "code=x&state=y&state=z",
		"code twice":      "code=x&state=y&code=z",
		"bad percent":     "code=%zz&state=y",
		"semicolon":       "code=x;state=y",
		"script in state": "state=%3Cscript%3Ealert(1)%3C/script%3E&code=x",
	} {
		p := b.open(t, i.public+"/usher/callback?"+query)
		if p.status != http.StatusBadRequest {
			t.Errorf("%s: %d, wanted 400", name, p.status)
		}
		if strings.Contains(p.body, "<script") {
			t.Errorf("%s: the page repeats what it was given", name)
		}
		for _, c := range p.header["Set-Cookie"] {
			if strings.HasPrefix(c, session.CookieName+"=") && !strings.Contains(c, "Max-Age=0") {
				t.Errorf("%s: a session cookie was set", name)
			}
		}
	}
}

func TestSessionCookie(t *testing.T) {
	i := startInstance(t, nil)
	b := i.browser(t)
	callback := b.callbackOf(t, i, "ana@corp.example")
	res := b.request(t, http.MethodGet, callback, pageLoad)
	var cookie *http.Cookie
	for _, c := range res.Cookies() {
		if c.Name == session.CookieName {
			cookie = c
		}
	}
	if cookie == nil || !cookie.Secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" || len(cookie.Value) != 43 {
		t.Fatalf("the session cookie is %v", cookie)
	}
	if got := res.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control is %q beside a cookie", got)
	}
	data, err := os.ReadFile(i.dir + "/usher.db-wal")
	if err == nil && strings.Contains(string(data), cookie.Value) {
		t.Error("the database holds the cookie's value")
	}
	if strings.Contains(string(i.log.Bytes()), cookie.Value) {
		t.Error("the log holds the cookie's value")
	}

}

// TestSupersededCookie finishes two sign-ins that one browser began side by
// side: the second session takes the place of the first.
func TestSupersededCookie(t *testing.T) {
	i := startInstance(t, nil)
	b := i.browser(t)
	second := b.toProvider(t, i)
	sessionOf := func(callback string) string {
		for _, c := range b.request(t, http.MethodGet, callback, pageLoad).Cookies() {
			if c.Name == session.CookieName {
				return c.Value
			}
		}
		t.Fatal("no session was opened")
		return ""
	}
	reaches := func(value string) int {
		header := http.Header{"Cookie": {session.CookieName + "=" + value}, "Accept": {"text/html"}}
		return i.browser(t).request(t, http.MethodGet, i.public+"/reports/", header).StatusCode
	}
	first := sessionOf(b.callbackOf(t, i, "ana@corp.example"))
	if got := reaches(first); got != http.StatusOK {
		t.Fatalf("the first session gets %d", got)
	}
	callback, err := b.request(t, http.MethodGet, second.String(), pageLoad).Location() // the provider knows the person
	if err != nil || callback.Path != "/usher/callback" {
		t.Fatalf("the provider asks again: %v %v", callback, err)
	}
	next := sessionOf(callback.String())
	if next == first {
		t.Error("the second sign-in kept the cookie of the first")
	}
	if got := reaches(next); got != http.StatusOK {
		t.Errorf("the second session gets %d", got)
	}
	if got := reaches(first); got != http.StatusFound {
		t.Errorf("the superseded cookie gets %d, wanted to be sent to sign in", got)
	}
	if got := reaches(next + "x"); got != http.StatusFound {
		t.Errorf("a cookie with a byte more gets %d", got)
	}
	two := http.Header{"Cookie": {session.CookieName + "=" + next + "; " + session.CookieName + "=" + first}, "Accept": {"text/html"}}
	if got := i.browser(t).request(t, http.MethodGet, i.public+"/reports/", two).StatusCode; got != http.StatusFound {
		t.Errorf("two different session cookies get %d, wanted no session", got)
	}
}

func TestBackgroundRequestsDoNotBeginSignIns(t *testing.T) {
	i := startInstance(t, nil)
	for name, header := range map[string]http.Header{
		"fetch":    {"Sec-Fetch-Mode": {"cors"}, "Sec-Fetch-Dest": {"empty"}, "Accept": {"*/*"}},
		"XHR":      {"X-Requested-With": {"XMLHttpRequest"}, "Accept": {"text/html"}},
		"image":    {"Sec-Fetch-Mode": {"no-cors"}, "Sec-Fetch-Dest": {"image"}},
		"prefetch": {"Sec-Fetch-Mode": {"navigate"}, "Sec-Fetch-Dest": {"document"}, "Sec-Purpose": {"prefetch"}, "Accept": {"text/html"}},
	} {
		for _, path := range []string{"/reports/", "/usher/signin?rd=%2Freports%2F"} {
			res := i.browser(t).request(t, http.MethodGet, i.public+path, header)
			if res.StatusCode != http.StatusUnauthorized || len(res.Cookies()) != 0 || res.Header.Get("Location") != "" {
				t.Errorf("%s of %s: %d, cookies %v, location %q; wanted a bare 401", name, path, res.StatusCode, res.Cookies(), res.Header.Get("Location"))
			}
		}
	}
}

func TestProviderDown(t *testing.T) {
	i := startInstance(t, nil)
	b := i.browser(t)
	if p := b.signIn(t, i.public+"/reports/", "ana@corp.example"); p.status != http.StatusOK {
		t.Fatalf("could not sign in: %d", p.status)
	}
	i.providerDown()
	if p := b.open(t, i.public+"/reports/"); p.status != http.StatusOK {
		t.Errorf("with the provider down, whoever is signed in gets %d", p.status)
	}
	// The metadata may still be in memory: then the browser is sent away, as before.
	fresh := startInstance(t, nil)
	fresh.providerDown()
	p := fresh.browser(t).open(t, fresh.public+"/reports/")
	if p.status != http.StatusServiceUnavailable || !shownReference.MatchString(p.body) || p.header.Get("Retry-After") == "" {
		t.Errorf("a new sign-in gets %d, Retry-After %q; wanted a clear 503 with a reference\n%s", p.status, p.header.Get("Retry-After"), p.body)
	}
	if a := fresh.latest(t); a.Cause == nil || a.Cause.Code != "provider-unreachable" {
		t.Errorf("recorded %v, wanted provider-unreachable", a.Cause)
	}
}

// eventually waits for what the gateway does in its own time.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 200 {
		if done() {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("it never came to pass that %s", what)
}

func TestReload(t *testing.T) {
	i := startInstance(t, nil)
	b := i.browser(t)
	if p := b.signIn(t, i.public+"/reports/", "dirk@corp.example"); p.status != http.StatusOK {
		t.Fatalf("could not sign in: %d", p.status)
	}
	good, err := os.ReadFile(i.file)
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(i.file+".new", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(i.file+".new", i.file); err != nil {
			t.Fatal(err)
		}
	}
	write(strings.Replace(string(good), "applications:", "aplications:", 1))
	eventually(t, "the bad file is reported", func() bool {
		return strings.Contains(string(i.log.Bytes()), "the old one stays in force") && strings.Contains(string(i.log.Bytes()), "aplications")
	})
	if p := b.open(t, i.public+"/reports/"); p.status != http.StatusOK {
		t.Errorf("with a bad file the old rules gave %d", p.status)
	}
	write(strings.Replace(string(good), "    upstream:", "    allow: [Admin]\n    upstream:", 1))
	eventually(t, "the new rule refuses", func() bool { return b.open(t, i.public+"/reports/").status == http.StatusForbidden })
	write(strings.Replace(string(good), "name: Delivery operators\n    rights", "name: Senders\n    rights", 1))
	eventually(t, "a session whose groups are gone is nobody's", func() bool {
		return b.request(t, http.MethodGet, i.public+"/reports/", pageLoad).StatusCode == http.StatusFound
	})
	write(string(good))
	eventually(t, "the first rules are back, and the session with them", func() bool { return b.open(t, i.public+"/reports/").status == http.StatusOK })
}

func TestAnotherHost(t *testing.T) {
	i := startInstance(t, [][2]string{{"    url: {{PUBLIC}}/reports\n", "    url: {{OTHER}}\n"}})
	port := i.public[strings.LastIndex(i.public, ":"):]
	other := "https://reports.localhost" + port
	b := i.browser(t)
	p := b.signIn(t, other+"/weekly?q=a%26b", "ana@corp.example")
	if p.status != http.StatusOK || p.at != other+"/weekly?q=a%26b" || !strings.Contains(p.body, "upstream saw /weekly?q=a%26b as ana@corp.example") {
		t.Fatalf("came to %d %s:\n%s", p.status, p.at, p.body)
	}
	for _, address := range []string{i.public + "/usher/", other + "/usher/"} {
		if home := b.open(t, address); !strings.Contains(home.body, "Ana Lima") {
			t.Errorf("not signed in at %s", address)
		}
	}
	// Whoever is signed in at the gateway's host needs no provider to reach another one.
	public, _ := url.Parse(i.public)
	second := i.browser(t)
	second.client.Jar.SetCookies(public, b.client.Jar.Cookies(public))
	before := i.latest(t).Reference
	if p := second.open(t, other+"/daily"); p.status != http.StatusOK || p.at != other+"/daily" {
		t.Errorf("carried over: %d %s", p.status, p.at)
	}
	if after := i.latest(t).Reference; after != before {
		t.Error("a second sign-in was begun")
	}
	// Signing out on one host ends them all.
	b.send(t, http.MethodPost, other+"/usher/signout", url.Values{})
	for _, who := range []*browser{b, second} {
		for _, address := range []string{i.public + "/usher/", other + "/usher/"} {
			if home := who.open(t, address); strings.Contains(home.body, "Ana Lima") {
				t.Errorf("still signed in at %s", address)
			}
		}
	}
}

func TestTicketIsForOneBrowser(t *testing.T) {
	i := startInstance(t, [][2]string{{"    url: {{PUBLIC}}/reports\n", "    url: {{OTHER}}\n"}})
	port := i.public[strings.LastIndex(i.public, ":"):]
	other := "https://reports.localhost" + port
	attacker, victim := i.browser(t), i.browser(t)
	attacker.signIn(t, i.public+"/usher/signin?rd=%2Fusher%2F", "dirk@corp.example")
	bound := attacker.request(t, http.MethodGet, other+"/usher/signin?rd=%2F", pageLoad)
	toGateway, err := bound.Location()
	if err != nil {
		t.Fatal(err)
	}
	carried := attacker.request(t, http.MethodGet, toGateway.String(), pageLoad)
	ticket, err := carried.Location()
	if err != nil || ticket.Path != "/usher/arrive" {
		t.Fatalf("no ticket: %v %v", ticket, err)
	}
	if p := victim.open(t, ticket.String()); p.status != http.StatusBadRequest {
		t.Errorf("another browser's ticket: %d", p.status)
	}
	if home := victim.open(t, other+"/usher/"); strings.Contains(home.body, "Dirk Visser") {
		t.Error("the victim is signed in as the attacker")
	}
}

func TestSignOutOnlyFromOurPages(t *testing.T) {
	i := startInstance(t, nil)
	b := i.browser(t)
	b.signIn(t, i.public+"/reports/", "ana@corp.example")
	for name, header := range map[string]http.Header{
		"foreign origin": {"Origin": {"https://evil.example"}},
		"null origin":    {"Origin": {"null"}},
		"cross-site":     {"Sec-Fetch-Site": {"cross-site"}},
		"says nothing":   {},
	} {
		if res := b.request(t, http.MethodPost, i.public+"/usher/signout", header); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d, wanted 403", name, res.StatusCode)
		}
	}
	b.open(t, i.public+"/usher/signout") // a link only asks
	if home := b.open(t, i.public+"/usher/"); !strings.Contains(home.body, "Ana Lima") {
		t.Fatal("signed out by somebody else")
	}
	p := b.send(t, http.MethodPost, i.public+"/usher/signout", url.Values{})
	if !strings.Contains(p.body, "You are signed out") {
		t.Errorf("signing out led to %s:\n%s", p.at, p.body)
	}
	if p := b.open(t, i.public+"/reports/"); !relay.MatchString(p.body) {
		t.Errorf("after signing out the provider lets the person in without asking: %d %s", p.status, p.at)
	}
}

func TestOwnPagesAreSafe(t *testing.T) {
	i := startInstance(t, nil)
	b := i.browser(t)
	for _, path := range []string{"/usher/", "/usher/signout", "/usher/signed-out", "/usher/nothing", "/usher/callback?state=x&code=y", "/nowhere"} {
		p := b.open(t, i.public+path)
		for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"} {
			if got := p.header.Get(name); got != want {
				t.Errorf("%s: %s is %q, wanted %q", path, name, got, want)
			}
		}
		if csp := p.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: Content-Security-Policy is %q", path, csp)
		}
		if strings.Contains(p.body, "<script") || strings.Contains(p.body, "style=") {
			t.Errorf("%s holds a script or an inline style", path)
		}
	}
	// Return targets lead nowhere else.
	for _, rd := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "javascript:alert(1)", "https:evil.example", "https://localhost.evil.example/"} {
		p := b.signIn(t, i.public+"/usher/signin?rd="+url.QueryEscape(rd), "ana@corp.example")
		if !strings.HasPrefix(p.at, i.public+"/usher/") {
			t.Errorf("rd=%s led to %s", rd, p.at)
		}
		b = i.browser(t)
	}
	// Hosts that no configuration names are not served.
	res := i.browser(t).request(t, http.MethodGet, strings.Replace(i.public, "localhost", "127.0.0.1", 1)+"/usher/", pageLoad)
	if res.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("a host of nobody's: %d, wanted 421", res.StatusCode)
	}
}
