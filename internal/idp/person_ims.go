// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"context"
	"net/http"

	usher "github.com/usher-signin/usher"
)

// imsFacts reads a person from the IMS profile and, where the scope was
// granted, from the list of organizations. The vendor does not say which
// answer its own product takes the group names from, so all three candidates
// are read, and each membership says where it was found.
func (c *Client) imsFacts(ctx context.Context, f *facts, info map[string]any) *usher.Cause {
	profile, cause := c.imsGet(ctx, f.grant, "profile", imsProfile, imsProfileOld)
	if cause != nil {
		return cause
	}
	object, cause := profile.object(foldTop)
	if cause != nil {
		return cause
	}
	f.grant.watched.saw("profile", object)
	if cause := samePerson(profile, f.grant, object); cause != nil {
		return cause
	}
	verified, _ := info["email_verified"].(bool)
	f.email(text(info, "email"), verified)
	f.email(text(object, "email"), false)
	f.name(text(object, "displayName"), text(object, "name"), text(info, "name"))
	if shape := f.contexts(object); shape != "" {
		cause := profile.from.cause(usher.CodeProfileInvalid, shape, "an array of product contexts", profile.trace())
		cause.Subject = "projectedProductContext"
		return cause
	}
	f.roles(object)
	if !f.grant.Scopes.Has(usher.ScopeOrganizations) {
		return nil
	}
	return c.imsOrganizations(ctx, f)
}

// imsGet asks an IMS endpoint in its latest version, and in an older one where
// the server does not know the latest.
func (c *Client) imsGet(ctx context.Context, g *Grant, name string, paths ...string) (*answer, *usher.Cause) {
	var a *answer
	for _, path := range paths {
		var cause *usher.Cause
		if a, cause = c.get(ctx, g.endpoint(name, c.server+path), g.AccessToken); cause != nil {
			return nil, cause
		}
		if a.status != http.StatusNotFound {
			break
		}
	}
	return a, a.refusedBearer()
}

// samePerson makes sure that the profile is about the person of the ID token.
// A person may have an account id and a profile id; either will do.
func samePerson(a *answer, g *Grant, profile map[string]any) *usher.Cause {
	user, account := text(profile, "userId"), text(profile, "authId")
	if user == "" && account == "" || user == g.Subject || account == g.Subject {
		return nil
	}
	cause := a.from.cause(usher.CodeProfileInvalid, "the profile of somebody else", "userId or authId equal to the ID token's subject", a.trace())
	cause.Subject = "profile userId"
	return cause
}

// active is the only status of a product context that gives anything. It may
// be left out.
const active = "ACTIVE"

// contexts reads projectedProductContext. Every context of the person is a
// fact; only those of the account's organization and product give a group.
// Nobody is admitted without a context, so where the whole is of another shape
// that is the cause of it all, and contexts names the shape.
func (f *facts) contexts(profile map[string]any) (oddShape string) {
	value, present := profile["projectedProductContext"]
	if !present || value == nil {
		f.note("profile: there is no projectedProductContext")
		return ""
	}
	items, isArray := value.([]any)
	if !isArray {
		return kindOf(value)
	}
	for _, item := range items {
		entry, _ := item.(map[string]any)
		ctx, ok := entry["prodCtx"].(map[string]any)
		service, organization := text(ctx, "serviceCode"), text(ctx, "owningEntity")
		if !ok || service == "" || organization == "" || service != clean(service, maxName) || organization != clean(organization, maxName) {
			f.note("profile: an entry of projectedProductContext has no prodCtx with a serviceCode and an owningEntity that can be used, and gives no group")
			continue
		}
		f.organization(organization)
		if status, present := ctx["statusCode"]; present && status != active {
			s, _ := status.(string)
			f.note("profile: the product context %s has the status %s, not %s, and does not count", quote(service), quote(s), active)
			continue
		}
		f.productContext(service, organization, ctx)
	}
	return ""
}

func (f *facts) productContext(service, organization string, ctx map[string]any) {
	if len(f.person.ProductContexts) <= usher.MaxGroups {
		f.person.ProductContexts = append(f.person.ProductContexts, usher.ProductContext{
			ServiceCode: service, Organization: organization, Label: clean(text(ctx, "label"), maxName),
		})
	}
	if f.ours(organization) && service == f.account.EffectiveProductContext() {
		if _, isString := ctx["label"].(string); !isString {
			f.note("profile: the label of a product context is %s, and gives no group", kindOfMember(ctx, "label"))
		}
		f.group(text(ctx, "label"), SourceProductContext)
	}
}

// roles reads the profile's roles. One that names another product than the
// account's gives no group.
func (f *facts) roles(profile map[string]any) {
	value, present := profile["roles"]
	items, isArray := value.([]any)
	if present && !isArray {
		f.note("profile: roles is %s, not an array, and gives no group", kindOf(value))
	}
	for _, item := range items {
		role, isObject := item.(map[string]any)
		if !isObject {
			f.note("profile: a role is %s, not an object, and gives no group", kindOf(item))
			continue
		}
		organization := text(role, "organization")
		f.organization(organization)
		data, _ := role["target_data"].(map[string]any)
		service := text(data, "svc_code")
		if f.ours(organization) && (service == "" || service == f.account.EffectiveProductContext()) {
			f.group(text(data, "group_name"), SourceRoles)
		}
	}
}

func (c *Client) imsOrganizations(ctx context.Context, f *facts) *usher.Cause {
	a, cause := c.imsGet(ctx, f.grant, "organizations", imsOrganizations, imsOrgsOld)
	if cause != nil {
		// That this client may not ask is no fault of the person's.
		if a != nil && (a.status == http.StatusForbidden || a.status == http.StatusNotFound) {
			f.note("organizations: the provider answered HTTP %d, so its groups are not known", a.status)
			return nil
		}
		return cause
	}
	value, cause := a.value(foldTop)
	if cause != nil {
		return cause
	}
	f.grant.watched.saw("organizations", value)
	items, isArray := value.([]any)
	if !isArray {
		f.note("organizations: the answer is %s, not an array, and gives no group", kindOf(value))
		return nil
	}
	for _, item := range items {
		f.organizationEntry(item)
	}
	return nil
}

func (f *facts) organizationEntry(item any) {
	entry, _ := item.(map[string]any)
	ref, _ := entry["orgRef"].(map[string]any)
	id := text(ref, "ident")
	if id == "" {
		f.note("organizations: an entry has no orgRef.ident, and gives no group")
		return
	}
	if source, present := ref["authSrc"]; present && source != "AdobeOrg" {
		return // not an organization's directory
	}
	f.organization(id)
	if !f.ours(id) {
		return
	}
	groups, isArray := entry["groups"].([]any)
	if !isArray {
		f.note("organizations: groups is %s, not an array, and gives no group", kindOfMember(entry, "groups"))
		return
	}
	for _, g := range groups {
		group, _ := g.(map[string]any)
		name, isString := group["groupName"].(string)
		if !isString {
			f.note("organizations: a group has no groupName, and is left out")
			continue
		}
		f.group(name, SourceOrganizations)
	}
}
