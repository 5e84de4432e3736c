// SPDX-License-Identifier: Apache-2.0

package lookalike

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// foldBlanks removes what cannot be seen and makes every run of blanks one
// space, none at the ends.
func foldBlanks(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	pending := false
	for _, r := range s {
		switch lookOf(r).family {
		case invisible:
			continue
		case blank:
			pending = true
			continue
		}
		if r == ' ' {
			pending = true
			continue
		}
		if pending && b.Len() > 0 {
			b.WriteByte(' ')
		}
		pending = false
		b.WriteRune(r)
	}
	return b.String()
}

// zeroWidthAsSpace reads a zero-width space as the space that somebody wanted
// there: pages use it as a place to break a line.
func zeroWidthAsSpace(s string) string { return strings.ReplaceAll(s, "\u200B", " ") }

// plain reports whether blanks need no folding: printable ASCII, single inner spaces.
func plain(s string) bool {
	prev := byte(' ')
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c >= 0x7F || c == ' ' && prev == ' ' {
			return false
		}
		prev = c
	}
	return s == "" || prev != ' '
}

// foldCase makes letters that differ by case only the same.
func foldCase(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 {
			if r >= 'A' && r <= 'Z' {
				r += 'a' - 'A'
			}
			return r
		}
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		return unicode.ToLower(least)
	}, s)
}

// foldMarks reads dashes and quotes as the keyboard's own.
func foldMarks(s string) string {
	return strings.Map(func(r rune) rune {
		if l := lookOf(r); l.family == dash || l.family == quote {
			return l.as
		}
		return r
	}, s)
}

// foldLetters reads look-alike letters as the Latin ones they are taken for.
func foldLetters(s string) string {
	return strings.Map(func(r rune) rune {
		if l := lookOf(r); l.family == letter {
			return l.as
		}
		return r
	}, s)
}

// Skeleton reduces a name to what a tired person reads: two names with the
// same skeleton are taken for one another. It is for comparing only.
func Skeleton(s string) string {
	if plain(s) {
		return foldCase(s)
	}
	s = norm.NFKC.String(foldMarks(foldBlanks(s)))
	return norm.NFC.String(foldCase(norm.NFC.String(foldLetters(s))))
}

// squeeze is the skeleton without any blank: "Team A" and "TeamA".
func squeeze(skeleton string) string { return strings.ReplaceAll(skeleton, " ", "") }
