// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// matrix asks in every way in which browsers and programs ask.
func (b *behind) matrix(t *testing.T) {
	const host = "reports.corp.example"
	ways := map[string][]string{
		"fetch":                     {"Accept", "*/*", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty", "Sec-Fetch-Site", "same-origin"},
		"XHR":                       {"Accept", "application/json, text/html", "X-Requested-With", "XMLHttpRequest"},
		"EventSource":               {"Accept", "text/event-stream", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"},
		"an old browser's image":    {"Accept", "image/*"},
		"a program":                 {"Accept", "application/json"},
		"a page loaded beforehand":  append(page(), "Sec-Purpose", "prefetch"),
		"a program that wants HTML": {"Accept", "text/html", "Sec-Fetch-Mode", "cors"},
	}
	for name, headers := range ways {
		t.Run(name, func(t *testing.T) {
			before := b.echo.count.Load()
			for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
				res := b.get(t, method, host, "/api/x?y=1", append(headers, "Content-Length", "0")...)
				var said refusal
				err := json.NewDecoder(res.Body).Decode(&said)
				if err != nil || res.StatusCode != http.StatusUnauthorized || res.Header.Get("Location") != "" || said.SignIn != "https://"+host+"/usher/signin" {
					t.Errorf("%s by nobody: status %d, Location %q, said %+v, %v", method, res.StatusCode, res.Header.Get("Location"), said, err)
				}
			}
			if n := b.echo.count.Load() - before; n != 0 {
				t.Errorf("the application was asked %d times by nobody", n)
			}
			res := b.get(t, "GET", host, "/api/x?y=1", append(headers, as("ana")...)...)
			if h := decode(t, res.Body); res.StatusCode != http.StatusOK || h.URI != "/api/x?y=1" || h.Header.Get("X-Forwarded-User") != "ANA@AdobeID" {
				t.Errorf("ana: status %d, the application got %+v", res.StatusCode, h)
			}
		})
	}
	for _, kind := range []string{"text/event-stream", "application/octet-stream"} {
		t.Run("an answer that goes on, "+kind, func(t *testing.T) { b.streams(t, host, kind) })
	}
	t.Run("an upload that goes on", func(t *testing.T) { b.uploads(t, host) })
	t.Run("a large upload", func(t *testing.T) { b.largeUpload(t, host) })
}

// streams wants every piece of an answer before the application sends the next.
func (b *behind) streams(t *testing.T, host, kind string) {
	heard, done := make(chan struct{}), make(chan struct{})
	b.echo.answer = func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Type", kind)
		for i := range 3 {
			_, _ = fmt.Fprintf(w, "data: %d\n", i)
			_ = http.NewResponseController(w).Flush()
			select {
			case <-heard:
			case <-r.Context().Done():
				return true
			case <-done:
				return true
			}
		}
		return true
	}
	defer func() { b.echo.answer = nil }()
	defer close(done)
	conn := b.dial(t, host)
	_, _ = fmt.Fprintf(conn, "GET /events HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nAccept: text/event-stream\r\nCookie: %s=ana\r\n\r\n", host, sessionCookie)
	_ = conn.SetReadDeadline(time.Now().Add(15 * time.Second))
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%+v, %v", res, err)
	}
	lines := bufio.NewReader(res.Body)
	for i := range 3 {
		if line, err := lines.ReadString('\n'); line != fmt.Sprintf("data: %d\n", i) {
			t.Fatalf("piece %d was held back: %q, %v", i, line, err)
		}
		heard <- struct{}{}
	}
}

// uploads wants every piece of a request at the application before the next is sent.
func (b *behind) uploads(t *testing.T, host string) {
	const piece = 64 << 10
	arrived, done := make(chan struct{}), make(chan struct{})
	b.echo.answer = func(w http.ResponseWriter, r *http.Request) bool {
		buf := make([]byte, piece)
		for range 3 {
			if _, err := io.ReadFull(r.Body, buf); err != nil {
				return true
			}
			select {
			case arrived <- struct{}{}:
			case <-done:
				return true
			}
		}
		_, _ = io.WriteString(w, "all of it")
		return true
	}
	defer func() { b.echo.answer = nil }()
	defer close(done)
	conn := b.dial(t, host)
	_, _ = fmt.Fprintf(conn, "POST /upload HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nCookie: %s=ana\r\n\r\n", host, sessionCookie)
	for i := range 3 {
		_, _ = fmt.Fprintf(conn, "%x\r\n%s\r\n", piece, strings.Repeat("u", piece))
		select {
		case <-arrived:
		case <-time.After(15 * time.Second): // that it never comes is what is tested
			t.Fatalf("piece %d was held back", i)
		}
	}
	_, _ = io.WriteString(conn, "0\r\n\r\n")
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("%+v, %v", res, err)
	}
}

