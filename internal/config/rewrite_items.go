// SPDX-License-Identifier: Apache-2.0

package config

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// editItems changes a list of items with keys of their own: those that stay
// are changed key by key, those that go take their comments along.
func editItems[T any](w *rewriter, level *yaml.Node, name string, was, is []T, fields []field[T]) error {
	if sameItems(fields, was, is) {
		return nil
	}
	key, list := child(level, name)
	if key == nil {
		if level.Style&yaml.FlowStyle != 0 {
			return errAnew
		}
		return w.addKey(level, strings.Join(renderItems(w, name, fields, is, 0), "\n"))
	}
	at := traced{parent: level, key: key, node: list, indent: key.Column - 1}
	if len(is) == 0 {
		w.replaceValue(at, " []")
		return nil
	}
	from := pair(was, is, fields[0].text)
	if len(list.Content) != len(was) || !slices.IsSorted(known(from)) {
		return errAnew
	}
	for i := range is {
		if from[i] < 0 {
			continue
		}
		path := "organization." + name + "[" + itoa(from[i]) + "]"
		if err := editKeys(w, list.Content[from[i]], path, &was[from[i]], &is[i], fields); err != nil {
			return err
		}
	}
	if len(known(from)) == len(was) && len(was) == len(is) {
		return nil
	}
	return addAndDrop(w, at, was, is, from, fields)
}

// addAndDrop deletes the items that are gone and puts new ones in.
func addAndDrop[T any](w *rewriter, at traced, was, is []T, from []int, fields []field[T]) error {
	list := at.node
	if list.Style&yaml.FlowStyle != 0 || len(list.Content) == 0 {
		if level := at.parent; level.Style&yaml.FlowStyle != 0 || len(was) > 0 {
			return errAnew
		}
		lines := renderItems(w, "", fields, is, at.indent)
		w.replaceValue(at, "\n"+strings.Join(lines[1:], "\n"))
		return nil
	}
	if len(known(from)) == 0 {
		return errAnew
	}
	dash := list.Column - 1
	for i := range was {
		if slices.Contains(from, i) {
			continue
		}
		first, last, err := w.linesOf(list, i)
		if err != nil {
			return err
		}
		w.replace(w.c.wholeLines(first, last), "")
	}
	behind := -1
	for i := range is {
		if from[i] >= 0 {
			behind = from[i]
			continue
		}
		text := strings.Join(renderItem(w, fields, &is[i], dash, nil), "\n")
		if behind < 0 {
			first, err := w.c.dashLine(list.Content[known(from)[0]], dash)
			if err != nil {
				return err
			}
			start := w.c.src.starts[first-1]
			w.replace(span{start, start}, text+"\n")
			continue
		}
		_, last, err := w.linesOf(list, behind)
		if err != nil || w.c.openEnded(lastScalar(list.Content[behind]), last) {
			return errAnew
		}
		w.after(last, text)
	}
	return nil
}

// linesOf gives the lines of item i: from the comments above it to those in it.
func (w *rewriter) linesOf(list *yaml.Node, i int) (first, last int, err error) {
	dash := list.Column - 1
	item := list.Content[i]
	if first, err = w.c.dashLine(item, dash); err != nil {
		return 0, 0, errAnew
	}
	last = w.c.commentsInside(w.lastLine(w.c.src.endOf(item, dash)), dash)
	return w.c.commentsAbove(first, dash, i > 0), last, nil
}

// wholeLines is the text of whole lines, and of one of two empty lines
// that would meet.
func (c *Config) wholeLines(first, last int) span {
	empty := func(n int) bool {
		return n < 1 || n > c.src.lines() || len(strings.TrimSpace(string(c.src.line(n)))) == 0
	}
	if empty(first-1) && empty(last+1) && last < c.src.lines() {
		last++
	}
	return span{c.src.starts[first-1], c.src.end(last)}
}

// pair says which item each one was, or -1: the item of the same key, or else
// the one that stood in its place, which was renamed.
func pair[T any](was, is []T, key func(*T) string) []int {
	from := make([]int, len(is))
	taken := make([]bool, len(was))
	places := make(map[string]int, len(was))
	for j := range was {
		places[key(&was[j])] = j
	}
	for i := range is {
		from[i] = -1
		if j, ok := places[key(&is[i])]; ok && !taken[j] {
			from[i], taken[j] = j, true
		}
	}
	last := -1
	for i := range is {
		if from[i] >= 0 {
			last = from[i]
			continue
		}
		if next := last + 1; next < len(was) && !taken[next] {
			from[i], taken[next], last = next, true, next
		}
	}
	return from
}

// known are the places that are none less than zero.
func known(from []int) []int {
	return slices.DeleteFunc(slices.Clone(from), func(j int) bool { return j < 0 })
}
