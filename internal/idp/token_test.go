// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	usher "github.com/usher-signin/usher"
)

// A tampering makes the provider misbehave in one way.
type tampering struct {
	name    string
	do      func(op *evilOP)
	subject string // of the cause; empty: the sign-in must succeed
}

func claim(name string, value any) func(*evilOP) {
	return func(op *evilOP) { op.claims[name] = value }
}

func header(name string, value any) func(*evilOP) {
	return func(op *evilOP) { op.header[name] = value }
}

func without(name string) func(*evilOP) {
	return func(op *evilOP) { delete(op.claims, name) }
}

func signHS(alg string, claims map[string]any, key []byte) string {
	input := b64JSON(map[string]any{"alg": alg, "kid": "k1"}) + "." + b64JSON(claims)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(input))
	return input + "." + b64(mac.Sum(nil))
}

const base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// rawToken signs a header and claims that are written as they are.
func rawToken(op *evilOP, header, claims string) string {
	return signInput(b64([]byte(header))+"."+b64([]byte(claims)), op.key)
}

func rawClaims(op *evilOP, add string) string {
	s := string(must(json.Marshal(op.claims)))
	return strings.TrimSuffix(s, "}") + "," + add + "}"
}

// runTamperings signs in against each misbehavior. After a bad ID token no
// endpoint may see the access token, and the code is sent once.
func runTamperings(t *testing.T, table []tampering) {
	t.Helper()
	for _, row := range table {
		t.Run(row.name, func(t *testing.T) {
			op := newOP(t, false)
			row.do(op)
			g, _, cause := signIn(t, op.client(t))
			if n := op.count("/token"); n != 1 {
				t.Errorf("the code was sent %d times", n)
			}
			if row.subject == "" {
				if cause != nil || op.count("/userinfo") != 1 {
					t.Errorf("refused: %v", cause)
				}
				return
			}
			if cause == nil {
				t.Fatalf("accepted, as %q", g.Subject)
			}
			if cause.Code != usher.CodeIDTokenInvalid || cause.Subject != row.subject || cause.Step != usher.StepVerify || cause.Want == "" || cause.Saw == "" {
				t.Errorf("cause %q of %q at %q, want subject %q (%v)", cause.Code, cause.Subject, cause.Step, row.subject, cause)
			}
			if n := op.count("/userinfo"); n != 0 {
				t.Errorf("userinfo was asked %d times", n)
			}
		})
	}
}

func TestTokenUnsignedOrSignedWithAPublicKey(t *testing.T) {
	table := []tampering{}
	for _, alg := range []string{"none", "None", "NONE", "nOnE", "none ", "", "RSA1_5", "HS384", "rs256"} {
		table = append(table, tampering{"alg " + alg, func(op *evilOP) {
			op.idToken = b64JSON(map[string]any{"alg": alg}) + "." + b64JSON(op.claims) + "."
		}, "alg"})
	}
	table = append(table,
		tampering{"alg missing", func(op *evilOP) { op.idToken = b64JSON(map[string]any{}) + "." + b64JSON(op.claims) + "." }, "alg"},
		tampering{"alg an array", header("alg", []string{"RS256"}), "alg"},
		tampering{"RS256 with an empty signature", func(op *evilOP) {
			op.idToken = b64JSON(op.header) + "." + b64JSON(op.claims) + "."
		}, "signature"},
	)
	public := &rsaKeys[0]().PublicKey
	der := must(x509.MarshalPKIXPublicKey(public))
	for name, key := range map[string][]byte{
		"PEM":     pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}),
		"DER":     der,
		"PKCS1":   x509.MarshalPKCS1PublicKey(public),
		"modulus": public.N.Bytes(),
		"JWK":     must(json.Marshal(publicJWK("k1", rsaKeys[0]()))),
		"secret":  []byte(canarySecret),
	} {
		table = append(table, tampering{"HS256 with " + name, func(op *evilOP) { op.idToken = signHS("HS256", op.claims, key) }, "alg"})
	}
	runTamperings(t, table)
}

