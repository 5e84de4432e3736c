// SPDX-License-Identifier: Apache-2.0

package lookalike_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/lookalike"
)

var _ usher.NearFunc = lookalike.Near

func TestNear(t *testing.T) {
	for _, c := range []struct {
		name, got, want string
		blanks          bool
		how             string
	}{
		{"no-break space", "Delivery\u00a0operators", "Delivery operators", true, "column 9: U+00A0 NO-BREAK SPACE where U+0020 SPACE is wanted"},
		{"narrow no-break space", "Delivery\u202foperators", "Delivery operators", true, "column 9: U+202F NARROW NO-BREAK SPACE where U+0020 SPACE is wanted"},
		{"tab", "Delivery\toperators", "Delivery operators", true, "column 9: U+0009 CHARACTER TABULATION where U+0020 SPACE is wanted"},
		{"leading", " Admin", "Admin", true, "column 1: U+0020 SPACE too many"},
		{"trailing", "Admin ", "Admin", true, "column 6: U+0020 SPACE too many"},
		{"doubled", "Delivery  operators", "Delivery operators", true, "column 10: U+0020 SPACE too many"},
		{"lost blank", "Admin", " Admin", true, "column 1: U+0020 SPACE is missing"},
		{"zero width inside", "Ad\u200bmin", "Admin", true, "column 3: U+200B ZERO WIDTH SPACE too many"},
		{"zero width for a space", "Delivery\u200boperators", "Delivery operators", true, "column 9: U+200B ZERO WIDTH SPACE where U+0020 SPACE is wanted"},
		{"byte order mark", "\ufeffAdmin", "Admin", true, "column 1: U+FEFF ZERO WIDTH NO-BREAK SPACE (BYTE ORDER MARK) too many"},
		{"soft hyphen", "Deliv\u00adery", "Delivery", true, "column 6: U+00AD SOFT HYPHEN too many"},
		{"bidi", "\u202eAdmin", "Admin", true, "column 1: U+202E RIGHT-TO-LEFT OVERRIDE too many"},
		{"case", "delivery operators", "Delivery operators", false, `column 1: "d" where "D" is wanted (case)`},
		{"en dash", "Campaign – corp", "Campaign - corp", false, "column 10: U+2013 EN DASH where U+002D HYPHEN-MINUS is wanted"},
		{"minus", "a−bc", "a-bc", false, "column 2: U+2212 MINUS SIGN where U+002D HYPHEN-MINUS is wanted"},
		{"curly quote", "Ana’s", "Ana's", false, "column 4: U+2019 RIGHT SINGLE QUOTATION MARK where U+0027 APOSTROPHE is wanted"},
		{"cyrillic", "Аdmin", "Admin", false, `column 1: U+0410 CYRILLIC CAPITAL LETTER A where "A" is wanted`},
		{"greek", "Αdmin", "Admin", false, `column 1: U+0391 GREEK CAPITAL LETTER ALPHA where "A" is wanted`},
		{"fullwidth", "Ａdmin", "Admin", false, `column 1: U+FF21 FULLWIDTH FORM OF "A" where "A" is wanted`},
		{"decomposed", "Mu\u0308ller", "Müller", false, `column 2: U+0075 U+0308 "ü" where U+00FC "ü" is wanted: the same letter, composed otherwise`},
		{"blank and dash", "Campaign\u00a0– corp", "Campaign - corp", false, "column 9: U+00A0 NO-BREAK SPACE where U+0020 SPACE is wanted (and 1 more difference)"},
		{"blanks lost", "Campaign-corp-Admin", "Campaign - corp - Admin", false, "column 9: U+0020 SPACE is missing (and 3 more differences)"},
		{"one slip", "Delivery operaters", "Delivery operators", false, `column 16: "e" where "o" is wanted`},
		{"swap", "Delievry", "Delivery", false, `column 5: "ev" where "ve" is wanted`},
		{"two slips", "Delivry oprators", "Delivery operators", false, `column 6: "e" is missing (and 1 more difference)`},
		{"slip and case", "delivery operater", "Delivery operator", false, `column 1: "d" where "D" is wanted (case) (and 1 more difference)`},
		{"short, one slip", "Admni", "Admin", false, `column 4: "ni" where "in" is wanted`},
		{"in a word of a long name", "Delievry - corp - Admin", "Delivery - corp - Admin", false, `column 5: "ev" where "ve" is wanted`},
	} {
		t.Run(c.name, func(t *testing.T) {
			near, ok := lookalike.Near(c.got, []string{"Content contributors", c.want})
			if !ok {
				t.Fatalf("%q is no near miss of %q, wanted it to be one", c.got, c.want)
			}
			if want := (usher.NearMiss{Got: c.got, Want: c.want, Blanks: c.blanks, How: c.how}); near != want {
				t.Errorf("got  %+v\nwant %+v", near, want)
			}
		})
	}
}

