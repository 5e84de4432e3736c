// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"net/http"
	"slices"
	"strings"
)

// expiresIn is the life of an access token as the answer says it: seconds from
// v2 on, milliseconds on the bare path and v1.
func expiresIn(version string) int64 {
	if version == "v1" {
		return accessLife.Milliseconds() - 15
	}
	return int64(accessLife.Seconds()) - 1
}

// grantTokens is the answer to a code or a refresh token. v1 inlines the whole
// profile beside the tokens; v2 adds userId.
func (s *Server) grantTokens(d *directory, who *person, g grant, i issue, version string, first bool) object {
	access := s.accessToken(d, who, i)
	out := object{{"access_token", access}}
	if i.refresh {
		out.set("refresh_token", s.refreshToken(i))
	}
	if first {
		out.set("sub", who.ID)
	}
	if slices.Contains(i.scopes, "openid") && (first || s.refreshesIDToken()) {
		out.set("id_token", s.idToken(d, who, g, access, ""))
	}
	out.set("token_type", "bearer")
	out.set("expires_in", expiresIn(version))
	switch {
	case version == "v2":
		out.set("userId", who.ID)
	case version == "v1" && first:
		for _, m := range s.profileOf(d, who, i.scopes) {
			out.set(m.name, m.value)
		}
		out.set("mrktPermEmail", "false") // a text here, and null in the profile
	}
	return out
}

// refresh gives new tokens for a refresh token, for the same scopes or fewer.
func (s *Server) refresh(client *registration, p params, version string) (object, *problem) {
	claims, ok := s.live(p["refresh_token"], "refresh_token")
	if !ok || claims.ClientID != client.ID || s.refusesRefresh() {
		return nil, badRequest("invalid_grant", "the refresh token is not valid")
	}
	d := s.current.Load()
	who, ok := d.ids[claims.UserID]
	if !ok || who.Disabled {
		return nil, badRequest("invalid_grant", "the account is not available")
	}
	scopes := scopesOf(claims.Scope)
	if asked := scopesOf(p["scope"]); len(asked) > 0 {
		for _, scope := range asked {
			if !slices.Contains(scopes, scope) {
				return nil, badRequest("invalid_scope", "the scope "+scope+" was not granted")
			}
		}
		scopes = asked
	}
	if s.rotatesRefreshTokens() {
		s.end(claims.ID)
	}
	g := grant{ask: ask{client: client.ID, state: claims.State, scopes: scopes}, email: who.Email, sid: claims.SID, since: s.clock(), again: true}
	i := claimsFor(g, who, claims.Chain, slices.Contains(scopes, "offline_access"))
	return s.grantTokens(d, who, g, i, version, false), nil
}

// clientCredentials gives the client a token of its technical account. The
// scope is mandatory here.
func (s *Server) clientCredentials(client *registration, p params, version string) (object, *problem) {
	if client.public() {
		return nil, badRequest("unauthorized_client", "a public client has no technical account")
	}
	scopes := scopesOf(p["scope"])
	if len(scopes) == 0 {
		return nil, badRequest("invalid_scope", "the scope is missing")
	}
	d := s.current.Load()
	if bad := s.checkScopes(&ask{scopes: scopes}, client); bad != nil {
		return nil, bad
	}
	who := d.people[fold(client.technicalAccount())]
	i := issue{kind: "access_token", client: client.ID, user: who.ID, sid: s.random.uuid(), chain: s.random.uuid(), scopes: scopes}
	return object{{"access_token", s.accessToken(d, who, i)}, {"token_type", "bearer"}, {"expires_in", expiresIn(version)}}, nil
}

// exchangeJWT is /ims/exchange/jwt, whose credentials have all ended: a client
// that is known lacks the grant, which Adobe documents as 401.
func (s *Server) exchangeJWT(r *http.Request) answer {
	p, bad := formParams(r)
	if bad != nil {
		return bad.answer()
	}
	if _, known := s.client(p["client_id"]); !known {
		return s.badClient("invalid client_id parameter").answer()
	}
	return (&problem{http.StatusUnauthorized, "invalid_client", "the client has no service account (JWT) credential: these have ended"}).answer()
}

// serviceToken gives the service token that a permanent code stands for: it
// speaks for the client alone.
func (s *Server) serviceToken(client *registration, p params, version string) (object, *problem) {
	scopes := client.Scopes
	if asked := scopesOf(p["scope"]); len(asked) > 0 {
		if bad := s.checkScopes(&ask{scopes: asked}, client); bad != nil {
			return nil, bad
		}
		scopes = asked
	}
	d := s.current.Load()
	user := strings.ReplaceAll(client.ID, "@", "_") + "@AdobeService"
	i := issue{kind: "service_token", client: client.ID, user: user, sid: s.random.uuid(), chain: s.random.uuid(), scopes: scopes}
	return object{{"access_token", s.accessToken(d, nil, i)}, {"token_type", "bearer"}, {"expires_in", expiresIn(version)}}, nil
}
