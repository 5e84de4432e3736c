// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// live is a server on a real socket that counts what reaches its handler.
type live struct {
	*httptest.Server
	reached atomic.Int32
}

func start(t *testing.T, secure bool, h http.Handler) *live {
	t.Helper()
	l := &live{}
	counted := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.reached.Add(1)
		h.ServeHTTP(w, r)
	})
	l.Server = httptest.NewUnstartedServer(nil)
	l.Config = NewServer(counted, ServerOptions{})
	if secure {
		l.EnableHTTP2 = true
		l.StartTLS()
	} else {
		l.Start()
	}
	t.Cleanup(l.Close)
	return l
}

func fine() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprintf(w, "%s fine", r.Proto) })
}

// raw sends bytes and returns the first line of what comes back.
func raw(t *testing.T, addr, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	go func() { _, _ = io.WriteString(conn, request) }()
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return "closed"
	}
	return strings.TrimSpace(line)
}

func TestLimitsOnASocket(t *testing.T) {
	l := start(t, false, fine())
	addr := l.Listener.Addr().String()
	get := func(target string, lines ...string) string {
		return "GET " + target + " HTTP/1.1\r\nHost: a.example\r\n" + strings.Join(lines, "\r\n") + strings.Repeat("\r\n", min(len(lines), 1)) + "\r\n"
	}
	header := func(n int) string { return "X-Long: " + strings.Repeat("a", n) }
	for name, c := range map[string]struct {
		request, status string
		reaches         bool
	}{
		"a request":                         {get("/"), "HTTP/1.1 200 OK", true},
		"an address of 8 KiB":               {get("/" + strings.Repeat("a", MaxURI-1)), "HTTP/1.1 200 OK", true},
		"an address of 8 KiB and a byte":    {get("/" + strings.Repeat("a", MaxURI)), "HTTP/1.1 414 Request URI Too Long", false},
		"an address that long by its query": {get("/?" + strings.Repeat("a", MaxURI)), "HTTP/1.1 414 Request URI Too Long", false},
		"headers just below 32 KiB":         {get("/", header(MaxHeader-200)), "HTTP/1.1 200 OK", true},
		"headers above 32 KiB":              {get("/", header(MaxHeader)), "HTTP/1.1 431 Request Header Fields Too Large", false},
		"headers of a mebibyte":             {get("/", header(1<<20)), "HTTP/1.1 431 Request Header Fields Too Large", false},
		"an upgrade to HTTP/2 in clear":     {get("/", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"), "HTTP/1.1 400 Bad Request", false},
		"the same among others":             {get("/", "Connection: Upgrade", "Upgrade: websocket, H2C"), "HTTP/1.1 400 Bad Request", false},
		"its settings alone":                {get("/", "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"), "HTTP/1.1 400 Bad Request", false},
		"HTTP/2 in clear, without asking":   {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 505 HTTP Version Not Supported", false},
		"a websocket is not ours to refuse": {get("/", "Connection: Upgrade", "Upgrade: websocket"), "HTTP/1.1 200 OK", true},
		"two hosts":                         {get("/", "Host: b.example"), "HTTP/1.1 400 Bad Request", false},
	} {
		t.Run(name, func(t *testing.T) {
			before := l.reached.Load()
			if got := raw(t, addr, c.request); got != c.status {
				t.Errorf("answered %q, want %q", got, c.status)
			}
			if got := l.reached.Load() > before; got != c.reaches {
				t.Errorf("it reached the handler: %v, want %v", got, c.reaches)
			}
		})
	}
}

func TestLimitsOfHTTP2(t *testing.T) {
	l := start(t, true, fine())
	client := l.Client()
	send := func(header string) (string, int, error) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, l.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Long", header)
		resp, err := client.Do(r)
		if err != nil {
			return "", 0, err
		}
		defer func() { _ = resp.Body.Close() }()
		return resp.Proto, resp.StatusCode, nil
	}
	if proto, status, err := send("short"); proto != "HTTP/2.0" || status != 200 || err != nil {
		t.Errorf("%s %d %v", proto, status, err)
	}
	before := l.reached.Load()
	if _, status, err := send(strings.Repeat("a", MaxHeader+4096)); err == nil && status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("headers over the limit are answered with %d", status)
	}
	if l.reached.Load() != before {
		t.Error("headers over the limit reached the handler")
	}
}

func TestServerSettings(t *testing.T) {
	s := NewServer(fine(), ServerOptions{Addr: "127.0.0.1:0", TLS: &tls.Config{MinVersion: tls.VersionTLS13}})
	if s.ReadHeaderTimeout != 10*time.Second || s.IdleTimeout != 60*time.Second || s.HTTP2.MaxConcurrentStreams != maxStreams || s.Protocols.UnencryptedHTTP2() {
		t.Errorf("%+v", s)
	}
	if s.Addr != "127.0.0.1:0" || s.TLSConfig.MinVersion != tls.VersionTLS13 {
		t.Error("address or TLS were lost")
	}
}

func TestTheLimitsPageIsTheCallers(t *testing.T) {
	g := newRig(t, htmlPages{})
	s := NewServer(fine(), ServerOptions{Refuse: g.Refuse})
	w := httptest.NewRecorder()
	s.Handler.ServeHTTP(w, page("/"+strings.Repeat("a", MaxURI)))
	if w.Code != 414 || !strings.HasPrefix(w.Body.String(), "<h1>") || len(g.records(t)) != 1 {
		t.Errorf("status %d, page %s, log %s", w.Code, w.Body.String(), g.log.String())
	}
}

func TestBodies(t *testing.T) {
	g := newRig(t, nil)
	read := func(w http.ResponseWriter, r *http.Request) error {
		if _, err := io.ReadAll(r.Body); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	l := start(t, false, g.Handle(read))
	for name, c := range map[string]struct {
		size    int
		chunked bool
		want    int
	}{
		"no body":                      {0, false, 204},
		"64 KiB":                       {MaxBody, false, 204},
		"a byte more":                  {MaxBody + 1, false, 413},
		"64 KiB, length not said":      {MaxBody, true, 204},
		"a byte more, length not said": {MaxBody + 1, true, 413},
		"10 MiB":                       {10 << 20, false, 413},
	} {
		t.Run(name, func(t *testing.T) {
			var body io.Reader = bytes.NewReader(make([]byte, c.size))
			if c.chunked {
				body = io.MultiReader(body)
			}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, l.URL, body)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := l.Client().Do(r)
			if err != nil {
				if c.want == 413 && c.size > 1<<20 {
					return // closed while we were still sending
				}
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != c.want {
				t.Errorf("status %d, want %d", resp.StatusCode, c.want)
			}
		})
	}
}

func TestAnAnnouncedBodyIsRefusedUnread(t *testing.T) {
	ran := false
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("short"))
	r.ContentLength = MaxBody + 1
	w, _ := newRig(t, nil).serve(r, func(w http.ResponseWriter, _ *http.Request) error {
		ran = true
		w.WriteHeader(http.StatusNoContent)
		return nil
	})
	if ran || w.Code != http.StatusRequestEntityTooLarge || w.Header().Get("Connection") != "close" {
		t.Errorf("the handler ran: %v; status %d, Connection %q", ran, w.Code, w.Header().Get("Connection"))
	}
}

// deadlines notes the read deadline that a handler's frame sets.
type deadlines struct {
	*httptest.ResponseRecorder
	set time.Time
}

func (d *deadlines) SetReadDeadline(at time.Time) error { d.set = at; return nil }

func TestASlowBodyHasADeadline(t *testing.T) {
	g := newRig(t, nil)
	answer := func(w http.ResponseWriter, _ *http.Request) error { w.WriteHeader(http.StatusNoContent); return nil }
	d := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	g.Handle(answer).ServeHTTP(d, httptest.NewRequest(http.MethodPost, "/", strings.NewReader("a=b")))
	if limit := g.opts.Now().Add(bodyWithin); d.set.IsZero() || d.set.After(limit) {
		t.Errorf("the deadline is %v", d.set)
	}
	d = &deadlines{ResponseRecorder: httptest.NewRecorder()}
	g.Handle(answer).ServeHTTP(d, httptest.NewRequest(http.MethodGet, "/", nil))
	if !d.set.IsZero() {
		t.Error("a request without a body got a deadline, and with it its connection")
	}
}

func TestHijackedConnectionsAreNoMissingAnswer(t *testing.T) {
	g := newRig(t, nil)
	l := start(t, false, g.Handle(func(w http.ResponseWriter, _ *http.Request) error {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return err
		}
		_, err = io.WriteString(conn, "HTTP/1.1 299 Mine\r\nContent-Length: 0\r\n\r\n")
		return errors.Join(err, conn.Close())
	}))
	if got := raw(t, l.Listener.Addr().String(), "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"); got != "HTTP/1.1 299 Mine" {
		t.Errorf("answered %q", got)
	}
}

