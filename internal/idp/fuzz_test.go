// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	usher "github.com/usher-signin/usher"
)

// offline is a client whose answers a fuzz test makes up.
func offline(ims bool) *Client {
	account := usher.ExternalAccount{InternalName: "corp", Type: usher.TypeOpenIDConnect, Server: "https://idp.example", ClientID: testClientID,
		ClientSecret: usher.NewSecret(canarySecret), OrganizationID: ourOrg, ProductContext: usher.ProductContextClassic, ProductContextShown: true}
	if ims {
		account.Type = usher.TypeMarketingCloud
	}
	return must(New(account, Options{}))
}

func answerOf(body []byte) *answer {
	return &answer{from: endpoint{name: "x", url: "https://idp.example/x", odd: usher.CodeProfileInvalid}, status: http.StatusOK, body: body, header: http.Header{}}
}

// wantTidy holds for every cause: one record, bounded, no control characters.
func wantTidy(t *testing.T, cause *usher.Cause) {
	t.Helper()
	if cause == nil {
		return
	}
	text := cause.Error()
	if cause.Code == "" || len(text) > 3000 || !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\n\r\x1b\u2028\u2029") {
		t.Fatalf("an untidy cause: %q", text)
	}
}

func FuzzIDToken(f *testing.F) {
	claims := map[string]any{"iss": "https://idp.example", "aud": testClientID, "sub": "ana", "nonce": canaryNonce, "iat": clock.Unix(), "exp": clock.Unix() + 60}
	good := sign(map[string]any{"alg": "RS256", "kid": "k1"}, must(json.Marshal(claims)), rsaKeys[0]())
	for _, seed := range []string{good, good + ".", "..", "a.b.c", good[:len(good)-9], "eyJhbGciOiJub25lIn0." + strings.Split(good, ".")[1] + "."} {
		f.Add(seed)
	}
	c := offline(false)
	key := publicKey{id: "k1", key: &rsaKeys[0]().PublicKey}
	f.Fuzz(func(t *testing.T, raw string) {
		token, err := parseToken(raw)
		if err != nil {
			wantTidy(t, formCause(err))
			return
		}
		p := c.present(&Metadata{}, token, redeemed{nonce: canaryNonce, accessToken: canaryAccess})
		p.now = clock
		passed := token.signedBy(key)
		for _, check := range tokenChecks() {
			if check.id == "signature" {
				continue
			}
			cause := check.judge(t.Context(), p)
			wantTidy(t, cause)
			passed = passed && cause == nil
		}
		if passed && raw != good {
			t.Fatalf("another token passes: %q", raw)
		}
	})
}

