// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"database/sql"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// signOuts is how often it is measured how long a session outlives its end.
const signOuts = 7

// TestProviderSignsOut lets a provider that was not written here end sessions on
// both nodes of the gateway, and keeps a ledger of how long the node that was
// not told still let requests through.
func TestProviderSignsOut(t *testing.T) {
	i, second, p, _ := withProvider(t, "{idle: 30m}")
	reports := i.public + "/reports/"
	stays := i.browser(t)
	p.control(t, url.Values{"person": {`"bram"`}})
	if page := stays.open(t, reports); page.status != http.StatusOK || !strings.Contains(page.body, "bram@corp.example") {
		t.Fatalf("bram's sign-in came to %d %s\n%s", page.status, page.at, page.body)
	}
	p.control(t, url.Values{"person": {`"ana"`}})
	var ledger []time.Duration
	for n := range signOuts {
		b := i.browser(t)
		if page := b.open(t, reports); page.status != http.StatusOK || !strings.Contains(page.body, "ana@corp.example") {
			t.Fatalf("signing in came to %d %s\n%s", page.status, page.at, page.body)
		}
		other := b.at(t, second)
		if status, text := other.status(t, reports); status != http.StatusOK {
			t.Fatalf("the second node answers %d\n%s", status, text)
		}
		let := make(chan time.Time, 1)
		go func() { let <- other.lastLet(t, reports) }()
		b.signOutAt(t, p)
		if s := p.control(t, nil); len(s.SignOut) != n+1 || s.SignOut[n] != "success" {
			t.Fatalf("the provider's own word on its logout token: %q\n%s", s.SignOut, i.log.Bytes())
		}
		if status, _ := b.status(t, reports); status != http.StatusFound {
			t.Errorf("the node that was told answers %d at once", status)
		}
		ledger = append(ledger, max(0, (<-let).Sub(i.lastEnd(t))))
	}
	slices.Sort(ledger)
	t.Logf("after a session's end in the database, by its clock, the other node still let requests in for, of %d times: %v", signOuts, ledger)
	// One of them may have met a machine that was busy with something else; most have not.
	if ledger[signOuts/2] > time.Second || ledger[signOuts-1] > 5*time.Second {
		t.Errorf("the other node lets requests in for too long after a session's end: %v, wanted within a second", ledger)
	}
	if status, _ := stays.status(t, reports); status != http.StatusOK {
		t.Errorf("another person's session answers %d", status)
	}
}

// lastLet asks until the session is refused, and gives when the last request
// was made that was let through.
func (b *browser) lastLet(t *testing.T, address string) (last time.Time) {
	t.Helper()
	for begun := time.Now(); time.Since(begun) < 15*time.Second; {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Error(err)
			return last
		}
		r.Header.Set("Accept", "text/html")
		asked := time.Now()
		res, err := b.client.Do(r)
		if err != nil {
			t.Error(err)
			return last
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			if res.StatusCode != http.StatusFound || last.IsZero() {
				t.Errorf("the other node answers %d, the last request that passed was at %s", res.StatusCode, last)
			}
			return last
		}
		last = asked
	}
	t.Error("the other node lets an ended session in for as long as it is asked")
	return last
}

// lastEnd is when the database, by its own clock, noted that a session ended;
// here that clock is the test's too.
func (i *instance) lastEnd(t *testing.T) time.Time {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(i.dir, "usher.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var noted int64
	if err := db.QueryRowContext(t.Context(), `SELECT MAX(noted) FROM sessions WHERE ended > 0`).Scan(&noted); err != nil || noted == 0 {
		t.Fatalf("when the session ended: %d, %v", noted, err)
	}
	return time.UnixMicro(noted)
}

func (b *browser) post(t *testing.T, address, contentType, body string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	res, err := b.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if got := res.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("the answer may be kept: Cache-Control %q", got)
	}
	return res.StatusCode
}

