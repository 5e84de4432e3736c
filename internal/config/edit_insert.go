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

// insertLines puts lines after the level's last line; where that one holds a
// secret, before the level's first.
func (c *Config) insertLines(at traced, lines string) (usher.Edit, error) {
	n := at.node
	last := c.src.lineAt(max(c.src.endOf(n, at.indent)-1, 0))
	if !c.holdsSecret(last) {
		after := string(c.src.line(last)) + "\n" + lines
		return c.edit(last, &after)
	}
	first := n.Line
	line := c.src.line(first)
	if indentOf(line) != n.Column-1 || c.holdsSecret(first) {
		return usher.Edit{}, c.secretLine(last)
	}
	after := lines + "\n" + string(line)
	return c.edit(first, &after)
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
