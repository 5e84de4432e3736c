// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	usher "github.com/usher-signin/usher"
)

type accessMaker func(op *evilOP, header, claims map[string]any) string

func signedAccess(change func(op *evilOP, header, claims map[string]any)) accessMaker {
	return func(op *evilOP, header, claims map[string]any) string {
		change(op, header, claims)
		return sign(header, must(json.Marshal(claims)), op.key)
	}
}

func setAccess(name string, value any) accessMaker {
	return signedAccess(func(_ *evilOP, _, claims map[string]any) {
		if value == nil {
			delete(claims, name)
			return
		}
		claims[name] = value
	})
}

func headAccess(name string, value any) accessMaker {
	return signedAccess(func(_ *evilOP, header, _ map[string]any) {
		if value == nil {
			delete(header, name)
			return
		}
		header[name] = value
	})
}

func asIs() accessMaker { return signedAccess(func(*evilOP, map[string]any, map[string]any) {}) }

// unsigned and its like are what nobody may take, whatever the claims.
func forgedAccess() map[string]accessMaker {
	return map[string]accessMaker{
		"alg none": func(_ *evilOP, h, claims map[string]any) string {
			h["alg"] = "none"
			return b64JSON(h) + "." + b64JSON(claims) + "."
		},
		"signed with the client's secret": func(_ *evilOP, h, claims map[string]any) string {
			return signHS("HS256", claims, []byte(canarySecret))
		},
		"signed with the public key": func(op *evilOP, h, claims map[string]any) string {
			return signHS("HS256", claims, must(json.Marshal(op.jwks[0])))
		},
		"another key": func(_ *evilOP, h, claims map[string]any) string {
			return sign(h, must(json.Marshal(claims)), rsaKeys[1]())
		},
		"an altered payload": func(op *evilOP, h, claims map[string]any) string {
			return altered(sign(h, must(json.Marshal(claims)), op.key))
		},
		"crit":     headAccess("crit", []string{"x"}),
		"no token": func(*evilOP, map[string]any, map[string]any) string { return "opaque" },
	}
}

// altered changes one character of the payload.
func altered(token string) string {
	parts := strings.Split(token, ".")
	last := parts[1][len(parts[1])-5]
	with := byte('A')
	if last == with {
		with = 'B'
	}
	parts[1] = parts[1][:len(parts[1])-5] + string(with) + parts[1][len(parts[1])-4:]
	return strings.Join(parts, ".")
}

func runAccess(t *testing.T, ims bool, wanted usher.Bearer, claims func(op *evilOP) map[string]any, header map[string]any, rows map[string]struct {
	make    accessMaker
	subject string
}) {
	t.Helper()
	for name, make := range forgedAccess() {
		rows[name] = struct {
			make    accessMaker
			subject string
		}{make, "*"}
	}
	for name, c := range rows {
		t.Run(name, func(t *testing.T) {
			op := newOP(t, ims)
			h := map[string]any{}
			for k, v := range header {
				h[k] = v
			}
			raw := c.make(op, h, claims(op))
			got, cause := op.client(t).VerifyAccess(t.Context(), usher.NewSecret(raw), wanted)
			switch {
			case c.subject == "" && cause != nil:
				t.Errorf("refused: %v", cause)
			case c.subject == "" && (got.Subject == "" || got.Expires.IsZero()):
				t.Errorf("read as %+v", got)
			case c.subject != "" && cause == nil:
				t.Errorf("taken, as %q", got.Subject)
			case c.subject != "" && (cause.Code != usher.CodeAccessTokenRefused || cause.Step != usher.StepGate):
				t.Errorf("refused with %s at %s", cause.Code, cause.Step)
			case c.subject != "" && c.subject != "*" && cause.Subject != c.subject:
				t.Errorf("refused for %q, wanted %q: %v", cause.Subject, c.subject, cause)
			}
			if cause != nil && strings.Contains(cause.Error(), raw) && len(raw) > 20 {
				t.Error("the cause holds the token")
			}
		})
	}
}

