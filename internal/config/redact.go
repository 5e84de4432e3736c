// SPDX-License-Identifier: Apache-2.0

package config

import "bytes"

// hidden stands where a secret stood. It is quoted, so that the text remains a
// file that can be read.
const hidden = `"[secret]"`

// hiddenPassword stands where a password stood inside an address.
const hiddenPassword = "xxxxx"

// minKnownSecret is from which length on a secret of the file is looked for in
// its comments too; shorter ones are common words.
const minKnownSecret = 6

// shownText is the file's text with every secret replaced, line by line beside the original.
type shownText struct{ *source }

// Redacted is the file's text with every secret replaced: secrets and
// passwords that stand in it, the password in the database's address, and
// those in comments that can be told for one. It has as many lines as the
// file, and loads.
func (c *Config) Redacted() string { return string(c.shown().data) }

// Line gives line n of the file, counted from one, secrets replaced; empty
// where there is no such line.
func (c *Config) Line(n int) string { return string(c.shown().line(n)) }

// Redact replaces the secrets in any text that was meant to be a configuration
// file, one that does not load among them. Where the text is no YAML it goes
// by the names of keys, and hides rather too much.
func Redact(data []byte) string {
	src := newSource("", data)
	var none Problems
	if src.checkEncoding(&none); len(none.List) == 0 && len(data) <= MaxFileBytes {
		if root := parseDocument(src, &none); root != nil && len(none.List) == 0 {
			return string(show(src, root).data)
		}
	}
	return string(guess(src))
}

// guess hides secrets in a text that is no YAML: what follows a name that
// speaks of one, and the lines below it that are indented deeper.
func guess(src *source) []byte {
	var out bytes.Buffer
	below := -1 // indentation of the name whose lines are being hidden
	for n := 1; n <= src.lines(); n++ {
		line := src.line(n)
		indent := len(line) - len(bytes.TrimLeft(line, " \t"))
		item := bytes.HasPrefix(line[indent:], []byte("-"))
		switch {
		case len(bytes.TrimSpace(line)) == 0: // an empty line ends nothing
		case below >= 0 && (indent > below || indent == below && item):
			if !reference.Match(line[indent:]) {
				line = append(bytes.Clone(line[:indent]), hidden...)
			}
		default:
			below = -1
			if speaksOfSecrets(line) && namedSecret.Match(line) {
				below = indent
			}
			line = hideInAddresses(hideByName(line))
		}
		out.Write(line)
		out.Write(src.data[src.starts[n-1]+len(src.line(n)) : src.end(n)])
	}
	return out.Bytes()
}
