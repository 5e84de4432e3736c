// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits on text of the provider's that goes into causes and persons, in bytes.
const (
	maxShown       = 120
	maxDescription = 300
	maxName        = 256
)

// clean makes text of the provider's fit for a log line or a page: what does
// not print is removed, and it ends after limit bytes.
func clean(text string, limit int) string {
	return capped(printable(text), limit)
}

func printable(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text))
}

func capped(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	cut := limit - len("…")
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

// tokenLike matches what could be a JWT, whole or cut.
var tokenLike = regexp.MustCompile(`eyJ[A-Za-z0-9_=-]{6,}(\.[A-Za-z0-9_=-]*)*`)

// minSecret is the shortest text that scrub takes for a secret: a shorter one
// would blot out ordinary words.
const minSecret = 4

// scrub removes secrets from text that the provider wrote, as they are and as
// they are written in an address, and whatever looks like a token.
func scrub(text string, secrets ...string) string {
	for _, s := range secrets {
		if len(s) < minSecret {
			continue
		}
		for _, spelling := range []string{s, url.QueryEscape(s), url.PathEscape(s)} {
			text = strings.ReplaceAll(text, spelling, "[secret]")
		}
	}
	return tokenLike.ReplaceAllString(text, "[token]")
}

// quote shows text of the provider's between quotes.
func quote(text string) string {
	return `"` + clean(text, maxShown) + `"`
}
