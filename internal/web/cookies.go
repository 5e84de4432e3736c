// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"strings"
)

// Bounds on what is looked at in a request's cookies. Browsers keep at least
// 50 cookies of 4 KiB for a site (RFC 6265 section 6.1).
const (
	maxCookieBytes  = 64 << 10
	maxCookies      = 1000
	maxSameCookies  = 16
	blanksInCookies = " \t"
)

// Cookies returns every value that the request has under exactly this name, in
// the order sent, so that the caller sees duplicates: another host of the same
// domain may have planted one. Values are as received, quotes included. Of more
// than 16 the rest is left out: two are too many already.
func Cookies(r *http.Request, name string) []string {
	var found []string
	bytes, count := 0, 0
	for _, line := range r.Header["Cookie"] {
		if bytes += len(line); bytes > maxCookieBytes {
			return found
		}
		for line != "" {
			var pair string
			pair, line, _ = strings.Cut(line, ";")
			if count++; count > maxCookies {
				return found
			}
			n, value, ok := strings.Cut(strings.Trim(pair, blanksInCookies), "=")
			if !ok || n != name {
				continue
			}
			if found = append(found, value); len(found) == maxSameCookies {
				return found
			}
		}
	}
	return found
}
