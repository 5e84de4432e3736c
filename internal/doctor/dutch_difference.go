// SPDX-License-Identifier: Apache-2.0

package doctor

import "strings"

// dutchDifference says in Dutch what package lookalike says of the place where
// two names part. Such a text is made of code points and of these words only;
// any other text is returned as it is.
func dutchDifference(text string) string {
	rest, found := strings.CutPrefix(text, "column ")
	if !found {
		return text
	}
	return "kolom " + strings.NewReplacer(
		" where ", " waar ", " is wanted", " gewenst is",
		" too many", " te veel", " is missing", " ontbreekt", " (case)", " (hoofdletter of kleine letter)",
		" (and 1 more difference)", " (en nog 1 verschil)", " (and ", " (en nog ", " more differences)", " verschillen)",
		": the same letter, composed otherwise", ": dezelfde letter, anders samengesteld",
		", a blank before the name", ", een spatie vóór de naam", ", a blank after the name", ", een spatie achter de naam",
		", a blank after a blank", ", een spatie na een spatie", ", a blank that is not a space", ", een wit teken dat geen spatie is",
		", a character that nobody can see", ", een teken dat niemand kan zien",
	).Replace(rest)
}
