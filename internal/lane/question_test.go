// SPDX-License-Identifier: Apache-2.0

package lane

import (
	"bufio"
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/http/httpguts"
)

func isQuestion(target string) bool { return strings.HasPrefix(target, "/usher/auth/") }

func testReader(tb testing.TB) *reader {
	return newReader(tb.Context(), &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4711}, isQuestion, spellings())
}

// lines makes a request of its lines.
func lines(all ...string) string { return strings.Join(all, "\r\n") + "\r\n\r\n" }

// plainQuestions must be taken.
func plainQuestions() []string {
	return []string{
		lines("GET /usher/auth/nginx HTTP/1.1", "Host: a"),
		lines("GET /usher/auth/nginx HTTP/1.1", "Host: shop.corp.example:8443", "X-Original-Method: GET", "X-Original-URI: /app/?q=1", "X-Forwarded-Host: shop.corp.example",
			"X-Forwarded-Proto: https", "X-Forwarded-For: 192.0.2.7", "Cookie: __Host-usher_session=abc; theme=dark"),
		lines("GET /usher/auth/envoy/a%2Fb?x=%00&y HTTP/1.1", "host: [::1]:8080", "accept: text/html,*/*;q=0.8", "pragma: no-cache"),
		lines("GET /usher/auth/caddy?application=Shop HTTP/1.1", "X-Odd_name!: \t v  ", "Host: a", "Empty:", "Connection: Keep-Alive", "X-Two: 1", "x-two: 2", "X-Latin: caf\xe9"),
		lines("GET /usher/auth/traefik HTTP/1.1", "Host: a", "Pragma: no-cache", "Cache-Control: max-age=0"),
		lines("GET /usher/auth/nginx HTTP/1.1", "Host: a") + "GET / HTTP/1.1\r\n",
	}
}

// others must not be taken.
func others() map[string]string {
	const first = "GET /usher/auth/nginx HTTP/1.1"
	return map[string]string{
		"nothing":                  "",
		"a part":                   first + "\r\nHost: a\r\n",
		"another target":           lines("GET /app/ HTTP/1.1", "Host: a"),
		"an absolute target":       lines("GET http://a/usher/auth/nginx HTTP/1.1", "Host: a"),
		"another method":           lines("POST /usher/auth/nginx HTTP/1.1", "Host: a"),
		"HEAD":                     lines("HEAD /usher/auth/nginx HTTP/1.1", "Host: a"),
		"HTTP/1.0":                 lines("GET /usher/auth/nginx HTTP/1.0", "Host: a"),
		"HTTP/1.1 twice":           lines("GET /usher/auth/nginx HTTP/1.1 HTTP/1.1", "Host: a"),
		"two blanks":               lines("GET  /usher/auth/nginx HTTP/1.1", "Host: a"),
		"a tab":                    lines("GET /usher/auth/nginx\tHTTP/1.1", "Host: a"),
		"a blank line first":       "\r\n" + lines(first, "Host: a"),
		"a target with half a %":   lines("GET /usher/auth/envoy/%2 HTTP/1.1", "Host: a"),
		"a target beyond ASCII":    lines("GET /usher/auth/envoy/\xc3\xa9 HTTP/1.1", "Host: a"),
		"no host":                  lines(first, "Cookie: a=b"),
		"two hosts":                lines(first, "Host: a", "Host: a"),
		"a host with a path":       lines(first, "Host: a/b"),
		"a host with a person":     lines(first, "Host: a@b"),
		"an empty host":            lines(first, "Host:"),
		"a bare LF":                first + "\r\nHost: a\nX: y\r\n\r\n",
		"a bare CR":                first + "\r\nHost: a\rX: y\r\n\r\n",
		"only LF":                  first + "\nHost: a\n\n",
		"a folded value":           lines(first, "Host: a", "X: 1", " 2"),
		"a blank before the colon": lines(first, "Host: a", "X : 1"),
		"no colon":                 lines(first, "Host: a", "X"),
		"no name":                  lines(first, "Host: a", ": x"),
		"a NUL":                    lines(first, "Host: a", "X: a\x00b"),
		"a name with a quote":      lines(first, "Host: a", "X\": b"),
		"a length":                 lines(first, "Host: a", "Content-Length: 5") + "GET /",
		"no length":                lines(first, "Host: a", "Content-Length: 0"),
		"an odd length":            lines(first, "Host: a", "content-length: +0"),
		"chunks":                   lines(first, "Host: a", "Transfer-Encoding: chunked") + "0\r\n\r\n",
		"odd chunks":               lines(first, "Host: a", "tRANSFER-eNCODING: xchunked"),
		"a trailer":                lines(first, "Host: a", "Trailer: X"),
		"an upgrade":               lines(first, "Host: a", "Upgrade: websocket"),
		"an upgrade to h2c":        lines(first, "Host: a", "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA"),
		"an expectation":           lines(first, "Host: a", "Expect: 100-continue"),
		"an end":                   lines(first, "Host: a", "Connection: close"),
		"keep-alive and more":      lines(first, "Host: a", "Connection: keep-alive, Upgrade"),
		"more than a read":         lines(first, "Host: a", "Cookie: "+strings.Repeat("x", maxQuestion)),
		"TLS":                      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
		"HTTP/2":                   "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	}
}

func TestPlainQuestionsAreTaken(t *testing.T) {
	for _, text := range plainQuestions() {
		if r, _ := testReader(t).read([]byte(text)); r == nil {
			t.Errorf("not taken: %q", text)
		}
		asNetHTTP(t, testReader(t), []byte(text))
	}
}

func TestOthersAreLeftToNetHTTP(t *testing.T) {
	for what, text := range others() {
		if r, size := testReader(t).read([]byte(text)); r != nil || size != 0 {
			t.Errorf("%s was taken: %q", what, text)
		}
	}
}

// A question with any bytes behind it is read alike, and to the same end.
func TestWhatIsReadIsWhatNetHTTPReads(t *testing.T) {
	random := rand.New(rand.NewPCG(27, 4)) //nolint:gosec // the same cases each time
	pieces := []string{"\r\n", "\n", "\r", " ", "\t", ":", ",", "\x00", "\x7f", "\xff", "GET ", " HTTP/1.1", "Host: a\r\n", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n",
		"Connection: close\r\n", "X-Forwarded-Host: b\r\n", "\r\n\r\n", "%", "//", "#", "?", "/usher/auth/", "h", "H", "-", "_", "[", "]", "@"}
	seeds := plainQuestions()
	for _, text := range others() {
		seeds = append(seeds, text)
	}
	taken, rounds := 0, 300_000
	if testing.Short() {
		rounds = 50_000
	}
	reader := testReader(t) // one for all: what it remembers must not show
	for range rounds {
		b := []byte(seeds[random.IntN(len(seeds))])
		for range random.IntN(4) {
			at := random.IntN(len(b) + 1)
			switch piece := pieces[random.IntN(len(pieces))]; random.IntN(4) {
			case 0:
				b = append(b[:at:at], append([]byte(piece), b[at:]...)...)
			case 1:
				b = append(b[:at:at], b[min(len(b), at+1+random.IntN(3)):]...)
			case 2:
				if at < len(b) {
					b[at] = byte(random.IntN(256))
				}
			case 3:
				other := seeds[random.IntN(len(seeds))]
				b = append(b[:at:at], other[random.IntN(len(other)+1):]...)
			}
		}
		if asNetHTTP(t, reader, b) {
			taken++
		}
		if t.Failed() {
			return
		}
	}
	if taken < rounds/20 {
		t.Errorf("only %d of %d were questions: the comparison says little", taken, rounds)
	}
}

func FuzzQuestion(f *testing.F) {
	for _, text := range plainQuestions() {
		f.Add([]byte(text))
	}
	for _, text := range others() {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) { asNetHTTP(t, testReader(t), b) })
}

