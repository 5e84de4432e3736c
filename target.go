// SPDX-License-Identifier: Apache-2.0

package usher

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"unicode/utf8"
)

// MaxTargetBytes bounds a request target.
const MaxTargetBytes = 8 << 10

// A Target is what a request asks for, in the one form that may be judged and
// forwarded.
type Target struct {
	Host  string // canonical, see [CanonicalHost]
	Path  string // escaped, as it was received; canonical
	Query string // raw, without the question mark
}

// URI gives path and query as a request line has them.
func (t Target) URI() string {
	if t.Query == "" {
		return t.Path
	}
	return t.Path + "?" + t.Query
}

// CanonicalHost lower-cases a host and removes port and final dot, so that one
// site has one name; an IPv6 address, in brackets, takes its shortest spelling
// (RFC 5952). The result is empty where host is not a host at all.
func CanonicalHost(host string) string {
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		for _, c := range []byte(host[i+1:]) {
			if c < '0' || c > '9' {
				return ""
			}
		}
		host = host[:i]
	}
	if strings.HasPrefix(host, "[") {
		return canonicalIPv6(host)
	}
	host = strings.TrimSuffix(host, ".")
	if host == "" || host[0] == '.' || host[len(host)-1] == '.' || strings.Contains(host, "..") {
		return ""
	}
	for i := 0; i < len(host); i++ {
		if !hostByte(host[i]) {
			return "" // a colon too: an IPv6 address without brackets
		}
	}
	return strings.ToLower(host)
}

func canonicalIPv6(host string) string {
	inner, ok := strings.CutSuffix(host[1:], "]")
	addr, err := netip.ParseAddr(inner)
	if !ok || err != nil || !addr.Is6() || addr.Zone() != "" {
		return ""
	}
	return "[" + addr.String() + "]"
}

func hostByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_'
}

// Why a request target is refused.
var (
	errTargetHost    = errors.New("the host is missing or is not a host name")
	errTargetForm    = errors.New("the request target is not a path that begins with one slash")
	errTargetLong    = errors.New("the request target is longer than 8 KiB")
	errPathDots      = errors.New("the path has a dot segment")
	errPathBytes     = errors.New(`the path has a control byte, a blank, "\", ";", "#" or bytes that are not UTF-8`)
	errPathEncoded   = errors.New("the path has an encoded slash, an encoded percent before two hex digits, or an encoding that is not one")
	errPathEmpty     = errors.New("the path has an empty segment")
	errQueryFragment = errors.New("the query has a control byte, a blank or a fragment")
)

// ParseTarget judges the form of a request target: a path that begins with one
// slash, perhaps a query. It refuses whatever an application could read in
// another way than usher does - dot segments, backslashes, semicolons, empty
// segments, control bytes, encoded slashes, double encodings, bytes that are
// not UTF-8 - raw or percent-encoded.
func ParseTarget(host, uri string) (Target, error) {
	h := CanonicalHost(host)
	if h == "" {
		return Target{}, errTargetHost
	}
	if len(uri) > MaxTargetBytes {
		return Target{}, errTargetLong
	}
	path, query, _ := strings.Cut(uri, "?")
	if err := checkPath(path); err != nil {
		return Target{}, err
	}
	for i := 0; i < len(query); i++ {
		if c := query[i]; c <= ' ' || c == 0x7f || c == '#' {
			return Target{}, errQueryFragment
		}
	}
	return Target{Host: h, Path: path, Query: query}, nil
}

// checkPath says whether a path, as it was received, is canonical.
func checkPath(path string) error {
	_, err := canonicalPath(path)
	return err
}

// canonicalPath decodes a path, once, and refuses it where a second decoding,
// or a reader with other habits, would find another path in it.
func canonicalPath(path string) (decoded string, err error) {
	if path == "" || path[0] != '/' {
		return "", errTargetForm
	}
	if plainPath(path) {
		return path, nil
	}
	decoded, err = decodePath(path)
	if err != nil {
		return "", err
	}
	if !utf8.ValidString(decoded) {
		return "", errPathBytes
	}
	for i := 0; i < len(decoded); i++ {
		switch c := decoded[i]; {
		case c < ' ' || c == 0x7f || c == '\\' || c == ';':
			return "", errPathBytes
		case c == '%' && i+2 < len(decoded) && isHex(decoded[i+1]) && isHex(decoded[i+2]):
			return "", errPathEncoded // also where the digits came encoded: %25%32%66
		}
	}
	return decoded, checkSegments(decoded)
}

// plainPath is the quick way for the paths that nearly every request has.
func plainPath(path string) bool {
	prev := byte(0)
	for i := 0; i < len(path); i++ {
		c := path[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '~':
		case c == '.':
			if prev == '/' {
				return false
			}
		case c == '/':
			if prev == '/' {
				return false
			}
		default:
			return false
		}
		prev = c
	}
	return true
}

func decodePath(path string) (string, error) {
	var b strings.Builder
	b.Grow(len(path))
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c <= ' ' || c == 0x7f || c == '#' || c == '?' {
			return "", errPathBytes
		}
		if c != '%' {
			b.WriteByte(c)
			continue
		}
		if i+2 >= len(path) {
			return "", errPathEncoded
		}
		hi, ok1 := unhex(path[i+1])
		lo, ok2 := unhex(path[i+2])
		if !ok1 || !ok2 {
			return "", errPathEncoded
		}
		d := hi<<4 | lo
		if d == '/' {
			return "", errPathEncoded // once decoded it could not be told from a border
		}
		b.WriteByte(d)
		i += 2
	}
	return b.String(), nil
}

func checkSegments(decoded string) error {
	segments := strings.Split(decoded[1:], "/")
	for i, s := range segments {
		if s == "." || s == ".." {
			return errPathDots
		}
		if s == "" && i < len(segments)-1 {
			return errPathEmpty
		}
	}
	return nil
}

func unhex(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

func isHex(c byte) bool { _, ok := unhex(c); return ok }

// MaxReturnBytes bounds a return target.
const MaxReturnBytes = 2048

// ReturnTarget says where a browser may be sent after a sign-in or sign-out: a
// path that begins with one slash, or an absolute address at one of the
// allowed origins (see [Origin]). Its path must be one that [ParseTarget]
// takes. The answer is the string to write, unchanged. Anything else is
// refused; the caller then goes to its landing page.
func ReturnTarget(target string, origins []string) (string, bool) {
	if target == "" || len(target) > MaxReturnBytes {
		return "", false
	}
	for i := 0; i < len(target); i++ {
		if c := target[i]; c <= ' ' || c == '\\' || c >= 0x7f {
			return "", false
		}
	}
	u, err := url.Parse(target)
	if err != nil || u.User != nil || u.Opaque != "" {
		return "", false
	}
	if target[0] == '/' {
		if u.Host != "" || u.Scheme != "" || checkPath(u.EscapedPath()) != nil {
			return "", false
		}
		return target, true
	}
	if !strings.HasPrefix(target, "https://") && !strings.HasPrefix(target, "http://") {
		return "", false // "https:evil" and other spellings that only browsers understand
	}
	origin, err := Origin(target)
	if err != nil || CanonicalHost(u.Host) == "" || u.Path != "" && checkPath(u.EscapedPath()) != nil {
		return "", false
	}
	for _, o := range origins {
		if o == origin {
			return target, true
		}
	}
	return "", false
}
