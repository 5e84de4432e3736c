// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"strings"
)

// diffContext is how many unchanged lines a hunk shows around its changes.
const diffContext = 3

// maxDiffSteps bounds the search for the shortest diff; texts further apart
// are shown as one stretch replaced by another.
const maxDiffSteps = 1000

// Diff is the unified diff between two states of a file. Lines are compared as
// they are and shown with secrets replaced, so that a changed secret shows as
// a changed line and not as what it was or is. Equal texts give nothing.
func Diff(before, after []byte, name string) string {
	a, b := diffLines(before), diffLines(after)
	if len(a.raw) == len(b.raw) && string(before) == string(after) {
		return ""
	}
	var out strings.Builder
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", name, name)
	for _, h := range hunks(compare(a.raw, b.raw), len(a.raw)) {
		h.write(&out, a, b)
	}
	return out.String()
}

// diffText is a text's lines as they are, ends included, and as they are shown.
type diffText struct{ raw, shown []string }

func diffLines(data []byte) diffText {
	src, masked := newSource("", data), newSource("", []byte(Redact(data)))
	n := src.lines()
	t := diffText{raw: make([]string, n), shown: make([]string, n)}
	for i := range n {
		t.raw[i] = string(src.data[src.starts[i]:src.end(i+1)])
		t.shown[i] = string(masked.line(i + 1))
	}
	return t
}

// A stretch is lines of the old text, from a0 to a1, that became those of the
// new one from b0 to b1.
type stretch struct{ a0, a1, b0, b1 int }

// compare finds the stretches in which two texts differ, with as few lines as
// can be (E. Myers, An O(ND) Difference Algorithm, 1986).
func compare(a, b []string) []stretch {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	a, b = a[head:len(a)-tail], b[head:len(b)-tail]
	steps, ok := shortest(a, b)
	if !ok {
		return []stretch{{head, head + len(a), head, head + len(b)}}
	}
	return backtrack(steps, len(a), len(b), head)
}

// shortest records, for each number of changed lines, how far each diagonal
// got, until one reaches the end.
func shortest(a, b []string) (steps [][]int, ok bool) {
	most := min(len(a)+len(b), maxDiffSteps)
	far := make([]int, 2*most+3) // by diagonal, shifted by most+1
	for d := 0; d <= most; d++ {
		for k := -d; k <= d; k += 2 {
			x := 0
			switch i := k + most + 1; {
			case d == 0:
			case k == -d || k != d && far[i-1] < far[i+1]:
				x = far[i+1]
			default:
				x = far[i-1] + 1
			}
			y := x - k
			for x < len(a) && y < len(b) && a[x] == b[y] {
				x, y = x+1, y+1
			}
			far[k+most+1] = x
			if x >= len(a) && y >= len(b) {
				return append(steps, snapshot(far, most, d)), true
			}
		}
		steps = append(steps, snapshot(far, most, d))
	}
	return nil, false
}

// snapshot keeps the diagonals -d to d.
func snapshot(far []int, most, d int) []int {
	return append([]int(nil), far[most+1-d:most+2+d]...)
}

// backtrack walks the recorded steps from the end and joins changed lines that
// touch each other.
func backtrack(steps [][]int, x, y, head int) []stretch {
	var out []stretch
	add := func(a0, a1, b0, b1 int) {
		if n := len(out); n > 0 && out[n-1].a0 == a1 && out[n-1].b0 == b1 {
			out[n-1].a0, out[n-1].b0 = a0, b0
			return
		}
		out = append(out, stretch{a0, a1, b0, b1})
	}
	for d := len(steps) - 1; d > 0; d-- {
		last := steps[d-1] // diagonals -(d-1) to d-1
		at := func(k int) int {
			if i := k + d - 1; i >= 0 && i < len(last) {
				return last[i]
			}
			return -1
		}
		k := x - y
		if k == -d || k != d && at(k-1) < at(k+1) {
			x = at(k + 1)
			y = x - k - 1
			add(x, x, y, y+1)
		} else {
			x = at(k - 1)
			y = x - k + 1
			add(x, x+1, y, y)
		}
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	for i := range out {
		out[i].a0 += head
		out[i].a1 += head
		out[i].b0 += head
		out[i].b1 += head
	}
	return out
}

// A hunk is stretches near each other with the lines around them.
type hunk struct {
	stretches []stretch
	from, to  int // lines of the old text
}

func hunks(changes []stretch, lines int) []hunk {
	var out []hunk
	for _, s := range changes {
		from, to := max(s.a0-diffContext, 0), min(s.a1+diffContext, lines)
		if n := len(out); n > 0 && from <= out[n-1].to {
			out[n-1].stretches = append(out[n-1].stretches, s)
			out[n-1].to = to
			continue
		}
		out = append(out, hunk{[]stretch{s}, from, to})
	}
	return out
}

func (h hunk) write(out *strings.Builder, a, b diffText) {
	first, last := h.stretches[0], h.stretches[len(h.stretches)-1]
	start := first.b0 - (first.a0 - h.from)
	end := last.b1 + (h.to - last.a1)
	fmt.Fprintf(out, "@@ -%s +%s @@\n", extent(h.from, h.to), extent(start, end))
	at := h.from
	for _, s := range h.stretches {
		a.write(out, " ", at, s.a0)
		a.write(out, "-", s.a0, s.a1)
		b.write(out, "+", s.b0, s.b1)
		at = s.a1
	}
	a.write(out, " ", at, h.to)
}

// extent is a hunk's line numbers as unified diffs have them.
func extent(from, to int) string {
	switch to - from {
	case 0:
		return fmt.Sprintf("%d,0", from)
	case 1:
		return fmt.Sprint(from + 1)
	}
	return fmt.Sprintf("%d,%d", from+1, to-from)
}

func (t diffText) write(out *strings.Builder, sign string, from, to int) {
	for i := from; i < to; i++ {
		out.WriteString(sign + t.shown[i] + "\n")
		if !strings.HasSuffix(t.raw[i], "\n") {
			out.WriteString("\\ No newline at end of file\n")
		}
	}
}
