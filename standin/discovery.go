// SPDX-License-Identifier: Apache-2.0

package standin

import "net/http"

// discovery is the metadata as recorded, with this stand-in's address. What it
// leaves out is left out on purpose: the real document has no
// code_challenge_methods_supported and no end_session_endpoint.
func (s *Server) discovery(*http.Request) answer {
	base := s.BaseURL()
	d := object{
		{"issuer", base},
		{"authorization_endpoint", base + "/ims/authorize/v2"},
		{"token_endpoint", base + "/ims/token/v3"},
		{"userinfo_endpoint", base + "/ims/userinfo/v2"},
		{"revocation_endpoint", base + "/ims/revoke"},
		{"jwks_uri", base + "/ims/keys"},
		{"response_types_supported", []string{"code", "token", "id_token", "id_token token", "code id_token"}},
		{"subject_types_supported", []string{"public"}},
		{"id_token_signing_alg_values_supported", []string{"RS256"}},
		{"scopes_supported", []string{"openid", "email", "profile"}},
		{"token_endpoint_auth_methods_supported", []string{"client_secret_basic", "client_secret_post"}},
		{"claims_supported", []string{"sub", "given_name", "family_name", "name", "email", "email_verified", "address"}},
		{"grant_types_supported", []string{"authorization_code", "implicit_grant", "refresh_token"}},
	}
	s.spoilDiscovery(&d)
	a := jsonAnswer(http.StatusOK, d)
	a.header.Del("Cache-Control")
	return a
}

// keySet is the JSON Web Key Set (RFC 7517).
func (s *Server) keySet(*http.Request) answer {
	list := []any{}
	for _, k := range s.keys.published() {
		list = append(list, k.jwk())
	}
	s.spoilKeys(&list)
	a := jsonAnswer(http.StatusOK, object{{"keys", list}})
	a.header.Del("Cache-Control")
	return a
}

// foreignKeys is the key set that the jku of a spoiled token points to. No
// client has a reason to fetch it: a call of it is a finding.
func (s *Server) foreignKeys(*http.Request) answer {
	return jsonAnswer(http.StatusOK, object{{"keys", []any{s.keys.spare(foreignKey).jwk()}}})
}

// certificate is the certificate that the x5u of a token's header names.
func (s *Server) certificate(r *http.Request) answer {
	for _, k := range append(s.keys.published(), s.keys.spare(foreignKey)) {
		if k.x5u() != r.PathValue("name") {
			continue
		}
		der, err := k.certificate(s.clock())
		if err != nil {
			return textAnswer(http.StatusInternalServerError, "the certificate could not be made")
		}
		return pemAnswer(der)
	}
	return textAnswer(http.StatusNotFound, "there is no such certificate")
}
