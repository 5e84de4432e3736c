// SPDX-License-Identifier: Apache-2.0

package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/usher-signin/usher"
)

// maxProblems bounds how many problems of one file are kept; the others are counted.
const maxProblems = 100

// A Problem is one reason why a file does not load.
type Problem struct {
	Place usher.Place // Line is zero where the file as a whole is meant
	Saw   string      // what was seen; never a secret
	Want  string      // what was wanted
	Do    string      // what to do
	err   error
}

// Error gives the problem in one line, FILE:LINE:COLUMN first.
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.Place.File)
	if p.Place.Line > 0 {
		b.WriteString(":" + strconv.Itoa(p.Place.Line) + ":" + strconv.Itoa(max(p.Place.Column, 1)))
	}
	b.WriteString(": saw " + p.Saw)
	if p.Want != "" {
		b.WriteString("; wanted " + p.Want)
	}
	if p.Do != "" {
		b.WriteString("; " + p.Do)
	}
	return b.String()
}

// Unwrap gives the error of the file system, where there was one.
func (p Problem) Unwrap() error { return p.err }

// Problems is why a file does not load: everything that is wrong with it, in
// the order of its lines.
type Problems struct {
	File string
	List []Problem
	More int // further problems, beyond those listed
}

// Error gives one line a problem.
func (p *Problems) Error() string {
	var b strings.Builder
	for i, q := range p.List {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(q.Error())
	}
	if p.More > 0 {
		fmt.Fprintf(&b, "\n%s: and %d more problems", p.File, p.More)
	}
	return b.String()
}

// Unwrap gives the problems as errors.
func (p *Problems) Unwrap() []error {
	out := make([]error, len(p.List))
	for i, q := range p.List {
		out[i] = q
	}
	return out
}

// full says that a further problem would only be counted, so that nobody
// takes pains to word it.
func (p *Problems) full() bool { return len(p.List) >= maxProblems }

func (p *Problems) add(q Problem) {
	if p.full() {
		p.More++
		return
	}
	p.List = append(p.List, q)
}

func (p *Problems) sort() {
	slices.SortStableFunc(p.List, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Place.Line, b.Place.Line), cmp.Compare(a.Place.Column, b.Place.Column))
	})
}

// quote shows text from the file in one line, cut where it is long, invisible
// characters written out.
func quote(text string) string {
	const most = 80
	if utf8.RuneCountInString(text) > most {
		return strconv.Quote(string([]rune(text)[:most])) + " and more"
	}
	return strconv.Quote(text)
}

// listed joins words as a sentence has them: a, b or c.
func listed(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
