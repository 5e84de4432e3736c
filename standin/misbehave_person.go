// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"slices"
	"strconv"
	"strings"
)

const (
	emailMissing        = "email-missing"
	emailUnverified     = "email-unverified"
	emailVerifiedText   = "email-verified-string"
	emailOdd            = "email-odd"
	userinfoSubject     = "userinfo-subject-other"
	userinfoNoSubject   = "userinfo-subject-missing"
	profileNoContexts   = "profile-without-product-contexts"
	profileShape        = "profile-shape"
	profileOther        = "profile-of-another"
	contextOther        = "product-context-other"
	organizationOther   = "organization-other"
	organizationMissing = "organization-missing"
	groupNumberText     = "group-number-string"
	tenantOther         = "product-context-tenant-other"
	groupsDirect        = "groups-direct-only"
	groupsNone          = "groups-none"
	groupsMany          = "groups-many"
	groupsShape         = "groups-shape"
	groupsRenamed       = "groups-claim-renamed"
	groupsOverage       = "groups-overage"
	groupsBlanks        = "groups-blanks"
	groupsMisspelled    = "groups-misspelled"
)

func personSwitches() []Switch {
	const part = "person and groups"
	return []Switch{
		{Name: emailMissing, Part: part, Does: "No answer gives the email address."},
		{Name: emailUnverified, Part: part, Check: "email-unverified", Does: "The email address was never verified."},
		{Name: emailVerifiedText, Part: part, Check: "email-unverified", Does: "email_verified is the text \"true\", not the JSON boolean."},
		{Name: emailOdd, Part: part, Default: "two-at", Choices: []string{"two-at", "comma", "lines", "unicode"}, Does: "The email address is one that could be read in two ways."},
		{Name: userinfoSubject, Part: part, Check: "profile-invalid", Does: "User information is about another subject than the ID token."},
		{Name: userinfoNoSubject, Part: part, Check: "profile-invalid", Does: "User information has no subject."},
		{Name: profileNoContexts, Part: part, Check: "product-context-mismatch", Does: "The profile has no projectedProductContext, although its scope was granted."},
		{Name: profileShape, Part: part, Check: "profile-invalid", Default: "object", Choices: []string{"object", "string", "null", "label-number", "label-list", "array-of-texts"}, Does: "projectedProductContext is of another shape."},
		{Name: profileOther, Part: part, Check: "profile-invalid", Does: "The profile is another person's."},
		{Name: contextOther, Part: part, Check: "product-context-mismatch", Default: "dma_campaign", Does: "Product contexts carry this service code."},
		{Name: tenantOther, Part: part, Default: "another", Does: "Product contexts carry this tenant."},
		{Name: organizationOther, Part: part, Check: "organization-mismatch", Default: "FEDCBA987654321001234567@AdobeOrg", Does: "Everybody, and every product profile, belongs to this organization."},
		{Name: organizationMissing, Part: part, Does: "Our organization is not among the person's organizations; their product profiles still name it."},
		{Name: groupNumberText, Part: part, Does: "The number of a group is written as a text, as some clients' samples have it."},
		{Name: groupsNone, Part: part, Check: "user-not-in-group", Does: "Nobody is in any group."},
		{Name: groupsDirect, Part: part, Check: "user-not-in-group", Does: "Product profiles that are held through a user group are left out everywhere."},
		{Name: groupsMany, Part: part, Check: "groups-too-many", Default: "1200", Unit: "groups", Does: "Everybody is in this many groups more."},
		{Name: groupsShape, Part: part, Check: "user-not-in-group", Default: "comma", Choices: []string{"string", "comma", "objects", "numbers", "ids", "paths", "dn", "nested", "null"}, Does: "The groups claim is no list of names. (Scope groups.)"},
		{Name: groupsRenamed, Part: part, Check: "user-not-in-group", Default: "roles", Does: "The groups are under this claim. (Scope groups.)"},
		{Name: groupsOverage, Part: part, Check: "group-overage", Does: "There are too many groups to be told: a reference takes their place. (Scope groups.)"},
		{Name: groupsBlanks, Part: part, Check: "mask-blanks", Default: "trailing", Choices: []string{"trailing", "leading", "doubled", "no-break", "zero-width"}, Does: "Group names hold a blank too many, or one that cannot be seen."},
		{Name: groupsMisspelled, Part: part, Check: "name-misspelled", Default: "en-dash", Choices: []string{"en-dash", "upper-case", "cyrillic", "one-letter"}, Does: "Group names are nearly right."},
	}
}

