// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"net/http"
	"strings"

	"github.com/usher-signin/usher"
)

// unasked judges what can be judged without knowing who asks.
func unasked(app *usher.Application, t usher.Target, q *Request) usher.Decision {
	if q.Method == http.MethodOptions && q.preflight() {
		return usher.DecidePreflight(app, t)
	}
	return usher.Decide(app, nil, t)
}

// preflight reports whether the request is what a browser asks before it sends
// a script's request to another origin, and nothing that an application could
// take for more (Fetch Standard, "CORS-preflight request"): OPTIONS, one
// Origin, one Access-Control-Request-Method, no credentials, no body, no
// upgrade, and no header by which some frameworks read another method.
func (q *Request) preflight() bool {
	h := q.Header
	if q.Method != http.MethodOptions || only(h, "Origin") == "" || !token(only(h, "Access-Control-Request-Method")) || q.body {
		return false
	}
	for _, name := range [...]string{"Cookie", "Authorization", "Upgrade", "Transfer-Encoding"} {
		if len(h[name]) > 0 {
			return false
		}
	}
	if v := h["Content-Length"]; len(v) > 0 && only(h, "Content-Length") != "0" {
		return false
	}
	if v := h["Sec-Fetch-Mode"]; len(v) > 0 && only(h, "Sec-Fetch-Mode") != "cors" {
		return false
	}
	for name := range h {
		if overridesMethod(name) {
			return false
		}
	}
	return true
}

// overridesMethod reports whether a header says that another method is meant:
// X-HTTP-Method-Override, X-Method-Override, X-HTTP-Method, in any spelling.
func overridesMethod(name string) bool {
	name = strings.Map(func(c rune) rune {
		if c == '-' || c == '_' || c == '.' {
			return -1
		}
		return c
	}, strings.ToLower(name))
	return strings.Contains(name, "methodoverride") || strings.Contains(name, "httpmethod")
}
