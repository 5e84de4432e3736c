// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"fmt"
	"net/http"
	"slices"
)

func (s *Server) groupsPage(r *http.Request, sh shell) answer {
	return s.page(http.StatusOK, "groups.html", struct {
		shell
		List listing[Group]
	}{sh.at("groups", "Product profiles"), listed(r, s.Organization().Groups, func(g Group) string { return g.Name })})
}

func (s *Server) groupPage(r *http.Request, sh shell) answer {
	name := r.URL.Query().Get("name")
	if name == "" {
		return s.showGroup(http.StatusOK, sh, "", Group{UserGroup: r.URL.Query().Get("kind") == "user-group"})
	}
	org := s.Organization()
	i := groupIndex(org.Groups, name)
	if i < 0 {
		return s.errorPage(http.StatusNotFound, "There is no such group", "No product profile or user group is called "+quoted(name)+".")
	}
	return s.showGroup(http.StatusOK, sh, name, org.Groups[i])
}

func (s *Server) showGroup(status int, sh shell, was string, g Group) answer {
	title := was
	if was == "" {
		title = map[bool]string{true: "Add a user group", false: "Add a product profile"}[g.UserGroup]
	}
	var userGroups []string
	for _, other := range s.Organization().Groups {
		if other.UserGroup && other.Name != was && len(userGroups) < maxBoxes {
			userGroups = append(userGroups, other.Name)
		}
	}
	seen := ""
	if org := s.Organization(); groupIndex(org.Groups, was) >= 0 {
		seen = seenAs(org.Groups[groupIndex(org.Groups, was)])
	}
	return s.page(status, "group.html", struct {
		shell
		Was        string
		Group      Group
		UserGroups []string
		Odd, Seen  string
	}{sh.at("groups", title), was, g, userGroups, oddLetters(g.Name), seen})
}

// changeGroup takes the name as it is typed, blanks and all: a trailing blank
// is one of the faults that the stand-in must be able to have.
func (s *Server) changeGroup(f params, sh shell) answer {
	g := Group{
		Name: f["name"], Description: f["description"], Members: linesOf(f["members"]),
		UserGroup: f["kind"] == "user-group", UserGroups: checkedOf(f, "from"),
	}
	was := f["was"]
	err := s.Update(func(o *Organization) error {
		i := groupIndex(o.Groups, f["was"])
		switch {
		case f["was"] == "":
			o.Groups = append(o.Groups, g)
			return nil
		case i < 0:
			was = ""
			return fmt.Errorf("%w; below is what you typed: press Add to make a group of it", gone("group", f["was"]))
		}
		if err := overtaken(f, o.Groups[i]); err != nil {
			return err
		}
		o.Groups[i] = g
		for j := range o.Groups { // a user group that is renamed keeps its profiles
			for k, name := range o.Groups[j].UserGroups {
				if name == f["was"] {
					o.Groups[j].UserGroups[k] = g.Name
				}
			}
		}
		return nil
	})
	if err != nil {
		sh.Problem = sentence(err)
		return s.showGroup(http.StatusUnprocessableEntity, sh, was, g)
	}
	return s.goTo("groups", map[bool]string{true: "added", false: "changed"}[f["was"] == ""])
}

func (s *Server) removeGroup(f params, sh shell) answer {
	err := s.Update(func(o *Organization) error {
		before := len(o.Groups)
		o.Groups = slices.DeleteFunc(o.Groups, func(g Group) bool { return g.Name == f["was"] })
		if len(o.Groups) == before {
			return gone("group", f["was"])
		}
		for i := range o.Groups {
			o.Groups[i].UserGroups = slices.DeleteFunc(o.Groups[i].UserGroups, func(name string) bool { return name == f["was"] })
		}
		return nil
	})
	if err != nil {
		sh.Problem = sentence(err)
		return s.showOverview(http.StatusUnprocessableEntity, sh)
	}
	return s.goTo("groups", "removed")
}

func groupIndex(groups []Group, name string) int {
	return slices.IndexFunc(groups, func(g Group) bool { return g.Name == name })
}

// oddLetters shows a name with its characters escaped where some of them
// cannot be seen or are not what they seem; empty where all is plain.
func oddLetters(name string) string {
	odd := false
	for i, r := range name {
		odd = odd || r > '~' || r < ' ' || r == ' ' && (i == 0 || i == len(name)-1)
	}
	if !odd {
		return ""
	}
	return quotedASCII(name)
}
