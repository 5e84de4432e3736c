// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// dashboardRoutes is the Enterprise Dashboard. Reading is GET, changing is POST.
func (s *Server) dashboardRoutes(at func(string, func(*http.Request) answer)) {
	read := func(path string, show func(*http.Request, shell) answer) {
		at("GET /dashboard/"+path, func(r *http.Request) answer { return s.withForm(r, show) })
	}
	change := func(path string, act func(params, shell) answer) {
		at("POST /dashboard/"+path, func(r *http.Request) answer { return s.changed(r, act) })
	}
	read("{$}", s.overview)
	read("save", s.savePage)
	at("POST /dashboard/save", func(r *http.Request) answer {
		return s.changed(r, func(f params, sh shell) answer { return s.saveToFile(r, f, sh) })
	})
	change("save/drop", s.takeOffered)
	read("organization", s.organizationPage)
	change("organization", s.changeOrganization)
	read("people", s.peoplePage)
	read("people/edit", s.personPage)
	change("people/edit", s.changePerson)
	change("people/remove", s.removePerson)
	read("groups", s.groupsPage)
	read("groups/edit", s.groupPage)
	change("groups/edit", s.changeGroup)
	change("groups/remove", s.removeGroup)
	read("clients", s.clientsPage)
	read("clients/edit", s.clientPage)
	change("clients/edit", s.changeClient)
	change("clients/remove", s.removeClient)
	change("clients/reveal", s.revealSecrets)
	change("clients/secret", s.addSecret)
	change("clients/secret/remove", s.removeSecret)
	read("switches", s.switchesPage)
	change("switches", s.turnSwitch)
	change("switches/clear", s.turnAllOff)
	change("keys/rotate", s.rotateFromDashboard)
	read("calls", s.callsPage)
}

// A shell is what every page of the dashboard shows around its content.
type shell struct {
	Title        string
	Plain        bool
	Here         string // which entry of the navigation
	Organization string
	BaseURL      string
	Active       []Switch // that are on
	Unsaved      bool
	Edited       bool // the file says something else by now
	CanSave      bool
	Token        string // what every form sends back
	Notice       string
	Problem      string
}

// at names the page and its place in the navigation.
func (sh shell) at(here, title string) shell {
	sh.Here, sh.Title = here, title
	return sh
}

// notices are what a page may be told to say after a change, by their names in
// the address: nobody else's words get onto it.
func notices() map[string]string {
	return map[string]string{
		"changed": "Changed. It is served from now on.",
		"added":   "Added. It is served from now on.",
		"removed": "Removed.",
		"taken":   "The file's organization is served from now on. The changes made here are gone.",
		"on":      "The switch is on.",
		"off":     "The switch is off.",
		"clear":   "All switches are off: the stand-in behaves.",
		"rotated": "A new signing key is in use. The former one stays in the key set.",
	}
}

func (s *Server) shell(r *http.Request, token string) shell {
	sh := shell{
		Organization: s.current.Load().org.displayName(), BaseURL: s.BaseURL(), Unsaved: s.unsaved.Load(), Edited: s.offered.Load() != nil, CanSave: s.save != nil,
		Token: token, Notice: notices()[r.URL.Query().Get("done")],
	}
	if said := s.kept.Load(); said != nil && r.URL.Query().Get("done") == "saved" {
		sh.Notice = *said
	}
	for _, sw := range s.Switches() {
		if sw.On {
			sh.Active = append(sh.Active, sw)
		}
	}
	return sh
}

// formCookie ties a form to the browser that it was given to.
const formCookie = "standin_form"

// withForm shows a page whose forms carry the token of this browser.
func (s *Server) withForm(r *http.Request, show func(*http.Request, shell) answer) answer {
	c, err := r.Cookie(formCookie)
	if err == nil && len(c.Value) == 32 {
		return show(r, s.shell(r, s.formToken(c.Value)))
	}
	id := s.random.id(16)
	a := show(r, s.shell(r, s.formToken(id)))
	cookie := s.cookie(formCookie, id, "/dashboard/", 0) //nolint:gosec // as in cookie
	cookie.SameSite = http.SameSiteStrictMode
	a.header.Add("Set-Cookie", cookie.String())
	return a
}

