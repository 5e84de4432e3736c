// SPDX-License-Identifier: Apache-2.0

package lane

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// rig is a server with a lane before it, and one without.
type rig struct {
	lane    *Lane
	srv     *http.Server
	ln      net.Listener
	address string
	inLane  atomic.Int64 // questions that the lane answered
	served  chan error
}

type peerKey struct{}

func newRig(t *testing.T, h http.Handler, change func(*Options)) *rig {
	t.Helper()
	g := &rig{served: make(chan error, 2)}
	g.srv = &http.Server{ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, peerKey{}, c.RemoteAddr().String())
		},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, ok := w.(*answer); ok {
				g.inLane.Add(1)
			}
			h.ServeHTTP(w, r)
		})}
	o := Options{Handler: g.srv.Handler, Takes: isQuestion, Trusts: func(netip.Addr) bool { return true }, ConnContext: g.srv.ConnContext, Idle: time.Minute, Now: time.Now}
	if change != nil {
		change(&o)
	}
	var err error
	if g.lane, err = New(o); err != nil {
		t.Fatal(err)
	}
	if g.ln, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	g.address = g.ln.Addr().String()
	go func() { g.served <- g.srv.Serve(g.lane.Enter(g.ln)) }()
	go func() { g.served <- g.srv.Serve(g.lane.Leave()) }()
	t.Cleanup(func() { g.stop(t) })
	return g
}

// stop ends everything as a gateway does; once.
func (g *rig) stop(t *testing.T) {
	t.Helper()
	if g.ln == nil {
		return
	}
	_ = g.ln.Close()
	g.ln = nil
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	g.lane.Drain(ctx)
	<-g.served
	<-g.served
	if err := g.srv.Shutdown(ctx); err != nil {
		t.Errorf("the server did not come to an end: %v", err)
		_ = g.srv.Close()
	}
}

func (g *rig) dial(t *testing.T) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", g.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	return c
}

// said is an answer with what differs from one to the next left out.
type said struct {
	Status  string
	Header  http.Header
	Body    string
	Closing bool
	Dated   bool // net/http's own refusals are not
}

func hear(t *testing.T, source *bufio.Reader) said {
	t.Helper()
	resp, err := http.ReadResponse(source, nil)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		body = append(body, " and nothing more"...) // as after HEAD: the connection is closed behind it
	}
	d, err := http.ParseTime(resp.Header.Get("Date"))
	dated := err == nil && time.Since(d).Abs() < time.Minute
	resp.Header.Del("Date")
	return said{resp.Status, resp.Header, string(body), resp.Close, dated}
}

// tell sends text and reads what comes until the peer closes, or is silent for a moment.
func tell(t *testing.T, address string, parts ...string) []said {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for i, part := range parts {
		if i > 0 {
			time.Sleep(5 * time.Millisecond)
		}
		if _, err := io.WriteString(c, part); err != nil {
			break
		}
	}
	_ = c.(*net.TCPConn).CloseWrite()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	var out []said
	for source := bufio.NewReader(c); ; {
		if _, err := source.Peek(1); err != nil {
			return out
		}
		out = append(out, hear(t, source))
	}
}

// mirror says what the handler sees of a request.
func mirror(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	peer, _ := r.Context().Value(peerKey{}).(string)
	_, _ = fmt.Fprintf(w, "%s %s %s %s %s %d %v %t\n%q %v\n", r.Method, r.RequestURI, r.URL, r.Proto, r.Host, r.ContentLength, r.TransferEncoding, peer == r.RemoteAddr && peer != "", body, err)
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		_, _ = fmt.Fprintf(w, "%s: %q\n", name, r.Header[name])
	}
}

// plainServer answers without a lane.
func plainServer(t *testing.T, h http.Handler) string {
	t.Helper()
	return newRig(t, h, func(o *Options) { o.Trusts = func(netip.Addr) bool { return false } }).address
}

const question = "GET /usher/auth/nginx HTTP/1.1\r\nHost: a\r\nX-Original-Uri: /app/\r\n\r\n"

