// SPDX-License-Identifier: Apache-2.0

package pages

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// visible replaces, in a page that was made, every character that cannot be
// seen or that turns the direction of writing by its code point. Our own
// templates have none, so whatever there is came from outside, escaped but
// still able to make one name look like another. It is done at the end, for
// the whole page, so that no view can forget it.
func visible(html []byte) []byte {
	if bytes.IndexFunc(html, disguises) < 0 && utf8.Valid(html) {
		return html
	}
	var b bytes.Buffer
	for len(html) > 0 {
		r, width := utf8.DecodeRune(html)
		switch {
		case r == utf8.RuneError && width == 1:
			b.WriteString("\uFFFD")
		case disguises(r):
			fmt.Fprintf(&b, "[U+%04X]", r)
		default:
			b.WriteRune(r)
		}
		html = html[width:]
	}
	return b.Bytes()
}

// disguises reports whether a character has no place in a name. Joiners of
// Persian and of emoji, and variation selectors, are part of writing and stay.
func disguises(r rune) bool {
	switch r {
	case '\n', '\t', '\u200c', '\u200d':
		return false
	case '\u00a0', '\u2007', '\u202f', '\u3164', '\u115f', '\u1160':
		return true // blanks that are not the blank
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co)
}