func TestTokenAlgorithmAndKey(t *testing.T) {
	sameKid := func(op *evilOP, key any) {
		op.jwks = append(op.jwks, publicJWK("k2", key))
		op.key, op.header["kid"] = key, "k2"
	}
	runTamperings(t, []tampering{
		{"EC key, ES256 not allowed", func(op *evilOP) { sameKid(op, ecKey()); op.header["alg"] = "ES256" }, "alg"},
		{"EC key, alg says RS256", func(op *evilOP) { sameKid(op, ecKey()) }, "kid"},
		{"key of somebody else", func(op *evilOP) { op.key = rsaKeys[1]() }, "signature"},
		{"key of somebody else, kid unknown", func(op *evilOP) { op.key = rsaKeys[1](); op.header["kid"] = "k9" }, "kid"},
		{"key for encryption", func(op *evilOP) { op.jwks[0]["use"] = "enc" }, "kid"},
		{"key for RS512", func(op *evilOP) { op.jwks[0]["alg"] = "RS512" }, "kid"},
		{"key with key_ops sign only", func(op *evilOP) { op.jwks[0]["key_ops"] = []string{"sign"} }, "kid"},
		{"key with key_ops verify", func(op *evilOP) { op.jwks[0]["key_ops"] = []string{"verify"} }, ""},
		{"key without use and alg", func(op *evilOP) { delete(op.jwks[0], "use"); delete(op.jwks[0], "alg") }, ""},
		{"key with private parts", func(op *evilOP) { op.jwks[0]["d"] = "AQAB" }, "kid"},
		{"no keys", func(op *evilOP) { op.jwks = []map[string]any{} }, "kid"},
		{"two keys of one kid, the second is right", func(op *evilOP) {
			op.jwks = []map[string]any{publicJWK("k1", rsaKeys[1]()), publicJWK("k1", rsaKeys[0]())}
		}, ""},
	})
}

func TestTokenHeaderCannotBringItsOwnKey(t *testing.T) {
	own := publicJWK("", rsaKeys[1]())
	table := []tampering{
		{"jwk of the signer", func(op *evilOP) { op.key = rsaKeys[1](); op.header["jwk"] = own }, "signature"},
		{"jwk of the signer, no kid", func(op *evilOP) { op.key = rsaKeys[1](); op.header["jwk"] = own; delete(op.header, "kid") }, "signature"},
		{"jku", func(op *evilOP) { op.key = rsaKeys[1](); op.header["jku"] = op.URL + "/evil" }, "signature"},
		{"x5u", func(op *evilOP) { op.key = rsaKeys[1](); op.header["x5u"] = op.URL + "/evil" }, "signature"},
		{"x5u on an honest token", func(op *evilOP) { op.header["x5u"] = "ims_na1-key-1.cer" }, ""},
		{"jku on an honest token", func(op *evilOP) { op.header["jku"] = op.URL + "/evil" }, ""},
		{"x5c on an honest token", func(op *evilOP) { op.header["x5c"] = []string{"garbage"} }, ""},
		{"x5t on an honest token", func(op *evilOP) { op.header["x5t"] = "garbage" }, ""},
		{"jwk on an honest token", func(op *evilOP) { op.header["jwk"] = own }, ""},
		{"odd jwk on an honest token", func(op *evilOP) { op.header["jwk"] = "odd" }, ""},
	}
	for _, kid := range []string{"../../etc/passwd", "k1' OR '1'='1", "k1\x00", "k1\r\nX: y", strings.Repeat("k", 10<<10), "K1", "k1 "} {
		table = append(table, tampering{fmt.Sprintf("kid %.12q", kid), header("kid", kid), "kid"})
	}
	table = append(table,
		tampering{"kid empty", header("kid", ""), "kid"},
		tampering{"kid a number", header("kid", 1), "kid"},
		tampering{"kid null", header("kid", nil), "kid"},
	)
	runTamperings(t, table)
	op := newOP(t, false)
	op.header["jku"], op.header["x5u"], op.key = op.URL+"/evil", op.URL+"/evil", rsaKeys[1]()
	_, _, _ = signIn(t, op.client(t))
	if op.count("/evil") != 0 {
		t.Error("an address in the token was fetched")
	}
}

