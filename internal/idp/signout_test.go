// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	usher "github.com/usher-signin/usher"
)

func keepsake(t *testing.T, c *Client) Keepsake {
	t.Helper()
	g, cause := c.Redeem(t.Context(), redemption())
	if cause != nil {
		t.Fatal(cause)
	}
	return g.Keepsake()
}

func TestKeepsakeSurvivesItsBytes(t *testing.T) {
	op := newOP(t, false)
	op.claims["sid"] = "s-1"
	op.extra = map[string]any{"end_session_endpoint": op.URL + "/end"}
	k := keepsake(t, op.client(t))
	raw := must(k.MarshalBinary())
	if !strings.Contains(string(raw), canaryRefresh) || strings.Contains(string(raw), "eyJ") {
		t.Error("the bytes must hold the refresh token, and no ID token")
	}
	var back Keepsake
	if err := back.UnmarshalBinary(raw); err != nil || !reflect.DeepEqual(k, back) {
		t.Errorf("%v", err)
	}
	for _, damaged := range []string{"", "{}", `{"v":2}`, string(raw[:20]), "[]"} {
		if err := new(Keepsake).UnmarshalBinary([]byte(damaged)); !errors.Is(err, errKeepsake) {
			t.Errorf("%.10q: %v", damaged, err)
		}
	}
}

func TestEndSessionURL(t *testing.T) {
	const back = "https://app.example/usher/signed-out?x=1&y"
	t.Run("IMS", func(t *testing.T) {
		op := newOP(t, true)
		c := op.client(t)
		address, ok := c.EndSessionURL(back, Keepsake{AccessToken: usher.NewSecret(canaryAccess)})
		u := must(url.Parse(address))
		if !ok || u.Path != "/ims/logout/v1" || len(u.Query()) != 2 || u.Query().Get("redirect_uri") != back || u.Query().Get("client_id") != testClientID {
			t.Errorf("%s", address)
		}
		if len(op.calls) != 0 {
			t.Error("it made a call")
		}
	})
	t.Run("OpenID Connect", func(t *testing.T) {
		op := newOP(t, false)
		c := op.client(t)
		if address, ok := c.EndSessionURL(back, Keepsake{}); ok {
			t.Errorf("without metadata: %s", address)
		}
		for name, endpoint := range map[string]string{"kept": op.URL + "/end?tenant=a", "http elsewhere": "http://idp.example/end", "a script": "javascript:x()"} {
			address, ok := c.EndSessionURL(back, Keepsake{EndSession: endpoint})
			if ok != (name == "kept") || ok && address != op.URL+"/end?client_id="+testClientID+"&post_logout_redirect_uri="+url.QueryEscape(back)+"&tenant=a" {
				t.Errorf("%s: %s", name, address)
			}
		}
		op.extra = map[string]any{"end_session_endpoint": op.URL + "/new"}
		k := keepsake(t, c)
		address, ok := c.EndSessionURL("", k)
		if !ok || address != op.URL+"/new?client_id="+testClientID {
			t.Errorf("from metadata: %s", address)
		}
		if strings.Contains(address, "id_token_hint") {
			t.Error("a token in the address")
		}
	})
}

