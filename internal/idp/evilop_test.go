// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"log"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	usher "github.com/usher-signin/usher"
)

// Values that must never be seen outside the wire. Each is unlike any word.
const (
	canarySecret   = "canary+secret/QpZ7 vT"
	canaryCode     = "canary-code-Xr41Lm0w"
	canaryNonce    = "canary-nonce-W8uFq2Ke"
	canaryState    = "canary-state-J5sVn9Ac"
	canaryVerifier = "canary-verifier-0123456789-0123456789-01234567"
	canaryAccess   = "canary-access-Hd62Tg8y"
	canaryRefresh  = "canary-refresh-Bn37Ue1i"
)

var canaries = []string{
	canarySecret, url.QueryEscape(canarySecret), canaryCode, canaryNonce, canaryState, canaryVerifier, canaryAccess, canaryRefresh,
}

const (
	testClientID = "usher-client"
	testCallback = "https://app.example/usher/callback"
)

// Keys are made once: making them is slow.
var (
	rsaKeys = [2]func() *rsa.PrivateKey{sync.OnceValue(newRSA), sync.OnceValue(newRSA)}
	ecKey   = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) })
	edKey   = sync.OnceValue(func() ed25519.PrivateKey { _, k, err := ed25519.GenerateKey(rand.Reader); return must(k, err) })
)

func newRSA() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func b64JSON(v any) string { return b64(must(json.Marshal(v))) }

// sign makes a compact JWS, without the client's own code and library.
func sign(header map[string]any, payload []byte, key any) string {
	return signInput(b64JSON(header)+"."+b64(payload), key)
}

func signInput(input string, key any) string {
	digest := sha256.Sum256([]byte(input))
	var sig []byte
	switch k := key.(type) {
	case *rsa.PrivateKey:
		sig = must(rsa.SignPKCS1v15(rand.Reader, k, crypto.SHA256, digest[:]))
	case *ecdsa.PrivateKey:
		r, s, err := ecdsa.Sign(rand.Reader, k, digest[:])
		must(0, err)
		sig = append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	case ed25519.PrivateKey:
		sig = ed25519.Sign(k, []byte(input))
	}
	return input + "." + b64(sig)
}

func publicJWK(kid string, key any) map[string]any {
	jwk := map[string]any{"use": "sig"}
	switch k := key.(type) {
	case *rsa.PrivateKey:
		maps.Copy(jwk, map[string]any{"kty": "RSA", "alg": "RS256", "n": b64(k.N.Bytes()), "e": b64(big.NewInt(int64(k.E)).Bytes())})
	case *ecdsa.PrivateKey:
		point := must(k.PublicKey.Bytes())
		maps.Copy(jwk, map[string]any{"kty": "EC", "alg": "ES256", "crv": "P-256", "x": b64(point[1:33]), "y": b64(point[33:])})
	case ed25519.PrivateKey:
		maps.Copy(jwk, map[string]any{"kty": "OKP", "alg": "EdDSA", "crv": "Ed25519", "x": b64(k.Public().(ed25519.PublicKey))})
	}
	if kid != "" {
		jwk["kid"] = kid
	}
	return jwk
}

// An evilOP is a provider that behaves, except where a test says otherwise.
type evilOP struct {
	*httptest.Server
	ims bool

	mu    sync.Mutex
	calls []recorded

	answers map[string]http.HandlerFunc // by path, instead of the usual answer
	now     func() time.Time
	jwks    []map[string]any
	key     any
	header  map[string]any
	claims  map[string]any // of the ID token
	token   map[string]any // of the token answer, id_token added if absent
	info    map[string]any
	profile map[string]any
	orgs    any
	extra   map[string]any // of the metadata
	idToken string         // instead of the signed claims
}

type recorded struct {
	method, path, rawQuery, body string
	header                       http.Header
}

var clock = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// newOP starts a provider whose usual answers are right.
func newOP(t testing.TB, ims bool) *evilOP {
	op := &evilOP{ims: ims, answers: make(map[string]http.HandlerFunc), now: func() time.Time { return clock }}
	op.Server = httptest.NewServer(http.HandlerFunc(op.serve))
	t.Cleanup(op.Close)
	op.key = rsaKeys[0]()
	op.jwks = []map[string]any{publicJWK("k1", op.key)}
	op.header = map[string]any{"alg": "RS256", "kid": "k1"}
	op.claims = map[string]any{
		"iss": op.URL, "aud": testClientID, "sub": "ana-1", "nonce": canaryNonce,
		"iat": clock.Unix(), "exp": clock.Add(time.Hour).Unix(),
	}
	op.token = map[string]any{
		"access_token": canaryAccess, "refresh_token": canaryRefresh, "token_type": "Bearer", "expires_in": 3600,
		"scope": "openid profile email groups",
	}
	op.info = map[string]any{"sub": "ana-1", "name": "Ana Lima", "email": "ana@corp.example", "email_verified": true, "groups": []string{"Campaign - corp - Admin"}}
	if ims {
		const subject = "0123456789ABCDEF01234567@AdobeID"
		op.claims["sub"], op.info["sub"] = subject, subject
		delete(op.info, "groups")
		op.token["scope"] = "openid,AdobeID,read_organizations,additional_info.projectedProductContext,additional_info.roles"
		op.token["token_type"], op.token["expires_in"] = "bearer", 86399
		op.profile = map[string]any{"userId": subject, "displayName": "Ana Lima", "email": "ana@corp.example", "emailVerified": "true",
			"projectedProductContext": []any{prodCtx("dma_campaign_classic", ourOrg, "Campaign - corp - Admin")}}
		op.orgs = []any{imsOrg("0123456789ABCDEF01234567", "Campaign - corp - Delivery")}
	}
	return op
}

