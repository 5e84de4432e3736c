// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"net/http"
	"testing"
	"time"
)

func TestDateIsThatOfTheAnswer(t *testing.T) {
	r := newRig(t, testApplications(""))
	for _, after := range []time.Duration{0, 300 * time.Millisecond, time.Second, time.Hour} {
		r.advance(after)
		for name, q := range map[string]*http.Request{"allowed": nginxAsks(reports, "/q", as("ana")...), "nobody": nginxAsks(reports, "/q")} {
			got := serve(r.guard.Nginx(), q).Header()["Date"]
			if want := r.guard.opts.Now().UTC().Format(http.TimeFormat); len(got) != 1 || got[0] != want {
				t.Errorf("%s: dated %q, wanted %q", name, got, want)
			}
		}
	}
}
