// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// bearerOf checks the access token of a request, and that it has the scope.
func (s *Server) bearerOf(r *http.Request, scope string) (imsClaims, *answer) {
	refuse := func(status int, code, description string) (imsClaims, *answer) {
		a := bearerProblem(status, code, description)
		return imsClaims{}, &a
	}
	token := bearer(r)
	if token == "" {
		return refuse(http.StatusUnauthorized, "invalid_token", "there is no access token")
	}
	claims, ok := s.live(token, "access_token")
	if !ok || s.on(accessTokenRefused) {
		return refuse(http.StatusUnauthorized, "invalid_token", "the access token is not valid")
	}
	if scope != "" && !claims.has(scope) {
		return refuse(http.StatusForbidden, "insufficient_scope", "the access token lacks the scope "+scope)
	}
	return claims, nil
}

// holder checks the access token and finds whom it speaks for.
func (s *Server) holder(r *http.Request, scope string) (*directory, *person, imsClaims, *answer) {
	claims, refused := s.bearerOf(r, scope)
	if refused != nil {
		return nil, nil, claims, refused
	}
	d := s.current.Load()
	who, ok := d.ids[claims.UserID]
	if !ok || who.Disabled {
		a := bearerProblem(http.StatusUnauthorized, "invalid_token", "the account is not available")
		return nil, nil, claims, &a
	}
	return d, who, claims, nil
}

// profile is /ims/profile: who the person is, and the product profiles in two
// of the three places that may hold them.
func (s *Server) profile(r *http.Request) answer {
	d, who, claims, refused := s.holder(r, "AdobeID")
	if refused != nil {
		return *refused
	}
	return jsonAnswer(http.StatusOK, s.profileOf(d, who, scopesOf(claims.Scope)))
}

// profileOf is the profile as the scopes show it.
func (s *Server) profileOf(d *directory, who *person, scopes []string) object {
	first, last := splitName(who.Name)
	has := func(scope string) bool { return slices.Contains(scopes, scope) }
	o := object{
		{"account_type", oldAccountType(who)}, {"utcOffset", "null"}, {"preferred_languages", []string{"en-us"}},
		{"displayName", who.Name}, {"last_name", last}, {"userId", who.ID}, {"authId", who.ID},
		{"emailVerified", strconv.FormatBool(!who.Unverified)}, {"phoneNumber", nil}, {"countryCode", who.Country},
		{"name", who.Name}, {"mrktPerm", "EMAIL:false"}, {"mrktPermEmail", nil}, {"first_name", first}, {"email", who.Email},
	}
	if has("additional_info.job_function") {
		o.set("job_function", nil)
	}
	if has("additional_info.projectedProductContext") {
		o.set("projectedProductContext", s.productContexts(d, who))
	}
	if has("additional_info.roles") {
		o.set("roles", s.roles(d, who))
	}
	if has("avatar") {
		o.set("avatar", s.BaseURL()+"/assets/icon.svg")
	}
	if has("session") {
		o.set("session", s.BaseURL()+"/ims/session/v1/"+strings.ToLower(hex24("session "+who.Email)))
	}
	s.spoilProfile(&o)
	return o
}

// productContexts names each product profile as a product context's label,
// with the organization's service code and id beside it.
func (s *Server) productContexts(d *directory, who *person) []any {
	out := []any{}
	for _, g := range s.namesOf(s.profilesOf(who)) {
		c := object{
			{"statusCode", "ACTIVE"}, {"ident", (hex24("product context "+g) + "0123456789")[:26]}, {"modDts", int64(1448307260000)},
		}
		if tenant := s.tenant(d); tenant != "" {
			c.set("organization_id", tenant)
			c.set("tenant_id", tenant)
		}
		c = append(c, object{
			{"owningEntity", s.owningEntity(d)}, {"serviceCode", s.serviceCode(d)}, {"label", g}, {"serviceLevel", "standard"},
			{"createDts", int64(1421181343000)}, {"deal_id", " "}, {"groupid", strconv.Itoa(groupIdent(g))},
		}...)
		out = append(out, object{{"prodCtx", c}})
	}
	return out
}

func (s *Server) roles(d *directory, who *person) []any {
	out := []any{}
	for _, g := range s.namesOf(s.profilesOf(who)) {
		out = append(out, object{
			{"principal", who.ID + ":" + d.org.ID}, {"organization", s.owningEntity(d)}, {"named_role", "user_group_license_user"},
			{"target", strconv.Itoa(groupIdent(g))}, {"target_type", "TRG_CMT_GROUP"},
			{"target_data", object{
				{"gid", strconv.Itoa(groupIdent(g))}, {"group_name", g}, {"svc_code", s.serviceCode(d)},
				{"pc_ident", (hex24("product context "+g) + "0123456789")[:26]},
			}},
		})
	}
	return out
}

// groupIdent is a group's number. It depends on the name alone, so it is the
// same in every answer and after every restart.
func groupIdent(name string) int {
	n, _ := strconv.ParseInt(hex24("group " + name)[:7], 16, 64)
	return int(n) + 10_000_000
}

func oldAccountType(who *person) string {
	switch who.Type {
	case "adobeID":
		return "type1"
	case "enterpriseID":
		return "type2"
	}
	return "type3"
}

func splitName(name string) (first, last string) {
	words := strings.Fields(name)
	if len(words) < 2 {
		return name, ""
	}
	return strings.Join(words[:len(words)-1], " "), words[len(words)-1]
}
