// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
	"github.com/usher-signin/usher/internal/store"
)

// with sends one request with headers and gives the answer with its body.
func (b *browser) with(t *testing.T, address string, header http.Header) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(r.Header, header)
	once := *b.client
	once.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := once.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(text)
}

func bearerHeader(token string) http.Header {
	return http.Header{"Authorization": {"Bearer " + token}}
}

// technical gives the address of a client's technical account at the stand-in.
func technical(client string) string {
	sum := sha256.Sum256([]byte("technical account " + client))
	return strings.ToUpper(hex.EncodeToString(sum[:])[:24]) + "@techacct.adobe.com"
}

// imsToken asks the stand-in for a token of a client's technical account.
func (i *instance) imsToken(t *testing.T, b *browser, client, secret, scopes string) string {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {client}, "client_secret": {secret}, "scope": {scopes}}
	res, err := b.client.PostForm(i.load(t).Accounts[0].Server+"/ims/token/v3", form)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || answer.Token == "" {
		t.Fatalf("the provider gave no token: %d %v", res.StatusCode, err)
	}
	return answer.Token
}

// TestTechnicalAccounts lets programs in by tokens that IMS gave their technical
// accounts, by the mask that persons are let in by.
func TestTechnicalAccounts(t *testing.T) {
	const scopes = "openid,AdobeID,session,read_organizations,additional_info.projectedProductContext"
	clients := ""
	for _, name := range []string{"Nightly", "Stranger", "Useless"} {
		clients += "    - {id: " + name + ", secrets: [canary-other-secret], callback_urls: [\"{{PUBLIC}}/x\"], scopes: [" + strings.ReplaceAll(scopes, ",", ", ") + "]}\n"
	}
	i := startInstance(t, [][2]string{
		{"    association_mask: \"Campaign - corp - \"\n", "    association_mask: \"Campaign - corp - \"\n    bearer: {clients: [Nightly, Useless], scopes: [read_organizations]}\n"},
		{"  groups:\n", clients + "  groups:\n"},
		{"      members: [dirk@corp.example]\n", "      members: [dirk@corp.example, \"" + technical("Nightly") + "\"]\n"},
		{"    upstream: {{UPSTREAM}}\n", "    upstream: {{UPSTREAM}}\n    public: [/reports/open]\n"},
	})
	b := i.browser(t)
	reports := i.public + "/reports/data"
	good := i.imsToken(t, b, "Nightly", "canary-other-secret", scopes)
	for range 2 { // the second time from memory
		if res, text := b.with(t, reports, bearerHeader(good)); res.StatusCode != http.StatusOK || !strings.Contains(text, "upstream saw /reports/data") {
			t.Fatalf("a technical account in a group: %d %s\n%s", res.StatusCode, text, i.log.Bytes())
		}
	}
	if res, _ := b.with(t, reports, http.Header{"Authorization": {"bearer  " + good}}); res.StatusCode != http.StatusOK {
		t.Errorf("in small letters: %d", res.StatusCode)
	}
	for name, c := range map[string]struct {
		token     string
		status    int
		challenge string
	}{
		"in no group":        {i.imsToken(t, b, "Useless", "canary-other-secret", scopes), 403, `error="insufficient_scope"`},
		"of another client":  {i.imsToken(t, b, "Stranger", "canary-other-secret", scopes), 401, `error="invalid_token", error_description="the token was refused for its client_id"`},
		"without the scope":  {i.imsToken(t, b, "Nightly", "canary-other-secret", "openid,AdobeID"), 403, `scope="read_organizations"`},
		"garbage":            {"abc", 401, `error="invalid_token"`},
		"cut short":          {good[:len(good)-3], 401, `error="invalid_token"`},
		"unsigned":           {unsigned(good), 401, `error="invalid_token"`},
		"no token":           {"", 400, `error="invalid_request"`},
		"not a token at all": {"a b", 400, `error="invalid_request"`},
	} {
		res, text := b.with(t, reports, bearerHeader(c.token))
		if got := strings.Join(res.Header["Www-Authenticate"], " / "); res.StatusCode != c.status || !strings.Contains(got, c.challenge) || !strings.HasPrefix(got, "Bearer ") {
			t.Errorf("%s: %d %q, wanted %d with %s\n%s", name, res.StatusCode, got, c.status, c.challenge, text)
		}
		if strings.Contains(text, "upstream saw") {
			t.Errorf("%s: the application was reached", name)
		}
	}
	if res, _ := b.with(t, reports, http.Header{"Authorization": {"Bearer " + good, "Bearer " + good}}); res.StatusCode != http.StatusBadRequest {
		t.Errorf("twice: %d", res.StatusCode)
	}
	if res, _ := b.with(t, reports, nil); res.StatusCode != http.StatusUnauthorized || len(res.Header["Www-Authenticate"]) != 2 {
		t.Errorf("nothing: %d %q", res.StatusCode, res.Header["Www-Authenticate"])
	}
	if res, _ := b.with(t, reports, http.Header{"Authorization": {"Basic eDp5"}}); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("another scheme: %d", res.StatusCode)
	}
	// The application never sees the token, not even where nobody looked at it.
	for _, path := range []string{"/reports/data", "/reports/open"} {
		if _, text := b.with(t, i.public+path, bearerHeader(good)); !strings.Contains(text, "upstream saw "+path) || !strings.HasSuffix(text, "authorization []") {
			t.Errorf("%s: %s", path, text)
		}
	}
	if cookies := b.client.Jar.Cookies(&url.URL{Scheme: "https", Host: "localhost"}); len(cookies) != 0 {
		t.Errorf("a program got cookies: %v", cookies)
	}
	i.noTokenIn(t)

	// The reference in the answer leads to the reason.
	_, text := b.with(t, reports, bearerHeader("abc"))
	a := i.attempt(t, usher.Reference(shownReference.FindString(text)))
	if a.Cause == nil || a.Cause.Code != usher.CodeAccessTokenRefused {
		t.Errorf("the answer is %s, recorded is %v", text, a.Cause)
	}
	if first := firstRoot(doctor.Explain(checks.All(), i.load(t), a), ""); first != usher.CodeAccessTokenRefused {
		t.Errorf("the explanation begins with %s", first)
	}
}

