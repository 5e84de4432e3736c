// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// HeaderOptions say what differs between installations.
type HeaderOptions struct {
	// FormTargets are origins besides our own to which a form may lead, also by
	// a redirect: browsers hold form-action against those too, so the provider
	// to which signing out leads must be among them.
	FormTargets []string
	// HSTS is how long browsers shall use https only; zero: they are not told.
	HSTS time.Duration
}

// Headers are the security headers of usher's own pages.
type Headers struct{ fixed map[string][]string }

// NewHeaders makes the headers. It fails on a form target that is no origin.
func NewHeaders(opts HeaderOptions) (*Headers, error) {
	forms := "'self'"
	for _, target := range opts.FormTargets {
		origin, err := parseOrigin(target)
		if err != nil {
			return nil, fmt.Errorf("form target: %w", err)
		}
		forms += " " + origin
	}
	policy := strings.Join([]string{"default-src 'none'", "style-src 'self'", "img-src 'self' data:", "form-action " + forms,
		"frame-ancestors 'none'", "base-uri 'none'"}, "; ")
	fixed := map[string][]string{
		"Content-Security-Policy":      {policy},
		"X-Content-Type-Options":       {"nosniff"},
		"X-Frame-Options":              {"DENY"}, // for browsers that do not know frame-ancestors
		"Referrer-Policy":              {"no-referrer"},
		"Cache-Control":                {"no-store"},
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
		"Permissions-Policy":           {"camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"},
		"X-Robots-Tag":                 {"noindex, nofollow"},
	}
	if opts.HSTS > 0 {
		fixed["Strict-Transport-Security"] = []string{"max-age=" + strconv.FormatInt(int64(opts.HSTS/time.Second), 10)}
	}
	return &Headers{fixed}, nil
}

// Set puts the headers on an answer of our own. Assets that never change
// overwrite Cache-Control afterwards.
func (s *Headers) Set(h http.Header) {
	for name, values := range s.fixed {
		h[name] = values[:len(values):len(values)]
	}
}

// Wrap puts the headers on every answer of next.
func (s *Headers) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Set(w.Header())
		next.ServeHTTP(w, r)
	})
}

// parseOrigin accepts scheme://host[:port] and nothing else, so that no text
// from a file can end a directive and begin another.
func parseOrigin(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Hostname() == "" || u.Scheme+"://"+u.Host != text || strings.ContainsAny(u.Host, "*;,'\" \t") {
		return "", fmt.Errorf("%.200q is not an origin; wanted scheme, host and perhaps a port, such as https://login.example", text)
	}
	return text, nil
}
