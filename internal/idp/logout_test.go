// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	usher "github.com/usher-signin/usher"
)

func logoutClaims(op *evilOP) map[string]any {
	return map[string]any{"iss": op.URL, "aud": testClientID, "sub": "ana", "sid": "s-1", "jti": "t-1",
		"iat": clock.Unix(), "exp": clock.Add(2 * time.Minute).Unix(), "events": map[string]any{backChannelEvent: map[string]any{}}}
}

func TestLogoutToken(t *testing.T) {
	type maker func(op *evilOP, header, claims map[string]any) string
	signed := func(change func(op *evilOP, header, claims map[string]any)) maker {
		return func(op *evilOP, header, claims map[string]any) string {
			change(op, header, claims)
			return sign(header, must(json.Marshal(claims)), op.key)
		}
	}
	set := func(name string, value any) maker {
		return signed(func(_ *evilOP, _, claims map[string]any) { claims[name] = value })
	}
	drop := func(names ...string) maker {
		return signed(func(_ *evilOP, _, claims map[string]any) {
			for _, n := range names {
				delete(claims, n)
			}
		})
	}
	typ := func(value any) maker {
		return signed(func(_ *evilOP, header, _ map[string]any) { header["typ"] = value })
	}
	event := func(value any) maker { return set("events", map[string]any{backChannelEvent: value}) }
	for name, c := range map[string]struct {
		make    maker
		subject string // of the cause; empty: it is taken
	}{
		"as it should be":         {signed(func(*evilOP, map[string]any, map[string]any) {}), ""},
		"typ logout+jwt":          {typ("logout+jwt"), ""},
		"typ in full":             {typ("application/Logout+JWT"), ""},
		"typ JWT":                 {typ("JWT"), ""},
		"sub alone":               {drop("sid"), ""},
		"sid alone":               {drop("sub"), ""},
		"an unknown claim":        {set("extra", []string{"x"}), ""},
		"another event besides":   {set("events", map[string]any{backChannelEvent: map[string]any{}, "urn:other": 1}), ""},
		"an event with members":   {event(map[string]any{"x": 1}), ""},
		"issued nine minutes ago": {set("iat", clock.Add(-9*time.Minute).Unix()), ""},
		"typ of an access token":  {typ("at+jwt"), "typ"},
		"typ no text":             {typ(7), "typ"},
		"alg none": {func(_ *evilOP, _, claims map[string]any) string {
			return b64JSON(map[string]any{"alg": "none"}) + "." + b64JSON(claims) + "."
		}, "alg"},
		"signed with the secret": {func(_ *evilOP, _, claims map[string]any) string { return signHS("HS256", claims, []byte(canarySecret)) }, "alg"},
		"another algorithm": {func(_ *evilOP, _, claims map[string]any) string {
			return sign(map[string]any{"alg": "ES256"}, must(json.Marshal(claims)), ecKey())
		}, "alg"},
		"another key": {func(_ *evilOP, h, claims map[string]any) string {
			return sign(h, must(json.Marshal(claims)), rsaKeys[1]())
		}, "signature"},
		"an unknown extension":      {signed(func(_ *evilOP, h, _ map[string]any) { h["crit"] = []string{"x"} }), "crit"},
		"another issuer":            {signed(func(op *evilOP, _, claims map[string]any) { claims["iss"] = op.URL + "1" }), "iss"},
		"no issuer":                 {drop("iss"), "iss"},
		"another audience":          {set("aud", testClientID+"1"), "aud"},
		"no audience":               {drop("aud"), "aud"},
		"two audiences without azp": {set("aud", []string{testClientID, "other"}), "aud"},
		"expired":                   {set("exp", clock.Add(-2*time.Minute).Unix()), "exp"},
		"no exp":                    {drop("exp"), "exp"},
		"no iat":                    {drop("iat"), "iat"},
		"iat as text":               {set("iat", "now"), "iat"},
		"issued eleven minutes ago": {set("iat", clock.Add(-11*time.Minute).Unix()), "iat"},
		"issued in two minutes":     {set("iat", clock.Add(2*time.Minute).Unix()), "iat"},
		"not valid yet":             {set("nbf", clock.Add(2*time.Minute).Unix()), "nbf"},
		"no events":                 {drop("events"), "events"},
		"events a list":             {set("events", []string{backChannelEvent}), "events"},
		"another event":             {set("events", map[string]any{"urn:other": map[string]any{}}), "events"},
		"the event a text":          {event("x"), "events"},
		"the event null":            {event(nil), "events"},
		"a nonce":                   {set("nonce", "n"), "nonce"},
		"an empty nonce":            {set("nonce", ""), "nonce"},
		"a nonce that is null":      {set("nonce", nil), "nonce"},
		"no jti":                    {drop("jti"), "jti"},
		"jti a number":              {set("jti", 7), "jti"},
		"jti of a megabyte":         {set("jti", strings.Repeat("x", 40_000)), "jti"},
		"neither sub nor sid":       {drop("sub", "sid"), "sub"},
		"sub empty":                 {set("sub", ""), "sub"},
		"sub null":                  {set("sub", nil), "sub"},
		"sid empty":                 {set("sid", ""), "sid"},
		"sid a list":                {set("sid", []string{"s-1"}), "sid"},
		"an ID token":               {func(op *evilOP, h, _ map[string]any) string { return sign(h, must(json.Marshal(op.claims)), op.key) }, "events"},
		"no token at all":           {func(*evilOP, map[string]any, map[string]any) string { return "x" }, "form"},
		"a member twice": {func(op *evilOP, h, claims map[string]any) string {
			all := string(must(json.Marshal(claims)))
			return signInput(b64JSON(h)+"."+b64([]byte(strings.TrimSuffix(all, "}")+`,"SUB":"bram"}`)), op.key)
		}, "form"},
	} {
		t.Run(name, func(t *testing.T) {
			op := newOP(t, false)
			op.claims["jti"] = "id"
			raw := c.make(op, map[string]any{"alg": "RS256", "kid": "k1"}, logoutClaims(op))
			got, cause := op.client(t).VerifyLogout(t.Context(), usher.NewSecret(raw))
			if c.subject == "" {
				if cause != nil {
					t.Fatalf("refused: %v", cause)
				}
				if got.ID != "t-1" || got.Subject+got.SessionID == "" || got.Issued.IsZero() {
					t.Errorf("read as %+v", got)
				}
				return
			}
			if cause == nil {
				t.Fatalf("accepted as %+v", got)
			}
			if cause.Subject != c.subject || got != (LogoutToken{}) {
				t.Errorf("refused for %q, wanted %q: %v", cause.Subject, c.subject, cause)
			}
		})
	}
}

// A token that is another provider's, or another client's, costs no look at the keys.
func TestLogoutTokenOfOthersAsksNobody(t *testing.T) {
	op := newOP(t, false)
	c := op.client(t)
	for _, name := range []string{"iss", "aud"} {
		claims := logoutClaims(op)
		claims[name] = "https://other.example"
		if _, cause := c.VerifyLogout(t.Context(), usher.NewSecret(sign(map[string]any{"alg": "RS256", "kid": "k9"}, must(json.Marshal(claims)), op.key))); cause == nil {
			t.Errorf("a token with another %s was accepted", name)
		}
	}
	if n := op.count("/keys"); n != 0 {
		t.Errorf("the keys were fetched %d times", n)
	}
}
