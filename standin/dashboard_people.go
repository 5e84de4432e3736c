// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

func (s *Server) organizationPage(_ *http.Request, sh shell) answer {
	return s.showOrganization(http.StatusOK, sh, s.Organization())
}

func (s *Server) showOrganization(status int, sh shell, org Organization) answer {
	return s.page(status, "organization.html", struct {
		shell
		Org  Organization
		Seen string
	}{sh.at("organization", "Organization"), org, seenAs(organizationFormOf(s.Organization()))})
}

func (s *Server) changeOrganization(f params, sh shell) answer {
	var typed Organization
	err := s.Update(func(o *Organization) error {
		refused := overtaken(f, organizationFormOf(*o))
		o.ID, o.Name = strings.TrimSpace(f["id"]), strings.TrimSpace(f["name"])
		o.ProductContext, o.Tenant = strings.TrimSpace(f["context"]), strings.TrimSpace(f["tenant"])
		typed = *o
		return refused
	})
	if err != nil {
		sh.Problem = sentence(err)
		return s.showOrganization(http.StatusUnprocessableEntity, sh, typed)
	}
	return s.goTo("organization", "changed")
}

// A personRow is a person in the list.
type personRow struct {
	User
	Groups []string
	Listed bool // a user of the organization, and not just a member
}

func (s *Server) peoplePage(r *http.Request, sh shell) answer {
	d := s.current.Load()
	users := map[string]bool{}
	for _, u := range d.org.Users {
		users[fold(u.Email)] = true
	}
	var rows []personRow
	for _, p := range d.sorted() {
		if p.technical {
			continue
		}
		row := personRow{User: p.User, Listed: users[fold(p.Email)]}
		for _, g := range p.groups {
			row.Groups = append(row.Groups, g.Name)
		}
		rows = append(rows, row)
	}
	return s.page(http.StatusOK, "people.html", struct {
		shell
		List listing[personRow]
	}{sh.at("people", "People"), listed(r, rows, func(p personRow) string { return p.Email + " " + p.Name })})
}

func (s *Server) personPage(r *http.Request, sh shell) answer {
	email := r.URL.Query().Get("email")
	if email == "" {
		return s.showPerson(http.StatusOK, sh, "", User{}, nil)
	}
	d := s.current.Load()
	p, ok := d.person(email)
	if !ok || p.technical {
		return s.errorPage(http.StatusNotFound, "There is no such person", "Nobody in the organization has the address "+quoted(email)+".")
	}
	u := User{Email: p.Email}
	if i := userIndex(d.org.Users, email); i >= 0 {
		u = d.org.Users[i]
	}
	return s.showPerson(http.StatusOK, sh, u.Email, u, groupsNaming(d.org, u.Email))
}

func (s *Server) showPerson(status int, sh shell, was string, u User, member []string) answer {
	title := "Add a person"
	if was != "" {
		title = was
	}
	derived := ""
	if p, ok := s.current.Load().person(was); ok {
		derived = p.ID
	}
	org, seen := s.Organization(), ""
	groups := org.Groups
	if was != "" {
		seen = seenAs(personFormOf(org, was))
	}
	return s.page(status, "person.html", struct {
		shell
		Was     string
		User    User
		Derived string
		Groups  []Group
		More    int
		Member  []string
		Seen    string
	}{sh.at("people", title), was, u, derived, groups[:min(len(groups), maxBoxes)], max(len(groups)-maxBoxes, 0), member, seen})
}

func (s *Server) changePerson(f params, sh shell) answer {
	u := User{
		Email: strings.TrimSpace(f["email"]), Name: strings.TrimSpace(f["name"]), Password: f["password"], ID: strings.TrimSpace(f["id"]),
		Type: f["type"], Country: strings.TrimSpace(f["country"]), Disabled: f["disabled"] != "", Unverified: f["unverified"] != "",
	}
	member, shown := checkedOf(f, "group"), checkedOf(f, "shown")
	was := f["was"]
	err := s.Update(func(o *Organization) error {
		i := userIndex(o.Users, f["was"])
		switch {
		case f["was"] == "":
		case i < 0 && len(groupsNaming(*o, f["was"])) == 0:
			was = ""
			return fmt.Errorf("%w; below is what you typed: press Add to make a person of it", gone("person", f["was"]))
		default:
			if err := overtaken(f, personFormOf(*o, f["was"])); err != nil {
				return err
			}
		}
		if i < 0 {
			o.Users = append(o.Users, u)
		} else {
			if u.Password == "" && f["keep"] != "" {
				u.Password = o.Users[i].Password
			}
			o.Users[i] = u
		}
		return enlist(o, f["was"], u.Email, member, shown)
	})
	if err != nil {
		sh.Problem = sentence(err)
		u.Password = ""
		return s.showPerson(http.StatusUnprocessableEntity, sh, was, u, member)
	}
	return s.goTo("people", map[bool]string{true: "added", false: "changed"}[f["was"] == ""])
}

func (s *Server) removePerson(f params, sh shell) answer {
	err := s.Update(func(o *Organization) error {
		if userIndex(o.Users, f["was"]) < 0 && len(groupsNaming(*o, f["was"])) == 0 {
			return gone("person", f["was"])
		}
		o.Users = slices.DeleteFunc(o.Users, func(u User) bool { return fold(u.Email) == fold(f["was"]) })
		return enlist(o, f["was"], "", nil, nil)
	})
	if err != nil {
		sh.Problem = sentence(err)
		return s.showOverview(http.StatusUnprocessableEntity, sh)
	}
	return s.goTo("people", "removed")
}

// enlist makes the person a direct member of exactly these of the groups that
// the form showed, under the present address. Without one the person is in none.
func enlist(o *Organization, was, is string, member, shown []string) error {
	for _, name := range member {
		if groupIndex(o.Groups, name) < 0 {
			return fmt.Errorf("there is no group %q any more: open the person's page again", name)
		}
	}
	them := func(m string) bool { return fold(m) == fold(was) || fold(m) == fold(is) }
	for i := range o.Groups {
		g := &o.Groups[i]
		at := slices.IndexFunc(g.Members, them)
		g.Members = slices.DeleteFunc(g.Members, them)
		wanted := slices.Contains(member, g.Name) || at >= 0 && !slices.Contains(shown, g.Name)
		switch {
		case is == "" || !wanted:
		case at >= 0:
			g.Members = slices.Insert(g.Members, min(at, len(g.Members)), is)
		default:
			g.Members = append(g.Members, is)
		}
	}
	return nil
}

func userIndex(users []User, email string) int {
	return slices.IndexFunc(users, func(u User) bool { return fold(u.Email) == fold(email) })
}

func groupsNaming(o Organization, email string) []string {
	var out []string
	for _, g := range o.Groups {
		if slices.ContainsFunc(g.Members, func(m string) bool { return fold(m) == fold(email) }) {
			out = append(out, g.Name)
		}
	}
	return out
}
