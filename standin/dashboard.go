// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"html/template"
	"net/http"
)

func (s *Server) dashboardRoutes(at func(string, func(*http.Request) answer)) {
	at("GET /dashboard/{$}", func(*http.Request) answer {
		return s.errorPage(http.StatusOK, "Enterprise Dashboard", s.Organization().ID)
	})
}

func pageFuncs() template.FuncMap { return template.FuncMap{} }
