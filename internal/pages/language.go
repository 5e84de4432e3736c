// SPDX-License-Identifier: Apache-2.0

package pages

import "strings"

// Languages are those that every sentence exists in; the first is taken where
// nothing fits.
func Languages() []string { return []string{"en", "nl"} }

// Bounds on what is read of an Accept-Language header. Browsers send a dozen
// ranges at most.
const (
	maxAcceptBytes = 1024
	maxRanges      = 32
)

// Language chooses by the lines of an Accept-Language header (RFC 9110 section
// 12.5.4): the language of ours with the highest weight, the earlier one of
// two equal ones. A range with a weight that cannot be read is passed over.
func Language(accept ...string) string {
	type wish struct{ weight, position int }
	wishes := map[string]wish{}
	others := -1 // weight of *
	line := strings.Join(accept, ",")
	if len(line) > maxAcceptBytes {
		line = line[:maxAcceptBytes]
	}
	for i, item := range strings.SplitN(line, ",", maxRanges+1) {
		if i == maxRanges {
			break
		}
		tag, weight, ok := parseRange(item)
		if !ok {
			continue
		}
		if tag == "*" {
			others = max(others, weight)
			continue
		}
		primary, _, _ := strings.Cut(tag, "-")
		if had, twice := wishes[primary]; !twice || weight > had.weight {
			wishes[primary] = wish{weight, i}
		}
	}
	best, most, first := Languages()[0], 0, maxRanges
	for _, lang := range Languages() {
		w, named := wishes[lang]
		if !named {
			w = wish{others, maxRanges - 1}
		}
		if w.weight > most || w.weight == most && most > 0 && w.position < first {
			best, most, first = lang, w.weight, w.position
		}
	}
	return best
}

// parseRange reads one language range, lower-cased, with its weight in
// thousandths.
func parseRange(item string) (tag string, weight int, ok bool) {
	tag, parameter, weighted := strings.Cut(item, ";")
	tag = strings.ToLower(strings.Trim(tag, " \t"))
	if tag == "" {
		return "", 0, false
	}
	if !weighted {
		return tag, 1000, true
	}
	name, value, _ := strings.Cut(strings.Trim(parameter, " \t"), "=")
	if !strings.EqualFold(name, "q") {
		return "", 0, false
	}
	weight, ok = parseWeight(value)
	return tag, weight, ok
}

// parseWeight reads a qvalue (RFC 9110 section 12.4.2): 0 to 1, with at most
// three decimals, in thousandths.
func parseWeight(text string) (int, bool) {
	if len(text) == 0 || len(text) > 5 || text[0] != '0' && text[0] != '1' {
		return 0, false
	}
	whole := int(text[0]-'0') * 1000
	if len(text) == 1 {
		return whole, true
	}
	if text[1] != '.' {
		return 0, false
	}
	weight, place := whole, 100
	for _, c := range []byte(text[2:]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		weight += int(c-'0') * place
		place /= 10
	}
	return weight, weight <= 1000
}
