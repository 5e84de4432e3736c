// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"bytes"
	"net/http"
	"strconv"
	"time"
)

const (
	clockSkew        = "clock-skew"
	slow             = "slow"
	hang             = "hang"
	drip             = "drip"
	connectionReset  = "connection-reset"
	throttledAll     = "throttled"
	serverError      = "server-error"
	answerHTML       = "answer-html"
	answerEmpty      = "answer-empty"
	answerTruncated  = "answer-truncated"
	answerTwice      = "answer-twice"
	answerDuplicates = "answer-duplicate-members"
	answerBOM        = "answer-byte-order-mark"
	answerType       = "answer-content-type"
	answerBomb       = "answer-gzip-bomb"
	answerHeaders    = "answer-header-flood"
	answerEndless    = "answer-endless"
	answerRedirect   = "answer-redirect"
	answerDeep       = "answer-deep"
)

func transportSwitches() []Switch {
	const part = "transport and time"
	return []Switch{
		{Name: clockSkew, Part: part, Check: "clock-skew", Default: "3600", Unit: "seconds", Does: "The stand-in's clock is this far ahead of the right time (behind, if negative), in tokens and in the Date header."},
		{Name: slow, Part: part, Default: "2000", Unit: "milliseconds", Anywhere: true, Does: "Every answer comes this late."},
		{Name: hang, Part: part, Check: "provider-unreachable", Default: "600000", Unit: "milliseconds", Anywhere: true, Does: "No answer comes until the caller gives up, or this time is over and the connection is cut."},
		{Name: drip, Part: part, Check: "provider-unreachable", Default: "1000", Unit: "milliseconds", Anywhere: true, Does: "The body comes byte by byte, with this pause between two."},
		{Name: connectionReset, Part: part, Check: "provider-unreachable", Default: "before", Choices: []string{"before", "within"}, Anywhere: true, Does: "The connection is cut before the answer, or within its body."},
		{Name: throttledAll, Part: part, Check: "provider-unreachable", Default: "38", Unit: "seconds", Anywhere: true, Does: "429, with Retry-After of this many seconds."},
		{Name: serverError, Part: part, Check: "provider-unreachable", Default: "503", Unit: "status", Anywhere: true, Does: "This status, with a page in the body."},
		{Name: answerHTML, Part: part, Check: "captive-page", Anywhere: true, Does: "A page in HTML with status 200, as a proxy's block page is."},
		{Name: answerEmpty, Part: part, Check: "discovery-invalid", Anywhere: true, Does: "Status 200 and no body."},
		{Name: answerTruncated, Part: part, Check: "discovery-invalid", Anywhere: true, Does: "The body ends in its middle."},
		{Name: answerTwice, Part: part, Check: "discovery-invalid", Anywhere: true, Does: "The body is there twice, one after the other."},
		{Name: answerDuplicates, Part: part, Check: "discovery-invalid", Anywhere: true, Does: "Each JSON object has its first member twice, the second time with another value."},
		{Name: answerBOM, Part: part, Check: "discovery-invalid", Anywhere: true, Does: "The body begins with a byte order mark."},
		{Name: answerType, Part: part, Default: "text/plain", Anywhere: true, Does: "The content type is this one."},
		{Name: answerBomb, Part: part, Check: "discovery-invalid", Default: "64", Unit: "MiB", Anywhere: true, Does: "The body is compressed, and unpacks to this size."},
		{Name: answerHeaders, Part: part, Check: "provider-unreachable", Default: "2048", Unit: "KiB", Anywhere: true, Does: "The answer has this much of header lines."},
		{Name: answerEndless, Part: part, Check: "discovery-invalid", Default: "1024", Unit: "MiB", Anywhere: true, Does: "The body does not end before it has this size."},
		{Name: answerDeep, Part: part, Check: "discovery-invalid", Default: "100000", Unit: "levels", Anywhere: true, Does: "The body is JSON nested this deep."},
		{Name: answerRedirect, Part: part, Check: "discovery-redirect", Default: "https://elsewhere.invalid/", Anywhere: true, Does: "302 to this address."},
	}
}

// skew is how far the stand-in's clock is ahead.
func (s *Server) skew() time.Duration { return time.Duration(s.number(clockSkew)) * time.Second }

// amount is the number of a switch that is on for this endpoint.
func (s *Server) amount(name, endpoint string) (int, bool) {
	v, on := s.panel.at(name, endpoint)
	n, _ := strconv.Atoi(v)
	return max(n, 0), on
}

// instead is an answer that takes the place of the endpoint's own.
func (s *Server) instead(endpoint string) (answer, bool) {
	if n, on := s.amount(throttledAll, endpoint); on {
		return throttled(n), true
	}
	if n, on := s.amount(serverError, endpoint); on {
		if n < 400 || n > 599 {
			n = http.StatusServiceUnavailable
		}
		return htmlAnswer(n, "<!DOCTYPE html><title>Unavailable</title><h1>The service is unavailable</h1>"), true
	}
	if to, on := s.panel.at(answerRedirect, endpoint); on {
		return redirect(http.StatusFound, to), true
	}
	if _, on := s.panel.at(answerHTML, endpoint); on {
		return htmlAnswer(http.StatusOK, "<!DOCTYPE html><title>Access denied</title><h1>This site is blocked</h1><p>Ask the network's administrator.</p>"), true
	}
	return answer{}, false
}

// spoilAnswer changes a finished answer.
func (s *Server) spoilAnswer(endpoint string, a answer) answer {
	is := func(name string) bool {
		_, on := s.panel.at(name, endpoint)
		return on
	}
	if is(answerDuplicates) {
		a.body = duplicateMembers(a.body)
	}
	if is(answerTwice) {
		a.body = append(append(bytes.Clone(a.body), '\n'), a.body...)
	}
	if is(answerTruncated) {
		a.body = a.body[:len(a.body)/2]
	}
	if is(answerBOM) {
		a.body = append([]byte("\ufeff"), a.body...)
	}
	if n, on := s.amount(answerDeep, endpoint); on {
		n = min(n, 4_000_000)
		a.body = append(bytes.Repeat([]byte(`{"a":`), n), append([]byte("1"), bytes.Repeat([]byte("}"), n)...)...)
	}
	if is(answerEmpty) {
		a.status, a.body = http.StatusOK, nil
		a.header.Del("Location")
	}
	if v, on := s.panel.at(answerType, endpoint); on {
		a.header.Set("Content-Type", v)
	}
	if n, on := s.amount(answerHeaders, endpoint); on {
		line := string(bytes.Repeat([]byte("x"), 1000))
		for i := range min(n, 65_536) {
			a.header.Set("X-Flood-"+strconv.Itoa(i), line)
		}
	}
	return a
}

// duplicateMembers says the first member of an object twice, the second time
// with the value null.
func duplicateMembers(body []byte) []byte {
	if len(body) < 2 || body[0] != '{' || body[1] != '"' {
		return body
	}
	end := bytes.IndexByte(body[2:], '"')
	if end < 0 {
		return body
	}
	name := body[1 : end+3]
	out := bytes.Clone(body[:len(body)-1])
	return append(append(append(out, ','), name...), []byte(":null}")...)
}

func htmlAnswer(status int, page string) answer {
	a := textAnswer(status, page)
	a.header.Set("Content-Type", "text/html; charset=utf-8")
	return a
}
