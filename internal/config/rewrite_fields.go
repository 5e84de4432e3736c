// SPDX-License-Identifier: Apache-2.0

package config

import (
	"slices"

	"github.com/usher-signin/usher"
)

// A field is a key of an organization's level, and how its value is had. One
// of the functions is set.
type field[T any] struct {
	name    string
	text    func(*T) string
	flag    func(*T) bool
	list    func(*T) []string
	secrets func(*T) []usher.Secret
	single  bool // secrets holds one at most, and the key is no list
}

func organizationFields() []field[usher.Organization] {
	type T = usher.Organization
	return []field[T]{
		{name: "id", text: func(o *T) string { return o.ID }},
		{name: "name", text: func(o *T) string { return o.Name }},
		{name: "product_context", text: func(o *T) string { return o.ProductContext }},
		{name: "tenant", text: func(o *T) string { return o.Tenant }},
	}
}

func clientFields() []field[usher.Client] {
	type T = usher.Client
	return []field[T]{
		{name: "id", text: func(c *T) string { return c.ID }},
		{name: "secrets", secrets: func(c *T) []usher.Secret { return c.Secrets }},
		{name: "callback_urls", list: func(c *T) []string { return c.CallbackURLs }},
		{name: "callback_patterns", list: func(c *T) []string { return c.CallbackPatterns }},
		{name: "default_redirect_url", text: func(c *T) string { return c.DefaultRedirectURL }},
		{name: "scopes", list: func(c *T) []string { return c.Scopes }},
		{name: "service_secret", single: true, secrets: func(c *T) []usher.Secret { return held(c.ServiceCode) }},
		{name: "technical_account", text: func(c *T) string { return c.TechnicalAccount }},
		{name: "beta_users", list: func(c *T) []string { return c.BetaUsers }},
		{name: "disabled", flag: func(c *T) bool { return c.Disabled }},
	}
}

func groupFields() []field[usher.DirectoryGroup] {
	type T = usher.DirectoryGroup
	return []field[T]{
		{name: "name", text: func(g *T) string { return g.Name }},
		{name: "members", list: func(g *T) []string { return g.Members }},
		{name: "description", text: func(g *T) string { return g.Description }},
		{name: "user_group", flag: func(g *T) bool { return g.UserGroup }},
		{name: "user_groups", list: func(g *T) []string { return g.UserGroups }},
	}
}

func userFields() []field[usher.User] {
	type T = usher.User
	return []field[T]{
		{name: "email", text: func(u *T) string { return u.Email }},
		{name: "name", text: func(u *T) string { return u.Name }},
		{name: "password", single: true, secrets: func(u *T) []usher.Secret { return held(u.Password) }},
		{name: "id", text: func(u *T) string { return u.ID }},
		{name: "type", text: func(u *T) string { return u.Type }},
		{name: "country", text: func(u *T) string { return u.Country }},
		{name: "disabled", flag: func(u *T) bool { return u.Disabled }},
		{name: "unverified", flag: func(u *T) bool { return u.Unverified }},
	}
}

func held(s usher.Secret) []usher.Secret {
	if s.Empty() {
		return nil
	}
	return []usher.Secret{s}
}

func (f field[T]) same(a, b *T) bool {
	switch {
	case f.text != nil:
		return f.text(a) == f.text(b)
	case f.flag != nil:
		return f.flag(a) == f.flag(b)
	case f.list != nil:
		return slices.Equal(f.list(a), f.list(b))
	}
	return slices.EqualFunc(f.secrets(a), f.secrets(b), usher.Secret.Equal)
}

// empty says whether the key may be left out.
func (f field[T]) empty(v *T) bool {
	var none T
	return f.same(v, &none)
}

func sameFields[T any](fields []field[T], a, b *T) bool {
	return !slices.ContainsFunc(fields, func(f field[T]) bool { return !f.same(a, b) })
}

func sameOrganization(a, b *usher.Organization) bool {
	return sameFields(organizationFields(), a, b) &&
		sameItems(clientFields(), a.Clients, b.Clients) && sameItems(groupFields(), a.Groups, b.Groups) && sameItems(userFields(), a.Users, b.Users)
}

func sameItems[T any](fields []field[T], a, b []T) bool {
	return slices.EqualFunc(a, b, func(x, y T) bool { return sameFields(fields, &x, &y) })
}
