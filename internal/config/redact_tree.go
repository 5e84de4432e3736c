// SPDX-License-Identifier: Apache-2.0

package config

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// show hides what is secret in a parsed file.
func show(src *source, root *yaml.Node) *shownText {
	m := masker{src: src}
	m.walk(root, "", -1)
	m.exchanged()
	m.comments()
	return &shownText{newSource(src.name, m.text())}
}

// masker collects the spans to hide.
type masker struct {
	src    *source
	marks  []mark
	hashes []span   // values that hold a #, which begins no comment there
	known  [][]byte // the secrets themselves, to be found in comments
	listed [][]byte // those of them that the organization lists
	ids    []hung   // client ids

	line, column, offset int // where the last value began: the next one on a long line is found from there
}

// hung is a scalar and the indentation of the level that it hangs from.
type hung struct {
	node   *yaml.Node
	indent int
}

type mark struct {
	span
	with string
}

// spanOf finds the bytes of a scalar, as the source does, but goes over each
// line once only when it is asked in order.
func (m *masker) spanOf(n *yaml.Node, indent int) span {
	if n.Line != m.line || n.Column < m.column {
		m.line, m.column, m.offset = n.Line, 1, m.src.offset(n.Line, 1)
	}
	m.offset = m.src.advance(m.offset, n.Column-m.column)
	m.column = n.Column
	return m.src.spanFrom(m.offset, n, indent)
}

// walk looks for secrets below the key named level. Indent is the indentation
// of the level that n hangs from.
func (m *masker) walk(n *yaml.Node, level string, indent int) {
	switch n.Kind {
	case yaml.ScalarNode:
		m.scalar(n, indent)
	case yaml.SequenceNode:
		for _, c := range n.Content {
			m.walk(c, level, n.Column-1)
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
				before := len(m.known)
				m.hide(v, k.Column-1)
				if k.Value == "secrets" {
					m.listed = append(m.listed, m.known[before:]...)
				}
			case level == "server" && k.Value == "database" && v.Kind == yaml.ScalarNode:
				m.hideDatabase(v, k.Column-1)
			default:
				if (k.Value == "ims_client_id" || k.Value == "client_id") && v.Kind == yaml.ScalarNode {
					m.ids = append(m.ids, hung{v, k.Column - 1})
				}
				m.scalar(k, k.Column-1)
				m.walk(v, k.Value, k.Column-1)
			}
		}
	}
}

// exchanged hides a client id that is one of the secrets which the
// organization lists: somebody wrote the secret where the id goes.
func (m *masker) exchanged() {
	for _, id := range m.ids {
		for _, secret := range m.listed {
			if id.node.Value == string(secret) {
				m.replace(id.node, id.indent, hidden)
				break
			}
		}
	}
}

// scalar hides the password in a value that is an address, and notes where a #
// begins no comment.
func (m *masker) scalar(n *yaml.Node, indent int) {
	hash, address := strings.Contains(n.Value, "#"), strings.Contains(n.Value, "://")
	if !hash && !address {
		return
	}
	where := m.spanOf(n, indent)
	if hash {
		m.hashes = append(m.hashes, where)
	}
	raw := m.src.data[where.start:where.end]
	if shown := hideInAddresses(raw); address && !bytes.Equal(shown, raw) {
		m.marks = append(m.marks, mark{where, string(shown)})
	}
}

// hide hides every scalar of n, but not the names of files and variables.
func (m *masker) hide(n *yaml.Node, indent int) {
	switch n.Kind {
	case yaml.ScalarNode:
		if n.Tag == "!!null" && n.Value == "" {
			return
		}
		m.replace(n, indent, hidden)
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
				m.scalar(v, k.Column-1)
				continue
			}
			if k.Value != "file" && k.Value != "env" {
				m.hide(k, k.Column-1)
			}
			m.hide(v, k.Column-1)
		}
	}
}

// replace hides one scalar; every line that it goes over stays a line.
func (m *masker) replace(n *yaml.Node, indent int, with string) {
	where := m.spanOf(n, indent)
	breaks := bytes.Count(m.src.data[where.start:where.end], []byte{'\n'})
	m.marks = append(m.marks, mark{where, with + strings.Repeat("\n", breaks)})
	m.hashes = append(m.hashes, where)
}

// hideKeyTail hides a key that has swallowed its value, the blank after the colon missing.
func (m *masker) hideKeyTail(k *yaml.Node) {
	if strings.ContainsAny(k.Value, ":= ") {
		m.replace(k, k.Column-1, hidden)
	}
}

// hideDatabase hides the password in the database's address, or the whole of
// what is no such address.
func (m *masker) hideDatabase(n *yaml.Node, indent int) {
	if strings.HasPrefix(n.Value, sqliteScheme) {
		m.scalar(n, indent)
		return
	}
	if !postgres(n.Value) {
		m.replace(n, indent, hidden)
		return
	}
	where := m.spanOf(n, indent)
	raw := string(m.src.data[where.start:where.end])
	switch shown := hidePassword(n.Value); {
	case shown == n.Value:
		m.hashes = append(m.hashes, where)
	case strings.Contains(raw, n.Value):
		m.replace(n, indent, strings.Replace(raw, n.Value, shown, 1))
	default: // written with escapes or over several lines
		m.replace(n, indent, quoteDouble(shown))
	}
}

// comments hides what can be told for a secret in comments.
func (m *masker) comments() {
	slices.SortFunc(m.hashes, func(a, b span) int { return a.start - b.start })
	inside := m.hashes
	for at := 0; at < len(m.src.data); {
		next := bytes.IndexByte(m.src.data[at:], '#')
		if next < 0 {
			return
		}
		at += next
		for len(inside) > 0 && inside[0].end <= at {
			inside = inside[1:]
		}
		if len(inside) > 0 && inside[0].start <= at {
			at = inside[0].end
			continue
		}
		if at > 0 && !blankByte(m.src.data[at-1]) {
			at++
			continue
		}
		end := m.src.starts[m.src.lineAt(at)-1] + len(m.src.line(m.src.lineAt(at)))
		m.comment(span{at, end})
		at = end
	}
}

func (m *masker) comment(where span) {
	text := m.src.data[where.start:where.end]
	shown := text
	for _, k := range m.known {
		shown = bytes.ReplaceAll(shown, k, []byte("[secret]"))
	}
	shown = hideInAddresses(hideByName(shown))
	if !bytes.Equal(shown, text) {
		m.marks = append(m.marks, mark{where, string(shown)})
	}
}

// text gives the file with its marks replaced.
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
		at = k.end
	}
	out.Write(m.src.data[at:])
	return out.Bytes()
}
