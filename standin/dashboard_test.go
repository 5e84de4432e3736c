// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/usher-signin/usher/standin"
)

// A visitor uses the dashboard as a browser does.
type visitor struct {
	desk
	cookie, token string
}

var tokenField = regexp.MustCompile(`name="token" value="([0-9a-f]{64})"`)

func (d desk) visitor() visitor {
	d.t.Helper()
	a := d.get("/dashboard/organization")
	m := tokenField.FindSubmatch(a.body)
	if m == nil {
		d.t.Fatalf("the page has no form: %d", a.status)
	}
	return visitor{d, strings.Split(a.header.Get("Set-Cookie"), ";")[0], string(m[1])}
}

// send submits a form; where it worked the answer is a redirect.
func (v visitor) send(path string, pairs ...string) answered {
	v.t.Helper()
	f := form(pairs...)
	f.Set("token", v.token)
	return v.post("/dashboard/"+path, f, "Cookie", v.cookie, "Origin", v.URL)
}

func TestChangesFromTheDashboard(t *testing.T) {
	d := newDesk(t)
	v := d.visitor()
	ok := func(what string, a answered) {
		t.Helper()
		if a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), d.URL+"/dashboard/") {
			t.Fatalf("%s: %d %s", what, a.status, a.body)
		}
		if page := d.get(a.header.Get("Location"), "Cookie", v.cookie); page.status != 200 || !contains(page.body, `role="status"`) {
			t.Errorf("%s: the next page says nothing of it (%d)", what, page.status)
		}
	}
	ok("the organization", v.send("organization", "id", "AAAAAAAAAAAAAAAAAAAAAAAA@AdobeOrg", "name", "Other", "context", "dma_campaign", "tenant", "t"))
	ok("a group more", v.send("groups/edit", "was", "", "kind", "profile", "name", "Campaign - corp - Reports ", "members", "dee@corp.example\r\n\r\n ben@corp.example \r\n"))
	ok("a user group more", v.send("groups/edit", "was", "", "kind", "user-group", "name", "Everybody", "members", "cho@corp.example"))
	ok("a profile for it", v.send("groups/edit", "was", "Analytics - readers", "kind", "profile", "name", "Analytics - readers", "from.0", "Everybody"))
	ok("the user group renamed", v.send("groups/edit", "was", "Everybody", "kind", "user-group", "name", "All", "members", "cho@corp.example"))
	ok("a person changed", v.send("people/edit", "was", "ana@corp.example", "email", "ana.lima@corp.example", "name", "Ana", "password", "pw", "type", "adobeID",
		"shown.0", "Campaign - corp - Admin", "shown.1", "Campaign - corp - Delivery operators", "group.1", "Campaign - corp - Delivery operators"))
	ok("a person more", v.send("people/edit", "was", "", "email", "eva@corp.example", "name", "Eva", "type", "federatedID", "shown.0", "Campaign - corp - Admin", "group.0", "Campaign - corp - Admin"))
	ok("a person less", v.send("people/remove", "was", "BEN@corp.example"))
	ok("a client more", v.send("clients/edit", "was", "", "id", "New", "secret", "n", "callbacks", "https://a.example/cb", "scopes", "openid AdobeID\r\nemail"))
	ok("a client changed", v.send("clients/edit", "was", "Campaign1", "id", "Campaign1", "callbacks", callback+"/", "patterns", `https://x\.example/.*`, "scopes", "openid", "default", "https://home.example/", "disabled", "yes"))
	ok("a secret more", v.send("clients/secret", "was", "New", "secret", "second"))
	ok("a secret made", v.send("clients/secret", "was", "New", "secret", ""))
	ok("a client less", v.send("clients/remove", "was", "Technical1"))

	o := d.Organization()
	if o.ID != "AAAAAAAAAAAAAAAAAAAAAAAA@AdobeOrg" || o.ProductContext != "dma_campaign" || o.Tenant != "t" || o.Name != "Other" {
		t.Errorf("the organization is %+v", o)
	}
	groups := map[string]standin.Group{}
	for _, g := range o.Groups {
		groups[g.Name] = g
	}
	if g := groups["Campaign - corp - Reports "]; !slices.Equal(g.Members, []string{"dee@corp.example"}) {
		t.Errorf("the new group, after Ben left: %+v", g)
	}
	if g := groups["Analytics - readers"]; !slices.Equal(g.UserGroups, []string{"All"}) {
		t.Errorf("the profile of a user group that was renamed: %+v", g)
	}
	if g := groups["Campaign - corp - Admin"]; !slices.Equal(g.Members, []string{"eva@corp.example"}) {
		t.Errorf("the group that Ana left and Eva joined: %+v", g)
	}
	if g := groups["Campaign - corp - Delivery operators"]; !slices.Equal(g.Members, []string{"ana.lima@corp.example"}) {
		t.Errorf("the group that Ana kept: %+v", g)
	}
	if u := o.Users[0]; u.Email != "ana.lima@corp.example" || u.Password != "pw" || u.Type != "adobeID" {
		t.Errorf("Ana is %+v", u)
	}
	c := *client(&o, "Campaign1")
	if !c.Disabled || c.DefaultRedirectURL != "https://home.example/" || !slices.Equal(c.CallbackURLs, []string{callback + "/"}) || !slices.Equal(c.Secrets, []string{"s3cret"}) {
		t.Errorf("the client is %+v", c)
	}
	n := *client(&o, "New")
	if len(n.Secrets) != 3 || n.Secrets[1] != "second" || len(n.Secrets[2]) < 20 || !slices.Equal(n.Scopes, []string{"openid", "AdobeID", "email"}) {
		t.Errorf("the new client is %+v", n)
	}
	if slices.ContainsFunc(o.Clients, func(c standin.Client) bool { return c.ID == "Technical1" }) || len(o.Users) != 4 {
		t.Errorf("what was removed is still there: %+v", o)
	}
}

