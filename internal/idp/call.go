// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	usher "github.com/usher-signin/usher"
)

// An endpoint is an address of the provider's, with the name that causes call
// it and the step and code of a failure there.
type endpoint struct {
	name string
	url  string
	step usher.Step
	odd  usher.Code // an answer came, but not one that can be used
	sent []string   // secrets that went there: an answer may repeat them
}

// cause says that something at the endpoint was not as it must be. What was
// seen may hold the provider's own text, so secrets are removed from it here,
// for all causes of an endpoint.
func (e endpoint) cause(code usher.Code, saw, want, detail string) *usher.Cause {
	return &usher.Cause{Step: e.step, Code: code, Subject: e.name, Saw: scrub(saw, e.sent...), Want: want, Detail: scrub(detail, e.sent...)}
}

// shown is the address without its query, which may hold anything.
func (e endpoint) shown() string {
	u, err := url.Parse(e.url)
	if err != nil {
		return "an address that cannot be read"
	}
	u.RawQuery, u.Fragment, u.User = "", "", nil
	return clean(u.String(), maxDescription)
}

// An answer is what came back, read to its end.
type answer struct {
	from   endpoint
	status int
	header http.Header
	body   []byte
}

// call sends one request, once, and reads the whole answer. A redirect, a
// refusal to answer for now, and an answer that is too large are causes.
func (c *Client) call(e endpoint, req *http.Request) (*answer, *usher.Cause) {
	if err := checkTarget(req.URL, c.loopback, c.plainHTTP); err != nil {
		return nil, e.cause(e.odd, e.shown(), "an https address that may be called", err.Error())
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "usher")
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, e.unreachable(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return nil, e.unreachable(err)
	}
	a := &answer{from: e, status: resp.StatusCode, header: resp.Header, body: body}
	switch {
	case len(body) > maxBody:
		return nil, e.cause(e.odd, "an answer of more than 1 MiB", "at most 1 MiB", joinSentences(e.tooLarge(), a.trace()))
	case a.status >= 300 && a.status < 400:
		return nil, e.cause(e.odd, fmt.Sprintf("HTTP %d, a redirect to %s", a.status, a.redirectHost()), "an answer from "+e.shown()+" itself",
			joinSentences("redirects are not followed: they could lead tokens elsewhere", a.trace()))
	case a.status == http.StatusTooManyRequests || a.status >= 500:
		return nil, e.cause(usher.CodeProviderUnreachable, fmt.Sprintf("HTTP %d", a.status), "an answer from "+e.shown(), a.trace())
	}
	return a, nil
}

// tooLarge says what an answer of this size most often means.
func (e endpoint) tooLarge() string {
	if e.step == usher.StepProfile {
		return "a person who is in very many groups has an answer as large as this"
	}
	return ""
}

func (a *answer) redirectHost() string {
	u, err := url.Parse(a.header.Get("Location"))
	if err != nil || u.Host == "" {
		return "another path"
	}
	return clean(u.Host, maxShown)
}

// object reads the body as one JSON object. A page where JSON was wanted is
// most often a proxy's or a captive portal's, so the cause says who served it.
func (a *answer) object(foldDepth int) (map[string]any, *usher.Cause) {
	v, cause := a.value(foldDepth)
	if cause != nil {
		return nil, cause
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, a.notUsable(kindOf(v), "a JSON object")
	}
	return object, nil
}

func (a *answer) value(foldDepth int) (any, *usher.Cause) {
	if a.page() {
		return nil, a.notUsable(sniff(a.body)+" of type "+clean(a.header.Get("Content-Type"), maxShown), "JSON")
	}
	v, err := decodeValue(a.body, foldDepth)
	if err != nil {
		saw := "JSON that cannot be used: " + err.Error()
		if errors.Is(err, errNotJSON) {
			saw = sniff(a.body)
		}
		return nil, a.notUsable(saw, "one JSON object")
	}
	return v, nil
}

func (a *answer) notUsable(saw, want string) *usher.Cause {
	return a.from.cause(a.from.odd, fmt.Sprintf("HTTP %d with %s", a.status, saw), want+" from "+a.from.shown(), a.trace())
}

func (a *answer) media() string {
	media, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return media
}