// A membership is a group as the answers show it.
type membership struct {
	name string
	kind string // LICENSE for product profiles, USER for user groups
}

// memberships are groups as the answers show them.
func (s *Server) memberships(groups []*Group) []membership {
	var shown []membership
	if !s.on(groupsNone) {
		for _, g := range groups {
			shown = append(shown, membership{s.nameOf(g), groupKind(g)})
		}
	}
	for i := range min(max(s.number(groupsMany), 0), 100_000) {
		shown = append(shown, membership{"Filler - " + strconv.Itoa(i+1), "LICENSE"})
	}
	return shown
}

func (s *Server) namesOf(groups []*Group) []string {
	names := []string{}
	for _, m := range s.memberships(groups) {
		names = append(names, m.name)
	}
	return names
}

// nameOf is one group's name, with its blanks and letters spoiled.
func (s *Server) nameOf(g *Group) string {
	name := g.Name
	switch how, _ := s.value(groupsBlanks); how {
	case "trailing":
		name += " "
	case "leading":
		name = " " + name
	case "doubled":
		name = strings.ReplaceAll(name, " ", "  ")
	case "no-break":
		name = strings.ReplaceAll(name, " ", "\u00a0")
	case "zero-width":
		name += "\u200b"
	}
	switch how, _ := s.value(groupsMisspelled); how {
	case "en-dash":
		name = strings.ReplaceAll(name, "-", "\u2013")
	case "upper-case":
		name = strings.ToUpper(name)
	case "cyrillic":
		name = strings.ReplaceAll(name, "a", "\u0430")
	case "one-letter":
		if n := len(name); n > 1 && name[n-1] < 0x80 {
			name = name[:n-1]
		}
	}
	return name
}

func (s *Server) serviceCode(d *directory) string {
	if v, on := s.value(contextOther); on {
		return v
	}
	return d.org.ProductContext
}

func (s *Server) tenant(d *directory) string {
	if v, on := s.value(tenantOther); on {
		return v
	}
	return d.org.Tenant
}

// groupsOf are a person's groups; without those held through a user group if
// the switch says so.
func (s *Server) groupsOf(p *person) []*Group { return p.held(s.on(groupsDirect)) }

// profilesOf are the product profiles among them.
func (s *Server) profilesOf(p *person) []*Group {
	return slices.DeleteFunc(slices.Clone(s.groupsOf(p)), func(g *Group) bool { return g.UserGroup })
}

func (s *Server) owningEntity(d *directory) string {
	if v, on := s.value(organizationOther); on {
		return v
	}
	return d.org.ID
}

func (s *Server) groupNumber(name string) any {
	if s.on(groupNumberText) {
		return strconv.Itoa(groupIdent(name))
	}
	return groupIdent(name)
}

// spoilPerson changes claims about a person, in ID tokens and user information.
func (s *Server) spoilPerson(o *object) {
	if o.get("email") != nil {
		o.set("email", s.address(o.get("email").(string)))
		if s.on(emailUnverified) {
			o.set("email_verified", false)
		}
		if s.on(emailVerifiedText) {
			o.set("email_verified", "true")
		}
	}
	if s.on(emailMissing) {
		o.drop("email")
		o.drop("email_verified")
	}
	names, has := o.get("groups").([]string)
	if !has {
		return
	}
	if how, on := s.value(groupsShape); on {
		o.set("groups", oddGroups(how, names))
	}
	if name, on := s.value(groupsRenamed); on {
		o.rename("groups", name)
	}
	if s.on(groupsOverage) {
		o.drop("groups")
		o.set("_claim_names", object{{"groups", "src1"}})
		o.set("_claim_sources", object{{"src1", object{{"endpoint", s.BaseURL() + "/groups"}}}})
		o.set("hasgroups", true)
	}
}

