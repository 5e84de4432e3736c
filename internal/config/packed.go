// SPDX-License-Identifier: Apache-2.0

package config

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/usher-signin/usher"
)

// A Packed configuration is one made fit to leave the machine: the text with
// every secret replaced, and beside it what a check may know of the secrets,
// never the secrets. Unpacked, it is judged as the file was: the same
// findings, at the same places, with the same edits.
type Packed struct {
	File     string `json:"file"` // as it was named
	Revision string `json:"revision"`
	Mode     uint32 `json:"mode,omitempty"`
	// Secrets is what may be said of each, by its path.
	Secrets map[string]PackedSecret `json:"secrets"`
	// Guarded are the lines that hold more than the text shows: no edit may
	// rewrite them.
	Guarded []int `json:"guarded_lines,omitempty"`
	// Shifts say where on a line the text's columns are not the file's.
	Shifts []Shift `json:"shifts,omitempty"`

	Text string `json:"-"` // [Config.Redacted], to be kept in a file of its own
}

// A PackedSecret is what may be said of a secret.
type PackedSecret struct {
	SecretState
	// StandsFor takes the secret's place. Equal secrets have equal ones, so that
	// it can still be seen that two clients share one, or that the provider has
	// another; one that is the client id itself is that.
	StandsFor string `json:"stands_for,omitempty"`
}

// A Shift says that from a column of a line of the text on, the file's own
// columns are By more.
type Shift struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	By     int `json:"by"`
}

// Pack packs configurations that are judged together: equal secrets of several
// files are equal afterwards.
func Pack(configs ...*Config) []Packed {
	names := make(map[string]string) // what stands for each secret
	for _, c := range configs {
		for _, a := range c.Accounts {
			if !a.ClientSecret.Empty() && a.ClientSecret.Equal(usher.NewSecret(a.ClientID)) {
				names[a.ClientID] = a.ClientID
			}
		}
	}
	out := make([]Packed, len(configs))
	for i, c := range configs {
		out[i] = c.pack(names)
	}
	return out
}

func (c *Config) pack(names map[string]string) Packed {
	p := Packed{File: c.File, Revision: c.Revision, Mode: uint32(c.Mode), Text: c.Redacted(), Shifts: c.shifts(), Secrets: make(map[string]PackedSecret)}
	for _, path := range slices.Sorted(maps.Keys(c.secrets)) {
		s := PackedSecret{SecretState: c.secrets[path]}
		switch held := c.held[path].Reveal(); {
		case held == "":
		case path == "server.database":
			s.StandsFor = hidePassword(held)
		default:
			if _, known := names[held]; !known {
				names[held] = fmt.Sprintf("the bundle's secret %d", len(names)+1)
			}
			s.StandsFor = names[held]
		}
		p.Secrets[path] = s
	}
	for n := 1; n <= c.src.lines(); n++ {
		if c.holdsSecret(n) {
			p.Guarded = append(p.Guarded, n)
		}
	}
	return p
}

// shifts says where the shown text's columns are not the file's.
func (c *Config) shifts() []Shift {
	m := masker{src: c.src}
	m.walk(c.root, "", -1)
	m.comments()
	shown := c.shown()
	var out []Shift
	moved := 0 // bytes that the shown text is longer by, up to here
	done := 0  // bytes of the file dealt with
	m.text()   // sorts the marks
	for _, k := range m.marks {
		if k.start < done {
			continue // inside what is hidden already
		}
		done = k.end
		moved += len(k.with) - (k.end - k.start)
		was, is := c.src.columnOf(k.end), shown.columnOf(k.end+moved)
		if line := c.src.lineAt(k.end); was != is && line == shown.lineAt(k.end+moved) {
			out = append(out, Shift{Line: line, Column: is, By: was - is})
		}
	}
	return out
}

// columnOf gives the column, from one, of the byte at offset.
func (s *source) columnOf(offset int) int {
	return 1 + utf8.RuneCount(s.data[s.starts[s.lineAt(offset)-1]:offset])
}

// Unpack gives the configuration back. Nothing is read but the text.
func (p Packed) Unpack() (*Config, error) {
	c, err := Parse(p.File, []byte(p.Text), Environment{LenientSecrets: true, packed: p.Secrets})
	if err != nil {
		return nil, err
	}
	c.Revision, c.Mode = p.Revision, fs.FileMode(p.Mode)
	c.src.shifts = make(map[int][]Shift)
	for _, s := range p.Shifts {
		c.src.shifts[s.Line] = append(c.src.shifts[s.Line], s)
	}
	c.guarded = make(map[int]bool, len(p.Guarded))
	for _, n := range p.Guarded {
		c.guarded[n] = true
	}
	text := &shownText{c.src}
	c.shown = sync.OnceValue(func() *shownText { return text })
	return c, nil
}

// shifted gives the file's own column for one of the text.
func (s *source) shifted(line, column int) int {
	by := 0
	for _, shift := range s.shifts[line] {
		if column >= shift.Column {
			by = shift.By
		}
	}
	return column + by
}

// holdsSecret reports whether line n of the file shows more than [Config.Line] does.
func (c *Config) holdsSecret(n int) bool {
	return c.guarded[n] || !bytes.Equal(c.src.line(n), c.shown().line(n))
}
