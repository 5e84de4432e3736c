// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/usher-signin/usher"
)

// A Rewrite is a new text for the organization of one state of a file. Unlike
// a [Change] it may write secrets, and so it never shows its lines.
type Rewrite struct {
	Revision string // the state of the file that it is made for
	Whole    bool   // the section is written anew: the comments in it are lost
	Plain    int    // secrets that will stand in the file and did not before

	text []byte
}

// ErrNothing says that there is nothing to write.
var ErrNothing = errors.New("the file holds this organization already")

// SetOrganization gives the file another organization. What did not change
// stays as it is written, comments and order too; a secret that the file holds
// by reference stays that reference; all else in the file stays byte for byte.
// The secrets that cannot be had here are kept, and are not in o.
func (c *Config) SetOrganization(o *usher.Organization) (Rewrite, error) {
	if c.Organization == nil {
		return Rewrite{}, fmt.Errorf("%s has no organization to be changed: add one by hand", c.File)
	}
	if sameOrganization(c.Organization, o) {
		return Rewrite{}, ErrNothing
	}
	for _, whole := range []bool{false, true} {
		w := &rewriter{c: c, refs: c.references()}
		var err error
		if whole {
			err = w.anew(o)
		} else {
			err = w.inPlace(o)
		}
		if err != nil {
			continue
		}
		text := w.apply()
		next, _, problems := parse(c.File, text, c.asItWas())
		if problems == nil && next.Organization != nil && sameOrganization(next.Organization, o) {
			return Rewrite{Revision: c.Revision, Whole: whole, Plain: w.plain, text: text}, nil
		}
	}
	return Rewrite{}, fmt.Errorf("%s: its organization is written in a way that cannot be changed by a program: write it in block style, or change it by hand", c.File)
}

// asItWas reads no secrets anew: the check of a new text must not depend on
// what has become of their files.
func (c *Config) asItWas() Environment {
	held := c.heldByReference()
	return Environment{
		ReadFile: func(name string) ([]byte, error) {
			if v, ok := held[SecretFile][name]; ok {
				return []byte(v + "\n"), nil
			}
			return nil, errors.New("it cannot be had here")
		},
		LookupEnv:      func(name string) (string, bool) { v, ok := held[SecretEnv][name]; return v, ok },
		LenientSecrets: true,
	}
}

// Preview gives the file's new text and the diff, secrets replaced, and writes
// nothing.
func (rw Rewrite) Preview(path string, data []byte, env Environment) (*Config, string, error) {
	if now := RevisionOf(data); now != rw.Revision {
		return nil, "", fmt.Errorf("%s: %w: it was read at revision %s and is at %s", path, ErrChanged, rw.Revision, now)
	}
	next, err := Parse(path, rw.text, env)
	if err != nil {
		return nil, "", fmt.Errorf("%s is left as it is: with the change it would not load:\n%w", path, err)
	}
	return next, Diff(data, rw.text, filepath.Base(path)), nil
}

// Write writes the new text as [Change.Write] does: with a backup, in one step,
// and only where the file is still the one that the rewrite was made for.
func (rw Rewrite) Write(path string, env Environment, now time.Time) (Written, error) {
	return write(path, now, func(before []byte) (*Config, string, error) { return rw.Preview(path, before, env) })
}

// A rewriter collects what is to be replaced in the file's text.
type rewriter struct {
	c     *Config
	cuts  []cut
	refs  map[string]string // a secret's value: how the file refers to it
	plain int
}

type cut struct {
	span
	text string
}

func (w *rewriter) replace(s span, text string) { w.cuts = append(w.cuts, cut{s, text}) }

// after puts lines after line n.
func (w *rewriter) after(n int, lines string) {
	at := w.c.src.starts[n-1] + len(w.c.src.line(n))
	w.replace(span{at, at}, "\n"+lines)
}

// apply makes the new text. Of two texts put in at one place the one that was
// asked for first comes first.
func (w *rewriter) apply() []byte {
	data := w.c.src.data
	ending := "\n"
	if line := w.c.src.line(1); len(line) < len(data) && data[len(line)] == '\r' {
		ending = "\r\n"
	}
	slices.SortStableFunc(w.cuts, func(a, b cut) int { return a.start - b.start })
	var out []byte
	done := 0
	for _, c := range w.cuts {
		if c.start < done {
			return nil // they overlap, and the empty text does not load
		}
		out = append(out, data[done:c.start]...)
		out = append(out, strings.ReplaceAll(c.text, "\n", ending)...)
		done = c.end
	}
	return append(out, data[done:]...)
}

// lastLine is the line that a node ends on.
func (w *rewriter) lastLine(end int) int { return w.c.src.lineAt(max(end-1, 0)) }
