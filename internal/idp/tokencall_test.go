// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	usher "github.com/usher-signin/usher"
)

func TestTokenAnswers(t *testing.T) {
	set := func(name string, value any) func(*evilOP) { return func(op *evilOP) { op.token[name] = value } }
	drop := func(name string) func(*evilOP) { return func(op *evilOP) { delete(op.token, name) } }
	for name, row := range map[string]struct {
		do      func(*evilOP)
		code    usher.Code // empty: accepted
		subject string
		saw     string
	}{
		"token_type in odd case":    {set("token_type", "bEaReR"), "", "", ""},
		"no expires_in":             {drop("expires_in"), "", "", ""},
		"expires_in null":           {set("expires_in", nil), "", "", ""},
		"no scope":                  {drop("scope"), "", "", ""},
		"no refresh_token":          {drop("refresh_token"), "", "", ""},
		"unknown members":           {set("userId", map[string]any{"a": []any{1}}), "", "", ""},
		"no token_type":             {drop("token_type"), CodeTokenAnswer, "token endpoint", "token_type: nothing"},
		"token_type mac":            {set("token_type", "mac"), CodeTokenAnswer, "token endpoint", `token_type: "mac"`},
		"token_type a number":       {set("token_type", 1), CodeTokenAnswer, "token endpoint", "token_type: a number"},
		"expires_in a string":       {set("expires_in", "3600"), CodeTokenAnswer, "token endpoint", "expires_in: a string"},
		"expires_in negative":       {set("expires_in", -1), CodeTokenAnswer, "token endpoint", "expires_in: a number"},
		"expires_in zero":           {set("expires_in", 0), CodeTokenAnswer, "token endpoint", "expires_in: a number"},
		"expires_in 1e300":          {set("expires_in", json.RawMessage("1e300")), CodeTokenAnswer, "token endpoint", "expires_in: a number"},
		"expires_in 1e999":          {set("expires_in", json.RawMessage("1e999")), CodeTokenAnswer, "token endpoint", "expires_in: a number"},
		"expires_in an array":       {set("expires_in", []int{1}), CodeTokenAnswer, "token endpoint", "expires_in: an array"},
		"no access_token":           {drop("access_token"), CodeTokenAnswer, "token endpoint", "access_token: nothing"},
		"access_token empty":        {set("access_token", ""), CodeTokenAnswer, "token endpoint", "access_token: a string"},
		"access_token with a break": {set("access_token", "a\r\nX: y"), CodeTokenAnswer, "token endpoint", "access_token: a string"},
		"access_token an object":    {set("access_token", map[string]any{}), CodeTokenAnswer, "token endpoint", "access_token: an object"},
		"access_token of 100 KiB":   {set("access_token", strings.Repeat("a", 100<<10)), CodeTokenAnswer, "token endpoint", "access_token"},
		"refresh_token a number":    {set("refresh_token", 5), CodeTokenAnswer, "token endpoint", "refresh_token: a number"},
		"scope an array":            {set("scope", []string{"openid"}), CodeTokenAnswer, "token endpoint", "scope: an array"},
		"id_token null":             {set("id_token", nil), CodeTokenAnswer, "id_token", "null"},
		"id_token empty":            {set("id_token", ""), CodeTokenAnswer, "id_token", "an empty ID token"},
		"id_token an array":         {set("id_token", []string{"a"}), CodeTokenAnswer, "id_token", "an array"},
		"id_token an object":        {set("id_token", map[string]any{"a": 1}), CodeTokenAnswer, "id_token", "an object"},
		"ACCESS_TOKEN too":          {set("ACCESS_TOKEN", "x"), CodeTokenAnswer, "token endpoint", "differ only by case"},
	} {
		op := newOP(t, false)
		row.do(op)
		g, cause := op.client(t).Redeem(t.Context(), redemption())
		switch {
		case row.code == "" && cause != nil:
			t.Errorf("%s: %v", name, cause)
		case row.code == "" && strings.HasSuffix(name, "expires_in") && !g.Expires.IsZero():
			t.Errorf("%s: expires %s", name, g.Expires)
		case row.code != "" && (cause == nil || cause.Code != row.code || cause.Subject != row.subject || !strings.Contains(cause.Saw, row.saw)):
			t.Errorf("%s: %v", name, cause)
		}
		if n := op.count("/token"); n != 1 {
			t.Errorf("%s: the code was sent %d times", name, n)
		}
	}
}

