// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	usher "github.com/usher-signin/usher"
)

func TestMetadataThatCannotBeUsed(t *testing.T) {
	const evil = "https://idp.example/x"
	for name, row := range map[string]struct {
		extra map[string]any
		code  usher.Code
		saw   string
	}{
		"issuer with a slash":   {map[string]any{"issuer": "SELF/"}, usher.CodeProviderIssuer, "/"},
		"issuer in other case":  {map[string]any{"issuer": "HTTP"}, usher.CodeProviderIssuer, "HTTP"},
		"issuer of another":     {map[string]any{"issuer": "https://evil.example"}, usher.CodeProviderIssuer, "evil.example"},
		"issuer missing":        {map[string]any{"issuer": nil}, usher.CodeProviderIssuer, `""`},
		"issuer an array":       {map[string]any{"issuer": []string{"SELF"}}, usher.CodeProviderIssuer, `""`},
		"no token endpoint":     {map[string]any{"token_endpoint": nil}, usher.CodeProviderMetadata, "token_endpoint"},
		"token endpoint empty":  {map[string]any{"token_endpoint": ""}, usher.CodeProviderMetadata, "token_endpoint"},
		"http elsewhere":        {map[string]any{"token_endpoint": "http://idp.example/token"}, usher.CodeProviderMetadata, "http://idp.example"},
		"file":                  {map[string]any{"jwks_uri": "file:///etc/passwd"}, usher.CodeProviderMetadata, "jwks_uri"},
		"javascript":            {map[string]any{"authorization_endpoint": "javascript:alert(1)"}, usher.CodeProviderMetadata, "authorization_endpoint"},
		"no scheme":             {map[string]any{"authorization_endpoint": "//idp.example/a"}, usher.CodeProviderMetadata, "authorization_endpoint"},
		"user name":             {map[string]any{"token_endpoint": "https://me@idp.example/"}, usher.CodeProviderMetadata, "token_endpoint"},
		"fragment":              {map[string]any{"token_endpoint": evil + "#a"}, usher.CodeProviderMetadata, "token_endpoint"},
		"a number":              {map[string]any{"token_endpoint": 1}, usher.CodeProviderMetadata, "a number"},
		"link-local":            {map[string]any{"userinfo_endpoint": "https://169.254.169.254/"}, usher.CodeProviderMetadata, "169.254"},
		"link-local, version 6": {map[string]any{"userinfo_endpoint": "https://[fe80::1%25eth0]/"}, usher.CodeProviderMetadata, "userinfo"},
		"mapped link-local":     {map[string]any{"jwks_uri": "https://[::ffff:169.254.169.254]/"}, usher.CodeProviderMetadata, "jwks_uri"},
		"unspecified":           {map[string]any{"jwks_uri": "https://0.0.0.0/"}, usher.CodeProviderMetadata, "jwks_uri"},
		"response types":        {map[string]any{"response_types_supported": []string{"id_token"}}, usher.CodeProviderMetadata, "response_types"},
		"response types a word": {map[string]any{"response_types_supported": "code"}, usher.CodeProviderMetadata, "a string"},
		"PKCE plain only":       {map[string]any{"code_challenge_methods_supported": []string{"plain"}}, usher.CodeProviderMetadata, "code_challenge"},
		"PKCE none":             {map[string]any{"code_challenge_methods_supported": []string{}}, usher.CodeProviderMetadata, "code_challenge"},
		"signs with HS256":      {map[string]any{"id_token_signing_alg_values_supported": []string{"HS256"}}, usher.CodeProviderMetadata, "HS256"},
		"issuer twice":          {map[string]any{"ISSUER": "x"}, usher.CodeProviderMetadata, "differ only by case"},
	} {
		op := newOP(t, false)
		for k, v := range row.extra {
			if s, ok := v.(string); ok {
				row.extra[k] = strings.NewReplacer("SELF", op.URL, "HTTP", strings.ToUpper(op.URL)).Replace(s)
			}
		}
		op.extra = row.extra
		_, cause := op.client(t).AuthorizeURL(t.Context(), AuthRequest{State: canaryState, Nonce: canaryNonce, Verifier: canaryVerifier})
		if cause == nil || cause.Code != row.code || !strings.Contains(cause.Saw, row.saw) || cause.Step != usher.StepBegin {
			t.Errorf("%s: %v", name, cause)
		}
	}
}

