// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestSourcesShowNothingSecret(t *testing.T) {
	var claims map[string]any
	const said = `{"email":"ana@corp.example","nonce":"canary-n","at_hash":"canary-h","sid":"canary-s","jti":"canary-j","session":"canary",
		"Refresh_Token":"canary-r","my_password":"canary-p","deep":{"list":[{"clientSecret":"canary-c","label":"Campaign <corp> \u00a0é"}]},
		"jwt_like":"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2ln","echo":"you sent canary-code and canary%2Fother",
		"long":"` + "\\u0001" + `","n":12345678901234567890}`
	dec := json.NewDecoder(strings.NewReader(said))
	dec.UseNumber()
	if err := dec.Decode(&claims); err != nil {
		t.Fatal(err)
	}
	claims["long"] = strings.Repeat("x", 5000)
	g := &Grant{watched: &watched{}, sent: []string{"canary-code", "canary/other"}}
	g.watched.saw("profile", claims)
	g.watched.saw("organizations", []any{"eyJhbGciOiJSUzI1NiJ9.e30.c2ln", map[string]any{"access_token": "canary"}})
	var deep any = "canary-deep"
	for range 20 {
		deep = []any{deep}
	}
	g.watched.saw("deep", deep)
	raw, err := json.Marshal(g.Sources())
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	if strings.Contains(text, "canary") || strings.Contains(text, "eyJ") {
		t.Errorf("a secret is shown:\n%s", text)
	}
	for _, kept := range []string{"ana@corp.example", "12345678901234567890", "Campaign \\u003ccorp\\u003e \u00a0é", "you sent [secret]", `"profile"`, `"[0]"`} {
		if !strings.Contains(text, kept) {
			t.Errorf("%q is not shown:\n%s", kept, text)
		}
	}
	if len(text) > 4000 {
		t.Errorf("a long claim is not cut: %d bytes", len(text))
	}
	if (&Grant{}).Sources() != nil {
		t.Error("without anybody who asked something was kept")
	}
}

func TestManyClaimsAreCut(t *testing.T) {
	claims := make(map[string]any)
	for i := range 5000 {
		claims[strings.Repeat("a", 1+i%50)+string(rune('b'+i%20))+string(rune(0x4e00+i))] = i
	}
	g := &Grant{watched: &watched{}}
	g.watched.saw("userinfo", claims)
	if n := len(g.Sources()[0].Claims); n != maxClaims {
		t.Errorf("%d claims, wanted at most %d", n, maxClaims)
	}
}
