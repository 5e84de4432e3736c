// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"slices"
	"strings"

	"github.com/usher-signin/usher"
	"go.yaml.in/yaml/v3"
)

// errAnew says that a level is written in a way that only writing it anew can
// change.
var errAnew = errors.New("it must be written anew")

// inPlace changes what differs and leaves the rest of the section as it stands.
func (w *rewriter) inPlace(o *usher.Organization) error {
	at, err := w.c.trace("organization")
	if err != nil {
		return err
	}
	was := w.c.Organization
	lists := map[bool][]func() error{} // by whether they are written
	for _, list := range []struct {
		name string
		edit func() error
	}{
		{"clients", func() error { return editItems(w, at.node, "clients", was.Clients, o.Clients, clientFields()) }},
		{"groups", func() error { return editItems(w, at.node, "groups", was.Groups, o.Groups, groupFields()) }},
		{"users", func() error { return editItems(w, at.node, "users", was.Users, o.Users, userFields()) }},
	} {
		key, _ := child(at.node, list.name)
		lists[key != nil] = append(lists[key != nil], list.edit)
	}
	// What ends where the level ends is changed first, then the level gets more.
	keys := func() error { return editKeys(w, at.node, "organization", was, o, organizationFields()) }
	for _, edit := range slices.Concat(lists[true], []func() error{keys}, lists[false]) {
		if err := edit(); err != nil {
			return err
		}
	}
	return nil
}

// editKeys changes the keys of one level: first those that are written, as
// the last of them may end where the others are to be added.
func editKeys[T any](w *rewriter, n *yaml.Node, path string, was, is *T, fields []field[T]) error {
	if err := editWritten(w, n, path, was, is, fields); err != nil {
		return err
	}
	for _, f := range fields {
		if key, _ := child(n, f.name); key == nil && !f.same(was, is) {
			if err := w.addKey(n, f.name+": "+renderValue(w, f, is, nil)); err != nil {
				return err
			}
		}
	}
	return nil
}

func editWritten[T any](w *rewriter, n *yaml.Node, path string, was, is *T, fields []field[T]) error {
	for _, f := range fields {
		key, value := child(n, f.name)
		switch {
		case key == nil || f.same(was, is):
		case f.secrets != nil && !f.single:
			w.setSecrets(n, key, value, path+"."+f.name, f.secrets(is))
		case f.list != nil && value.Kind == yaml.SequenceNode:
			w.setList(n, key, value, f.list(was), f.list(is))
		case f.list != nil:
			w.setWords(n, key, value, f.list(is))
		case f.empty(is):
			if err := w.dropKey(n, key, value); err != nil {
				return err
			}
		case f.text != nil:
			w.replace(w.c.src.spanOf(value, key.Column-1), encodeText(f.text(is), value.Style, n.Style&yaml.FlowStyle != 0))
		default:
			w.replace(w.valueSpan(key, value), renderValue(w, f, is, nil))
		}
	}
	return nil
}

func (w *rewriter) valueSpan(key, value *yaml.Node) span {
	return span{w.c.src.offset(value.Line, value.Column), w.c.src.endOf(value, key.Column-1)}
}

// addKey adds a key to the end of a level.
func (w *rewriter) addKey(n *yaml.Node, text string) error {
	if len(n.Content) == 0 {
		return errAnew
	}
	if n.Style&yaml.FlowStyle != 0 {
		end := w.c.src.endOf(n, 0) - 1
		before := strings.TrimRight(string(w.c.src.data[:end]), " \t\r\n,")
		if strings.Contains(text, "\n") || strings.Contains(string(w.c.src.data[len(before):end]), "\n") {
			return errAnew
		}
		w.replace(span{len(before), end}, ", "+text)
		return nil
	}
	last := n.Content[len(n.Content)-1]
	line := w.lastLine(w.c.src.endOf(last, n.Content[len(n.Content)-2].Column-1))
	if w.c.openEnded(lastScalar(last), line) {
		return errAnew
	}
	w.after(line, layOut(text, strings.Repeat(" ", n.Content[0].Column-1), ""))
	return nil
}

// dropKey takes a key and its value out of a level. In block style the first
// key of an item shares its line with the dash.
func (w *rewriter) dropKey(n, key, value *yaml.Node) error {
	at := 0
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i] == key {
			at = i
		}
	}
	end := w.c.src.endOf(value, key.Column-1)
	if n.Style&yaml.FlowStyle != 0 {
		if at == 0 {
			return errAnew
		}
		w.replace(span{w.c.src.endOf(n.Content[at-1], n.Content[at-2].Column-1), end}, "")
		return nil
	}
	if indentOf(w.c.src.line(key.Line)) != key.Column-1 || len(n.Content) == 2 {
		return errAnew
	}
	w.replace(span{w.c.src.starts[key.Line-1], w.c.src.end(w.lastLine(end))}, "")
	return nil
}

// setWords changes scopes that are written as one text.
func (w *rewriter) setWords(n, key, value *yaml.Node, list []string) {
	if len(list) == 0 {
		w.replace(w.valueSpan(key, value), "[]")
		return
	}
	between := ","
	if !strings.Contains(value.Value, ",") {
		between = " "
	}
	w.replace(w.valueSpan(key, value), encodeText(strings.Join(list, between), value.Style&^(yaml.LiteralStyle|yaml.FoldedStyle), n.Style&yaml.FlowStyle != 0))
}

// setList changes a list of texts, item by item where it has lines of its own.
func (w *rewriter) setList(n, key, value *yaml.Node, was, is []string) {
	words := map[string]string{} // how each is written now
	for i, item := range value.Content {
		if i < len(was) && item.Kind == yaml.ScalarNode && item.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
			s := w.c.src.spanOf(item, value.Column-1)
			if raw := string(w.c.src.data[s.start:s.end]); !strings.Contains(raw, "\n") {
				words[was[i]] = raw
			}
		}
	}
	w.setSequence(n, key, value, was, is, func(v string, flow bool) string {
		if raw, written := words[v]; written {
			return raw
		}
		return encodeText(v, 0, flow)
	})
}
