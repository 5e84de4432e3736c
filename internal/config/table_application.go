// SPDX-License-Identifier: Apache-2.0

package config

import "github.com/usher-signin/usher"

// headerRules are the keys of applications[].headers.
func headerRules() []rule[usher.HeaderNames] {
	type T = usher.HeaderNames
	named := func(name, meaning, example string, field func(*T) *string) rule[T] {
		return parsed(KindText, Key{Name: name, Meaning: "the header that holds " + meaning, Example: example, Default: "as the set has it"}, parseHeaderName, field)
	}
	return []rule[T]{
		text(Key{Name: "set", Meaning: "the named set: forwarded is X-Forwarded-User, -Email, -Groups and -Preferred-Username; auth-request is X-Auth-Request-User and so on; remote is Remote-User, -Email, -Groups and -Name",
			Example: usher.HeadersRemote, Default: usher.HeadersForwarded, Values: usher.HeaderSets()},
			func(h *T) *string { return &h.Set }),
		named("subject", "the provider's name for the person, which never changes", "X-User-Id", func(h *T) *string { return &h.Subject }),
		named("email", "the email address, where the provider vouches for it", "X-User-Email", func(h *T) *string { return &h.Email }),
		named("name", "the person's name", "X-User-Name", func(h *T) *string { return &h.Name }),
		named("groups", "the operator groups, joined by commas", "X-User-Groups", func(h *T) *string { return &h.Groups }),
		named("rights", "the named rights, joined by commas; no set has it", "X-User-Rights", func(h *T) *string { return &h.Rights }),
		named("account", "the external account's internal name; no set has it", "X-User-Account", func(h *T) *string { return &h.Account }),
		named("provider", "the provider's address; no set has it", "X-User-Provider", func(h *T) *string { return &h.Provider }),
	}
}

// parseHeaderName takes names that no reader can take for another one.
func parseHeaderName(_ *reader, v string) (string, string) {
	for _, c := range []byte(v) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return "", "a header's name of letters, digits and hyphens"
		}
	}
	if len(v) > 64 {
		return "", "a header's name of at most 64 characters"
	}
	return v, ""
}
