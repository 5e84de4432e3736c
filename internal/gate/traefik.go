// SPDX-License-Identifier: Apache-2.0

package gate

import "net/http"

// traefikDialect is what Traefik's ForwardAuth sends. A path that a middleware
// has cut before must not be judged: the rules are written for whole paths.
func traefikDialect() dialect {
	return dialect{name: "traefik", method: forwardedMethod, uri: forwardedURI, host: forwardedHost, proto: forwardedProto,
		otherMethod: []heading{originalMethod}, otherURI: []heading{originalURI, originalURL, rewriteURL},
		otherHost: []heading{originalHost}, absent: []heading{forwardedPrefix}, cookie: "Cookie", replaces: true}
}

// Traefik answers Traefik's ForwardAuth: 200 with identity headers, or what the
// browser is to get. Locations are whole addresses, since Traefik reads others
// as its own way to us.
func (g *Guard) Traefik() http.Handler { return g.check(traefikDialect()) }