// What cannot be served is not taken, and the form comes back with what was
// typed and the reason.
func TestFormsThatAreRefused(t *testing.T) {
	d := newDesk(t)
	v := d.visitor()
	before := d.Organization()
	rows := map[string]struct {
		a     answered
		keeps string
	}{
		"a name that is there":  {v.send("groups/edit", "was", "", "kind", "profile", "name", "Analytics - readers", "description", "typed<1>"), "typed&lt;1&gt;"},
		"no address":            {v.send("people/edit", "was", "", "email", "nobody", "name", "Typed2"), "Typed2"},
		"an address that is":    {v.send("people/edit", "was", "dee@corp.example", "email", "ana@corp.example", "name", "Typed3"), "Typed3"},
		"a group that is none":  {v.send("people/edit", "was", "dee@corp.example", "email", "dee@corp.example", "group.0", "Nothing", "name", "Typed4"), "Typed4"},
		"a pattern that is odd": {v.send("clients/edit", "was", "Campaign1", "id", "Campaign1", "patterns", "https://(typed5"), "https://(typed5"},
		"a script":              {v.send("clients/edit", "was", "Campaign1", "id", "Campaign1", "default", "javascript:typed6"), "javascript:typed6"},
		"a secret that is":      {v.send("clients/secret", "was", "Campaign1", "secret", "s3cret"), "Campaign1"},
		"a switch that is none": {v.send("switches", "name", "nothing", "turn", "on"), "nothing"},
		"a value that is none":  {v.send("switches", "name", "slow", "turn", "on", "value", "typed8"), "typed8"},
		"a long name":           {v.send("organization", "id", strings.Repeat("i", 3000)), "iii"},
	}
	for name, row := range rows {
		if row.a.status != http.StatusUnprocessableEntity || !contains(row.a.body, `role="alert"`) || !contains(row.a.body, row.keeps) {
			t.Errorf("%s: %d, without the reason or what was typed", name, row.a.status)
		}
		if contains(row.a.body, "s3cret") {
			t.Errorf("%s: the page shows a secret", name)
		}
	}
	if after := d.Organization(); len(after.Groups) != len(before.Groups) || len(after.Users) != len(before.Users) || after.Users[3].Email != "dee@corp.example" {
		t.Errorf("something was changed: %+v", after)
	}
	if a := v.send("organization", "name", strings.Repeat("x", 70<<10)); a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a form of 70 KiB: %d", a.status)
	}
}

