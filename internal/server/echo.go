// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"crypto/sha1" //nolint:gosec // RFC 6455 section 4.2.2 wants it, and nothing rests on it
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/gate"
	"github.com/usher-signin/usher/internal/probe"
	"github.com/usher-signin/usher/internal/web"
)

// How much the doctor may ask: a run of it asks some twenty questions.
const (
	echoBurst  = 400
	echoRefill = 20 * time.Millisecond // for each further question
	mostNoted  = 256
	mostKey    = 128 // bytes of a websocket's key
)

// echo tells the doctor what reaches this gateway. Whoever does not hold the
// key file gets the answer of a gateway without any of this.
type echo struct {
	s *Server

	mu    sync.Mutex
	left  float64
	at    time.Time
	noted map[string]probe.Arrival // by nonce: what front servers' questions brought
	order []string
}

func newEcho(s *Server) *echo {
	return &echo{s: s, left: echoBurst, at: s.opts.Now(), noted: make(map[string]probe.Arrival)}
}

// serve answers what the doctor asked, where the request is one of its own.
// Other requests go their usual way; those that the doctor sent are marked.
func (e *echo) serve(w http.ResponseWriter, r *http.Request) (answered bool) {
	q, ok := probe.OpenQuestion(e.s.keys, r, e.s.opts.Now())
	if !ok {
		return false
	}
	if !e.allowed() {
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	}
	delete(r.Header, probe.EchoHeader)
	if mark, err := probe.SealMark(e.s.keys, q); err == nil {
		w.Header().Set(probe.EchoHeader, mark)
	}
	path, _, _ := strings.Cut(r.RequestURI, "?")
	switch {
	case strings.EqualFold(r.Header.Get("Upgrade"), "websocket"):
		e.upgrade(w, r)
	case path == probe.EchoPath:
		e.answer(w, r, q, http.StatusOK)
	case path == usher.CallbackPath && r.URL.RawQuery == "":
		e.answer(w, r, q, http.StatusBadRequest) // as without a question, and without a record of it
	case gate.Reserved(r.RequestURI):
		e.note(q, e.arrival(r))
		return false
	default:
		return false
	}
	return true
}

// allowed takes a question out of what may be asked.
func (e *echo) allowed() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.s.opts.Now()
	if since := now.Sub(e.at); since > 0 {
		e.left = min(echoBurst, e.left+since.Seconds()/echoRefill.Seconds())
	}
	e.at = now
	if e.left < 1 {
		return false
	}
	e.left--
	return true
}

// note keeps what a front server's question brought, for a while.
func (e *echo) note(q probe.Question, a probe.Arrival) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, known := e.noted[q.Nonce]; known {
		return // a front server asks first, and may hand the browser's request over after that
	}
	if e.order = append(e.order, q.Nonce); len(e.order) > mostNoted {
		delete(e.noted, e.order[0])
		e.order = e.order[1:]
	}
	e.noted[q.Nonce] = a
}

func (e *echo) recall(nonce string) *probe.Arrival {
	e.mu.Lock()
	defer e.mu.Unlock()
	if a, ok := e.noted[nonce]; ok {
		return &a
	}
	return nil
}

func (e *echo) arrival(r *http.Request) probe.Arrival {
	snap := e.s.current.Load()
	a := probe.Arrived(r)
	a.Node, a.Revision = e.s.opts.Node, snap.config.Revision
	if peer := web.Peer(r); peer.IsValid() {
		a.Peer, a.Trusted = peer.String(), snap.proxies.Contains(peer)
	}
	return a
}

func (e *echo) answer(w http.ResponseWriter, r *http.Request, q probe.Question, status int) {
	a := e.arrival(r)
	switch q.Do {
	case probe.DoRefuse:
		status = http.StatusUnauthorized
	case probe.DoRecall:
		a.Noted = e.recall(q.About)
	case probe.DoUpstreams:
		a.Upstreams = e.upstreams(r.Context())
	}
	sealed, err := probe.SealArrival(e.s.keys, q, a)
	if err != nil {
		e.s.opts.Logger.Warn("the doctor was not answered", "error", err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	http.SetCookie(w, &http.Cookie{Name: probe.EchoCookie, Value: q.Nonce, Path: "/", MaxAge: 60, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	w.WriteHeader(status)
	_, _ = io.WriteString(w, sealed) //nolint:gosec // base64, and not HTML; who has left needs no answer
}

func (e *echo) upstreams(ctx context.Context) []doctor.Upstream {
	cfg := e.s.Config()
	roots, err := trusted(cfg.Server.CAFile)
	if err != nil {
		return nil
	}
	return probe.Reach(ctx, cfg.Applications, roots)
}

// upgrade switches to a websocket and ends it: that it came about is the answer.
func (e *echo) upgrade(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get("Sec-Websocket-Key")
	if key == "" || len(key) > mostKey || r.ProtoMajor != 1 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	mark := w.Header().Get(probe.EchoHeader)
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	defer func() { _ = conn.Close() }()
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // see the import
	_, _ = rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
		base64.StdEncoding.EncodeToString(sum[:]) + "\r\n" + probe.EchoHeader + ": " + mark + "\r\n\r\n\x88\x00") // a close frame
	_ = rw.Flush()
}
