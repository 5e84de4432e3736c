// SPDX-License-Identifier: Apache-2.0

package usher

import (
	"slices"
	"strings"
)

// Scopes is a list of OAuth scopes, in the order in which they are asked for.
// Scopes are case-sensitive (RFC 6749 section 3.3).
type Scopes []string

// ParseScopes splits text at commas and blanks: IMS takes both, and its own
// clients join with commas. Empty elements are dropped, duplicates kept once.
func ParseScopes(text string) Scopes {
	var out Scopes
	for _, s := range strings.FieldsFunc(text, func(r rune) bool {
		return r == ',' || r == ' ' || r == '\t' || r == '\n' || r == '\r'
	}) {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// Commas joins the scopes as IMS's own clients do.
func (s Scopes) Commas() string { return strings.Join(s, ",") }

// Spaces joins the scopes as RFC 6749 section 3.3 wants.
func (s Scopes) Spaces() string { return strings.Join(s, " ") }

// Has reports whether scope is among s.
func (s Scopes) Has(scope string) bool { return slices.Contains(s, scope) }

// Minus returns the scopes of s that are not in other, in order.
func (s Scopes) Minus(other Scopes) Scopes {
	var out Scopes
	for _, x := range s {
		if !other.Has(x) {
			out = append(out, x)
		}
	}
	return out
}

// Scopes that carry what usher needs from IMS.
const (
	ScopeOpenID         = "openid"
	ScopeProductContext = "additional_info.projectedProductContext"
	ScopeRoles          = "additional_info.roles"
	ScopeOrganizations  = "read_organizations"
)