func FuzzKeySet(f *testing.F) {
	f.Add(must(json.Marshal(map[string]any{"keys": manyKeys()})))
	f.Add([]byte(`{"keys":[{"kty":"RSA","n":"","e":"AQAB"},{"kty":"EC","crv":"P-256","x":"AA","y":"AA"},null,1]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		object, err := decodeObject(data, foldKeys)
		if err != nil {
			return
		}
		items, _ := object["keys"].([]any)
		keys, skipped := readKeys(items)
		if len(keys)+len(skipped) < min(len(items), maxKeys) || len(keys) > maxKeys {
			t.Fatalf("%d keys, %d skipped of %d", len(keys), len(skipped), len(items))
		}
		for _, k := range keys {
			fits := slices.ContainsFunc(strings.Fields(algorithmNames), k.fits)
			if k.key == nil || !fits {
				t.Fatalf("a key that fits nothing: %T", k.key)
			}
		}
	})
}

func FuzzMetadata(f *testing.F) {
	f.Add([]byte(`{"issuer":"https://idp.example","authorization_endpoint":"https://idp.example/a","token_endpoint":"https://idp.example/t","jwks_uri":"https://idp.example/k"}`), false)
	f.Add([]byte(`{"issuer":"https://idp.example/ims","token_endpoint":"http://169.254.169.254/"}`), true)
	plain, ims := offline(false), offline(true)
	f.Fuzz(func(t *testing.T, data []byte, isIMS bool) {
		object, err := decodeObject(data, foldTop)
		if err != nil {
			return
		}
		c := plain
		if isIMS {
			c = ims
		}
		md, cause := c.readMetadata(c.discovery(), object)
		wantTidy(t, cause)
		if cause != nil {
			return
		}
		for _, address := range []string{md.AuthorizationEndpoint, md.TokenEndpoint, md.JWKSURI} {
			u, err := url.Parse(address)
			if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || usher.Loopback(u.Hostname()) {
				t.Fatalf("an address to call: %q", address)
			}
		}
		if !slices.Contains(c.issuers(), md.Issuer) {
			t.Fatalf("issuer %q", md.Issuer)
		}
	})
}

func FuzzTokenAnswer(f *testing.F) {
	f.Add([]byte(`{"access_token":"a","token_type":"Bearer","expires_in":3600,"id_token":"x"}`), 200)
	f.Add([]byte(`{"error":"invalid_client","error_description":"invalid client_secret parameter"}`), 400)
	f.Add([]byte(`{"access_token":"a","token_type":"bearer","expires_in":1e300}`), 200)
	c := offline(true)
	f.Fuzz(func(t *testing.T, data []byte, status int) {
		a := answerOf(data)
		a.status = status
		if status != http.StatusOK {
			wantTidy(t, c.tokenRefused(a))
			return
		}
		object, cause := a.object(foldTop)
		if cause != nil {
			wantTidy(t, cause)
			return
		}
		tokens, cause := c.readTokens(a, object)
		wantTidy(t, cause)
		if cause == nil && (tokens.access == "" || strings.ContainsAny(tokens.access, "\r\n\x00 ")) {
			t.Fatalf("an access token %q", tokens.access)
		}
	})
}

func FuzzProfile(f *testing.F) {
	f.Add(must(json.Marshal(map[string]any{"projectedProductContext": []any{prodCtx("dma_campaign_classic", ourOrg, "Campaign - corp - Admin")},
		"roles": []any{map[string]any{"organization": ourOrg, "target_data": map[string]any{"group_name": "x"}}}, "email": "ana@corp.example", "userId": "ana"})),
		must(json.Marshal([]any{imsOrg("0123456789ABCDEF01234567", "a", "b")})))
	f.Add([]byte(`{"groups":["a"],"_claim_names":{"groups":"s"},"name":"x","email":"a@b@c"}`), []byte(`{}`))
	f.Fuzz(func(t *testing.T, profile, organizations []byte) {
		object, err := decodeObject(profile, foldTop)
		if err != nil {
			return
		}
		ims := offline(true).account
		grant := &Grant{Provider: "p", Subject: "ana", Claims: object}
		facts := &facts{account: ims, grant: grant}
		_ = facts.contexts(object)
		facts.roles(object)
		facts.email(text(object, "email"), true)
		facts.name(text(object, "name"))
		if v, err := decodeValue(organizations, foldTop); err == nil {
			items, _ := v.([]any)
			for _, item := range items {
				facts.organizationEntry(item)
			}
		}
		wantTidy(t, offline(false).oidcFacts(facts, object))
		p := facts.person
		if len(p.Groups) > usher.MaxGroups+1 || len(p.ProductContexts) > usher.MaxGroups+1 || len(p.Organizations) > usher.MaxGroups+1 || len(grant.Notes) > maxNotes {
			t.Fatal("too much was kept")
		}
		for _, m := range p.Groups {
			if m.Group == "" || len(m.Group) > 2*usher.MaxGroupBytes || m.Source == "" {
				t.Fatalf("a membership %+v", m)
			}
		}
		if strings.ContainsAny(p.Name+p.Email+strings.Join(p.Organizations, ""), "\x00\r\n\x1b\u2028") || strings.Count(p.Email, "@") > 1 {
			t.Fatalf("%+v", p)
		}
	})
}

func FuzzProviderError(f *testing.F) {
	f.Add("error=invalid_scope&error_description=x")
	f.Add("error=%00%0d%0a&state=abcd&code=efgh")
	c := offline(true)
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		cause := c.ProviderError(values)
		wantTidy(t, cause)
		if (cause == nil) == values.Has("error") {
			t.Fatalf("%v", cause)
		}
	})
}