func TestAnInterimAnswerIsNoAnswer(t *testing.T) {
	g := newRig(t, nil)
	l := start(t, false, g.Handle(func(w http.ResponseWriter, _ *http.Request) error {
		w.WriteHeader(http.StatusEarlyHints)
		return nil
	}))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, l.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := l.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusInternalServerError {
		t.Errorf("status %d", resp.StatusCode)
	}
}

func TestACutPageIsSeenAsCut(t *testing.T) {
	g := newRig(t, nil)
	l := start(t, false, g.Handle(func(w http.ResponseWriter, _ *http.Request) error {
		_, _ = io.WriteString(w, strings.Repeat("half ", 2000))
		return errors.New("the other half is missing")
	}))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, l.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := l.Client().Do(r)
	if err == nil {
		_, err = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
	}
	if err == nil {
		t.Error("half a page was taken for a whole one")
	}
}

func TestConnectionErrorsAreOneCleanLine(t *testing.T) {
	var log bytes.Buffer
	l := errorLog(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	l.Print("TLS handshake error\r\nlevel=ERROR\x1b[31m" + strings.Repeat("a", 10_000))
	if n := strings.Count(log.String(), "\n"); n != 1 || log.Len() > 2048 || strings.Contains(log.String(), "\x1b") {
		t.Errorf("%d lines, %d bytes: %.200s", n, log.Len(), log.String())
	}
}

// A length beside chunks is not told apart from chunks alone, so nothing that
// comes after chunks on a connection is taken for a request.
func TestConnectionsEndAfterChunks(t *testing.T) {
	l := start(t, false, fine())
	second := "GET /second HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	for name, c := range map[string]struct {
		framing string
		want    int32
	}{
		"a length and chunks": {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 1},
		"chunks":              {"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 1},
		"a length":            {"Content-Length: 5\r\n\r\nhello", 2},
	} {
		before := l.reached.Load()
		conn, err := net.Dial("tcp", l.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\n"+c.framing+second)
		_, _ = io.ReadAll(conn)
		_ = conn.Close()
		if got := l.reached.Load() - before; got != c.want {
			t.Errorf("%s: %d requests were taken, want %d", name, got, c.want)
		}
	}
}