func TestStrangers(t *testing.T) {
	for _, c := range []struct {
		name   string
		got    string
		wanted []string
	}{
		{"wanted as it stands", "Admins", []string{"Admin", "Admins"}},
		{"another number", "Team 1", []string{"Team 2"}},
		{"one more digit", "Region 1", []string{"Region 11"}},
		{"another letter", "Team A", []string{"Team B"}},
		{"short", "CRM", []string{"CRN", "CR"}},
		{"short words of a long name", "Campaign - eu - Delivery", []string{"Campaign - us - Delivery"}},
		{"antonyms", "Import", []string{"Export"}},
		{"two slips in a short name", "Amdni", []string{"Admin"}},
		{"three slips", "Delvry oprators", []string{"Delivery operators"}},
		{"another word", "Workflow supervisors", []string{"Workflow execution"}},
		{"blank only", " ", []string{"Admin", ""}},
		{"nothing wanted", "Admin", nil},
		{"same foreign name", "管理者", []string{"管理者"}},
		{"other foreign name", "配信オペレーター", []string{"ワークフロー実行"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if near, ok := lookalike.Near(c.got, c.wanted); ok {
				t.Errorf("%q is said to be a near miss: %+v", c.got, near)
			}
			if near, ok := lookalike.NewIndex(c.wanted).Near(c.got); ok {
				t.Errorf("the index says that %q is a near miss: %+v", c.got, near)
			}
		})
	}
}

func TestTheMoreCertainWins(t *testing.T) {
	near, ok := lookalike.Near("Delivery  operators", []string{"Delivery operator", "delivery operators", "Delivery operators"})
	if !ok || near.Want != "Delivery operators" || !near.Blanks {
		t.Errorf("got %+v, wanted the name that differs by blanks only", near)
	}
}

func TestIndexAnswersAsNear(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	words := []string{"Delivery", "operators", "Campaign", "corp", "Admin", "Größe", "Администратор", "配信", "x", "Region", "7", "12"}
	name := func() string {
		n := 1 + random.IntN(4)
		parts := make([]string, n)
		for i := range parts {
			parts[i] = words[random.IntN(len(words))]
		}
		return strings.Join(parts, " - "[:1+2*random.IntN(2)])
	}
	found := 0
	for range 300 {
		wanted := make([]string, 1+random.IntN(20))
		for i := range wanted {
			wanted[i] = name()
		}
		if random.IntN(2) == 0 {
			for i := range wanted {
				wanted[i] = "Campaign - corp - " + wanted[i]
			}
		}
		if random.IntN(10) == 0 {
			wanted = append(wanted, strings.Repeat("long ", 12)+"name", strings.Repeat("long ", 12)+"mane")
		}
		x := lookalike.NewIndex(wanted)
		for range 20 {
			got := disturb(random, wanted[random.IntN(len(wanted))])
			a, okA := lookalike.Near(got, wanted)
			b, okB := x.Near(got)
			if okA != okB || a != b {
				t.Fatalf("%q among %q:\nNear  %v %+v\nIndex %v %+v", got, wanted, okA, a, okB, b)
			}
			if okA {
				found++
			}
		}
	}
	if found < 1000 {
		t.Errorf("only %d near misses in all: the test compares too little", found)
	}
}

