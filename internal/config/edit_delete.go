// SPDX-License-Identifier: Apache-2.0

package config

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/usher-signin/usher"
	"go.yaml.in/yaml/v3"
)

// DeleteItem makes the edits that delete what is written at path: an item of a
// list, a key with its value, or one scope of several in one text
// (external_accounts[0].ims_scopes[2]). An item takes along the comments that
// stand directly above it and those inside it.
func (c *Config) DeleteItem(path string) ([]usher.Edit, error) {
	if edit, is, err := c.deleteScope(path); is {
		return []usher.Edit{edit}, err
	}
	at, err := c.trace(path)
	if err != nil {
		return nil, err
	}
	switch {
	case at.parent == nil:
		return nil, fmt.Errorf("%s: the whole file cannot be deleted as an item; name one", c.File)
	case at.flow:
		edit, err := c.deleteInFlow(path, at)
		return []usher.Edit{edit}, err
	case at.key != nil:
		return c.deleteKey(path, at)
	}
	return c.deleteBlockItem(path, at)
}

// deleteScope takes one scope out of a text that lists several. The text's
// other scopes and its separators stay.
func (c *Config) deleteScope(path string) (usher.Edit, bool, error) {
	n, cut, found := c.findScope(path)
	if !found {
		return usher.Edit{}, false, nil
	}
	words := scopeSpans(n.Value)
	if len(words) == 1 {
		return usher.Edit{}, true, fmt.Errorf("%s: %s is the only scope; remove the key instead", c.placed(n), path)
	}
	if i := slices.Index(words, cut); i+1 < len(words) {
		cut.end = words[i+1].start
	} else {
		cut.start = words[i-1].end
	}
	base, _, _ := lastIndex(path)
	edit, err := c.ReplaceScalar(base, n.Value[:cut.start]+n.Value[cut.end:])
	return edit, true, err
}

// scopeSpans finds the scopes in a text that lists several.
func scopeSpans(text string) []span {
	var out []span
	start := -1
	for i := 0; i <= len(text); i++ {
		between := i == len(text) || strings.IndexByte(", \t\r\n", text[i]) >= 0
		switch {
		case between && start >= 0:
			out = append(out, span{start, i})
			start = -1
		case !between && start < 0:
			start = i
		}
	}
	return out
}

// lastIndex takes a final [i] off a path.
func lastIndex(path string) (base string, index int, ok bool) {
	i := strings.LastIndexByte(path, '[')
	if i < 0 || !strings.HasSuffix(path, "]") {
		return "", 0, false
	}
	n := 0
	for _, c := range path[i+1 : len(path)-1] {
		if c < '0' || c > '9' || n > MaxFileBytes {
			return "", 0, false
		}
		n = n*10 + int(c-'0')
	}
	return path[:i], n, len(path)-1 > i+1
}

// deleteInFlow takes an item or key out of brackets or braces on one line.
func (c *Config) deleteInFlow(path string, at traced) (usher.Edit, error) {
	first, step := at.node, 1 // the item's first node; how many nodes an item has
	if at.key != nil {
		first, step = at.key, 2
	}
	items := at.parent.Content
	i := at.index - step + 1
	cut := span{c.src.offset(first.Line, first.Column), c.src.endOf(at.node, at.indent)}
	switch {
	case i+step < len(items):
		next := items[i+step]
		cut.end = c.src.offset(next.Line, next.Column)
	case i > 0:
		cut.start = c.src.endOf(items[i-1], at.indent)
	}
	whole := span{c.src.offset(at.parent.Line, at.parent.Column), c.src.endOf(at.parent, at.indent)}
	if bytes.IndexByte(c.src.data[whole.start:whole.end], '\n') >= 0 {
		return usher.Edit{}, fmt.Errorf("%s: %s stands between brackets that go over several lines; write them on one line, or delete it by hand", c.placed(at.node), path)
	}
	return c.splice(first.Line, cut, "")
}

