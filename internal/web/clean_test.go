// SPDX-License-Identifier: Apache-2.0

package web

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		most int
		want string
	}{
		"plain":                        {"/usher/signin", 100, "/usher/signin"},
		"letters of other scripts":     {"é 李 \U0001F600", 100, "é 李 \U0001F600"},
		"a second line":                {"a\r\nlevel=ERROR", 100, `a\x0d\x0alevel=ERROR`},
		"a color of the terminal":      {"\x1b[31mred", 100, `\x1b[31mred`},
		"an end of text":               {"a\x00b\x7f", 100, `a\x00b\x7f`},
		"a C1 control":                 {"a\u009bb", 100, `a\u009bb`},
		"separators of lines":          {"a\u2028b\u2029c", 100, `a\u2028b\u2029c`},
		"writing turned round":         {"a\u202eb\u2066c", 100, `a\u202eb\u2066c`},
		"an invisible blank":           {"a\u200bb\ufeff", 100, `a\u200bb\ufeff`},
		"a tag beyond the plane":       {"a\U000e0041", 100, `a\U000e0041`},
		"bytes that are no text":       {"a\xff\xc3", 100, `a\xff\xc3`},
		"exactly the limit":            {"abc", 3, "abc"},
		"over the limit":               {"abcdef", 3, "abc… (3 bytes more)"},
		"the limit within a character": {"aé", 2, "a… (2 bytes more)"},
		"the limit within four bytes":  {"\U0001F600\U0001F600", 7, "\U0001F600… (4 bytes more)"},
		"empty":                        {"", 10, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Clean(c.in, c.most); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\r\nb\u202e\xff", 5)
	f.Fuzz(func(t *testing.T, in string, most int) {
		most = max(0, min(most, 1<<16))
		out := Clean(in, most)
		if !utf8.ValidString(out) || strings.ContainsFunc(out, unfit) {
			t.Errorf("%q became %q", in, out)
		}
		if len(out) > most*6+40 {
			t.Errorf("of %d bytes, at most %d, %d were kept", len(in), most, len(out))
		}
	})
}