func TestTokenForm(t *testing.T) {
	reshape := func(f func(parts []string) string) func(*evilOP) {
		return func(op *evilOP) { op.idToken = f(strings.Split(op.signed(), ".")) }
	}
	runTamperings(t, []tampering{
		{"crit unknown", header("crit", []string{"exp"}), "crit"},
		{"crit empty", header("crit", []string{}), "crit"},
		{"b64 false", header("b64", false), "b64"},
		{"b64 true", header("b64", true), "b64"},
		{"zip", header("zip", "DEF"), "zip"},
		{"p2c is of no matter", header("p2c", 1<<40), ""},
		{"typ JWT", header("typ", "jwt"), ""},
		{"typ application/jwt", header("typ", "application/JWT"), ""},
		{"typ at+jwt", header("typ", "at+jwt"), "typ"},
		{"typ logout+jwt", header("typ", "logout+jwt"), "typ"},
		{"typ a number", header("typ", 1), "typ"},
		{"two parts", reshape(func(p []string) string { return p[0] + "." + p[1] }), "form"},
		{"four parts", reshape(func(p []string) string { return strings.Join(p, ".") + "." + p[2] }), "form"},
		{"five parts", reshape(func(p []string) string { return strings.Join(p, ".") + ".." }), "form"},
		{"a million dots", func(op *evilOP) { op.idToken = strings.Repeat(".", 60<<10) }, "form"},
		{"JSON form", func(op *evilOP) {
			p := strings.Split(op.signed(), ".")
			op.idToken = string(must(json.Marshal(map[string]any{"payload": p[1], "protected": p[0], "signature": p[2]})))
		}, "form"},
		{"padding", reshape(func(p []string) string { return p[0] + "." + p[1] + "." + p[2] + "=" }), "form"},
		{"blank before", reshape(func(p []string) string { return " " + strings.Join(p, ".") }), "form"},
		{"line break inside", reshape(func(p []string) string { return p[0] + "." + p[1] + "\n." + p[2] }), "form"},
		{"the other alphabet", reshape(func(p []string) string {
			return p[0] + "." + p[1] + "." + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("\xff", 256)))
		}), "form"},
		{"signature spelled in another way", reshape(func(p []string) string {
			last := strings.IndexByte(base64url, p[2][len(p[2])-1])
			return p[0] + "." + p[1] + "." + p[2][:len(p[2])-1] + string(base64url[last|1])
		}), "form"},
		{"signature of zeros", reshape(func(p []string) string { return p[0] + "." + p[1] + "." + b64(make([]byte, 256)) }), "signature"},
		{"signature cut", reshape(func(p []string) string { return p[0] + "." + p[1] + "." + p[2][:len(p[2])-2] }), "signature"},
		{"more than 64 KiB", claim("pad", strings.Repeat("x", 64<<10)), "form"},
		{"almost 64 KiB", claim("pad", strings.Repeat("x", 46<<10)), ""},
		{"claims not an object", func(op *evilOP) { op.idToken = rawToken(op, `{"alg":"RS256","kid":"k1"}`, `[1]`) }, "form"},
		{"claims with something after", func(op *evilOP) {
			op.idToken = rawToken(op, `{"alg":"RS256","kid":"k1"}`, rawClaims(op, `"a":1`)+"{}")
		}, "form"},
		{"claims not UTF-8", func(op *evilOP) {
			op.idToken = rawToken(op, `{"alg":"RS256","kid":"k1"}`, rawClaims(op, "\"a\":\"\xff\""))
		}, "form"},
		{"claims nested deep", func(op *evilOP) {
			op.idToken = rawToken(op, `{"alg":"RS256","kid":"k1"}`, rawClaims(op, `"a":`+strings.Repeat("[", 9000)+strings.Repeat("]", 9000)))
		}, "form"},
	})
}

func TestTokenMembersTwice(t *testing.T) {
	table := []tampering{}
	for _, add := range []string{`"sub":"root"`, `"SUB":"root"`, `"ſub":"root"`, `"\u0053ub":"root"`, `"Nonce":"x"`, `"NONCE":"x"`, `"ISS":"x"`, `"aUd":"x"`} {
		table = append(table, tampering{"claims with " + add, func(op *evilOP) {
			op.idToken = rawToken(op, `{"alg":"RS256","kid":"k1"}`, rawClaims(op, add))
		}, "form"})
	}
	for _, head := range []string{
		`{"alg":"RS256","alg":"none","kid":"k1"}`, `{"alg":"RS256","ALG":"none","kid":"k1"}`, `{"alg":"RS256","kid":"k1","Kid":"k2"}`, `{"alg":"RS256","kid":"k1","\u212Aid":"k2"}`,
	} {
		table = append(table, tampering{"header " + head, func(op *evilOP) { op.idToken = rawToken(op, head, string(must(json.Marshal(op.claims)))) }, "form"})
	}
	table = append(table,
		tampering{"nested, exactly twice", func(op *evilOP) {
			op.idToken = rawToken(op, `{"alg":"RS256","kid":"k1"}`, rawClaims(op, `"address":{"a":1,"a":2}`))
		}, "form"},
		tampering{"nested, other case: nothing reads it", claim("address", map[string]any{"a": 1, "A": 2}), ""},
		tampering{"SUB alone is no sub", func(op *evilOP) { op.claims["SUB"] = op.claims["sub"]; delete(op.claims, "sub") }, "sub"},
	)
	runTamperings(t, table)
}

