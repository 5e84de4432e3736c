// SPDX-License-Identifier: Apache-2.0

package lookalike

import (
	"fmt"
	"strings"
	"unicode"
)

// A StrayKind says why a blank does not belong where it is.
type StrayKind string

// The kinds of stray blanks.
const (
	Leading   StrayKind = "leading"
	Trailing  StrayKind = "trailing"
	Doubled   StrayKind = "doubled"
	Invisible StrayKind = "invisible" // takes no room, or looks like a space and is none
)

// A Stray is one blank or invisible character that does not belong in a name.
type Stray struct {
	Column int // in characters, from one
	Rune   rune
	Kind   StrayKind
}

// String says it in one phrase.
func (s Stray) String() string {
	return fmt.Sprintf("column %d: %s, %s", s.Column, codePoint(s.Rune), s.kindWords())
}

func (s Stray) kindWords() string {
	switch s.Kind {
	case Leading:
		return "a blank before the name"
	case Trailing:
		return "a blank after the name"
	case Doubled:
		return "a blank after a blank"
	default:
		if lookOf(s.Rune).family == blank {
			return "a blank that is not a space"
		}
		return "a character that nobody can see"
	}
}

// Strays lists the blanks that do not belong in a name: before it, after it,
// doubled, or invisible. Joiners between letters of scripts that need them,
// and the wide space between wide letters, are part of the spelling.
func Strays(name string) []Stray {
	rs := []rune(name)
	first, last := inner(rs)
	var out []Stray
	for i, r := range rs {
		l := lookOf(r)
		blankish := r == ' ' || l.family == blank
		switch {
		case !blankish && l.family != invisible, belongs(rs, i):
		case blankish && i < first:
			out = append(out, Stray{i + 1, r, Leading})
		case blankish && i > last:
			out = append(out, Stray{i + 1, r, Trailing})
		case r == ' ' && i > 0 && (rs[i-1] == ' ' || lookOf(rs[i-1]).family == blank):
			out = append(out, Stray{i + 1, r, Doubled})
		case r != ' ':
			out = append(out, Stray{i + 1, r, Invisible})
		}
	}
	return out
}

// inner gives the first and last character that can be seen.
func inner(rs []rune) (first, last int) {
	first, last = len(rs), -1
	for i, r := range rs {
		if l := lookOf(r); r != ' ' && l.family != blank && l.family != invisible {
			first, last = min(first, i), i
		}
	}
	return first, last
}

func belongs(rs []rune, i int) bool {
	if i == 0 || i == len(rs)-1 {
		return false
	}
	before, after := rs[i-1], rs[i+1]
	switch rs[i] {
	case 0x200C, 0x200D: // joiners: Persian, Indic scripts, emoji
		return before > 0x0590 && after > 0x0590
	case 0xFE0F: // emoji presentation
		return before > 0x2000
	case 0x3000:
		return wide(before) && wide(after)
	}
	return false
}

func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r >= 0xFF01 && r <= 0xFF5E
}

// Clean is the name without its stray blanks, every one that stood for a space
// made a space.
func Clean(name string) string {
	strays := Strays(name)
	if len(strays) == 0 {
		return name
	}
	kept := []rune(name)
	for _, s := range strays {
		if lookOf(s.Rune).family == blank || s.Rune == ' ' {
			kept[s.Column-1] = ' '
		} else {
			kept[s.Column-1] = -1
		}
	}
	var b strings.Builder
	for _, r := range kept {
		if r >= 0 {
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(collapse(b.String()))
}

func collapse(s string) string {
	for strings.Contains(s, "  ") {
		s = strings.ReplaceAll(s, "  ", " ")
	}
	return s
}
