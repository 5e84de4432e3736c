// SPDX-License-Identifier: Apache-2.0

package gate

import "net/http"

// haproxyDialect is what the Lua action sends that package front writes.
func haproxyDialect() dialect {
	d := nginxDialect()
	d.name = "haproxy"
	return d
}

// HAProxy answers the Lua action that package front writes for HAProxy: 200
// with identity headers, or what the browser is to get.
func (g *Guard) HAProxy() http.Handler { return g.check(haproxyDialect()) }
