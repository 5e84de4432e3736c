// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"bufio"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"

	"github.com/usher-signin/usher"
)

// denyWriter is the only way out of this package's handlers. A success leaves
// it only after an allowing decision was shown to it; without one it becomes
// 500, and so does a handler that returns without having answered.
type denyWriter struct {
	http.ResponseWriter
	allowed bool
	wrote   bool
	blocked bool // a success was turned into a failure: its body stays here
	status  int
}

// show lets successes pass if the decision allows.
func (w *denyWriter) show(d usher.Decision) { w.allowed = d.Allowed() }

// WriteHeader sends the status, or 500 in place of a success nobody allowed.
func (w *denyWriter) WriteHeader(status int) {
	if status < 300 && !w.allowed {
		if status < 200 {
			return // an interim answer says nothing yet
		}
		status, w.blocked = http.StatusInternalServerError, true
		w.empty()
	}
	if status < 200 && status != http.StatusSwitchingProtocols {
		// Interim answers come from the application and are not looked at elsewhere.
		stripOurCookies(w.Header())
	} else if !w.wrote {
		w.wrote, w.status = true, status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write sends a part of the body. What was not allowed has none.
func (w *denyWriter) Write(p []byte) (int, error) {
	if !w.wrote {
		w.WriteHeader(http.StatusOK)
	}
	if w.blocked {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

// FlushError sends what is buffered, for http.ResponseController.
func (w *denyWriter) FlushError() error {
	if !w.wrote {
		w.WriteHeader(http.StatusOK)
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

var errHijackDenied = errors.New("the connection is handed over only after an allowing decision")

// Hijack hands the connection over, for upgrades.
func (w *denyWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if !w.allowed {
		return nil, nil, errHijackDenied
	}
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil {
		w.wrote, w.status = true, http.StatusSwitchingProtocols
	}
	return conn, rw, err
}

// finish answers for a handler that did not, be it that it broke. It is to be deferred.
func (w *denyWriter) finish(logger *slog.Logger) {
	if p := recover(); p != nil {
		aborted := isAbort(p)
		if !aborted {
			logger.Error("judging a request broke; it was not let through", slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
		}
		if w.wrote || aborted {
			panic(http.ErrAbortHandler) // half an answer: only closing the connection says so
		}
	}
	if !w.wrote {
		w.allowed = false
		w.empty()
		w.WriteHeader(http.StatusInternalServerError)
	}
}

// empty takes back what was going to be said: it belongs to another answer.
func (w *denyWriter) empty() {
	clear(w.Header())
	w.Header().Set("Cache-Control", "no-store")
}

// isAbort reports whether a handler panicked only to close the connection.
func isAbort(p any) bool {
	err, ok := p.(error)
	return ok && errors.Is(err, http.ErrAbortHandler)
}
