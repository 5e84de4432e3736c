// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"net/http"
	"strings"

	"github.com/usher-signin/usher"
)

// endpointPrefix is where front servers ask for verdicts.
const endpointPrefix = usher.Prefix + "auth/"

// Endpoints are the addresses at which front servers ask. Browsers have no
// business there; without a trusted address they learn nothing.
type Endpoints struct {
	exact map[string]http.Handler
	envoy http.Handler
}

// Endpoints makes the handlers of all dialects.
func (g *Guard) Endpoints() *Endpoints {
	return &Endpoints{envoy: g.Envoy(), exact: map[string]http.Handler{
		NginxPath:                  g.Nginx(),
		NginxAnswerPath:            g.NginxAnswer(),
		endpointPrefix + "traefik": g.Traefik(),
		endpointPrefix + "caddy":   g.Caddy(),
		endpointPrefix + "haproxy": g.HAProxy(),
	}}
}

// For gives the handler of a request line's target; nil: none is there. Ask
// before anything that cleans paths: Envoy's request carries another request's
// path behind the endpoint's.
func (e *Endpoints) For(uri string) http.Handler {
	if !strings.HasPrefix(uri, usher.Prefix) {
		return nil
	}
	if strings.HasPrefix(uri, endpointPrefix+"envoy/") {
		return e.envoy
	}
	path, _, _ := strings.Cut(uri, "?")
	return e.exact[path]
}
