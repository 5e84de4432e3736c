// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func numbered(from, to int) string {
	var b strings.Builder
	for i := from; i <= to; i++ {
		fmt.Fprintf(&b, "# %d\n", i)
	}
	return b.String()
}

func TestDiff(t *testing.T) {
	tests := []struct{ name, before, after, want string }{
		{"equal", "a\nb\n", "a\nb\n", ""},
		{"one line", "a\nb\nc\n", "a\nx\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"},
		{"added at the end", "a\n", "a\nb\n", "@@ -1 +1,2 @@\n a\n+b\n"},
		{"all new", "", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n"},
		{"all gone", "a\n", "", "@@ -1 +0,0 @@\n-a\n"},
		{"line end at the end", "a", "a\n", "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"},
		{"two places", numbered(1, 20), strings.Replace(strings.Replace(numbered(1, 20), "# 2\n", "", 1), "# 18\n", "# 18\n# new\n", 1),
			"@@ -1,5 +1,4 @@\n # 1\n-# 2\n # 3\n # 4\n # 5\n@@ -16,5 +15,6 @@\n # 16\n # 17\n # 18\n+# new\n # 19\n # 20\n"},
		{"places that touch", numbered(1, 8), strings.Replace(strings.Replace(numbered(1, 8), "# 2\n", "", 1), "# 7\n", "", 1),
			"@@ -1,8 +1,6 @@\n # 1\n-# 2\n # 3\n # 4\n # 5\n # 6\n-# 7\n # 8\n"},
		{"contexts that touch", numbered(1, 10), strings.Replace(strings.Replace(numbered(1, 10), "# 2\n", "", 1), "# 9\n", "", 1),
			"@@ -1,10 +1,8 @@\n # 1\n-# 2\n # 3\n # 4\n # 5\n # 6\n # 7\n # 8\n-# 9\n # 10\n"},
		{"a secret that changes", account("ims_client_secret: one111", "label: x"), account("ims_client_secret: two222", "label: x"),
			"@@ -4,5 +4,5 @@\n external_accounts:\n   - internal_name: Adobe_Marketing_Cloud\n     type: Adobe Marketing Cloud\n-    ims_client_secret: \"[secret]\"\n+    ims_client_secret: \"[secret]\"\n     label: x\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := tt.want
			if want != "" {
				want = "--- f.yaml\n+++ f.yaml\n" + want
			}
			if got := Diff([]byte(tt.before), []byte(tt.after), "f.yaml"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// The stretches turn the one text into the other, and what is between them is equal.
func TestCompareTurnsOneTextIntoTheOther(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		a, b := words(random), words(random)
		var made []string
		at, changed := 0, 0
		for _, s := range compare(a, b) {
			made = append(append(made, a[at:s.a0]...), b[s.b0:s.b1]...)
			at = s.a1
			changed += s.a1 - s.a0 + s.b1 - s.b0
		}
		made = append(made, a[at:]...)
		if !slices.Equal(made, b) {
			t.Fatalf("%q and %q: made %q", a, b, made)
		}
		if want := len(a) + len(b) - 2*common(a, b); changed != want {
			t.Fatalf("%q and %q: %d lines changed, %d would do", a, b, changed, want)
		}
	}
}

func words(random *rand.Rand) []string {
	out := make([]string, random.IntN(12))
	for i := range out {
		out[i] = string(rune('a' + random.IntN(4)))
	}
	return out
}

// common is the length of the longest common subsequence, found the slow way.
func common(a, b []string) int {
	best := make([][]int, len(a)+1)
	for i := range best {
		best[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if a[i] == b[j] {
				best[i][j] = best[i+1][j+1] + 1
			}
		}
	}
	return best[0][0]
}

func TestTextsFarApartAreReplacedWhole(t *testing.T) {
	got := compare(strings.Split(numbered(1, 3000), "\n"), strings.Split(strings.ReplaceAll(numbered(1, 3000), "#", "%"), "\n"))
	if want := []stretch{{0, 3000, 0, 3000}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
