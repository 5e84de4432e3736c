// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"runtime"
	"runtime/debug"
	"time"
)

// ErrorPages shows a person what went wrong. ErrorPage writes e.Status and a
// body; where it writes nothing, or fails, a plain sentence is sent.
type ErrorPages interface {
	ErrorPage(w http.ResponseWriter, r *http.Request, e *Error)
}

// Options are what a [Frame] is made of. Logger, NewID and Now are needed.
type Options struct {
	Pages  ErrorPages // nil: plain sentences
	Logger *slog.Logger
	NewID  func() string // draws a request id
	Now    func() time.Time
	// Client gives the address that is logged; nil: none is.
	Client func(*http.Request) netip.Addr
	// Explain turns errors of other rooms into an Error; nil, or a nil answer:
	// the error is ours, and a 500.
	Explain func(error) *Error
}

// A Frame stands around usher's own pages: it decides status, page and log
// line, at one place, for every handler. Bodies are limited to [MaxBody]; do
// not put a reverse proxy into it.
type Frame struct{ opts Options }

// NewFrame makes a Frame.
func NewFrame(opts Options) (*Frame, error) {
	if opts.Logger == nil || opts.NewID == nil || opts.Now == nil {
		return nil, errors.New("a frame needs a logger, a source of request ids and a clock")
	}
	return &Frame{opts}, nil
}

type requestIDKey struct{}

// RequestID gives the id under which a request is logged; empty outside a Frame.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// Handle makes a handler of net/http.
func (f *Frame) Handle(h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { f.serve(w, r, h) })
}

// Refuse answers a request with an error that was found before any handler was
// chosen, in the same manner and with the same line in the log.
func (f *Frame) Refuse(w http.ResponseWriter, r *http.Request, e *Error) {
	f.serve(w, r, func(http.ResponseWriter, *http.Request) error { return e })
}

func (f *Frame) serve(w http.ResponseWriter, r *http.Request, h Handler) {
	began := f.opts.Now()
	id := f.opts.NewID()
	r = r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id))
	a := &answer{ResponseWriter: w}
	a.Header().Set("X-Request-Id", id)
	before := a.Header().Clone()
	err := f.run(a, r, h)
	if err == nil && !a.wrote() {
		err = &Error{Status: http.StatusInternalServerError, Err: errors.New("the handler returned without an answer")}
	}
	var failure *Error
	cut := errors.Is(err, http.ErrAbortHandler)
	if err != nil {
		failure = f.explain(err)
		if !a.wrote() && !cut {
			f.fail(a, r, failure, before)
		} else if a.status < http.StatusBadRequest {
			cut = true // a success was begun that is none: the browser must not take it for whole
		}
	}
	f.record(r, record{id: id, status: a.status, took: f.opts.Now().Sub(began), failure: failure, err: err, cut: cut})
	if cut {
		panic(http.ErrAbortHandler) // net/http closes the connection, silently
	}
}

// run calls the handler. A panic becomes an error: its text is kept only where
// Go itself wrote it, as any other could hold anything.
func (f *Frame) run(a *answer, r *http.Request, h Handler) (err error) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case runtime.Error:
			err = &panicked{text: v.Error(), stack: debug.Stack()}
		default:
			if e, ok := v.(error); ok && errors.Is(e, http.ErrAbortHandler) {
				err = http.ErrAbortHandler
				return
			}
			err = &panicked{text: fmt.Sprintf("a value of type %T", v), stack: debug.Stack()}
		}
	}()
	if e := limitBody(a, r, f.opts.Now()); e != nil {
		return e
	}
	return h(a, r)
}

type panicked struct {
	text  string
	stack []byte
}

func (p *panicked) Error() string { return "panic: " + p.text }

// explain finds the Error in err, or makes one.
func (f *Frame) explain(err error) *Error {
	var e *Error
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &e):
		if e.Status < 400 || e.Status > 599 {
			c := *e
			c.Status = http.StatusInternalServerError
			return &c
		}
		return e
	case errors.As(err, &tooLarge):
		return bodyTooLarge(err)
	}
	if f.opts.Explain != nil {
		if e := f.opts.Explain(err); e != nil && e.Status >= 400 && e.Status <= 599 {
			return e
		}
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return &Error{Status: http.StatusServiceUnavailable, Public: "This took too long. Try again in a minute.", Err: err}
	}
	return &Error{Status: http.StatusInternalServerError, Public: "Something went wrong here. It was recorded.", Err: err}
}

// fail writes the error's answer in place of what the handler had prepared: a
// cookie or address that was set before the failure is not sent.
func (f *Frame) fail(a *answer, r *http.Request, e *Error, before http.Header) {
	h := a.Header()
	clear(h)
	maps.Copy(h, before)
	h.Set("Cache-Control", "no-store")
	for name, values := range e.Header {
		h[http.CanonicalHeaderKey(name)] = append([]string(nil), values...)
	}
	a.failing = e.Status
	if f.opts.Pages != nil && wantsPage(r) {
		f.page(a, r, e)
	}
	if !a.wrote() {
		plain(a, r, e)
	}
}

// page shows the person's page. Whatever it does, the frame goes on.
func (f *Frame) page(a *answer, r *http.Request, e *Error) {
	defer func() {
		if v := recover(); v != nil {
			f.opts.Logger.ErrorContext(r.Context(), "the error page failed", slog.String("request_id", RequestID(r.Context())),
				slog.String("kind", fmt.Sprintf("%T", v)))
		}
	}()
	f.opts.Pages.ErrorPage(a, r, e)
}
