// SPDX-License-Identifier: Apache-2.0

package usher

import (
	"slices"
	"strings"
)

// An Organization is the provider's side, as provisioned: what the Enterprise
// Dashboard shows. It is known only where an administrator wrote it down or
// imported it; the doctor compares with it, the stand-in serves it, and no
// admission ever depends on it.
type Organization struct {
	ID             string // ...@AdobeOrg
	Name           string // shown to people
	ProductContext string
	Tenant         string // the product's tenant, in product contexts
	Clients        []Client
	Groups         []DirectoryGroup
	Users          []User
}

// A Client is one registration at the provider.
type Client struct {
	ID                 string
	Secrets            []Secret // several are valid during a rotation
	CallbackURLs       []string // exact
	CallbackPatterns   []string // RE2, as IMS has them
	DefaultRedirectURL string   // where IMS silently sends a browser whose callback is not listed
	Scopes             Scopes
	ServiceCode        Secret   // a permanent authorization code that gives service tokens
	TechnicalAccount   string   // id@techacct.adobe.com, who the client's own tokens speak for
	BetaUsers          []string // emails; where any is listed nobody else can sign in
	Disabled           bool     // known at the provider, and refused
}

// A DirectoryGroup is a group of the organization. Adobe calls it a product
// profile, unless it is a user group: people whom profiles name together.
type DirectoryGroup struct {
	Name        string
	Members     []string // email addresses
	Description string
	UserGroup   bool     // a user group
	UserGroups  []string // names of user groups whose members are in this group too
}

// A User is a person of the organization.
type User struct {
	Email    string
	Name     string
	Password Secret // only the stand-in reads it

	ID         string // <24 hex>@AdobeID or <24 hex>@<24 hex>
	Type       string // adobeID, enterpriseID or federatedID
	Country    string // two letters
	Disabled   bool   // may not sign in
	Unverified bool   // the address was never verified
}

// Client returns the registration with this id.
func (o *Organization) Client(id string) (Client, bool) {
	if o == nil {
		return Client{}, false
	}
	for _, c := range o.Clients {
		if c.ID == id {
			return c, true
		}
	}
	return Client{}, false
}

// GroupNames lists the names of the directory groups, in order.
func (o *Organization) GroupNames() []string {
	if o == nil {
		return nil
	}
	names := make([]string, len(o.Groups))
	for i, g := range o.Groups {
		names[i] = g.Name
	}
	return names
}

// GroupsOf lists the directory groups that the person with this email is in,
// by name or through a user group. Addresses are compared without case, as the
// Enterprise Dashboard does.
func (o *Organization) GroupsOf(email string) []string {
	if o == nil {
		return nil
	}
	named := func(g DirectoryGroup) bool {
		return slices.ContainsFunc(g.Members, func(m string) bool { return strings.EqualFold(m, email) })
	}
	through := map[string]bool{} // user groups that name the person
	for _, g := range o.Groups {
		if g.UserGroup && named(g) {
			through[g.Name] = true
		}
	}
	var names []string
	for _, g := range o.Groups {
		if named(g) || slices.ContainsFunc(g.UserGroups, func(name string) bool { return through[name] }) {
			names = append(names, g.Name)
		}
	}
	return names
}

const orgSuffix = "@AdobeOrg"

// SameOrganization compares organization ids. IMS gives the id with its suffix
// in some answers and without in others, so the suffix does not count;
// two empty ids are not the same organization.
func SameOrganization(a, b string) bool {
	a, b = strings.TrimSuffix(a, orgSuffix), strings.TrimSuffix(b, orgSuffix)
	return a != "" && a == b
}
