// SPDX-License-Identifier: Apache-2.0

package config

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A Difference is what became of one value between two states of a file. Both are as
// [Config.Redacted] shows them.
type Difference struct {
	Path   string // such as external_accounts[Adobe_Marketing_Cloud].association_mask
	Before string // empty: there was none
	After  string // empty: there is none any more
	Line   int    // in the newer state; zero where there is none any more
}

// Differences lists what differs between two states of a file, by what they say and
// not by their lines: comments, order and quoting are no change. Items of lists
// are told apart by their names. What is no YAML says nothing.
func Differences(before, after []byte) []Difference {
	was, now := leaves(before), leaves(after)
	var out []Difference
	for _, path := range was.order {
		old := was.at[path]
		if next, still := now.at[path]; !still {
			out = append(out, Difference{Path: path, Before: old.text})
		} else if next.text != old.text {
			out = append(out, Difference{Path: path, Before: old.text, After: next.text, Line: next.line})
		}
	}
	for _, path := range now.order {
		if _, before := was.at[path]; !before {
			out = append(out, Difference{Path: path, After: now.at[path].text, Line: now.at[path].line})
		}
	}
	return out
}

// PathLines gives the line of each value of a file, by its path as
// [Differences] spells it.
func PathLines(data []byte) map[string]int {
	set := leaves(data)
	out := make(map[string]int, len(set.at))
	for path, l := range set.at {
		out[path] = l.line
	}
	return out
}

type leaf struct {
	text string
	line int
}

// leafSet is every value of a file by its path, in the file's order.
type leafSet struct {
	at    map[string]leaf
	order []string
	named map[string]bool // items of lists
}

// deepest bounds how far down a file is read; real ones have five levels.
const deepest = 32

func leaves(data []byte) *leafSet {
	set := &leafSet{at: make(map[string]leaf), named: make(map[string]bool)}
	src := newSource("", data)
	var none Problems
	if src.checkEncoding(&none); len(none.List) > 0 || len(data) > MaxFileBytes {
		return set
	}
	if root := parseDocument(src, &none); root != nil && len(none.List) == 0 {
		set.walk("", root, 0)
	}
	return set
}

func (s *leafSet) walk(path string, n *yaml.Node, depth int) {
	if depth > deepest {
		return
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			s.walk(strings.TrimPrefix(path+"."+n.Content[i].Value, "."), n.Content[i+1], depth+1)
		}
	case yaml.SequenceNode:
		s.list(path, n, depth)
	case yaml.ScalarNode:
		s.put(path, strconv.Quote(n.Value), n.Line)
	case yaml.AliasNode, yaml.DocumentNode: // a configuration file has none of these inside
	}
}

// list tells items apart by what names them; plain values are a set.
func (s *leafSet) list(path string, n *yaml.Node, depth int) {
	for i, item := range n.Content {
		switch name := nameOf(item); {
		case item.Kind == yaml.ScalarNode:
			s.put(path+"["+item.Value+"]", strconv.Quote(item.Value), item.Line)
		case name != "":
			s.walk(s.free(path+"["+name+"]"), item, depth+1)
		default:
			s.walk(path+"["+strconv.Itoa(i)+"]", item, depth+1)
		}
	}
	if len(n.Content) == 0 {
		s.put(path, "[]", n.Line)
	}
}

// free gives the second item of one name a path of its own.
func (s *leafSet) free(path string) string {
	p := path
	for n := 2; s.named[p]; n++ {
		p = strings.TrimSuffix(path, "]") + " #" + strconv.Itoa(n) + "]"
	}
	s.named[p] = true
	return p
}

func (s *leafSet) put(path, text string, line int) {
	if _, there := s.at[path]; there {
		return
	}
	s.at[path] = leaf{text, line}
	s.order = append(s.order, path)
}

// nameOf gives what a person calls an item of a list.
func nameOf(item *yaml.Node) string {
	if item.Kind != yaml.MappingNode {
		return ""
	}
	for _, key := range []string{"internal_name", "name", "id", "email", "code"} {
		for i := 0; i+1 < len(item.Content); i += 2 {
			if item.Content[i].Value == key && item.Content[i+1].Kind == yaml.ScalarNode {
				return item.Content[i+1].Value
			}
		}
	}
	return ""
}
