// SPDX-License-Identifier: Apache-2.0

// The race detector allocates on its own account, so nothing is counted under it.
//go:build !race

package server

import (
	"net/http"
	"testing"
)

// A verdict for an open session is what every request of every application
// waits for. This is the whole way: routes, table of sessions, identity
// headers, the line in the log.
func TestAVerdictAllocatesLittle(t *testing.T) {
	s, cookie := quick(t)
	bare := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Forwarded-User", "ANA@AdobeID")
		w.WriteHeader(http.StatusAccepted)
	})
	r := verdictOf(cookie)
	count := func(h http.Handler) float64 {
		return testing.AllocsPerRun(2000, func() {
			w := nowhere{header: make(http.Header)} // as net/http makes one for each answer
			h.ServeHTTP(&w, r)
		})
	}
	w := nowhere{header: make(http.Header)}
	s.handler.ServeHTTP(&w, r)
	if w.status != http.StatusOK || w.header.Get("X-Forwarded-User") != "ANA@AdobeID" || w.header.Get("X-Forwarded-Groups") != "Admin,Delivery operators" {
		t.Fatalf("status %d, %v", w.status, w.header)
	}
	theirs, ours := count(bare), count(s.handler)
	t.Logf("%v allocations, a bare handler %v", ours, theirs)
	if ours-theirs > 6 {
		t.Errorf("a verdict costs %v allocations more than a bare handler, want at most 6", ours-theirs)
	}
}
