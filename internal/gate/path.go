// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"errors"
	"strings"

	"github.com/usher-signin/usher"
)

// Why a target is refused that has a canonical form.
var (
	errPathTwice   = errors.New("the path is percent-encoded more than once")
	errPathBorders = errors.New("the path belongs to one application as it is written and to another once it is decoded")
)

// checkHarshly refuses paths that mean something else to a reader who decodes
// until nothing is left to decode.
func checkHarshly(path string) error {
	if strings.IndexByte(path, '%') < 0 {
		return nil
	}
	if hasEscape(unescapeOnce(path)) {
		return errPathTwice
	}
	return nil
}

// match finds the application that covers the target. Front servers route by
// the decoded path and applications read it decoded, so a path that decoding
// moves from one application to another is nobody's.
func (r *Rules) match(t usher.Target) (*usher.Application, error) {
	app := r.apps.Match(t)
	if strings.IndexByte(t.Path, '%') < 0 {
		return app, nil
	}
	plain := t
	plain.Path = unescapeOnce(t.Path)
	if r.apps.Match(plain) != app {
		return nil, errPathBorders
	}
	return app, nil
}

// unescapeOnce decodes %XX; what is no encoding stays.
func unescapeOnce(path string) string {
	var b strings.Builder
	b.Grow(len(path))
	for i := 0; i < len(path); i++ {
		if path[i] == '%' && i+2 < len(path) && isHex(path[i+1]) && isHex(path[i+2]) {
			b.WriteByte(unhex(path[i+1])<<4 | unhex(path[i+2]))
			i += 2
			continue
		}
		b.WriteByte(path[i])
	}
	return b.String()
}

func hasEscape(path string) bool {
	for i := 0; i+2 < len(path); i++ {
		if path[i] == '%' && isHex(path[i+1]) && isHex(path[i+2]) {
			return true
		}
	}
	return false
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// unhex gives the value of a byte for which isHex holds.
func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}