func TestAccessToken(t *testing.T) {
	claims := func(op *evilOP) map[string]any {
		return map[string]any{"iss": op.URL, "aud": "https://reports.corp.example", "sub": "service-1", "client_id": "nightly", "scope": "reports other",
			"iat": clock.Add(-3 * time.Hour).Unix(), "exp": clock.Add(time.Hour).Unix(), "jti": "1"}
	}
	wanted := usher.Bearer{Audience: []string{"https://reports.corp.example", "https://other.corp.example"}, Clients: []string{"nightly"}, Scopes: usher.Scopes{"reports"}}
	runAccess(t, false, wanted, claims, map[string]any{"alg": "RS256", "kid": "k1", "typ": "at+jwt"}, map[string]struct {
		make    accessMaker
		subject string
	}{
		"as it should be":            {asIs(), ""},
		"several audiences":          {setAccess("aud", []string{"x", "https://other.corp.example"}), ""},
		"typ in full":                {headAccess("typ", "application/AT+JWT"), ""},
		"azp in place of client_id":  {signedAccess(func(_ *evilOP, _, c map[string]any) { delete(c, "client_id"); c["azp"] = "nightly" }), ""},
		"the claim typ in its place": {signedAccess(func(_ *evilOP, h, c map[string]any) { h["typ"] = "JWT"; c["typ"] = "Bearer" }), ""},
		"scopes as a list":           {signedAccess(func(_ *evilOP, _, c map[string]any) { delete(c, "scope"); c["scp"] = []string{"reports"} }), ""},
		"an ID token": {func(op *evilOP, h, _ map[string]any) string {
			h["typ"] = "JWT"
			return sign(h, must(json.Marshal(op.claims)), op.key)
		}, "aud"},
		"an ID token for the audience": {signedAccess(func(_ *evilOP, h, c map[string]any) { h["typ"] = "JWT"; c["nonce"] = "n" }), "typ"},
		"an ID token that says at+jwt": {setAccess("nonce", "n"), "nonce"},
		"with at_hash":                 {setAccess("at_hash", "x"), "at_hash"},
		"a logout token":               {headAccess("typ", "logout+jwt"), "typ"},
		"no typ":                       {headAccess("typ", nil), "typ"},
		"another issuer":               {setAccess("iss", "https://evil.example"), "iss"},
		"no issuer":                    {setAccess("iss", nil), "iss"},
		"another audience":             {setAccess("aud", "https://reports.corp.example/"), "aud"},
		"our own client id":            {setAccess("aud", testClientID), "aud"},
		"no audience":                  {setAccess("aud", nil), "aud"},
		"expired":                      {setAccess("exp", clock.Add(-2*time.Minute).Unix()), "exp"},
		"no exp":                       {setAccess("exp", nil), "exp"},
		"exp as text":                  {setAccess("exp", "9999999999"), "exp"},
		"made in the future":           {setAccess("iat", clock.Add(time.Hour).Unix()), "iat"},
		"no iat":                       {setAccess("iat", nil), "iat"},
		"not valid yet":                {setAccess("nbf", clock.Add(time.Hour).Unix()), "nbf"},
		"another client":               {setAccess("client_id", "Nightly"), "client_id"},
		"no client":                    {setAccess("client_id", nil), "client_id"},
		"no subject":                   {setAccess("sub", nil), "sub"},
		"a scope too few":              {setAccess("scope", "report"), "scope"},
		"no scope":                     {setAccess("scope", nil), "scope"},
	})
}

