// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ServeHTTP answers a request, if it was made on this machine: to a loopback
// address, under a name that means this machine. The second rule stops pages
// of other sites whose name was made to resolve to a loopback address.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Debug-Id", s.random.uuid())
	w.Header().Set("Date", s.clock().UTC().Format(http.TimeFormat))
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr); ok && !local.IP.IsLoopback() {
		http.Error(w, "The stand-in gives tokens to anybody, so it answers on loopback addresses only.", http.StatusForbidden)
		return
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if !loopbackName(strings.Trim(host, "[]")) {
		http.Error(w, "This is a stand-in for development. It answers to localhost and to loopback addresses, not to this name.", http.StatusMisdirectedRequest)
		return
	}
	if len(r.URL.Path)+len(r.URL.RawQuery) > maxURI {
		http.Error(w, "The address is longer than 16 KiB.", http.StatusRequestURITooLong)
		return
	}
	if s.BaseURL() == "" {
		http.Error(w, "The stand-in was not told its address: whoever started it must call SetBaseURL.", http.StatusServiceUnavailable)
		return
	}
	if _, pattern := s.mux.Handler(r); pattern == "" {
		s.nowhere(w, r)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// nowhere answers what is no endpoint, and keeps a note of it: whoever
// misspells a path looks among the calls.
func (s *Server) nowhere(w http.ResponseWriter, r *http.Request) {
	seen := &statusSeen{ResponseWriter: w}
	s.mux.ServeHTTP(seen, r)
	s.calls.note(s.now(), r, "none", w.Header().Get("X-Debug-Id"), answer{status: seen.status})
}

// A statusSeen remembers the status that was written.
type statusSeen struct {
	http.ResponseWriter
	status int
}

func (w *statusSeen) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// endpoint frames what an endpoint answers: it waits, replaces, spoils, keeps
// a note of it and writes it.
func (s *Server) endpoint(name string, handle func(*http.Request) answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.delay(r, name) {
			panic(http.ErrAbortHandler) // cuts the connection, without a word in the log
		}
		a, replaced := s.instead(name)
		if !replaced {
			a = handle(r)
		}
		s.calls.note(s.now(), r, name, w.Header().Get("X-Debug-Id"), a)
		s.write(w, r, name, s.spoilAnswer(name, a))
	}
}

// delay waits as the switches say. It returns false where the connection is
// to be cut instead of answered.
func (s *Server) delay(r *http.Request, name string) bool {
	ctx := r.Context()
	if n, on := s.amount(slow, name); on {
		pause(ctx, time.Duration(n)*time.Millisecond)
	}
	if n, on := s.amount(hang, name); on {
		// Only when the body was read does the server notice that the caller left.
		_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, maxBody))
		pause(ctx, time.Duration(n)*time.Millisecond)
		return false
	}
	how, _ := s.panel.at(connectionReset, name)
	return how != "before"
}

// longest is the longest time that any answer is held back.
const longest = 10 * time.Minute

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(min(d, longest))
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// write sends the answer, in whatever odd way the switches ask for.
func (s *Server) write(w http.ResponseWriter, r *http.Request, name string, a answer) {
	for key, values := range a.header {
		w.Header()[key] = values
	}
	if n, on := s.amount(answerBomb, name); on {
		bomb(w, a.status, n)
		return
	}
	if n, on := s.amount(answerEndless, name); on {
		endless(r.Context(), w, a, n)
		return
	}
	if n, on := s.amount(drip, name); on {
		trickle(r.Context(), w, a, time.Duration(n)*time.Millisecond)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	if how, _ := s.panel.at(connectionReset, name); how == "within" {
		_, _ = w.Write(a.body[:len(a.body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(a.body)
}

// write sends the answer as it is. Pages, and what turns switches, are answered
// so whatever is on.
func (a answer) write(w http.ResponseWriter) {
	for key, values := range a.header {
		w.Header()[key] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

// bomb writes a small compressed body that unpacks to n MiB.
func bomb(w http.ResponseWriter, status, n int) {
	w.Header().Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	z := gzip.NewWriter(w)
	block := bytes.Repeat([]byte(" "), 1<<20)
	for range min(n, 10_240) {
		if _, err := z.Write(block); err != nil {
			return
		}
	}
	_ = z.Close()
}

// endless writes blanks after the body until the reader has enough.
func endless(ctx context.Context, w http.ResponseWriter, a answer, n int) {
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
	block := bytes.Repeat([]byte(" "), 1<<20)
	for range min(n, 10_240) {
		if _, err := w.Write(block); err != nil || ctx.Err() != nil {
			return
		}
	}
}

func trickle(ctx context.Context, w http.ResponseWriter, a answer, between time.Duration) {
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	rc := http.NewResponseController(w)
	for i := range a.body {
		if _, err := w.Write(a.body[i : i+1]); err != nil || rc.Flush() != nil {
			return
		}
		pause(ctx, between)
		if ctx.Err() != nil {
			return
		}
	}
}
