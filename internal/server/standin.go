// SPDX-License-Identifier: Apache-2.0

package server

import (
	"slices"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/standin"
)

// StandinOrganization gives the organization of a configuration file in the
// stand-in's words; the stand-in shares none of ours.
func StandinOrganization(o *usher.Organization) standin.Organization {
	if o == nil {
		return standin.Sample()
	}
	out := standin.Organization{ID: o.ID, Name: o.Name, ProductContext: o.ProductContext, Tenant: o.Tenant}
	for _, c := range o.Clients {
		client := standin.Client{ID: c.ID, CallbackURLs: slices.Clone(c.CallbackURLs), CallbackPatterns: slices.Clone(c.CallbackPatterns), DefaultRedirectURL: c.DefaultRedirectURL, Scopes: slices.Clone(c.Scopes),
			ServiceCode: c.ServiceCode.Reveal(), TechnicalAccount: c.TechnicalAccount, BetaUsers: slices.Clone(c.BetaUsers), Disabled: c.Disabled}
		for _, s := range c.Secrets {
			client.Secrets = append(client.Secrets, s.Reveal())
		}
		out.Clients = append(out.Clients, client)
	}
	for _, g := range o.Groups {
		out.Groups = append(out.Groups, standin.Group{Name: g.Name, Members: slices.Clone(g.Members), Description: g.Description, UserGroup: g.UserGroup, UserGroups: slices.Clone(g.UserGroups)})
	}
	for _, u := range o.Users {
		out.Users = append(out.Users, standin.User{Email: u.Email, Name: u.Name, Password: u.Password.Reveal(), ID: u.ID, Type: u.Type, Country: u.Country,
			Disabled: u.Disabled, Unverified: u.Unverified})
	}
	return out
}

// organizationOf is the way back.
func organizationOf(o standin.Organization) *usher.Organization {
	out := &usher.Organization{ID: o.ID, Name: o.Name, ProductContext: o.ProductContext, Tenant: o.Tenant}
	for _, c := range o.Clients {
		client := usher.Client{ID: c.ID, CallbackURLs: slices.Clone(c.CallbackURLs), CallbackPatterns: slices.Clone(c.CallbackPatterns), DefaultRedirectURL: c.DefaultRedirectURL, Scopes: slices.Clone(c.Scopes),
			ServiceCode: usher.NewSecret(c.ServiceCode), TechnicalAccount: c.TechnicalAccount, BetaUsers: slices.Clone(c.BetaUsers), Disabled: c.Disabled}
		for _, s := range c.Secrets {
			client.Secrets = append(client.Secrets, usher.NewSecret(s))
		}
		out.Clients = append(out.Clients, client)
	}
	for _, g := range o.Groups {
		out.Groups = append(out.Groups, usher.DirectoryGroup{Name: g.Name, Members: slices.Clone(g.Members), Description: g.Description, UserGroup: g.UserGroup, UserGroups: slices.Clone(g.UserGroups)})
	}
	for _, u := range o.Users {
		out.Users = append(out.Users, usher.User{Email: u.Email, Name: u.Name, Password: usher.NewSecret(u.Password), ID: u.ID, Type: u.Type, Country: u.Country,
			Disabled: u.Disabled, Unverified: u.Unverified})
	}
	return out
}