// page reports whether the answer calls itself HTML or XML.
func (a *answer) page() bool {
	media := a.media()
	return media == "text/html" || strings.HasSuffix(media, "/xml") || strings.HasSuffix(media, "+xml")
}

// sniff names what a body looks like from its first bytes, without showing them.
func sniff(body []byte) string {
	start := bytes.TrimLeft(body, " \t\r\n")
	if rest, marked := bytes.CutPrefix(start, []byte("\ufeff")); marked {
		return sniff(rest) + ", after a byte order mark"
	}
	lower := bytes.ToLower(start[:min(len(start), 64)])
	switch {
	case len(start) == 0:
		return "an empty body"
	case bytes.HasPrefix(lower, []byte("<!doctype html")), bytes.HasPrefix(lower, []byte("<html")), bytes.HasPrefix(lower, []byte("<head")), bytes.HasPrefix(lower, []byte("<body")):
		return "an HTML page"
	case start[0] == '<':
		return "XML or HTML"
	case start[0] == '{' || start[0] == '[':
		return "JSON that is broken or cut short"
	case bytes.HasPrefix(start, []byte("eyJ")):
		return "a token"
	case strings.HasPrefix(http.DetectContentType(start), "text/"):
		return "plain text"
	}
	return "bytes that are no text"
}

// trace gives what helps to find the call again: the provider's id of it, who
// served it, and when to come back.
func (a *answer) trace() string {
	var parts []string
	for _, h := range []struct{ header, says string }{
		{"X-Debug-Id", "x-debug-id "}, {"X-Request-Id", "x-request-id "}, {"Server", "served by "}, {"Via", "via "}, {"Retry-After", "retry after "},
	} {
		if v := capped(scrub(printable(a.header.Get(h.header)), a.from.sent...), maxShown); v != "" {
			parts = append(parts, h.says+v)
		}
	}
	return strings.Join(parts, ", ")
}

// date is the provider's clock as the answer shows it; zero where it does not.
func (a *answer) date() time.Time {
	t, err := http.ParseTime(a.header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t
}

// unreachable says why no answer came. The text of the error is not used as it
// is: it holds the address with its query.
func (e endpoint) unreachable(err error) *usher.Cause {
	code := usher.CodeProviderUnreachable
	if errors.Is(err, errRefusedTarget) {
		code = e.odd
	}
	saw, detail := explainNetwork(err)
	return e.cause(code, saw, "an answer from "+e.shown(), detail)
}

func explainNetwork(err error) (saw, detail string) {
	var (
		wrapped   *url.Error
		dns       *net.DNSError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		notTLS    tls.RecordHeaderError
		timeout   net.Error
	)
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	detail = clean(err.Error(), maxDescription)
	switch {
	case errors.Is(err, errRefusedTarget):
		return "an address that is not allowed", detail
	case errors.Is(err, context.Canceled):
		return "the request was given up before an answer came", ""
	case errors.As(err, &dns):
		return "the name " + quote(dns.Name) + " could not be resolved", detail
	case errors.As(err, &authority):
		return "a certificate of an authority that is not trusted here", detail
	case errors.As(err, &hostname):
		return "a certificate for another name", detail
	case errors.As(err, &invalid):
		return "a certificate that is expired or not valid", detail
	case errors.As(err, &notTLS), errors.Is(err, http.ErrSchemeMismatch):
		return "an answer that is not TLS", detail
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "no complete answer in time", detail
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection was refused", detail
	case strings.Contains(detail, "response headers exceeded"):
		return "an answer with more than 64 KiB of headers", ""
	case strings.Contains(detail, "malformed"):
		return "an answer that is not HTTP", "" // the error quotes what came
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the connection was closed before the answer was complete", detail
	}
	return "no answer", detail
}

func joinSentences(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "; ")
}

// get asks an endpoint, with the access token where bearer holds one.
func (c *Client) get(ctx context.Context, e endpoint, bearer usher.Secret) (*answer, *usher.Cause) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, e.url, nil)
	if err != nil {
		return nil, e.cause(e.odd, e.shown(), "an address that can be called", "")
	}
	if !bearer.Empty() {
		req.Header.Set("Authorization", "Bearer "+bearer.Reveal())
		if c.account.IMS() {
			req.Header.Set("X-IMS-ClientId", c.account.ClientID)
		}
	}
	return c.call(e, req)
}
