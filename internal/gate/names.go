// SPDX-License-Identifier: Apache-2.0

package gate

import "strings"

// longestName bounds the names that an identity header may have, so that names
// can be compared without allocating.
const longestName = 64

// protectedNames are header names that applications believe, beside those that
// are configured: no client may send them past the gate.
var protectedNames = [...]string{
	"forwarded", "x-rewrite-url", "x-real-ip", "x-client-ip", "x-auth-user",
	"remote-user", "remote-email", "remote-groups", "remote-name", "x-remote-user", "x-remote-group", "x-remote-groups",
	"x-remote-email", "x-remote-name", "http2-settings",
}

// protectedPrefixes begin names that are protected as a whole.
var protectedPrefixes = [...]string{"x-forwarded-", "x-original-", "x-auth-request-", "x-usher-",
	"x-webauth-", "x-authenticated-", "x-authentik-", "x-vouch-", "x-goog-authenticated-user-", "x-ms-client-principal", "tailscale-user-",
	"x-ssl-client-", "ssl-client-", "x-client-cert"}

// folded writes name into buf as the laxest reader would read it: in lower
// case, every byte that is no letter or digit as a hyphen. Applications behind
// CGI-like interfaces cannot tell X_Forwarded_User from X-Forwarded-User.
func folded(buf *[longestName]byte, name string) []byte {
	n := min(len(name), longestName)
	for i := 0; i < n; i++ {
		c := name[i]
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		default:
			c = '-'
		}
		buf[i] = c
	}
	return buf[:n]
}

// protects reports whether a client may not send a header of this name.
func (s *headerSet) protects(name string) bool {
	var buf [longestName]byte
	fold := folded(&buf, name)
	if len(name) <= longestName {
		if _, ok := s.guarded[string(fold)]; ok {
			return true
		}
	}
	if len(fold) == 0 || fold[0] != 'x' && fold[0] != 's' && fold[0] != 't' {
		return false // no protected prefix begins so, and most names do
	}
	for _, p := range protectedPrefixes {
		if len(fold) >= len(p) && string(fold[:len(p)]) == p {
			return true
		}
	}
	return false
}

// plainName reports whether a name has only letters, digits and hyphens.
func plainName(name string) bool {
	for i := 0; i < len(name); i++ {
		c := name[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return name != ""
}

// scrub removes every protected header, in every spelling.
func (s *headerSet) scrub(header map[string][]string) {
	for name := range header {
		if s.protects(name) {
			delete(header, name)
		}
	}
}

func foldedName(name string) string {
	var b strings.Builder
	var buf [longestName]byte
	b.Write(folded(&buf, name))
	return b.String()
}