// deleteKey deletes the lines of a key in block style. Where the key stands
// behind the dash of a list's item, the next key takes over the dash.
func (c *Config) deleteKey(path string, at traced) ([]usher.Edit, error) {
	if len(at.parent.Content) == 2 {
		return nil, fmt.Errorf("%s: %s is the only key at its level; delete the level instead", c.placed(at.node), path)
	}
	first := at.key.Line
	last := c.src.lineAt(max(c.src.endOf(at.node, at.indent)-1, 0))
	line := c.src.line(first)
	dash := bytes.IndexByte(line, '-')
	if indentOf(line) == at.key.Column-1 {
		return c.deleteLines(c.commentsAbove(first, at.key.Column-1, at.index > 1), last)
	}
	next := at.parent.Content[at.index+1:]
	if at.index != 1 || len(next) == 0 || dash != indentOf(line) || next[0].Line <= last {
		return nil, fmt.Errorf("%s: %s shares its line with something else; delete it by hand", c.placed(at.node), path)
	}
	heir := next[0].Line
	with := append([]byte(nil), c.src.line(heir)...)
	if len(with) <= dash || with[dash] != ' ' {
		return nil, fmt.Errorf("%s: %s cannot be deleted without moving other lines; delete it by hand", c.placed(at.node), path)
	}
	with[dash] = '-'
	after := string(with)
	take, err := c.edit(heir, &after)
	if err != nil {
		return nil, err
	}
	edits, err := c.deleteLines(first, last)
	return append(edits, take), err
}

// deleteBlockItem deletes the lines of an item that a dash begins. A list
// whose only item goes stays, empty.
func (c *Config) deleteBlockItem(path string, at traced) ([]usher.Edit, error) {
	dash := at.parent.Column - 1
	first, err := c.dashLine(at.node, dash)
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", c.placed(at.node), path, err)
	}
	last := c.src.lineAt(max(c.src.endOf(at.node, dash)-1, 0))
	last = c.commentsInside(last, dash)
	if len(at.parent.Content) > 1 {
		return c.deleteLines(c.commentsAbove(first, dash, at.index > 0), last)
	}
	base, _, _ := lastIndex(path)
	list, err := c.trace(base)
	if err != nil || list.key == nil || list.key.Line >= first {
		return nil, fmt.Errorf("%s: %s is the only item of its list; delete it by hand", c.placed(at.node), path)
	}
	colon := c.src.spanOf(list.key, list.indent).end + 1
	empty, err := c.splice(list.key.Line, span{colon, colon}, " []")
	if err != nil {
		return nil, err
	}
	edits, err := c.deleteLines(first, last)
	return append([]usher.Edit{empty}, edits...), err
}

// dashLine finds the line of the dash that begins an item.
func (c *Config) dashLine(n *yaml.Node, dash int) (int, error) {
	for line := n.Line; line > 0; line-- {
		text := c.src.line(line)
		if indentOf(text) == dash && len(text) > dash && text[dash] == '-' {
			return line, nil
		}
		if line != n.Line && len(bytes.TrimSpace(text)) > 0 && !comment(text) {
			break
		}
	}
	return 0, fmt.Errorf("its dash cannot be found; delete it by hand")
}

func comment(line []byte) bool {
	line = bytes.TrimLeft(line, " \t")
	return len(line) > 0 && line[0] == '#'
}

// commentsAbove gives the first of the comment lines that stand directly above
// a line, at its own indentation. Those above the first item may speak of the
// whole list and stay.
func (c *Config) commentsAbove(line, indent int, further bool) int {
	if !further {
		return line
	}
	for line > 1 {
		if above := c.src.line(line - 1); !comment(above) || indentOf(above) != indent {
			break
		}
		line--
	}
	return line
}

// commentsInside gives the last of the comment lines that follow an item's
// last line and are indented as what is in the item.
func (c *Config) commentsInside(line, dash int) int {
	for line < c.src.lines() {
		if below := c.src.line(line + 1); !comment(below) || indentOf(below) <= dash {
			break
		}
		line++
	}
	return line
}

// deleteLines deletes whole lines, and one of two empty lines that would meet.
func (c *Config) deleteLines(first, last int) ([]usher.Edit, error) {
	empty := func(n int) bool { return n < 1 || n > c.src.lines() || len(bytes.TrimSpace(c.src.line(n))) == 0 }
	if empty(first-1) && empty(last+1) && last < c.src.lines() {
		last++
	}
	edits := make([]usher.Edit, 0, last-first+1)
	for n := first; n <= last; n++ {
		e, err := c.edit(n, nil)
		if err != nil {
			return nil, err
		}
		edits = append(edits, e)
	}
	return edits, nil
}
