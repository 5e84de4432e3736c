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
	return len(name) >= len(ourCookies) && name[0] == ourCookies[0] &&
		(name[:len(ourCookies)] == ourCookies || strings.EqualFold(name[:len(ourCookies)], ourCookies))
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

// withoutOurs gives a line's cookies that are not ours, as they were written.
// Ours mostly stand before or behind all others, which are then a part of the
// line and need no copy.
func withoutOurs(line string) string {
	first, last, ours := 0, 0, false // what is kept so far is line[first:last]
	for at := 0; at <= len(line); {
		end := pairEnd(line, at)
		pair := trimBlanks(line[at:end])
		switch {
		case isOurs(pair):
			ours = true
		case pair == "":
		case last == 0:
			first, last = at, end
		case last == at-1:
			last = end
		default:
			return withoutOursApart(line)
		}
		at = end + 1
	}
	if !ours {
		return line
	}
	return trimBlanks(line[first:last])
}

// withoutOursApart is for lines in which ours stand between others.
func withoutOursApart(line string) string {
	var b strings.Builder
	for at := 0; at <= len(line); {
		end := pairEnd(line, at)
		if pair := trimBlanks(line[at:end]); pair != "" && !isOurs(pair) {
			if b.Len() > 0 {
				b.WriteByte(';')
				pair = line[at:end] // with its blanks, as it was written
			}
			b.WriteString(pair)
		}
		at = end + 1
	}
	return b.String()
}

// pairEnd finds where the pair that begins at ends.
func pairEnd(line string, at int) int {
	if i := strings.IndexByte(line[at:], ';'); i >= 0 {
		return at + i
	}
	return len(line)
}

func trimBlanks(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	return s
}

// isOurs reports whether a pair, without blanks around it, is a cookie of ours.
func isOurs(pair string) bool {
	for pair != "" && (pair[0] == '=' || pair[0] == ' ' || pair[0] == '\t') {
		pair = pair[1:]
	}
	return hasOurPrefix(pair)
}