func TestWhateverIsSentIsAnsweredAsWithoutALane(t *testing.T) {
	g, bare := newRig(t, http.HandlerFunc(mirror), nil), plainServer(t, http.HandlerFunc(mirror))
	page := lines("GET /usher/ HTTP/1.1", "Host: a")
	form := lines("POST /usher/sign-in HTTP/1.1", "Host: a", "Content-Length: 7") + "a=b&c=d"
	cases := map[string][]string{
		"a question":                            {question},
		"questions, one behind the other":       {question, question, question},
		"questions at once":                     {question + question + question},
		"a question in parts":                   {question[:10], question[10:40], question[40:]},
		"one and a half":                        {question + question[:30], question[30:]},
		"a page":                                {page},
		"a question, then a page":               {question, page, question},
		"a question and a page at once":         {question + page + question},
		"a question, then a form, then another": {question + form + question},
		"a form in parts":                       {question, form[:20], form[20:], question},
		"a question with a body":                {lines("GET /usher/auth/nginx HTTP/1.1", "Host: a", "Content-Length: 5") + "12345" + question},
		"a smuggled question":                   {lines("GET /usher/auth/nginx HTTP/1.1", "Host: a", "Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n" + question},
		"a large one":                           {lines("GET /usher/auth/nginx HTTP/1.1", "Host: a", "Cookie: "+strings.Repeat("c", 12<<10))},
		"one too large":                         {lines("GET /usher/auth/nginx HTTP/1.1", "Host: a", "Cookie: "+strings.Repeat("c", 40<<10))},
		"half a question":                       {question[:30]},
	}
	for i, text := range plainQuestions() {
		cases[fmt.Sprintf("plain question %d", i)] = []string{text}
	}
	for what, text := range others() {
		cases[what] = []string{text}
		cases[what+", after a question"] = []string{question, text}
		cases[what+", with a question"] = []string{question + text}
	}
	for what, parts := range cases {
		if diff := cmp.Diff(tell(t, bare, parts...), tell(t, g.address, parts...)); diff != "" {
			t.Errorf("%s: without a lane (-) and with one (+):\n%s", what, diff)
		}
	}
	if n := g.inLane.Load(); n < int64(2*len(others())) {
		t.Errorf("the lane answered %d questions only: the comparison says little", n)
	}
}

func TestHandlersAnswersAreWhatNetHTTPSends(t *testing.T) {
	answers := map[string]http.HandlerFunc{
		"nothing":     func(http.ResponseWriter, *http.Request) {},
		"a status":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) },
		"no content":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"not changed": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) },
		"an odd one":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(799) },
		"two": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnauthorized)
			w.WriteHeader(http.StatusOK)
		},
		"a body where none may be": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNoContent)
			if _, err := io.WriteString(w, "x"); !errors.Is(err, http.ErrBodyNotAllowed) {
				t.Errorf("writing gave %v", err)
			}
		},
		"headers": func(w http.ResponseWriter, _ *http.Request) {
			h := w.Header()
			h["X-Forwarded-User"], h["Set-Cookie"], h["X-Empty"], h["X-None"] = []string{"ana"}, []string{"a=b", "c=d"}, []string{""}, nil
			w.WriteHeader(http.StatusOK)
			h.Set("X-Late", "not sent")
		},
		"headers that break out": func(w http.ResponseWriter, _ *http.Request) {
			h := w.Header()
			h["X-A"], h["X B"], h["X-C\r\nX-D"], h[""] = []string{"a\r\nX-Evil: 1\n\nbody "}, []string{"b"}, []string{"c"}, []string{"d"}
		},
		"how long it is": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "4")
			_, _ = io.WriteString(w, "four")
		},
		"a page": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "<!DOCTYPE html><p>")
			_, _ = io.WriteString(w, "x")
		},
		"JSON": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"a":1}`)
		},
		"encoded": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			_, _ = io.WriteString(w, "xxxx")
		},
		"the end": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Connection", "close") },
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://a/usher/sign-in?rd=%2F", http.StatusFound)
		},
		"an abort": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"half of one": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-A", "b")
			panic(http.ErrAbortHandler)
		},
		"no status at all": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(7) },
	}
	for what, h := range answers {
		g := newRig(t, h, nil)
		want, got := tell(t, plainServer(t, h), question, question), tell(t, g.address, question, question)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: net/http (-) and the lane (+) send:\n%s", what, diff)
		}
		if g.inLane.Load() == 0 {
			t.Errorf("%s: the lane was not asked", what)
		}
	}
}

// One answer's room is the next one's.
func TestALargeAnswerLeavesNothingBehind(t *testing.T) {
	n := 0
	g := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if n++; n%2 == 1 {
			w.Header().Set("X-Secret", "one")
			_, _ = w.Write(bytes.Repeat([]byte("s"), 300<<10))
			return
		}
		_, _ = io.WriteString(w, "two")
	}), nil)
	got := tell(t, g.address, question+question+question+question)
	if len(got) != 4 || len(got[0].Body) != 300<<10 || got[1].Body != "two" || got[1].Header.Get("X-Secret") != "" || got[2].Header.Get("X-Secret") != "one" || got[3].Body != "two" {
		t.Errorf("got %d answers", len(got))
	}
}

func TestStrangersNeverEnter(t *testing.T) {
	asked := make(chan netip.Addr, 1)
	g := newRig(t, http.HandlerFunc(mirror), func(o *Options) {
		o.Trusts = func(a netip.Addr) bool { asked <- a; return false }
	})
	if got := tell(t, g.address, question); len(got) != 1 || got[0].Status != "200 OK" {
		t.Errorf("got %v", got)
	}
	if a := <-asked; a != netip.MustParseAddr("127.0.0.1") {
		t.Errorf("it was asked whether %s is trusted", a)
	}
	if n := g.inLane.Load(); n != 0 {
		t.Errorf("the lane answered a stranger %d times", n)
	}
}

func TestAHandlerThatBreaksClosesItsConnectionOnly(t *testing.T) {
	var log bytes.Buffer
	var broken atomic.Bool
	broken.Store(true)
	g := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if broken.Load() {
			w.Header().Set("X-Half", "yes")
			panic("canary-4711")
		}
		mirror(w, r)
	}), func(o *Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	if got := tell(t, g.address, question, question); len(got) != 0 {
		t.Errorf("half an answer was sent: %v", got)
	}
	broken.Store(false)
	if got := tell(t, g.address, question); len(got) != 1 {
		t.Errorf("the next connection got %v", got)
	}
	g.stop(t)
	if text := log.String(); !strings.Contains(text, "answering a question broke") || strings.Contains(text, "canary") {
		t.Errorf("the log says %q", text)
	}
}

func TestASilentConnectionIsClosed(t *testing.T) {
	g := newRig(t, http.HandlerFunc(mirror), func(o *Options) { o.Idle = 50 * time.Millisecond })
	c := g.dial(t)
	source := bufio.NewReader(c)
	for range 5 { // each within the time, all together beyond it
		_, _ = io.WriteString(c, question)
		hear(t, source)
		time.Sleep(25 * time.Millisecond)
	}
	if _, err := source.ReadByte(); !errors.Is(err, io.EOF) {
		t.Errorf("the silent connection gave %v", err)
	}
}

func TestDrain(t *testing.T) {
	begun, finish := make(chan struct{}, 8), make(chan struct{})
	g := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Slow") != "" {
			begun <- struct{}{}
			<-finish
		}
		mirror(w, r)
	}), nil)
	idle, slow, fresh := g.dial(t), g.dial(t), g.dial(t)
	idleSource := bufio.NewReader(idle)
	_, _ = io.WriteString(idle, question)
	hear(t, idleSource)
	_, _ = io.WriteString(slow, lines("GET /usher/auth/nginx HTTP/1.1", "Host: a", "X-Slow: 1"))
	<-begun
	for n := 0; n < 3; time.Sleep(time.Millisecond) { // all were accepted
		g.lane.mu.Lock()
		n = len(g.lane.open)
		g.lane.mu.Unlock()
	}
	ended := make(chan struct{})
	go func() { g.stop(t); close(ended) }()
	if _, err := idleSource.ReadByte(); !errors.Is(err, io.EOF) {
		t.Errorf("the silent connection gave %v", err)
	}
	// It is net/http's now, which gives a new connection time.
	_, _ = io.WriteString(fresh, question)
	if got := hear(t, bufio.NewReader(fresh)); got.Status != "200 OK" {
		t.Errorf("the new connection got %v", got)
	}
	select {
	case <-ended:
		t.Error("it did not wait for the question under way")
	case <-time.After(20 * time.Millisecond):
	}
	close(finish)
	if got := hear(t, bufio.NewReader(slow)); got.Status != "200 OK" || !got.Closing {
		t.Errorf("the question under way got %v", got)
	}
	<-ended
}

func TestDrainEndsInTime(t *testing.T) {
	begun, finish := make(chan struct{}), make(chan struct{})
	g := newRig(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(begun)
		<-finish
	}), nil)
	c := g.dial(t)
	_, _ = io.WriteString(c, question)
	<-begun
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	g.lane.Drain(ctx) // the handler goes on
	if _, err := c.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("after the end the connection gave %v", err)
	}
	close(finish)
}

// What the handler is handed with a connection begins with what was read of it.
func TestAConnectionThatLeavesLosesNothing(t *testing.T) {
	g := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") == "" {
			mirror(w, r)
			return
		}
		c, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		_, _ = io.Copy(c, rw)
	}), nil)
	c := g.dial(t)
	text := strings.Repeat("0123456789", 2000)
	_, _ = io.WriteString(c, question+lines("GET /app/ws HTTP/1.1", "Host: a", "Connection: Upgrade", "Upgrade: echo")+text[:5000])
	source := bufio.NewReader(c)
	hear(t, source)
	resp, err := http.ReadResponse(source, nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("got %v, %v", resp, err)
	}
	_, _ = io.WriteString(c, text[5000:])
	_ = c.(*net.TCPConn).CloseWrite()
	if got, err := io.ReadAll(source); err != nil || string(got) != text {
		t.Errorf("of %d bytes %d came back: %v", len(text), len(got), err)
	}
}

func TestRestWritesWhatWasReadFirst(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		c, err := net.Dial("tcp", ln.Addr().String())
		if err == nil {
			_, _ = io.WriteString(c, "and what comes")
			_ = c.Close()
		}
	}()
	c, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var got bytes.Buffer
	n, err := (&rest{TCPConn: c.(*net.TCPConn), read: []byte("what was read, ")}).WriteTo(&got)
	if want := "what was read, and what comes"; err != nil || got.String() != want || n != int64(len(want)) {
		t.Errorf("got %q, %d, %v", got.String(), n, err)
	}
}

// The deadlines of the lane do not go along.
func TestAConnectionThatLeavesHasTime(t *testing.T) {
	g := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/usher/" {
			time.Sleep(150 * time.Millisecond)
		}
		mirror(w, r)
	}), func(o *Options) { o.Idle = 40 * time.Millisecond })
	if got := tell(t, g.address, question+lines("GET /usher/ HTTP/1.1", "Host: a")); len(got) != 2 || got[1].Status != "200 OK" {
		t.Errorf("got %v", got)
	}
}

// Whatever a handler does to its request, the next one is as it was sent.
func TestARequestIsItsHandlersOwn(t *testing.T) {
	g := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mirror(w, r)
		r.URL.Path, r.Method, r.Host = "/altered", "PUT", "altered"
		r.Header.Set("X-Altered", "yes")
		*r.URL = *r.URL.JoinPath("altered")
	}), nil)
	got := tell(t, g.address, question+question)
	if len(got) != 2 || got[0].Body == "" || got[0].Body != got[1].Body {
		t.Errorf("got %v", got)
	}
}

// A deadline that is set while the lane closes must not undo the wake.
func TestNothingIsArmedOnceTheLaneCloses(t *testing.T) {
	g := newRig(t, http.HandlerFunc(mirror), nil)
	c := g.dial(t)
	woken := &connection{lane: g.lane, tcp: c.(*net.TCPConn)}
	g.lane.closing.Store(true)
	woken.wake()
	woken.arm(time.Now())
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("reading gave %v", err)
	}
	g.lane.closing.Store(false)
}

func TestNewWantsEverything(t *testing.T) {
	whole := Options{Handler: http.NotFoundHandler(), Takes: isQuestion, Trusts: func(netip.Addr) bool { return true }, Idle: time.Second, Now: time.Now}
	if _, err := New(whole); err != nil {
		t.Error(err)
	}
	for what, drop := range map[string]func(*Options){"handler": func(o *Options) { o.Handler = nil }, "takes": func(o *Options) { o.Takes = nil },
		"trusts": func(o *Options) { o.Trusts = nil }, "idle": func(o *Options) { o.Idle = 0 }, "clock": func(o *Options) { o.Now = nil }} {
		o := whole
		drop(&o)
		if _, err := New(o); err == nil {
			t.Errorf("without %s there is no error", what)
		}
	}
}
