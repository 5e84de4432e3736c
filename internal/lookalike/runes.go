// SPDX-License-Identifier: Apache-2.0

package lookalike

import (
	"fmt"
	"unicode"
)

// A family says what a character is mistaken for.
type family uint8

const (
	ordinary  family = iota
	blank            // a white-space character other than U+0020
	invisible        // takes no room at all, or breaks the line
	dash             // mistaken for U+002D HYPHEN-MINUS
	quote            // mistaken for U+0027 or U+0022
	letter           // mistaken for a Latin letter or an ASCII sign
)

// A look says what a character is called and what it is mistaken for.
type look struct {
	family family
	as     rune // what a person reads; 0: nothing at all
	name   string
}

// lookOf tells what a person takes r for. The table holds the characters that
// keyboards, word processors, translated manuals and web pages really leave in
// names; the letters are those whose usual shapes equal a Latin letter's.
func lookOf(r rune) look {
	switch {
	case r < 0x80:
		return asciiLook(r)
	case r >= 0xFF01 && r <= 0xFF5E:
		return look{letter, r - 0xFEE0, fmt.Sprintf("FULLWIDTH FORM OF %q", string(r-0xFEE0))}
	case r >= 0xFE00 && r <= 0xFE0F:
		return look{invisible, 0, fmt.Sprintf("VARIATION SELECTOR-%d", r-0xFE00+1)}
	case r < 0x0300:
		return latinLook(r)
	case r < 0x0400:
		return greekLook(r)
	case r < 0x0530:
		return cyrillicLook(r)
	default:
		return signLook(r)
	}
}

func asciiLook(r rune) look {
	switch r {
	case '\t':
		return look{blank, ' ', "CHARACTER TABULATION"}
	case '\n':
		return look{blank, ' ', "LINE FEED"}
	case '\r':
		return look{blank, ' ', "CARRIAGE RETURN"}
	case '\v', '\f':
		return look{blank, ' ', "LINE OR PAGE BREAK"}
	}
	if r < 0x20 || r == 0x7F {
		return look{invisible, 0, "CONTROL CHARACTER"}
	}
	return look{ordinary, r, asciiName(r)}
}

func asciiName(r rune) string {
	switch r {
	case ' ':
		return "SPACE"
	case '-':
		return "HYPHEN-MINUS"
	case '_':
		return "LOW LINE"
	case '\'':
		return "APOSTROPHE"
	case '"':
		return "QUOTATION MARK"
	case '`':
		return "GRAVE ACCENT"
	}
	return ""
}

func latinLook(r rune) look {
	switch r {
	case 0x0085:
		return look{blank, ' ', "NEXT LINE"}
	case 0x00A0:
		return look{blank, ' ', "NO-BREAK SPACE"}
	case 0x00AD:
		return look{invisible, 0, "SOFT HYPHEN"}
	case 0x00B4:
		return look{quote, '\'', "ACUTE ACCENT"}
	case 0x0131:
		return look{letter, 'i', "LATIN SMALL LETTER DOTLESS I"}
	case 0x0251:
		return look{letter, 'a', "LATIN SMALL LETTER ALPHA"}
	case 0x0261:
		return look{letter, 'g', "LATIN SMALL LETTER SCRIPT G"}
	case 0x01C0:
		return look{letter, 'l', "LATIN LETTER DENTAL CLICK"}
	case 0x02BC:
		return look{quote, '\'', "MODIFIER LETTER APOSTROPHE"}
	case 0x02D7:
		return look{dash, '-', "MODIFIER LETTER MINUS SIGN"}
	}
	if r < 0xA0 {
		return look{invisible, 0, "CONTROL CHARACTER"}
	}
	return look{ordinary, r, ""}
}

func signLook(r rune) look {
	switch r {
	case 0x061C:
		return look{invisible, 0, "ARABIC LETTER MARK"}
	case 0x115F, 0x1160, 0x3164, 0xFFA0:
		return look{invisible, 0, "HANGUL FILLER"}
	case 0x1680:
		return look{blank, ' ', "OGHAM SPACE MARK"}
	case 0x180E:
		return look{invisible, 0, "MONGOLIAN VOWEL SEPARATOR"}
	case 0x2028:
		return look{blank, ' ', "LINE SEPARATOR"}
	case 0x2029:
		return look{blank, ' ', "PARAGRAPH SEPARATOR"}
	case 0x202F:
		return look{blank, ' ', "NARROW NO-BREAK SPACE"}
	case 0x205F:
		return look{blank, ' ', "MEDIUM MATHEMATICAL SPACE"}
	case 0x2060:
		return look{invisible, 0, "WORD JOINER"}
	case 0x2212:
		return look{dash, '-', "MINUS SIGN"}
	case 0x3000:
		return look{blank, ' ', "IDEOGRAPHIC SPACE"}
	case 0xFE58, 0xFE63:
		return look{dash, '-', "SMALL HYPHEN-MINUS OR DASH"}
	case 0xFEFF:
		return look{invisible, 0, "ZERO WIDTH NO-BREAK SPACE (BYTE ORDER MARK)"}
	}
	if name, ok := punctuationName(r); ok {
		return name
	}
	if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) {
		return look{invisible, 0, "FORMAT CHARACTER"}
	}
	return look{ordinary, r, ""}
}

