// SPDX-License-Identifier: Apache-2.0

package rehearse

import (
	"slices"
	"strings"
)

// withoutQuery cuts query and fragment: they may hold the code.
func withoutQuery(address string) string {
	if i := strings.IndexAny(address, "?#"); i >= 0 {
		return address[:i]
	}
	return address
}

func list(names []string) string { return strings.Join(names, ", ") }

func unique(names []string) []string {
	var out []string
	for _, n := range names {
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}
