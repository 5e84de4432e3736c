// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net/http"

	"github.com/usher-signin/usher/internal/pages"
	"github.com/usher-signin/usher/internal/seal"
	"github.com/usher-signin/usher/internal/signin"
)

// rehearsals lets the sign-in's callback hand rehearsals over to the command.
func (s *Server) rehearsals(h *signin.Handler) {
	h.Rehearsals = &signin.Rehearsals{Store: s.db, Toward: seal.Toward, Logger: s.opts.Logger}
	h.RehearsalPages = rehearsalPages{s.pages, s.frame}
}

// rehearsalPages shows how a rehearsal ends in the browser.
type rehearsalPages struct {
	pages *pages.Pages
	frame func() pages.Frame
}

func (p rehearsalPages) Rehearsed(w http.ResponseWriter, r *http.Request, kept bool) error {
	status := http.StatusOK
	if !kept {
		status = http.StatusBadRequest
	}
	p.pages.Render(w, r, status, p.frame(), pages.Rehearsed{Carry: !kept})
	return nil
}
