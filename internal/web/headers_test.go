// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestHeaders(t *testing.T) {
	h, err := NewHeaders(HeaderOptions{FormTargets: []string{"https://ims-na1.adobelogin.com", "http://127.0.0.1:8080"}, HSTS: 365 * 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })).ServeHTTP(w, page("/usher/"))
	want := map[string]string{
		"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self' https://ims-na1.adobelogin.com http://127.0.0.1:8080; " +
			"frame-ancestors 'none'; base-uri 'none'",
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000",
		"X-Robots-Tag": "noindex, nofollow",
	}
	for name, value := range want {
		if got := w.Header().Values(name); len(got) != 1 || got[0] != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	if w.Header().Get("Permissions-Policy") == "" || w.Code != http.StatusTeapot {
		t.Errorf("status %d, headers %v", w.Code, w.Header())
	}
	w.Header().Add("Cache-Control", "canary")
	again := httptest.NewRecorder()
	h.Set(again.Header())
	if got := again.Header().Values("Cache-Control"); len(got) != 1 {
		t.Errorf("one answer's header is in another's: %q", got)
	}
}

func TestHeadersWithoutHTTPS(t *testing.T) {
	h, err := NewHeaders(HeaderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got := http.Header{}
	h.Set(got)
	if got.Get("Strict-Transport-Security") != "" {
		t.Error("browsers are told to use https where there is none")
	}
	if !strings.Contains(got.Get("Content-Security-Policy"), "form-action 'self';") {
		t.Errorf("the policy is %s", got.Get("Content-Security-Policy"))
	}
}

func TestFormTargetsAreOrigins(t *testing.T) {
	for name, target := range map[string]string{
		"a directive behind it":  "https://a.example; script-src *",
		"another source":         "https://a.example *",
		"a second one by comma":  "https://a.example,https://b.example",
		"a wildcard":             "https://*.example",
		"everything":             "*",
		"a path":                 "https://a.example/path",
		"a final slash":          "https://a.example/",
		"a query":                "https://a.example?x",
		"a user":                 "https://me@a.example",
		"no scheme":              "a.example",
		"another scheme":         "javascript:alert(1)",
		"upper case in a scheme": "HTTPS://a.example",
		"a line":                 "https://a.example\r\nX: y",
		"a quote":                "https://'self'",
		"empty":                  "",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := NewHeaders(HeaderOptions{FormTargets: []string{target}}); err == nil {
				t.Errorf("%q was taken", target)
			}
		})
	}
}
