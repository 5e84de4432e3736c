// SPDX-License-Identifier: Apache-2.0

package rehearse_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/idp"
	"github.com/usher-signin/usher/internal/pages"
	"github.com/usher-signin/usher/internal/rehearse"
)

const file = `instance: {name: desk, environment: development, url: https://localhost:4180}
external_accounts:
  - internal_name: Adobe_Marketing_Cloud
    type: Adobe Marketing Cloud
    ims_server: https://localhost:4181
    ims_client_id: Campaign1
    ims_client_secret: canary-client-secret
    association_mask: "Campaign - corp - "
`

// known is a source of randomness whose values a test can tell.
type known struct{}

func (known) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 7
	}
	return len(p), nil
}

func state() string {
	raw := make([]byte, 32)
	_, _ = known{}.Read(raw)
	return usher.RehearsalState(base64.RawURLEncoding.EncodeToString(raw))
}

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

func rehearsal(t *testing.T) *rehearse.Rehearsal {
	t.Helper()
	cfg, err := config.Parse("usher.yaml", []byte(file), config.Environment{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := rehearse.New(rehearse.Options{Config: cfg, Account: cfg.Accounts[0], Now: noon, Random: known{}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func ask(d *rehearse.Door, method, target string) *http.Response {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return w.Result()
}

func TestDoor(t *testing.T) {
	arrived := make(chan rehearse.Arrival, 2)
	d, err := rehearse.NewDoor(rehearsal(t), arrived)
	if err != nil {
		t.Fatal(err)
	}
	good := usher.CallbackPath + "?code=c&state=" + url.QueryEscape(state())
	for _, c := range []struct {
		name, method, target string
		status               int
	}{
		{"no query", "GET", usher.CallbackPath, 400},
		{"another rehearsal", "GET", usher.CallbackPath + "?code=c&state=rehearsal.other", 400},
		{"a sign-in", "GET", usher.CallbackPath + "?code=c&state=other", 400},
		{"two states", "GET", good + "&state=x", 400},
		{"two codes", "GET", good + "&code=x", 400},
		{"HEAD", "HEAD", good, 400},
		{"POST", "POST", good, 503},
		{"the application", "GET", "/reports/", 503},
		{"another page of usher", "GET", "/usher/signin", 503},
		{"the callback", "GET", good, 303},
		{"the callback again", "GET", good, 400},
		{"the last page", "GET", "/usher/rehearsed", 200},
	} {
		res := ask(d, c.method, c.target)
		if res.StatusCode != c.status {
			t.Errorf("%s: %d, wanted %d", c.name, res.StatusCode, c.status)
		}
		if len(res.Cookies()) != 0 {
			t.Errorf("%s: cookies %v", c.name, res.Cookies())
		}
		if res.Header.Get("Content-Security-Policy") == "" || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: headers %v", c.name, res.Header)
		}
		if location := res.Header.Get("Location"); c.status == 303 && location != "/usher/rehearsed" {
			t.Errorf("%s leads to %q", c.name, location)
		}
	}
	if len(arrived) != 1 {
		t.Fatalf("%d callbacks arrived, wanted one", len(arrived))
	}
	if a := <-arrived; a.Way != rehearse.ByDoor || a.Query.Get("code") != "c" {
		t.Errorf("what arrived: %s", a.Way)
	}
}

// The browser that has fetched the style of the last page has all of it.
func TestDoorLingers(t *testing.T) {
	d, err := rehearse.NewDoor(rehearsal(t), make(chan rehearse.Arrival, 1))
	if err != nil {
		t.Fatal(err)
	}
	ask(d, "GET", usher.CallbackPath+"?code=c&state="+state())
	page := ask(d, "GET", "/usher/rehearsed")
	raw := make([]byte, 64<<10)
	n, _ := page.Body.Read(raw)
	_, style, found := strings.Cut(string(raw[:n]), `href="`+pages.StaticPath)
	if !found {
		t.Fatal("the page has no style")
	}
	style, _, _ = strings.Cut(style, `"`)
	if res := ask(d, "GET", pages.StaticPath+style); res.StatusCode != http.StatusOK {
		t.Fatalf("the style: %d", res.StatusCode)
	}
	d.Linger(t.Context(), time.Hour) // returns, or the test does not
}

func TestNothingOfItIsPrinted(t *testing.T) {
	r := rehearsal(t)
	secret := strings.TrimPrefix(state(), "rehearsal.")
	kept := fmt.Sprintf("%+v", r.Kept())
	for _, text := range []string{fmt.Sprintf("%v", r), fmt.Sprintf("%#v", r), kept} {
		if strings.Contains(text, secret) || strings.Contains(text, "canary") {
			t.Errorf("printed: %s", text)
		}
	}
	if strings.Contains(kept, state()) || len(r.Kept().Key) != 32 {
		t.Errorf("kept is %s", kept)
	}
}

func TestOnlyOursIsFinished(t *testing.T) {
	r := rehearsal(t)
	for _, query := range []url.Values{nil, {"state": {"x"}, "code": {"c"}}, {"state": {state(), state()}, "code": {"c"}}, {"state": {state() + "x"}}} {
		if _, err := r.Finish(t.Context(), rehearse.ByHand, query); err == nil {
			t.Errorf("%v was taken", query)
		}
	}
	r.Abandon("")
	if _, err := r.Finish(t.Context(), rehearse.ByHand, url.Values{"state": {state()}, "code": {"c"}}); err == nil {
		t.Error("an abandoned rehearsal was finished")
	}
}

// What a provider says is shown, and can neither move the cursor nor hide.
func TestTextOfHostileProvider(t *testing.T) {
	bad := "a\x1b[2J\x07\u202eb\r\nc\u200b"
	o := &rehearse.Outcome{Account: "x", Result: rehearse.LetIn, Way: rehearse.ByHand, OperatorGroups: []string{bad}, Rights: []string{bad},
		Requested: usher.Scopes{bad}, Granted: usher.Scopes{bad}, NotGranted: usher.Scopes{bad}, Notes: []string{bad}, Returned: bad, Landed: bad, CallbackURL: bad,
		Person:   &usher.Person{Email: bad, Groups: []usher.Membership{{Group: bad, Source: bad}}},
		Sources:  []idp.Source{{Name: bad, Claims: []idp.Claim{{Name: bad, Value: bad}}}},
		Groups:   []rehearse.Group{{Directory: bad, Source: bad, Leaves: bad, Matches: true, Near: &usher.NearMiss{Got: bad, Want: bad, How: bad}}},
		Compared: []rehearse.Compared{{What: bad, Want: bad, Saw: []string{bad}}}, Tokens: &rehearse.Tokens{},
		IDToken: &rehearse.IDToken{Bytes: 1, Algorithm: bad, KeyID: bad, Checks: []rehearse.Check{{ID: bad, Status: "fails", Saw: bad, Want: bad, Detail: bad}}}}
	for _, width := range []int{0, 60} {
		var b strings.Builder
		for _, result := range []rehearse.Result{rehearse.LetIn, rehearse.NeverBack} {
			o.Result = result
			if err := rehearse.Text(&b, o, rehearse.TextOptions{Width: width}); err != nil {
				t.Fatal(err)
			}
		}
		if strings.ContainsAny(b.String(), "\x1b\x07\r\u202e\u200b") {
			t.Errorf("it got through: %q", b.String())
		}
		if !strings.Contains(b.String(), "would be let in") || strings.Count(b.String(), "U+202E") < 15 {
			t.Errorf("it was not shown:\n%s", b.String())
		}
	}
}

func TestSeconds(t *testing.T) {
	raw, err := json.Marshal(rehearse.SessionLife{Idle: rehearse.Seconds(30 * time.Minute), Lifetime: rehearse.Seconds(10 * time.Hour)})
	if err != nil || string(raw) != `{"idle_seconds":1800,"lifetime_seconds":36000}` {
		t.Errorf("%s, %v", raw, err)
	}
	for d, want := range map[time.Duration]string{10 * time.Minute: "10m", 90 * time.Second: "1m30s", 2 * time.Hour: "2h", 0: "0s", 150 * time.Minute: "2h30m"} {
		if got := rehearse.Span(d); got != want {
			t.Errorf("%d is spelled %s, wanted %s", d, got, want)
		}
	}
}
