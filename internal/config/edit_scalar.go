// SPDX-License-Identifier: Apache-2.0

package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/usher-signin/usher"
	"go.yaml.in/yaml/v3"
)

// ReplaceScalar makes the edit that gives the value at path another value. Only
// the value changes: comment, indentation and, where the new value allows it,
// the way of quoting stay. Values over several lines, secrets and what is not
// written are errors that say so.
func (c *Config) ReplaceScalar(path, value string) (usher.Edit, error) {
	at, err := c.trace(path)
	if err != nil {
		return usher.Edit{}, err
	}
	n := at.node
	if n.Kind != yaml.ScalarNode {
		return usher.Edit{}, fmt.Errorf("%s: %s holds %s, not one value; edit what is in it", c.placed(n), path, describe(n))
	}
	where, err := c.oneLine(path, n, at.indent)
	if err != nil {
		return usher.Edit{}, err
	}
	raw, err := c.encode(n, value, at.flow)
	if err != nil {
		return usher.Edit{}, err
	}
	return c.splice(n.Line, where, raw)
}

// splice replaces a stretch of one line.
func (c *Config) splice(line int, where span, with string) (usher.Edit, error) {
	begin := c.src.starts[line-1]
	end := begin + len(c.src.line(line))
	after := string(c.src.data[begin:where.start]) + with + string(c.src.data[where.end:end])
	return c.edit(line, &after)
}

// oneLine gives the span of a scalar that begins and ends on one line.
func (c *Config) oneLine(path string, n *yaml.Node, indent int) (span, error) {
	where := c.src.spanOf(n, indent)
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 || bytes.IndexByte(c.src.data[where.start:where.end], '\n') >= 0 {
		return span{}, fmt.Errorf("%s: the value of %s goes over several lines; write it on one line first", c.placed(n), path)
	}
	return where, nil
}

// encode writes a value as YAML, in the manner of the node that it replaces.
func (c *Config) encode(n *yaml.Node, value string, flow bool) (string, error) {
	if n.Tag == "!!bool" {
		if value != "true" && value != "false" {
			return "", fmt.Errorf("%s: %s cannot stand here; write true or false", c.placed(n), quote(value))
		}
		return value, nil
	}
	return encodeText(value, n.Style, flow), nil
}

// encodeText writes a text as YAML: plain where it can be, quoted as asked
// where it can be, else between double quotes with everything invisible
// escaped.
func encodeText(value string, style yaml.Style, flow bool) string {
	visible := value == strings.TrimFunc(value, unicode.IsSpace) // blanks around show best between quotes
	for _, r := range value {
		if r != ' ' && (!unicode.IsPrint(r) || unicode.IsSpace(r)) {
			return quoteDouble(value)
		}
	}
	switch {
	case style&yaml.DoubleQuotedStyle != 0:
		return quoteDouble(value)
	case style&yaml.SingleQuotedStyle != 0:
		return "'" + strings.ReplaceAll(value, "'", "''") + "'"
	case visible && plainSafe(value, flow):
		return value
	}
	return quoteDouble(value)
}

// plainSafe asks the YAML reader itself whether the value means itself when it
// stands without quotes.
func plainSafe(value string, flow bool) bool {
	if value == "" || strings.ContainsAny(value, "\n\r#") {
		return false
	}
	text := "k: " + value + " # c\n"
	if flow {
		text = "k: {k: [x, " + value + "]} # c\n"
	}
	root, extra, err := decode([]byte(text))
	if err != nil || extra != nil || len(root.Content) != 1 || len(root.Content[0].Content) != 2 {
		return false
	}
	n := root.Content[0].Content[1]
	if flow {
		if n.Kind != yaml.MappingNode || len(n.Content) != 2 || n.Content[1].Kind != yaml.SequenceNode || len(n.Content[1].Content) != 2 {
			return false
		}
		n = n.Content[1].Content[1]
	}
	return n.Kind == yaml.ScalarNode && n.Tag == "!!str" && n.Style == 0 && n.Anchor == "" && n.Value == value
}

// quoteDouble writes a text between double quotes (YAML 1.2 section 7.3.1),
// in printable characters only.
func quoteDouble(value string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range value {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == ' ' || unicode.IsPrint(r) && !unicode.IsSpace(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// traced is a node with what is around it.
type traced struct {
	parent, key, node *yaml.Node // key: in a mapping
	index             int        // in parent.Content
	flow              bool       // the parent is written between brackets or braces
	indent            int        // of the level that the node hangs from
}

var errNotWritten = errors.New("is not written in the file")

// trace walks to what is written at path.
func (c *Config) trace(path string) (traced, error) {
	at := traced{node: c.root, indent: -1}
	rest := path
	for rest != "" {
		var step string
		step, rest = cutStep(rest)
		key, n := child(at.node, step)
		if n == nil {
			return traced{}, fmt.Errorf("%s: %s %w; add it instead", c.File, path, errNotWritten)
		}
		parent := at.node
		at = traced{parent: parent, key: key, node: n, flow: parent.Style&yaml.FlowStyle != 0, indent: parent.Column - 1}
		for i, c := range parent.Content {
			if c == n {
				at.index = i
			}
		}
		if key != nil {
			at.indent = key.Column - 1
		}
	}
	return at, nil
}

func (c *Config) placed(n *yaml.Node) string {
	return fmt.Sprintf("%s:%d:%d", c.File, n.Line, n.Column)
}
