// SPDX-License-Identifier: Apache-2.0

package web

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// wantsPage reports whether somebody is there to read a page.
func wantsPage(r *http.Request) bool {
	return navigates(r) || acceptsHTML(r)
}

// plain answers without a template: JSON for programs, one sentence for people.
func plain(w http.ResponseWriter, r *http.Request, e *Error) {
	sentence := e.Public
	if sentence == "" {
		sentence = http.StatusText(e.Status) + "."
	}
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	if wantsPage(r) || strings.Contains(r.Header.Get("Accept"), "text/plain") {
		h.Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(e.Status)
		if e.Reference != "" {
			sentence += "\nReference: " + e.Reference
		}
		_, _ = io.WriteString(w, sentence+"\n") //nolint:gosec // plain text, and nosniff
		return
	}
	h.Set("Content-Type", "application/json")
	w.WriteHeader(e.Status)
	_ = json.NewEncoder(w).Encode(told{Error: e.Code, Message: sentence, Reference: e.Reference, RequestID: RequestID(r.Context())})
}

// told is what a program is told.
type told struct {
	Error     string `json:"error"`
	Message   string `json:"message"`
	Reference string `json:"reference,omitempty"`
	RequestID string `json:"request_id,omitempty"`
}
