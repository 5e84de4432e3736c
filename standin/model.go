// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"slices"
	"strings"
)

// An Organization is what is provisioned at the provider: the content of the
// Enterprise Dashboard.
type Organization struct {
	ID             string // 24 hexadecimal digits and @AdobeOrg
	Name           string // shown to people; the id's first half where empty
	ProductContext string // the service code of the guarded product, dma_campaign_classic
	Tenant         string // the product's tenant, in product contexts; may be empty
	Clients        []Client
	Groups         []Group
	Users          []User
}

// A Client is one registration. A client without secrets is public: it must
// use PKCE and cannot ask for tokens of its own.
type Client struct {
	ID                 string
	Secrets            []string // each is valid: two are, while one replaces the other
	CallbackURLs       []string // exact
	CallbackPatterns   []string // RE2; must match the whole URL
	DefaultRedirectURL string   // where a browser goes whose callback is not listed; empty: https://www.adobe.com/
	Scopes             []string // provisioned; asking for any other fails
	ServiceCode        string   // a permanent authorization code that gives service tokens; empty: none
	TechnicalAccount   string   // id@techacct.adobe.com, who client_credentials tokens speak for; empty: derived from ID
	BetaUsers          []string // emails; where any is listed the client is In Development and nobody else can sign in
	Disabled           bool     // known, and refused
}

// A Group is a product profile, or a user group where UserGroup says so.
type Group struct {
	Name        string
	Members     []string // emails, compared without case
	Description string
	UserGroup   bool     // a user group: a set of people, not a right
	UserGroups  []string // names of user groups whose members hold this product profile too
}

// A User is a person. A member of a group that is no User can sign in as
// well; their name is then made from the address.
type User struct {
	Email      string
	Name       string
	Password   string // empty: any password is accepted
	ID         string // <24 hex>@AdobeID or <24 hex>@<24 hex>; empty: derived from Email
	Type       string // adobeID, enterpriseID or federatedID; empty: federatedID
	Country    string // two letters; empty: US
	Disabled   bool   // may not sign in
	Unverified bool   // the address was never verified
}

// adobeCom is where IMS sends whoever it has no better place for.
const adobeCom = "https://www.adobe.com/"

func (o Organization) clone() Organization {
	o.Clients = slices.Clone(o.Clients)
	for i := range o.Clients {
		c := &o.Clients[i]
		c.Secrets = slices.Clone(c.Secrets)
		c.CallbackURLs = slices.Clone(c.CallbackURLs)
		c.CallbackPatterns = slices.Clone(c.CallbackPatterns)
		c.Scopes = slices.Clone(c.Scopes)
		c.BetaUsers = slices.Clone(c.BetaUsers)
	}
	o.Groups = slices.Clone(o.Groups)
	for i := range o.Groups {
		o.Groups[i].Members = slices.Clone(o.Groups[i].Members)
		o.Groups[i].UserGroups = slices.Clone(o.Groups[i].UserGroups)
	}
	o.Users = slices.Clone(o.Users)
	return o
}

// ident is the organization's id without its suffix.
func (o Organization) ident() string {
	id, _, _ := strings.Cut(o.ID, "@")
	return id
}

func (o Organization) displayName() string {
	if o.Name != "" {
		return o.Name
	}
	return o.ident()
}

func (c Client) defaultRedirect() string {
	if c.DefaultRedirectURL != "" {
		return c.DefaultRedirectURL
	}
	return adobeCom
}

func (c Client) public() bool { return len(c.Secrets) == 0 }
