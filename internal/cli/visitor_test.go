// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"
)

var (
	relayField = regexp.MustCompile(`name="relay" value="([^"]*)"`)
	shownRef   = regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}`)
	markup     = regexp.MustCompile(`(?s)<style.*?</style>|<[^>]*>`)
)

// visitor is a person's browser in scripts: visitor DIR ADDRESS [EMAIL PASSWORD]
// opens an address of the demo in DIR, signs in where the provider asks, and
// prints status, address, reference and the page's text.
func visitor(args []string) int {
	if len(args) != 2 && len(args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: visitor DIR ADDRESS [EMAIL PASSWORD]")
		return 2
	}
	client, err := visitorClient(args[0])
	var save func() error
	if err == nil {
		save, err = keepCookies(client, args[1])
	}
	if err == nil {
		err = errors.Join(visitPage(client, args[1], args[2:]), save())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func visitorClient(dir string) (*http.Client, error) {
	pem, err := os.ReadFile(dir + "/authority.pem")
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	jar, err := cookiejar.New(nil)
	return &http.Client{Jar: jar, Timeout: 15 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DialContext: ledTo(os.Getenv("VISITOR_NODE"))}}, err
}

// ledTo leads a browser as a balancer would: VISITOR_NODE is PUBLIC:PORT, so that
// what goes to the first port arrives at the second.
func ledTo(ports string) func(context.Context, string, string) (net.Conn, error) {
	public, node, _ := strings.Cut(ports, ":")
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if host, port, err := net.SplitHostPort(address); err == nil && port == public {
			address = net.JoinHostPort(host, node)
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}
}

// keepCookies lets a browser of that name go on where it was: VISITOR_COOKIES is
// the file of its cookies for the address. It returns what writes them.
func keepCookies(client *http.Client, address string) (save func() error, err error) {
	name := os.Getenv("VISITOR_COOKIES")
	at, err := url.Parse(address)
	if name == "" || err != nil {
		return func() error { return nil }, err
	}
	at.Path = "/"
	var kept []*http.Cookie
	if data, err := os.ReadFile(name); err == nil {
		if err := json.Unmarshal(data, &kept); err != nil {
			return nil, err
		}
	}
	for _, c := range kept {
		c.Path, c.Secure = "/", true
	}
	client.Jar.SetCookies(at, kept)
	return func() error {
		data, err := json.Marshal(client.Jar.Cookies(at))
		if err != nil {
			return err
		}
		return os.WriteFile(name, data, 0o600)
	}, nil
}

func visitPage(client *http.Client, address string, credentials []string) error {
	res, body, err := fetch(client, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	if found := relayField.FindStringSubmatch(body); found != nil && len(credentials) == 2 {
		form := url.Values{"relay": {html.UnescapeString(found[1])}, "email": {credentials[0]}, "password": {credentials[1]}}
		at := res.Request.URL
		if res, body, err = fetch(client, http.MethodPost, at.Scheme+"://"+at.Host+"/signin/", form); err != nil {
			return err
		}
	}
	say("status %d", res.StatusCode)
	say("at %s", strings.SplitN(res.Request.URL.String(), "code=", 2)[0])
	say("reference %s", shownRef.FindString(body))
	say("%s", strings.Join(strings.Fields(html.UnescapeString(markup.ReplaceAllString(body, " "))), " "))
	return nil
}

func fetch(client *http.Client, method, address string, form url.Values) (*http.Response, string, error) {
	r, err := http.NewRequest(method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, "", err
	}
	r.Header.Set("Accept", "text/html")
	if lang := os.Getenv("VISITOR_LANGUAGE"); lang != "" {
		r.Header.Set("Accept-Language", lang)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", r.URL.Scheme+"://"+r.URL.Host)
	}
	res, err := client.Do(r)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	return res, string(body), err
}
