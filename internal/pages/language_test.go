// SPDX-License-Identifier: Apache-2.0

package pages

import (
	"slices"
	"strings"
	"testing"
)

func TestLanguage(t *testing.T) {
	for name, c := range map[string]struct {
		accept []string
		want   string
	}{
		"no header":                             {nil, "en"},
		"an empty header":                       {[]string{""}, "en"},
		"Dutch":                                 {[]string{"nl"}, "nl"},
		"Belgian Dutch, then French":            {[]string{"nl-BE,fr;q=0.9"}, "nl"},
		"upper case":                            {[]string{"NL-nl"}, "nl"},
		"neither, Dutch before English":         {[]string{"de, nl;q=0.5, en;q=0.4"}, "nl"},
		"English before Dutch":                  {[]string{"en-GB,en;q=0.9,nl;q=0.8"}, "en"},
		"English is written first, weighs less": {[]string{"en;q=0.1, nl;q=0.9"}, "nl"},
		"equal weights: the earlier one":        {[]string{"nl, en"}, "nl"},
		"equal weights: the earlier, English":   {[]string{"en, nl"}, "en"},
		"the region weighs more":                {[]string{"en;q=0.5, nl;q=0.2, nl-BE;q=0.7"}, "nl"},
		"Dutch is ruled out":                    {[]string{"nl;q=0, de"}, "en"},
		"English is ruled out, all others go":   {[]string{"en;q=0, *;q=0.5"}, "nl"},
		"anything":                              {[]string{"*"}, "en"},
		"anything, but rather Dutch":            {[]string{"*;q=0.1, nl;q=0.2"}, "nl"},
		"two lines":                             {[]string{"fr", "nl"}, "nl"},
		"blanks and tabs":                       {[]string{" nl \t;\tq=1 , en;q=0.5"}, "nl"},
		"a weight with three decimals":          {[]string{"en;q=0.998, nl;q=0.999"}, "nl"},
		"a weight above one is passed over":     {[]string{"nl;q=1.5, en;q=0.1"}, "en"},
		"1.001 is above one":                    {[]string{"nl;q=1.001, en;q=0.1"}, "en"},
		"a weight below zero is passed over":    {[]string{"nl;q=-1, en;q=0.1"}, "en"},
		"a weight that is no number":            {[]string{"nl;q=NaN, en;q=0.1"}, "en"},
		"a weight as an exponent":               {[]string{"nl;q=1e0, en;q=0.1"}, "en"},
		"too many decimals":                     {[]string{"nl;q=0.99999, en;q=0.1"}, "en"},
		"another parameter":                     {[]string{"nl;v=1, en;q=0.1"}, "en"},
		"a language that only begins so":        {[]string{"nlx, en;q=0.1"}, "en"},
		"more ranges than anybody sends":        {[]string{strings.Repeat("fr,", 40) + "nl"}, "en"},
		"a header of a megabyte":                {[]string{strings.Repeat("a", 1<<20) + ",nl"}, "en"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Language(c.accept...); got != c.want {
				t.Errorf("%.80q gives %s, want %s", c.accept, got, c.want)
			}
		})
	}
}

func FuzzLanguage(f *testing.F) {
	f.Add("nl-BE,nl;q=0.9,en;q=0.8")
	f.Add("*;q=0,,;;q=")
	f.Fuzz(func(t *testing.T, accept string) {
		if got := Language(accept); !slices.Contains(Languages(), got) {
			t.Errorf("%q gives %q", accept, got)
		}
	})
}
