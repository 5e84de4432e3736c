// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/lookalike"
)

// A Match is something that the doctor recognizes in a text that somebody
// pasted: an error message, a code, a reference.
type Match struct {
	Quote     string          // what was recognized
	Says      Phrase          // what it means
	Symptom   usher.Symptom   // to rank the causes of; empty: none
	Codes     []usher.Code    // checks that it points to, the likeliest first
	Reference usher.Reference // of an attempt; empty: none
}

// maxPasted bounds the text that is looked at.
const maxPasted = 64 << 10

// Recognize finds known messages in a pasted text, in the order of the tables:
// our own references and codes, the vendor's sentences, codes of identity
// providers, of OAuth, of browsers and of the network. Case, quotes and blanks
// do not count.
func Recognize(checks []Check, text string) []Match {
	if len(text) > maxPasted {
		text = text[:maxPasted]
	}
	plain := fold(text)
	if read := fold(readable(text)); read != plain {
		plain += "\n" + read // the text itself stays: an address in angle brackets is no tag
	}
	out := append(references(text), ownCodes(checks, plain)...)
	known := Messages()
	for _, m := range known {
		if quote := fold(m.Quote); holdsWhole(plain, quote) && !covered(out, m) {
			out = append(out, m)
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, m := range known {
		if partly(plain, fold(m.Quote)) && !covered(out, m) {
			out = append(out, m)
		}
	}
	return out
}

// holdsWhole says that a text holds a message, not as part of a longer word.
func holdsWhole(text, message string) bool {
	for from := 0; from < len(text); {
		i := strings.Index(text[from:], message)
		if i < 0 {
			return false
		}
		if whole(text, from+i, len(message)) {
			return true
		}
		from += i + 1
	}
	return false
}

func fold(s string) string { return lookalike.Skeleton(s) }

// whole says that a match is no part of a longer word: AADSTS50011 is not in
// AADSTS500113, invalid_client not in invalid_client_credentials.
func whole(text string, at, n int) bool {
	return (at == 0 || !wordByte(text[at-1]) || !wordByte(text[at])) && (at+n == len(text) || !wordByte(text[at+n]) || !wordByte(text[at+n-1]))
}

func wordByte(c byte) bool { return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' }

// covered says that the same meaning was recognized already.
func covered(found []Match, m Match) bool {
	for _, f := range found {
		if f.Says.Template == m.Says.Template {
			return true
		}
	}
	return false
}

func references(text string) []Match {
	var out []Match
	for _, word := range strings.FieldsFunc(text, func(r rune) bool {
		return r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == ',' || r == '.' || r == ':' || r == ';' || r == '"' || r == '(' || r == ')'
	}) {
		hyphen := len(word) == 9 && word[4] == '-'
		if ref, err := usher.ParseReference(word); err == nil && (hyphen || word == strings.TrimSpace(text)) && strings.ContainsAny(word, "0123456789") {
			out = append(out, Match{Quote: word, Says: Say("the reference of a recorded sign-in"), Reference: ref})
		}
	}
	return out
}

func ownCodes(checks []Check, plain string) []Match {
	var out []Match
	for _, c := range checks {
		if i := strings.Index(plain, string(c.Code)); i >= 0 && bounded(plain, i, len(c.Code)) {
			out = append(out, Match{Quote: string(c.Code), Says: Say("the code of a check"), Codes: []usher.Code{c.Code}})
		}
	}
	for _, s := range Symptoms() {
		if i := strings.Index(plain, string(s.Symptom)); i >= 0 && bounded(plain, i, len(s.Symptom)) {
			out = append(out, Match{Quote: string(s.Symptom), Says: s.Says, Symptom: s.Symptom})
		}
	}
	return out
}

func bounded(text string, at, n int) bool {
	hyphenated := func(c byte) bool { return wordByte(c) || c == '-' }
	return (at == 0 || !hyphenated(text[at-1])) && (at+n == len(text) || !hyphenated(text[at+n]))
}

// Messages lists everything that [Recognize] knows apart from our own codes
// and references.
func Messages() []Match {
	var out []Match
	for _, table := range [][]message{vendorMessages(), providerMessages(), entraMessages(), keycloakMessages(), oauthMessages(), browserMessages(), moreBrowserMessages(), networkMessages()} {
		for _, m := range table {
			out = append(out, Match{Quote: m.text, Says: Say(m.says), Symptom: m.symptom, Codes: m.codes})
		}
	}
	return out
}