func TestLoopbackEndpointsOfARemoteIssuer(t *testing.T) {
	account := usher.ExternalAccount{InternalName: "corp", Type: usher.TypeOpenIDConnect, Server: "https://idp.example", ClientID: "c"}
	c := must(New(account, Options{Environment: usher.Development}))
	md := func(address string) *usher.Cause {
		_, cause := c.readMetadata(c.discovery(), map[string]any{
			"issuer": "https://idp.example", "authorization_endpoint": "https://idp.example/a",
			"token_endpoint": "https://idp.example/t", "jwks_uri": address,
		})
		return cause
	}
	for _, address := range []string{"https://localhost/", "https://127.0.0.1/", "https://[::1]/", "https://a.localhost/", "http://127.0.0.1/", "https://2130706433/", "https://0x7f.1/"} {
		cause := md(address)
		// Numbers in other spellings are names to us; where the resolver takes
		// them for addresses, the dialer refuses them.
		if strings.Contains(address, "2130706433") || strings.Contains(address, "0x7f") {
			continue
		}
		if cause == nil || cause.Code != usher.CodeProviderMetadata {
			t.Errorf("%s: %v", address, cause)
		}
	}
	if cause := md("https://keys.example/k"); cause != nil {
		t.Errorf("another host: %v", cause)
	}
}

func TestMetadataAnswers(t *testing.T) {
	for name, row := range map[string]struct {
		answer http.HandlerFunc
		code   usher.Code
		says   string
	}{
		"captive portal": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Server", "squid/5.7 \u200b(evil)")
			_, _ = w.Write([]byte("  <!DOCTYPE html><title>Sign in to the network</title>"))
		}, usher.CodeProviderMetadata, "HTTP 200 with an HTML page of type text/html; charset=utf-8"},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/x?secret=1", http.StatusFound)
		}, usher.CodeProviderMetadata, "HTTP 302, a redirect to elsewhere.example"},
		"404":              {http.NotFound, usher.CodeProviderMetadata, "HTTP 404"},
		"403 without body": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }, usher.CodeProviderMetadata, "HTTP 403 with an empty body"},
		"503": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(http.StatusServiceUnavailable)
		}, usher.CodeProviderUnreachable, "retry after 120"},
		"429":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) }, usher.CodeProviderUnreachable, "HTTP 429"},
		"null":    {func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, nil) }, usher.CodeProviderMetadata, "null"},
		"a word":  {func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, "x") }, usher.CodeProviderMetadata, "a string"},
		"2 MiB":   {func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, strings.Repeat("x", 2<<20)) }, usher.CodeProviderMetadata, "more than 1 MiB"},
		"nothing": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, usher.CodeProviderUnreachable, "closed before"},
	} {
		op := newOP(t, false)
		op.answer("/.well-known/openid-configuration", row.answer)
		_, cause := op.client(t).Metadata(t.Context())
		if cause == nil || cause.Code != row.code || !strings.Contains(cause.Error(), row.says) {
			t.Errorf("%s: %v", name, cause)
			continue
		}
		if text := cause.Error(); strings.Contains(text, "secret=1") || strings.Contains(text, "Sign in to the network") || strings.ContainsAny(text, "\u200b\n") {
			t.Errorf("%s shows what it must not: %q", name, text)
		}
	}
}

