// SPDX-License-Identifier: Apache-2.0

package usher

import "strings"

// Resolve gives the name of every field: the set's, and in their place those
// that are named singly. The second result is false where there is no such set.
func (h HeaderNames) Resolve() (HeaderNames, bool) {
	sets := map[string]HeaderNames{
		HeadersForwarded:   {Subject: "X-Forwarded-User", Email: "X-Forwarded-Email", Groups: "X-Forwarded-Groups", Name: "X-Forwarded-Preferred-Username"},
		HeadersAuthRequest: {Subject: "X-Auth-Request-User", Email: "X-Auth-Request-Email", Groups: "X-Auth-Request-Groups", Name: "X-Auth-Request-Preferred-Username"},
		HeadersRemote:      {Subject: "Remote-User", Email: "Remote-Email", Groups: "Remote-Groups", Name: "Remote-Name"},
	}
	sets[""] = sets[HeadersForwarded]
	out, ok := sets[h.Set]
	for i, own := range h.list() {
		if own != "" {
			*out.fields()[i] = own
		}
	}
	out.Set = h.Set
	return out, ok
}

func (h *HeaderNames) fields() []*string {
	return []*string{&h.Subject, &h.Email, &h.Name, &h.Groups, &h.Rights, &h.Account, &h.Provider}
}

// list gives the names in the order of [HeaderNameKeys].
func (h HeaderNames) list() []string {
	var out []string
	for _, f := range h.fields() {
		out = append(out, *f)
	}
	return out
}

// HeaderNameKeys are the fields as the configuration calls them.
func HeaderNameKeys() []string {
	return []string{"subject", "email", "name", "groups", "rights", "account", "provider"}
}

// Unusable finds a name by which the gate tells no application anything: one
// that means something else to those who read it, or one that two fields have.
// It gives the field's key and its name; an empty key: all can be used.
func (h HeaderNames) Unusable() (key, name string, twice bool) {
	resolved, ok := h.Resolve()
	if !ok {
		return "set", h.Set, false
	}
	taken := make(map[string]bool)
	set, own := resolved.list(), h.list()
	// A name of the set is not to blame for one that was chosen like it.
	for _, chosen := range []bool{false, true} {
		for i, name := range set {
			if name == "" || (own[i] != "") != chosen {
				continue
			}
			fold := foldHeader(name)
			if !headerNamePlain(name) || ReservedHeader(name) {
				return HeaderNameKeys()[i], name, false
			}
			if taken[fold] {
				return HeaderNameKeys()[i], name, true
			}
			taken[fold] = true
		}
	}
	return "", "", false
}

// longestHeader bounds the name of an identity header.
const longestHeader = 64

func headerNamePlain(name string) bool {
	for _, c := range []byte(name) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return name != "" && len(name) <= longestHeader
}

// foldHeader writes a name as the laxest reader would read it.
func foldHeader(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name))
}

// ReservedHeader reports whether a header's name means something else to those
// who read it, so that it cannot say who is signed in.
func ReservedHeader(name string) bool {
	fold := foldHeader(name)
	switch fold {
	case "host", "cookie", "set-cookie", "connection", "keep-alive", "te", "trailer", "trailers", "transfer-encoding", "upgrade",
		"content-length", "content-type", "content-encoding", "date", "location", "cache-control", "vary", "expect", "range",
		"www-authenticate", "proxy-authenticate", "proxy-authorization", "authorization", "origin", "referer", "server",
		"forwarded", "x-rewrite-url", "x-real-ip", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port",
		"x-forwarded-uri", "x-forwarded-method", "x-forwarded-prefix", "x-forwarded-server", "x-forwarded-scheme":
		return true
	}
	for _, prefix := range []string{"x-original-", "x-usher-", "sec-", "access-control-", "proxy-"} {
		if strings.HasPrefix(fold, prefix) {
			return true
		}
	}
	return false
}
