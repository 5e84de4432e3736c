// SPDX-License-Identifier: Apache-2.0

package config

import (
	"github.com/usher-signin/usher"
	"go.yaml.in/yaml/v3"
)

func newAccount() usher.ExternalAccount { return usher.ExternalAccount{Enabled: true} }

// accountRules has the keys of both families; the account's type says which apply.
func accountRules() []rule[usher.ExternalAccount] {
	type T = usher.ExternalAccount
	ims, oidc := FamilyIMS, FamilyOIDC
	return []rule[T]{
		text(Key{Name: "internal_name", Required: true, Meaning: "the name under which the product looks for the account", Example: usher.NameMarketingCloud},
			func(a *T) *string { return &a.InternalName }),
		text(Key{Name: "label", Empty: true, Meaning: "the name that people see", Example: "MAC"},
			func(a *T) *string { return &a.Label }),
		text(Key{Name: "type", Required: true, Meaning: "the kind of provider; Adobe Experience Cloud is the later name of Adobe Marketing Cloud", Example: string(usher.TypeMarketingCloud),
			Values: []string{string(usher.TypeMarketingCloud), string(usher.TypeExperienceCloud), string(usher.TypeOpenIDConnect)}},
			func(a *T) *usher.AccountType { return &a.Type }),
		flag(Key{Name: "enabled", Meaning: "whether the account may be used", Example: "true", Default: "true"},
			func(a *T) *bool { return &a.Enabled }),
		productContext(Key{Name: "product_context", Family: ims, Empty: true, Meaning: "the field of that name; left out where the form does not show it", Example: usher.ProductContextClassic}),
		text(Key{Name: "ims_server", Family: ims, Twin: "issuer", Empty: true, Meaning: "the address of Adobe IMS", Example: "https://ims-na1.adobelogin.com"},
			func(a *T) *string { return &a.Server }),
		text(Key{Name: "issuer", Family: oidc, Twin: "ims_server", Empty: true, Meaning: "the issuer of the OpenID Connect provider", Example: "https://login.corp.example"},
			func(a *T) *string { return &a.Server }),
		scopes(Key{Name: "ims_scopes", Family: ims, Twin: "scopes", Meaning: "the scopes to ask for", Example: "openid,AdobeID,session,read_organizations,additional_info.projectedProductContext"},
			func(a *T) *usher.Scopes { return &a.Scopes }),
		scopes(Key{Name: "scopes", Family: oidc, Twin: "ims_scopes", Meaning: "the scopes to ask for", Example: "[openid, profile, email, groups]"},
			func(a *T) *usher.Scopes { return &a.Scopes }),
		text(Key{Name: "ims_client_id", Family: ims, Twin: "client_id", Empty: true, Meaning: "the client id that the provider gave us", Example: "Campaign1"},
			func(a *T) *string { return &a.ClientID }),
		text(Key{Name: "client_id", Family: oidc, Twin: "ims_client_id", Empty: true, Meaning: "the client id that the provider gave us", Example: "usher"},
			func(a *T) *string { return &a.ClientID }),
		secret(Key{Name: "ims_client_secret", Family: ims, Twin: "client_secret", Meaning: "the secret that goes with the client id", Example: "{file: /run/secrets/ims}"},
			func(a *T) *usher.Secret { return &a.ClientSecret }),
		secret(Key{Name: "client_secret", Family: oidc, Twin: "ims_client_secret", Meaning: "the secret that goes with the client id", Example: "{file: /run/secrets/oidc}"},
			func(a *T) *usher.Secret { return &a.ClientSecret }),
		text(Key{Name: "callback_url", Meaning: "where the provider sends the browser back to", Example: "https://campaign.corp.example/usher/callback", Default: "server.public_url followed by " + usher.CallbackPath},
			func(a *T) *string { return &a.CallbackURL }),
		text(Key{Name: "ims_organization_id", Family: ims, Empty: true, Meaning: "the organization's id", Example: "0123456789ABCDEF01234567@AdobeOrg"},
			func(a *T) *string { return &a.OrganizationID }),
		mask(Key{Name: "association_mask", Empty: true, Meaning: "how a directory group's name becomes an operator group's name: a prefix, or a pattern with one capture", Example: `"Campaign - corp - "`},
			func(a *T) *usher.Mask { return &a.Mask }),
		text(Key{Name: "experience_cloud_server", Family: ims, Empty: true, Meaning: "the address of the Experience Cloud", Example: "https://marketing.adobe.com"},
			func(a *T) *string { return &a.ExperienceCloudServer }),
		text(Key{Name: "experience_cloud_tenant", Family: ims, Empty: true, Meaning: "the organization's name in the Experience Cloud", Example: "corp"},
			func(a *T) *string { return &a.ExperienceCloudTenant }),
		text(Key{Name: "groups_claim", Family: oidc, Meaning: "the claim that holds the person's directory groups", Example: "groups", Default: "groups"},
			func(a *T) *string { return &a.GroupsClaim }),
		keys(Key{Name: "bearer", Meaning: "which access tokens of programs are taken; left out: none are", Example: "{audience: [https://reports.corp.example]}"},
			bearerRules(), func(a *T) *usher.Bearer {
				a.Bearer = new(usher.Bearer)
				return a.Bearer
			}),
	}
}

