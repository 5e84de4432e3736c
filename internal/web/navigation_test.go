// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestIsNavigation(t *testing.T) {
	const html = "Accept: text/html,application/xhtml+xml,*/*;q=0.8"
	for name, c := range map[string]struct {
		method string
		header string // lines by |
		want   bool
	}{
		"a page":                              {"GET", "Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document|" + html, true},
		"a page, for its head":                {"HEAD", "Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document", true},
		"a frame":                             {"GET", "Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: iframe", true},
		"an old browser":                      {"GET", html, true},
		"a form":                              {"POST", "Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document|" + html, false},
		"a preflight":                         {"OPTIONS", html, false},
		"fetch":                               {"GET", "Sec-Fetch-Mode: cors|Sec-Fetch-Dest: empty|" + html, false},
		"fetch that asks for a page":          {"GET", "Sec-Fetch-Mode: same-origin|Sec-Fetch-Dest: empty|" + html, false},
		"an image":                            {"GET", "Sec-Fetch-Mode: no-cors|Sec-Fetch-Dest: image|" + html, false},
		"a script that says navigate":         {"GET", "Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: script", false},
		"an object":                           {"GET", "Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: object", false},
		"only one of the two":                 {"GET", "Sec-Fetch-Mode: navigate|" + html, false},
		"the mode twice":                      {"GET", "Sec-Fetch-Mode: navigate|Sec-Fetch-Mode: cors|Sec-Fetch-Dest: document|" + html, false},
		"XHR of an old library":               {"GET", "X-Requested-With: XMLHttpRequest|" + html, false},
		"a program":                           {"GET", "Accept: application/json", false},
		"a program that takes anything":       {"GET", "Accept: */*", false},
		"nothing said":                        {"GET", "", false},
		"a websocket":                         {"GET", "Connection: Upgrade|Upgrade: websocket|" + html, false},
		"fetched ahead":                       {"GET", "Sec-Purpose: prefetch|Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document|" + html, false},
		"drawn ahead":                         {"GET", "Sec-Purpose: prefetch;prerender|Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document", false},
		"fetched ahead by an old browser":     {"GET", "X-Moz: prefetch|" + html, false},
		"a preview of an old browser":         {"GET", "X-Purpose: preview|" + html, false},
		"ahead, in the second of two headers": {"GET", "Purpose: x|Purpose: Prefetch|" + html, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, "/", nil)
			for line := range strings.SplitSeq(c.header, "|") {
				if key, value, ok := strings.Cut(line, ": "); ok {
					r.Header.Add(key, value)
				}
			}
			if got := IsNavigation(r); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestSameOrigin(t *testing.T) {
	s, err := NewSameOrigin("https://campaign.corp.example")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		method, header string
		want           bool
	}{
		"our own form":                          {"POST", "Sec-Fetch-Site: same-origin|Cookie: a=b", true},
		"our own form, an old browser":          {"POST", "Origin: https://gate.corp.example|Cookie: a=b", true},
		"our own form, the front replaces Host": {"POST", "Origin: https://campaign.corp.example|Cookie: a=b", true},
		"typed in":                              {"POST", "Sec-Fetch-Site: none|Cookie: a=b", true},
		"a server without cookies":              {"POST", "", true},
		"a page is only read":                   {"GET", "Sec-Fetch-Site: cross-site|Cookie: a=b", true},
		"a form of another site":                {"POST", "Sec-Fetch-Site: cross-site|Cookie: a=b", false},
		"a form of a sister host":               {"POST", "Sec-Fetch-Site: same-site|Origin: https://evil.corp.example|Cookie: a=b", false},
		"another origin, an old browser":        {"POST", "Origin: https://evil.example|Cookie: a=b", false},
		"an origin that only begins so":         {"POST", "Origin: https://campaign.corp.example.evil.example|Cookie: a=b", false},
		"an origin that only ends so":           {"POST", "Origin: https://evilgate.corp.example|Cookie: a=b", false},
		"the null origin of a sandbox":          {"POST", "Origin: null|Cookie: a=b", false},
		"cookies and no word of the origin":     {"POST", "Cookie: a=b", false},
		"two origins":                           {"POST", "Origin: https://gate.corp.example|Origin: https://evil.example|Cookie: a=b", false},
		"another method":                        {"DELETE", "Sec-Fetch-Site: cross-site", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, "https://gate.corp.example/usher/signout", nil)
			for line := range strings.SplitSeq(c.header, "|") {
				if key, value, ok := strings.Cut(line, ": "); ok {
					r.Header.Add(key, value)
				}
			}
			ran := false
			w, _ := newRig(t, nil).serve(r, s.Protect(func(w http.ResponseWriter, _ *http.Request) error {
				ran = true
				w.WriteHeader(http.StatusNoContent)
				return nil
			}))
			if ran != c.want || (w.Code == http.StatusNoContent) != c.want || !c.want && w.Code != http.StatusForbidden {
				t.Errorf("it ran: %v, want %v; status %d", ran, c.want, w.Code)
			}
		})
	}
	for _, bad := range []string{"campaign.corp.example", "https://a.example/path", ""} {
		if _, err := NewSameOrigin(bad); err == nil {
			t.Errorf("%q was taken for an origin", bad)
		}
	}
}
