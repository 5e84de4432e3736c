// SPDX-License-Identifier: Apache-2.0

package config

import (
	"bytes"

	"go.yaml.in/yaml/v3"
)

// A span is a stretch of the file's bytes, the end not included.
type span struct{ start, end int }

// spanOf finds the bytes of a scalar, which the YAML library does not tell:
// quotes included, comments not. Indent is the indentation of the level that
// the scalar hangs from, counted from zero; only blocks of text need it. The
// span of what cannot be made out reaches to the file's end: what is to be
// hidden is rather hidden too far.
func (s *source) spanOf(n *yaml.Node, indent int) span {
	return s.spanFrom(s.offset(n.Line, n.Column), n, indent)
}

func (s *source) spanFrom(start int, n *yaml.Node, indent int) span {
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return span{start, s.closeDouble(start)}
	case n.Style&yaml.SingleQuotedStyle != 0:
		return span{start, s.closeSingle(start)}
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return span{start, s.blockEnd(n.Line, indent)}
	}
	return span{start, s.plainEnd(start, n.Value)}
}

func (s *source) closeDouble(start int) int {
	for i := start + 1; i < len(s.data); i++ {
		switch s.data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s.data)
}

func (s *source) closeSingle(start int) int {
	for i := start + 1; i < len(s.data); i++ {
		if s.data[i] != '\'' {
			continue
		}
		if i+1 < len(s.data) && s.data[i+1] == '\'' {
			i++
			continue
		}
		return i + 1
	}
	return len(s.data)
}

// plainEnd follows the value through the text; a line break, with the blanks
// around it, stands for one blank or more breaks.
func (s *source) plainEnd(start int, value string) int {
	at := start
	for i := 0; i < len(value); {
		switch {
		case at >= len(s.data):
			return len(s.data)
		case s.data[at] == value[i] && (value[i] != ' ' || !s.breaksAt(at)):
			at++
			i++
		case blankByte(s.data[at]) && (value[i] == ' ' || value[i] == '\n'):
			for at < len(s.data) && blankByte(s.data[at]) {
				at++
			}
			for i < len(value) && (value[i] == ' ' || value[i] == '\n') {
				i++
			}
		default:
			return len(s.data)
		}
	}
	return at
}

// breaksAt reports whether the blanks at offset run into a line's end.
func (s *source) breaksAt(at int) bool {
	for at < len(s.data) && (s.data[at] == ' ' || s.data[at] == '\t') {
		at++
	}
	return at < len(s.data) && (s.data[at] == '\n' || s.data[at] == '\r')
}

func blankByte(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// blockEnd is the end of the last line that is indented deeper than the level
// the block hangs from.
func (s *source) blockEnd(header, indent int) int {
	last := header
	for n := header + 1; n <= s.lines(); n++ {
		line := s.line(n)
		if len(bytes.TrimLeft(line, " ")) == 0 {
			continue
		}
		if len(line)-len(bytes.TrimLeft(line, " ")) <= indent {
			break
		}
		last = n
	}
	return s.starts[last-1] + len(s.line(last))
}

// endOf finds the offset after the last byte of a node.
func (s *source) endOf(n *yaml.Node, indent int) int {
	switch {
	case n.Kind == yaml.ScalarNode:
		return s.spanOf(n, indent).end
	case n.Style&yaml.FlowStyle != 0 || len(n.Content) == 0:
		return s.closeFlow(s.offset(n.Line, n.Column))
	}
	last := n.Content[len(n.Content)-1]
	below := n.Column - 1
	if n.Kind == yaml.MappingNode {
		below = n.Content[len(n.Content)-2].Column - 1
	}
	return s.endOf(last, below)
}

// closeFlow finds the end of brackets or braces that open at start. Quotes
// and comments inside may hold brackets of their own.
func (s *source) closeFlow(start int) int {
	depth := 0
	for i := start; i < len(s.data); i++ {
		switch c := s.data[i]; {
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		case c == '"' && opensQuote(s.data, i):
			i = s.closeDouble(i) - 1
		case c == '\'' && opensQuote(s.data, i):
			i = s.closeSingle(i) - 1
		case c == '#' && blankByte(s.data[i-1]):
			for i+1 < len(s.data) && s.data[i+1] != '\n' {
				i++
			}
		}
	}
	return len(s.data)
}

// opensQuote tells a quote that begins a value from one inside a plain text (it's).
func opensQuote(data []byte, at int) bool {
	for i := at - 1; i >= 0; i-- {
		if c := data[i]; !blankByte(c) {
			return c == '[' || c == '{' || c == ',' || c == ':' && (i < at-1 || i > 0 && (data[i-1] == '"' || data[i-1] == '\''))
		}
	}
	return true
}
