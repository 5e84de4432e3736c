// SPDX-License-Identifier: Apache-2.0

package config

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/usher-signin/usher"
	"go.yaml.in/yaml/v3"
)

// At gives the place of a value: external_accounts[0].ims_server, say, or
// organization.groups[3].name. Keys that hold further keys or a list over
// several lines are placed at their name. What is not written is placed at
// the nearest level above that is; the line is zero where none is. One of
// several scopes in one text has a place of its own.
func (c *Config) At(path string) usher.Place {
	key, n, found := c.find(path)
	place := c.placeOf(key, n)
	if !found {
		place.Column += c.scopeColumn(path)
	}
	return place
}

// Has reports whether the key or item at the path is written in the file.
func (c *Config) Has(path string) bool {
	_, _, found := c.find(path)
	if !found {
		_, _, found = c.findScope(path)
	}
	return found
}

// findScope finds one of several scopes that are written as one text: the
// text's node, and where in its value the scope is.
func (c *Config) findScope(path string) (n *yaml.Node, where span, found bool) {
	base, index, ok := lastIndex(path)
	if !ok {
		return nil, span{}, false
	}
	key, n, found := c.find(base)
	if !found || n.Kind != yaml.ScalarNode || key == nil || !strings.HasSuffix(key.Value, "scopes") {
		return nil, span{}, false
	}
	words := scopeSpans(n.Value)
	if index >= len(words) {
		return nil, span{}, false
	}
	return n, words[index], true
}

// scopeColumn is how many characters after its text's beginning a scope
// stands; zero where the text is not written as it reads.
func (c *Config) scopeColumn(path string) int {
	n, where, found := c.findScope(path)
	if !found {
		return 0
	}
	all := c.src.spanOf(n, 0)
	raw := string(c.src.data[all.start:all.end])
	quote := strings.Index(raw, n.Value)
	if quote < 0 || n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return 0
	}
	return utf8.RuneCountInString(raw[:quote+where.start])
}

func (c *Config) placeOf(key, n *yaml.Node) usher.Place {
	switch {
	case n == c.root:
		return usher.Place{File: c.File}
	case key != nil && n.Kind != yaml.ScalarNode && n.Style&yaml.FlowStyle == 0:
		return c.src.place(key.Line, key.Column)
	}
	return c.src.place(n.Line, n.Column)
}

// find walks to the node at path, or as far as the path is written. The key is
// nil for items of lists.
func (c *Config) find(path string) (key, n *yaml.Node, found bool) {
	n = c.root
	for path != "" {
		var step string
		step, path = cutStep(path)
		k, next := child(n, step)
		if next == nil {
			return key, n, false
		}
		key, n = k, next
	}
	return key, n, true
}

// cutStep takes the first step off a path: a key, or an index in brackets.
func cutStep(path string) (step, rest string) {
	path = strings.TrimPrefix(path, ".")
	if strings.HasPrefix(path, "[") {
		if i := strings.IndexByte(path, ']'); i > 0 {
			return path[:i+1], path[i+1:]
		}
		return path, ""
	}
	if i := strings.IndexAny(path, ".["); i >= 0 {
		return path[:i], path[i:]
	}
	return path, ""
}

// child finds a mapping's value with its key, or a list's item.
func child(n *yaml.Node, step string) (key, value *yaml.Node) {
	if index, ok := strings.CutPrefix(step, "["); ok {
		index, closed := strings.CutSuffix(index, "]")
		i, err := strconv.Atoi(index)
		if n.Kind != yaml.SequenceNode || err != nil || !closed || i < 0 || i >= len(n.Content) {
			return nil, nil
		}
		return nil, n.Content[i]
	}
	if n.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == step {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}