func TestIDTokenMissing(t *testing.T) {
	op := newOP(t, false)
	op.answer("/token", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, op.token) })
	_, cause := op.client(t).Redeem(t.Context(), redemption())
	if cause == nil || cause.Code != CodeTokenAnswer || cause.Saw != "no ID token" || !strings.Contains(cause.Detail, "openid") {
		t.Error(cause)
	}
}

func TestTokenEndpointBodies(t *testing.T) {
	for name, row := range map[string]struct {
		status     int
		media, out string
		code       usher.Code
		saw        string
	}{
		"HTML 200":        {200, "text/html", "<html>hello", CodeTokenAnswer, "an HTML page"},
		"JSON as HTML":    {200, "text/html", `{"access_token":"a"}`, CodeTokenAnswer, "of type text/html"},
		"array":           {200, "application/json", `[]`, CodeTokenAnswer, "an array"},
		"empty":           {200, "application/json", ``, CodeTokenAnswer, "an empty body"},
		"form":            {200, "application/x-www-form-urlencoded", `access_token=a`, CodeTokenAnswer, "plain text"},
		"binary":          {200, "application/octet-stream", "\x00\x01\x02\x03", CodeTokenAnswer, "no text"},
		"400 empty":       {400, "application/json", "", usher.CodeTokenRefused, "HTTP 400 with an empty body"},
		"401 HTML":        {401, "text/html", "<html>", usher.CodeTokenRefused, "HTTP 401 with an HTML page"},
		"404":             {404, "text/plain", "not here", usher.CodeTokenRefused, "HTTP 404 with plain text"},
		"204":             {204, "", "", usher.CodeTokenRefused, "HTTP 204"},
		"500 with tokens": {500, "application/json", `{"access_token":"a"}`, usher.CodeProviderUnreachable, "HTTP 500"},
	} {
		op := newOP(t, false)
		op.answer("/token", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", row.media)
			w.WriteHeader(row.status)
			_, _ = w.Write([]byte(row.out))
		})
		_, cause := op.client(t).Redeem(t.Context(), redemption())
		if cause == nil || cause.Code != row.code || !strings.Contains(cause.Saw, row.saw) || cause.Step != usher.StepRedeem {
			t.Errorf("%s: %v", name, cause)
		}
	}
}

func TestTokenErrors(t *testing.T) {
	for _, row := range []struct {
		status             int
		name, description  string
		code               usher.Code
		saw, subject, says string
	}{
		{400, "invalid_client", "invalid client_secret parameter", usher.CodeClientSecretWrong, "HTTP 400 invalid_client", testClientID, "invalid client_secret parameter"},
		{400, "invalid_client", "invalid client_id parameter", usher.CodeClientIDUnknown, "HTTP 400 invalid_client", testClientID, "invalid client_id"},
		{400, "bad_request", "Invalid Client_ID parameter", usher.CodeClientIDUnknown, "HTTP 400 bad_request", testClientID, ""},
		{401, "invalid_client", "", usher.CodeClientSecretWrong, "HTTP 401 invalid_client", testClientID, ""},
		{400, "invalid_grant", "code expired", usher.CodeTokenRefused, "HTTP 400 invalid_grant", "token endpoint", "code expired"},
		{400, "access_denied", "", usher.CodeTokenRefused, "HTTP 400 access_denied", "token endpoint", ""},
		{400, "invalid_scope", "", usher.CodeScopeNotProvisioned, "HTTP 400 invalid_scope", testClientID, ""},
		{400, "unauthorized_client", "", usher.CodeTokenRefused, "HTTP 400 unauthorized_client", "token endpoint", ""},
		{400, "", "", usher.CodeTokenRefused, "HTTP 400", "token endpoint", ""},
	} {
		op := newOP(t, true)
		op.answer("/token", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Debug-Id", "dbg-4711")
			w.Header().Set("Content-Type", "application/json;charset=UTF-8")
			w.WriteHeader(row.status)
			_ = json.NewEncoder(w).Encode(map[string]string{"error": row.name, "error_description": row.description})
		})
		_, cause := op.client(t).Redeem(t.Context(), redemption())
		if cause == nil || cause.Code != row.code || cause.Saw != row.saw || cause.Subject != row.subject ||
			!strings.Contains(cause.Detail, row.says) || !strings.Contains(cause.Detail, "x-debug-id dbg-4711") {
			t.Errorf("%s %q: %v", row.name, row.description, cause)
		}
	}
}

