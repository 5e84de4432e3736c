// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bufio"
	"net"
	"net/http"
)

// answer watches what becomes of a response. net/http answers 200 for a handler
// that returns without a word; with answer that can be noticed and refused.
type answer struct {
	http.ResponseWriter
	status int // 0: nothing was said yet
	// failing is the least an answer must say from now on: once a request has
	// failed, no page can turn it into a success.
	failing int
}

// Unwrap lets http.ResponseController find the writer below.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answer) wrote() bool { return a.status != 0 }

func (a *answer) WriteHeader(status int) {
	if status >= 100 && status < 200 && status != http.StatusSwitchingProtocols {
		a.ResponseWriter.WriteHeader(status) // an interim answer decides nothing
		return
	}
	if a.wrote() {
		return
	}
	if a.failing != 0 && status < http.StatusBadRequest {
		status = a.failing
	}
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(p []byte) (int, error) {
	if !a.wrote() {
		a.WriteHeader(http.StatusOK)
	}
	return a.ResponseWriter.Write(p)
}

// FlushError sends what was written so far; like Write it settles the status.
func (a *answer) FlushError() error {
	if !a.wrote() {
		a.WriteHeader(http.StatusOK)
	}
	return http.NewResponseController(a.ResponseWriter).Flush()
}

// Hijack hands the connection over; from then on the answer is the hijacker's.
func (a *answer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(a.ResponseWriter).Hijack()
	if err == nil && !a.wrote() {
		a.status = http.StatusSwitchingProtocols
	}
	return conn, rw, err
}
