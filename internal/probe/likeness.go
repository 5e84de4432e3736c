// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// likeness gives one word that is equal for answers that cannot be told apart:
// what was sent and came back in them is left out, and so is what changes from
// request to request (ids, times, tokens).
func likeness(sent map[string]string, parts ...any) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(plain(fmt.Sprint(p), sent))
		b.WriteByte(0)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:8])
}

func plain(text string, sent map[string]string) string {
	type value struct{ name, text string }
	var values []value
	for name, v := range sent {
		for _, s := range spelled(v) {
			values = append(values, value{name, s})
		}
	}
	// Longer ones first: a host is part of its address.
	slices.SortFunc(values, func(a, b value) int {
		return cmp.Or(len(b.text)-len(a.text), strings.Compare(a.name, b.name))
	})
	for _, v := range values {
		text = strings.ReplaceAll(text, v.text, "<"+v.name+">")
	}
	text = changing.ReplaceAllString(text, "<>")
	return wordy.ReplaceAllStringFunc(text, func(word string) string {
		if strings.ContainsFunc(word, unicode.IsDigit) && strings.ContainsFunc(word, unicode.IsLetter) {
			return "<>"
		}
		return word
	})
}

// shortest is the length below which a value that was sent is left alone: it
// would blot out ordinary words.
const shortest = 4

// spelled lists how a value may come back: as it is, in an address, in HTML,
// and, where it is an address, its host and path alone.
func spelled(v string) []string {
	var out []string
	add := func(s string) {
		if len(s) >= shortest && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	forms := func(s string) {
		add(s)
		add(url.QueryEscape(s))
		add(url.PathEscape(s))
		add(html.EscapeString(s))
	}
	forms(v)
	if u, err := url.Parse(v); err == nil && u.Host != "" {
		forms(u.Host)
		forms(u.Hostname())
		forms(u.Path)
	}
	return out
}

var (
	// changing matches what is another in each answer: UUIDs, long hexadecimal
	// and decimal numbers, dates and times.
	changing = regexp.MustCompile(`(?i)\b(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{4}-\d\d-\d\d|\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?z?|[0-9a-f]{12,}|\d{9,})\b`)
	// wordy matches words so long that, with digits among them, they are tokens.
	wordy = regexp.MustCompile(`[A-Za-z0-9_=+-]{16,}`)

	unseenParts = regexp.MustCompile(`(?is)<(script|style|head)\b.*?</(script|style|head)>|<!--.*?-->`)
	tags        = regexp.MustCompile(`(?s)<[^>]*>`)
)

// maxVisible bounds the text of a page that is compared.
const maxVisible = 4 << 10

// visible is the text of a page as a person reads it.
func visible(page []byte) string {
	text := tags.ReplaceAllString(unseenParts.ReplaceAllString(string(page), " "), " ")
	text = strings.Join(strings.Fields(html.UnescapeString(text)), " ")
	return text[:min(len(text), maxVisible)]
}