func TestIMSAccessToken(t *testing.T) {
	ms := func(at time.Time) string { return strconv.FormatInt(at.UnixMilli(), 10) }
	claims := func(*evilOP) map[string]any {
		return map[string]any{"id": "x", "type": "access_token", "client_id": "Technical1", "user_id": "0123@techacct.adobe.com", "as": "ims-na1",
			"created_at": ms(clock.Add(-time.Hour)), "expires_in": "86400000", "scope": "openid,AdobeID,read_organizations"}
	}
	wanted := usher.Bearer{Clients: []string{"Technical1"}, Scopes: usher.Scopes{"AdobeID"}}
	runAccess(t, true, wanted, claims, map[string]any{"alg": "RS256", "kid": "k1", "itt": "at"}, map[string]struct {
		make    accessMaker
		subject string
	}{
		"as it should be":  {asIs(), ""},
		"without itt":      {headAccess("itt", nil), ""},
		"times as numbers": {signedAccess(func(_ *evilOP, _, c map[string]any) { c["created_at"], c["expires_in"] = clock.UnixMilli(), 3600000 }), ""},
		"an ID token": {func(op *evilOP, h, _ map[string]any) string {
			return sign(map[string]any{"alg": "RS256", "kid": "k1"}, must(json.Marshal(op.claims)), op.key)
		}, "type"},
		"a refresh token":       {setAccess("type", "refresh_token"), "type"},
		"a code":                {setAccess("type", "authorization_code"), "type"},
		"a refresh token's itt": {headAccess("itt", "rt"), "itt"},
		"another client":        {setAccess("client_id", "Technical2"), "client_id"},
		"no client":             {setAccess("client_id", nil), "client_id"},
		"expired":               {setAccess("created_at", ms(clock.Add(-25*time.Hour))), "expires_in"},
		"expired just now":      {setAccess("created_at", ms(clock.Add(-24*time.Hour))), "expires_in"},
		"made in the future":    {setAccess("created_at", ms(clock.Add(time.Hour))), "created_at"},
		"no created_at":         {setAccess("created_at", nil), "created_at"},
		"no expires_in":         {setAccess("expires_in", nil), "created_at"},
		"times that are none":   {setAccess("created_at", "now"), "created_at"},
		"NaN":                   {setAccess("expires_in", "NaN"), "created_at"},
		"for ever":              {setAccess("expires_in", "9223372036854775807"), "created_at"},
		"a time in seconds":     {setAccess("created_at", strconv.FormatInt(clock.Unix(), 10)), "expires_in"},
		"nobody":                {setAccess("user_id", nil), "user_id"},
		"a scope too few":       {setAccess("scope", "openid"), "scope"},
	})
}

// Without a list the account's own client counts, and no other.
func TestIMSAccessTokenOfTheAccountsOwnClient(t *testing.T) {
	op := newOP(t, true)
	for client, want := range map[string]bool{testClientID: true, "Technical1": false, "": false} {
		raw := sign(map[string]any{"alg": "RS256", "kid": "k1"}, must(json.Marshal(map[string]any{"type": "access_token", "client_id": client,
			"user_id": "u@AdobeID", "created_at": strconv.FormatInt(clock.UnixMilli(), 10), "expires_in": "1000"})), op.key)
		if _, cause := op.client(t).VerifyAccess(t.Context(), usher.NewSecret(raw), usher.Bearer{}); (cause == nil) != want {
			t.Errorf("client %q: %v", client, cause)
		}
	}
}

// A key that the provider took back is believed no longer than five minutes.
func TestAccessTokenAfterRotation(t *testing.T) {
	op := newOP(t, false)
	now := clock
	op.now = func() time.Time { return now }
	c := op.client(t)
	raw := usher.NewSecret(sign(map[string]any{"alg": "RS256", "kid": "k1", "typ": "at+jwt"}, must(json.Marshal(map[string]any{"iss": op.URL, "aud": "a", "sub": "s",
		"iat": clock.Unix(), "exp": clock.Add(24 * time.Hour).Unix()})), op.key))
	wanted := usher.Bearer{Audience: []string{"a"}}
	if _, cause := c.VerifyAccess(t.Context(), raw, wanted); cause != nil {
		t.Fatal(cause)
	}
	op.mu.Lock()
	op.jwks = []map[string]any{publicJWK("k2", rsaKeys[1]())}
	op.mu.Unlock()
	now = now.Add(accessKeysFresh)
	if _, cause := c.VerifyAccess(t.Context(), raw, wanted); cause == nil || cause.Subject != "kid" {
		t.Errorf("five minutes after its key was taken back: %v", cause)
	}
}
