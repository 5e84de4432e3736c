// SPDX-License-Identifier: Apache-2.0

package gate

import "net/http"

// A heading is a header in which some front server states what the browser
// asked of it, who asked, or what it is about to serve, or that shows one to ask
// in the wrong place.
type heading uint8

// Zero is no heading.
const (
	_ heading = iota
	originalMethod
	originalURI
	originalURL
	originalHost
	rewriteURL
	forwardedMethod
	forwardedURI
	forwardedHost
	forwardedProto
	forwardedPrefix
	forwardedFor
	namedApplication
	headings // how many there are
)

// String gives the header's name in canonical form.
func (n heading) String() string {
	return [headings]string{"", "X-Original-Method", "X-Original-Uri", "X-Original-Url", "X-Original-Host", "X-Rewrite-Url",
		"X-Forwarded-Method", "X-Forwarded-Uri", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Forwarded-For", "X-Usher-Application"}[n]
}

func headingOf(name string) heading {
	switch name {
	case "X-Original-Method":
		return originalMethod
	case "X-Original-Uri":
		return originalURI
	case "X-Original-Url":
		return originalURL
	case "X-Original-Host":
		return originalHost
	case "X-Rewrite-Url":
		return rewriteURL
	case "X-Forwarded-Method":
		return forwardedMethod
	case "X-Forwarded-Uri":
		return forwardedURI
	case "X-Forwarded-Host":
		return forwardedHost
	case "X-Forwarded-Proto":
		return forwardedProto
	case "X-Forwarded-Prefix":
		return forwardedPrefix
	case "X-Forwarded-For":
		return forwardedFor
	case "X-Usher-Application":
		return namedApplication
	}
	return 0
}

// statements are what a question's headers say, by heading. They are read in one
// pass: looking each of them up costs more than the verdict.
type statements [headings][]string

// hear reads what a question states. It also finds one whose name is not the
// name of a protected header and could be taken for it; empty: there is none.
func (s *headerSet) hear(h http.Header, into *statements) (alias string) {
	for name, values := range h {
		if n := headingOf(name); n != 0 {
			into[n] = values
		} else if !plainName(name) && s.protects(name) {
			alias = name
		}
	}
	return alias
}
