// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"net/http"
	"slices"
)

// userinfo is /ims/userinfo: the person's claims, by scope.
func (s *Server) userinfo(r *http.Request, version string) answer {
	_, who, claims, refused := s.holder(r, "openid")
	if refused != nil {
		return *refused
	}
	body := append(object{{"sub", who.ID}}, s.personClaims(who, scopesOf(claims.Scope), version)...)
	s.spoilUserinfo(&body)
	return jsonAnswer(http.StatusOK, body)
}

// personClaims are the claims that scopes show, in the recorded order. The
// claim groups is the stand-in's own: IMS has none.
func (s *Server) personClaims(who *person, scopes []string, version string) object {
	has := func(scope string) bool { return slices.Contains(scopes, scope) }
	first, last := splitName(who.Name)
	var o object
	if has("profile") {
		o.set("account_type", accountType(who, version))
	}
	if has("email") {
		o.set("email_verified", !who.Unverified)
	}
	if has("address") {
		o.set("address", object{{"country", who.Country}})
	}
	if has("profile") {
		o.set("name", who.Name)
		o.set("given_name", first)
		o.set("family_name", last)
	}
	if has("email") {
		o.set("email", who.Email)
	}
	if has("groups") {
		o.set("groups", s.namesOf(s.groupsOf(who)))
	}
	s.spoilPerson(&o)
	return o
}

// accountType is ind or ent from v2 on, type1 to type3 before.
func accountType(who *person, version string) string {
	switch {
	case version != "v2":
		return oldAccountType(who)
	case who.Type == "adobeID":
		return "ind"
	}
	return "ent"
}
