// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	usher "github.com/usher-signin/usher"
)

// The modules of the OpenID Foundation's relying-party suite that the basic
// and the config plan hold, played by our own provider. This is no run of the
// suite. Names are the suite's, after oidcc-client-test.
func TestConformanceModules(t *testing.T) {
	for _, m := range []struct {
		module string
		do     func(op *evilOP)
		code   usher.Code // empty: the module ends well, at userinfo
	}{
		{"", func(*evilOP) {}, ""},
		{"-invalid-iss", func(op *evilOP) { op.claims["iss"] = op.URL + "1" }, usher.CodeIDTokenInvalid},
		{"-missing-sub", without("sub"), usher.CodeIDTokenInvalid},
		{"-invalid-aud", claim("aud", testClientID+"1"), usher.CodeIDTokenInvalid},
		{"-missing-aud", without("aud"), usher.CodeIDTokenInvalid},
		{"-missing-iat", without("iat"), usher.CodeIDTokenInvalid},
		{"-kid-absent-single-jwks", func(op *evilOP) {
			delete(op.header, "kid")
			delete(op.jwks[0], "kid")
		}, ""},
		{"-kid-absent-multiple-jwks", func(op *evilOP) {
			delete(op.header, "kid")
			op.jwks = manyKeys()
		}, ""},
		{"-idtoken-sig-rs256", func(*evilOP) {}, ""},
		{"-idtoken-sig-none", func(op *evilOP) {
			op.idToken = b64JSON(map[string]any{"alg": "none"}) + "." + b64JSON(op.claims) + "."
		}, usher.CodeIDTokenInvalid},
		{"-invalid-sig-rs256", xorSignature, usher.CodeIDTokenInvalid},
		{"-invalid-sig-es256", func(op *evilOP) {
			op.key, op.header["alg"], op.jwks = ecKey(), "ES256", []map[string]any{publicJWK("k1", ecKey())}
			xorSignature(op)
		}, usher.CodeIDTokenInvalid},
		{"-invalid-sig-hs256", func(op *evilOP) { op.idToken = signHS("HS256", op.claims, []byte("another")) }, usher.CodeIDTokenInvalid},
		{"-userinfo-invalid-sub", func(op *evilOP) { op.info["sub"] = "ana-1invalid" }, usher.CodeProfileInvalid},
		{"-nonce-invalid", claim("nonce", canaryNonce+"1"), usher.CodeIDTokenInvalid},
		{"-scope-userinfo-claims", func(*evilOP) {}, ""},
		{"-client-secret-basic", func(op *evilOP) {
			op.extra = map[string]any{"token_endpoint_auth_methods_supported": []string{"client_secret_basic"}}
		}, ""},
		{"-userinfo-bearer-header", func(*evilOP) {}, ""},
		{"-invalid-athash", claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"), usher.CodeIDTokenInvalid},
		{"-missing-athash", func(*evilOP) {}, ""},
		{"-aggregated-claims", func(op *evilOP) {
			op.info["_claim_names"] = map[string]any{"address": "src1"}
			op.info["_claim_sources"] = map[string]any{"src1": map[string]any{"JWT": "eyJ"}}
		}, ""},
		{"-distributed-claims", func(op *evilOP) {
			op.info["_claim_names"] = map[string]any{"credit_score": "src1"}
			op.info["_claim_sources"] = map[string]any{"src1": map[string]any{"endpoint": op.URL + "/claims", "access_token": "x"}}
		}, ""},
		{"-discovery-openid-config", func(*evilOP) {}, ""},
		{"-discovery-jwks-uri-keys", func(op *evilOP) {
			op.extra = map[string]any{"jwks_uri": op.URL + "/random-7261/keys"}
			op.answer("/random-7261/keys", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, map[string]any{"keys": op.jwks}) })
		}, ""},
		{"-discovery-issuer-mismatch", func(op *evilOP) { op.extra = map[string]any{"issuer": op.URL + "INVALID"} }, usher.CodeProviderIssuer},
		{"-signing-key-rotation", func(*evilOP) {}, ""}, // see TestKeyRotation
		{"-signing-key-rotation-just-before-signing", func(*evilOP) {}, ""},
	} {
		t.Run("oidcc-client-test"+m.module, func(t *testing.T) {
			op := newOP(t, false)
			m.do(op)
			c := op.client(t)
			address, cause := c.AuthorizeURL(t.Context(), AuthRequest{State: canaryState, Nonce: canaryNonce, Verifier: canaryVerifier})
			if m.code == usher.CodeProviderIssuer {
				if cause == nil || cause.Code != m.code {
					t.Errorf("a browser is sent to %q (%v)", address, cause)
				}
				return
			}
			if cause != nil {
				t.Fatal(cause)
			}
			_, _, cause = signIn(t, c)
			if m.code == "" {
				if cause != nil || op.count("/userinfo") != 1 {
					t.Errorf("refused: %v", cause)
				}
			} else if cause == nil || cause.Code != m.code {
				t.Errorf("want %s, got %v", m.code, cause)
			}
			if m.code == usher.CodeIDTokenInvalid && op.count("/userinfo") != 0 {
				t.Error("userinfo was asked after a bad ID token")
			}
			if op.count("/claims") != 0 {
				t.Error("an address from a claim was fetched")
			}
		})
	}
}

