// SPDX-License-Identifier: Apache-2.0

package lookalike

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Show makes visible what a screen hides or disguises: invisible characters,
// blanks other than the space, dashes, quotes and look-alike letters become
// [U+00A0] and the like. Letters of another alphabet stay as they are where
// their word is written in that alphabet.
func Show(s string) string {
	if ascii(s) {
		return s
	}
	var b strings.Builder
	for _, p := range shown([]rune(s)) {
		b.WriteString(p)
	}
	return b.String()
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] >= 0x7F {
			return false
		}
	}
	return true
}

// shown gives what to print for each character.
func shown(rs []rune) []string {
	foreign := foreignWords(rs)
	out := make([]string, len(rs))
	for i, r := range rs {
		l := lookOf(r)
		switch {
		case l.family == letter && foreign[i], l.family == ordinary && r != unicode.ReplacementChar && !stray(rs, i):
			out[i] = string(r)
		default:
			out[i] = fmt.Sprintf("[U+%04X]", r)
		}
	}
	return out
}

// stray reports a combining mark that has a composed form with its letter:
// the two spellings look alike, so the mark is shown.
func stray(rs []rune, i int) bool {
	return unicode.Is(unicode.Mn, rs[i]) && i > 0 && rs[i] >= 0x0300 && rs[i] <= 0x036F && rs[i-1] < 0x0250
}

// foreignWords marks the characters of words that are really written in
// another alphabet: they hold no ASCII letter, and the text has a letter of
// that alphabet that nobody takes for a Latin one.
func foreignWords(rs []rune) []bool {
	genuine := false
	for _, r := range rs {
		if r >= 0x0370 && unicode.IsLetter(r) && lookOf(r).family == ordinary {
			genuine = true
		}
	}
	marks := make([]bool, len(rs))
	for from := 0; from < len(rs); {
		till, mixed := from, false
		for till < len(rs) && !separates(rs[till]) {
			mixed = mixed || rs[till] < 0x80 && unicode.IsLetter(rs[till])
			till++
		}
		for i := from; i < till; i++ {
			marks[i] = genuine && !mixed
		}
		from = till + 1
	}
	return marks
}

// A Drawing shows two names one above the other and a mark under the first
// difference. All three lines are to be printed with the same indentation.
type Drawing struct{ Got, Want, Mark string }

// Caret draws the first difference of two names.
func Caret(got, want string) Drawing {
	a, b := []rune(got), []rune(want)
	at := 0
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	left := shown(a)
	return Drawing{
		Got:  strings.Join(left, ""),
		Want: strings.Join(shown(b), ""),
		Mark: strings.Repeat(" ", columns(strings.Join(left[:at], ""))) + "^",
	}
}

// Columns says how many columns of a terminal a text takes.
func Columns(s string) int { return columns(s) }

func columns(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r):
		case width.LookupRune(r).Kind() == width.EastAsianWide, width.LookupRune(r).Kind() == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// Visible shows control characters and whatever else takes no room or turns
// the writing around, and leaves all other text as it is: for printing what
// somebody else wrote to a terminal.
func Visible(s string) string {
	if ascii(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if lookOf(r).family == invisible || r != '\n' && unicode.IsControl(r) || r == 0x2028 || r == 0x2029 {
			fmt.Fprintf(&b, "[U+%04X]", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
