// SPDX-License-Identifier: Apache-2.0

package lookalike

import (
	"math/bits"
	"slices"
	"sync"

	"github.com/usher-signin/usher"
)

// An Index answers as [Near] does, for many names against one set of wanted
// names, without comparing each with each. It is safe for concurrent use.
type Index struct {
	wanted   []reading
	exact    map[string]bool
	squeezed map[string][]int32
	slips    func() *slips // made when it is first needed
}

// NewIndex indexes the wanted names.
func NewIndex(wanted []string) *Index {
	x := &Index{
		wanted:   make([]reading, len(wanted)),
		exact:    make(map[string]bool, len(wanted)),
		squeezed: make(map[string][]int32, len(wanted)),
	}
	for i, w := range wanted {
		x.wanted[i] = read(w)
		x.exact[w] = true
		key := x.wanted[i].squeezed
		x.squeezed[key] = append(x.squeezed[key], int32(i))
	}
	x.slips = sync.OnceValue(func() *slips { return newSlips(x.wanted) })
	return x
}

// Near is [Near] over the wanted names of the index.
func (x *Index) Near(name string) (usher.NearMiss, bool) {
	if x.exact[name] {
		return usher.NearMiss{}, false
	}
	got := read(name)
	best, found := strangers, int32(-1)
	try := func(i int32) {
		if k := kin(got, x.wanted[i]); k < best || k == best && i < found {
			best, found = k, i
		}
	}
	for _, i := range x.squeezed[got.squeezed] {
		try(i)
	}
	if best == strangers {
		x.slips().candidates(got, try)
	}
	if best == strangers {
		return usher.NearMiss{}, false
	}
	return miss(name, x.wanted[found].raw, best)
}

// slips finds candidates within two slips of the keyboard: two names that far
// apart become equal when at most two characters are deleted from each. The
// beginning that all wanted names share is taken off first, since deleting in
// it would only multiply the work.
type slips struct {
	common   []rune    // shared by all wanted skeletons
	postings []posting // in buckets by the upper bits of their keys
	starts   []int32   // of each bucket, and the end of the last
	shift    int       // what takes a key to its bucket
	long     []int32   // too long for the table: compared one by one
}

// A posting says that deletions lead from a wanted name to a key, of which it
// keeps the lower half.
type posting struct {
	key    uint32
	wanted int32
}

// newSlips sorts the keys of all wanted names into buckets of a few, by
// counting: maps of that size cost several times as much.
func newSlips(wanted []reading) *slips {
	s := &slips{common: commonBeginning(wanted)}
	keys := 0
	for i, w := range wanted {
		n := len(w.runes) - len(s.common)
		if n > longestSlip {
			s.long = append(s.long, int32(i))
			continue
		}
		keys += 1 + n + n*(n-1)/2
	}
	width := min(bits.Len(uint(keys/4)), 24)
	s.shift = 64 - width
	s.starts = make([]int32, 1<<width+1)
	each := func(do func(key uint64, i int)) {
		for i, w := range wanted {
			if rest := w.runes[len(s.common):]; len(rest) <= longestSlip {
				deletions(rest, w.digits, mostSlips, func(key uint64) { do(key, i) })
			}
		}
	}
	each(func(key uint64, _ int) { s.starts[key>>s.shift+1]++ })
	for i := 1; i < len(s.starts); i++ {
		s.starts[i] += s.starts[i-1]
	}
	s.postings = make([]posting, s.starts[len(s.starts)-1])
	next := slices.Clone(s.starts)
	each(func(key uint64, i int) {
		at := &next[key>>s.shift]
		s.postings[*at] = posting{uint32(key), int32(i)}
		*at++
	})
	return s
}

func commonBeginning(wanted []reading) []rune {
	if len(wanted) < 2 {
		return nil
	}
	common := wanted[0].runes
	for _, w := range wanted[1:] {
		n := 0
		for n < len(common) && n < len(w.runes) && common[n] == w.runes[n] {
			n++
		}
		common = common[:n]
	}
	return common
}

// candidates calls try with every wanted name that may be within two slips,
// and perhaps with others. Slips in the shared beginning leave fewer for the
// rest, so the rest is looked up only as widely as they allow.
func (s *slips) candidates(got reading, try func(int32)) {
	if len(s.common) == 0 {
		s.lookUp(got.runes, got.digits, mostSlips, try)
		return
	}
	for _, shift := range [...]int{0, -1, 1, -2, 2} {
		cut := len(s.common) + shift
		if cut < 0 || cut > len(got.runes) {
			continue
		}
		if d := distance(got.runes[:cut], s.common, mostSlips); d <= mostSlips {
			s.lookUp(got.runes[cut:], got.digits, mostSlips-d, try)
		}
		if cut == 0 || cut == len(got.runes) || got.runes[cut-1] == got.runes[cut] {
			continue
		}
		swapped := slices.Clone(got.runes) // two neighbors changed places across the border
		swapped[cut-1], swapped[cut] = swapped[cut], swapped[cut-1]
		if d := distance(swapped[:cut], s.common, mostSlips-1); d <= mostSlips-1 {
			s.lookUp(swapped[cut:], got.digits, mostSlips-1-d, try)
		}
	}
}

// lookUp tries the wanted names whose rest may be within that many slips.
func (s *slips) lookUp(rest []rune, digits string, most int, try func(int32)) {
	if len(rest) > longestSlip-mostSlips {
		for _, i := range s.long {
			try(i)
		}
	}
	if len(rest) > longestSlip+mostSlips {
		return
	}
	var tried []int32
	deletions(rest, digits, most, func(key uint64) {
		bucket := key >> s.shift
		for _, p := range s.postings[s.starts[bucket]:s.starts[bucket+1]] {
			if p.key == uint32(key) && !slices.Contains(tried, p.wanted) {
				tried = append(tried, p.wanted)
				try(p.wanted)
			}
		}
	})
}

// deletions gives the keys of a name with up to that many characters left
// out. The digits, which must be equal anyway, are part of the key: numbered
// groups would else all be neighbors.
func deletions(name []rune, digits string, most int, key func(uint64)) {
	begun := uint64(offset64)
	for i := 0; i < len(digits); i++ {
		begun = mix(begun, rune(digits[i]))
	}
	key(hash(begun, name))
	for i := range name {
		if most < 1 {
			return
		}
		without := hash(begun, name[i+1:])
		key(without)
		before := begun
		for j := i + 1; j < len(name) && most > 1; j++ {
			key(hash(before, name[j+1:]))
			before = mix(before, name[j])
		}
		begun = mix(begun, name[i])
	}
}

// FNV-1a over characters. Equal keys only make candidates; what counts is
// compared again, so a collision costs time and nothing else.
const (
	offset64 = 14695981039346656037
	prime64  = 1099511628211
)

func mix(h uint64, r rune) uint64 { return (h ^ uint64(r)) * prime64 }

// hash ends with a round that carries the lower bits, in which FNV mixes
// best, to the upper ones.
func hash(h uint64, name []rune) uint64 {
	for _, r := range name {
		h = mix(h, r)
	}
	h ^= h >> 32
	return h * 0x9E3779B97F4A7C15
}