func TestErrorTextIsCleanedCappedAndScrubbed(t *testing.T) {
	op := newOP(t, false)
	evil := "no\x00\x1b[31m\r\nline\u2028two\u202e" + canaryCode + " " + url.QueryEscape(canarySecret) + " eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0. " + strings.Repeat("é", 400)
	op.answer("/token", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Server", "nginx "+canaryCode)
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": "bad\n" + canaryVerifier, "error_description": evil})
	})
	_, cause := op.client(t).Redeem(t.Context(), redemption())
	if cause == nil {
		t.Fatal("accepted")
	}
	if strings.ContainsAny(cause.Error(), "\x00\x1b\r\n\u2028\u202e") || strings.Contains(cause.Error(), "eyJ") || len(cause.Detail) > 500 {
		t.Errorf("%q", cause.Error())
	}
	for _, c := range canaries {
		if strings.Contains(cause.Error(), c) {
			t.Errorf("%q shows %q", cause.Error(), c)
		}
	}
}

func TestLifetimesOfIMS(t *testing.T) {
	for raw, want := range map[string]time.Duration{
		"86399": 86399 * time.Second, "86400": 24 * time.Hour, "3599": 3599 * time.Second,
		"86399985": 86399985 * time.Millisecond, "86400000": 24 * time.Hour, "3600000": time.Hour,
	} {
		op := newOP(t, true)
		op.token["expires_in"] = json.RawMessage(raw)
		g, cause := op.client(t).Redeem(t.Context(), redemption())
		if cause != nil || !g.Expires.Equal(clock.Add(want)) {
			t.Errorf("%s: %v, %v", raw, g, cause)
		}
	}
	// Elsewhere a number is what it says.
	op := newOP(t, false)
	op.token["expires_in"] = 2592000
	if g, cause := op.client(t).Redeem(t.Context(), redemption()); cause != nil || !g.Expires.Equal(clock.Add(30*24*time.Hour)) {
		t.Errorf("thirty days: %v", cause)
	}
}

func TestGrantedScopes(t *testing.T) {
	accessToken := func(op *evilOP, change func(claims map[string]any), key any) string {
		claims := map[string]any{"type": "access_token", "client_id": testClientID, "scope": "openid,AdobeID", "created_at": "1795341600000", "expires_in": "86400000"}
		if change != nil {
			change(claims)
		}
		return sign(map[string]any{"alg": "RS256", "kid": "k1", "itt": "at", "x5u": "ims_na1-key-1.cer"}, must(json.Marshal(claims)), key)
	}
	requested := "openid,AdobeID,read_organizations,additional_info.projectedProductContext"
	for name, row := range map[string]struct {
		do    func(op *evilOP)
		want  string
		noted string
	}{
		"said with spaces":    {func(op *evilOP) { op.token["scope"] = "openid AdobeID" }, "openid,AdobeID", "not granted"},
		"said with commas":    {func(op *evilOP) { op.token["scope"] = requested }, requested, ""},
		"said empty":          {func(op *evilOP) { op.token["scope"] = "" }, "", "not granted"},
		"not said, no JWT":    {func(op *evilOP) { delete(op.token, "scope") }, requested, "assumed"},
		"in the access token": {func(op *evilOP) { op.token["access_token"] = accessToken(op, nil, op.key) }, "openid,AdobeID", "not granted"},
		"by another key":      {func(op *evilOP) { op.token["access_token"] = accessToken(op, nil, rsaKeys[1]()) }, requested, "assumed"},
		"for another client": {func(op *evilOP) {
			op.token["access_token"] = accessToken(op, func(c map[string]any) { c["client_id"] = "x" }, op.key)
		}, requested, "assumed"},
		"for another purpose": {func(op *evilOP) {
			op.token["access_token"] = accessToken(op, func(c map[string]any) { c["type"] = "refresh_token" }, op.key)
		}, requested, "assumed"},
		"without scopes in it": {func(op *evilOP) {
			op.token["access_token"] = accessToken(op, func(c map[string]any) { delete(c, "scope") }, op.key)
		}, requested, "assumed"},
	} {
		op := newOP(t, true)
		row.do(op)
		if !strings.HasPrefix(name, "said") {
			delete(op.token, "scope")
		}
		g, cause := op.client(t).Redeem(t.Context(), redemption())
		if cause != nil || g.Scopes.Commas() != row.want || !strings.Contains(strings.Join(g.Notes, "\n"), row.noted) {
			t.Errorf("%s: %v", name, cause)
			if g != nil {
				t.Errorf("%s: scopes %q, notes %q", name, g.Scopes, g.Notes)
			}
		}
	}
	// An algorithm that is not allowed counts no more here than on an ID token.
	ec := newOP(t, true)
	delete(ec.token, "scope")
	ec.jwks = append(ec.jwks, publicJWK("ec", ecKey()))
	claims := must(json.Marshal(map[string]any{"type": "access_token", "client_id": testClientID, "scope": "openid"}))
	ec.token["access_token"] = sign(map[string]any{"alg": "ES256", "kid": "ec"}, claims, ecKey())
	if g, cause := ec.client(t).Redeem(t.Context(), redemption()); cause != nil || g.Scopes.Commas() != requested {
		t.Errorf("ES256: %v", cause)
	}
	op := newOP(t, false)
	delete(op.token, "scope")
	if g, cause := op.client(t).Redeem(t.Context(), redemption()); cause != nil || g.Scopes.Commas() != "openid,profile,email" {
		t.Errorf("OpenID Connect: %v", cause)
	}
}

