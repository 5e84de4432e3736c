// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor/checks"
	"github.com/usher-signin/usher/internal/lookalike"
	"github.com/usher-signin/usher/internal/rehearse"
	"github.com/usher-signin/usher/internal/server"
	"github.com/usher-signin/usher/internal/session"
	"github.com/usher-signin/usher/internal/store"
)

// A rehearsing is a rehearsal as the command makes it, waiting in the database
// of the running gateway.
type rehearsing struct {
	*rehearse.Rehearsal
	address string
	begun   *rehearse.Outcome // why it could not begin; nil: it did
	db      *store.DB
	arrived chan rehearse.Arrival
	stop    func()
}

func (i *instance) rehearse(t *testing.T, cfg *config.Config) *rehearsing {
	t.Helper()
	ready, err := server.ReadyAccount(cfg, "", lookalike.Near, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	r := &rehearsing{arrived: make(chan rehearse.Arrival, 1)}
	if r.Rehearsal, err = rehearse.New(rehearse.Options{Config: cfg, Account: ready.Account, Admission: ready.Admission, Unusable: ready.Unusable,
		Client: ready.Client, Now: time.Now, Random: rand.Reader}); err != nil {
		t.Fatal(err)
	}
	if r.address, r.begun = r.Begin(t.Context()); r.begun != nil {
		return r
	}
	if r.db, err = store.Open(t.Context(), "sqlite:"+filepath.Join(i.dir, "usher.db"), store.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := r.db.PutRehearsal(t.Context(), r.Kept()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Fetch(ctx, r.db, r.arrived) }()
	r.stop = func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := r.db.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(func() { r.stop() })
	return r
}

// finish waits for the gateway to hand the callback over.
func (r *rehearsing) finish(t *testing.T) *rehearse.Outcome {
	t.Helper()
	select {
	case a := <-r.arrived:
		o, err := r.Finish(t.Context(), a.Way, a.Query)
		if err != nil {
			t.Fatal(err)
		}
		return o
	case <-time.After(10 * time.Second):
		t.Fatal("the gateway handed nothing over")
		return nil
	}
}

// TestRehearsalAgrees holds the rehearsal to the real sign-in: for each way to
// fail it names the same cause, and the doctor begins with it.
func TestRehearsalAgrees(t *testing.T) {
	paths, err := filepath.Glob("testdata/agreement/*.txtar")
	if err != nil || len(paths) < 8 {
		t.Fatalf("%d scenarios, %v; wanted at least eight", len(paths), err)
	}
	for _, path := range paths {
		s := readScenario(t, path)
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			i := startInstance(t, s.changes)
			real := i.fail(t, s)
			cfg := i.load(t)
			r := i.rehearse(t, cfg)
			o := r.begun
			if o == nil {
				b := i.browser(t)
				p := b.signIn(t, r.address, s.person)
				switch {
				case s.lands == "adobe.com":
					o = r.Abandon(p.at)
				case strings.HasPrefix(p.at, i.public):
					o = r.finish(t)
				default:
					t.Fatalf("the browser is at %s", p.at)
				}
				b.hasNothing(t, i)
			}
			switch {
			case real.Cause == nil:
				if o.Result != rehearse.NeverBack {
					t.Errorf("the sign-in never came back, the rehearsal is %s", o.Result)
				}
			case o.Cause == nil || o.Cause.Code != real.Cause.Code || o.Cause.Saw != real.Cause.Saw || o.Cause.Step != real.Cause.Step:
				t.Errorf("the rehearsal: %v\nthe sign-in: %v", o.Cause, real.Cause)
			}
			report := rehearse.Diagnose(checks.All(), "test", cfg, o, time.Now())
			if first := firstRoot(report.Results, usher.CodeAttemptUnfinished); first != s.code {
				t.Errorf("the doctor begins with %s, wanted %s", first, s.code)
			}
			if exit := rehearse.Exit(o, report, false); exit != 1 {
				t.Errorf("exit status %d", exit)
			}
			i.showsNoSecret(t, r, o)
		})
	}
}

