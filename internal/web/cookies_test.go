// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestCookies(t *testing.T) {
	const name = "__Host-usher_session"
	for what, c := range map[string]struct {
		lines []string
		want  []string
	}{
		"none":                              {nil, nil},
		"one":                               {[]string{name + "=abc"}, []string{"abc"}},
		"among others":                      {[]string{"a=1; " + name + "=abc; b=2"}, []string{"abc"}},
		"two, the second planted":           {[]string{name + "=abc; " + name + "=evil"}, []string{"abc", "evil"}},
		"two lines":                         {[]string{name + "=abc", name + "=evil"}, []string{"abc", "evil"}},
		"a name that only ends so":          {[]string{"x" + name + "=evil"}, nil},
		"a name that only begins so":        {[]string{name + "2=evil"}, nil},
		"another case":                      {[]string{"__host-usher_session=evil"}, nil},
		"without the prefix":                {[]string{"usher_session=evil"}, nil},
		"a quoted value is another value":   {[]string{name + `="abc"`}, []string{`"abc"`}},
		"an equals sign in the value":       {[]string{name + "=a=b"}, []string{"a=b"}},
		"a comma in the value":              {[]string{name + "=a,b"}, []string{"a,b"}},
		"no value":                          {[]string{name + "="}, []string{""}},
		"no equals sign":                    {[]string{name}, nil},
		"a blank before the equals sign":    {[]string{name + " =evil"}, nil},
		"noise":                             {[]string{"=; ;;  ;=x;" + name + "=abc;;"}, []string{"abc"}},
		"a name hidden in another's value":  {[]string{`a="x; ` + name + `=evil"`}, []string{`evil"`}},
		"behind more than is read":          {[]string{strings.Repeat("a", maxCookieBytes) + "=1; ", name + "=abc"}, nil},
		"behind more cookies than are read": {[]string{strings.Repeat("a;", maxCookies) + name + "=abc"}, nil},
		"more than anybody has":             {[]string{strings.Repeat(name+"=a;", 500)}, slices.Repeat([]string{"a"}, maxSameCookies)},
	} {
		t.Run(what, func(t *testing.T) {
			if got := Cookies(&http.Request{Header: http.Header{"Cookie": c.lines}}, name); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzCookies(f *testing.F) {
	f.Add("a=1; s=2; s=3", "s")
	f.Add(`s="a;b"; =; ;`, "")
	f.Fuzz(func(t *testing.T, line, name string) {
		got := Cookies(&http.Request{Header: http.Header{"Cookie": {line}}}, name)
		if len(got) > maxSameCookies || len(got) > strings.Count(line, "=") {
			t.Fatalf("%d values of %q in %q", len(got), name, line)
		}
		for _, v := range got {
			if !strings.Contains(line, name+"="+v) || strings.Contains(v, ";") {
				t.Fatalf("%q was never sent as the value of %q in %q", v, name, line)
			}
		}
	})
}
