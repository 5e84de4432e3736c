// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/usher-signin/usher/standin"
)

func leftHalf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

func multipartForm(v url.Values) (*bytes.Buffer, string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, values := range v {
		_ = w.WriteField(name, values[0])
	}
	_ = w.Close()
	return &b, w.FormDataContentType()
}

func basic(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}

// The ways to send a token request that clients of IMS use.
func TestHowTokenRequestsAreSent(t *testing.T) {
	d := newDesk(t)
	d.Change(func(o *standin.Organization) {
		client(o, "Campaign1").Secrets = []string{"s3cret", "p+s%2Fx:y é"}
	})
	body := func(code string) url.Values {
		return form("grant_type", "authorization_code", "code", code, "code_verifier", verifier)
	}
	rows := map[string]func(code string) answered{
		"form": func(c string) answered { return d.redeem("/ims/token/v3", c) },
		"basic": func(c string) answered {
			return d.post("/ims/token/v3", body(c), "Authorization", basic("Campaign1", "s3cret"))
		},
		"basic, form-encoded": func(c string) answered {
			return d.post("/ims/token/v3", body(c), "Authorization", basic("Campaign1", url.QueryEscape("p+s%2Fx:y é")))
		},
		"the second secret": func(c string) answered { return d.redeem("/ims/token/v3", c, "client_secret", "p+s%2Fx:y é") },
		"client id in the query": func(c string) answered {
			v := body(c)
			v.Set("client_secret", "s3cret")
			return d.post("/ims/token/v3?client_id=Campaign1", v)
		},
		"everything in the query": func(c string) answered {
			v := body(c)
			v.Set("client_id", "Campaign1")
			v.Set("client_secret", "s3cret")
			return d.do("POST", "/ims/token/v3?"+v.Encode(), nil)
		},
		"multipart": func(c string) answered {
			v := body(c)
			v.Set("client_id", "Campaign1")
			v.Set("client_secret", "s3cret")
			b, kind := multipartForm(v)
			return d.do("POST", "/ims/token/v4", b, "Content-Type", kind)
		},
	}
	for name, send := range rows {
		if a := send(d.code()); a.status != http.StatusOK {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}

func TestTokenRefusals(t *testing.T) {
	d := newDesk(t)
	d.Change(func(o *standin.Organization) {
		o.Clients = append(o.Clients,
			standin.Client{ID: "Public", CallbackURLs: []string{callback}, Scopes: []string{"openid"}},
			standin.Client{ID: "Odd", Secrets: []string{"p+s%2Fx:y"}, CallbackURLs: []string{callback}, Scopes: []string{"openid"}},
			standin.Client{ID: "Off", Secrets: []string{"s"}, Disabled: true},
		)
	})
	rows := []struct {
		name   string
		path   string
		pairs  []string
		header []string
		code   string
		says   string
	}{
		{name: "wrong secret", pairs: []string{"client_secret", "wrong"}, code: "invalid_client", says: "invalid client_secret parameter"},
		{name: "secret with a line break", pairs: []string{"client_secret", "s3cret\n"}, code: "invalid_client", says: "invalid client_secret parameter"},
		{name: "no secret", pairs: []string{"client_secret", ""}, code: "invalid_client", says: "invalid client_secret parameter"},
		{name: "unknown client", pairs: []string{"client_id", "Nobody"}, code: "invalid_client", says: "invalid client_id parameter"},
		{name: "no client", pairs: []string{"client_id", ""}, code: "invalid_client", says: "invalid client_id parameter"},
		{name: "disabled client", pairs: []string{"client_id", "Off", "client_secret", "s"}, code: "unauthorized_client"},
		{name: "a secret for a public client", pairs: []string{"client_id", "Public"}, code: "invalid_client"},
		{name: "another client", pairs: []string{"client_id", "Technical1", "client_secret", "t3chnical"}, code: "invalid_grant"},
		{name: "garbage for a code", pairs: []string{"code", "garbage"}, code: "invalid_grant"},
		{name: "garbage for a code on v1", path: "/ims/token/v1", pairs: []string{"code", "garbage"}, code: "access_denied"},
		{name: "garbage for a code on the bare path", path: "/ims/token", pairs: []string{"code", "garbage"}, code: "access_denied"},
		{name: "no code", pairs: []string{"code", ""}, code: "invalid_grant"},
		{name: "no verifier", pairs: []string{"code_verifier", ""}, code: "invalid_grant"},
		{name: "another verifier", pairs: []string{"code_verifier", verifier + "x"}, code: "invalid_grant"},
		{name: "the challenge as verifier", pairs: []string{"code_verifier", s256(verifier)}, code: "invalid_grant"},
		{name: "another redirect_uri", pairs: []string{"redirect_uri", callback + "/"}, code: "invalid_grant"},
		{name: "the same redirect_uri", pairs: []string{"redirect_uri", callback}, code: ""},
		{name: "no grant", pairs: []string{"grant_type", ""}, code: "invalid_request"},
		{name: "another grant", pairs: []string{"grant_type", "password"}, code: "unsupported_grant_type"},
		{name: "two ways at once", header: []string{"Authorization", basic("Campaign1", "s3cret")}, code: "invalid_request"},
		{name: "basic on v1", path: "/ims/token/v1", pairs: []string{"client_secret", ""}, header: []string{"Authorization", basic("Campaign1", "s3cret")}, code: "invalid_client"},
		{name: "basic of another client than the form's", pairs: []string{"client_secret", "", "client_id", "Campaign1"}, header: []string{"Authorization", basic("Technical1", "t3chnical")}, code: "invalid_client"},
		{name: "basic, not form-encoded", pairs: []string{"client_secret", "", "client_id", ""}, header: []string{"Authorization", basic("Odd", "p+s%2Fx:y")}, code: "invalid_client"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			path := row.path
			if path == "" {
				path = "/ims/token/v3"
			}
			v := form("grant_type", "authorization_code", "code", d.code(), "client_id", "Campaign1", "client_secret", "s3cret", "code_verifier", verifier)
			for i := 0; i < len(row.pairs); i += 2 {
				v.Set(row.pairs[i], row.pairs[i+1])
				if row.pairs[i+1] == "" {
					v.Del(row.pairs[i])
				}
			}
			a := d.post(path, v, row.header...)
			if row.code == "" {
				if a.status != http.StatusOK {
					t.Errorf("answered %d %s", a.status, a.body)
				}
				return
			}
			if a.status != http.StatusBadRequest || a.text("error") != row.code || row.says != "" && a.text("error_description") != row.says {
				t.Errorf("answered %d %s, wanted 400 %s %s", a.status, a.body, row.code, row.says)
			}
			if contains(a.body, "s3cret") || contains(a.body, v.Get("code")) && len(v.Get("code")) > 20 {
				t.Error("the answer repeats a secret")
			}
		})
	}
}

func TestOddBodies(t *testing.T) {
	d := newDesk(t)
	long := strings.Repeat("a", 65<<10)
	rows := map[string]struct {
		kind, body string
		status     int
	}{
		"twice":             {"application/x-www-form-urlencoded", "grant_type=a&grant_type=b", 400},
		"bad percent":       {"application/x-www-form-urlencoded", "code=%zz", 400},
		"too long":          {"application/x-www-form-urlencoded", "code=" + long, 413},
		"json":              {"application/json", `{"grant_type":"authorization_code"}`, 415},
		"no type":           {"", "grant_type=a", 400},
		"type unreadable":   {"text;;", "grant_type=a", 400},
		"multipart cut off": {"multipart/form-data; boundary=x", "--x\r\nContent-Dis", 400},
		"multipart, endless parts": {"multipart/form-data; boundary=x",
			strings.Repeat("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n", 200) + "--x--", 400},
	}
	for name, row := range rows {
		if a := d.do("POST", "/ims/token/v3", strings.NewReader(row.body), "Content-Type", row.kind); a.status != row.status {
			t.Errorf("%s: %d, wanted %d", name, a.status, row.status)
		}
	}
	if a := d.get("/ims/token/v3"); a.status != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", a.status)
	}
	if a := d.get("/ims/keys?" + strings.Repeat("a", 17<<10)); a.status != http.StatusRequestURITooLong {
		t.Errorf("a long address: %d", a.status)
	}
}