// oddGroups writes group names in shapes that providers are known to use.
func oddGroups(how string, names []string) any {
	each := func(f func(string) any) any {
		out := []any{}
		for _, n := range names {
			out = append(out, f(n))
		}
		return out
	}
	switch how {
	case "string":
		return strings.Join(names, " ")
	case "comma":
		return strings.Join(names, ",")
	case "objects":
		return each(func(n string) any { return object{{"name", n}} })
	case "numbers":
		return each(func(n string) any { return groupIdent(n) })
	case "ids":
		return each(func(n string) any { return strings.ToLower(hex24("id " + n)) })
	case "paths":
		return each(func(n string) any { return "/corp/" + n })
	case "dn":
		return each(func(n string) any { return "CN=" + n + ",OU=groups,DC=corp,DC=example" })
	case "nested":
		return []any{names}
	}
	return nil
}

// address is the email address, made ambiguous on request.
func (s *Server) address(email string) string {
	local, domain, _ := strings.Cut(email, "@")
	switch how, _ := s.value(emailOdd); how {
	case "two-at":
		return local + "@evil.example@" + domain
	case "comma":
		return email + ",admin@corp.example"
	case "lines":
		return email + "\r\nX-Injected: 1"
	case "unicode":
		return local + "@\u212aorp.example"
	}
	return email
}

func (s *Server) spoilUserinfo(o *object) {
	if s.on(userinfoSubject) {
		o.set("sub", hex24("another person")+"@AdobeID")
	}
	if s.on(userinfoNoSubject) {
		o.drop("sub")
	}
}

func (s *Server) spoilProfile(o *object) {
	if s.on(emailUnverified) {
		o.set("emailVerified", "false")
	}
	o.set("email", s.address(o.get("email").(string)))
	if s.on(emailMissing) {
		o.drop("email")
	}
	if s.on(profileOther) {
		o.set("userId", hex24("another person")+"@AdobeID")
		o.set("authId", hex24("another person")+"@AdobeID")
		o.set("email", "another@corp.example")
	}
	if s.on(profileNoContexts) {
		o.drop("projectedProductContext")
	}
	contexts, has := o.get("projectedProductContext").([]any)
	if how, on := s.value(profileShape); on && has {
		o.set("projectedProductContext", oddContexts(how, contexts))
	}
}

func oddContexts(how string, contexts []any) any {
	label := func(v any) any {
		out := []any{}
		for _, c := range contexts {
			inner := append(object{}, c.(object).get("prodCtx").(object)...)
			inner.set("label", v)
			out = append(out, object{{"prodCtx", inner}})
		}
		return out
	}
	switch how {
	case "object":
		return object{{"prodCtx", object{{"label", "Campaign - corp - Admin"}}}}
	case "string":
		return "Campaign - corp - Admin"
	case "label-number":
		return label(7)
	case "label-list":
		return label([]string{"Campaign - corp - Admin"})
	case "array-of-texts":
		return []string{"Campaign - corp - Admin"}
	}
	return nil
}

func (s *Server) spoilOrganizations(list *[]any) {
	if s.on(organizationMissing) {
		*list = []any{object{
			{"orgName", "Elsewhere"}, {"orgRef", object{{"ident", "FEDCBA987654321001234567"}, {"authSrc", "AdobeOrg"}}},
			{"orgType", "Enterprise"}, {"countryCode", nil}, {"groups", []any{}},
		}}
	}
}
