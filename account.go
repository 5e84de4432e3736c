// SPDX-License-Identifier: Apache-2.0

package usher

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// AccountType is the kind of provider that an external account registers with.
type AccountType string

// The account types. The second name is the later one of the first: the same account.
const (
	TypeMarketingCloud  AccountType = "Adobe Marketing Cloud"
	TypeExperienceCloud AccountType = "Adobe Experience Cloud"
	TypeOpenIDConnect   AccountType = "OpenID Connect"
)

// Internal names under which the vendor's product looks for its IMS account.
const (
	NameMarketingCloud  = "Adobe_Marketing_Cloud"
	NameExperienceCloud = "Adobe_Experience_Cloud"
)

// An ExternalAccount is our registration with the identity provider, as the
// instance stores it.
type ExternalAccount struct {
	InternalName string
	Label        string
	Type         AccountType
	Enabled      bool

	ProductContext      string // what the field holds
	ProductContextShown bool   // whether the form shows the field at all

	Server       string // IMS server, or the issuer of an OpenID Connect provider
	Scopes       Scopes
	ClientID     string
	ClientSecret Secret
	CallbackURL  string

	OrganizationID string
	Mask           Mask
	GroupsClaim    string // OpenID Connect: the claim that holds the groups

	ExperienceCloudServer string
	ExperienceCloudTenant string

	Bearer *Bearer // which access tokens of programs are taken; nil: none are
}

// Bearer says which access tokens of programs are taken (RFC 6750). The mask
// turns what the provider says of the program into operator groups, as it does
// for persons.
type Bearer struct {
	// Audience lists for whom a token may be made out; one of them must be among
	// its aud. Tokens of IMS have no aud: there, Clients stands in its place.
	Audience []string
	// Clients lists the clients whose tokens are taken; nil: those of any client,
	// or, with IMS, of the account's own alone.
	Clients      []string
	Scopes       Scopes   // that a token must have, all of them
	Applications []string // names; nil: all
	Forward      bool     // the application gets the token, too
}

// IMS reports whether the account registers with Adobe IMS.
func (a ExternalAccount) IMS() bool {
	return a.Type == TypeMarketingCloud || a.Type == TypeExperienceCloud
}

// ProductContextClassic is the only right value of the product context field.
const ProductContextClassic = "dma_campaign_classic"

// productContextAbsent is what a build whose form lacks the field works with.
const productContextAbsent = "dma_campaign"

// EffectiveProductContext is the context that the instance works with: the
// field's value, or dma_campaign where the form does not show the field
// (Adobe, "IMS troubleshooting").
func (a ExternalAccount) EffectiveProductContext() string {
	if !a.ProductContextShown {
		return productContextAbsent
	}
	return a.ProductContext
}

// CheckEnabled says whether the account may be used at all.
func (a ExternalAccount) CheckEnabled() *Cause {
	if a.Enabled {
		return nil
	}
	return &Cause{Step: StepBegin, Code: CodeAccountDisabled, Subject: a.InternalName, Saw: "enabled: false", Want: "enabled: true"}
}

// CheckProductContext says whether the product context field, where shown, holds the right value.
func (a ExternalAccount) CheckProductContext() *Cause {
	if !a.IMS() || !a.ProductContextShown || a.ProductContext == ProductContextClassic {
		return nil
	}
	return &Cause{Step: StepBegin, Code: CodeProductContextValue, Subject: a.InternalName, Saw: a.ProductContext, Want: ProductContextClassic}
}

// IMSHosts are the two production addresses of Adobe IMS (Adobe, "IMS troubleshooting").
func IMSHosts() []string {
	return []string{"ims-na1.adobelogin.com", "adobeid-na1.services.adobe.com"}
}

// Issuers lists who may have issued what the account's provider sends: of an
// OpenID Connect provider the issuer alone. IMS's metadata names the server;
// some of its ID tokens name the server followed by /ims; and its two
// production hosts are names of one service.
func (a ExternalAccount) Issuers() []string {
	u, err := url.Parse(a.Server)
	if !a.IMS() || err != nil {
		return []string{a.Server}
	}
	host := strings.ToLower(u.Host)
	servers := []string{u.Scheme + "://" + host}
	if bare := strings.TrimSuffix(host, ":443"); u.Scheme == "https" && slices.Contains(IMSHosts(), bare) {
		for _, alias := range IMSHosts() {
			if s := "https://" + alias; !slices.Contains(servers, s) {
				servers = append(servers, s)
			}
		}
	}
	var accepted []string
	for _, s := range servers {
		accepted = append(accepted, s, s+"/ims")
	}
	return accepted
}

// CheckIMSServer says whether the account points to Adobe's production IMS over
// https. A server on this machine, the stand-in, is accepted in a development
// instance only. A trailing slash is no fault.
func (a ExternalAccount) CheckIMSServer(env Environment) *Cause {
	if !a.IMS() {
		return nil
	}
	cause := &Cause{Step: StepBegin, Code: CodeIMSServerURL, Subject: a.InternalName, Saw: a.Server, Want: "https://" + strings.Join(IMSHosts(), " or https://")}
	u, err := url.Parse(a.Server)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil ||
		strings.ContainsAny(a.Server, "?#") || u.Path != "" && u.Path != "/" {
		cause.Detail = "the value must be a scheme and a host, nothing more"
		return cause
	}
	if Loopback(u.Hostname()) {
		if env == Development {
			return nil
		}
		cause.Detail = "a server on this machine is accepted in a development instance only"
		return cause
	}
	if u.Scheme != "https" {
		cause.Detail = "the scheme is not https"
		return cause
	}
	host := strings.ToLower(u.Host)
	for _, want := range IMSHosts() {
		if host == want || host == want+":443" {
			return nil
		}
	}
	return cause
}

// Loopback reports whether host is this machine by its very name: localhost, a
// name below it (RFC 6761 section 6.3), or a loopback address.
func Loopback(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && addr.Unmap().IsLoopback()
}
