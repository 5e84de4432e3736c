// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// scripted is an application that answers with bytes of the test's choice.
func scripted(t *testing.T, answer string) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					_, _ = io.WriteString(conn, answer)
				}
			}()
		}
	}()
	return "http://" + ln.Addr().String()
}

// whole gives every byte of the answer to one request.
func (x *edge) whole(t *testing.T, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", x.address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	all, _ := io.ReadAll(conn)
	return string(all)
}

const askAsAna = "GET /q HTTP/1.1\r\nHost: " + reports + "\r\nCookie: " + sessionCookie + "=ana\r\nConnection: close\r\n\r\n"

func TestTrailersOfTheApplicationSetNothingOfOurs(t *testing.T) { // C08, R04
	const planted = "Set-Cookie: " + sessionCookie + "=evil\r\nX-Forwarded-User: evil\r\nX-Sum: kept\r\n\r\n"
	for name, announced := range map[string]string{"announced": "Trailer: Set-Cookie, X-Forwarded-User, X-Sum\r\n", "not announced": ""} {
		x := newEdgeBefore(t, nil, scripted(t, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"+announced+"\r\n2\r\nok\r\n0\r\n"+planted))
		_, body, _ := strings.Cut(x.whole(t, askAsAna), "\r\n\r\n")
		if strings.Contains(body, "evil") || !strings.Contains(body, "X-Sum: kept") {
			t.Errorf("%s: after the headers came %q", name, body)
		}
	}
}

func TestAnswersThatAreNone(t *testing.T) {
	for name, answer := range map[string]string{
		"a status below 100":         "HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n",
		"an upgrade nobody asked of": "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
		"another protocol":           "SSH-2.0-x\r\n\r\n",
		"nothing":                    "",
	} {
		x := newEdgeBefore(t, nil, scripted(t, answer))
		if got := x.whole(t, askAsAna); !strings.HasPrefix(got, "HTTP/1.1 502 ") {
			t.Errorf("%s: %.80q, wanted 502", name, got)
		}
	}
}

// A page that the application says no type of, and forbids browsers to guess
// one for, stays one.
func TestNoTypeIsGuessed(t *testing.T) {
	x := newEdgeBefore(t, nil, scripted(t, "HTTP/1.1 200 OK\r\nX-Content-Type-Options: nosniff\r\nContent-Length: 100\r\n\r\n<html><script>"))
	if got := x.whole(t, askAsAna); strings.Contains(strings.ToLower(got), "content-type:") || !strings.Contains(got, "<script>") {
		t.Errorf("the answer is %q", got)
	}
}

func TestABodyThatBreaksOffIsNotTheApplicationsFault(t *testing.T) {
	x := newEdge(t)
	for name, body := range map[string]string{
		"a size that is none":   "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
		"more than the size":    "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloXX\r\n0\r\n\r\n",
		"an end of line alone":  "Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n",
		"a size beyond numbers": "Transfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\n",
	} {
		got := x.whole(t, strings.Replace(strings.Replace(askAsAna, "GET", "POST", 1), "\r\n\r\n", "\r\n"+body, 1))
		if !strings.HasPrefix(got, "HTTP/1.1 400 ") || !strings.Contains(got, `"error":"request-not-canonical"`) {
			t.Errorf("%s: %.200q, wanted 400", name, got)
		}
	}
}

func TestStreamsOfAllKindsAreWatched(t *testing.T) {
	for kind, want := range map[string]bool{"text/event-stream": true, "Text/Event-Stream; charset=utf-8": true, "multipart/x-mixed-replace;boundary=x": true,
		"application/x-ndjson": true, "application/grpc": true, "application/grpc+proto": true, "application/grpc-web": false,
		"text/html": false, "": false, "text/event-streams": false, "application/json": false} {
		if got := endless(kind); got != want {
			t.Errorf("%q goes on for ever: %v, want %v", kind, got, want)
		}
	}
}

func TestNamesOfOtherGatewaysAreProtected(t *testing.T) {
	x := newEdge(t)
	var forged []string
	for _, name := range []string{"X-Webauth-User", "X-Authenticated-User", "X-Authentik-Username", "X-Vouch-User", "X-Goog-Authenticated-User-Email", "X-Ms-Client-Principal",
		"Tailscale-User-Login", "X-Auth-User", "X-Ssl-Client-Verify", "Ssl_Client_S_Dn", "X-Client-Cert-Dn", "X_Remote_User"} {
		forged = append(forged, name, "forged")
	}
	h := decode(t, x.ask(t, "GET", reports, "/q", append(as("ana"), forged...)...).Body)
	for name, v := range h.Header {
		if strings.Contains(strings.Join(v, ""), "forged") {
			t.Errorf("the application got %s", name)
		}
	}
}

func TestBearerBehindATab(t *testing.T) {
	for line, want := range map[string]bool{"Bearer x": true, "bearer\tx": true, "Bearer": true, "Bearerx": false, "Basic x": false, "": false} {
		if got := isBearer(line); got != want {
			t.Errorf("%q is a bearer token: %v", line, got)
		}
	}
	if _, refusal := bearerOf(http.Header{"Authorization": {"Bearer\tabc"}}); refusal == nil || refusal.Status != 400 {
		t.Errorf("a tab in place of the blank: %v", fmt.Sprint(refusal))
	}
}

// The quick way past the prefixes must pass none of them.
func TestEveryProtectedPrefixIsLookedFor(t *testing.T) {
	s, err := newHeaderSet(DefaultHeaders())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range protectedPrefixes {
		for _, name := range []string{p + "a", strings.ToUpper(p) + "a", strings.ReplaceAll(p, "-", "_") + "a", p + strings.Repeat("a", longestName)} {
			if !s.protects(name) {
				t.Errorf("%q is not protected", name)
			}
		}
	}
	for _, name := range []string{"", "X", "Accept", "Sec-Fetch-Mode", "Te", "X-Forwarded", "User-Agent"} {
		if s.protects(name) {
			t.Errorf("%q is protected", name)
		}
	}
}