func TestTokenTimes(t *testing.T) {
	at := func(d time.Duration) int64 { return clock.Add(d).Unix() }
	table := []tampering{
		{"exp 59 s ago", claim("exp", at(-59*time.Second)), ""},
		{"exp 60 s ago", claim("exp", at(-60*time.Second)), "exp"},
		{"exp 6 min ago", claim("exp", at(-6*time.Minute)), "exp"},
		{"exp missing", without("exp"), "exp"},
		{"exp with a fraction", claim("exp", float64(at(0))+30.5), ""},
		{"iat missing", without("iat"), "iat"},
		{"iat in 60 s", claim("iat", at(60*time.Second)), ""},
		{"iat in 61 s", claim("iat", at(61*time.Second)), "iat"},
		{"iat an hour ago", claim("iat", at(-time.Hour)), ""},
		{"iat over an hour ago", claim("iat", at(-time.Hour-time.Second)), "iat"},
		{"iat a week ago", claim("iat", at(-7*24*time.Hour)), "iat"},
		{"nbf missing", without("nbf"), ""},
		{"nbf now", claim("nbf", at(0)), ""},
		{"nbf in 60 s", claim("nbf", at(60*time.Second)), ""},
		{"nbf in 61 s", claim("nbf", at(61*time.Second)), "nbf"},
	}
	for _, name := range []string{"exp", "iat", "nbf"} {
		for _, odd := range []string{`"1795341600"`, `-1`, `1e300`, `1e400`, `null`, `true`, `[]`, `{}`, `"soon"`, `253402300800`} {
			table = append(table, tampering{name + " " + odd, claim(name, json.RawMessage(odd)), name})
		}
	}
	runTamperings(t, table)
}

func TestTokenIssuerAndAudience(t *testing.T) {
	issuer := func(f func(string) string) func(*evilOP) {
		return func(op *evilOP) { op.claims["iss"] = f(op.URL) }
	}
	runTamperings(t, []tampering{
		{"iss + 1", issuer(func(s string) string { return s + "1" }), "iss"},
		{"iss with a slash", issuer(func(s string) string { return s + "/" }), "iss"},
		{"iss in other case", issuer(strings.ToUpper), "iss"},
		{"iss with https", issuer(func(s string) string { return strings.Replace(s, "http:", "https:", 1) }), "iss"},
		{"iss missing", without("iss"), "iss"},
		{"iss an array", func(op *evilOP) { op.claims["iss"] = []string{op.URL} }, "iss"},
		{"aud + 1", claim("aud", testClientID+"1"), "aud"},
		{"aud in other case", claim("aud", strings.ToUpper(testClientID)), "aud"},
		{"aud missing", without("aud"), "aud"},
		{"aud empty array", claim("aud", []string{}), "aud"},
		{"aud one in an array", claim("aud", []string{testClientID}), ""},
		{"aud an object", claim("aud", map[string]any{testClientID: true}), "aud"},
		{"aud with a number", claim("aud", []any{testClientID, 1}), "aud"},
		{"aud extra", claim("aud", []string{testClientID, "other"}), "aud"},
		{"aud extra, azp us", func(op *evilOP) { op.claims["aud"] = []string{"other", testClientID}; op.claims["azp"] = testClientID }, ""},
		{"aud extra, azp other", func(op *evilOP) { op.claims["aud"] = []string{testClientID, "other"}; op.claims["azp"] = "other" }, "aud"},
		{"aud of a crowd", func(op *evilOP) {
			op.claims["aud"], op.claims["azp"] = append(slices.Repeat([]string{"other"}, maxAuds), testClientID), testClientID
		}, "aud"},
		{"aud without us, azp us", func(op *evilOP) { op.claims["aud"] = []string{"other"}; op.claims["azp"] = testClientID }, "aud"},
		{"aud us, azp us", claim("azp", testClientID), ""},
		{"aud us, azp other", claim("azp", "other"), "azp"},
		{"azp null", claim("azp", nil), "azp"},
	})
}

