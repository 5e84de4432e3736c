// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher/standin"
)

// Where a browser lands that asks for prompt=none and is signed in: on the
// callback with a code or an error, on adobe.com, or on an error page.
func TestAuthorizeAnswers(t *testing.T) {
	d := newDesk(t)
	d.Change(func(o *standin.Organization) {
		o.Clients = append(o.Clients,
			standin.Client{ID: "Public", CallbackURLs: []string{callback}, Scopes: []string{"openid"}},
			standin.Client{ID: "Local", Secrets: []string{"s"}, CallbackURLs: []string{"http://localhost:9/cb", "http://campaign.corp.example/cb"}, Scopes: []string{"openid"}},
			standin.Client{ID: "Tricky", Secrets: []string{"s"}, CallbackPatterns: []string{`https://app\.corp\.example/.*`, `https://a|b`}, Scopes: []string{"openid"}},
			standin.Client{ID: "Off", Secrets: []string{"s"}, CallbackURLs: []string{callback}, Scopes: []string{"openid"}, Disabled: true},
			standin.Client{ID: "Beta", Secrets: []string{"s"}, CallbackURLs: []string{callback}, Scopes: []string{"openid"}, BetaUsers: []string{"Ben@corp.example"}},
		)
	})
	b := d.Browser()
	b.SignIn(d.ask(), "ana@corp.example", "")
	rows := []struct {
		name    string
		changes []string
		want    string // callback, adobe, page, or an error code at the callback; "adobe:CODE"
	}{
		{"good", nil, "callback"},
		{"v1", []string{"/ims/authorize/v1="}, "callback"},
		{"bare", []string{"/ims/authorize="}, "callback"},
		{"scopes with spaces", []string{"scope=openid AdobeID"}, "callback"},
		{"no scope", []string{"-scope"}, "callback"},
		{"callback with a slash more", []string{"redirect_uri=" + callback + "/"}, "adobe"},
		{"callback in other case", []string{"redirect_uri=https://Campaign.corp.example/usher/callback"}, "adobe"},
		{"callback over http", []string{"redirect_uri=http://campaign.corp.example/usher/callback"}, "adobe"},
		{"callback with a query more", []string{"redirect_uri=" + callback + "?a=b"}, "adobe"},
		{"callback with userinfo", []string{"redirect_uri=https://x@campaign.corp.example/usher/callback"}, "adobe"},
		{"no callback", []string{"-redirect_uri"}, "adobe"},
		{"a callback by pattern", []string{"redirect_uri=https://localhost:8443/cb"}, "callback"},
		{"a callback that only begins like the pattern", []string{"redirect_uri=https://localhost.evil.example/cb"}, "adobe"},
		{"a line break after what the pattern matches", []string{"redirect_uri=https://localhost/cb\nevil"}, "adobe"},
		{"an http callback on this machine, listed", []string{"client_id=Local", "redirect_uri=http://localhost:9/cb", "scope=openid"}, "callback"},
		{"an http callback elsewhere, listed", []string{"client_id=Local", "redirect_uri=http://campaign.corp.example/cb", "scope=openid"}, "adobe"},
		{"a pattern with a choice stays whole", []string{"client_id=Tricky", "redirect_uri=https://a.evil.example/", "scope=openid"}, "adobe"},
		{"an escaped dot", []string{"client_id=Tricky", "redirect_uri=https://appxcorp.example/", "scope=openid"}, "adobe"},
		{"a scope that is not provisioned", []string{"scope=openid,campaign_sdk"}, "invalid_scope"},
		{"a scope in other case", []string{"scope=openid,adobeid"}, "invalid_scope"},
		{"both wrong", []string{"scope=nope", "redirect_uri=https://evil.example/"}, "adobe:invalid_scope"},
		{"an unknown client", []string{"client_id=Nobody"}, "page"},
		{"no client", []string{"-client_id"}, "page"},
		{"a disabled client", []string{"client_id=Off", "scope=openid"}, "page"},
		{"no beta user", []string{"client_id=Beta", "scope=openid"}, "access_denied"},
		{"a response type nobody has", []string{"response_type=device"}, "unsupported_response_type"},
		{"a response mode nobody has", []string{"response_mode=form_post"}, "invalid_request"},
		{"tokens in a query", []string{"response_type=token", "response_mode=query"}, "invalid_request"},
		{"an ID token without a nonce", []string{"response_type=id_token", "-nonce"}, "invalid_request"},
		{"another prompt", []string{"prompt=consent"}, "invalid_request"},
		{"a long state", []string{"state=" + strings.Repeat("s", 4097)}, "invalid_request"},
		{"a state of v1's length on v1", []string{"/ims/authorize=", "state=" + strings.Repeat("s", 256)}, "invalid_request"},
		{"a short challenge", []string{"code_challenge=short"}, "invalid_request"},
		{"a challenge method nobody has", []string{"code_challenge_method=S512"}, "invalid_request"},
		{"a method without a challenge", []string{"-code_challenge"}, "invalid_request"},
		{"a public client without a challenge", []string{"client_id=Public", "scope=openid", "-code_challenge", "-code_challenge_method"}, "invalid_request"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			changes := append([]string{"prompt=none"}, row.changes...)
			if row.want == "page" {
				if a := d.get(d.ask(changes...)); a.status < 400 || a.header.Get("Location") != "" {
					t.Errorf("answered %d to %q, wanted an error page", a.status, a.header.Get("Location"))
				}
				return
			}
			to := b.SignIn(d.ask(changes...), "", "")
			got := landed(d, to)
			if got != row.want {
				t.Errorf("landed at %s (%s), wanted %s", got, to, row.want)
			}
			sent := strings.Repeat("s", 300)
			if strings.Contains(to.String(), sent[:200]) {
				t.Error("a state that is too long came back")
			}
		})
	}
}

