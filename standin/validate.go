// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"encoding/pem"
	"net/http"
)

// validate is /ims/validate_token/v1. A token that is not valid is still
// answered with 200.
func (s *Server) validate(r *http.Request) answer {
	p, bad := formParams(r)
	if bad != nil {
		return bad.answer()
	}
	token := p["token"]
	if token == "" {
		token = bearer(r)
	}
	client := r.Header.Get("X-Ims-Clientid")
	if client == "" {
		client = p["client_id"]
	}
	if _, known := s.client(client); !known {
		return s.badClient("invalid client_id parameter").answer()
	}
	claims, raw, err := s.keys.open(token)
	reason := ""
	switch {
	case err != nil:
		reason = "bad_signature"
	case p["type"] != "" && p["type"] != claims.Type:
		reason = "wrong_type"
	default:
		reason = s.whyInvalid(claims)
	}
	if reason != "" {
		return jsonAnswer(http.StatusOK, object{{"valid", false}, {"reason", reason}})
	}
	return jsonAnswer(http.StatusOK, object{{"valid", true}, {"token", raw}})
}

// invalidate is /ims/invalidate_token/v2: 200 and an empty body.
func (s *Server) invalidate(r *http.Request) answer {
	p, bad := formParams(r)
	if bad != nil {
		return bad.answer()
	}
	client, known := s.client(p["client_id"])
	if !known {
		return s.badClient("invalid client_id parameter").answer()
	}
	claims, _, err := s.keys.open(p["token"])
	if err == nil && claims.Type == "service_token" {
		if _, bad := s.authenticate(r, p, "v2"); bad != nil {
			return bad.answer()
		}
	}
	if err == nil && claims.ClientID == client.ID {
		s.endToken(claims, p["cascading"] == "all")
	}
	return emptyAnswer(http.StatusOK)
}

// revoke is /ims/revoke (RFC 7009): 200 and an empty body, also for a token
// that is none.
func (s *Server) revoke(r *http.Request) answer {
	p, bad := formParams(r)
	if bad != nil {
		return bad.answer()
	}
	client, bad := s.authenticate(r, p, "v2")
	if bad != nil {
		if s.believesAnyClient() {
			return emptyAnswer(http.StatusOK)
		}
		return bad.answer()
	}
	if p["token"] == "" {
		return badRequest("invalid_request", "the token is missing").answer()
	}
	if claims, _, err := s.keys.open(p["token"]); err == nil && claims.ClientID == client.ID {
		s.endToken(claims, false)
	}
	return emptyAnswer(http.StatusOK)
}

// endToken revokes a token. A refresh token takes along whatever its sign-in
// gave; an access token only where that is asked for.
func (s *Server) endToken(c imsClaims, all bool) {
	s.end(c.ID)
	if all || c.Type == "refresh_token" {
		s.end(c.Chain)
	}
}

func pemAnswer(der []byte) answer {
	a := textAnswer(http.StatusOK, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	a.header.Set("Content-Type", "application/pkix-cert")
	return a
}
