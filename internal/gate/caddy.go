// SPDX-License-Identifier: Apache-2.0

package gate

import "net/http"

// caddyDialect is what Caddy's forward_auth, and the reverse_proxy that it
// stands for, send.
func caddyDialect() dialect {
	return dialect{name: "caddy", method: "X-Forwarded-Method", uri: "X-Forwarded-Uri", host: "X-Forwarded-Host", proto: "X-Forwarded-Proto",
		otherMethod: []string{"X-Original-Method"}, otherURI: []string{"X-Original-Uri", "X-Original-Url", "X-Rewrite-Url"},
		otherHost: []string{"X-Original-Host"}}
}

// Caddy answers Caddy's forward_auth: 200 with identity headers, or what the
// browser is to get.
func (g *Guard) Caddy() http.Handler { return g.check(caddyDialect()) }