// asNetHTTP compares what the reader makes of b, if it is a question, with what
// net/http makes of it and would let through to its handler.
func asNetHTTP(tb testing.TB, q *reader, b []byte) (taken bool) {
	tb.Helper()
	given := bytes.Clone(b)
	got, size := q.read(b)
	if got == nil {
		return false
	}
	for i := range b {
		b[i] = 'Z' // the connection's next question is written over it
	}
	source := bufio.NewReader(bytes.NewReader(given))
	want, err := http.ReadRequest(source)
	if err != nil {
		tb.Errorf("net/http takes this for no request: %v\n%q", err, given)
		return true
	}
	if n, _ := io.Copy(io.Discard, want.Body); n != 0 || want.ContentLength != 0 || want.TransferEncoding != nil || want.Close || want.Trailer != nil {
		tb.Errorf("net/http sees more than a question: %d bytes of body, length %d, %q, closing %t\n%q", n, want.ContentLength, want.TransferEncoding, want.Close, given)
	}
	if behind, _ := io.ReadAll(source); size != len(given)-len(behind) {
		tb.Errorf("the question is said to end at %d; net/http ends at %d\n%q", size, len(given)-len(behind), given)
	}
	// What net/http's server refuses before its handler.
	refused := !httpguts.ValidHostHeader(want.Host) || want.Host == ""
	for name, values := range want.Header {
		refused = refused || !httpguts.ValidHeaderFieldName(name)
		for _, v := range values {
			refused = refused || !httpguts.ValidHeaderFieldValue(v)
		}
	}
	if refused {
		tb.Errorf("net/http would answer 400\n%q", given)
	}
	type seen struct {
		Method, URI, Proto, Host string
		Major, Minor             int
		URL                      string
		Path, Raw, Query         string
		Header                   http.Header
	}
	see := func(r *http.Request) seen {
		return seen{r.Method, r.RequestURI, r.Proto, r.Host, r.ProtoMajor, r.ProtoMinor, r.URL.String(), r.URL.Path, r.URL.RawPath, r.URL.RawQuery, r.Header}
	}
	if diff := cmp.Diff(see(want), see(got)); diff != "" {
		tb.Errorf("net/http (-) and the lane (+) read it differently:\n%s%q", diff, given)
	}
	return true
}
