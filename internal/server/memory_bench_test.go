// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"testing"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/session"
)

// BenchmarkSessionMemory reports what an open session takes in memory once it
// was used: what is known of it, its judgement, its headers, its place in the
// table.
func BenchmarkSessionMemory(b *testing.B) {
	s, _ := quick(b)
	const sessions = 20_000
	for b.Loop() {
		before := liveBytes()
		for i := range sessions {
			person := usher.Person{Provider: "https://login.provider.example", Subject: fmt.Sprintf("%024X@AdobeID", i), Name: fmt.Sprintf("Operator %d", i),
				Email: fmt.Sprintf("operator%d@corp.example", i), EmailVerified: true, Organizations: []string{"0123456789ABCDEF01234567@AdobeOrg"},
				ProductContexts: []usher.ProductContext{{ServiceCode: usher.ProductContextClassic, Organization: "0123456789ABCDEF01234567@AdobeOrg"}},
				Groups:          []usher.Membership{{Group: "Campaign - corp - Admin"}, {Group: "Campaign - corp - Delivery operators"}}}
			c, _, err := s.sessions.Open(b.Context(), session.Opening{Login: fmt.Sprintf("LG-%d", i), Host: "reports.corp.example", Account: "corp", Person: person,
				Keep: func(context.Context, usher.Session) error { return nil }})
			if err != nil {
				b.Fatal(err)
			}
			w := nowhere{header: make(http.Header)}
			if s.handler.ServeHTTP(&w, verdictOf(session.CookieName+"="+c.Value)); w.status != http.StatusOK {
				b.Fatalf("status %d", w.status)
			}
		}
		b.ReportMetric((float64(liveBytes())-float64(before))/sessions, "B/session")
		s.sessions.Forget(allLogins(sessions)...)
	}
}

func allLogins(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("LG-%d", i))
	}
	return out
}

func liveBytes() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
