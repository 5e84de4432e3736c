// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"net/http"
)

// A Handler answers a request, or says why it could not. It must not write and
// return an error both.
type Handler func(w http.ResponseWriter, r *http.Request) error

// An Error is an answer that is no success, in two voices: a sentence for
// whoever asked, and the cause for the log.
type Error struct {
	Status    int    // 400 to 599; anything else is answered with 500
	Public    string // a sentence for people; it holds no secret and nothing of the configuration
	Code      string // the code of the check that would find it; empty: none
	Reference string // of the attempt that was recorded; empty: none
	Err       error  // the cause, for the log only

	// Header is added to the answer: Retry-After, Allow, a cookie's removal.
	// What the handler itself had set before it failed is taken back.
	Header http.Header
}

// Error is the sentence for the log.
func (e *Error) Error() string {
	text := e.Public
	if text == "" {
		text = http.StatusText(e.Status)
	}
	if e.Err != nil {
		return fmt.Sprintf("%d: %s: %v", e.Status, text, e.Err)
	}
	return fmt.Sprintf("%d: %s", e.Status, text)
}

// Unwrap gives the private cause.
func (e *Error) Unwrap() error { return e.Err }

// code of requests that could be read in two ways, as the gate has it.
const notCanonical = "request-not-canonical"

// malformed says that a request could be read in two ways, or in none.
func malformed(public string, err error) *Error {
	return &Error{Status: http.StatusBadRequest, Code: notCanonical, Public: public, Err: err}
}
