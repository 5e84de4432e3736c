// SPDX-License-Identifier: Apache-2.0

package lane

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// maxQuestion bounds a question with all its headers, in bytes: one read. A
// larger one is net/http's.
const maxQuestion = 8 << 10

// A reader reads the questions of one connection:
//
//   - GET and HTTP/1.1, to a target that is one of a question;
//   - lines that end in CR LF, names that are tokens right before the colon, no
//     folded values, no control characters (RFC 9112 sections 3 and 5);
//   - exactly one Host, of letters, digits, ".", "-", "_", ":", "[" and "]";
//   - nothing that says how the message or the connection goes on: no
//     Content-Length, Transfer-Encoding, Trailer, TE, Expect, Upgrade or
//     HTTP2-Settings, and Connection with keep-alive alone;
//   - all of it there at once, in at most 8 KiB.
//
// What it reads is what net/http would have made of the same bytes.
type reader struct {
	takes  func(target string) bool
	names  map[string]string // canonical forms of names as they are often written
	blank  *http.Request     // what all requests of the connection have in common
	target string            // the last one
	url    *url.URL          // of it
}

func newReader(ctx context.Context, peer net.Addr, takes func(string) bool, names map[string]string) *reader {
	blank := &http.Request{Method: http.MethodGet, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody}
	if peer != nil {
		blank.RemoteAddr = peer.String()
	}
	return &reader{takes: takes, names: names, blank: blank.WithContext(ctx)}
}

const (
	opening = "GET "
	version = " HTTP/1.1"
)

// read gives the question at the beginning of b and how many bytes it has; nil
// and 0: whatever is there is not for the lane.
func (q *reader) read(b []byte) (*http.Request, int) {
	if !bytes.HasPrefix(b, []byte(opening)) {
		return nil, 0
	}
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 || end+4 > maxQuestion {
		return nil, 0
	}
	text := string(b[:end+2]) // the request's own: b is written over
	line, text, _ := strings.Cut(text, "\r\n")
	r := q.begin(line)
	if r == nil || !q.headers(r, text) {
		return nil, 0
	}
	return r, end + 4
}

// begin reads the request line.
func (q *reader) begin(line string) *http.Request {
	target, found := strings.CutSuffix(line[len(opening):], version)
	if !found || !visible(target) || !q.takes(target) {
		return nil
	}
	if q.url == nil || q.target != target {
		u, err := url.ParseRequestURI(target)
		if err != nil || u.Host != "" || u.Scheme != "" {
			return nil
		}
		q.target, q.url = strings.Clone(target), u
	}
	r, u := *q.blank, *q.url // handlers may alter theirs
	r.RequestURI, r.URL = target, &u
	return &r
}

// headers reads the lines behind the request line, each of which ends in CR LF.
func (q *reader) headers(r *http.Request, text string) bool {
	lines := strings.Count(text, "\n")
	r.Header = make(http.Header, lines)
	values := make([]string, 0, lines)
	hosts := 0
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\r\n")
		colon := strings.IndexByte(line, ':')
		if colon <= 0 {
			return false
		}
		value := trim(line[colon+1:])
		if !plain(value) {
			return false
		}
		name, known := q.names[line[:colon]]
		if !known {
			if !token(line[:colon]) {
				return false
			}
			name = textproto.CanonicalMIMEHeaderKey(line[:colon])
		}
		switch name {
		case "Host":
			if hosts++; !hostly(value) {
				return false
			}
			r.Host = value
			continue
		case "Connection":
			if !strings.EqualFold(value, "keep-alive") {
				return false
			}
		case "Content-Length", "Transfer-Encoding", "Trailer", "Te", "Expect", "Upgrade", "Http2-Settings":
			return false
		}
		values = append(values, value)
		if before := r.Header[name]; before != nil {
			r.Header[name] = append(before, value)
		} else {
			r.Header[name] = values[len(values)-1 : len(values) : len(values)]
		}
	}
	if asked := r.Header["Pragma"]; len(asked) > 0 && asked[0] == "no-cache" && r.Header["Cache-Control"] == nil {
		r.Header["Cache-Control"] = []string{"no-cache"} // as net/http does (RFC 7234 section 5.4)
	}
	return hosts == 1
}

// visible reports whether all of s is printable ASCII without a blank.
func visible(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return s != ""
}

// plain reports whether s has no control characters but tabs (RFC 9110 section 5.5).
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// token reports whether s may be a header's name (RFC 9110 section 5.6.2).
func token(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !alphanumeric(c) && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}

func hostly(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; !alphanumeric(c) && strings.IndexByte(".-_:[]", c) < 0 {
			return false
		}
	}
	return s != ""
}

func alphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// trim removes blanks around a value.
func trim(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	return s
}

// spellings gives the canonical forms of names as front servers and browsers
// write them, so that most need not be made for each request.
func spellings() map[string]string {
	out := make(map[string]string)
	for _, name := range []string{
		"Host", "Connection", "Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Cache-Control", "Content-Type", "Cookie", "DNT", "Forwarded", "If-Modified-Since",
		"If-None-Match", "Origin", "Pragma", "Priority", "Range", "Referer", "Sec-CH-UA", "Sec-CH-UA-Mobile", "Sec-CH-UA-Platform", "Sec-Fetch-Dest", "Sec-Fetch-Mode",
		"Sec-Fetch-Site", "Sec-Fetch-User", "Sec-GPC", "Traceparent", "Tracestate", "Upgrade-Insecure-Requests", "User-Agent", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Method",
		"X-Forwarded-Port", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Forwarded-Uri", "X-Forwarded-URI", "X-Original-Method", "X-Original-URI", "X-Real-Ip", "X-Real-IP", "X-Request-Id", "X-Request-ID",
		"X-Requested-With", "X-Usher-Application",
	} {
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		for _, written := range []string{name, canonical, strings.ToLower(name)} {
			out[written] = canonical
		}
	}
	return out
}
