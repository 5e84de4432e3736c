// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes text that somebody else wrote fit for one line of a log: control
// characters, separators of lines and whatever turns the direction of writing
// are shown as escapes, and at most most bytes of the original are taken.
func Clean(text string, most int) string {
	cut := 0
	if len(text) > most {
		cut = len(text) - most
		text = text[:most]
		for cut < 4 && len(text) > 0 && !utf8.ValidString(text[max(0, len(text)-utf8.UTFMax):]) {
			text, cut = text[:len(text)-1], cut+1
		}
	}
	clean := text
	if strings.IndexFunc(text, unfit) >= 0 {
		clean = escape(text)
	}
	if cut > 0 {
		clean += fmt.Sprintf("… (%d bytes more)", cut)
	}
	return clean
}

// unfit reports whether a character could break or disguise a line.
func unfit(r rune) bool {
	return r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

func escape(text string) string {
	var b strings.Builder
	for i, width := 0, 0; i < len(text); i += width {
		var r rune
		r, width = utf8.DecodeRuneInString(text[i:])
		switch {
		case !unfit(r):
			b.WriteRune(r)
		case r == utf8.RuneError && width == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case r < utf8.RuneSelf:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