// largeUpload sends more than servers take by themselves, and wants none of it
// at usher where usher does not forward it.
func (b *behind) largeUpload(t *testing.T, host string) {
	const size = 48 << 20
	var got atomic.Int64
	b.echo.answer = func(w http.ResponseWriter, r *http.Request) bool {
		n, err := io.Copy(io.Discard, r.Body)
		if err == nil {
			got.Store(n)
		}
		_, _ = fmt.Fprintf(w, "%d", n)
		return true
	}
	defer func() { b.echo.answer = nil }()
	send := func(cookie string) (*http.Response, error) {
		conn := b.dial(t, host)
		_, _ = fmt.Fprintf(conn, "PUT /upload HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nAccept: application/json\r\nContent-Length: %d\r\n%s\r\n", host, size, cookie)
		go func() {
			buf := make([]byte, 1<<20)
			for range size >> 20 {
				if _, err := conn.Write(buf); err != nil {
					return // answered before
				}
			}
		}()
		return http.ReadResponse(bufio.NewReader(conn), nil)
	}
	res, err := send("Cookie: " + sessionCookie + "=ana\r\n")
	if err != nil || res.StatusCode != http.StatusOK || got.Load() != size {
		t.Errorf("%d of %d bytes arrived: %+v, %v", got.Load(), size, res, err)
	}
	before := b.echo.count.Load()
	if res, err = send(""); err == nil && res.StatusCode != http.StatusUnauthorized {
		t.Errorf("nobody got %d", res.StatusCode)
	}
	if b.echo.count.Load() != before {
		t.Error("the application got an upload of nobody's")
	}
	if n := b.asked.Load(); n > 0 {
		t.Errorf("usher was asked %d times with a body", n)
	}
}

// places asks for applications on hosts of their own, behind other kinds of upstreams.
func (b *behind) places(t *testing.T) {
	t.Run("a unix socket, and an odd name", func(t *testing.T) {
		res := b.get(t, "GET", oddHost, "/q?x=%22", as("ben")...)
		if h := decode(t, res.Body); h.URI != "/q?x=%22" || h.Host != oddHost || h.Header.Get("X-Forwarded-User") != "BEN@AdobeID" {
			t.Errorf("status %d, the application got %+v", res.StatusCode, h)
		}
		if res := b.get(t, "GET", oddHost, "/", page()...); res.StatusCode != http.StatusFound {
			t.Errorf("nobody got %d", res.StatusCode)
		}
	})
	t.Run("an IPv6 address, and a deeper prefix", func(t *testing.T) {
		if len(b.rules.Load().sites) < 5 {
			t.Skip("this machine has no IPv6 loopback")
		}
		res := b.get(t, "GET", sixHost, "/deep/er/q", as("ben")...)
		if h := decode(t, res.Body); h.URI != "/deep/er/q" || h.Host != sixHost {
			t.Errorf("status %d, the application got %+v", res.StatusCode, h)
		}
		before := b.echo.count.Load()
		for _, uri := range []string{"/", "/deep", "/deep/err", "/deep/"} {
			if res := b.get(t, "GET", sixHost, uri, as("ben")...); res.StatusCode < 400 || b.echo.count.Load() != before {
				t.Errorf("%s, which belongs to no application, was answered with %d", uri, res.StatusCode)
			}
		}
	})
}

// credentials are for usher, or for the application, and never for both unasked.
func (b *behind) credentials(t *testing.T) {
	const reports, campaign = "reports.corp.example", "campaign.corp.example"
	seen := func(host, uri string, headers ...string) (int, string, string) {
		res := b.get(t, "GET", host, uri, headers...)
		if res.StatusCode != http.StatusOK {
			return res.StatusCode, "", ""
		}
		h := decode(t, res.Body)
		return res.StatusCode, strings.Join(h.Header["Authorization"], "|"), h.Header.Get("X-Forwarded-User")
	}
	for _, c := range []struct {
		name, host, uri string
		headers         []string
		status          int
		arrives, who    string
	}{
		{"a token is for usher alone", reports, "/q", []string{"Authorization", "Bearer nightly"}, 200, "", "nightly-export"},
		{"in any case", reports, "/q", []string{"authorization", "bEaReR nightly"}, 200, "", "nightly-export"},
		{"a token on a public path", reports, "/healthz", []string{"Authorization", "Bearer nightly"}, 200, "", ""},
		{"a token that is none, on a public path", reports, "/healthz", []string{"Authorization", "Bearer"}, 200, "", ""},
		{"a password is the application's", reports, "/q", append(as("ana"), "Authorization", "Basic YTpi"), 200, "Basic YTpi", "ANA@AdobeID"},
		{"a scheme that begins alike", reports, "/q", append(as("ana"), "Authorization", "BearerX y"), 200, "BearerX y", "ANA@AdobeID"},
		{"a token that is forwarded", campaign, "/q", []string{"Authorization", "Bearer nightly"}, 200, "Bearer nightly", "nightly-export"},
		{"where no tokens are taken", oddHost, "/q", append(as("ana"), "Authorization", "Bearer other"), 200, "Bearer other", "ANA@AdobeID"},
		{"a token that is refused", reports, "/q", []string{"Authorization", "Bearer stolen"}, 401, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if status, arrives, who := seen(c.host, c.uri, c.headers...); status != c.status || arrives != c.arrives || who != c.who {
				t.Errorf("status %d, the application got %q as Authorization, of %q; want %d, %q, %q", status, arrives, who, c.status, c.arrives, c.who)
			}
		})
	}
	if res := b.get(t, "GET", reports, "/q", "Authorization", "Bearer stolen"); !strings.HasPrefix(res.Header.Get("Www-Authenticate"), `Bearer realm="usher", error="invalid_token"`) {
		t.Errorf("a refused token is challenged with %q", res.Header["Www-Authenticate"])
	}
}
