// SPDX-License-Identifier: Apache-2.0

package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxDepth bounds how deep the file may nest; its deepest key lies six levels down.
const maxDepth = 32

// parseDocument reads the one YAML document of the file. The node is nil
// where the text is no YAML at all.
func parseDocument(s *source, p *Problems) *yaml.Node {
	root, extra, err := decode(s.data)
	switch {
	case errors.Is(err, io.EOF), err == nil && (len(root.Content) == 0 || root.Content[0].Tag == "!!null"):
		p.add(Problem{Place: s.place(1, 1), Saw: "an empty file", Want: "the keys instance and external_accounts at least", Do: "write them, or name another file"})
		return nil
	case err != nil:
		p.add(syntaxProblem(s, err))
		return nil
	}
	if extra != nil {
		line := max(extra.Line, 1)
		p.add(Problem{Place: s.place(line, max(extra.Column, 1)), Saw: "something after the end of the first YAML document",
			Want: "one document: one file describes one instance", Do: "move it into a file of its own"})
	}
	if depthOf(root.Content[0], 0) > maxDepth {
		p.add(Problem{Place: s.place(root.Content[0].Line, root.Content[0].Column), Saw: fmt.Sprintf("values nested deeper than %d levels", maxDepth),
			Want: "the keys of the manual, none of which lies so deep", Do: "remove the surplus brackets or dashes"})
		return nil
	}
	return root.Content[0]
}

// decode gives the first document, and whatever follows it: a node, with only
// its place where that is no YAML. The library panics on some inputs that it
// takes for its own errors; those are errors here too.
func decode(data []byte) (root, extra *yaml.Node, err error) {
	defer func() {
		if v := recover(); v != nil {
			root, extra, err = nil, nil, errors.New("yaml: the text cannot be read as YAML")
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(data))
	root = new(yaml.Node)
	if err := dec.Decode(root); err != nil {
		return nil, nil, err
	}
	extra = new(yaml.Node)
	switch err := dec.Decode(extra); {
	case errors.Is(err, io.EOF):
		extra = nil
	case err != nil:
		line, _ := splitError(err)
		extra = &yaml.Node{Line: line}
	}
	return root, extra, nil
}

func depthOf(n *yaml.Node, depth int) int {
	if depth > maxDepth {
		return depth
	}
	deepest := depth
	for _, c := range n.Content {
		deepest = max(deepest, depthOf(c, depth+1))
	}
	return deepest
}

// splitError takes the library's "yaml: line N: sentence" apart.
func splitError(err error) (line int, sentence string) {
	sentence = strings.TrimPrefix(err.Error(), "yaml: ")
	rest, found := strings.CutPrefix(sentence, "line ")
	if !found {
		return 0, sentence
	}
	number, tail, found := strings.Cut(rest, ": ")
	if n, err := strconv.Atoi(number); found && err == nil {
		return n, tail
	}
	return 0, sentence
}