func landed(d desk, to *url.URL) string {
	answer := to.Query()
	if f, err := url.ParseQuery(to.Fragment); err == nil && to.Fragment != "" {
		answer = f
	}
	code := answer.Get("error")
	switch {
	case strings.HasPrefix(to.String(), d.URL+"/adobe.com/"):
		if code != "" {
			return "adobe:" + code
		}
		return "adobe"
	case code != "":
		return code
	case answer.Get("code") != "":
		return "callback"
	}
	place, _, _ := strings.Cut(to.String(), "?")
	return place
}

func TestAuthorizeRefusesWhatComesTwice(t *testing.T) {
	d := newDesk(t)
	for _, more := range []string{"&state=b", "&client_id=Campaign1", "&redirect_uri=https://evil.example", "&scope=openid", "&%zz"} {
		if a := d.get(d.ask() + more); a.status != http.StatusBadRequest {
			t.Errorf("with %q: answered %d", more, a.status)
		}
	}
}

// Each response type gives what it is called after, in the mode that belongs
// to it.
func TestResponseTypes(t *testing.T) {
	d := newDesk(t)
	rows := map[string]string{"code": "code", "token": "access_token expires_in token_type", "id_token": "id_token",
		"id_token token": "access_token expires_in id_token token_type", "code id_token": "code id_token"}
	for kind, want := range rows {
		to := d.SignIn(d.ask("response_type="+kind), "ana@corp.example", "")
		raw := to.Fragment
		if kind == "code" {
			raw = to.RawQuery
		}
		answer, _ := url.ParseQuery(raw)
		for _, name := range strings.Fields(want) {
			if answer.Get(name) == "" {
				t.Errorf("%s: no %s in %q", kind, name, raw)
			}
		}
		if answer.Get("state") != "the-state" || len(answer) != len(strings.Fields(want))+1 {
			t.Errorf("%s: answered %v", kind, answer)
		}
	}
	if to := d.SignIn(d.ask("response_mode=fragment"), "ana@corp.example", ""); !strings.Contains(to.Fragment, "code=") || to.RawQuery != "" {
		t.Errorf("response_mode=fragment answered %s", to)
	}
	to := d.SignIn(d.ask("response_type=code id_token"), "ana@corp.example", "")
	answer, _ := url.ParseQuery(to.Fragment)
	if c := claims(t, answer.Get("id_token")); c["c_hash"] != leftHalf(answer.Get("code")) {
		t.Errorf("c_hash is %v", c["c_hash"])
	}
}

// The first redirect nests the address where the answer will go, which is the
// only sign of an unlisted callback that needs no sign-in.
func TestTheSignInAddressNestsTheCallback(t *testing.T) {
	d := newDesk(t)
	for asked, want := range map[string]string{callback: callback, "https://evil.example/": "https://www.adobe.com/"} {
		a := d.get(d.ask("redirect_uri=" + asked))
		page, err := url.Parse(a.header.Get("Location"))
		if a.status != http.StatusFound || err != nil || page.Path != "/signin/" {
			t.Fatalf("answered %d to %q", a.status, a.header.Get("Location"))
		}
		back, err := url.Parse(page.Query().Get("callback"))
		if err != nil || back.Query().Get("redirect_uri") != want {
			t.Errorf("asked for %s: the nested redirect_uri is %q, wanted %q", asked, back.Query().Get("redirect_uri"), want)
		}
	}
}

func TestPrompts(t *testing.T) {
	d := newDesk(t)
	b := d.Browser()
	if to := b.SignIn(d.ask("prompt=none"), "", ""); to.Query().Get("error") != "login_required" || to.Query().Get("state") != "the-state" {
		t.Errorf("nobody signed in: %s", to)
	}
	b.SignIn(d.ask(), "ana@corp.example", "")
	if to := b.SignIn(d.ask("prompt=none"), "", ""); to.Query().Get("code") == "" {
		t.Errorf("Ana signed in: %s", to)
	}
	if a := d.get(d.ask("prompt=login")); !strings.Contains(a.header.Get("Location"), "/signin/") {
		t.Errorf("prompt=login went to %s", a.header.Get("Location"))
	}
	to := b.SignIn(d.ask("prompt=login", "-code_challenge", "-code_challenge_method"), "ben@corp.example", "")
	a := d.redeem("/ims/token/v3", to.Query().Get("code"), "code_verifier", "")
	if c := claims(t, a.text("id_token")); c["email"] != "ben@corp.example" {
		t.Errorf("prompt=login kept %v signed in", c["email"])
	}
	d.Clock.Advance(25 * time.Hour)
	if to := b.SignIn(d.ask("prompt=none"), "", ""); to.Query().Get("error") != "login_required" {
		t.Errorf("a day later: %s", to)
	}
}
