// SPDX-License-Identifier: Apache-2.0

package config

import "github.com/usher-signin/usher"

func organizationRules() []rule[usher.Organization] {
	type T = usher.Organization
	return []rule[T]{
		text(Key{Name: "id", Meaning: "the organization's id", Example: "0123456789ABCDEF01234567@AdobeOrg"},
			func(o *T) *string { return &o.ID }),
		text(Key{Name: "product_context", Meaning: "the product context that the organization was given", Example: usher.ProductContextClassic},
			func(o *T) *string { return &o.ProductContext }),
		keysList(Key{Name: "clients", Meaning: "the registrations at the provider", Example: "[{id: Campaign1}]"},
			clientRules(), blank[usher.Client], func(o *T) *[]usher.Client { return &o.Clients }),
		keysList(Key{Name: "groups", Meaning: "the directory groups, which Adobe calls product profiles", Example: `[{name: "Campaign - corp - Admin", members: [ana@corp.example]}]`},
			directoryGroupRules(), blank[usher.DirectoryGroup], func(o *T) *[]usher.DirectoryGroup { return &o.Groups }),
		keysList(Key{Name: "users", Meaning: "the people of the organization", Example: "[{email: ana@corp.example, name: Ana Lima}]"},
			userRules(), blank[usher.User], func(o *T) *[]usher.User { return &o.Users }),
	}
}

func clientRules() []rule[usher.Client] {
	type T = usher.Client
	return []rule[T]{
		text(Key{Name: "id", Required: true, Meaning: "the client id", Example: "Campaign1"},
			func(c *T) *string { return &c.ID }),
		secrets(Key{Name: "secrets", Meaning: "its secrets; several are valid during a rotation", Example: "[{file: /run/secrets/ims}]"},
			func(c *T) *[]usher.Secret { return &c.Secrets }),
		list(KindList, Key{Name: "callback_urls", Meaning: "the callback addresses on its allow-list, exact", Example: "[https://campaign.corp.example/usher/callback]"},
			nil, func(c *T) *[]string { return &c.CallbackURLs }),
		list(KindList, Key{Name: "callback_patterns", Meaning: "the patterns on its allow-list: RE2, dots escaped", Example: `['https://campaign\.corp\.example/.*']`},
			nil, func(c *T) *[]string { return &c.CallbackPatterns }),
		text(Key{Name: "default_redirect_url", Meaning: "where IMS sends a browser whose callback is not listed", Example: "https://www.adobe.com/"},
			func(c *T) *string { return &c.DefaultRedirectURL }),
		scopes(Key{Name: "scopes", Meaning: "the scopes that are provisioned", Example: "[openid, AdobeID, session, read_organizations]"},
			func(c *T) *usher.Scopes { return &c.Scopes }),
	}
}

func directoryGroupRules() []rule[usher.DirectoryGroup] {
	type T = usher.DirectoryGroup
	return []rule[T]{
		text(Key{Name: "name", Required: true, Meaning: "the directory group's full name", Example: `"Campaign - corp - Admin"`},
			func(g *T) *string { return &g.Name }),
		list(KindList, Key{Name: "members", Meaning: "email addresses", Example: "[ana@corp.example]"},
			nil, func(g *T) *[]string { return &g.Members }),
	}
}

func userRules() []rule[usher.User] {
	type T = usher.User
	return []rule[T]{
		text(Key{Name: "email", Required: true, Meaning: "the person's email address", Example: "ana@corp.example"},
			func(u *T) *string { return &u.Email }),
		text(Key{Name: "name", Meaning: "the person's name", Example: "Ana Lima"},
			func(u *T) *string { return &u.Name }),
		secret(Key{Name: "password", Meaning: "what the stand-in asks for; nothing else reads it", Example: "{env: ANA_PASSWORD}"},
			func(u *T) *usher.Secret { return &u.Password }),
	}
}
