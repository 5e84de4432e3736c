// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// readable gives what a person reads in a text that was copied from somewhere:
// without the tags of a page, with entities, percent-encodings and the escapes
// of JSON made the characters that they stand for.
func readable(text string) string {
	t := tags().ReplaceAllString(text, " ")
	t = html.UnescapeString(t)
	t = escapes().ReplaceAllStringFunc(t, func(e string) string {
		if code, err := strconv.ParseUint(e[2:], 16, 16); err == nil {
			return string(rune(code))
		}
		return e
	})
	t = strings.NewReplacer(`\n`, " ", `\r`, " ", `\t`, " ", `\"`, `"`, `\/`, "/").Replace(t)
	if strings.Contains(t, "%") || strings.Contains(t, "+") {
		for _, part := range strings.FieldsFunc(t, func(r rune) bool { return r == ' ' || r == '&' || r == '?' || r == '=' || r == '\n' }) {
			if plain, err := url.QueryUnescape(part); err == nil && plain != part {
				t += " " + plain
			}
		}
	}
	return t
}

func tags() *regexp.Regexp {
	return regexp.MustCompile(`(?s)<(?:script|style)\b.*?</(?:script|style)>|<!--.*?-->|</?[A-Za-z][^<>]*>`)
}

func escapes() *regexp.Regexp { return regexp.MustCompile(`\\u[0-9A-Fa-f]{4}`) }

// What of a message must be there to know it by.
const (
	leastRunes = 16 // of a message whose beginning or end was cut off
	leastShare = 55 // percent of it
	leastWords = 6  // of a sentence that is known by most of its words
	mostWords  = 4000
)

// partly says that a text holds most of a message: cut off at its end or its
// beginning, or with a word or two changed.
func partly(text, message string) bool {
	text, message = unaccented(text), unaccented(message)
	runes := []rune(message)
	for n := len(runes) - 1; n >= leastRunes && n*100 >= len(runes)*leastShare; n-- {
		if strings.HasSuffix(strings.TrimRight(text, ` .…'"`), strings.TrimRight(string(runes[:n]), " ")) || strings.HasPrefix(strings.TrimLeft(text, ` .…'"`), strings.TrimLeft(string(runes[len(runes)-n:]), " ")) {
			return true
		}
	}
	words := strings.Fields(message)
	return len(words) >= leastWords && inOrder(strings.FieldsFunc(text, notWord), words)*100 >= len(words)*80
}

// unaccented leaves out the accents of the languages that messages are in:
// whoever types a message by hand leaves them out too.
func unaccented(text string) string {
	return strings.NewReplacer("à", "a", "á", "a", "â", "a", "ä", "a", "ã", "a", "å", "a", "ç", "c", "è", "e", "é", "e", "ê", "e", "ë", "e", "ì", "i", "í", "i",
		"î", "i", "ï", "i", "ñ", "n", "ò", "o", "ó", "o", "ô", "o", "ö", "o", "õ", "o", "ù", "u", "ú", "u", "û", "u", "ü", "u", "ß", "ss").Replace(text)
}

func notWord(r rune) bool { return strings.ContainsRune(" \t\n.,;:!?\"'()[]{}<>…", r) }

// inOrder counts how many of the wanted words a text has, in their order and
// near one another.
func inOrder(text, wanted []string) int {
	best := 0
	text = text[:min(len(text), mostWords)]
	for from := range text {
		if !strings.HasPrefix(text[from], wanted[0]) && !strings.HasPrefix(text[from], wanted[min(1, len(wanted)-1)]) {
			continue
		}
		n, at := 0, from
		for _, w := range wanted {
			for ahead := at; ahead < min(at+3, len(text)); ahead++ {
				if sameWord(text[ahead], w) {
					n, at = n+1, ahead+1
					break
				}
			}
		}
		best = max(best, n)
	}
	return best
}

// sameWord takes an ending more or less for the same word.
func sameWord(a, b string) bool {
	if a == b {
		return true
	}
	short, long := a, b
	if len(a) > len(b) {
		short, long = b, a
	}
	return len(short) >= 4 && len(long)-len(short) <= 2 && strings.HasPrefix(long, short)
}
