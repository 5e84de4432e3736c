// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"encoding/json"
	"log/slog"
	"strconv"

	"github.com/usher-signin/usher/internal/gate"
)

// observe writes a line about each request that was judged.
func (s *Server) observe(ctx context.Context, o gate.Observation) {
	s.count(&o)
	if s.opts.Requests != nil && o.Err == nil {
		s.opts.Requests.request(func(b []byte, t *stamp) []byte { return appendLine(b, t, &o) })
		return
	}
	attrs := []slog.Attr{slog.String("dialect", o.Dialect), slog.String("decision", o.Decision.Verdict().String()), slog.Int("status", o.Status),
		slog.String("method", o.Method), slog.String("host", o.Host), slog.String("path", o.Path), slog.String("client", o.Client.String())}
	if o.Decision.Application != nil {
		attrs = append(attrs, slog.String("application", o.Decision.Application.Name))
	}
	if o.Decision.Cause != nil {
		attrs = append(attrs, slog.String("code", string(o.Decision.Cause.Code)))
	}
	if o.Reference != "" {
		attrs = append(attrs, slog.String("reference", string(o.Reference)))
	}
	level := slog.LevelInfo
	if o.Err != nil {
		level = slog.LevelWarn
		attrs = append(attrs, slog.Any("error", o.Err))
	}
	s.opts.Logger.LogAttrs(ctx, level, "gate", attrs...)
}

// appendLine writes what slog's JSON handler would, without its general means:
// this line is written for every request of every application.
func appendLine(b []byte, t *stamp, o *gate.Observation) []byte {
	b = t.append(append(b, `{"time":"`...), o.At)
	b = appendText(append(b, `","level":"INFO","msg":"gate","dialect":`...), o.Dialect)
	b = appendText(append(b, `,"decision":`...), o.Decision.Verdict().String())
	b = strconv.AppendInt(append(b, `,"status":`...), int64(o.Status), 10)
	b = appendText(append(b, `,"method":`...), o.Method)
	b = appendText(append(b, `,"host":`...), o.Host)
	b = appendText(append(b, `,"path":`...), o.Path)
	b = append(b, `,"client":"`...)
	if o.Client.IsValid() {
		b = o.Client.AppendTo(b)
	} else {
		b = append(b, o.Client.String()...)
	}
	b = append(b, '"')
	if o.Decision.Application != nil {
		b = appendText(append(b, `,"application":`...), o.Decision.Application.Name)
	}
	if o.Decision.Cause != nil {
		b = appendText(append(b, `,"code":`...), string(o.Decision.Cause.Code))
	}
	if o.Reference != "" {
		b = appendText(append(b, `,"reference":`...), string(o.Reference))
	}
	return append(b, '}', '\n')
}

// appendText writes a JSON string. Nearly all are plain.
func appendText(b []byte, text string) []byte {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' {
			quoted, err := json.Marshal(text)
			if err != nil { // a string always has a form
				quoted = []byte(`""`)
			}
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, text...)
	return append(b, '"')
}
