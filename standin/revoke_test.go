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

func TestValidate(t *testing.T) {
	d := newDesk(t)
	token := d.access()
	good := d.post("/ims/validate_token/v1", form("type", "access_token", "client_id", "Campaign1", "token", token))
	if good.status != 200 || good.json()["valid"] != true || good.json()["token"].(map[string]any)["client_id"] != "Campaign1" {
		t.Errorf("a good token: %d %s", good.status, good.body)
	}
	byHeader := d.post("/ims/validate_token/v1", form(), "X-IMS-ClientId", "Campaign1", "Authorization", "Bearer "+token)
	if byHeader.json()["valid"] != true {
		t.Errorf("in headers: %s", byHeader.body)
	}
	for name, v := range map[string]url.Values{
		"garbage":      form("type", "access_token", "client_id", "Campaign1", "token", "garbage"),
		"another type": form("type", "refresh_token", "client_id", "Campaign1", "token", token),
		"changed":      form("type", "access_token", "client_id", "Campaign1", "token", token[:len(token)-4]+"AAAA"),
	} {
		if a := d.post("/ims/validate_token/v1", v); a.status != 200 || a.json()["valid"] != false || a.text("reason") == "" {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := d.post("/ims/validate_token/v1", form("token", token)); a.status != 400 {
		t.Errorf("without a client: %d", a.status)
	}
	d.Clock.Advance(24 * time.Hour)
	if a := d.post("/ims/validate_token/v1", form("client_id", "Campaign1", "token", token)); a.text("reason") != "expired" {
		t.Errorf("a day later: %s", a.body)
	}
	if a := d.get("/ims/profile/v1", with(token)...); a.status != 401 {
		t.Errorf("the profile a day later: %d", a.status)
	}
}

// Each way to end a token, and what it takes along.
func TestEndingTokens(t *testing.T) {
	rows := map[string]struct {
		end              func(d desk, a answered) answered
		access, refreshs bool // still good afterwards
	}{
		"revoke the access token": {func(d desk, a answered) answered {
			return d.post("/ims/revoke", form("token", a.text("access_token")), "Authorization", basic("Campaign1", "s3cret"))
		}, false, true},
		"revoke the refresh token": {func(d desk, a answered) answered {
			return d.post("/ims/revoke", form("token", a.text("refresh_token")), "Authorization", basic("Campaign1", "s3cret"))
		}, false, false},
		"revoke garbage": {func(d desk, _ answered) answered {
			return d.post("/ims/revoke", form("token", "garbage"), "Authorization", basic("Campaign1", "s3cret"))
		}, true, true},
		"revoke another client's": {func(d desk, a answered) answered {
			return d.post("/ims/revoke", form("token", a.text("refresh_token")), "Authorization", basic("Technical1", "t3chnical"))
		}, true, true},
		"invalidate": {func(d desk, a answered) answered {
			return d.post("/ims/invalidate_token/v2", form("token_type", "access_token", "token", a.text("access_token"), "client_id", "Campaign1"))
		}, false, true},
		"invalidate, cascading": {func(d desk, a answered) answered {
			return d.post("/ims/invalidate_token/v2", form("token_type", "access_token", "token", a.text("access_token"), "client_id", "Campaign1", "cascading", "all"))
		}, false, false},
		"logout, back channel": {func(d desk, a answered) answered {
			return d.post("/ims/logout/v1", form("client_id", "Campaign1", "client_secret", "s3cret", "access_token", a.text("access_token")))
		}, false, false},
		"logout without redirect": {func(d desk, a answered) answered {
			return d.get("/ims/logout/v1/token?access_token=" + a.text("access_token"))
		}, false, false},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			a := d.tokens()
			if end := row.end(d, a); end.status != 200 {
				t.Fatalf("answered %d %s", end.status, end.body)
			}
			profile := d.get("/ims/profile/v1", with(a.text("access_token"))...)
			if got := profile.status == 200; got != row.access {
				t.Errorf("the access token is answered %d", profile.status)
			}
			again := d.post("/ims/token/v3", form("grant_type", "refresh_token", "refresh_token", a.text("refresh_token"), "client_id", "Campaign1", "client_secret", "s3cret"))
			if got := again.status == 200; got != row.refreshs {
				t.Errorf("the refresh token is answered %d", again.status)
			}
		})
	}
}