func TestTokenNonceAndSubject(t *testing.T) {
	table := []tampering{
		{"nonce + 1", claim("nonce", canaryNonce+"1"), "nonce"},
		{"nonce missing", without("nonce"), "nonce"},
		{"nonce empty", claim("nonce", ""), "nonce"},
		{"nonce an array", claim("nonce", []string{canaryNonce}), "nonce"},
		{"nonce null", claim("nonce", nil), "nonce"},
		{"sub missing", without("sub"), "sub"},
		{"sub empty", claim("sub", ""), "sub"},
		{"sub a number", claim("sub", 1), "sub"},
		{"sub an array", claim("sub", []string{"ana-1"}), "sub"},
		{"sub of 256 bytes", claim("sub", strings.Repeat("a", 256)), "sub"},
		{"sub with a control byte", claim("sub", "ana\n1"), "sub"},
		{"sub not ASCII", claim("sub", "anа-1"), "sub"},
		{"sub of 255 bytes", func(op *evilOP) {
			op.claims["sub"] = strings.Repeat("a", 255)
			op.info["sub"] = op.claims["sub"]
		}, ""},
	}
	sum := sha256.Sum256([]byte(canaryAccess))
	table = append(table,
		tampering{"at_hash right", claim("at_hash", b64(sum[:16])), ""},
		tampering{"at_hash of the whole digest", claim("at_hash", b64(sum[:])), "at_hash"},
		tampering{"at_hash wrong", claim("at_hash", b64(make([]byte, 16))), "at_hash"},
		tampering{"at_hash null", claim("at_hash", nil), "at_hash"},
		tampering{"at_hash empty", claim("at_hash", ""), "at_hash"},
	)
	runTamperings(t, table)
}

func TestCallerWithoutNonceIsRefused(t *testing.T) {
	for _, nonce := range []any{"", canaryNonce} {
		op := newOP(t, false)
		op.claims["nonce"] = nonce
		r := redemption()
		r.Nonce = ""
		if _, cause := op.client(t).Redeem(t.Context(), r); cause == nil || cause.Subject != "nonce" {
			t.Errorf("nonce %q: cause %v", nonce, cause)
		}
	}
}

func TestOtherSignatureAlgorithms(t *testing.T) {
	for alg, key := range map[string]any{"ES256": ecKey(), "EdDSA": edKey(), "RS256": rsaKeys[0]()} {
		op := newOP(t, false)
		op.key, op.header["alg"], op.jwks = key, alg, []map[string]any{publicJWK("k1", key)}
		op.extra = map[string]any{"id_token_signing_alg_values_supported": []string{alg}}
		o := Options{Algorithms: []string{alg}}
		if _, _, cause := signIn(t, op.clientFor(t, op.account(), o)); cause != nil {
			t.Errorf("%s: %v", alg, cause)
		}
		good := op.signed()
		op.idToken = good[:len(good)-12] + "AAAAAAAAAAAA"
		if _, _, cause := signIn(t, op.clientFor(t, op.account(), o)); cause == nil || cause.Subject != "signature" {
			t.Errorf("%s with a broken signature: %v", alg, cause)
		}
	}
	for _, alg := range []string{"none", "HS256", "", "RS257"} {
		op := newOP(t, false)
		if _, err := New(op.account(), Options{Algorithms: []string{alg}, Environment: usher.Development}); err == nil {
			t.Errorf("the algorithm %q may be allowed", alg)
		}
	}
}

func TestZeroAndDERSignaturesOfEC(t *testing.T) {
	op := newOP(t, false)
	op.key, op.header["alg"], op.jwks = ecKey(), "ES256", []map[string]any{publicJWK("k1", ecKey())}
	parts := strings.Split(op.signed(), ".")
	raw := must(base64.RawURLEncoding.DecodeString(parts[2]))
	der := append([]byte{0x30, 0x44, 2, 32}, raw[:32]...)
	der = append(append(der, 2, 32), raw[32:]...)
	for name, sig := range map[string][]byte{"zeros": make([]byte, 64), "DER": der, "empty": {}, "long": append(slices.Clone(raw), 0), "zero between": slices.Concat(raw[:32], []byte{0}, raw[32:]),
		"zero before": append([]byte{0}, raw...)} {
		op.idToken = parts[0] + "." + parts[1] + "." + b64(sig)
		if _, _, cause := signIn(t, op.clientFor(t, op.account(), Options{Algorithms: []string{"ES256"}})); cause == nil || cause.Subject != "signature" {
			t.Errorf("%s: %v", name, cause)
		}
	}
}
