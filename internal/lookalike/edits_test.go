// SPDX-License-Identifier: Apache-2.0

package lookalike

import (
	"math/rand/v2"
	"testing"
)

// The distance is computed in a band around the diagonal, its ends cut off; a
// plain recursion must agree.
func TestDistanceAgreesWithItsDefinition(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	word := func() []rune {
		w := make([]rune, random.IntN(8))
		for i := range w {
			w[i] = rune('a' + random.IntN(3))
		}
		return w
	}
	for range 20000 {
		a, b := word(), word()
		full := defined(a, b)
		for limit := range 9 {
			if got, want := distance(a, b, limit), min(full, limit+1); got != want && (full <= limit || got <= limit) {
				t.Fatalf("distance(%q, %q, %d) = %d, wanted %d", string(a), string(b), limit, got, want)
			}
		}
	}
}

func defined(a, b []rune) int {
	if len(a) == 0 || len(b) == 0 {
		return len(a) + len(b)
	}
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
		for j := range table[i] {
			switch {
			case i == 0 || j == 0:
				table[i][j] = i + j
			case a[i-1] == b[j-1]:
				table[i][j] = table[i-1][j-1]
			default:
				table[i][j] = 1 + min(table[i-1][j], table[i][j-1], table[i-1][j-1])
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					table[i][j] = min(table[i][j], table[i-2][j-2]+1)
				}
			}
		}
	}
	return table[len(a)][len(b)]
}
