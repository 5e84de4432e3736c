// SPDX-License-Identifier: Apache-2.0

package config

import "github.com/usher-signin/usher"

func organizationRules() []rule[usher.Organization] {
	type T = usher.Organization
	return []rule[T]{
		text(Key{Name: "id", Meaning: "the organization's id", Example: "0123456789ABCDEF01234567@AdobeOrg"},
			func(o *T) *string { return &o.ID }),
		text(Key{Name: "name", Meaning: "the organization's name, as people see it", Example: "Corp Example"},
			func(o *T) *string { return &o.Name }),
		text(Key{Name: "product_context", Meaning: "the product context that the organization was given", Example: usher.ProductContextClassic},
			func(o *T) *string { return &o.ProductContext }),
		text(Key{Name: "tenant", Meaning: "the product's tenant, which product contexts name", Example: "corp"},
			func(o *T) *string { return &o.Tenant }),
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
		secret(Key{Name: "service_secret", Meaning: "a permanent authorization code that gives service tokens", Example: "{env: SERVICE_CODE}"},
			func(c *T) *usher.Secret { return &c.ServiceCode }),
		text(Key{Name: "technical_account", Meaning: "who the client's own tokens speak for", Example: "0123456789ABCDEF01234567@techacct.adobe.com"},
			func(c *T) *string { return &c.TechnicalAccount }),
		list(KindList, Key{Name: "beta_users", Meaning: "email addresses; where any is listed the client is in development and nobody else can sign in", Example: "[ana@corp.example]"},
			nil, func(c *T) *[]string { return &c.BetaUsers }),
		flag(Key{Name: "disabled", Meaning: "whether the provider knows the client and refuses it", Example: "true", Default: "false"},
			func(c *T) *bool { return &c.Disabled }),
	}
}

func directoryGroupRules() []rule[usher.DirectoryGroup] {
	type T = usher.DirectoryGroup
	return []rule[T]{
		text(Key{Name: "name", Required: true, Meaning: "the directory group's full name", Example: `"Campaign - corp - Admin"`},
			func(g *T) *string { return &g.Name }),
		list(KindList, Key{Name: "members", Meaning: "email addresses", Example: "[ana@corp.example]"},
			nil, func(g *T) *[]string { return &g.Members }),
		text(Key{Name: "description", Meaning: "what the group is for, as the Enterprise Dashboard shows it", Example: "Runs the instance"},
			func(g *T) *string { return &g.Description }),
		flag(Key{Name: "user_group", Meaning: "whether it is a user group: people whom product profiles name together", Example: "true", Default: "false"},
			func(g *T) *bool { return &g.UserGroup }),
		list(KindList, Key{Name: "user_groups", Meaning: "names of the user groups whose members are in this group too", Example: "[Everybody]"},
			nil, func(g *T) *[]string { return &g.UserGroups }),
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
		text(Key{Name: "id", Meaning: "the person's id at the provider", Example: "0123456789ABCDEF01234567@AdobeID"},
			func(u *T) *string { return &u.ID }),
		text(Key{Name: "type", Meaning: "the kind of account", Example: "federatedID", Values: []string{"adobeID", "enterpriseID", "federatedID"}},
			func(u *T) *string { return &u.Type }),
		text(Key{Name: "country", Meaning: "the person's country, two letters", Example: "NL"},
			func(u *T) *string { return &u.Country }),
		flag(Key{Name: "disabled", Meaning: "whether the person may not sign in", Example: "true", Default: "false"},
			func(u *T) *bool { return &u.Disabled }),
		flag(Key{Name: "unverified", Meaning: "whether the address was never verified", Example: "true", Default: "false"},
			func(u *T) *bool { return &u.Unverified }),
	}
}
