// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// token is /ims/token in its five spellings. The bare path is v1.
func (s *Server) token(r *http.Request, version string) answer {
	p, bad := formParams(r)
	if bad != nil {
		return bad.answer()
	}
	if s.looksAtCodeFirst() && p["grant_type"] == "authorization_code" {
		if _, ok := s.openCode(p["code"]); !ok {
			return badRequest("invalid_grant", "the code is not valid").answer()
		}
	}
	client, bad := s.authenticate(r, p, version)
	if bad != nil {
		return bad.answer()
	}
	if bad = s.refusesTokens(); bad == nil {
		bad = s.refusesServers(r)
	}
	if bad != nil {
		return bad.answer()
	}
	var body object
	switch p["grant_type"] {
	case "authorization_code":
		if client.ServiceCode != "" && same(p["code"], client.ServiceCode) {
			body, bad = s.serviceToken(client, p, version)
		} else {
			body, bad = s.redeem(client, p, version)
		}
	case "refresh_token":
		body, bad = s.refresh(client, p, version)
	case "client_credentials":
		body, bad = s.clientCredentials(client, p, version)
	case "":
		bad = badRequest("invalid_request", "the grant_type is missing")
	default:
		bad = badRequest("unsupported_grant_type", "the grant_type is authorization_code, refresh_token or client_credentials")
	}
	if bad != nil {
		return bad.answer()
	}
	return s.tokenAnswer(body)
}

// authenticate finds the client and checks its secret: in the form, or by HTTP
// Basic with both parts form-encoded (RFC 6749 section 2.3.1), never both ways.
func (s *Server) authenticate(r *http.Request, p params, version string) (*registration, *problem) {
	id, secret := p["client_id"], p["client_secret"]
	if user, password, ok := r.BasicAuth(); ok {
		name, err := url.QueryUnescape(user)
		word, err2 := url.QueryUnescape(password)
		if s.on(basicRaw) {
			name, word, err, err2 = user, password, nil, nil
		}
		switch {
		case version == "v1":
			return nil, badRequest("invalid_client", "HTTP Basic is not supported on this version")
		case err != nil || err2 != nil:
			return nil, badRequest("invalid_client", "the HTTP Basic credentials are not form-encoded")
		case secret != "":
			return nil, badRequest("invalid_request", "the client is authenticated in two ways at once")
		case id != "" && id != name:
			return nil, badRequest("invalid_client", "invalid client_id parameter")
		case s.refusesBasic():
			return nil, s.badClient("invalid client_secret parameter")
		}
		id, secret = name, word
	} else if secret != "" && s.refusesPost() {
		return nil, s.badClient("invalid client_secret parameter")
	}
	client, ok := s.client(id)
	switch {
	case !ok:
		return nil, s.badClient("invalid client_id parameter")
	case client.Disabled:
		return nil, badRequest("unauthorized_client", "the client is disabled")
	case client.public() && secret != "":
		return nil, s.badClient("invalid client_secret parameter")
	case client.public():
		return client, nil
	case !slices.ContainsFunc(client.Secrets, func(known string) bool { return same(known, secret) }):
		return nil, s.badClient("invalid client_secret parameter")
	}
	if bad := s.refusesSecret(); bad != nil {
		return nil, bad
	}
	return client, nil
}

// badClient is 400 at IMS, where RFC 6749 would have 401.
func (s *Server) badClient(description string) *problem {
	return badRequest("invalid_client", description)
}

// openCode finds what a code stands for, without spending it.
func (s *Server) openCode(code string) (grant, bool) {
	claims, _, err := s.keys.open(code)
	if err != nil || claims.Type != "authorization_code" {
		return grant{}, false
	}
	return s.codes.get(claims.ID, s.clock())
}

// redeem gives tokens for a code: once, to the client that it was given to,
// with the verifier of its challenge.
func (s *Server) redeem(client *registration, p params, version string) (object, *problem) {
	refused := "invalid_grant"
	if version == "v1" {
		refused = "access_denied"
	}
	claims, _, err := s.keys.open(p["code"])
	if err != nil || claims.Type != "authorization_code" || claims.ClientID != client.ID {
		return nil, badRequest(refused, "the code is not valid")
	}
	if chain, used := s.spent.get(claims.ID, s.clock()); used && !s.takesCodesTwice() {
		s.end(chain)
		return nil, badRequest(refused, "the code was used before")
	}
	g, ok := s.spend(claims.ID)
	if !ok {
		return nil, badRequest(refused, "the code is not valid any more")
	}
	if uri, sent := p["redirect_uri"]; sent && uri != g.ask.asked {
		return nil, badRequest(refused, "the redirect_uri is not the one of the authorize request")
	}
	if !s.ignoresPKCE() && !proves(p["code_verifier"], g.ask) {
		return nil, badRequest(refused, "the code_verifier does not fit the code_challenge")
	}
	d := s.current.Load()
	who, ok := d.person(g.email)
	if !ok || who.Disabled {
		return nil, badRequest(refused, "the account is not available")
	}
	chain := s.random.uuid()
	s.spent.put(claims.ID, chain, s.clock().Add(refreshLife))
	return s.grantTokens(d, who, g, claimsFor(g, who, chain, slices.Contains(g.ask.scopes, "offline_access")), version, true), nil
}

// spend takes the code away, unless codes may be used twice.
func (s *Server) spend(id string) (grant, bool) {
	if s.takesCodesTwice() {
		return s.codes.get(id, s.clock())
	}
	return s.codes.take(id, s.clock())
}

// proves checks a verifier against the challenge of the request (RFC 7636
// section 4.6). Without a challenge there must be no verifier.
func proves(verifier string, a ask) bool {
	switch {
	case a.challenge == "":
		return verifier == ""
	case !verifierShape(verifier):
		return false
	case a.method == "S256":
		sum := sha256.Sum256([]byte(verifier))
		return same(encode(sum[:]), a.challenge)
	}
	return same(verifier, a.challenge)
}

// same compares secrets without telling where they differ.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func bearer(r *http.Request) string {
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