// punctuationName covers the General Punctuation block, U+2000 to U+206F.
func punctuationName(r rune) (look, bool) {
	spaces := []string{"EN QUAD", "EM QUAD", "EN SPACE", "EM SPACE", "THREE-PER-EM SPACE", "FOUR-PER-EM SPACE",
		"SIX-PER-EM SPACE", "FIGURE SPACE", "PUNCTUATION SPACE", "THIN SPACE", "HAIR SPACE"}
	marks := []string{"ZERO WIDTH SPACE", "ZERO WIDTH NON-JOINER", "ZERO WIDTH JOINER", "LEFT-TO-RIGHT MARK", "RIGHT-TO-LEFT MARK"}
	dashes := []string{"HYPHEN", "NON-BREAKING HYPHEN", "FIGURE DASH", "EN DASH", "EM DASH", "HORIZONTAL BAR"}
	bidi := []string{"LEFT-TO-RIGHT EMBEDDING", "RIGHT-TO-LEFT EMBEDDING", "POP DIRECTIONAL FORMATTING",
		"LEFT-TO-RIGHT OVERRIDE", "RIGHT-TO-LEFT OVERRIDE"}
	isolates := []string{"LEFT-TO-RIGHT ISOLATE", "RIGHT-TO-LEFT ISOLATE", "FIRST STRONG ISOLATE", "POP DIRECTIONAL ISOLATE"}
	single := []string{"LEFT SINGLE QUOTATION MARK", "RIGHT SINGLE QUOTATION MARK", "SINGLE LOW-9 QUOTATION MARK", "SINGLE HIGH-REVERSED-9 QUOTATION MARK"}
	double := []string{"LEFT DOUBLE QUOTATION MARK", "RIGHT DOUBLE QUOTATION MARK", "DOUBLE LOW-9 QUOTATION MARK", "DOUBLE HIGH-REVERSED-9 QUOTATION MARK"}
	switch {
	case r >= 0x2000 && r <= 0x200A:
		return look{blank, ' ', nth(spaces, r-0x2000)}, true
	case r >= 0x200B && r <= 0x200F:
		return look{invisible, 0, nth(marks, r-0x200B)}, true
	case r >= 0x2010 && r <= 0x2015:
		return look{dash, '-', nth(dashes, r-0x2010)}, true
	case r >= 0x2018 && r <= 0x201B:
		return look{quote, '\'', nth(single, r-0x2018)}, true
	case r >= 0x201C && r <= 0x201F:
		return look{quote, '"', nth(double, r-0x201C)}, true
	case r >= 0x202A && r <= 0x202E:
		return look{invisible, 0, nth(bidi, r-0x202A)}, true
	case r == 0x2032:
		return look{quote, '\'', "PRIME"}, true
	case r == 0x2033:
		return look{quote, '"', "DOUBLE PRIME"}, true
	case r >= 0x2066 && r <= 0x2069:
		return look{invisible, 0, nth(isolates, r-0x2066)}, true
	case r >= 0x2061 && r <= 0x206F:
		return look{invisible, 0, "INVISIBLE FORMAT CHARACTER"}, true
	}
	return look{}, false
}

func nth(names []string, i rune) string {
	if i < 0 || int(i) >= len(names) {
		return ""
	}
	return names[i]
}

// codePoint writes a character so that no screen can hide it.
func codePoint(r rune) string {
	l := lookOf(r)
	if l.name != "" {
		return fmt.Sprintf("U+%04X %s", r, l.name)
	}
	if l.family == ordinary && unicode.IsPrint(r) {
		if r < 0x80 {
			return fmt.Sprintf("%q", string(r))
		}
		return fmt.Sprintf("U+%04X %q", r, string(r))
	}
	return fmt.Sprintf("U+%04X", r)
}
