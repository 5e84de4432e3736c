// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"strings"

	usher "github.com/usher-signin/usher"
)

const defaultGroupsClaim = "groups"

// oidcFacts reads a person from an ID token and the userinfo answer. Where
// both speak, userinfo is the newer word on name and email, the ID token the
// signed one on groups.
func (c *Client) oidcFacts(f *facts, info map[string]any) *usher.Cause {
	claims := f.grant.Claims
	for _, from := range []map[string]any{info, claims} {
		f.name(text(from, "name"), strings.TrimSpace(text(from, "given_name")+" "+text(from, "family_name")))
		verified, _ := from["email_verified"].(bool)
		f.email(text(from, "email"), verified)
	}
	f.name(text(info, "preferred_username"), text(claims, "preferred_username"))
	claim := c.account.GroupsClaim
	if claim == "" {
		claim = defaultGroupsClaim
	}
	for _, from := range []struct {
		source string
		object map[string]any
	}{{SourceIDToken, claims}, {SourceUserinfo, info}} {
		if value, present := lookup(from.object, claim); present {
			f.groupsOf(value, from.source+claim)
			return nil
		}
		if leftOut(from.object, claim) {
			return &usher.Cause{Step: usher.StepProfile, Code: CodeGroupsOverage, Subject: claim,
				Saw: "a mark that the groups were left out", Want: "the groups themselves in the claim " + quote(claim),
				Detail: "the person is in more groups than the provider puts into a token; let it send only the groups that are assigned to this client"}
		}
	}
	f.note("neither the ID token nor userinfo holds the claim %s", quote(claim))
	return nil
}

// groupsOf reads an array of strings, or one string as one group. Any other
// shape gives no group.
func (f *facts) groupsOf(value any, source string) {
	if one, ok := value.(string); ok {
		f.group(one, source)
		return
	}
	list, ok := stringsOf(value)
	if !ok {
		f.note("%s is %s, not an array of strings, and gives no group", clean(source, maxShown), kindOf(value))
		return
	}
	for _, name := range list {
		f.group(name, source)
	}
}

// lookup finds a claim by its whole name, else by a path of names with dots
// between, for example realm_access.roles.
func lookup(object map[string]any, path string) (any, bool) {
	if v, present := object[path]; present {
		return v, true
	}
	for {
		name, rest, more := strings.Cut(path, ".")
		v, present := object[name]
		if !present || !more {
			return v, present
		}
		inner, isObject := v.(map[string]any)
		if !isObject {
			return nil, false
		}
		object, path = inner, rest
	}
}

// leftOut reports whether the provider says that it left the claim out because
// it was too large (OpenID Connect Core 1.0 section 5.6.2, and the mark
// hasgroups that one vendor uses). The address given instead is never fetched.
func leftOut(object map[string]any, claim string) bool {
	if has, _ := object["hasgroups"].(bool); has && claim == defaultGroupsClaim {
		return true
	}
	names, ok := object["_claim_names"].(map[string]any)
	if !ok {
		return false
	}
	_, present := names[claim]
	return present
}