func TestChangesNeedTheTokenAndTheSite(t *testing.T) {
	d := newDesk(t)
	v, other := d.visitor(), d.visitor()
	f := func(token string) url.Values {
		return form("token", token, "id", "changed@AdobeOrg")
	}
	for name, a := range map[string]answered{
		"no token":          d.post("/dashboard/organization", f(""), "Cookie", v.cookie),
		"no cookie":         d.post("/dashboard/organization", f(v.token)),
		"another's token":   d.post("/dashboard/organization", f(other.token), "Cookie", v.cookie),
		"another site":      d.post("/dashboard/organization", f(v.token), "Cookie", v.cookie, "Origin", "https://evil.example"),
		"another site, too": d.post("/dashboard/organization", f(v.token), "Cookie", v.cookie, "Sec-Fetch-Site", "cross-site"),
	} {
		if a.status != http.StatusForbidden {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	for _, path := range []string{"save", "people/remove", "clients/reveal", "switches", "keys/rotate"} {
		if a := d.post("/dashboard/"+path, form(), "Cookie", v.cookie); a.status != http.StatusForbidden {
			t.Errorf("%s without a token: %d", path, a.status)
		}
		if a := d.get("/dashboard/" + path); a.status != http.StatusMethodNotAllowed && path != "switches" && path != "save" {
			t.Errorf("GET %s: %d", path, a.status)
		}
	}
	if d.Organization().ID == "changed@AdobeOrg" {
		t.Error("something was changed")
	}
	if a := d.post("/dashboard/organization", f(v.token), "Cookie", v.cookie); a.status != http.StatusSeeOther {
		t.Errorf("with both: %d %s", a.status, a.body)
	}
}

func TestSecretsAreMasked(t *testing.T) {
	d := newDesk(t)
	v := d.visitor()
	for _, path := range []string{"", "organization", "groups", "people", "clients", "clients/edit?id=Campaign1", "people/edit?email=ana@corp.example", "calls", "switches"} {
		if a := d.get("/dashboard/" + path); contains(a.body, "s3cret") || a.status != 200 {
			t.Errorf("%s: %d, or a secret", path, a.status)
		}
	}
	shown := v.send("clients/reveal", "was", "Campaign1")
	if shown.status != 200 || !contains(shown.body, "s3cret") || shown.header.Get("Cache-Control") != "no-store" {
		t.Errorf("asked to: %d %v", shown.status, shown.header)
	}
	m := regexp.MustCompile(`name="mark" value="([0-9a-f]+)"`).FindSubmatch(shown.body)
	if a := v.send("clients/secret/remove", "was", "Campaign1", "mark", string(m[1])); a.status != http.StatusSeeOther {
		t.Fatalf("removing it: %d", a.status)
	}
	o := d.Organization()
	if c := client(&o, "Campaign1"); len(c.Secrets) != 0 {
		t.Errorf("the client still has %d secrets", len(c.Secrets))
	}
}

func TestSwitchesFromTheDashboard(t *testing.T) {
	d := newDesk(t)
	v := d.visitor()
	if a := v.send("switches", "name", "slow", "turn", "on", "value", "7", "endpoint", "token"); a.status != http.StatusSeeOther || !strings.HasSuffix(a.header.Get("Location"), "#slow") {
		t.Fatalf("turning on: %d %v", a.status, a.header)
	}
	for _, s := range d.Switches() {
		if s.Name == "slow" && (!s.On || s.Value != "7" || !slices.Equal(s.Endpoints, []string{"token"})) {
			t.Errorf("the switch is %+v", s)
		}
	}
	page := d.get("/dashboard/switches")
	for _, s := range d.Switches() {
		if !contains(page.body, ">"+s.Name) || s.Check != "" && !contains(page.body, "<code>"+s.Check+"</code>") {
			t.Errorf("the page does not show %s and its check", s.Name)
		}
	}
	if a := d.get("/dashboard/switches?q=cyrillic"); contains(a.body, "keys-empty") {
		t.Error("the search finds everything")
	}
	v.send("switches", "name", "state-missing", "turn", "on")
	v.send("switches", "name", "slow", "turn", "off", "value", "9")
	if got := d.get("/dashboard/"); !contains(got.body, "state-missing") || contains(got.body, "#slow") {
		t.Error("the overview does not name the switch that is on")
	}
	v.send("switches/clear")
	for _, s := range d.Switches() {
		if s.On {
			t.Errorf("%s is still on", s.Name)
		}
	}
	if a := v.send("keys/rotate"); a.status != http.StatusSeeOther || d.keySet()[1].Kid != "ims_na1-key-2" {
		t.Errorf("rotating: %d", a.status)
	}
}

// Whatever is in the organization, the pages show it as text.
func TestPagesEscape(t *testing.T) {
	const evil = `"><script>alert(1)</script>`
	d := newDesk(t)
	d.Change(func(o *standin.Organization) {
		o.Name, o.ID, o.ProductContext = evil, evil, evil
		o.Groups = append(o.Groups, standin.Group{Name: evil, Description: evil, Members: []string{evil + "@x"}})
		o.Users = append(o.Users, standin.User{Email: evil + "@y", Name: evil})
		o.Clients = append(o.Clients, standin.Client{ID: evil, Secrets: []string{evil}, CallbackURLs: []string{evil}, Scopes: []string{evil}})
	})
	q := url.QueryEscape(evil)
	for _, path := range []string{"/dashboard/", "/dashboard/organization", "/dashboard/groups", "/dashboard/people", "/dashboard/clients",
		"/dashboard/groups/edit?name=" + q, "/dashboard/people/edit?email=" + q + "@y", "/dashboard/clients/edit?id=" + q,
		"/dashboard/groups?q=" + q, "/dashboard/switches?q=" + q, "/dashboard/groups/edit?name=x" + q, "/dashboard/?done=" + q, "/signin/?relay=" + q,
		"/ims/authorize?client_id=x" + q, "/dashboard/calls"} {
		a := d.get(path)
		if contains(a.body, "<script") || a.status >= 500 {
			t.Errorf("%s: %d, or a script", path, a.status)
		}
		csp := a.header.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s has the headers %v", path, a.header)
		}
	}
}

func TestListsArePagedAndSearched(t *testing.T) {
	d := newDesk(t)
	d.Change(func(o *standin.Organization) {
		for i := range 120 {
			o.Groups = append(o.Groups, standin.Group{Name: "Group " + string(rune('A'+i/60)) + strings.Repeat("x", i%60)})
		}
	})
	count := func(path string) int { return strings.Count(string(d.get(path).body), "/dashboard/groups/edit?name=") }
	for path, want := range map[string]int{"/dashboard/groups": 50, "/dashboard/groups?page=3": 23, "/dashboard/groups?page=99": 23, "/dashboard/groups?page=-1": 50, "/dashboard/groups?q=campaign": 2, "/dashboard/groups?q=no-such": 0} {
		if got := count(path); got != want {
			t.Errorf("%s shows %d groups, wanted %d", path, got, want)
		}
	}
	for path, want := range map[string]int{"/dashboard/groups/edit?name=nothing": 404, "/dashboard/people/edit?email=nobody@x": 404, "/dashboard/clients/edit?id=nothing": 404,
		"/": 302, "/assets/standin.css": 200, "/assets/icon.svg": 200, "/assets/layout.html": 404, "/assets/..%2fserver.go": 404, "/nowhere": 404} {
		if a := d.get(path); a.status != want {
			t.Errorf("%s: %d, wanted %d", path, a.status, want)
		}
	}
}
