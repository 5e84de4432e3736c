// SPDX-License-Identifier: Apache-2.0

package probe_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/usher-signin/usher/internal/doctor"
)

// odd starts the tiny provider on this machine with another sign-in page.
func odd(t *testing.T, authorize http.HandlerFunc) account {
	t.Helper()
	var s *httptest.Server
	good := tiny()
	s = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/.well-known/openid-configuration":
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprintf(w, `{"issuer":%q,"authorization_endpoint":%q,"token_endpoint":%q,"jwks_uri":%q}`, s.URL, s.URL+"/auth", s.URL+"/token", s.URL+"/keys")
		case strings.HasPrefix(r.URL.Path, "/auth") || strings.HasPrefix(r.URL.Path, "/usher"):
			authorize(w, r)
		default:
			good.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return account{server: s.URL, id: "Campaign1", secret: canary, callback: callback, scopes: "openid profile", caFile: trusted(t, certificateOf(s))}
}

func redirect(to func(q url.Values) string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", to(r.URL.Query()))
		w.WriteHeader(http.StatusFound)
	}
}

func registered(q url.Values) bool {
	return q.Get("client_id") == "Campaign1" && q.Get("redirect_uri") == callback
}

// Sign-in pages that behave in their own ways are neither slandered nor
// praised for it.
func TestOddSignInPages(t *testing.T) {
	const login = `<html><head><title>Sign in</title></head><body><form><input type="hidden" name="csrf" value="%x"><input name="username"><input type="password"></form></body></html>`
	var n atomic.Int64
	for _, p := range []struct {
		name      string
		authorize http.HandlerFunc
		spoil     func(*account)
		lands     doctor.Landing
		judged    string
	}{
		{"sends on to another company's login", redirect(func(q url.Values) string {
			if !registered(q) {
				return "/auth/refused"
			}
			return "https://login.partner.example/saml?SAMLRequest=abc&RelayState=" + url.QueryEscape(q.Get("state"))
		}), nil, doctor.LandsLogin, "client holds, secret holds, callback holds, scopes unknown:"},
		{"looks at the callback after somebody has signed in", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintf(w, login, n.Add(1)) },
			nil, doctor.LandsLogin, "client holds, secret holds, callback unknown, scopes unknown:"},
		{"the same, with a callback that is not listed", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintf(w, login, n.Add(1)) },
			func(a *account) { a.callback = callback + "/other" }, doctor.LandsLogin, "client holds, secret holds, callback unknown, scopes unknown:"},
		{"redirects without end", redirect(func(q url.Values) string { return "/auth/again?" + q.Encode() }),
			nil, doctor.LandsLoop, "client holds, secret holds, callback unknown, scopes unknown:"},
		{"is behind a firewall that refuses machines", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no robots", http.StatusForbidden) },
			nil, doctor.LandsThrottled, "client holds, secret holds, callback unknown, scopes unknown:"},
		{"has one page for every fault", func(w http.ResponseWriter, r *http.Request) {
			if registered(r.URL.Query()) {
				redirect(func(q url.Values) string { return callback + "?error=login_required&state=" + q.Get("state") })(w, r)
				return
			}
			http.Error(w, fmt.Sprintf("Something went wrong. Incident %032x, %s", n.Add(1), r.URL.Query().Get("redirect_uri")), http.StatusBadRequest)
		}, func(a *account) { a.callback = callback + "/other" }, doctor.LandsPage, "client holds, secret holds, callback fails, scopes unknown: callback-not-listed"},
		{"sends strangers to its own site, as IMS does", redirect(func(q url.Values) string {
			if q.Get("client_id") == "Campaign1" && q.Get("redirect_uri") == callback {
				return callback + "?error=login_required&state=" + q.Get("state")
			}
			return "https://www.adobe.com/"
		}), func(a *account) { a.callback = callback + "/other" }, doctor.LandsElsewhere, "client holds, secret holds, callback fails, scopes unknown: callback-not-listed"},
	} {
		t.Run(p.name, func(t *testing.T) {
			a := odd(t, p.authorize)
			if p.spoil != nil {
				p.spoil(&a)
			}
			x := examine(t, a)
			if got := x.provider().Authorize.Value.Asked.Landing; got != p.lands {
				t.Errorf("it lands at %q, wanted %q: %+v", got, p.lands, x.provider().Authorize.Value.Asked)
			}
			if got := strings.TrimSpace(x.judged()); got != p.judged {
				t.Errorf("got    %s\nwanted %s", got, p.judged)
			}
		})
	}
}

// A provider that signs somebody in although it was asked not to: the callback
// is not visited, also where it is the provider's own site, and the code is
// nowhere in the facts.
func TestCodesAreDropped(t *testing.T) {
	const code = "c0de-that-nobody-may-see"
	var mu sync.Mutex
	visited := 0
	var a account
	a = odd(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/usher") {
			mu.Lock()
			visited++
			mu.Unlock()
			return
		}
		q := r.URL.Query()
		if q.Get("redirect_uri") != a.callback {
			http.Error(w, "refused", http.StatusBadRequest)
			return
		}
		redirect(func(q url.Values) string { return a.callback + "?code=" + code + "&state=" + q.Get("state") })(w, r)
	})
	a.callback = a.server + "/usher/callback"
	x := examine(t, a)
	mu.Lock()
	defer mu.Unlock()
	if visited > 0 {
		t.Errorf("the callback was visited %d times", visited)
	}
	asked := x.provider().Authorize.Value
	if asked.Asked.Landing != doctor.LandsBack || strings.Contains(fmt.Sprintf("%+v", asked), code) {
		t.Errorf("%+v", asked)
	}
	x.hidesSecret(t)
}

// A provider that repeats whatever it was sent tells the facts no secret.
func TestEchoesAreScrubbed(t *testing.T) {
	var s *httptest.Server
	var mu sync.Mutex
	var states []string
	s = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/.well-known/openid-configuration":
			_, _ = fmt.Fprintf(w, `{"issuer":%q,"authorization_endpoint":%q,"token_endpoint":%q,"jwks_uri":%q}`, s.URL, s.URL+"/auth", s.URL+"/token", s.URL+"/keys")
		case "/token":
			_, secret, _ := r.BasicAuth()
			plain, _ := url.QueryUnescape(secret)
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprintf(w, `{"error":%q,"error_description":%q}`, plain, "bad "+secret+" "+plain+" "+r.Header.Get("Authorization"))
		default:
			mu.Lock()
			states = append(states, r.URL.Query().Get("state"), r.URL.Query().Get("nonce"), r.URL.Query().Get("code_challenge"))
			mu.Unlock()
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprintf(w, "<title>%s</title>%s", r.URL.RawQuery, r.URL.RawQuery)
		}
	}))
	defer s.Close()
	x := examine(t, account{server: s.URL, id: "Campaign1", secret: canary, callback: callback, scopes: "openid", caFile: trusted(t, certificateOf(s))})
	x.hidesSecret(t)
	mu.Lock()
	defer mu.Unlock()
	facts, err := json.Marshal(x.in)
	if err != nil || len(states) == 0 {
		t.Fatalf("%v, %d values", err, len(states))
	}
	for _, v := range states {
		if v != "" && strings.Contains(string(facts), v) {
			t.Errorf("%q is in the facts", v)
		}
	}
}