func TestRevokingNeedsTheClient(t *testing.T) {
	d := newDesk(t)
	d.Change(func(o *standin.Organization) {
		o.Clients = append(o.Clients, standin.Client{ID: "Public", Scopes: []string{"openid"}})
	})
	for name, header := range map[string]string{"wrong secret": basic("Campaign1", "wrong"), "unknown client": basic("Nobody", "s")} {
		if a := d.post("/ims/revoke", form("token", "x"), "Authorization", header); a.status != 400 {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	if a := d.post("/ims/revoke", form("token", "x")); a.status != 400 {
		t.Errorf("no client: %d", a.status)
	}
	if a := d.post("/ims/revoke?client_id=Public", form("token", "x")); a.status != 200 || len(a.body) != 0 {
		t.Errorf("a public client: %d %s", a.status, a.body)
	}
	if a := d.post("/ims/revoke?client_id=Public", form()); a.status != 400 {
		t.Errorf("no token: %d", a.status)
	}
	if a := d.post("/ims/introspect", form("token", "x")); a.status != 404 {
		t.Errorf("introspection: %d", a.status)
	}
}

func TestLogoutSendsTheBrowserOn(t *testing.T) {
	d := newDesk(t)
	rows := map[string]string{
		callback:               callback,
		"https://evil.example": "/adobe.com/",
		"self":                 "/adobe.com/",
		"":                     "/adobe.com/",
	}
	for asked, want := range rows {
		for _, path := range []string{"/ims/logout", "/ims/logout/v1"} {
			a := d.get(path + "?client_id=Campaign1&redirect_uri=" + url.QueryEscape(asked))
			if a.status != http.StatusFound || !strings.Contains(a.header.Get("Location"), want) || a.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s to %q: %d %v", path, asked, a.status, a.header)
			}
		}
	}
	// The browser's session is over, and what it gave.
	relay := d.relay()
	in := d.submit(form("relay", relay, "email", "ana@corp.example"))
	cookie := strings.Split(in.header.Get("Set-Cookie"), ";")[0]
	back, _ := url.Parse(d.get(in.header.Get("Location"), "Cookie", cookie).header.Get("Location"))
	token := d.redeem("/ims/token/v3", back.Query().Get("code")).text("access_token")
	d.get("/ims/logout/v1?client_id=Campaign1&redirect_uri="+url.QueryEscape(callback), "Cookie", cookie)
	if a := d.get(d.ask("prompt=none"), "Cookie", cookie); !strings.Contains(a.header.Get("Location"), "login_required") {
		t.Errorf("after logout prompt=none goes to %s", a.header.Get("Location"))
	}
	if a := d.get("/ims/profile/v1", with(token)...); a.status != 401 {
		t.Errorf("after logout the profile is answered %d", a.status)
	}
	if a := d.get("/ims/logout?client_id=Nobody"); a.status != 400 {
		t.Errorf("an unknown client: %d", a.status)
	}
	if a := d.get("/ims/logout?client_id=Campaign1&client_secret=wrong"); a.status != 400 {
		t.Errorf("a wrong secret: %d", a.status)
	}
}

func TestLogoutByJSONP(t *testing.T) {
	d := newDesk(t)
	a := d.get("/ims/logout/v1/token?callback=done.now")
	if string(a.body) != "done.now({});" || a.header.Get("Content-Type") != "application/javascript;charset=UTF-8" {
		t.Errorf("JSONP: %s %v", a.body, a.header)
	}
	if a := d.get("/ims/logout/v1/token"); string(a.body) != "{}" {
		t.Errorf("JSON: %s", a.body)
	}
	if a := d.get("/ims/logout/v1/token?callback=" + url.QueryEscape("alert(1)//")); a.status != 400 || contains(a.body, "alert") {
		t.Errorf("a callback that is no name: %d %s", a.status, a.body)
	}
}
