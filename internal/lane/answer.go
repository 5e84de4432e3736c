// SPDX-License-Identifier: Apache-2.0

package lane

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"
)

// answer is a http.ResponseWriter that keeps the whole answer until it is sent
// at once. It cannot be flushed or handed over: answers to questions are short,
// and have an end.
type answer struct {
	header  http.Header
	status  int // 0: nothing was said yet
	head    []byte
	body    []byte
	dated   bool // the handler has set Date
	typed   bool // the handler has set Content-Type or an encoding
	endless bool // the handler wants the connection closed
}

// mostKept is how much room is kept for the next answer, in bytes.
const mostKept = 16 << 10

// reset makes ready for the next question.
func (a *answer) reset() {
	if a.header == nil {
		a.header = make(http.Header, 8)
	}
	clear(a.header)
	a.head, a.body = kept(a.head), kept(a.body)
	a.status, a.dated, a.typed, a.endless = 0, false, false, false
}

func kept(b []byte) []byte {
	if cap(b) > mostKept {
		return nil
	}
	return b[:0]
}

func (a *answer) Header() http.Header { return a.header }

// WriteHeader settles status and headers. Interim answers are left out.
func (a *answer) WriteHeader(status int) {
	if status < 100 || status > 999 {
		panic("invalid status " + strconv.Itoa(status)) // a handler's mistake: the connection is closed, as net/http does
	}
	if a.status != 0 || status < 200 {
		return
	}
	a.status = status
	b := append(a.head, "HTTP/1.1 "...)
	b = append(strconv.AppendInt(b, int64(status), 10), ' ')
	if text := http.StatusText(status); text != "" {
		b = append(b, text...)
	} else {
		b = strconv.AppendInt(append(b, "status code "...), int64(status), 10)
	}
	b = append(b, "\r\n"...)
	for name, values := range a.header {
		switch name {
		case "Content-Length", "Transfer-Encoding", "Trailer":
			continue // how long the answer is, is said here
		case "Connection":
			for _, v := range values {
				a.endless = a.endless || httpguts.HeaderValuesContainsToken([]string{v}, "close")
			}
			continue
		case "Date":
			a.dated = true
		case "Content-Type", "Content-Encoding":
			a.typed = true
		}
		if !httpguts.ValidHeaderFieldName(name) || strings.HasPrefix(name, http.TrailerPrefix) {
			continue
		}
		for _, v := range values {
			b = append(append(b, name...), ": "...)
			b = append(appendValue(b, v), "\r\n"...)
		}
	}
	a.head = b
}

// appendValue writes a header's value. What would end it becomes a blank.
func appendValue(b []byte, v string) []byte {
	v = trim(v)
	if plain(v) {
		return append(b, v...)
	}
	for i := 0; i < len(v); i++ {
		if c := v[i]; c < ' ' && c != '\t' || c == 0x7f {
			b = append(b, ' ')
		} else {
			b = append(b, c)
		}
	}
	return b
}

func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	if !a.bodied() {
		return 0, http.ErrBodyNotAllowed
	}
	a.body = append(a.body, p...)
	return len(p), nil
}

// bodied reports whether the status may have a body (RFC 9110 section 6.4.1).
func (a *answer) bodied() bool {
	return a.status != http.StatusNoContent && a.status != http.StatusNotModified
}

// whole gives the answer as it is sent.
func (a *answer) whole(now time.Time, last bool) []byte {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	b := a.head
	if a.bodied() {
		if len(a.body) > 0 && !a.typed {
			b = append(append(append(b, "Content-Type: "...), http.DetectContentType(a.body)...), "\r\n"...)
		}
		b = append(strconv.AppendInt(append(b, "Content-Length: "...), int64(len(a.body)), 10), "\r\n"...)
	}
	if !a.dated {
		b = append(now.UTC().AppendFormat(append(b, "Date: "...), http.TimeFormat), "\r\n"...)
	}
	if last || a.endless {
		b = append(b, "Connection: close\r\n"...)
	}
	a.head = append(append(b, "\r\n"...), a.body...)
	return a.head
}
