// SPDX-License-Identifier: Apache-2.0

// Package web holds what usher's own pages need of HTTP and what knows nothing
// of signing in: handlers that return errors, and the one [Frame] that turns an
// error into a status, a page and a line of the log; security headers; the
// address of the client behind trusted proxies; queries, headers and cookies
// read so that they can be read in one way only; limits on what comes in.
//
// Everything here fails closed: a handler that returns without an answer, or
// panics, gives a 500, never a 200.
package web
