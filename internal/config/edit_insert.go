// SPDX-License-Identifier: Apache-2.0

package config

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/usher-signin/usher"
	"go.yaml.in/yaml/v3"
)

// InsertItem makes the edit that adds an item to the end of the list at path,
// or a key to the end of the level at path; an empty path is the file's top
// level. The text is the item or the key with its value, as YAML, not
// indented. It may not hold a secret.
func (c *Config) InsertItem(path, text string) (usher.Edit, error) {
	text = strings.TrimRight(text, "\r\n")
	if root, extra, err := decode([]byte(text)); err != nil || extra != nil || len(root.Content) == 0 {
		return usher.Edit{}, fmt.Errorf("%s: the text to add to %s is no YAML; correct it", c.File, levelPath(path))
	}
	if Redact([]byte(text+"\n")) != text+"\n" {
		return usher.Edit{}, fmt.Errorf("%s: the text to add to %s holds a secret, which no edit may show; add it by hand", c.File, levelPath(path))
	}
	at, err := c.trace(path)
	if err != nil {
		return usher.Edit{}, err
	}
	n := at.node
	switch {
	case n.Kind == yaml.ScalarNode:
		return usher.Edit{}, fmt.Errorf("%s: %s holds %s; nothing can be added to it", c.placed(n), path, describe(n))
	case n.Style&yaml.FlowStyle != 0 || len(n.Content) == 0:
		return c.insertInFlow(path, at, text)
	}
	first := ""
	indent := strings.Repeat(" ", n.Column-1)
	if n.Kind == yaml.SequenceNode {
		first = "- "
	}
	return c.insertLines(at, layOut(text, indent, first))
}

func levelPath(path string) string {
	if path == "" {
		return "the file"
	}
	return path
}

// layOut indents the lines of a text; the first may begin with a dash.
func layOut(text, indent, dash string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		switch {
		case i == 0:
			lines[i] = indent + dash + line
		case line != "":
			lines[i] = indent + strings.Repeat(" ", len(dash)) + line
		}
	}
	return strings.Join(lines, "\n")
}

// insertLines puts lines after the level's last line that holds no secret; a
// list's items keep their order, so that there only its beginning is left.
func (c *Config) insertLines(at traced, lines string) (usher.Edit, error) {
	n := at.node
	width := 1
	if n.Kind == yaml.MappingNode {
		width = 2
	}
	below := n.Column - 1
	for i := len(n.Content) - 1; i >= 0; i -= width {
		last := c.src.lineAt(max(c.src.endOf(n.Content[i], below)-1, 0))
		if block := lastScalar(n.Content[i]); c.openEnded(block, last) {
			return usher.Edit{}, fmt.Errorf("%s: the block of text here would change if lines were put after it; add them by hand", c.placed(block))
		}
		if !c.holdsSecret(last) {
			after := string(c.src.line(last)) + "\n" + lines
			return c.edit(last, &after)
		}
		if n.Kind == yaml.SequenceNode {
			break
		}
	}
	line := c.src.line(n.Line)
	if n.Kind != yaml.SequenceNode || indentOf(line) != below || c.holdsSecret(n.Line) {
		return usher.Edit{}, c.secretLine(n.Line)
	}
	after := lines + "\n" + string(line)
	return c.edit(n.Line, &after)
}

func lastScalar(n *yaml.Node) *yaml.Node {
	for len(n.Content) > 0 {
		n = n.Content[len(n.Content)-1]
	}
	return n
}

// openEnded reports whether n is a block of text whose value depends on what
// follows its last line: it keeps the empty lines after it (+), or ends with
// the file, without a line end.
func (c *Config) openEnded(n *yaml.Node, last int) bool {
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		return false
	}
	header := c.src.line(n.Line)[c.src.offset(n.Line, n.Column)-c.src.starts[n.Line-1]:]
	return bytes.HasPrefix(bytes.TrimLeft(header, "|>0123456789"), []byte{'+'}) || c.src.end(last) == len(c.src.data) && !bytes.HasSuffix(c.src.data, []byte{'\n'})
}

// insertInFlow puts an item before the closing bracket, on one line.
func (c *Config) insertInFlow(path string, at traced, text string) (usher.Edit, error) {
	n := at.node
	start, end := c.src.offset(n.Line, n.Column), c.src.endOf(n, at.indent)
	inside := c.src.data[start:end]
	if bytes.IndexByte(inside, '\n') >= 0 || strings.Contains(text, "\n") {
		return usher.Edit{}, fmt.Errorf("%s: what is to be added to %s, or what is there, goes over several lines between brackets; add it by hand", c.placed(n), path)
	}
	where := end - 1
	for where > start+1 && (c.src.data[where-1] == ' ' || c.src.data[where-1] == '\t') {
		where--
	}
	if len(n.Content) > 0 {
		if c.src.data[where-1] == ',' { // a comma after the last item
			text = " " + text
		} else {
			text = ", " + text
		}
	}
	return c.splice(n.Line, span{where, where}, text)
}
