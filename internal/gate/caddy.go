// SPDX-License-Identifier: Apache-2.0

package gate

import "net/http"

// caddyDialect is what Caddy's forward_auth, and the reverse_proxy that it
// stands for, send.
func caddyDialect() dialect {
	return dialect{name: "caddy", method: forwardedMethod, uri: forwardedURI, host: forwardedHost, proto: forwardedProto,
		otherMethod: []heading{originalMethod}, otherURI: []heading{originalURI, originalURL, rewriteURL},
		otherHost: []heading{originalHost}}
}

// Caddy answers Caddy's forward_auth: 200 with identity headers, or what the
// browser is to get.
func (g *Guard) Caddy() http.Handler { return g.check(caddyDialect()) }
