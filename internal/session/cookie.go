// SPDX-License-Identifier: Apache-2.0

package session

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// CookieName is the session cookie. The prefix makes browsers refuse it
// without Secure, with a Domain, or with a path other than / (RFC 6265bis
// section 4.1.3), so that no sibling host can plant one.
const CookieName = "__Host-usher_session"

const (
	secretBytes = 32
	valueLength = 43 // of 32 bytes in base64url without padding
)

// maxCookieHeader bounds what is searched for our cookies.
const maxCookieHeader = 64 << 10

type key [sha256.Size]byte

func keyOf(value string) key {
	var room [valueLength]byte // a value of ours needs no memory
	return sha256.Sum256(append(room[:0], value...))
}

func (k key) id() string { return hex.EncodeToString(k[:]) }

func parseID(id string) (k key, ok bool) {
	raw, err := hex.DecodeString(id)
	if err != nil || len(raw) != len(k) {
		return k, false
	}
	return key(raw), true
}

// NewValue draws a cookie value of 256 bits.
func NewValue(random io.Reader) (string, error) {
	var raw [secretBytes]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("drawing a cookie value: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw[:]), nil
}

// Hash names a cookie value where it is kept; the value itself never is.
func Hash(value string) string { return keyOf(value).id() }

// Values returns every value that the Cookie headers hold under exactly this
// name, duplicates included, so that a second one can be noticed.
func Values(header http.Header, name string) []string {
	var out []string
	each(header, func(n, v string) {
		if n == name {
			out = append(out, v)
		}
	})
	return out
}

// Names returns the names of cookies that begin with prefix, in the order sent.
func Names(header http.Header, prefix string) []string {
	var out []string
	each(header, func(n, _ string) {
		if strings.HasPrefix(n, prefix) {
			out = append(out, n)
		}
	})
	return out
}

func each(header http.Header, visit func(name, value string)) {
	for _, line := range header["Cookie"] {
		if len(line) > maxCookieHeader {
			continue
		}
		for line != "" {
			var pair string
			pair, line, _ = strings.Cut(line, ";")
			name, value, found := strings.Cut(strings.Trim(pair, " \t"), "=")
			if found {
				visit(name, value)
			}
		}
	}
}

// sole gives the one session value of a request. Two different ones are no
// session at all: a sibling may have tossed one of them. It reads as each does,
// without the general means: every request of every application comes this way.
func sole(header http.Header) (value string, present, valid bool) {
	clash := false
	for _, line := range header["Cookie"] {
		for line != "" && len(line) <= maxCookieHeader {
			pair := line
			if i := strings.IndexByte(line, ';'); i >= 0 {
				pair, line = line[:i], line[i+1:]
			} else {
				line = ""
			}
			for pair != "" && (pair[0] == ' ' || pair[0] == '\t') {
				pair = pair[1:]
			}
			v, ours := strings.CutPrefix(pair, CookieName+"=")
			if !ours {
				continue
			}
			v = strings.TrimRight(v, " \t")
			clash = clash || present && v != value
			value, present = v, true
		}
	}
	return value, present, present && !clash && wellFormed(value)
}

func wellFormed(value string) bool {
	if len(value) != valueLength {
		return false
	}
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}

// HostCookie makes a cookie of ours: bound to the host, unreadable for
// scripts, not sent on cross-site requests other than page loads. A maxAge of
// zero makes it end with the browser, a negative one removes it.
func HostCookie(name, value string, maxAge int) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: maxAge}
}
