// SPDX-License-Identifier: Apache-2.0

package standintest

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// A Browser signs in without a browser: it keeps cookies, follows the
// stand-in's redirects and fills in its form.
type Browser struct {
	t    testing.TB
	base *url.URL
	http *http.Client
}

// Browser returns a browser of its own, in which nobody is signed in.
func (s *Standin) Browser() *Browser {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	base, err := url.Parse(s.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	client := s.Client()
	client.Jar = jar
	return &Browser{t: s.t, base: base, http: client}
}

// SignIn goes to an authorize URL in a new browser, signs in as the person
// with this email, and returns the address that the browser is sent to:
// the callback with the answer, or the page that stands in for adobe.com.
// Neither is visited.
func (s *Standin) SignIn(authorizeURL, email, password string) *url.URL {
	s.t.Helper()
	return s.Browser().SignIn(authorizeURL, email, password)
}

// SignIn is [Standin.SignIn] in this browser: who is signed in already is not
// asked again.
func (b *Browser) SignIn(authorizeURL, email, password string) *url.URL {
	b.t.Helper()
	to, err := b.signIn(authorizeURL, email, password)
	if err != nil {
		b.t.Fatalf("the sign-in did not come to its end: %v", err)
	}
	return to
}

// relayField is the field that ties the form to its request.
var relayField = regexp.MustCompile(`name="relay" value="([^"]*)"`)

func (b *Browser) signIn(address, email, password string) (*url.URL, error) {
	at, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	form := url.Values(nil)
	for range 10 {
		status, to, page, err := b.visit(at, form)
		if err != nil {
			return nil, err
		}
		if to != "" && status/100 == 3 {
			at, err = at.Parse(to)
			if err != nil || at.Host != b.base.Host || strings.HasPrefix(at.Path, "/adobe.com/") {
				return at, err
			}
			form = nil
			continue
		}
		relay := relayField.FindSubmatch(page)
		if form != nil || status != http.StatusOK || relay == nil {
			return nil, fmt.Errorf("%s answered %d, and no sign-in form: %s", at.Path, status, shorten(string(page)))
		}
		form = url.Values{"relay": {html.UnescapeString(string(relay[1]))}, "email": {email}, "password": {password}}
		at = b.base.JoinPath("/signin/")
	}
	return nil, fmt.Errorf("more than ten redirects, the last to %s", at.Path)
}

// visit makes one request and reads its answer.
func (b *Browser) visit(at *url.URL, form url.Values) (status int, location string, page []byte, err error) {
	method, body := http.MethodGet, ""
	if form != nil {
		method, body = http.MethodPost, form.Encode()
	}
	req, err := http.NewRequestWithContext(context.Background(), method, at.String(), strings.NewReader(body))
	if err != nil {
		return 0, "", nil, err
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", b.base.Scheme+"://"+b.base.Host)
	}
	res, err := b.http.Do(req)
	if err != nil {
		return 0, "", nil, err
	}
	defer func() { _ = res.Body.Close() }()
	page, err = io.ReadAll(io.LimitReader(res.Body, 1<<20))
	return res.StatusCode, res.Header.Get("Location"), page, err
}

func shorten(s string) string {
	if len(s) > 300 {
		return s[:300] + "…"
	}
	return s
}