// An access token in the place of the ID token is no ID token.
func TestIMSAccessTokenIsNoIDToken(t *testing.T) {
	op := newOP(t, true)
	for _, itt := range []string{"at", "rt"} {
		op.header["itt"] = itt
		if _, cause := op.client(t).Redeem(t.Context(), redemption()); cause == nil || cause.Subject != "itt" {
			t.Errorf("itt %s: %v", itt, cause)
		}
	}
	op.header["itt"] = "it"
	if _, cause := op.client(t).Redeem(t.Context(), redemption()); cause != nil {
		t.Error(cause)
	}
}

func TestProviderErrors(t *testing.T) {
	op := newOP(t, true)
	c := op.client(t)
	for _, row := range []struct {
		query        string
		code         usher.Code
		saw, says    string
		nothingAtAll bool
	}{
		{"code=x&state=y", "", "", "", true},
		{"error=invalid_scope", usher.CodeScopeNotProvisioned, "openid,AdobeID,read_organizations,additional_info.projectedProductContext", "fails them all", false},
		{"error=invalid_scopes", usher.CodeScopeNotProvisioned, "openid,AdobeID,read_organizations,additional_info.projectedProductContext", "", false},
		{"error=unauthorized_client", usher.CodeClientIDUnknown, "error=unauthorized_client", "", false},
		{"error=invalid_client", usher.CodeClientIDUnknown, "error=invalid_client", "", false},
		{"error=invalid_redirect_uri", usher.CodeCallbackNotListed, testCallback, "", false},
		{"error=access_denied&error_description=User+said+no", usher.CodeProviderError, "error=access_denied", "User said no", false},
		{"error=login_required", usher.CodeProviderError, "error=login_required", "asked not to", false},
		{"error=consent_required", usher.CodeProviderError, "error=consent_required", "asked not to", false},
		{"error=interaction_required", usher.CodeProviderError, "error=interaction_required", "asked not to", false},
		{"error=server_error", usher.CodeProviderError, "error=server_error", "try again", false},
		{"error=never_seen", usher.CodeProviderError, "error=never_seen", "", false},
		{"error=", usher.CodeProviderError, "an error without a name", "", false},
		{"error=a&error=b", usher.CodeProviderError, "more than one error", "", false},
		{"error=%22%5C%0d%0a%1b%C3%A9x", usher.CodeProviderError, "error=x", "", false},
		{"error=x&error_description=%3Cscript%3E%0a%22%5c%E2%80%A8", usher.CodeProviderError, "error=x", "<script>", false},
		{"error=x&state=" + canaryState + "&code=" + canaryCode + "&error_description=" + canaryState + "+" + canaryCode, usher.CodeProviderError, "error=x", "[secret] [secret]", false},
	} {
		values := must(url.ParseQuery(row.query))
		cause := c.ProviderError(values)
		if row.nothingAtAll {
			if cause != nil {
				t.Errorf("%s: %v", row.query, cause)
			}
			continue
		}
		if cause == nil || cause.Code != row.code || cause.Saw != row.saw || !strings.Contains(cause.Detail, row.says) || cause.Step != usher.StepCallback {
			t.Errorf("%s: %v", row.query, cause)
			continue
		}
		if text := cause.Error(); strings.ContainsAny(text, "\"\\\n\r\x1b") || len(text) > 800 || strings.Contains(text, canaryState) || strings.Contains(text, canaryCode) {
			t.Errorf("%s: %q", row.query, text)
		}
	}
	long := c.ProviderError(url.Values{"error": {strings.Repeat("e", 9000)}, "error_description": {strings.Repeat("d", 9000)}})
	if len(long.Error()) > 900 {
		t.Errorf("%d bytes", len(long.Error()))
	}
}

