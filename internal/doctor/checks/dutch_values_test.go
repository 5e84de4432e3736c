// SPDX-License-Identifier: Apache-2.0

package checks_test

import (
	"go/ast"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/lookalike"
)

// Whatever is said in any scenario, values seen and wanted among it, holds
// no English word when it is said in Dutch, but for names, values of the
// file and of world, and words that both languages have.
func TestNoEnglishIsLeftInDutch(t *testing.T) {
	words := regexp.MustCompile(`\pL{2,}`)
	names := regexp.MustCompile(`"[^"]*"|U\+[0-9A-F]+ [A-Z -]+[A-Z]|https?://\S+|[a-z-]+\.yaml|[0-9a-f]{12}|[a-z]+_[a-z_]+|--?[a-z-]+`)
	left := make(map[string]string)
	said := make(map[string]bool)
	for _, s := range append(scenarios(t), healthy(t)...) {
		own := make(map[string]bool)
		for _, data := range s.files {
			for _, w := range words.FindAllString(withoutComments(data), -1) {
				own[w] = true
			}
		}
		for _, half := range []string{"fails", "silent"} {
			_, results := s.run(t, half)
			for _, r := range results {
				for _, p := range spoken(r) {
					english := names.ReplaceAllString(p.String(), " ")
					if said[english] {
						continue
					}
					said[english] = true
					dutch := names.ReplaceAllString(p.In(doctor.Dutch), " ")
					for _, w := range words.FindAllString(dutch, -1) {
						if !own[w] && !bothLanguages(w) && slices.Contains(words.FindAllString(english, -1), w) {
							left[w] = string(r.Code) + ": " + dutch
						}
					}
				}
			}
		}
	}
	for _, w := range slices.Sorted(maps.Keys(left)) {
		t.Errorf("%q is in the English and in the Dutch: %s", w, left[w])
	}
	if len(said) < 1000 {
		t.Errorf("only %d sentences were said", len(said))
	}
}

func withoutComments(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		before, _, _ := strings.Cut(line, "# ")
		b.WriteString(before + "\n")
	}
	return b.String()
}

// spoken lists everything that a result says.
func spoken(r doctor.Result) []doctor.Phrase {
	out := append([]doctor.Phrase{r.Message, r.Gather, r.Saw, r.Want}, r.Evidence...)
	if r.Fix != nil {
		out = append(out, r.Fix.Description)
	}
	return out
}

// bothLanguages says that a word is same in both, is a name.
func bothLanguages(w string) bool {
	return slices.Contains(strings.Fields(sameWords), w)
}

const sameWords = `
account adobe allow always AppData aud audience authorization back backchannel backslash backslashes bits body browser browsers buffering build byte
bytes cache Cache callback callbacks CDN Chinese chmod claim claims client code codes Connection Control cookie Cookie cookies curl Dashboard database db der
directory doctor document Enterprise Entra Experience explain export families FILE firewall flow Forwarded fragment frame front frontend gateway
gateways getent groups had header headers host Host hosts HTTP HTTPS ID import in IPv is iss issuer JSON Keycloak KiB labels letter letters link links
machine machines mapper metadata MiB mode NAME Neolane nobody nginx NL NO no of off on open openssl operators over Panel PEM per PKCE PostgreSQL printf
ProgramData Proto provider proxy PROXY query RE Remote User refresh rehearse resolver response reverse RFC scanner scheme scope SECRET serve server servers set Set
shell single spelling stage start state states stop suppress systemctl tenant timedatectl token tokens true typ type Upgrade upgrade upstream upstreams URL
usher UTC was Web web websockets webview yaml`

// A constant that is handed over as it is would stay English: what is seen and
// wanted is a value, or a phrase.
func TestValuesAreNoSentences(t *testing.T) {
	words := regexp.MustCompile(`[a-z]{2,} [a-z]{2,}|^[a-z]{3,}$`)
	found := 0
	for _, call := range callsOf(t, "Found") {
		found++
		for _, arg := range call.Args {
			ast.Inspect(arg, func(n ast.Node) bool {
				if inner, ok := n.(*ast.CallExpr); ok && called(inner) == "Say" {
					return false
				}
				if lit, ok := n.(*ast.BasicLit); ok {
					if text, _ := constant(lit); words.MatchString(text) && text != "https" {
						t.Errorf("Found is given the sentence %s: hand it over with doctor.Say", lit.Value)
					}
				}
				return true
			})
		}
	}
	if found < 150 {
		t.Errorf("only %d calls were seen", found)
	}
}

// Every sentence that is heard of others is recognized, and said in Dutch with
// the same things put in.
func TestHeardSentences(t *testing.T) {
	cases := map[string]string{
		"a directory group that the prefix \"Campaign - corp - \" matches": "een directorygroep die bij het voorvoegsel \"Campaign - corp - \" past",
		"a sign-in begun 12m0s ago":                                        "een aanmelding die 12m0s geleden begon",
		"HTTP 400 invalid_grant":                                           "HTTP 400 invalid_grant",
		"the scheme is not https; no answer":                               "het schema is niet https; geen antwoord",
		"one of \"Admin\", \"Delivery\u00a0x\"":                            "een van \"Admin\", \"Delivery[U+00A0]x\"",
		"the connection was refused":                                       "de verbinding werd geweigerd",
		"":                                                                 "",
	}
	for english, want := range cases {
		p := doctor.Heard(english)
		if got := p.In(doctor.Dutch); got != want {
			t.Errorf("%q is heard as %q, wanted %q", english, got, want)
		}
		if got := p.String(); got != lookalike.Show(english) {
			t.Errorf("%q has become %q in English", english, got)
		}
	}
}