func TestRevoke(t *testing.T) {
	for _, ims := range []bool{false, true} {
		op := newOP(t, ims)
		c := op.client(t)
		if err := c.Revoke(t.Context(), keepsake(t, c)); err != nil {
			t.Fatal(err)
		}
		if n := op.count("/revoke"); n != 2 {
			t.Errorf("ims %v: %d calls", ims, n)
		}
		call := op.last("/revoke")
		form := must(url.ParseQuery(call.body))
		if form.Get("token") != canaryAccess || call.rawQuery != "" || !strings.HasPrefix(call.header.Get("Authorization"), "Basic ") || form.Has("client_secret") {
			t.Errorf("ims %v: a form of %d members, query %q", ims, len(form), call.rawQuery)
		}
		op.answer("/revoke", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"error":"invalid_request","error_description":"not ` + canaryRefresh + ` nor ` + canaryAccess + `"}`))
		})
		err := c.Revoke(t.Context(), keepsake(t, c))
		if err == nil || !strings.Contains(err.Error(), "revoking the refresh_token") || strings.Contains(err.Error(), "canary") {
			t.Errorf("ims %v: %v", ims, err)
		}
	}
	op := newOP(t, false)
	op.extra = map[string]any{"revocation_endpoint": nil}
	c := op.client(t)
	if err := c.Revoke(t.Context(), keepsake(t, c)); err != nil {
		t.Errorf("a provider without revocation: %v", err)
	}
	if err := c.Revoke(t.Context(), Keepsake{}); !errors.Is(err, errNoToken) {
		t.Errorf("nothing to revoke: %v", err)
	}
}

func TestRevokeTheOlderWayOfIMS(t *testing.T) {
	op := newOP(t, true)
	op.answer("/revoke", http.NotFound)
	op.answer("/invalidate_token/v2", func(http.ResponseWriter, *http.Request) {})
	c := op.client(t)
	if err := c.Revoke(t.Context(), keepsake(t, c)); err != nil {
		t.Fatal(err)
	}
	form := must(url.ParseQuery(op.last("/invalidate_token/v2").body))
	if form.Get("token") != canaryAccess || form.Get("token_type") != "access_token" || form.Get("cascading") != "all" || form.Get("client_secret") != canarySecret {
		t.Errorf("a form of %d members", len(form))
	}
}

func TestRefresh(t *testing.T) {
	refreshed := func(op *evilOP, change func(map[string]any)) {
		claims := map[string]any{"iss": op.URL, "aud": testClientID, "sub": "ana-1", "iat": clock.Unix(), "exp": clock.Add(time.Hour).Unix()}
		change(claims)
		op.token["id_token"] = sign(op.header, must(json.Marshal(claims)), op.key)
	}
	with := func(change func(map[string]any)) func(*evilOP) {
		return func(op *evilOP) { refreshed(op, change) }
	}
	for name, row := range map[string]struct {
		do      func(*evilOP)
		code    usher.Code // empty: refreshed
		subject string
	}{
		"good":                {with(func(map[string]any) {}), "", ""},
		"with a nonce":        {with(func(c map[string]any) { c["nonce"] = "anything" }), "", ""},
		"without ID token":    {func(op *evilOP) { op.token["id_token"] = nil }, "", ""},
		"another iss":         {with(func(c map[string]any) { c["iss"] = c["iss"].(string) + "1" }), usher.CodeIDTokenInvalid, "iss"},
		"another sub":         {with(func(c map[string]any) { c["sub"] = "ana-2" }), usher.CodeIDTokenInvalid, "sub"},
		"another aud":         {with(func(c map[string]any) { c["aud"] = "x" }), usher.CodeIDTokenInvalid, "aud"},
		"expired":             {with(func(c map[string]any) { c["exp"] = clock.Add(-time.Hour).Unix() }), usher.CodeIDTokenInvalid, "exp"},
		"unsigned":            {func(op *evilOP) { op.token["id_token"] = b64JSON(map[string]any{"alg": "none"}) + ".e30." }, usher.CodeIDTokenInvalid, "alg"},
		"an object":           {func(op *evilOP) { op.token["id_token"] = map[string]any{} }, CodeTokenAnswer, "id_token"},
		"invalid_grant":       {refuseToken(400, "invalid_grant"), usher.CodeTokenRefused, "token endpoint"},
		"the provider is out": {refuseToken(503, "x"), usher.CodeProviderUnreachable, "token endpoint"},
	} {
		op := newOP(t, false)
		c := op.client(t)
		k := keepsake(t, c)
		op.token["access_token"], op.token["refresh_token"] = "new-access", "new-refresh"
		row.do(op)
		g, cause := c.Refresh(t.Context(), k)
		if row.code != "" {
			if cause == nil || cause.Code != row.code || cause.Subject != row.subject {
				t.Errorf("%s: %v", name, cause)
			}
			if op.count("/userinfo") != 0 {
				t.Errorf("%s: userinfo was asked", name)
			}
			continue
		}
		if cause != nil || g.AccessToken.Reveal() != "new-access" || g.RefreshToken.Reveal() != "new-refresh" || g.Subject != "ana-1" || g.Provider != k.Provider {
			t.Errorf("%s: %v", name, cause)
			continue
		}
		if _, cause := c.Person(t.Context(), g); cause != nil || op.last("/userinfo").header.Get("Authorization") != "Bearer new-access" {
			t.Errorf("%s: %v", name, cause)
		}
	}
}

func refuseToken(status int, name string) func(*evilOP) {
	return func(op *evilOP) {
		op.answer("/token", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, `{"error":%q}`, name)
		})
	}
}

func TestRefreshKeepsTheOldTokenWhereNoneIsGiven(t *testing.T) {
	op := newOP(t, true)
	c := op.client(t)
	k := keepsake(t, c)
	delete(op.token, "refresh_token")
	op.token["id_token"] = nil
	g, cause := c.Refresh(t.Context(), k)
	if cause != nil || g.RefreshToken.Reveal() != canaryRefresh {
		t.Errorf("%v", cause)
	}
	form := must(url.ParseQuery(op.last("/token").body))
	if form.Get("grant_type") != "refresh_token" || form.Get("refresh_token") != canaryRefresh {
		t.Errorf("a form of %d members", len(form))
	}
	k.RefreshToken = usher.Secret{}
	if _, cause := c.Refresh(t.Context(), k); cause == nil || cause.Code != usher.CodeTokenRefused {
		t.Errorf("without a refresh token: %v", cause)
	}
}

// What was said at the sign-in must be said again, letter by letter.
func TestRefreshWithTheOtherSpellingOfTheIMSIssuer(t *testing.T) {
	op := newOP(t, true)
	c := op.client(t)
	k := keepsake(t, c)
	op.claims["iss"] = op.URL + "/ims"
	if _, cause := c.Refresh(t.Context(), k); cause == nil || cause.Subject != "iss" {
		t.Errorf("a refreshed ID token must name the same issuer: %v", cause)
	}
}