func (s *Server) formToken(cookie string) string {
	m := hmac.New(sha256.New, s.formKey)
	m.Write([]byte(cookie))
	return hex.EncodeToString(m.Sum(nil))
}

// changed lets a form act if it carries this browser's token.
func (s *Server) changed(r *http.Request, act func(params, shell) answer) answer {
	form, bad := formParams(r)
	if bad != nil {
		return s.errorPage(bad.status, "This form cannot be read", bad.description)
	}
	c, err := r.Cookie(formCookie)
	if err != nil || !same(form["token"], s.formToken(c.Value)) {
		return s.errorPage(http.StatusForbidden, "This form is not from this browser", "Nothing was changed. Open the dashboard again and repeat the change; cookies must be allowed.")
	}
	return act(form, s.shell(r, form["token"]))
}

// goTo ends a change: the browser is sent to a page that says what was done.
func (s *Server) goTo(path, done string, query ...string) answer {
	v := url.Values{"done": {done}}
	for i := 0; i+1 < len(query); i += 2 {
		v.Set(query[i], query[i+1])
	}
	return redirect(http.StatusSeeOther, s.BaseURL()+"/dashboard/"+path+"?"+v.Encode())
}

func (s *Server) overview(_ *http.Request, sh shell) answer { return s.showOverview(http.StatusOK, sh) }

func (s *Server) showOverview(status int, sh shell) answer {
	org := s.Organization()
	profiles := 0
	for _, g := range org.Groups {
		if !g.UserGroup {
			profiles++
		}
	}
	calls := s.Calls()
	return s.page(status, "overview.html", struct {
		shell
		Org                               Organization
		People, Profiles, Groups, Clients int
		Calls                             []Call
		Key                               string
	}{sh.at("overview", "Overview"), org, len(org.Users), profiles, len(org.Groups) - profiles, len(org.Clients), calls[:min(len(calls), 8)], s.keys.signer().id})
}

func (s *Server) callsPage(_ *http.Request, sh shell) answer {
	calls := s.Calls()
	return s.page(http.StatusOK, "calls.html", struct {
		shell
		Calls []Call
	}{sh.at("calls", "Calls"), calls[:min(len(calls), 200)]})
}

// pageFuncs are what templates may call.
func pageFuncs() template.FuncMap {
	return template.FuncMap{
		"lines": func(list []string) string { return strings.Join(list, "\n") },
		"has":   func(list []string, s string) bool { return slices.Contains(list, s) },
		"add":   func(a, b int) int { return a + b },
		"query": url.QueryEscape,
	}
}

// maxBoxes is how many check boxes a form shows. What is not shown is left as
// it is.
const maxBoxes = 300

// checkedOf reads the values of numbered fields, such as group.0 and group.1.
func checkedOf(f params, name string) []string {
	var out []string
	for i := range maxBoxes {
		if v, ok := f[name+"."+strconv.Itoa(i)]; ok {
			out = append(out, v)
		}
	}
	return out
}

// linesOf reads a list written one entry a line. Blanks around an entry do not
// count: neither addresses nor callbacks can hold any.
func linesOf(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// sentence is an error as a page shows it: with a capital and a full stop.
func sentence(err error) string {
	text := strings.ReplaceAll(err.Error(), "\n", ". ")
	if text != "" {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	return strings.TrimSuffix(text, ".") + "."
}

// A listing is one page of a list, with what was searched for.
type listing[T any] struct {
	Items      []T
	Query      string
	Total      int
	Page, Last int // from 1
}

// perListing is how many entries a page of the dashboard shows.
const perListing = 50

func listed[T any](r *http.Request, all []T, text func(T) string) listing[T] {
	query := r.URL.Query().Get("q")
	if len(query) > 200 {
		query = query[:200]
	}
	var found []T
	for _, v := range all {
		if strings.Contains(strings.ToLower(text(v)), strings.ToLower(query)) {
			found = append(found, v)
		}
	}
	l := listing[T]{Query: query, Total: len(found), Last: max((len(found)+perListing-1)/perListing, 1)}
	l.Page = min(atLeast(r.URL.Query().Get("page"), 1, 1), l.Last)
	l.Items = window(found, (l.Page-1)*perListing, perListing)
	return l
}
