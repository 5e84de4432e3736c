// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"strings"
)

// IsNavigation reports whether a person's browser is opening a page: only that
// may be sent away to sign in. Where the browser sends fetch metadata (W3C
// Fetch Metadata Request Headers) it decides; elsewhere what the request
// accepts. A page that is fetched ahead of time is none.
func IsNavigation(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	if len(r.Header["Upgrade"]) > 0 || ahead(r.Header) {
		return false
	}
	if len(r.Header["Sec-Fetch-Mode"]) > 0 || len(r.Header["Sec-Fetch-Dest"]) > 0 {
		return navigates(r)
	}
	return len(r.Header["X-Requested-With"]) == 0 && acceptsHTML(r)
}

// navigates reports whether fetch metadata says that a page is opened, by
// whatever method.
func navigates(r *http.Request) bool {
	if sole(r.Header, "Sec-Fetch-Mode") != "navigate" {
		return false
	}
	switch sole(r.Header, "Sec-Fetch-Dest") {
	case "document", "iframe", "frame":
		return true
	}
	return false
}

// Ahead reports whether the browser only guesses that the page will be wanted:
// such a request must use nothing up.
func Ahead(r *http.Request) bool { return ahead(r.Header) }

// ahead reports whether the browser only guesses that the page will be wanted.
func ahead(h http.Header) bool {
	for _, name := range [...]string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		for _, value := range h[name] {
			value = strings.ToLower(value)
			if strings.Contains(value, "prefetch") || strings.Contains(value, "prerender") || strings.Contains(value, "preview") {
				return true
			}
		}
	}
	return false
}

func acceptsHTML(r *http.Request) bool {
	for _, line := range r.Header["Accept"] {
		if strings.Contains(line, "text/html") {
			return true
		}
	}
	return false
}

// sole gives a header's value where it came once.
func sole(h http.Header, name string) string {
	if v := h[name]; len(v) == 1 {
		return v[0]
	}
	return ""
}
