// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"net/http"
	"strings"
	"testing"
)

// preflights asks as browsers ask before a script's request to another origin.
// The application campaign answers them, reports does not.
func (b *behind) preflights(t *testing.T) {
	const reports, campaign = "reports.corp.example", "campaign.corp.example"
	question := []string{"Accept", "*/*", "Origin", "https://scripts.example", "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "x-one"}
	b.echo.answer = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodOptions {
			return false
		}
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Methods", r.Header.Get("Access-Control-Request-Method"))
		w.Header().Set("Seen", r.Header.Get("X-Forwarded-User")+r.Header.Get("Cookie")+r.Header.Get("Authorization"))
		w.WriteHeader(http.StatusNoContent)
		return true
	}
	defer func() { b.echo.answer = nil }()
	res := b.get(t, "OPTIONS", campaign, "/api/x?y=1", question...)
	if h := res.Header; res.StatusCode != http.StatusNoContent || h.Get("Access-Control-Allow-Origin") != "https://scripts.example" || h.Get("Access-Control-Allow-Methods") != "PUT" || h.Get("Seen") != "" {
		t.Errorf("a preflight was answered %d with %v; want the application's own answer, for nobody", res.StatusCode, res.Header)
	}
	if res := b.get(t, "OPTIONS", campaign, "/api/x", append(question, "X-Forwarded-User", "root", "Sec-Fetch-Mode", "cors")...); res.StatusCode != http.StatusNoContent || res.Header.Get("Seen") != "" {
		t.Errorf("a preflight with an identity of its own was answered %d, and the application saw %q", res.StatusCode, res.Header.Get("Seen"))
	}
	// Who sends no cookie but usher's, or none at all, leaves the application without any.
	for name, c := range map[string]struct{ uri, cookie, arrives string }{
		"usher's alone":            {"/q", sessionCookie + "=ana", ""},
		"none, on a public path":   {"/healthz", "", ""},
		"one of the application's": {"/q", sessionCookie + "=ana; theme=dark", "theme=dark"},
	} {
		headers := page()
		if c.cookie != "" {
			headers = append(headers, "Cookie", c.cookie)
		}
		res := b.get(t, "GET", reports, c.uri, headers...)
		if h := decode(t, res.Body); res.StatusCode != http.StatusOK || strings.Join(h.Header["Cookie"], "|") != c.arrives {
			t.Errorf("%s: status %d, the application got the cookies %q, want %q", name, res.StatusCode, h.Header["Cookie"], c.arrives)
		}
	}
	before := b.echo.count.Load()
	for name, c := range map[string]struct {
		method, host string
		headers      []string
	}{
		"an application that does not answer them": {"OPTIONS", reports, question},
		"another method":                   {"PUT", campaign, question},
		"OPTIONS and nothing else":         {"OPTIONS", campaign, nil},
		"no Origin":                        {"OPTIONS", campaign, question[4:]},
		"no method asked for":              {"OPTIONS", campaign, question[:4]},
		"a cookie that stands for nothing": {"OPTIONS", campaign, append(question, "Cookie", "a=b")},
		"a password":                       {"OPTIONS", campaign, append(question, "Authorization", "Basic YTpi")},
		"another method in disguise":       {"OPTIONS", campaign, append(question, "X-HTTP-Method-Override", "DELETE")},
		"a form":                           {"OPTIONS", campaign, append(question, "Sec-Fetch-Mode", "navigate")},
	} {
		if res := b.get(t, c.method, c.host, "/api/x", c.headers...); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s was answered %d", name, res.StatusCode)
		}
	}
	if n := b.echo.count.Load() - before; n != 0 {
		t.Errorf("the application was asked %d times by nobody", n)
	}
}
