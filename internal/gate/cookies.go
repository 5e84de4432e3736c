// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"net/http"
	"strings"
)

// ourCookies begins the name of every cookie that usher sets.
const ourCookies = "__Host-usher_"

// stripOurCookies removes cookies of ours that an application tries to set.
// Some browsers read a cookie without a name by what stands behind the equals
// sign, so leading ones are passed over.
func stripOurCookies(h http.Header) {
	lines, ok := h["Set-Cookie"]
	if !ok {
		return
	}
	kept := lines[:0:0]
	for _, line := range lines {
		if name := strings.TrimLeft(line, " \t="); !hasOurPrefix(name) {
			kept = append(kept, line)
		}
	}
	if len(kept) == 0 {
		delete(h, "Set-Cookie")
		return
	}
	h["Set-Cookie"] = kept
}

// dropTrailers removes from an answer's trailers what only headers may say:
// cookies, and protected names. Trailers that were not announced come under
// names of their own.
func dropTrailers(h http.Header, s *headerSet) {
	for name := range h {
		plain := strings.TrimPrefix(name, http.TrailerPrefix)
		if http.CanonicalHeaderKey(plain) == "Set-Cookie" || s.protects(plain) {
			delete(h, name)
		}
	}
}

func hasOurPrefix(name string) bool {
	return len(name) >= len(ourCookies) && strings.EqualFold(name[:len(ourCookies)], ourCookies)
}

// withholdOurCookies removes our cookies from a request on its way to an
// application, and leaves every other cookie as it was written.
func withholdOurCookies(h http.Header) {
	if rest, ok := othersCookies(h); ok {
		h["Cookie"] = []string{rest}
		return
	}
	delete(h, "Cookie")
}

// othersCookies gives the cookies of a request that are not ours, on one line
// (RFC 9113 section 8.2.3), and whether there are any.
func othersCookies(h http.Header) (string, bool) {
	all := ""
	for _, line := range h["Cookie"] {
		switch rest := withoutOurs(line); {
		case rest == "":
		case all == "":
			all = rest
		default:
			all += "; " + rest
		}
	}
	return all, all != ""
}

func withoutOurs(line string) string {
	if !holdsOurs(line) {
		return line
	}
	var b strings.Builder
	for pair := range strings.SplitSeq(line, ";") {
		if isOurs(pair) || strings.Trim(pair, " \t") == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(';')
		} else {
			pair = strings.TrimLeft(pair, " \t")
		}
		b.WriteString(pair)
	}
	return b.String()
}

func holdsOurs(line string) bool {
	for pair := range strings.SplitSeq(line, ";") {
		if isOurs(pair) {
			return true
		}
	}
	return false
}

func isOurs(pair string) bool { return hasOurPrefix(strings.TrimLeft(pair, " \t=")) }
