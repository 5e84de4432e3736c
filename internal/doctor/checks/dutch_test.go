// SPDX-License-Identifier: Apache-2.0

package checks_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
)

// Whatever the doctor says in any scenario it says in Dutch too, with the same
// things put in. Words that are the same in both are names and commands.
func TestEverythingIsSaidInDutch(t *testing.T) {
	said := make(map[string]bool)
	collect := func(p doctor.Phrase) { phrases(p, said) }
	for _, c := range checks.All() {
		collect(doctor.Say(c.Holds))
		collect(doctor.Say(c.Person))
	}
	for _, m := range doctor.Messages() {
		collect(m.Says)
	}
	for _, s := range doctor.Symptoms() {
		collect(s.Says)
	}
	for _, s := range append(scenarios(t), healthy(t)...) {
		for _, half := range []string{"fails", "silent"} {
			_, results := s.run(t, half)
			for _, r := range results {
				collect(r.Message)
				collect(r.Gather)
				for _, e := range r.Evidence {
					collect(e)
				}
				if r.Fix != nil {
					collect(r.Fix.Description)
				}
			}
		}
	}
	verb := regexp.MustCompile(`%[a-z%]`)
	for english := range said {
		dutch := doctor.Say(english).In(doctor.Dutch)
		if dutch == strings.ReplaceAll(english, "%%", "%") && !same(english) {
			t.Errorf("not said in Dutch: %q", english)
		}
		if a, b := verb.FindAllString(strings.ReplaceAll(english, "%%", "%"), -1), verb.FindAllString(dutch, -1); !slices.Equal(a, b) {
			t.Errorf("%q puts in %q, in Dutch %q", english, a, b)
		}
	}
	if len(said) < 500 {
		t.Errorf("only %d phrases were met", len(said))
	}
}

func phrases(p doctor.Phrase, into map[string]bool) {
	if p.Template != "" {
		into[p.Template] = true
	}
	for _, a := range p.Args {
		if inner, ok := a.(doctor.Phrase); ok {
			phrases(inner, into)
		}
	}
}

// same lists what needs no translation: what is put in whole, and commands.
func same(english string) bool {
	return slices.Contains([]string{"%s", "usher rehearse %s", "usher explain REFERENCE", "usher doctor %s", "usher doctor %s --user EMAIL", "NO_PROXY=%s", "chmod 600 %s", "account", "browser", "%d bytes", "8192 bytes", "HTTP %d", "file", "%s, %s", "%s; %s"}, english)
}

func TestDutchReport(t *testing.T) {
	cfg := load(t, strings.Replace(file, "dma_campaign_classic", "dma_campagne_classic", 1))
	c := doctor.NewCase(today, cfg)
	out := write(t, text(doctor.Options{Language: doctor.Dutch}), doctor.Report{Usher: "0.1.0", Case: c, Results: doctor.Run(checks.All(), c)})
	for _, want := range []string{"2 oorzaken gevonden", "de productcontext is", "gezien", "gewenst", "herstel", "de Nederlandse handleiding drukt dit af", "kloppen"} {
		if !strings.Contains(out, want) {
			t.Errorf("the Dutch text lacks %q:\n%s", want, out)
		}
	}
	english := write(t, text(doctor.Options{}), doctor.Report{Usher: "0.1.0", Case: c, Results: doctor.Run(checks.All(), c)})
	if strings.Contains(english, "gewenst") {
		t.Error("the English text has become Dutch")
	}
}