// A code works once; who uses it twice ends what it gave.
func TestACodeIsForOneUse(t *testing.T) {
	d := newDesk(t)
	code := d.code()
	first := d.redeem("/ims/token/v3", code)
	if a := d.get("/ims/userinfo/v2", with(first.text("access_token"))...); a.status != 200 {
		t.Fatalf("userinfo: %d", a.status)
	}
	if a := d.redeem("/ims/token/v3", code); a.status != 400 || a.text("error") != "invalid_grant" {
		t.Errorf("the second time: %d %s", a.status, a.body)
	}
	if a := d.get("/ims/userinfo/v2", with(first.text("access_token"))...); a.status != 401 {
		t.Errorf("after the replay the first token is answered %d", a.status)
	}
	late := d.code()
	d.Clock.Advance(10 * time.Minute)
	if a := d.redeem("/ims/token/v3", late); a.status != 400 {
		t.Errorf("ten minutes later: %d", a.status)
	}
	// A wrong verifier spends the code, too.
	code = d.code()
	d.redeem("/ims/token/v3", code, "code_verifier", verifier+"x")
	if a := d.redeem("/ims/token/v3", code); a.status != 400 {
		t.Errorf("after a wrong verifier: %d", a.status)
	}
}

func TestChallenges(t *testing.T) {
	d := newDesk(t)
	plain := d.code("code_challenge="+verifier, "-code_challenge_method")
	if a := d.redeem("/ims/token/v3", plain); a.status != 200 {
		t.Errorf("plain is the default method: %d %s", a.status, a.body)
	}
	none := d.code("-code_challenge", "-code_challenge_method")
	if a := d.redeem("/ims/token/v3", none); a.status != 400 {
		t.Errorf("a verifier without a challenge: %d", a.status)
	}
}

