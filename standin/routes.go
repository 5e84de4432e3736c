// SPDX-License-Identifier: Apache-2.0

package standin

import "net/http"

// routes says which path is which endpoint. A bare path is v1.
func (s *Server) routes() {
	s.mux = http.NewServeMux()
	at := func(pattern, name string, handle func(*http.Request) answer) {
		s.mux.Handle(pattern, s.endpoint(name, handle))
	}
	versioned := func(method, path, name string, versions []string, handle func(*http.Request, string) answer) {
		for _, v := range versions {
			version, suffix := v, "/"+v
			if v == "" {
				version, suffix = "v1", ""
			}
			at(method+" "+path+suffix, name, func(r *http.Request) answer { return handle(r, version) })
		}
	}
	plain := func(handle func(*http.Request) answer) func(*http.Request, string) answer {
		return func(r *http.Request, _ string) answer { return handle(r) }
	}
	at("GET /ims/.well-known/openid-configuration", "discovery", s.discoveryAnswer)
	at("GET /.well-known/openid-configuration", "discovery", s.rootDiscovery)
	at("GET /ims/keys", "keys", s.keySet)
	at("GET /standin/foreign-keys", "keys", s.foreignKeys)
	at("GET /keys/{kind}/{name}", "keys", s.certificate)
	versioned("GET", "/ims/authorize", "authorize", []string{"", "v1", "v2"}, s.authorize)
	at("GET /ims/fromSusi", "authorize", s.resume)
	versioned("POST", "/ims/token", "token", []string{"", "v1", "v2", "v3", "v4"}, s.token)
	for _, method := range []string{"GET", "POST"} {
		versioned(method, "/ims/profile", "profile", []string{"v1", "v2", "v3"}, plain(s.profile))
		versioned(method, "/ims/userinfo", "userinfo", []string{"", "v1", "v2"}, s.userinfo)
		versioned(method, "/ims/logout", "logout", []string{"", "v1"}, plain(s.logout))
		at(method+" /ims/logout/v1/token", "logout", s.logoutToken)
	}
	versioned("GET", "/ims/organizations", "organizations", []string{"v1", "v2", "v3", "v4", "v5", "v6"}, plain(s.organizations))
	at("GET /ims/organizations/{org}/v2", "organizations", s.organization)
	at("GET /ims/organizations/{org}/groups/{group}/members", "organizations", s.members)
	at("POST /ims/fetch_pc_by_org/v1", "organizations", s.contextsOfOrganization)
	at("POST /ims/exchange/jwt", "token", s.exchangeJWT)
	at("POST /ims/exchange/v1/jwt", "token", s.exchangeJWT)
	at("POST /ims/validate_token/v1", "validate", s.validate)
	at("POST /ims/invalidate_token/v2", "revoke", s.invalidate)
	at("POST /ims/revoke", "revoke", s.revoke)
	at("POST /ims/introspect", "revoke", s.introspect)
	s.managementRoutes(at)
	s.pageRoutes()
	s.controlRoutes()
}