func xorSignature(op *evilOP) {
	token := must(parseToken(op.signed()))
	for i := range token.signature {
		token.signature[i] ^= 0xff
	}
	op.idToken = token.raw[:strings.LastIndexByte(token.raw, '.')] + "." + b64(token.signature)
}

// manyKeys are keys of every kind, none with a name, ours in the middle.
func manyKeys() []map[string]any {
	secp := map[string]any{"kty": "EC", "crv": "secp256k1", "x": b64(make([]byte, 32)), "y": b64(make([]byte, 32)), "use": "sig"}
	keys := []map[string]any{secp, publicJWK("", ecKey()), publicJWK("", rsaKeys[1]()), publicJWK("", rsaKeys[0]()), publicJWK("", edKey())}
	return append(keys, secp, map[string]any{"kty": "OKP", "crv": "X25519", "x": b64(make([]byte, 32))}, map[string]any{"kty": "XYZ"})
}

func TestBasicAuthenticationIsFormEncoded(t *testing.T) {
	op := newOP(t, false)
	account := op.account()
	account.ClientID = "a client:id+%"
	op.claims["aud"] = account.ClientID
	if _, cause := op.clientFor(t, account, Options{}).Redeem(t.Context(), redemption()); cause != nil {
		t.Fatal(cause)
	}
	call := op.last("/token")
	req := &http.Request{Header: call.header}
	id, secret, ok := req.BasicAuth()
	if !ok || id != url.QueryEscape(account.ClientID) || secret != url.QueryEscape(canarySecret) {
		t.Errorf("Basic %v %q", ok, id)
	}
	form := must(url.ParseQuery(call.body))
	if form.Has("client_id") || form.Has("client_secret") || form.Get("redirect_uri") != testCallback || form.Get("code_verifier") != canaryVerifier {
		t.Errorf("form with %d members", len(form))
	}
}

func TestClientAuthenticationIsChosenFromMetadata(t *testing.T) {
	for _, row := range []struct {
		name    string
		offered any
		ims     bool
		secret  string
		basic   bool
		post    bool
	}{
		{"nothing said", nil, false, canarySecret, true, false},
		{"both", []string{"client_secret_post", "client_secret_basic"}, false, canarySecret, true, false},
		{"post only", []string{"client_secret_post", "private_key_jwt"}, false, canarySecret, false, true},
		{"no secret", nil, false, "", false, false},
		{"IMS", []string{"client_secret_basic", "client_secret_post"}, true, canarySecret, false, true},
	} {
		op := newOP(t, row.ims)
		if row.offered != nil {
			op.extra = map[string]any{"token_endpoint_auth_methods_supported": row.offered}
		}
		account := op.account()
		account.ClientSecret = usher.NewSecret(row.secret)
		if _, cause := op.clientFor(t, account, Options{}).Redeem(t.Context(), redemption()); cause != nil {
			t.Errorf("%s: %v", row.name, cause)
			continue
		}
		call := op.last("/token")
		form := must(url.ParseQuery(call.body))
		if got := call.header.Get("Authorization") != ""; got != row.basic {
			t.Errorf("%s: Basic %v", row.name, got)
		}
		if got := form.Get("client_secret") == canarySecret; got != row.post {
			t.Errorf("%s: secret in the body %v", row.name, got)
		}
		if (form.Get("client_id") == testClientID) == row.basic {
			t.Errorf("%s: client_id %q", row.name, form.Get("client_id"))
		}
		if form.Has("redirect_uri") == row.ims || call.rawQuery != "" {
			t.Errorf("%s: redirect_uri %v, query %q", row.name, form.Has("redirect_uri"), call.rawQuery)
		}
	}
	op := newOP(t, false)
	op.extra = map[string]any{"token_endpoint_auth_methods_supported": []string{"private_key_jwt"}}
	if _, cause := op.client(t).Redeem(t.Context(), redemption()); cause == nil || cause.Code != usher.CodeProviderMetadata || op.count("/token") != 0 {
		t.Errorf("a method that usher does not speak: %v", cause)
	}
}

// The provider changes its keys between two sign-ins, and again right before
// it signs.
func TestKeyRotation(t *testing.T) {
	op := newOP(t, false)
	now := clock
	op.now = func() time.Time { return now }
	c := op.client(t)
	for i, kid := range []string{"k1", "k2", "k3"} {
		op.key, op.header["kid"] = rsaKeys[i%2](), kid
		op.jwks = []map[string]any{publicJWK(kid, op.key)}
		if _, _, cause := signIn(t, c); cause != nil {
			t.Fatalf("with key %s: %v", kid, cause)
		}
		now = now.Add(10 * time.Second)
	}
	if n := op.count("/keys"); n != 3 {
		t.Errorf("keys fetched %d times", n)
	}
}

func TestRotationOfKeysWithoutNames(t *testing.T) {
	op := newOP(t, false)
	delete(op.header, "kid")
	c := op.client(t)
	for i := range 2 {
		op.key = rsaKeys[i]()
		op.jwks = []map[string]any{publicJWK("", op.key)}
		if _, _, cause := signIn(t, c); cause != nil {
			t.Fatalf("with key %d: %v", i, cause)
		}
	}
}
