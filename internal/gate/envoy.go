// SPDX-License-Identifier: Apache-2.0

package gate

import "net/http"

// envoyDialect is what Envoy's ext_authz filter sends over HTTP: the request
// itself without its body, its path behind the filter's path_prefix.
func envoyDialect() dialect {
	return dialect{name: "envoy", below: true, proto: forwardedProto, cookie: "Cookie",
		otherMethod: []heading{originalMethod, forwardedMethod}, otherURI: []heading{originalURI, originalURL, forwardedURI, rewriteURL},
		otherHost: []heading{originalHost, forwardedHost}}
}

// Envoy answers Envoy's ext_authz: 200 with identity headers, or what the
// browser is to get. Envoy takes 5xx for a failure of ours and answers by
// itself; its status_on_error should be 503.
func (g *Guard) Envoy() http.Handler { return g.check(envoyDialect()) }
