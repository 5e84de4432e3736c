// SPDX-License-Identifier: Apache-2.0

package server

import (
	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/standin"
)

// StandinOrganization gives the organization of a configuration file in the
// stand-in's words; the stand-in shares none of ours.
func StandinOrganization(o *usher.Organization) standin.Organization {
	if o == nil {
		return standin.Sample()
	}
	out := standin.Organization{ID: o.ID, ProductContext: o.ProductContext}
	for _, c := range o.Clients {
		client := standin.Client{ID: c.ID, CallbackURLs: c.CallbackURLs, CallbackPatterns: c.CallbackPatterns, DefaultRedirectURL: c.DefaultRedirectURL, Scopes: c.Scopes}
		for _, s := range c.Secrets {
			client.Secrets = append(client.Secrets, s.Reveal())
		}
		out.Clients = append(out.Clients, client)
	}
	for _, g := range o.Groups {
		out.Groups = append(out.Groups, standin.Group{Name: g.Name, Members: g.Members})
	}
	for _, u := range o.Users {
		out.Users = append(out.Users, standin.User{Email: u.Email, Name: u.Name, Password: u.Password.Reveal()})
	}
	return out
}