func TestIssuerParameter(t *testing.T) {
	for name, row := range map[string]struct {
		announced bool
		query     string
		ok        bool
	}{
		"neither announced nor sent": {false, "", true},
		"sent, right":                {false, "iss=SELF", true},
		"announced and right":        {true, "iss=SELF", true},
		"announced and missing":      {true, "", false},
		"another":                    {false, "iss=https://evil.example", false},
		"with a slash":               {true, "iss=SELF/", false},
		"other case":                 {true, "iss=UPPER", false},
		"empty":                      {false, "iss=", false},
		"twice":                      {false, "iss=SELF&iss=SELF", false},
		"twice, one wrong":           {true, "iss=SELF&iss=https://evil.example", false},
	} {
		op := newOP(t, false)
		op.extra = map[string]any{"authorization_response_iss_parameter_supported": row.announced}
		values := must(url.ParseQuery(strings.NewReplacer("SELF", op.URL, "UPPER", strings.ToUpper(op.URL)).Replace(row.query)))
		cause := op.client(t).CheckIssuerParam(values)
		if (cause == nil) != row.ok || !row.ok && (cause.Subject != "iss" || cause.Step != usher.StepCallback) {
			t.Errorf("%s: %v", name, cause)
		}
		if op.count("/token") != 0 {
			t.Error("the token endpoint was called")
		}
	}
}

func TestAuthorizeURLRefusesAnUnprotectedSignIn(t *testing.T) {
	op := newOP(t, false)
	op.extra = map[string]any{"authorization_endpoint": op.URL + "/authorize?tenant=a&state=fixed&scope=none"}
	c := op.client(t)
	good := AuthRequest{State: canaryState, Nonce: canaryNonce, Verifier: canaryVerifier, Prompt: "login", LoginHint: "ana@corp.example", Scopes: usher.Scopes{"email"}, CallbackURL: "https://b.example/cb"}
	address, cause := c.AuthorizeURL(t.Context(), good)
	if cause != nil {
		t.Fatal(cause)
	}
	q := must(url.Parse(address)).Query()
	for name, want := range map[string]string{"tenant": "a", "state": canaryState, "scope": "openid email", "prompt": "login", "login_hint": "ana@corp.example", "redirect_uri": "https://b.example/cb"} {
		if got := q[name]; len(got) != 1 || got[0] != want {
			t.Errorf("%s = %q", name, got)
		}
	}
	for name, change := range map[string]func(*AuthRequest){
		"no state":          func(r *AuthRequest) { r.State = "" },
		"state of 256":      func(r *AuthRequest) { r.State = strings.Repeat("s", 256) },
		"no nonce":          func(r *AuthRequest) { r.Nonce = "" },
		"no verifier":       func(r *AuthRequest) { r.Verifier = "" },
		"verifier of 42":    func(r *AuthRequest) { r.Verifier = strings.Repeat("v", 42) },
		"verifier of 129":   func(r *AuthRequest) { r.Verifier = strings.Repeat("v", 129) },
		"verifier with a +": func(r *AuthRequest) { r.Verifier = strings.Repeat("+", 43) },
	} {
		bad := good
		change(&bad)
		if _, cause := c.AuthorizeURL(t.Context(), bad); cause == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
