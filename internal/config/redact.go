// SPDX-License-Identifier: Apache-2.0

package config

import (
	"bytes"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

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

// holdsSecret reports whether line n of the file shows more than [Config.Line] does.
func (c *Config) holdsSecret(n int) bool {
	return !bytes.Equal(c.src.line(n), c.shown().line(n))
}

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

// show hides what is secret in a parsed file.
func show(src *source, root *yaml.Node) *shownText {
	m := masker{src: src}
	m.walk(root, "")
	return &shownText{newSource(src.name, m.text())}
}

// masker collects the spans to hide.
type masker struct {
	src   *source
	marks []mark
	known [][]byte // the secrets themselves, to be found in comments
}

type mark struct {
	span
	with string
}

func (m *masker) walk(n *yaml.Node, level string) {
	switch n.Kind {
	case yaml.SequenceNode:
		for _, c := range n.Content {
			if c.Kind != yaml.ScalarNode {
				m.walk(c, level)
			}
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			switch {
			case k.Kind != yaml.ScalarNode:
				m.hide(k, k.Column-1)
				m.hide(v, k.Column-1)
			case secretName(k.Value):
				m.hideKeyTail(k)
				m.hide(v, k.Column-1)
			case level == "server" && k.Value == "database" && v.Kind == yaml.ScalarNode:
				m.hideDatabase(v, k.Column-1)
			case v.Kind != yaml.ScalarNode:
				m.walk(v, k.Value)
			}
		}
	}
}

// hide hides every scalar of n, but not the names of files and variables.
func (m *masker) hide(n *yaml.Node, indent int) {
	switch n.Kind {
	case yaml.ScalarNode:
		if n.Tag == "!!null" && n.Value == "" {
			return
		}
		m.marks = append(m.marks, mark{m.src.spanOf(n, indent), hidden})
		if len(n.Value) >= minKnownSecret {
			m.known = append(m.known, []byte(n.Value))
		}
	case yaml.SequenceNode:
		for _, c := range n.Content {
			m.hide(c, n.Column-1)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			if v.Kind == yaml.ScalarNode && (k.Value == "file" || k.Value == "env" && variableName(v.Value)) {
				continue
			}
			if k.Value != "file" && k.Value != "env" {
				m.hide(k, k.Column-1)
			}
			m.hide(v, k.Column-1)
		}
	}
}

// hideKeyTail hides a key that has swallowed its value, the blank after the colon missing.
func (m *masker) hideKeyTail(k *yaml.Node) {
	if strings.ContainsAny(k.Value, ":= ") {
		m.marks = append(m.marks, mark{m.src.spanOf(k, k.Column-1), hidden})
	}
}

// hideDatabase hides the password in the database's address, or the whole of
// what is no such address.
func (m *masker) hideDatabase(n *yaml.Node, indent int) {
	if strings.HasPrefix(n.Value, sqliteScheme) {
		return
	}
	where := m.src.spanOf(n, indent)
	if !postgres(n.Value) {
		m.marks = append(m.marks, mark{where, hidden})
		return
	}
	raw := string(m.src.data[where.start:where.end])
	switch shown := hidePassword(n.Value); {
	case shown == n.Value:
	case strings.Contains(raw, n.Value):
		m.marks = append(m.marks, mark{where, strings.Replace(raw, n.Value, shown, 1)})
	default: // written with escapes or over several lines
		m.marks = append(m.marks, mark{where, quoteDouble(shown)})
	}
}

// text gives the file with its marks replaced; every line stays a line.
func (m *masker) text() []byte {
	slices.SortFunc(m.marks, func(a, b mark) int { return a.start - b.start })
	var out bytes.Buffer
	out.Grow(len(m.src.data))
	at := 0
	for _, k := range m.marks {
		if k.start < at {
			continue // inside what is hidden already
		}
		out.Write(m.src.data[at:k.start])
		out.WriteString(k.with)
		out.Write(bytes.Repeat([]byte{'\n'}, bytes.Count(m.src.data[k.start:k.end], []byte{'\n'})))
		at = k.end
	}
	out.Write(m.src.data[at:])
	return m.lines(out.Bytes())
}

// lines looks for secrets where no key announces them: in comments, and in
// addresses that hold a password.
func (m *masker) lines(text []byte) []byte {
	if bytes.IndexByte(text, '#') < 0 && bytes.IndexByte(text, '@') < 0 {
		return text
	}
	var out bytes.Buffer
	out.Grow(len(text))
	for len(text) > 0 {
		end := bytes.IndexByte(text, '\n') + 1
		if end == 0 {
			end = len(text)
		}
		line := text[:end]
		text = text[end:]
		if i := commentStart(line); i >= 0 {
			out.Write(hideInAddresses(line[:i]))
			out.Write(hideInAddresses(m.comment(line[i:])))
			continue
		}
		out.Write(hideInAddresses(line))
	}
	return out.Bytes()
}

// commentStart finds where a comment may begin; # inside quotes is taken for
// one too, which hides too much at worst.
func commentStart(line []byte) int {
	for i := 0; i < len(line); i++ {
		j := bytes.IndexByte(line[i:], '#')
		if j < 0 {
			return -1
		}
		i += j
		if i == 0 || blankByte(line[i-1]) {
			return i
		}
	}
	return -1
}

func (m *masker) comment(text []byte) []byte {
	for _, k := range m.known {
		text = bytes.ReplaceAll(text, k, []byte("[secret]"))
	}
	return hideByName(text)
}

var (
	// A key whose name speaks of a secret, with its colon or equals sign, and the rest of the line.
	namedSecret = regexp.MustCompile(`(?i)((?:secr|passw|passp|pwd)[a-z_-]*["']?[ \t]*[:=][ \t]*)([^\r\n]*)`)
	// What may stand after such a key: a reference to a file or variable.
	reference = regexp.MustCompile(`^\{?[ \t]*(?:file|env)[ \t]*:[^,}]*\}?[ \t]*(?:#.*)?$`)
	// An address with user and password.
	userinfo = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://[^\s/:@"']*:)([^\s/@"']+)@`)
	// A password as a parameter of an address or of a connection string.
	parameter = regexp.MustCompile(`(?i)((?:ssl)?password=)([^&\s"']+)`)
)

// hideByName hides what follows a name that speaks of a secret.
func hideByName(line []byte) []byte {
	return namedSecret.ReplaceAllFunc(line, func(found []byte) []byte {
		parts := namedSecret.FindSubmatch(found)
		if len(bytes.TrimSpace(parts[2])) == 0 || reference.Match(parts[2]) {
			return found
		}
		return append(bytes.Clone(parts[1]), hidden...)
	})
}

func hideInAddresses(line []byte) []byte {
	if !bytes.Contains(line, []byte("://")) || bytes.IndexByte(line, '@') < 0 && !bytes.Contains(bytes.ToLower(line), []byte("password=")) {
		return line
	}
	line = userinfo.ReplaceAll(line, []byte("${1}"+hiddenPassword+"@"))
	return parameter.ReplaceAll(line, []byte("${1}"+hiddenPassword))
}

// hidePassword hides the password in one address. In what does not read as an
// address with a user, a password with characters that should have been
// escaped may reach to the last @.
func hidePassword(address string) string {
	scheme, rest, found := strings.Cut(address, "://")
	if !found {
		return parameter.ReplaceAllString(address, "${1}"+hiddenPassword)
	}
	at := strings.LastIndexByte(rest, '@')
	if u, err := url.Parse(address); err == nil && u.User != nil {
		at = strings.LastIndexByte(rest[:len(rest)-len(afterAuthority(rest))], '@')
	}
	if colon := strings.IndexByte(rest, ':'); colon >= 0 && colon < at {
		rest = rest[:colon+1] + hiddenPassword + rest[at:]
	}
	return scheme + "://" + parameter.ReplaceAllString(rest, "${1}"+hiddenPassword)
}

// afterAuthority gives path, query and fragment.
func afterAuthority(rest string) string {
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		return rest[i:]
	}
	return ""
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
			if namedSecret.Match(line) {
				below = indent
			}
			line = hideInAddresses(hideByName(line))
		}
		out.Write(line)
		out.WriteByte('\n')
	}
	return out.Bytes()
}
