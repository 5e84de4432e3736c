// SPDX-License-Identifier: Apache-2.0

package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/usher-signin/usher"
)

// A Change is edits of one state of a file. The After of an edit may hold
// several lines, which then stand where the one stood.
//
// A line that holds a secret appears in an edit's Before with the secret
// replaced, as [Config.Line] shows it, and can only be deleted.
type Change struct {
	Revision string       `json:"revision"` // the state of the file that the edits are made for
	Edits    []usher.Edit `json:"edits"`
}

// Change makes a change of the file as it was loaded.
func (c *Config) Change(edits ...usher.Edit) Change {
	return Change{Revision: c.Revision, Edits: edits}
}

// ErrChanged says that the file is no longer what the edits were made for.
var ErrChanged = errors.New("the file has changed since")

// Apply gives the file's new text. The text must be the one that the edits
// were made for; where it is another, the error wraps [ErrChanged] and says
// which of the lines are others now.
func (ch Change) Apply(data []byte) ([]byte, error) {
	edits, err := ch.inOrder()
	if err != nil {
		return nil, err
	}
	src, shown := newSource("", data), newSource("", []byte(Redact(data)))
	if RevisionOf(data) != ch.Revision {
		return nil, ch.changed(edits, data, shown)
	}
	var out bytes.Buffer
	done := 0 // bytes of data dealt with
	for _, e := range edits {
		if e.Line > src.lines() {
			return nil, fmt.Errorf("the edit of line %d cannot be made: the file has %d lines; make the edits anew", e.Line, src.lines())
		}
		line, seen := src.line(e.Line), shown.line(e.Line)
		if string(seen) != e.Before {
			return nil, fmt.Errorf("the edit of line %d cannot be made: it expects %s, the line is %s; make the edits anew", e.Line, quote(e.Before), quote(string(seen)))
		}
		if e.After != nil && !bytes.Equal(line, seen) {
			return nil, fmt.Errorf("line %d holds a secret, which an edit may not rewrite; change it in the file itself", e.Line)
		}
		start, end := src.starts[e.Line-1], src.end(e.Line)
		out.Write(data[done:start])
		if e.After != nil {
			ending := data[start+len(line) : end]
			out.WriteString(withEndings(*e.After, ending))
		}
		done = end
	}
	out.Write(data[done:])
	return out.Bytes(), nil
}

// withEndings ends each line as the replaced line ended.
func withEndings(text string, ending []byte) string {
	inner := string(ending)
	if inner == "" {
		inner = "\n"
	}
	return strings.ReplaceAll(text, "\n", inner) + string(ending)
}

// inOrder sorts the edits by line and refuses two for one line.
func (ch Change) inOrder() ([]usher.Edit, error) {
	if len(ch.Edits) == 0 {
		return nil, errors.New("the change holds no edit; there is nothing to do")
	}
	edits := slices.Clone(ch.Edits)
	slices.SortFunc(edits, func(a, b usher.Edit) int { return cmp.Compare(a.Line, b.Line) })
	for i, e := range edits {
		if e.Line < 1 {
			return nil, fmt.Errorf("an edit names line %d; lines count from 1", e.Line)
		}
		if i > 0 && edits[i-1].Line == e.Line {
			return nil, fmt.Errorf("two edits change line %d; make them one", e.Line)
		}
	}
	return edits, nil
}

// changed says in what the file differs from the one that the edits expect.
func (ch Change) changed(edits []usher.Edit, data []byte, shown *source) error {
	const most = 5
	var moved []string
	for _, e := range edits {
		now := "gone"
		if e.Line <= shown.lines() {
			now = quote(string(shown.line(e.Line)))
		}
		if now != quote(e.Before) && len(moved) < most {
			moved = append(moved, fmt.Sprintf("line %d was %s and is %s", e.Line, quote(e.Before), now))
		}
	}
	what := "the lines to edit are as they were, others are not"
	if len(moved) > 0 {
		what = strings.Join(moved, "; ")
	}
	return fmt.Errorf("%w: the edits are for revision %s, the file is at %s (%s); look at the findings again and make the edits anew",
		ErrChanged, ch.Revision, RevisionOf(data), what)
}

// edit words the replacement of one line; a nil after deletes it.
func (c *Config) edit(line int, after *string) (usher.Edit, error) {
	if after != nil && c.holdsSecret(line) {
		return usher.Edit{}, c.secretLine(line)
	}
	return usher.Edit{Line: line, Before: c.Line(line), After: after}, nil
}

func (c *Config) secretLine(line int) error {
	return fmt.Errorf("%s:%d: the line holds a secret, which no edit may show; change the line by hand", c.File, line)
}
