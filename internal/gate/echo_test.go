// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// heard is what the echo application says it got.
type heard struct {
	Method  string
	URI     string
	Host    string
	Header  http.Header
	Trailer http.Header
	Body    string
}

// echo is an application that says what it got. It counts requests.
type echo struct {
	*httptest.Server
	count  atomic.Int64
	answer func(w http.ResponseWriter, r *http.Request) bool // true: answered already
}

func newEcho(t testing.TB) *echo {
	t.Helper()
	e := &echo{}
	e.Server = httptest.NewServer(e)
	t.Cleanup(e.Close)
	return e
}

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.count.Add(1)
	if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		echoUpgraded(w, r)
		return
	}
	if e.answer != nil && e.answer(w, r) {
		return
	}
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(heard{r.Method, r.RequestURI, r.Host, r.Header, r.Trailer, string(body)})
}

// echoUpgraded switches protocols, says who is there, and sends lines back.
func echoUpgraded(w http.ResponseWriter, r *http.Request) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	accept := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) // RFC 6455 section 4.2.2
	_, _ = fmt.Fprintf(rw, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: %s\r\n\r\nhello %s\n", base64.StdEncoding.EncodeToString(accept[:]), r.Header.Get("X-Forwarded-User"))
	_ = rw.Flush()
	for {
		line, err := rw.ReadString('\n')
		if err != nil {
			return
		}
		_, _ = rw.WriteString(line)
		_ = rw.Flush()
	}
}

// decode reads what the echo application said.
func decode(t testing.TB, body io.Reader) heard {
	t.Helper()
	var h heard
	if err := json.NewDecoder(body).Decode(&h); err != nil {
		t.Fatalf("the answer is not the echo application's: %v", err)
	}
	return h
}

// raw sends bytes over a new connection and reads one answer.
func raw(t testing.TB, address, request string) (*http.Response, net.Conn) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("reading the answer to %.80q: %v", request, err)
	}
	return res, conn
}
