// SPDX-License-Identifier: Apache-2.0

package rehearse_test

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/rehearse"
)

// TestEverythingIsSaidInDutch looks for every sentence where it is said.
func TestEverythingIsSaidInDutch(t *testing.T) {
	said := regexp.MustCompile(`(?:say|wrong|tell|Returned =|return)(?:\(| )("[^"\n]+")`)
	verb := regexp.MustCompile(`%[a-z]`)
	same := []string{"%s", "%s bytes", "scopes", "access token", "refresh token"}
	found := 0
	for _, name := range []string{"text.go", "ways.go", "outcome.go", "../cli/rehearse.go"} {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range said.FindAllStringSubmatch(string(source), -1) {
			english, err := strconv.Unquote(m[1])
			if err != nil || !strings.ContainsAny(english, "abcdefghijklmnopqrstuvwxyz ") || slices.Contains(same, english) {
				continue
			}
			found++
			dutch := doctor.Say(english).In(doctor.Dutch)
			if dutch == english {
				t.Errorf("%s: not said in Dutch: %q", name, english)
			}
			if a, b := verb.FindAllString(english, -1), verb.FindAllString(dutch, -1); !slices.Equal(a, b) {
				t.Errorf("%q puts in %q, in Dutch %q", english, a, b)
			}
		}
	}
	if found < 70 {
		t.Errorf("only %d sentences were found", found)
	}
}

func TestDutchText(t *testing.T) {
	o := &rehearse.Outcome{Result: rehearse.Refused, Way: rehearse.ByMailbox, Requested: usher.Scopes{"openid"},
		Cause:  &usher.Cause{Code: usher.CodeMaskBlanks, Step: usher.StepAdmit},
		Person: &usher.Person{Email: "bram@corp.example"}, Groups: []rehearse.Group{{Directory: "x", Source: "y"}}}
	var b strings.Builder
	if err := rehearse.Text(&b, o, rehearse.TextOptions{Language: doctor.Dutch}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"De browser is terug", "gevraagd", "het masker past niet", "GEWEIGERD", "bram@corp.example zou worden geweigerd: mask-blanks", "geen cookie gezet"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not said:\n%s", want, b.String())
		}
	}
}
