// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"regexp"
	"strings"
	"testing"

	"github.com/usher-signin/usher/internal/lookalike"
)

// Nothing English is left of what is said of two names, whatever parts them.
func TestDifferencesAreSaidInDutch(t *testing.T) {
	english := regexp.MustCompile(`\b(column|where|wanted|missing|too many|more difference|blank|nobody|composed|case)\b`)
	said := 0
	for _, pair := range [][2]string{
		{"Delivery\u00a0operators", "Delivery operators"}, {"a–b–c", "a-b-c"}, {"admin", "Admin"}, {"Adminn", "Admin"}, {"Admn", "Admin"},
		{"Admni", "Admin"}, {"Re\u0301daction", "Rédaction"}, {"xxAdminyy", "Admin"}, {"Аdmin", "Admin"},
	} {
		text := lookalike.Difference(pair[0], pair[1])
		got := Say("%s", text).In(Dutch)
		if english.MatchString(got) || !strings.HasPrefix(got, "kolom ") {
			t.Errorf("%q is said as %q", text, got)
		}
		if Say("%s", text).In(English) != text {
			t.Errorf("English was changed: %q", Say("%s", text).In(English))
		}
		said++
	}
	for _, name := range []string{" a", "a ", "a  b", "a\u00a0b", "a\u200bb"} {
		for _, stray := range lookalike.Strays(name) {
			if got := Say("%s", stray.String()).In(Dutch); english.MatchString(got) || !strings.HasPrefix(got, "kolom ") {
				t.Errorf("%q is said as %q", stray.String(), got)
			}
			said++
		}
	}
	if said < 14 {
		t.Errorf("only %d differences were said", said)
	}
	if got := Say("%s", "where a blank is wanted").In(Dutch); got != "where a blank is wanted" {
		t.Errorf("a name was translated: %q", got)
	}
}