func TestUnitsAndMembersByVersion(t *testing.T) {
	d := newDesk(t)
	for path, want := range map[string]struct {
		expires float64
		has     []string
		hasNot  []string
	}{
		"/ims/token":    {86399985, []string{"email", "projectedProductContext", "userId", "emailVerified"}, nil},
		"/ims/token/v1": {86399985, []string{"email", "projectedProductContext", "userId"}, nil},
		"/ims/token/v2": {86399, []string{"sub", "userId", "id_token", "refresh_token"}, []string{"projectedProductContext", "email"}},
		"/ims/token/v3": {86399, []string{"sub", "id_token", "refresh_token"}, []string{"userId", "email"}},
		"/ims/token/v4": {86399, []string{"sub", "id_token", "refresh_token"}, []string{"userId", "email"}},
	} {
		a := d.redeem(path, d.code())
		if a.json()["expires_in"] != want.expires || a.text("token_type") != "bearer" {
			t.Errorf("%s: expires_in %v, token_type %v", path, a.json()["expires_in"], a.json()["token_type"])
		}
		for _, name := range want.has {
			if a.json()[name] == nil {
				t.Errorf("%s has no %s", path, name)
			}
		}
		for _, name := range want.hasNot {
			if a.json()[name] != nil {
				t.Errorf("%s has %s", path, name)
			}
		}
	}
	few := d.redeem("/ims/token/v3", d.code("scope=AdobeID"))
	if few.json()["id_token"] != nil || few.json()["refresh_token"] != nil {
		t.Errorf("without openid and offline_access: %s", few.body)
	}
}

