// SPDX-License-Identifier: Apache-2.0

package web

import (
	"crypto/tls"
	"log"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// Limits on what comes in.
const (
	MaxHeader = 32 << 10 // bytes of request line and headers
	MaxURI    = 8 << 10  // bytes of a request's target
	MaxBody   = 64 << 10 // bytes of a body for usher's own pages

	headerWithin = 10 * time.Second
	bodyWithin   = 10 * time.Second
	idleAtMost   = 60 * time.Second
	maxStreams   = 100

	// headerSlack is what net/http reads beyond Server.MaxHeaderBytes.
	headerSlack = 4 << 10
)

// ServerOptions are what differs between listeners.
type ServerOptions struct {
	Addr string
	TLS  *tls.Config // nil: plain HTTP
	// Logger takes what net/http has to say of connections; nil: nobody hears it.
	Logger *slog.Logger
	// Refuse answers requests over the limits; nil: with a plain sentence.
	Refuse func(w http.ResponseWriter, r *http.Request, e *Error)
}

// NewServer makes a server with limits on what comes in: time and size of
// headers, length of the address, streams of a connection, idle time. HTTP/2
// is spoken over TLS only.
func NewServer(h http.Handler, opts ServerOptions) *http.Server {
	refuse := opts.Refuse
	if refuse == nil {
		refuse = func(w http.ResponseWriter, r *http.Request, e *Error) { plain(w, r, e) }
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	return &http.Server{
		Addr:              opts.Addr,
		Handler:           limited(h, refuse),
		TLSConfig:         opts.TLS,
		ReadHeaderTimeout: headerWithin,
		IdleTimeout:       idleAtMost,
		MaxHeaderBytes:    MaxHeader - headerSlack,
		ErrorLog:          errorLog(opts.Logger),
		Protocols:         protocols,
		ConnContext:       withPeer,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: maxStreams},
	}
}

// limited refuses what no handler shall see.
func limited(next http.Handler, refuse func(http.ResponseWriter, *http.Request, *Error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case len(r.RequestURI) > MaxURI:
			w.Header().Set("Connection", "close")
			refuse(w, r, &Error{Status: http.StatusRequestURITooLong, Public: "This address is too long."})
		case r.Method == "PRI" || r.ProtoMajor == 2 && r.TLS == nil:
			// net/http hands the preface of HTTP/2 in clear to the handler, for
			// handlers that speak it themselves.
			w.Header().Set("Connection", "close")
			refuse(w, r, &Error{Status: http.StatusHTTPVersionNotSupported, Public: "HTTP/2 is spoken over TLS only."})
		case r.ProtoMajor < 2 && wantsH2C(r.Header):
			w.Header().Set("Connection", "close")
			refuse(w, r, &Error{Status: http.StatusBadRequest, Public: "HTTP/2 is spoken over TLS only."})
		default:
			if len(r.TransferEncoding) > 0 && r.ProtoMajor == 1 {
				// net/http takes the chunks where a length came too, and says nothing of
				// it; a front server that went by the length would take the rest for the
				// next request (RFC 9112 section 6.1).
				w.Header().Set("Connection", "close")
			}
			next.ServeHTTP(w, r)
		}
	})
}

// wantsH2C reports whether a request asks to go on in HTTP/2 in clear. Behind
// a proxy that would forward the wish, what follows would pass unjudged.
func wantsH2C(h http.Header) bool {
	if len(h["Http2-Settings"]) > 0 {
		return true
	}
	for _, line := range h["Upgrade"] {
		for token := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(token), "h2c") {
				return true
			}
		}
	}
	return false
}

// limitBody bounds size and time of a body that is for ourselves.
func limitBody(w http.ResponseWriter, r *http.Request, now time.Time) *Error {
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return nil
	}
	if r.ContentLength > MaxBody {
		return bodyTooLarge(nil)
	}
	r.Body = http.MaxBytesReader(w, r.Body, MaxBody)
	// Writers that cannot set deadlines are those of tests, without a connection.
	_ = http.NewResponseController(w).SetReadDeadline(now.Add(bodyWithin))
	return nil
}

func bodyTooLarge(err error) *Error {
	return &Error{Status: http.StatusRequestEntityTooLarge, Public: "This is more than can be taken in one request.", Err: err,
		Header: http.Header{"Connection": {"close"}}}
}

// errorLog hands what net/http writes to the logger, cleaned and capped.
func errorLog(logger *slog.Logger) *log.Logger {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return log.New(connectionLog{logger}, "", 0)
}

type connectionLog struct{ logger *slog.Logger }

func (c connectionLog) Write(p []byte) (int, error) {
	c.logger.Debug("connection", slog.String("error", Clean(strings.TrimSpace(string(p)), mostError)))
	return len(p), nil
}
