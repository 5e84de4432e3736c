// SPDX-License-Identifier: Apache-2.0

package lookalike

import (
	"fmt"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Difference says in one phrase where got parts from want and how, columns in
// characters from one, code points spelled out:
//
//	column 20: U+00A0 NO-BREAK SPACE where U+0020 SPACE is wanted
//
// It is empty where the two are equal.
func Difference(got, want string) string {
	a, b := []rune(got), []rune(want)
	at, phrase, more := firstDifference(a, b)
	if phrase == "" && got != want {
		return "bytes that are not UTF-8"
	}
	if phrase == "" {
		return ""
	}
	text := fmt.Sprintf("column %d: %s", at+1, phrase)
	switch {
	case more == 1:
		text += " (and 1 more difference)"
	case more > 1:
		text += fmt.Sprintf(" (and %d more differences)", more)
	}
	return text
}

// firstDifference gives the index of the first difference, its phrase, and how
// many more there are.
func firstDifference(a, b []rune) (at int, phrase string, more int) {
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	x, y := a[at:], b[at:]
	if len(x) == 0 && len(y) == 0 {
		return at, "", 0
	}
	if p, n := composedOtherwise(x, y); p != "" {
		return at, p, n
	}
	if len(x) > longestDrawn || len(y) > longestDrawn {
		return at, parted(x, y), 0
	}
	full := len(x) + len(y)
	d := distance(x, y, full)
	switch {
	case len(x) > 1 && len(y) > 1 && x[0] == y[1] && x[1] == y[0] && distance(x[2:], y[2:], full) == d-1:
		return at, fmt.Sprintf("%q where %q is wanted", string(x[:2]), string(y[:2])), d - 1
	case len(x) > 0 && len(y) > 0 && distance(x[1:], y[1:], full) == d-1:
		return at, parted(x, y), d - 1
	case len(x) > 0 && distance(x[1:], y, full) == d-1:
		return at, codePoint(x[0]) + " too many", d - 1
	default:
		return at, codePoint(y[0]) + " is missing", d - 1
	}
}

// longestDrawn bounds the names whose every difference is counted.
const longestDrawn = 1024

func parted(x, y []rune) string {
	switch {
	case len(x) == 0:
		return codePoint(y[0]) + " is missing"
	case len(y) == 0:
		return codePoint(x[0]) + " too many"
	default:
		return replaced(x[0], y[0])
	}
}

func replaced(got, want rune) string {
	phrase := codePoint(got) + " where " + codePoint(want) + " is wanted"
	if foldCase(string(got)) == foldCase(string(want)) {
		phrase += " (case)"
	}
	return phrase
}

// composedOtherwise recognizes one letter written as one code point here and
// as a letter with combining marks there.
func composedOtherwise(x, y []rune) (phrase string, more int) {
	for i := 1; i <= len(x) && i <= 4; i++ {
		for j := 1; j <= len(y) && j <= 4; j++ {
			if i == j && i == 1 {
				continue
			}
			if norm.NFC.String(string(x[:i])) == norm.NFC.String(string(y[:j])) && (i == len(x) || !unicode.IsMark(x[i])) && (j == len(y) || !unicode.IsMark(y[j])) {
				rest := min(len(x)+len(y), longestDrawn)
				return fmt.Sprintf("%s where %s is wanted: the same letter, composed otherwise", points(x[:i]), points(y[:j])),
					distance([]rune(norm.NFC.String(string(x[i:]))), []rune(norm.NFC.String(string(y[j:]))), rest)
			}
		}
	}
	return "", 0
}

func points(rs []rune) string {
	text := ""
	for _, r := range rs {
		text += fmt.Sprintf("U+%04X ", r)
	}
	return text + fmt.Sprintf("%q", norm.NFC.String(string(rs)))
}