func TestRefresh(t *testing.T) {
	d := newDesk(t)
	first := d.tokens()
	ask := func(token string, pairs ...string) answered {
		return d.post("/ims/token/v3", form(append([]string{"grant_type", "refresh_token", "refresh_token", token, "client_id", "Campaign1", "client_secret", "s3cret"}, pairs...)...))
	}
	second := ask(first.text("refresh_token"))
	if second.status != 200 || second.text("refresh_token") == "" || second.json()["id_token"] != nil || second.json()["sub"] != nil {
		t.Errorf("refresh: %d %s", second.status, second.body)
	}
	if a := ask(first.text("refresh_token")); a.status != 200 {
		t.Errorf("the same refresh token again: %d", a.status)
	}
	fewer := ask(first.text("refresh_token"), "scope", "openid,AdobeID")
	if got := claims(t, fewer.text("access_token"))["scope"]; got != "openid,AdobeID" || fewer.json()["refresh_token"] != nil {
		t.Errorf("fewer scopes gave %v", got)
	}
	for name, a := range map[string]answered{
		"more scopes":      ask(first.text("refresh_token"), "scope", "openid,address"),
		"an access token":  ask(first.text("access_token")),
		"garbage":          ask("garbage"),
		"another client's": d.post("/ims/token/v3", form("grant_type", "refresh_token", "refresh_token", first.text("refresh_token"), "client_id", "Technical1", "client_secret", "t3chnical")),
	} {
		if a.status != 400 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	d.Change(func(o *standin.Organization) { o.Users[0].Disabled = true })
	if a := ask(first.text("refresh_token")); a.status != 400 {
		t.Errorf("a disabled user: %d", a.status)
	}
	d.Change(func(o *standin.Organization) { o.Users[0].Disabled = false })
	d.Clock.Advance(14 * 24 * time.Hour)
	if a := ask(first.text("refresh_token")); a.status != 400 {
		t.Errorf("two weeks later: %d", a.status)
	}
}

func TestTechnicalAccounts(t *testing.T) {
	d := newDesk(t)
	d.Change(func(o *standin.Organization) {
		c := client(o, "Technical1")
		c.ServiceCode, c.TechnicalAccount = "permanent-code", "ABCDEF@techacct.adobe.com"
		o.Groups[0].Members = append(o.Groups[0].Members, "ABCDEF@techacct.adobe.com")
		o.Clients = append(o.Clients, standin.Client{ID: "Public", Scopes: []string{"openid"}})
	})
	own := func(pairs ...string) answered {
		return d.post("/ims/token/v3", form(append([]string{"grant_type", "client_credentials", "client_id", "Technical1", "client_secret", "t3chnical"}, pairs...)...))
	}
	a := own("scope", "openid,AdobeID,additional_info.projectedProductContext")
	c := claims(t, a.text("access_token"))
	if a.status != 200 || c["user_id"] != "ABCDEF@techacct.adobe.com" || a.json()["refresh_token"] != nil || a.json()["id_token"] != nil {
		t.Errorf("client credentials: %d %s %v", a.status, a.body, c)
	}
	p := d.get("/ims/profile/v1", with(a.text("access_token"))...)
	if got := names(p.json()["projectedProductContext"]); len(got) != 1 || got[0] != "Campaign - corp - Admin" {
		t.Errorf("the technical account's profiles are %v", got)
	}
	for name, refused := range map[string]answered{
		"no scope":      own(),
		"other scope":   own("scope", "openid,campaign_sdk"),
		"public client": d.post("/ims/token/v3", form("grant_type", "client_credentials", "client_id", "Public", "scope", "openid")),
	} {
		if refused.status != 400 {
			t.Errorf("%s: %d %s", name, refused.status, refused.body)
		}
	}
	s := d.post("/ims/token/v4", form("grant_type", "authorization_code", "code", "permanent-code", "client_id", "Technical1", "client_secret", "t3chnical"))
	if c := claims(t, s.text("access_token")); c["type"] != "service_token" || c["user_id"] != "Technical1@AdobeService" {
		t.Errorf("service token: %s %v", s.body, c)
	}
	if a := d.get("/ims/organizations/0123456789ABCDEF01234567@AdobeOrg/v2", with(s.text("access_token"))...); a.status != 200 || len(a.json()["groups"].([]any)) != 3 {
		t.Errorf("the organization: %d %s", a.status, a.body)
	}
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	d := newDesk(t)
	seen := map[string]bool{}
	for _, path := range []string{"/ims/keys", "/ims/token/v3", "/nowhere", "/dashboard/", "/signin/", "/ims/profile/v1", "/standin/switches"} {
		a := d.get(path)
		id := a.header.Get("X-Debug-Id")
		if id == "" || seen[id] {
			t.Errorf("%s has the debug id %q", path, id)
		}
		seen[id] = true
	}
	a := d.redeem("/ims/token/v3", d.code())
	if a.header.Get("Content-Type") != "application/json;charset=UTF-8" || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("tokens are answered with %v", a.header)
	}
}

// Of many who redeem one code at once, one has tokens.
func TestOneCodeManyHands(t *testing.T) {
	d := newDesk(t)
	code := d.code()
	var wait sync.WaitGroup
	var won atomic.Int32
	for range 20 {
		wait.Go(func() {
			if d.redeem("/ims/token/v3", code).status == http.StatusOK {
				won.Add(1)
			}
		})
	}
	wait.Wait()
	if won.Load() != 1 {
		t.Errorf("%d had tokens", won.Load())
	}
}
