// SPDX-License-Identifier: Apache-2.0

package standin

import "net/http"

// pageRoutes are the pages for people. Changes come from the stand-in's own
// pages only, however a browser was brought to send them.
func (s *Server) pageRoutes() {
	at := func(pattern string, handle func(*http.Request) answer) {
		s.mux.Handle(pattern, s.guard.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			handle(r).write(w) // as it is: no switch reaches here
		})))
	}
	at("GET /signin/{$}", s.signInPage)
	at("POST /signin/{$}", s.signIn)
	at("GET /adobe.com/", s.adobeComPage)
	at("GET /assets/{name}", s.asset)
	at("GET /{$}", func(*http.Request) answer { return redirect(http.StatusFound, s.BaseURL()+"/dashboard/") })
	s.dashboardRoutes(at)
}
