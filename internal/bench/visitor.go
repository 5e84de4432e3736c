// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// A visitor is a browser that finds the gateway's public name on this machine,
// behind the front server that the load stands for.
type visitor struct {
	client   *http.Client
	provider *url.URL
	last     *url.URL // where redirects led
}

type front struct {
	gateway string // address that the public name leads to
	next    http.RoundTripper
}

func (f front) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != host {
		return f.next.RoundTrip(r)
	}
	out := r.Clone(r.Context())
	out.Host, out.URL.Scheme, out.URL.Host = host, "http", f.gateway
	out.Header.Set("X-Forwarded-Proto", "https")
	out.Header.Set("X-Forwarded-Host", host)
	out.Header.Set("X-Forwarded-For", "192.0.2.7")
	res, err := f.next.RoundTrip(out)
	if err == nil {
		res.Request = r // where a browser thinks it is
	}
	return res, err
}

func (b *bench) visitor(gateway string) (*visitor, error) {
	pem, err := os.ReadFile(filepath.Join(b.dir, "authority.pem"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	provider, err := url.Parse(b.provider)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, MaxIdleConnsPerHost: 8}
	return &visitor{provider: provider, last: provider, client: &http.Client{Jar: jar, Timeout: 20 * time.Second, Transport: front{gateway, transport}}}, nil
}

var relayField = regexp.MustCompile(`name="relay" value="([^"]*)"`)

// open loads a page, signs in where the provider asks, and gives where it ended.
func (v *visitor) open(ctx context.Context, address string) (status int, body string, err error) {
	if status, body, err = v.send(ctx, http.MethodGet, address, nil); err != nil {
		return 0, "", err
	}
	relay := relayField.FindStringSubmatch(body)
	if relay == nil {
		return status, body, nil
	}
	form := url.Values{"relay": {html.UnescapeString(relay[1])}, "email": {person}, "password": {"ana"}}
	return v.send(ctx, http.MethodPost, v.last.Scheme+"://"+v.last.Host+"/signin/", form)
}

func (v *visitor) send(ctx context.Context, method, address string, form url.Values) (int, string, error) {
	r, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, "", err
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	r.Header.Set("Sec-Fetch-Dest", "document")
	res, err := v.client.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	v.last = res.Request.URL
	return res.StatusCode, string(body), err
}

// cookies is the Cookie header that the visitor would send to address.
func (v *visitor) cookies(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	var all []string
	for _, c := range v.client.Jar.Cookies(u) {
		all = append(all, c.Name+"="+c.Value)
	}
	if len(all) == 0 {
		return "", fmt.Errorf("signed in at %s, and no cookie came of it", address)
	}
	return strings.Join(all, "; "), nil
}
