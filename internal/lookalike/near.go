// SPDX-License-Identifier: Apache-2.0

package lookalike

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/usher-signin/usher"
)

// A kinship says how two different names resemble each other, the most certain first.
type kinship uint8

const (
	byBlanks      kinship = iota // blanks and invisible characters
	byComposition                // the same letters, composed otherwise (NFC, NFD)
	byCase
	byMarks   // dashes and quotes
	byLetters // look-alike letters, or several of the above
	bySqueeze // blanks missing altogether
	bySlip    // one slip of the keyboard
	byTwoSlips
	strangers
)

// Limits of what counts as a slip of the keyboard.
const (
	shortestSlip = 4 // shorter names are never compared by distance
	twoSlipsFrom = 6 // runes from which two slips are still one name
	mostSlips    = 2
	longestSlip  = 40 // see index.go: above it names are compared one by one
)

// A reading is a name with the forms in which it is compared.
type reading struct {
	raw      string
	blanks   string // blanks folded
	skeleton string
	squeezed string
	runes    []rune // of the skeleton
	digits   string // of the skeleton
}

func read(name string) reading {
	r := reading{raw: name, blanks: foldBlanks(name), skeleton: Skeleton(name)}
	r.squeezed = squeeze(r.skeleton)
	r.runes = []rune(r.skeleton)
	r.digits = digitsOf(r.skeleton)
	return r
}

func digitsOf(s string) string {
	if strings.IndexFunc(s, unicode.IsDigit) < 0 {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// Near finds, among the wanted names, the one that a person would take name
// for. A name that is wanted as it stands is no near miss of another one, and
// neither are names that differ in their digits: "Team 1" is not "Team 2".
// It is a [usher.NearFunc].
func Near(name string, wanted []string) (usher.NearMiss, bool) {
	got := read(name)
	best, found := strangers, ""
	for _, w := range wanted {
		if w == name {
			return usher.NearMiss{}, false
		}
		if k := kin(got, read(w)); k < best {
			best, found = k, w
		}
	}
	return miss(name, found, best)
}

func miss(got, want string, k kinship) (usher.NearMiss, bool) {
	if k == strangers {
		return usher.NearMiss{}, false
	}
	return usher.NearMiss{Got: got, Want: want, Blanks: k == byBlanks, How: Difference(got, want)}, true
}

// kin says how two names resemble each other.
func kin(got, want reading) kinship {
	if got.squeezed == "" || want.squeezed == "" {
		return strangers
	}
	if got.squeezed != want.squeezed {
		return bySlips(got, want)
	}
	switch {
	case got.blanks == want.blanks, foldBlanks(zeroWidthAsSpace(got.raw)) == foldBlanks(zeroWidthAsSpace(want.raw)):
		return byBlanks
	case norm.NFC.String(got.blanks) == norm.NFC.String(want.blanks):
		return byComposition
	case foldCase(got.blanks) == foldCase(want.blanks):
		return byCase
	case foldMarks(got.blanks) == foldMarks(want.blanks):
		return byMarks
	case got.skeleton == want.skeleton:
		return byLetters
	default:
		return bySqueeze
	}
}

// bySlips compares by distance. The words in which the names differ are judged
// like names of their own, so that a long common beginning does not make "eu"
// and "us" the same.
func bySlips(got, want reading) kinship {
	if got.digits != want.digits {
		return strangers
	}
	n := min(len(got.runes), len(want.runes))
	if n < shortestSlip {
		return strangers
	}
	d := distance(got.runes, want.runes, mostSlips)
	if d > mostSlips {
		return strangers
	}
	a, b := differingWords(got.runes, want.runes)
	n = min(len(a), len(b))
	if n < shortestSlip || d > 1 && (n < twoSlipsFrom || a[0] != b[0]) {
		return strangers
	}
	return bySlip + kinship(d-1)
}

// differingWords cuts the common beginning and end off two names, but only at
// the borders of words.
func differingWords(a, b []rune) (x, y []rune) {
	from := 0
	for i := 0; i < len(a) && i < len(b) && a[i] == b[i]; i++ {
		if separates(a[i]) {
			from = i + 1
		}
	}
	till := 0
	for i := 1; i <= len(a)-from && i <= len(b)-from && a[len(a)-i] == b[len(b)-i]; i++ {
		if separates(a[len(a)-i]) {
			till = i
		}
	}
	return a[from : len(a)-till], b[from : len(b)-till]
}

func separates(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }

// Alike says that two names are the same to the eye: they differ by blanks,
// invisible characters, case, dashes, quotes, look-alike letters or
// composition, if at all.
func Alike(a, b string) bool { return squeeze(Skeleton(a)) == squeeze(Skeleton(b)) }
