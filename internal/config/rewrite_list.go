// SPDX-License-Identifier: Apache-2.0

package config

import (
	"slices"
	"strings"

	"github.com/usher-signin/usher"
	"go.yaml.in/yaml/v3"
)

// setSequence gives a list of single values its new items. Was says what the
// items that stand there mean, one each.
func (w *rewriter) setSequence(n, key, value *yaml.Node, was, is []string, write func(v string, flow bool) string) {
	if len(is) == 0 {
		w.replaceValue(traced{parent: n, key: key, node: value, indent: key.Column - 1}, " []")
		return
	}
	kept := keptInOrder(was, is)
	if value.Style&yaml.FlowStyle != 0 || len(value.Content) != len(was) || kept == nil {
		flow := make([]string, len(is))
		for i, v := range is {
			flow[i] = write(v, true)
		}
		w.replaceValue(traced{parent: n, key: key, node: value, indent: key.Column - 1}, " ["+strings.Join(flow, ", ")+"]")
		return
	}
	w.setLines(value, kept, is, write)
}

// keptInOrder gives, for each item that is to be, its place among those that
// were, or -1; nothing where the order is another, or no item stays.
func keptInOrder(was, is []string) []int {
	out := make([]int, len(is))
	last, any := -1, false
	for i, v := range is {
		out[i] = slices.Index(was, v)
		if out[i] < 0 {
			continue
		}
		if out[i] <= last {
			return nil
		}
		last, any = out[i], true
	}
	if !any {
		return nil
	}
	return out
}

// setLines deletes and adds lines of a list that has one item a line.
func (w *rewriter) setLines(value *yaml.Node, kept []int, is []string, write func(string, bool) string) {
	pad := strings.Repeat(" ", value.Column-1) + "- "
	for i, item := range value.Content {
		if !slices.Contains(kept, i) {
			w.replace(span{w.c.src.starts[item.Line-1], w.c.src.end(w.lastLine(w.c.src.endOf(item, value.Column-1)))}, "")
		}
	}
	behind := -1 // the kept item that new ones follow
	for i, v := range is {
		if kept[i] >= 0 {
			behind = kept[i]
			continue
		}
		if behind < 0 {
			first := value.Content[slices.Max([]int{0, firstKept(kept)})]
			at := w.c.src.starts[first.Line-1]
			w.replace(span{at, at}, pad+write(v, false)+"\n")
			continue
		}
		w.after(w.lastLine(w.c.src.endOf(value.Content[behind], value.Column-1)), pad+write(v, false))
	}
}

func firstKept(kept []int) int {
	for _, k := range kept {
		if k >= 0 {
			return k
		}
	}
	return -1
}

// setSecrets changes a client's secrets. One that is held by reference stays
// that reference; those that cannot be read here stay, too.
func (w *rewriter) setSecrets(n, key, value *yaml.Node, path string, is []usher.Secret) {
	var was, missing, wanted []string
	raw := map[string]string{}
	k := 0
	had := w.c.secretsAt(path)
	for j, item := range value.Content {
		s := w.c.SecretAt(path + "[" + itoa(j) + "]")
		written := w.c.src.data[w.c.src.offset(item.Line, item.Column):w.c.src.endOf(item, value.Column-1)]
		name := "\x00missing " + itoa(j) // no secret's value: a file or variable that is not here
		if !s.Missing && k < len(had) {
			name = had[k].Reveal()
			k++
		} else {
			missing = append(missing, name)
		}
		was = append(was, name)
		raw[name] = string(written)
	}
	for _, s := range is {
		wanted = append(wanted, s.Reveal())
	}
	for _, name := range missing { // each behind what it stood behind
		behind := 0
		for i, v := range wanted {
			if at := slices.Index(was, v); at >= 0 && at < slices.Index(was, name) {
				behind = i + 1
			}
		}
		wanted = slices.Insert(wanted, behind, name)
	}
	w.setSequence(n, key, value, was, wanted, func(v string, flow bool) string {
		if text, written := raw[v]; written && !strings.Contains(text, "\n") {
			return text
		}
		return w.renderSecret(usher.NewSecret(v), flow)
	})
}

// secretsAt are the secrets of the client whose list is at path.
func (c *Config) secretsAt(path string) []usher.Secret {
	for i, client := range c.Organization.Clients {
		if path == "organization.clients["+itoa(i)+"].secrets" {
			return client.Secrets
		}
	}
	return nil
}
