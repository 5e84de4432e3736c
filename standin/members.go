// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"net/http"
	"strconv"
	"strings"
)

// members is /ims/organizations/ORG/groups/GROUP/members, for service tokens:
// a page of 50 unless batchSize says otherwise.
func (s *Server) members(r *http.Request) answer {
	d, refused := s.serviceCall(r)
	if refused != nil {
		return *refused
	}
	for i := range d.org.Groups {
		g := &d.org.Groups[i]
		if strconv.Itoa(groupIdent(s.nameOf(g))) != r.PathValue("group") {
			continue
		}
		start := atLeast(r.URL.Query().Get("startIndex"), 0, 0)
		batch := min(atLeast(r.URL.Query().Get("batchSize"), 1, 50), 1000)
		items := []any{}
		for _, email := range window(g.Members, start, batch) {
			who, _ := d.person(email)
			first, last := splitName(who.Name)
			items = append(items, object{{"username", email}, {"email", email}, {"firstName", first}, {"lastName", last}})
		}
		return jsonAnswer(http.StatusOK, object{{"startIndex", start}, {"batchSize", len(items)}, {"totalSize", len(g.Members)}, {"items", items}})
	}
	return (&problem{http.StatusNotFound, "not_found", "there is no such group"}).answer()
}

// contextsOfOrganization is /ims/fetch_pc_by_org/v1: the organization's product
// contexts, with its tenant among the parameters.
func (s *Server) contextsOfOrganization(r *http.Request) answer {
	p, bad := formParams(r)
	if bad != nil {
		return bad.answer()
	}
	if _, refused := s.bearerOf(r, "read_organizations"); refused != nil {
		return *refused
	}
	d := s.current.Load()
	if id, _, _ := strings.Cut(p["org_id"], "@"); id != d.org.ident() {
		return (&problem{http.StatusNotFound, "not_found", "there is no such organization"}).answer()
	}
	return jsonAnswer(http.StatusOK, object{{"productContexts", []any{object{
		{"serviceCode", s.serviceCode(d)}, {"owningEntity", d.org.ID}, {"statusCode", "ACTIVE"}, {"params", object{{"tenant_id", d.org.Tenant}}},
	}}}})
}

// atLeast reads a number that is not below least; otherwise is what an absent
// or unreadable one counts as.
func atLeast(text string, least, otherwise int) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < least {
		return otherwise
	}
	return n
}

// window is a page of a list: n of it, from start on.
func window[T any](list []T, start, n int) []T {
	start = min(start, len(list))
	return list[start : start+min(n, len(list)-start)]
}