func disturb(random *rand.Rand, name string) string {
	rs := []rune(name)
	for range random.IntN(4) {
		if len(rs) < 2 {
			return string(rs)
		}
		i := random.IntN(len(rs) - 1)
		switch random.IntN(5) {
		case 0:
			rs[i], rs[i+1] = rs[i+1], rs[i]
		case 1:
			rs = slices.Delete(rs, i, i+1)
		case 2:
			rs = slices.Insert(rs, i, []rune("ab \u00a0\u200b–")[random.IntN(6)])
		case 3:
			rs[i] = []rune("abО1\u00a0")[random.IntN(5)]
		case 4:
			rs[i] += 'a' - 'A'
			if rs[i] < 'a' || rs[i] > 'z' {
				rs[i] = 'q'
			}
		}
	}
	return string(rs)
}

func TestLongNamesAreBounded(t *testing.T) {
	long := strings.Repeat("Delivery operators of the north ", 20000)
	if near, ok := lookalike.Near(long+"x", []string{long + "y", "y" + long}); ok && near.How == "" {
		t.Errorf("a near miss without a difference: %d bytes", len(near.Got))
	}
	if got := lookalike.Difference("x"+long, long+"y"); !strings.HasPrefix(got, "column 1: ") {
		t.Errorf("got %q, wanted the first column", got)
	}
}

func FuzzNear(f *testing.F) {
	f.Add("Delivery\u00a0operators", "Delivery operators")
	f.Add("u\u0308", "ü")
	f.Add("\xff", "\xfe")
	f.Fuzz(func(t *testing.T, a, b string) {
		ab, okAB := lookalike.Near(a, []string{b})
		_, okBA := lookalike.Near(b, []string{a})
		if okAB != okBA {
			t.Errorf("%q near %q: %v, the other way: %v", a, b, okAB, okBA)
		}
		if okAB && (ab.How == "" || a == b) {
			t.Errorf("%q near %q without a difference: %+v", a, b, ab)
		}
		if x, ok := lookalike.NewIndex([]string{b}).Near(a); ok != okAB || x != ab {
			t.Errorf("%q near %q: Near says %v, the index %v", a, b, okAB, ok)
		}
		lookalike.Caret(a, b)
	})
}

func BenchmarkIndex(b *testing.B) {
	for _, n := range []int{1250, 2500, 5000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			wanted, names := crowd(n)
			b.ReportAllocs()
			for b.Loop() {
				x := lookalike.NewIndex(wanted)
				found := 0
				for _, name := range names {
					if _, ok := x.Near(name); ok {
						found++
					}
				}
				if found == 0 {
					b.Fatal("no near miss found")
				}
			}
		})
	}
}

// crowd makes n directory groups, one in five of them a near miss of one of
// n/5 wanted names.
func crowd(n int) (wanted, names []string) {
	syllables := []string{"ba", "co", "di", "fu", "ga", "he", "jo", "ki", "lu", "mo", "na", "pe", "ri", "so", "tu", "va"}
	word := func(i int) string {
		return syllables[i&15] + syllables[i>>4&15] + syllables[i>>8&15] + syllables[i>>12&15]
	}
	for i := range n / 5 {
		wanted = append(wanted, "Campaign - corp - "+word(i*7919)+" operators "+word(i))
	}
	for i := range n {
		switch w := wanted[i%len(wanted)]; i % 5 {
		case 0:
			names = append(names, strings.Replace(w, "operators", "oeprators", 1))
		case 1:
			names = append(names, w)
		default:
			names = append(names, "Analytics - corp - "+word(i)+" users "+word(i*31))
		}
	}
	return wanted, names
}