const ourOrg = "0123456789ABCDEF01234567@AdobeOrg"

func prodCtx(service, owner, label string) map[string]any {
	return map[string]any{"prodCtx": map[string]any{"serviceCode": service, "owningEntity": owner, "label": label, "statusCode": "ACTIVE"}}
}

func imsOrg(ident string, groups ...string) map[string]any {
	list := []any{}
	for i, g := range groups {
		list = append(list, map[string]any{"groupName": g, "role": "TEAM_MEMBER", "ident": 1000 + i, "groupType": "LICENSE"})
	}
	return map[string]any{"orgName": "Corp", "orgRef": map[string]any{"ident": ident, "authSrc": "AdobeOrg"}, "orgType": "Enterprise", "groups": list}
}

func (op *evilOP) prefix() string {
	if op.ims {
		return "/ims"
	}
	return ""
}

func (op *evilOP) metadata() map[string]any {
	p := op.URL + op.prefix()
	md := map[string]any{
		"issuer": op.URL, "authorization_endpoint": p + "/authorize", "token_endpoint": p + "/token", "jwks_uri": p + "/keys",
		"userinfo_endpoint": p + "/userinfo", "revocation_endpoint": p + "/revoke",
		"response_types_supported": []string{"code"}, "id_token_signing_alg_values_supported": []string{"RS256", "ES256"},
	}
	maps.Copy(md, op.extra)
	return md
}

func (op *evilOP) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	op.mu.Lock()
	op.calls = append(op.calls, recorded{r.Method, r.URL.Path, r.URL.RawQuery, string(body), r.Header.Clone()})
	answer := op.answers[r.URL.Path]
	op.mu.Unlock()
	if answer != nil {
		answer(w, r)
		return
	}
	p := op.prefix()
	switch r.URL.Path {
	case p + "/.well-known/openid-configuration":
		writeJSON(w, op.metadata())
	case p + "/keys":
		writeJSON(w, map[string]any{"keys": op.jwks})
	case p + "/token":
		writeJSON(w, op.tokenAnswer())
	case p + "/userinfo":
		writeJSON(w, op.info)
	case "/ims/profile/v3":
		writeJSON(w, op.profile)
	case "/ims/organizations/v6":
		writeJSON(w, op.orgs)
	case p + "/revoke":
	default:
		http.NotFound(w, r)
	}
}

func (op *evilOP) tokenAnswer() map[string]any {
	answer := maps.Clone(op.token)
	if _, set := answer["id_token"]; !set {
		answer["id_token"] = op.signed()
	}
	return answer
}

func (op *evilOP) signed() string {
	if op.idToken != "" {
		return op.idToken
	}
	return sign(op.header, must(json.Marshal(op.claims)), op.key)
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_ = json.NewEncoder(w).Encode(v)
}

// answer replaces what one path answers.
func (op *evilOP) answer(path string, h http.HandlerFunc) {
	op.mu.Lock()
	defer op.mu.Unlock()
	op.answers[op.prefix()+path] = h
}

// count says how often a path was called.
func (op *evilOP) count(path string) (n int) {
	op.mu.Lock()
	defer op.mu.Unlock()
	for _, c := range op.calls {
		if c.path == op.prefix()+path {
			n++
		}
	}
	return n
}

func (op *evilOP) last(path string) recorded {
	op.mu.Lock()
	defer op.mu.Unlock()
	for i := len(op.calls) - 1; i >= 0; i-- {
		if op.calls[i].path == op.prefix()+path {
			return op.calls[i]
		}
	}
	return recorded{}
}

func (op *evilOP) account() usher.ExternalAccount {
	a := usher.ExternalAccount{
		InternalName: "corp", Type: usher.TypeOpenIDConnect, Enabled: true, Server: op.URL, Scopes: usher.Scopes{"openid", "profile", "email"},
		ClientID: testClientID, ClientSecret: usher.NewSecret(canarySecret), CallbackURL: testCallback,
	}
	if op.ims {
		a.InternalName, a.Type = usher.NameMarketingCloud, usher.TypeMarketingCloud
		a.ProductContext, a.ProductContextShown, a.OrganizationID = usher.ProductContextClassic, true, ourOrg
		a.Scopes = usher.ParseScopes("openid,AdobeID,read_organizations,additional_info.projectedProductContext")
	}
	return a
}

func (op *evilOP) client(t testing.TB) *Client {
	t.Helper()
	return op.clientFor(t, op.account(), Options{})
}

func (op *evilOP) clientFor(t testing.TB, account usher.ExternalAccount, o Options) *Client {
	t.Helper()
	o.Now, o.Environment = op.now, usher.Development
	if o.HTTP == nil {
		o.HTTP = Transport(TransportOptions{AllowLoopback: true})
		t.Cleanup(o.HTTP.CloseIdleConnections)
	}
	c, err := New(account, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func redemption() Redemption {
	return Redemption{Code: canaryCode, Verifier: canaryVerifier, CallbackURL: testCallback, Nonce: canaryNonce}
}

// signIn redeems and asks who it is, as a sign-in does.
func signIn(t testing.TB, c *Client) (*Grant, usher.Person, *usher.Cause) {
	t.Helper()
	g, cause := c.Redeem(t.Context(), redemption())
	if cause != nil {
		return nil, usher.Person{}, cause
	}
	p, cause := c.Person(t.Context(), g)
	return g, p, cause
}

// quietLog swallows what a test server says about clients that go away.
func quietLog() *log.Logger { return log.New(io.Discard, "", 0) }