// hasNothing makes sure that the browser got nothing out of a rehearsal.
func (b *browser) hasNothing(t *testing.T, i *instance) {
	t.Helper()
	public, _ := url.Parse(i.public)
	for _, c := range b.client.Jar.Cookies(public) {
		if c.Name == session.CookieName {
			t.Error("the browser has a session cookie")
		}
	}
	if res := b.request(t, http.MethodGet, i.public+"/reports/", pageLoad); res.StatusCode != http.StatusFound && res.StatusCode != http.StatusSeeOther {
		t.Errorf("the browser reaches the application with %d, wanted to be sent to sign in", res.StatusCode)
	}
	i.noSession(t)
}

// noSession looks into the database itself.
func (i *instance) noSession(t *testing.T) {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(i.dir, "usher.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	open, err := db.Sessions(t.Context(), store.SessionFilter{})
	if err != nil || len(open) != 0 {
		t.Errorf("%d sessions, %v; a rehearsal opens none", len(open), err)
	}
}

// showsNoSecret searches everything that a rehearsal shows or leaves behind.
func (i *instance) showsNoSecret(t *testing.T, r *rehearsing, o *rehearse.Outcome) {
	t.Helper()
	i.shownNoSecret(t, r, o)
	for _, name := range []string{"usher.db", "usher.db-wal"} {
		if data, err := os.ReadFile(filepath.Join(i.dir, name)); err == nil {
			i.noSecretIn(t, r, name, data)
		}
	}
}

// shownNoSecret searches what is shown and logged, for tokens of any kind too.
func (i *instance) shownNoSecret(t *testing.T, r *rehearsing, o *rehearse.Outcome) {
	t.Helper()
	var b bytes.Buffer
	if err := rehearse.Text(&b, o, rehearse.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	b.Write(raw)
	i.noSecretIn(t, r, "what is shown", b.Bytes(), "eyJ")
	i.noSecretIn(t, r, "the log", i.log.Bytes(), "eyJ")
}

func (i *instance) noSecretIn(t *testing.T, r *rehearsing, where string, data []byte, more ...string) {
	t.Helper()
	secrets := append(append([]string{"canary-client-secret", "canary-other-secret"}, more...), i.seen.values()...)
	if at, err := url.Parse(r.address); err == nil && r.address != "" {
		secrets = append(secrets, at.Query().Get("state"), at.Query().Get("nonce"))
	}
	for _, secret := range secrets {
		if bytes.Contains(data, []byte(secret)) {
			t.Errorf("%s holds a secret: %.60q", where, secret)
		}
	}
}

func TestRehearsalGrantsNothing(t *testing.T) {
	i := startInstance(t, nil)
	r := i.rehearse(t, i.load(t))
	b := i.browser(t)
	p := b.signIn(t, r.address, "ana@corp.example")
	if p.status != http.StatusOK || p.at != i.public+"/usher/rehearsed" || !strings.Contains(p.body, "Return to the terminal") {
		t.Fatalf("the browser is at %s with %d:\n%s", p.at, p.status, p.body)
	}
	o := r.finish(t)
	if o.Result != rehearse.LetIn || strings.Join(o.OperatorGroups, ",") != "Admin" || o.Way != rehearse.ByMailbox {
		t.Errorf("the rehearsal: %s %v by %s, cause %v", o.Result, o.OperatorGroups, o.Way, o.Cause)
	}
	if len(o.Sources) != 4 || o.Tokens == nil || o.IDToken == nil || len(o.IDToken.Checks) < 13 || len(o.Groups) == 0 || len(o.Trail) != 5 {
		t.Errorf("what is shown is not whole: %d sources, %d steps", len(o.Sources), len(o.Trail))
	}
	b.hasNothing(t, i)
	i.showsNoSecret(t, r, o)
	public, _ := url.Parse(i.public)
	for _, c := range b.client.Jar.Cookies(public) {
		if strings.HasPrefix(c.Name, "__Host-usher") && !strings.HasPrefix(c.Name, "__Host-usher_flow_") { // hasNothing asked for an application
			t.Errorf("the browser has the cookie %s", c.Name)
		}
	}
	if o.Returned != "the tokens were given back to the provider" {
		t.Error(o.Returned)
	}
}

// callbackAt goes to the provider from an address and gives the callback's
// address, which is not opened.
func (b *browser) callbackAt(t *testing.T, i *instance, address, email string) string {
	t.Helper()
	at := ""
	once := *b
	client := *b.client
	once.client = &client
	p := once.open(t, address)
	found := relay.FindStringSubmatch(p.body)
	if found == nil {
		t.Fatalf("the provider's page did not come:\n%s", p.body)
	}
	u, _ := url.Parse(p.at)
	form := url.Values{"relay": {strings.ReplaceAll(found[1], "&#43;", "+")}, "email": {email}, "password": {"x"}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, u.Scheme+"://"+u.Host+"/signin/", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", u.Scheme+"://"+u.Host)
	client.CheckRedirect = func(next *http.Request, _ []*http.Request) error {
		b.seen.note(next.URL.Query())
		if strings.HasPrefix(next.URL.String(), i.public) {
			at = next.URL.String()
			return http.ErrUseLastResponse
		}
		return nil
	}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if at == "" {
		t.Fatalf("the provider did not send the browser back: %d", res.StatusCode)
	}
	return at
}

// replaced gives an address with one parameter of its query replaced.
func replaced(t *testing.T, address, name, value string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

func parameter(t *testing.T, address, name string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.Query().Get(name) == "" {
		t.Fatalf("the address has no %s: %v", name, err)
	}
	return u.Query().Get(name)
}

// TestNoSessionOutOfARehearsal attacks the place where rehearsals and sign-ins
// meet: the gateway's callback.
func TestNoSessionOutOfARehearsal(t *testing.T) {
	nobody := func(t *testing.T, i *instance, b *browser, address string) {
		t.Helper()
		res := b.request(t, http.MethodGet, address, pageLoad)
		for _, c := range res.Cookies() {
			if c.Name == session.CookieName && c.MaxAge >= 0 && c.Value != "" {
				t.Error("a session cookie was set")
			}
		}
		b.hasNothing(t, i)
	}
	t.Run("the callback again, and by somebody else", func(t *testing.T) {
		t.Parallel()
		i := startInstance(t, nil)
		r := i.rehearse(t, i.load(t))
		first, second := i.browser(t), i.browser(t)
		callback := first.callbackAt(t, i, r.address, "ana@corp.example")
		if res := second.request(t, http.MethodHead, callback, pageLoad); res.StatusCode < 400 {
			t.Errorf("HEAD: %d", res.StatusCode)
		}
		if res := second.request(t, http.MethodPost, callback, http.Header{"Origin": {i.public}}); res.StatusCode < 400 {
			t.Errorf("POST: %d", res.StatusCode)
		}
		nobody(t, i, second, callback)
		for range 3 {
			res := first.request(t, http.MethodGet, callback, pageLoad)
			if res.StatusCode != http.StatusBadRequest || len(res.Cookies()) != 0 {
				t.Errorf("the callback again: %d, cookies %v", res.StatusCode, res.Cookies())
			}
		}
		o := r.finish(t)
		if o.Result != rehearse.LetIn {
			t.Errorf("the first callback gave %s, %v", o.Result, o.Cause)
		}
		query, _ := url.ParseQuery(callback[strings.IndexByte(callback, '?')+1:])
		if _, err := r.Finish(t.Context(), rehearse.ByHand, query); err == nil {
			t.Error("the rehearsal was used a second time")
		}
		first.hasNothing(t, i)
	})
	t.Run("a rehearsal's code with the state and cookie of a sign-in", func(t *testing.T) {
		t.Parallel()
		i := startInstance(t, nil)
		r := i.rehearse(t, i.load(t))
		b := i.browser(t)
		own := b.toProvider(t, i) // the browser has the cookie of a sign-in of its own now
		callback := i.browser(t).callbackAt(t, i, r.address, "ana@corp.example")
		nobody(t, i, b, replaced(t, callback, "state", own.Query().Get("state")))
	})
	t.Run("a rehearsal's state with the code and cookie of a sign-in", func(t *testing.T) {
		t.Parallel()
		i := startInstance(t, nil)
		r := i.rehearse(t, i.load(t))
		b := i.browser(t)
		callback := b.callbackOf(t, i, "ana@corp.example")
		nobody(t, i, b, replaced(t, callback, "state", parameter(t, r.address, "state")))
		o := r.finish(t)
		if o.Result != rehearse.Refused || o.Cause == nil || o.Cause.Step != usher.StepRedeem {
			t.Errorf("the code of a sign-in was taken: %s, %v", o.Result, o.Cause)
		}
	})
	t.Run("a sign-in's cookie set for a rehearsal's state", func(t *testing.T) {
		t.Parallel()
		i := startInstance(t, nil)
		r := i.rehearse(t, i.load(t))
		b := i.browser(t)
		own := b.toProvider(t, i)
		state := parameter(t, r.address, "state")
		public, _ := url.Parse(i.public)
		var value string
		for _, c := range b.client.Jar.Cookies(public) {
			if strings.HasPrefix(c.Name, "__Host-usher_flow_") {
				value = c.Value
			}
		}
		if value == "" || own.Query().Get("state") == "" {
			t.Fatal("the sign-in set no cookie")
		}
		callback := i.browser(t).callbackAt(t, i, r.address, "ana@corp.example")
		header := http.Header{"Accept": {"text/html"}, "Cookie": {"__Host-usher_flow_" + session.Hash(state)[:12] + "=" + value}}
		res := i.browser(t).request(t, http.MethodGet, callback, header)
		if len(res.Cookies()) != 0 || res.Header.Get("Location") != "/usher/rehearsed" {
			t.Errorf("answered %d to %q with cookies %v", res.StatusCode, res.Header.Get("Location"), res.Cookies())
		}
		i.noSession(t)
	})
	t.Run("a state that only looks like a rehearsal's", func(t *testing.T) {
		t.Parallel()
		i := startInstance(t, nil)
		b := i.browser(t)
		for _, state := range []string{"rehearsal.", "rehearsal.x", "rehearsal." + strings.Repeat("a", 4000)} {
			res := b.request(t, http.MethodGet, i.public+"/usher/callback?code=x&state="+state, pageLoad)
			if res.StatusCode != http.StatusBadRequest || len(res.Cookies()) != 0 {
				t.Errorf("%.20s: %d, cookies %v", state, res.StatusCode, res.Cookies())
			}
		}
		if res := b.request(t, http.MethodGet, i.public+"/usher/callback?code=x&state=rehearsal.x&state=rehearsal.y", pageLoad); res.StatusCode != http.StatusBadRequest {
			t.Errorf("two states: %d", res.StatusCode)
		}
		i.noSession(t)
	})
	t.Run("a rehearsal's callback while somebody is signed in", func(t *testing.T) {
		t.Parallel()
		i := startInstance(t, nil)
		b := i.browser(t)
		if p := b.signIn(t, i.public+"/reports/", "dirk@corp.example"); p.status != http.StatusOK {
			t.Fatalf("could not sign in: %d", p.status)
		}
		r := i.rehearse(t, i.load(t))
		callback := i.browser(t).callbackAt(t, i, r.address, "ana@corp.example")
		res := b.request(t, http.MethodGet, callback, pageLoad)
		if len(res.Cookies()) != 0 {
			t.Errorf("cookies %v were set", res.Cookies())
		}
		if p := b.open(t, i.public+"/usher/"); !strings.Contains(p.body, "Dirk Visser") || strings.Contains(p.body, "Ana Lima") {
			t.Error("the rehearsal touched the session")
		}
	})
}