func bearerRules() []rule[usher.Bearer] {
	type T = usher.Bearer
	return []rule[T]{
		list(KindList, Key{Name: "audience", Meaning: "for whom a token may be made out; tokens of IMS name nobody, and clients stands in its place", Example: "[https://reports.corp.example]"},
			nil, func(b *T) *[]string { return &b.Audience }),
		list(KindList, Key{Name: "clients", Meaning: "the clients whose tokens are taken; left out: any, and with IMS the account's own alone", Example: "[nightly-export]"},
			nil, func(b *T) *[]string { return &b.Clients }),
		scopes(Key{Name: "scopes", Meaning: "the scopes that a token must have", Example: "[reports]"},
			func(b *T) *usher.Scopes { return &b.Scopes }),
		list(KindList, Key{Name: "applications", Meaning: "the applications that take tokens; left out: all", Example: "[reports]"},
			nil, func(b *T) *[]string { return &b.Applications }),
		flag(Key{Name: "forward", Meaning: "whether the application gets the token, too", Example: "true", Default: "false"},
			func(b *T) *bool { return &b.Forward }),
	}
}

// productContext keeps apart that the field is shown and empty, and that the
// form does not show it.
func productContext(k Key) rule[usher.ExternalAccount] {
	k.Kind = KindText
	return rule[usher.ExternalAccount]{k, func(r *reader, n *yaml.Node, at *trail, a *usher.ExternalAccount) {
		a.ProductContext, a.ProductContextShown = r.text(n, k)
	}}
}

func scopes[T any](k Key, field func(*T) *usher.Scopes) rule[T] {
	k.Kind = KindScopes
	return rule[T]{k, func(r *reader, n *yaml.Node, at *trail, into *T) {
		if n.Kind == yaml.SequenceNode {
			if v, ok := r.list(n, k, nil); ok {
				*field(into) = v
			}
			return
		}
		if v, ok := r.text(n, k); ok {
			*field(into) = usher.ParseScopes(v)
		}
	}}
}

func mask[T any](k Key, field func(*T) *usher.Mask) rule[T] {
	k.Kind = KindMask
	k.Keys = []Key{
		{Name: string(usher.MaskPrefix), Kind: KindText, Meaning: "mask and operator group's name together are the directory group's name", Example: `"Campaign - corp - "`},
		{Name: string(usher.MaskPattern), Kind: KindText, Meaning: "an RE2 expression that matches the whole name, with one capture", Example: `"Campaign - corp - (.*)"`},
	}
	return rule[T]{k, func(r *reader, n *yaml.Node, at *trail, into *T) {
		if n.Kind != yaml.MappingNode {
			if v, ok := r.text(n, k); ok {
				*field(into) = usher.ParseMask(v)
			}
			return
		}
		if name, value, ok := r.either(n, k); ok {
			if v, ok := r.text(value, Key{Name: name, Kind: KindText, Empty: true, Example: k.Example}); ok {
				*field(into) = usher.Mask{Text: v, Kind: usher.MaskKind(name), Declared: true}
			}
		}
	}}
}

// either reads a value that is one of two keys, {file: ...} or {env: ...} say.
func (r *reader) either(n *yaml.Node, k Key) (name string, value *yaml.Node, ok bool) {
	a, b := k.Keys[0].Name, k.Keys[1].Name
	want := "{" + a + ": ...} or {" + b + ": ...}"
	if len(n.Content) != 2 {
		r.refuse(n, itoa(len(n.Content)/2)+" keys for "+k.Name, want, "write one of the two")
		return "", nil, false
	}
	key := n.Content[0]
	if key.Value != a && key.Value != b {
		saw := "another key for " + k.Name // it may be the secret itself
		if k.Kind != KindSecret && k.Kind != KindSecrets {
			saw = "the key " + quote(key.Value) + " for " + k.Name
		}
		r.refuse(key, saw, want, "write one of the two")
		return "", nil, false
	}
	return key.Value, n.Content[1], true
}
