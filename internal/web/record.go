// SPDX-License-Identifier: Apache-2.0

package web

import (
	"errors"
	"log/slog"
	"net/http"
	"time"
)

// How much of what others wrote goes into one record, in bytes.
const (
	mostMethod = 32
	mostPath   = 512
	mostError  = 1024
	mostStack  = 4096
)

type record struct {
	id      string
	status  int
	took    time.Duration
	failure *Error
	err     error
	cut     bool // the connection was closed in the middle
}

// record writes the one line of a request. The query is left out: it may hold
// a code or a state.
func (f *Frame) record(r *http.Request, rec record) {
	attrs := []slog.Attr{
		slog.String("request_id", rec.id),
		slog.String("method", Clean(r.Method, mostMethod)),
		slog.String("path", Clean(r.URL.EscapedPath(), mostPath)),
		slog.Int("status", rec.status),
		slog.Duration("duration", rec.took),
	}
	if f.opts.Client != nil {
		attrs = append(attrs, slog.String("client", f.opts.Client(r).String()))
	}
	level := slog.LevelInfo
	if e := rec.failure; e != nil {
		if e.Code != "" {
			attrs = append(attrs, slog.String("code", Clean(e.Code, mostMethod*2)))
		}
		if e.Reference != "" {
			attrs = append(attrs, slog.String("reference", Clean(e.Reference, mostMethod)))
		}
		attrs = append(attrs, slog.String("error", Clean(rec.err.Error(), mostError)))
		var p *panicked
		if errors.As(rec.err, &p) {
			attrs = append(attrs, slog.String("stack", Clean(string(p.stack), mostStack)))
		}
		if e.Status >= http.StatusInternalServerError {
			level = slog.LevelError
		}
	}
	if rec.cut {
		attrs = append(attrs, slog.Bool("cut", true))
	}
	f.opts.Logger.LogAttrs(r.Context(), level, "request", attrs...)
}
