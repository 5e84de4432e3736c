// SPDX-License-Identifier: Apache-2.0

package lookalike_test

import (
	"slices"
	"testing"

	"github.com/usher-signin/usher/internal/lookalike"
)

func TestShow(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Delivery operators", "Delivery operators"},
		{"Delivery\u00a0operators", "Delivery[U+00A0]operators"},
		{"Campaign – corp", "Campaign [U+2013] corp"},
		{"Аdmin", "[U+0410]dmin"},
		{"Администраторы", "Администраторы"},
		{"Администраторы Аdmin", "Администраторы [U+0410]dmin"},
		{"СЕО", "[U+0421][U+0415][U+041E]"},
		{"管理者", "管理者"},
		{"Ａdmin", "[U+FF21]dmin"},
		{"Müller", "Müller"},
		{"Mu\u0308ller", "Mu[U+0308]ller"},
		{"a\tb\x00", "a[U+0009]b[U+0000]"},
		{"\u202enimdA", "[U+202E]nimdA"},
		{"\xff", "[U+FFFD]"},
	} {
		if got := lookalike.Show(c.in); got != c.want {
			t.Errorf("Show(%q) = %q, wanted %q", c.in, got, c.want)
		}
	}
}

func TestCaret(t *testing.T) {
	got := lookalike.Caret("管理\u00a0Admin", "管理 Admin")
	if want := (lookalike.Drawing{Got: "管理[U+00A0]Admin", Want: "管理 Admin", Mark: "    ^"}); got != want {
		t.Errorf("got %+v, wanted %+v", got, want)
	}
}

func TestStrays(t *testing.T) {
	for _, c := range []struct {
		in, clean string
		want      []string
	}{
		{"Delivery operators", "Delivery operators", nil},
		{" Admin", "Admin", []string{"column 1: U+0020 SPACE, a blank before the name"}},
		{"Admin \t", "Admin", []string{"column 6: U+0020 SPACE, a blank after the name", "column 7: U+0009 CHARACTER TABULATION, a blank after the name"}},
		{"Delivery  operators", "Delivery operators", []string{"column 10: U+0020 SPACE, a blank after a blank"}},
		{"Delivery\u00a0operators", "Delivery operators", []string{"column 9: U+00A0 NO-BREAK SPACE, a blank that is not a space"}},
		{"Ad\u200bmin", "Admin", []string{"column 3: U+200B ZERO WIDTH SPACE, a character that nobody can see"}},
		{"配信　管理", "配信　管理", nil},
		{"می\u200cخواهم", "می\u200cخواهم", nil},
		{"👩\u200d💻", "👩\u200d💻", nil},
	} {
		var got []string
		for _, s := range lookalike.Strays(c.in) {
			got = append(got, s.String())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("Strays(%q) = %q, wanted %q", c.in, got, c.want)
		}
		if clean := lookalike.Clean(c.in); clean != c.clean {
			t.Errorf("Clean(%q) = %q, wanted %q", c.in, clean, c.clean)
		}
	}
}