// attempt reads a record.
func (i *instance) attempt(t *testing.T, ref usher.Reference) usher.Attempt {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(i.dir, "usher.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	a, err := db.Attempt(t.Context(), ref)
	if err != nil {
		t.Fatalf("the reference %q: %v", ref, err)
	}
	return a
}

// TestTokenForwarded gives the application the token where the file says so, and
// other schemes always.
func TestTokenForwarded(t *testing.T) {
	p := newTokenProvider(t)
	p.rotate(t)
	i := startInstance(t, [][2]string{{"operator_groups:\n", "  - {internal_name: corp, type: OpenID Connect, issuer: \"" + p.URL + "\", client_id: usher, association_mask: \"team \",\n" +
		"     callback_url: \"{{PUBLIC}}/usher/callback\", bearer: {audience: [\"https://reports.corp.example\"], forward: true}}\noperator_groups:\n"},
		{"    upstream: {{UPSTREAM}}\n", "    upstream: {{UPSTREAM}}\n    public: [/reports/open]\n"}})
	b := i.browser(t)
	token := p.token(t, "at+jwt", nil)
	if res, text := b.with(t, i.public+"/reports/", bearerHeader(token)); res.StatusCode != http.StatusOK || !strings.HasSuffix(text, `authorization ["Bearer `+token+`"]`) {
		t.Errorf("%d %s", res.StatusCode, text)
	}
	if _, text := b.with(t, i.public+"/reports/open", http.Header{"Authorization": {"Basic eDp5"}}); !strings.HasSuffix(text, `authorization ["Basic eDp5"]`) {
		t.Errorf("another scheme: %s", text)
	}
}

// unsigned makes a token of the same claims that nobody signed.
func unsigned(token string) string {
	return "eyJhbGciOiJub25lIn0." + strings.Split(token, ".")[1] + "."
}

// Where no account takes tokens, nobody looks at them.
func TestTokensAreOffUnlessConfigured(t *testing.T) {
	i := startInstance(t, nil)
	b := i.browser(t)
	token := i.imsToken(t, b, "Campaign1", "canary-client-secret", "openid,AdobeID,session,read_organizations,additional_info.projectedProductContext")
	res, _ := b.with(t, i.public+"/reports/", bearerHeader(token))
	if res.StatusCode != http.StatusUnauthorized || len(res.Header["Www-Authenticate"]) != 1 {
		t.Errorf("%d %q", res.StatusCode, res.Header["Www-Authenticate"])
	}
}

// A tokenProvider is an OpenID Connect provider as far as programs meet it.
type tokenProvider struct {
	*httptest.Server
	mu   sync.Mutex
	keys []jose.JSONWebKey
	gone bool
	asks int
}

func newTokenProvider(t *testing.T) *tokenProvider {
	t.Helper()
	p := &tokenProvider{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.gone {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/.well-known/openid-configuration":
			_ = json.NewEncoder(w).Encode(map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/a", "token_endpoint": p.URL + "/t", "jwks_uri": p.URL + "/k",
				"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"RS256"}})
		case "/k":
			p.asks++
			set := jose.JSONWebKeySet{}
			for _, k := range p.keys {
				set.Keys = append(set.Keys, k.Public())
			}
			_ = json.NewEncoder(w).Encode(set)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(p.Close)
	return p
}

// rotate signs with a new key from now on, and takes all others back.
func (p *tokenProvider) rotate(t *testing.T) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = []jose.JSONWebKey{{Key: key, KeyID: fmt.Sprintf("k%d", time.Now().UnixNano()), Algorithm: "RS256", Use: "sig"}}
}

func (p *tokenProvider) token(t *testing.T, typ string, change map[string]any) string {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	claims := map[string]any{"iss": p.URL, "aud": "https://reports.corp.example", "sub": "nightly", "client_id": "nightly", "scope": "reports",
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(), "groups": []string{"team Admin"}}
	maps.Copy(claims, change)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: p.keys[0]}, (&jose.SignerOptions{}).WithType(jose.ContentType(typ)))
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(body)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestProgramsOfAProvider takes the standard's access tokens, at the reverse
// proxy and in every dialect of front servers.
func TestProgramsOfAProvider(t *testing.T) {
	p := newTokenProvider(t)
	p.rotate(t)
	i := startInstance(t, [][2]string{
		{"operator_groups:\n", "  - {internal_name: corp, type: OpenID Connect, issuer: \"" + p.URL + "\", client_id: usher, client_secret: canary-other-secret, association_mask: \"team \",\n" +
			"     callback_url: \"{{PUBLIC}}/usher/callback\", bearer: {audience: [\"https://reports.corp.example\"], applications: [reports, forwarded]}}\noperator_groups:\n"},
		{"server:\n", "  - {name: settings, url: \"{{PUBLIC}}/settings\", upstream: \"{{UPSTREAM}}\", allow: [Admin]}\n  - {name: forwarded, url: \"https://forwarded.corp.example\", allow: [Admin]}\nserver:\n  trusted_proxies: [127.0.0.1]\n"},
	})
	b := i.browser(t)
	reports := i.public + "/reports/"
	good := p.token(t, "at+jwt", nil)
	status := func(address, token string) int {
		t.Helper()
		res, _ := b.with(t, address, bearerHeader(token))
		return res.StatusCode
	}
	if got := status(reports, good); got != http.StatusOK {
		t.Fatalf("a good token: %d\n%s", got, i.log.Bytes())
	}
	for name, c := range map[string]struct {
		typ    string
		change map[string]any
		want   int
	}{
		"an ID token":           {"JWT", map[string]any{"aud": "usher", "nonce": "n"}, 401},
		"an ID token for us":    {"JWT", map[string]any{"aud": []string{"usher", "https://reports.corp.example"}, "nonce": "n"}, 401},
		"another audience":      {"at+jwt", map[string]any{"aud": "https://other.corp.example"}, 401},
		"another issuer":        {"at+jwt", map[string]any{"iss": "https://other.example"}, 401},
		"expired":               {"at+jwt", map[string]any{"exp": time.Now().Add(-time.Hour).Unix()}, 401},
		"no group":              {"at+jwt", map[string]any{"groups": []string{}}, 403},
		"another kind of claim": {"at+jwt", map[string]any{"groups": map[string]any{"team Admin": true}}, 403},
		"a group of others":     {"at+jwt", map[string]any{"groups": []string{"team"}}, 403},
	} {
		if got := status(reports, p.token(t, c.typ, c.change)); got != c.want {
			t.Errorf("%s: %d, wanted %d", name, got, c.want)
		}
	}
	t.Run("an application that is not named takes none", func(t *testing.T) {
		res, _ := b.with(t, i.public+"/settings/", bearerHeader(good))
		if res.StatusCode != http.StatusUnauthorized || strings.Contains(strings.Join(res.Header["Www-Authenticate"], ""), "invalid_token") {
			t.Errorf("%d %q", res.StatusCode, res.Header["Www-Authenticate"])
		}
	})
	t.Run("in the words of front servers", func(t *testing.T) {
		for name, c := range map[string]struct {
			path   string
			header http.Header
		}{
			"nginx":   {"/usher/auth/nginx", http.Header{"X-Original-Method": {"GET"}, "X-Original-Uri": {"/a"}, "X-Forwarded-Host": {"forwarded.corp.example"}, "X-Forwarded-Proto": {"https"}}},
			"traefik": {"/usher/auth/traefik", http.Header{"X-Forwarded-Method": {"GET"}, "X-Forwarded-Uri": {"/a"}, "X-Forwarded-Host": {"forwarded.corp.example"}, "X-Forwarded-Proto": {"https"}}},
			"caddy":   {"/usher/auth/caddy", http.Header{"X-Forwarded-Method": {"GET"}, "X-Forwarded-Uri": {"/a"}, "X-Forwarded-Host": {"forwarded.corp.example"}, "X-Forwarded-Proto": {"https"}}},
		} {
			for token, want := range map[string]int{good: 200, "abc": 401, p.token(t, "at+jwt", map[string]any{"groups": []string{"team Delivery operators"}}): 403} {
				h := c.header.Clone()
				h.Set("Authorization", "Bearer "+token)
				res, text := b.with(t, i.public+c.path, h)
				if res.StatusCode != want {
					t.Errorf("%s: %d, wanted %d: %s", name, res.StatusCode, want, text)
				}
				if who := res.Header.Get("X-Forwarded-User"); (who == "nightly") != (want == 200) {
					t.Errorf("%s with %d names %q", name, want, who)
				}
				if want == 401 && !strings.Contains(strings.Join(res.Header["Www-Authenticate"], " "), `error="invalid_token"`) {
					t.Errorf("%s: the challenge is %q", name, res.Header["Www-Authenticate"])
				}
			}
		}
	})
	t.Run("a provider that is down lets in whom it let in, and nobody else", func(t *testing.T) {
		other := p.token(t, "at+jwt", map[string]any{"sub": "another"})
		p.mu.Lock()
		p.gone = true
		p.mu.Unlock()
		if got := status(reports, good); got != http.StatusOK {
			t.Errorf("known: %d", got)
		}
		if got := status(reports, other); got != http.StatusOK { // its key is known
			t.Errorf("signed with a known key: %d", got)
		}
		p.mu.Lock()
		p.gone = false
		p.mu.Unlock()
	})
	t.Run("a key that was taken back", func(t *testing.T) {
		p.rotate(t)
		if got := status(reports, p.token(t, "at+jwt", nil)); got != http.StatusOK {
			t.Fatalf("the new key: %d", got)
		}
		if got := status(reports, good); got != http.StatusUnauthorized {
			t.Errorf("the old key, once the new ones are known: %d", got)
		}
	})
	t.Run("a changed file counts at once", func(t *testing.T) {
		fresh := p.token(t, "at+jwt", nil)
		if got := status(reports, fresh); got != http.StatusOK {
			t.Fatalf("before: %d", got)
		}
		text, err := os.ReadFile(i.file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(i.file, []byte(strings.Replace(string(text), `audience: ["https://reports.corp.example"]`, `audience: ["https://new.corp.example"]`, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(5 * time.Second); status(reports, fresh) != http.StatusUnauthorized; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("the token is still taken")
			}
		}
	})
	i.noTokenIn(t)
}

// A provider that uses another algorithm than the account's is not believed.
func TestTokenOfAnotherAlgorithm(t *testing.T) {
	p := newTokenProvider(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p.keys = []jose.JSONWebKey{{Key: key, KeyID: "e", Algorithm: "ES256", Use: "sig"}}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: p.keys[0]}, (&jose.SignerOptions{}).WithType("at+jwt"))
	if err != nil {
		t.Fatal(err)
	}
	body := fmt.Sprintf(`{"iss":%q,"aud":"a","sub":"s","iat":%d,"exp":%d,"groups":["team Admin"]}`, p.URL, time.Now().Unix(), time.Now().Add(time.Hour).Unix())
	signed, err := signer.Sign([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	i := startInstance(t, [][2]string{{"operator_groups:\n", "  - {internal_name: corp, type: OpenID Connect, issuer: \"" + p.URL + "\", client_id: usher, association_mask: \"team \",\n" +
		"     callback_url: \"{{PUBLIC}}/usher/callback\", bearer: {audience: [a]}}\noperator_groups:\n"}})
	if res, _ := i.browser(t).with(t, i.public+"/reports/", bearerHeader(raw)); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("%d", res.StatusCode)
	}
}

// A file that would take any token of a provider is not put in force.
func TestBearerNeedsAnAudience(t *testing.T) {
	i := startInstance(t, nil)
	text, err := os.ReadFile(i.file)
	if err != nil {
		t.Fatal(err)
	}
	bad := strings.Replace(string(text), "operator_groups:\n", "  - {internal_name: corp, type: OpenID Connect, issuer: \"https://login.corp.example\", client_id: usher, bearer: {scopes: [x]}}\noperator_groups:\n", 1)
	if err := os.WriteFile(filepath.Join(i.dir, "usher.yaml"), []byte(bad), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(i.file, config.OS()); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(5 * time.Second); !strings.Contains(string(i.log.Bytes()), "bearer.audience is empty"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the log does not say that the file was not put in force")
		}
	}
}
