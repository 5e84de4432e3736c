// SPDX-License-Identifier: Apache-2.0

package pages

import (
	"strconv"
	"strings"
)

// Languages are those that every sentence exists in, the first where nothing fits.
func Languages() []string { return []string{"en", "nl"} }

// Language chooses by an Accept-Language header (RFC 9110 section 12.5.4): the
// language of ours with the highest weight, English where none is named.
func Language(accept string) string {
	best, weight := "en", 0.0
	for i, item := range strings.Split(accept, ",") {
		if i == 32 {
			break
		}
		tag, params, _ := strings.Cut(strings.TrimSpace(item), ";")
		q := 1.0
		if value, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			parsed, err := strconv.ParseFloat(value, 64)
			if err != nil || parsed < 0 || parsed > 1 {
				continue
			}
			q = parsed
		}
		base, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		for _, lang := range Languages() {
			if base == lang && q > weight {
				best, weight = lang, q
			}
		}
	}
	return best
}
