// SPDX-License-Identifier: Apache-2.0

package config

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxLocateBytes bounds the files whose first faulty line is searched for by
// parsing ever shorter beginnings of it.
const maxLocateBytes = 256 << 10

// complaint is one of the library's complaints, worded for an administrator.
type complaint struct {
	part    string // of the library's sentence
	saw, do string
	search  bool   // the library names where it began; the line at fault is searched for
	sign    string // the characters to point at; empty: the line's first
}

func complaints() []complaint {
	return []complaint{
		{part: "mapping values are not allowed", saw: `a second ": " in one line, or a line indented deeper than the lines around it`, do: "put the value in quotes, or align the line with the lines around it"},
		{part: "did not find expected key", saw: "a line whose indentation or first character does not fit the lines above it", do: `align it with the key or dash that it belongs beside, and give it the form "key: value"`, search: true},
		{part: "did not find expected '-' indicator", saw: "a line whose indentation or first character does not fit the lines above it", do: `align it with the dashes above, and begin it with "- "`, search: true},
		{part: "could not find expected ':'", saw: `a line without ": "`, do: `write "key: value", with a blank after the colon`},
		{part: "did not find expected ',' or ']'", saw: `a list opened with "[" that is not closed in good order`, do: `close it with "]", and put a comma between its items`, sign: "["},
		{part: "did not find expected ',' or '}'", saw: `keys opened with "{" that are not closed in good order`, do: `close them with "}", and put a comma between them`, sign: "{"},
		{part: "did not find expected node content", saw: "a bracket, brace or comma where a value should be", do: "put the value in quotes", search: true, sign: "]},"},
		{part: "unexpected end of stream", saw: "a text whose quote is not closed", do: "close the quote on the same line", sign: `"'`},
		{part: "unexpected document indicator", saw: "a text whose quote is not closed", do: "close the quote on the same line", sign: `"'`},
		{part: "cannot start any token", saw: "a value that begins with a character YAML keeps for itself", do: "put the value in quotes; indent with spaces, not tabs", sign: "@`%\t"},
		{part: "escape", saw: "a backslash sequence that YAML does not know, between double quotes", do: "write two backslashes, or use single quotes", sign: `\`},
		{part: "hexdecimal", saw: "a backslash sequence that YAML does not know, between double quotes", do: "write two backslashes, or use single quotes", sign: `\`},
		{part: "unknown anchor", saw: `a value that begins with "*"`, do: "put it in quotes", sign: "*"},
		{part: "max depth", saw: "brackets nested without end", do: "remove them"},
		{saw: "text that is not YAML", do: "see the line, and the one above it"},
	}
}

// syntaxProblem turns the library's error into a problem with a place. A tab
// in the indentation is by far the likeliest reason, and is named first.
func syntaxProblem(s *source, err error) Problem {
	const want = "YAML with keys indented by spaces"
	if line := tabbedLine(s); line > 0 {
		return Problem{Place: s.place(line, 1), Saw: "a tab in the indentation", Want: want, Do: "indent with spaces"}
	}
	line, sentence := locate(s.data)
	if sentence == "" {
		line, sentence = splitError(err)
	}
	about := complaints()
	for !strings.Contains(sentence, about[0].part) {
		about = about[1:] // the last one fits all
	}
	if about[0].search && len(s.data) <= maxLocateBytes {
		line = firstFault(s, sentence)
	}
	if about[0].sign == "*" {
		line = lineOfAlias(s)
	}
	line = min(max(line, 1), max(s.lines(), 1))
	text := s.line(line)
	column := indentOf(text) + 1
	if i := bytes.IndexAny(text, about[0].sign); i >= 0 && about[0].sign != "" {
		column = utf8.RuneCount(text[:i]) + 1
	}
	return Problem{Place: s.place(line, column), Saw: about[0].saw, Want: want, Do: about[0].do}
}

// locate finds the line of the library's complaint. The library leaves lines
// out where they are the first, and counts some from zero and some from one;
// an empty line put before the text makes all of them tell the truth.
func locate(data []byte) (line int, sentence string) {
	_, _, err := decode(append([]byte{'\n'}, data...))
	if err == nil {
		return 0, ""
	}
	line, sentence = splitError(err)
	if fromParser(sentence) {
		return line, sentence // counted from zero, in a text with one line more
	}
	return line - 1, sentence
}

// fromParser tells complaints of the library's parser, which counts lines from
// zero, from those of its scanner.
func fromParser(sentence string) bool {
	for _, begin := range []string{"did not find expected key", "did not find expected '-'", "did not find expected ','", "did not find expected node", "did not find expected <"} {
		if strings.HasPrefix(sentence, begin) {
			return true
		}
	}
	return false
}

// firstFault finds the first line at which the text goes wrong in this way:
// every beginning of the file that reaches it fails alike.
func firstFault(s *source, sentence string) int {
	fails := func(line int) bool {
		_, _, err := decode(s.data[:s.end(line)])
		if err == nil {
			return false
		}
		_, other := splitError(err)
		return other == sentence
	}
	lo, hi := 0, s.lines()
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; fails(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}

func tabbedLine(s *source) int {
	for n := 1; n <= s.lines(); n++ {
		line := s.line(n)
		trimmed := bytes.TrimLeft(line, " \t")
		if indent := line[:len(line)-len(trimmed)]; bytes.IndexByte(indent, '\t') >= 0 && len(trimmed) > 0 && trimmed[0] != '#' {
			return n
		}
	}
	return 0
}

func lineOfAlias(s *source) int {
	for n := 1; n <= s.lines(); n++ {
		if line := s.line(n); bytes.Contains(line, []byte(": *")) || bytes.Contains(line, []byte("- *")) || bytes.Contains(line, []byte("[*")) || bytes.Contains(line, []byte(", *")) {
			return n
		}
	}
	return 1
}

// indentOf counts the blanks before a line's first character.
func indentOf(line []byte) int {
	return utf8.RuneCount(line) - utf8.RuneCount(bytes.TrimLeft(line, " \t"))
}

// checkTree refuses what YAML can do and a configuration file does not need:
// anchors, aliases, merge keys, tags, keys that are no names, keys twice.
func checkTree(s *source, n *yaml.Node, p *Problems) {
	switch {
	case n.Kind == yaml.AliasNode:
		p.add(Problem{Place: s.place(n.Line, n.Column), Saw: "a YAML alias (*)", Want: "values written out", Do: "write the value itself; a text that begins with * goes in quotes"})
		return
	case n.Anchor != "":
		p.add(Problem{Place: s.place(n.Line, n.Column), Saw: "a YAML anchor (&)", Want: "values written out", Do: "remove it; a text that begins with & goes in quotes"})
	case n.Style&yaml.TaggedStyle != 0:
		p.add(Problem{Place: s.place(n.Line, n.Column), Saw: "a YAML tag (!)", Want: "values without tags", Do: "remove it; a text that begins with ! goes in quotes"})
	}
	if n.Kind == yaml.MappingNode {
		checkKeys(s, n, p)
	}
	for _, c := range n.Content {
		checkTree(s, c, p)
	}
}

func checkKeys(s *source, n *yaml.Node, p *Problems) {
	seen := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		switch {
		case k.Kind == yaml.AliasNode: // refused by checkTree
		case k.Kind != yaml.ScalarNode:
			p.add(Problem{Place: s.place(k.Line, k.Column), Saw: "a list or further keys where a key's name should be", Want: "the name of a key", Do: "put a value that begins with [ or { in quotes"})
		case k.Tag == "!!merge":
			p.add(Problem{Place: s.place(k.Line, k.Column), Saw: "a YAML merge key (<<)", Want: "values written out", Do: "write the keys themselves"})
		case k.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
			p.add(Problem{Place: s.place(k.Line, k.Column), Saw: "a key written as a block of text", Want: "the name of a key", Do: "write it plainly"})
		case seen[k.Value] > 0:
			p.add(Problem{Place: s.place(k.Line, k.Column), Saw: "the key " + showKey(k.Value) + " a second time; line " + itoa(seen[k.Value]) + " has it already",
				Want: "every key once", Do: "remove one of the two"})
		default:
			seen[k.Value] = k.Line
		}
	}
}
