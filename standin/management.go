// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// managementRoutes is the read side of the user management API.
func (s *Server) managementRoutes(at func(string, string, func(*http.Request) answer)) {
	const api = "GET /v2/usermanagement"
	at(api+"/users/{org}/{page}", "usermanagement", s.managed("users", 25, s.listUsers))
	at(api+"/users/{org}/{page}/{group}", "usermanagement", s.managed("users in a group", 25, s.listUsers))
	at(api+"/organizations/{org}/users/{user}", "usermanagement", s.managed("one user", 25, s.oneUser))
	at(api+"/groups/{org}/{page}", "usermanagement", s.managed("groups", 5, s.listGroups))
}

const (
	perPage       = 200 // entries on a page; the real size varies, up to 2,000
	globalPerMin  = 100
	retryInSecond = 38
)

// managed checks what every call needs: an access token with the scope
// user_management_sdk, the client's id in X-Api-Key, our organization, and
// fewer calls a minute than the limit.
func (s *Server) managed(what string, limit int, handle func(*http.Request, *directory) answer) func(*http.Request) answer {
	return func(r *http.Request) answer {
		a := s.judgeManagement(r, what, limit)
		if a == nil {
			d := s.current.Load()
			if id := r.PathValue("org"); id != d.org.ID {
				b := jsonAnswer(http.StatusBadRequest, object{{"lastPage", false}, {"result", "error.organization.invalid_id"}, {"message", "Bad organization Id"}})
				a = &b
			} else {
				b := handle(r, d)
				a = &b
			}
		}
		if id := r.Header.Get("X-Request-Id"); id != "" && len(id) <= 200 {
			a.header.Set("X-Request-Id", id)
		}
		return *a
	}
}

func (s *Server) judgeManagement(r *http.Request, what string, limit int) *answer {
	claims, ok := s.live(bearer(r), "access_token")
	if !ok || s.on(accessTokenRefused) {
		a := emptyAnswer(http.StatusUnauthorized)
		a.header.Set("WWW-Authenticate", `Bearer realm="JIL", error="invalid_token", error_description="The access token is invalid"`)
		return &a
	}
	if key := r.Header.Get("X-Api-Key"); key != claims.ClientID || !claims.has("user_management_sdk") {
		a := emptyAnswer(http.StatusForbidden)
		return &a
	}
	now := s.clock()
	if !s.throttle.take(claims.ClientID+"\x00"+what, limit, now) || !s.throttle.take("", globalPerMin, now) {
		a := throttled(retryInSecond)
		return &a
	}
	return nil
}

// listUsers lists the people of the organization, or of a group. Technical
// accounts are left out, as they are there.
func (s *Server) listUsers(r *http.Request, d *directory) answer {
	var in *Group
	if name := r.PathValue("group"); name != "" {
		i := slices.IndexFunc(d.org.Groups, func(g Group) bool { return s.nameOf(&g) == name })
		if i < 0 {
			return jsonAnswer(http.StatusNotFound, object{{"lastPage", false}, {"result", "error.group.not_found"}, {"message", "Not found: Group " + quoted(name) + " was not found"}})
		}
		in = &d.org.Groups[i]
	}
	direct := r.URL.Query().Get("directOnly") != "false"
	domain := r.URL.Query().Get("domain")
	var found []*person
	for _, p := range d.sorted() {
		switch {
		case p.technical, domain != "" && !strings.EqualFold(domainOf(p.Email), domain):
		case in == nil, slices.Contains(p.held(direct), in):
			found = append(found, p)
		}
	}
	return pageOf(r, "users", found, func(p *person) object { return userEntry(p, s.namesOf(p.held(direct))) })
}

func (s *Server) oneUser(r *http.Request, d *directory) answer {
	p, ok := d.person(r.PathValue("user"))
	if !ok || p.technical {
		return jsonAnswer(http.StatusNotFound, object{{"result", "error.user.not_found"}, {"message", "User was not found"}})
	}
	direct := r.URL.Query().Get("directOnly") != "false"
	return jsonAnswer(http.StatusOK, object{{"result", "success"}, {"user", userEntry(p, s.namesOf(p.held(direct)))}})
}

// held are the groups that a user entry shows. With directOnly, which is the
// default, product profiles held through a user group are missing.
func (p *person) held(direct bool) []*Group {
	if direct {
		return p.direct
	}
	return p.groups
}

func userEntry(p *person, groups []string) object {
	first, last := splitName(p.Name)
	status := "active"
	if p.Disabled {
		status = "disabled"
	}
	return object{
		{"email", p.Email}, {"status", status}, {"groups", groups}, {"username", p.Email}, {"domain", domainOf(p.Email)},
		{"firstname", first}, {"lastname", last}, {"country", p.Country}, {"type", p.Type}, {"id", p.ID},
	}
}

func (s *Server) listGroups(r *http.Request, d *directory) answer {
	return pageOf(r, "groups", d.org.Groups, func(g Group) object { return s.groupEntry(d, &g) })
}

func (s *Server) groupEntry(d *directory, g *Group) object {
	name := s.nameOf(g)
	e := object{{"type", "PRODUCT_PROFILE"}, {"groupName", name}, {"memberCount", len(g.Members)}, {"groupId", groupIdent(name)}}
	if g.UserGroup {
		e.set("type", "USER_GROUP")
		e.set("userGroupName", name)
		return e
	}
	return append(e, object{
		{"productName", d.org.ProductContext}, {"productProfileName", name}, {"licenseQuota", "UNLIMITED"}, {"adminGroupName", "_admin_" + name},
	}...)
}

// pageOf cuts a page, 0 being the first. A page beyond the last is the last
// one again.
func pageOf[T any](r *http.Request, kind string, list []T, entry func(T) object) answer {
	pages := max((len(list)+perPage-1)/perPage, 1)
	page := min(atLeast(r.PathValue("page"), 0, 0), pages-1)
	shown := []object{}
	for _, v := range window(list, page*perPage, perPage) {
		shown = append(shown, entry(v))
	}
	body := object{{"lastPage", page == pages-1}, {"result", "success"}, {kind, shown}}
	if len(list) == 0 {
		body = object{{"lastPage", true}, {"result", "Not found"}}
	}
	a := jsonAnswer(http.StatusOK, body)
	a.header.Set("X-Total-Count", strconv.Itoa(len(list)))
	a.header.Set("X-Page-Count", strconv.Itoa(pages))
	a.header.Set("X-Current-Page", strconv.Itoa(page))
	a.header.Set("X-Page-Size", strconv.Itoa(len(shown)))
	return a
}

func domainOf(email string) string {
	_, domain, _ := strings.Cut(email, "@")
	return domain
}

// meters count calls by the minute.
type meters struct {
	mu     sync.Mutex
	minute int64
	counts map[string]int
}

func newMeters() *meters { return &meters{counts: map[string]int{}} }

// take counts one call, and says whether it is within the limit.
func (m *meters) take(key string, limit int, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if minute := now.Unix() / 60; minute != m.minute {
		m.minute, m.counts = minute, map[string]int{}
	}
	m.counts[key]++
	return m.counts[key] <= limit
}
