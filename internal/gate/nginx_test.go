// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"net/http"
	"testing"
)

func TestNginxVerdicts(t *testing.T) {
	r := newRig(t, testApplications(""))
	h := r.guard.Nginx()
	for _, c := range []struct {
		name, host, uri string
		headers         []string
		want            int
	}{
		{"an operator whose group is allowed", "reports.corp.example", "/q?a=1&b=%26", as("ana"), 200},
		{"an operator whose group is not", "reports.corp.example", "/q", as("ben"), 403},
		{"nobody", "reports.corp.example", "/q", nil, 401},
		{"a cookie that stands for nothing", "reports.corp.example", "/q", as("mallory"), 401},
		{"a public path and nobody", "reports.corp.example", "/healthz", nil, 200},
		{"an application without a rule lets any operator in", "campaign.corp.example", "/", as("ben"), 200},
		{"the longest prefix counts", "campaign.corp.example", "/wiki/x", as("ben"), 403},
		{"a segment border counts", "campaign.corp.example", "/wikis", as("ben"), 200},
		{"an address that no application covers", "other.corp.example", "/", as("ana"), 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			rec := serve(h, nginxAsks(c.host, c.uri, c.headers...))
			if rec.Code != c.want {
				t.Errorf("status %d, want %d", rec.Code, c.want)
			}
			if rec.Header().Get("Cache-Control") != "no-store" {
				t.Error("the answer may be cached")
			}
			if _, has := rec.Header()["X-Forwarded-User"]; has != (c.want == 200) {
				t.Errorf("identity headers present: %v", has)
			}
		})
	}
	if rec := serve(h, nginxAsks("reports.corp.example", "/q", as("ana")...)); rec.Header().Get("X-Forwarded-User") != "ANA@AdobeID" {
		t.Errorf("identity headers: %v", rec.Header())
	}
	q := nginxAsks("reports.corp.example", "/q", as("ana")...)
	q.RemoteAddr = "127.0.0.2:4000"
	if rec := serve(h, q); rec.Code != http.StatusForbidden {
		t.Errorf("an untrusted peer got %d", rec.Code)
	}
}