// TestLogoutRequestsOfOthers ends nothing by requests that no provider would make.
func TestLogoutRequestsOfOthers(t *testing.T) {
	i := startInstance(t, nil)
	b := i.browser(t)
	if p := b.signIn(t, i.public+"/reports/", "ana@corp.example"); p.status != http.StatusOK {
		t.Fatalf("signing in: %d", p.status)
	}
	const form = "application/x-www-form-urlencoded"
	for name, c := range map[string]struct{ kind, body string }{
		"no token":            {form, ""},
		"an empty token":      {form, "logout_token="},
		"two tokens":          {form, "logout_token=a&logout_token=b"},
		"no token of ours":    {form, "logout_token=x.y.z"},
		"another type":        {"application/json", `{"logout_token":"x"}`},
		"no type":             {"", "logout_token=x"},
		"too much":            {form, "logout_token=" + strings.Repeat("x", 70_000)},
		"an unsigned token":   {form, "logout_token=eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbmEifQ."},
		"a body of something": {form, "%zz"},
	} {
		want := http.StatusBadRequest
		if len(c.body) > 64<<10 {
			want = http.StatusRequestEntityTooLarge
		}
		if status := b.post(t, i.public+"/usher/backchannel-logout", c.kind, c.body); status != want {
			t.Errorf("%s: %d", name, status)
		}
	}
	for name, query := range map[string]string{
		"nothing": "", "no session": "?iss=x", "another issuer": "?iss=https%3A%2F%2Fother.example&sid=s", "no issuer": "?sid=s", "two": "?iss=a&iss=b&sid=s",
	} {
		status, _ := b.status(t, i.public+"/usher/frontchannel-logout"+query)
		if status != http.StatusBadRequest {
			t.Errorf("front channel, %s: %d", name, status)
		}
	}
	if status, _ := b.status(t, i.public+"/reports/"); status != http.StatusOK {
		t.Errorf("the session answers %d afterwards", status)
	}
	i.searchCanary(t, i.latest(t))
}

// TestFrontChannelLogout ends the session that iss and sid name, and no other,
// on a page that the provider alone may frame.
func TestFrontChannelLogout(t *testing.T) {
	i, second, p, _ := withProvider(t, "{idle: 30m}")
	b := i.browser(t)
	if page := b.open(t, i.public+"/reports/"); page.status != http.StatusOK {
		t.Fatalf("signing in came to %d %s\n%s", page.status, page.at, page.body)
	}
	other := b.at(t, second)
	if status, _ := other.status(t, i.public+"/reports/"); status != http.StatusOK {
		t.Fatalf("the other node answers %d", status)
	}
	sid := i.providerSession(t)
	frame := i.public + "/usher/frontchannel-logout?"
	nobody := i.browser(t) // a frame of another site sends no cookie
	for _, wrong := range []url.Values{{"iss": {p.url}, "sid": {sid + "x"}}, {"iss": {p.url + "/"}, "sid": {sid}}} {
		nobody.status(t, frame+wrong.Encode())
	}
	if status, _ := b.status(t, i.public+"/reports/"); status != http.StatusOK {
		t.Fatalf("a logout of another session ended this one: %d", status)
	}
	res := nobody.request(t, http.MethodHead, frame+url.Values{"iss": {p.url}, "sid": {sid}}.Encode(), nil)
	if res.StatusCode < 400 {
		t.Errorf("HEAD answers %d", res.StatusCode)
	}
	res = nobody.request(t, http.MethodGet, frame+url.Values{"iss": {p.url}, "sid": {sid}}.Encode(), nil)
	if policy := res.Header.Get("Content-Security-Policy"); res.StatusCode != http.StatusOK || policy != "default-src 'none'; frame-ancestors "+p.url || res.Header.Get("X-Frame-Options") != "" {
		t.Errorf("the page answers %d and may be framed by %q (%q)", res.StatusCode, policy, res.Header.Get("X-Frame-Options"))
	}
	if status, _ := b.status(t, i.public+"/reports/"); status != http.StatusFound {
		t.Errorf("the session still answers %d", status)
	}
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if status, _ := other.status(t, i.public+"/reports/"); status == http.StatusFound {
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("the other node still answers %d", status)
		}
	}
	if home := nobody.request(t, http.MethodGet, i.public+"/usher/", pageLoad); !strings.Contains(home.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Error("other pages may be framed")
	}
}
