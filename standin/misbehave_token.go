// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"net/http"
	"time"
)

const (
	tokenRefuses       = "token-refuses"
	tokenCodeFirst     = "token-looks-at-code-first"
	tokenBasicOnly     = "token-basic-only"
	tokenPostOnly      = "token-post-only"
	oddExpiry          = "token-expiry"
	tokenType          = "token-type"
	tokenMissing       = "token-access-missing"
	tokenIDMissing     = "id-token-missing"
	tokenIDShape       = "id-token-shape"
	tokenShape         = "token-answer-shape"
	scopeDropped       = "scope-dropped"
	pkceIgnored        = "pkce-ignored"
	codesTwice         = "code-reusable"
	codesExpired       = "code-expired"
	refreshRefused     = "refresh-refused"
	refreshRotates     = "refresh-rotates"
	refreshIDToken     = "refresh-id-token"
	refreshSubject     = "refresh-subject-other"
	refreshIssuer      = "refresh-issuer-other"
	introspectionOpen  = "introspection-open"
	accessTokenRefused = "access-token-refused"
)

func tokenSwitches() []Switch {
	const part = "token"
	return []Switch{
		{Name: tokenRefuses, Part: part, Check: "token-refused", Default: "invalid_grant", Does: "The token endpoint refuses every well-authenticated request with this error."},
		{Name: tokenCodeFirst, Part: part, Does: "The token endpoint looks at the code before it looks at the client: a wrong secret and a wrong code get the same answer, as from zitadel."},
		{Name: tokenBasicOnly, Part: part, Check: "client-auth-style", Does: "Clients must authenticate by HTTP Basic; a secret in the form is refused."},
		{Name: tokenPostOnly, Part: part, Check: "client-auth-style", Does: "Clients must send their secret in the form; HTTP Basic is refused."},
		{Name: oddExpiry, Part: part, Check: "token-answer-invalid", Default: "string", Choices: []string{"string", "absent", "negative", "huge", "milliseconds"}, Does: "expires_in is odd."},
		{Name: tokenType, Part: part, Check: "token-answer-invalid", Default: "mac", Choices: []string{"mac", "absent", "BEARER"}, Does: "token_type is odd; another letter case alone is allowed."},
		{Name: tokenMissing, Part: part, Check: "token-answer-invalid", Does: "The answer has no access token."},
		{Name: tokenIDMissing, Part: part, Check: "token-answer-invalid", Does: "The answer has no ID token, although openid was granted."},
		{Name: tokenIDShape, Part: part, Check: "token-answer-invalid", Default: "object", Choices: []string{"object", "array", "number", "null", "empty"}, Does: "The ID token is no string, or an empty one."},
		{Name: tokenShape, Part: part, Check: "token-answer-invalid", Default: "array", Choices: []string{"array", "string", "null"}, Does: "The answer is JSON of another kind than an object."},
		{Name: scopeDropped, Part: part, Check: "scope-dropped", Default: "additional_info.projectedProductContext", Does: "This scope is provisioned and asked for, and silently not granted."},
		{Name: pkceIgnored, Part: part, Does: "Code verifiers are not looked at."},
		{Name: codesTwice, Part: part, Does: "A code can be redeemed as often as one likes."},
		{Name: codesExpired, Part: part, Check: "token-refused", Does: "Every code has expired before it can be redeemed."},
		{Name: refreshRefused, Part: part, Check: "token-refused", Does: "Every refresh token is refused."},
		{Name: refreshRotates, Part: part, Does: "A refresh token ends when it is used."},
		{Name: refreshIDToken, Part: part, Does: "A refresh gives an ID token too. IMS documents none."},
		{Name: refreshSubject, Part: part, Check: "id-token-invalid", Does: "A refresh gives an ID token of another subject."},
		{Name: refreshIssuer, Part: part, Check: "id-token-invalid", Does: "A refresh gives an ID token of another issuer."},
		{Name: introspectionOpen, Part: part, Does: "There is an introspection endpoint, and it and revocation answer 200 to any client, so that neither proves a secret right, as with dex."},
		{Name: accessTokenRefused, Part: part, Check: "profile-invalid", Does: "Fresh access tokens are refused: 401 wherever they are shown."},
	}
}

func (s *Server) looksAtCodeFirst() bool     { return s.on(tokenCodeFirst) }
func (s *Server) refusesBasic() bool         { return s.on(tokenPostOnly) }
func (s *Server) refusesPost() bool          { return s.on(tokenBasicOnly) }
func (s *Server) ignoresPKCE() bool          { return s.on(pkceIgnored) }
func (s *Server) takesCodesTwice() bool      { return s.on(codesTwice) }
func (s *Server) refusesRefresh() bool       { return s.on(refreshRefused) }
func (s *Server) rotatesRefreshTokens() bool { return s.on(refreshRotates) }
func (s *Server) believesAnyClient() bool    { return s.on(introspectionOpen) }

func (s *Server) refreshesIDToken() bool {
	return s.on(refreshIDToken) || s.on(refreshSubject) || s.on(refreshIssuer)
}

func (s *Server) refusesTokens() *problem {
	if code, on := s.value(tokenRefuses); on {
		return badRequest(code, "a switch of the stand-in asked for this")
	}
	return nil
}

// introspect is only there while its switch is on (RFC 7662).
func (s *Server) introspect(*http.Request) answer {
	if !s.believesAnyClient() {
		return textAnswer(http.StatusNotFound, "Not Found")
	}
	return jsonAnswer(http.StatusOK, object{{"active", false}})
}

// granted is what of the asked scopes is granted: all, unless one is dropped.
func (s *Server) granted(scopes []string) []string {
	dropped, on := s.value(scopeDropped)
	if !on {
		return scopes
	}
	var kept []string
	for _, scope := range scopes {
		if scope != dropped {
			kept = append(kept, scope)
		}
	}
	return kept
}

// spoilTokens changes a good answer of the token endpoint.
func (s *Server) spoilTokens(body *object) {
	switch how, _ := s.value(oddExpiry); how {
	case "string":
		body.set("expires_in", "86399")
	case "absent":
		body.drop("expires_in")
	case "negative":
		body.set("expires_in", -1)
	case "huge":
		body.set("expires_in", 1e300)
	case "milliseconds":
		body.set("expires_in", accessLife.Milliseconds())
	}
	switch how, on := s.value(tokenType); {
	case !on:
	case how == "absent":
		body.drop("token_type")
	default:
		body.set("token_type", how)
	}
	if s.on(tokenMissing) {
		body.drop("access_token")
	}
	if s.on(tokenIDMissing) {
		body.drop("id_token")
	}
	if how, on := s.value(tokenIDShape); on && body.get("id_token") != nil {
		token := body.get("id_token")
		body.set("id_token", map[string]any{
			"object": map[string]any{"token": token}, "array": []any{token}, "number": 1, "null": nil, "empty": "",
		}[how])
	}
}

// tokenAnswer writes the answer of the token endpoint.
func (s *Server) tokenAnswer(body object) answer {
	s.spoilTokens(&body)
	switch shape, _ := s.value(tokenShape); shape {
	case "array":
		return jsonAnswer(http.StatusOK, []any{body})
	case "string":
		return jsonAnswer(http.StatusOK, "access_token")
	case "null":
		return jsonAnswer(http.StatusOK, nil)
	}
	return jsonAnswer(http.StatusOK, body)
}

// codeUntil is when a fresh code expires.
func (s *Server) codeUntil() time.Time {
	if s.on(codesExpired) {
		return s.clock()
	}
	return s.clock().Add(codeLife)
}
