// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"strings"

	"github.com/usher-signin/usher"
)

// Between gives the edits that lead from the file as it was loaded to another
// text of it, such as several changes made one after the other. A line that
// holds a secret is never rewritten: what is to stand beside it goes into
// another edit, and where there is none the error says so.
func (c *Config) Between(next []byte) (Change, error) {
	before, after := newSource("", c.src.data), newSource("", next)
	var edits []usher.Edit
	for _, s := range compare(textLines(before), textLines(after)) {
		fresh := make([]string, 0, s.b1-s.b0)
		for line := s.b0 + 1; line <= s.b1; line++ {
			fresh = append(fresh, string(after.line(line)))
		}
		made, err := c.replaceLines(s.a0+1, s.a1, fresh)
		if err != nil {
			return Change{}, err
		}
		edits = append(edits, made...)
	}
	return c.Change(edits...), nil
}

// replaceLines replaces the lines from first to last, none where last comes
// before first, by others.
func (c *Config) replaceLines(first, last int, fresh []string) ([]usher.Edit, error) {
	var edits []usher.Edit
	for line := first; line <= last; line++ {
		e := usher.Edit{Line: line, Before: c.Line(line)}
		if len(fresh) > 0 && !c.holdsSecret(line) {
			text := strings.Join(fresh, "\n")
			e.After, fresh = &text, nil
		}
		edits = append(edits, e)
	}
	if len(fresh) == 0 {
		return edits, nil
	}
	for _, beside := range []int{first - 1, last + 1} {
		if beside < 1 || beside > c.Lines() || c.holdsSecret(beside) {
			continue
		}
		lines := append([]string{c.Line(beside)}, fresh...)
		if beside > last {
			lines = append(fresh, c.Line(beside))
		}
		text := strings.Join(lines, "\n")
		return append(edits, usher.Edit{Line: beside, Before: c.Line(beside), After: &text}), nil
	}
	return nil, fmt.Errorf("%s:%d: the lines around hold secrets, which no edit may show; change the file by hand", c.File, first)
}

func textLines(s *source) []string {
	out := make([]string, s.lines())
	for i := range out {
		out[i] = string(s.line(i + 1))
	}
	return out
}