func TestIMSMetadata(t *testing.T) {
	const path = "/.well-known/openid-configuration"
	t.Run("absent, the documented addresses are used", func(t *testing.T) {
		op := newOP(t, true)
		op.answer(path, http.NotFound)
		md, cause := op.client(t).Metadata(t.Context())
		if cause != nil || !md.Documented || md.AuthorizationEndpoint != op.URL+"/ims/authorize/v2" || md.TokenEndpoint != op.URL+"/ims/token/v3" ||
			md.JWKSURI != op.URL+"/ims/keys" || md.UserinfoEndpoint != op.URL+"/ims/userinfo/v2" || md.RevocationEndpoint != op.URL+"/ims/revoke" {
			t.Errorf("%+v, %v", md, cause)
		}
	})
	t.Run("broken, nothing is assumed", func(t *testing.T) {
		for _, status := range []int{200, 403, 500} {
			op := newOP(t, true)
			op.answer(path, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
			if md, cause := op.client(t).Metadata(t.Context()); cause == nil {
				t.Errorf("HTTP %d: %+v", status, md)
			}
		}
	})
	t.Run("a slash at the end is no fault", func(t *testing.T) {
		op := newOP(t, true)
		account := op.account()
		account.Server += "/"
		g, _, cause := signIn(t, op.clientFor(t, account, Options{}))
		if cause != nil || g.Provider != op.URL {
			t.Errorf("%v", cause)
		}
	})
	t.Run("issuers", func(t *testing.T) {
		for issuer, ok := range map[string]bool{"": true, "/ims": true, "/": false, "/ims/": false, "/IMS": false, "1": false, "/imsx": false} {
			op := newOP(t, true)
			op.claims["iss"] = op.URL + issuer
			_, _, cause := signIn(t, op.client(t))
			if (cause == nil) != ok || !ok && cause.Subject != "iss" {
				t.Errorf("iss %q: %v", issuer, cause)
			}
		}
	})
}

func TestIssuersOfTheProductionHosts(t *testing.T) {
	for server, want := range map[string]string{
		"https://ims-na1.adobelogin.com":         "https://ims-na1.adobelogin.com https://ims-na1.adobelogin.com/ims https://adobeid-na1.services.adobe.com https://adobeid-na1.services.adobe.com/ims",
		"https://adobeid-na1.services.adobe.com": "https://adobeid-na1.services.adobe.com https://adobeid-na1.services.adobe.com/ims https://ims-na1.adobelogin.com https://ims-na1.adobelogin.com/ims",
		"https://IMS-na1.adobelogin.com/":        "https://ims-na1.adobelogin.com https://ims-na1.adobelogin.com/ims https://adobeid-na1.services.adobe.com https://adobeid-na1.services.adobe.com/ims",
		"https://ims-na1-stg1.adobelogin.com":    "https://ims-na1-stg1.adobelogin.com https://ims-na1-stg1.adobelogin.com/ims",
	} {
		c := must(New(usher.ExternalAccount{Type: usher.TypeExperienceCloud, Server: server, ClientID: "c"}, Options{}))
		if got := strings.Join(c.issuers(), " "); got != want {
			t.Errorf("%s: %s", server, got)
		}
	}
	c := must(New(usher.ExternalAccount{Type: usher.TypeOpenIDConnect, Server: "https://ims-na1.adobelogin.com", ClientID: "c"}, Options{}))
	if got := c.issuers(); len(got) != 1 {
		t.Errorf("as plain OpenID Connect: %q", got)
	}
}

func TestMetadataIsRemembered(t *testing.T) {
	const path = "/.well-known/openid-configuration"
	op := newOP(t, false)
	now := clock
	op.now = func() time.Time { return now }
	c := op.client(t)
	ask := func(after time.Duration) *usher.Cause {
		now = clock.Add(after)
		_, cause := c.Metadata(t.Context())
		return cause
	}
	if cause := ask(0); cause != nil {
		t.Fatal(cause)
	}
	_, _ = ask(time.Minute), ask(59*time.Minute)
	if n := op.count(path); n != 1 {
		t.Errorf("fetched %d times within an hour", n)
	}
	op.answer(path, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	for _, after := range []time.Duration{time.Hour, time.Hour + time.Second, 24*time.Hour - time.Second} {
		if cause := ask(after); cause != nil {
			t.Errorf("after %s without an answer: %v", after, cause)
		}
	}
	if n := op.count(path); n != 3 {
		t.Errorf("a provider that is down was asked %d times instead of twice", n-1)
	}
	for range 2 { // asked, and then remembered
		if cause := ask(24*time.Hour + time.Minute); cause == nil || cause.Code != usher.CodeProviderUnreachable {
			t.Errorf("after more than a day: %v", cause)
		}
	}
	op.answer(path, nil)
	if cause := ask(24*time.Hour + time.Minute + failureRemember); cause != nil {
		t.Errorf("after it came back: %v", cause)
	}
	op.extra = map[string]any{"issuer": "https://evil.example"}
	if cause := ask(26 * time.Hour); cause == nil || cause.Code != usher.CodeProviderIssuer {
		t.Errorf("another issuer took its place: %v", cause)
	}
}

func TestMetadataFetchIsShared(t *testing.T) {
	op := newOP(t, false)
	release := make(chan struct{})
	op.answer("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		<-release
		writeJSON(w, op.metadata())
	})
	c := op.client(t)
	var wait sync.WaitGroup
	started := make(chan struct{}, 20)
	for range 20 {
		wait.Go(func() {
			started <- struct{}{}
			if _, cause := c.Metadata(t.Context()); cause != nil {
				t.Error(cause)
			}
		})
	}
	for range 20 {
		<-started
	}
	close(release)
	wait.Wait()
	if n := op.count("/.well-known/openid-configuration"); n > 2 {
		t.Errorf("%d fetches for twenty who asked at once", n)
	}
}

// A provider that hangs costs the first who asks ten seconds, and those after
// it a second and a half each; whoever has older metadata goes on with it.
func TestProviderThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var served sync.WaitGroup
		h := Transport(TransportOptions{AllowLoopback: true, Dial: pipeDial(&served, func(conn net.Conn) {
			_, _ = io.Copy(io.Discard, conn)
		})})
		defer served.Wait()
		defer h.CloseIdleConnections()
		account := usher.ExternalAccount{Type: usher.TypeOpenIDConnect, Server: "http://127.0.0.1:9", ClientID: "c"}
		c := must(New(account, Options{HTTP: h, Environment: usher.Development}))
		ask := func() (*Metadata, time.Duration) {
			begun := time.Now()
			md, cause := c.Metadata(t.Context())
			if md == nil && (cause == nil || cause.Code != usher.CodeProviderUnreachable) {
				t.Errorf("%v", cause)
			}
			return md, time.Since(begun)
		}
		if _, took := ask(); took != callTimeout {
			t.Errorf("the first waited %s", took)
		}
		if _, took := ask(); took != 0 {
			t.Errorf("right after a failure somebody waited %s", took)
		}
		time.Sleep(failureRemember)
		if _, took := ask(); took != patience {
			t.Errorf("later somebody waited %s", took)
		}
		c.metadata.store(&Metadata{Issuer: "older"}, nil, time.Now().Add(-2*time.Hour))
		if md, took := ask(); md == nil || md.Issuer != "older" || took != patience {
			t.Errorf("with older metadata: %v after %s", md, took)
		}
		time.Sleep(time.Minute)
	})
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	good := usher.ExternalAccount{InternalName: "corp", Type: usher.TypeOpenIDConnect, Server: "https://idp.example/realms/corp", ClientID: "c"}
	if _, err := New(good, Options{}); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*usher.ExternalAccount){
		"no server":         func(a *usher.ExternalAccount) { a.Server = "" },
		"a path":            func(a *usher.ExternalAccount) { a.Server = "/ims" },
		"a host alone":      func(a *usher.ExternalAccount) { a.Server = "idp.example" },
		"ftp":               func(a *usher.ExternalAccount) { a.Server = "ftp://idp.example" },
		"http elsewhere":    func(a *usher.ExternalAccount) { a.Server = "http://idp.example" },
		"http to loopback":  func(a *usher.ExternalAccount) { a.Server = "http://127.0.0.1:8080" },
		"a user":            func(a *usher.ExternalAccount) { a.Server = "https://me:pw@idp.example" },
		"a query":           func(a *usher.ExternalAccount) { a.Server = "https://idp.example?x=1" },
		"a control byte":    func(a *usher.ExternalAccount) { a.Server = "https://idp.example/\n" },
		"no client id":      func(a *usher.ExternalAccount) { a.ClientID = "" },
		"a path behind IMS": func(a *usher.ExternalAccount) { a.Type = usher.TypeMarketingCloud },
	} {
		account := good
		change(&account)
		for _, env := range []usher.Environment{usher.Production, usher.Stage, ""} {
			if _, err := New(account, Options{Environment: env}); err == nil || strings.Contains(err.Error(), "pw") {
				t.Errorf("%s in %q: %v", name, env, err)
			}
		}
	}
	good.Server = "http://127.0.0.1:8080"
	if _, err := New(good, Options{Environment: usher.Development}); err != nil {
		t.Error(err)
	}
}
