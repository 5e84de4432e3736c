// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net/http"

	"github.com/usher-signin/usher/internal/signin"
	"github.com/usher-signin/usher/internal/web"
)

// arrived says how a request came, for the diagnosis of loops.
func (s *Server) arrived(r *http.Request) signin.Arrival {
	a := signin.Arrival{Trusted: s.current.Load().proxies.Trusts(r)}
	if peer := web.Peer(r); peer.IsValid() {
		a.Peer = peer.String()
	}
	for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded"} {
		a.Forwarded = a.Forwarded || len(r.Header[name]) > 0
	}
	if proto := r.Header["X-Forwarded-Proto"]; a.Trusted && len(proto) == 1 && (proto[0] == "http" || proto[0] == "https") {
		a.Proto = proto[0]
	}
	return a
}
