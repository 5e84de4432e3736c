// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"net/http"
	"strings"
)

// organizations is /ims/organizations: the third place that names product
// profiles, and the only one that names user groups.
func (s *Server) organizations(r *http.Request) answer {
	d, who, _, refused := s.holder(r, "read_organizations")
	if refused != nil {
		return *refused
	}
	groups := []any{}
	for _, m := range s.memberships(s.groupsOf(who)) {
		groups = append(groups, object{
			{"groupName", m.name}, {"role", "TEAM_MEMBER"}, {"ident", s.groupNumber(m.name)}, {"groupType", m.kind}, {"groupDisplayName", m.name},
		})
	}
	list := []any{object{
		{"orgName", d.org.displayName()}, {"orgRef", object{{"ident", s.ident(d)}, {"authSrc", "AdobeOrg"}}},
		{"orgType", "Enterprise"}, {"countryCode", nil}, {"groups", groups},
	}}
	s.spoilOrganizations(&list)
	return jsonAnswer(http.StatusOK, list)
}

// ident is the organization's id as organizations give it: without its suffix.
func (s *Server) ident(d *directory) string {
	id, _, _ := strings.Cut(s.owningEntity(d), "@")
	return id
}

// groupKind is what organizations call a product profile, or a user group.
func groupKind(g *Group) string {
	if g.UserGroup {
		return "USER"
	}
	return "LICENSE"
}

// organization is /ims/organizations/ORG/v2, for service tokens.
func (s *Server) organization(r *http.Request) answer {
	d, refused := s.serviceCall(r)
	if refused != nil {
		return *refused
	}
	groups := []any{}
	for i := range d.org.Groups {
		g := &d.org.Groups[i]
		groups = append(groups, object{{"groupName", s.nameOf(g)}, {"role", "TEAM_MEMBER"}, {"ident", s.groupNumber(s.nameOf(g))}})
	}
	return jsonAnswer(http.StatusOK, object{
		{"orgName", d.org.displayName()}, {"orgType", "Enterprise"}, {"countryCode", "US"}, {"groups", groups},
	})
}

// serviceCall checks the token of a call about an organization, and that the
// path names ours.
func (s *Server) serviceCall(r *http.Request) (*directory, *answer) {
	if _, refused := s.bearerOf(r, "read_organizations"); refused != nil {
		return nil, refused
	}
	d := s.current.Load()
	id, _, _ := strings.Cut(r.PathValue("org"), "@")
	if id == "" || id != d.org.ident() {
		a := (&problem{http.StatusNotFound, "not_found", "there is no such organization"}).answer()
		return nil, &a
	}
	return d, nil
}
