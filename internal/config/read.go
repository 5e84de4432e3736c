// SPDX-License-Identifier: Apache-2.0

package config

import (
	"strconv"
	"strings"

	"github.com/usher-signin/usher"
	"go.yaml.in/yaml/v3"
)

// reader walks the file's nodes along the table of keys.
type reader struct {
	src      *source
	dir      string // the file's folder
	env      Environment
	problems *Problems
	secrets  map[string]SecretState // by path
	held     map[string]usher.Secret
	reads    digests // of the files that secrets were read from
}

// trail is where the reader is; it becomes a path only where one is needed.
type trail struct {
	parent *trail
	key    string // empty: an index
	index  int
}

func (t *trail) String() string {
	switch {
	case t == nil:
		return ""
	case t.key == "":
		return t.parent.String() + "[" + strconv.Itoa(t.index) + "]"
	case t.parent == nil:
		return t.key
	}
	return t.parent.String() + "." + t.key
}

func (r *reader) refuse(n *yaml.Node, saw, want, do string) {
	r.problems.add(Problem{Place: r.src.place(n.Line, n.Column), Saw: saw, Want: want, Do: do})
}

// mapping reads the keys of n into a T.
func mapping[T any](r *reader, n *yaml.Node, k Key, rules []rule[T], at *trail, into *T) {
	if !r.isMapping(n, k) {
		return
	}
	family := familyOf(rules, n)
	var given uint64 // one bit a rule; no level has 64 keys
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		if name.Kind != yaml.ScalarNode || name.Tag == "!!merge" {
			continue // refused by checkTree
		}
		j := find(rules, name.Value)
		if j < 0 || !rules[j].fits(family) {
			if meant := find(rules, unknownKey(r, name, k, rules, family)); meant >= 0 {
				given |= 1 << meant // misspelled, not missing
			}
			continue
		}
		if given&(1<<j) != 0 {
			continue // refused by checkTree
		}
		given |= 1 << j
		rules[j].read(r, value, &trail{parent: at, key: name.Value}, into)
	}
	for j, rule := range rules {
		if rule.Required && given&(1<<j) == 0 && rule.fits(family) {
			r.refuse(n, levelName(k)+" without the key "+rule.Name, rule.Name+" ("+rule.Meaning+")", "add "+rule.Name+": "+rule.Example)
		}
	}
}

func find[T any](rules []rule[T], name string) int {
	for j := range rules {
		if rules[j].Name == name {
			return j
		}
	}
	return -1
}

func (k Key) fits(f Family) bool { return k.Family == "" || f == "" || k.Family == f }

// familyOf tells which keys an account may have, by its type. Levels other
// than accounts have no key "type", and so no family.
func familyOf[T any](rules []rule[T], n *yaml.Node) Family {
	j := find(rules, "type")
	if j < 0 {
		return ""
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != "type" {
			continue
		}
		written, _ := nearest(n.Content[i+1].Value, rules[j].Values) // a misspelled type still tells
		switch usher.AccountType(written) {
		case usher.TypeMarketingCloud, usher.TypeExperienceCloud:
			return FamilyIMS
		case usher.TypeOpenIDConnect:
			return FamilyOIDC
		}
	}
	return ""
}

func (r *reader) isMapping(n *yaml.Node, k Key) bool {
	if n.Kind == yaml.MappingNode {
		return true
	}
	names := make([]string, 0, len(k.Keys))
	for _, sub := range k.Keys {
		names = append(names, sub.Name)
	}
	r.wrongKind(n, k, "keys ("+strings.Join(names, ", ")+")")
	return false
}

func (r *reader) sequence(n *yaml.Node, k Key) bool {
	if n.Kind == yaml.SequenceNode {
		return true
	}
	r.wrongKind(n, k, "a list")
	return false
}

// wrongKind refuses a node of another form than wanted.
func (r *reader) wrongKind(n *yaml.Node, k Key, want string) {
	switch {
	case n.Kind == yaml.AliasNode || n.Style&yaml.TaggedStyle != 0: // refused by checkTree
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		r.refuse(n, k.Name+" without a value", want, "write one, such as "+k.Name+": "+k.Example+", or remove the key")
	case k.Kind == KindFlag && n.Kind == yaml.ScalarNode:
		r.refuse(n, quote(n.Value)+" for "+k.Name, want, "write true or false, without quotes")
	default:
		r.refuse(n, describe(n)+" for "+k.Name, want, "write it as in "+k.Name+": "+k.Example)
	}
}

// describe says what kind of value a node holds, never which.
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "keys"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.Tag {
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "true or false"
	case "!!timestamp":
		return "a date"
	case "!!null":
		return "no value"
	}
	return "a text"
}

// text reads a text. A number, a date or true is no text: what a text that
// looks like one means is not left to YAML's rules, it goes in quotes.
func (r *reader) text(n *yaml.Node, k Key) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" || n.Style&yaml.TaggedStyle != 0 {
		r.wrongKind(n, k, wantOf(k))
		return "", false
	}
	if n.Tag != "!!str" && n.Tag != "!!merge" && (k.Kind != KindDate || n.Tag != "!!timestamp") {
		r.refuse(n, describe(n)+" for "+k.Name, wantOf(k), "put the value in quotes")
		return "", false
	}
	if n.Value == "" && !k.Empty {
		r.refuse(n, "an empty text for "+k.Name, wantOf(k), "write one, such as "+k.Name+": "+k.Example+", or remove the key")
		return "", false
	}
	return n.Value, true
}

func wantOf(k Key) string {
	if len(k.Values) > 0 {
		return listed(k.Values)
	}
	return k.Kind.want()
}

func (r *reader) oneOf(n *yaml.Node, k Key, v string) bool {
	if len(k.Values) == 0 {
		return true
	}
	for _, w := range k.Values {
		if v == w {
			return true
		}
	}
	do := "write one of these"
	if near, ok := nearest(v, k.Values); ok {
		do = "write " + near
	}
	r.refuse(n, quote(v)+" for "+k.Name, listed(k.Values), do)
	return false
}

// wrongText refuses a text that has not the form of its kind.
func (r *reader) wrongText(n *yaml.Node, k Key, v, want string) {
	r.refuse(n, quote(hidePassword(v))+" for "+k.Name, want, "write it as in "+k.Name+": "+k.Example)
}

func (r *reader) flag(n *yaml.Node, k Key) (value, ok bool) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!bool" && n.Style == 0 {
		return strings.EqualFold(n.Value, "true"), true
	}
	r.wrongKind(n, k, "true or false")
	return false, false
}

func (r *reader) list(n *yaml.Node, k Key, want func(string) string) ([]string, bool) {
	if !r.sequence(n, k) {
		return nil, false
	}
	out := make([]string, 0, len(n.Content))
	good := true
	for _, c := range n.Content {
		v, ok := r.text(c, Key{Name: "an item of " + k.Name, Kind: k.Kind, Example: k.Example})
		if ok && want != nil {
			if w := want(v); w != "" {
				r.wrongText(c, k, v, w)
				ok = false
			}
		}
		good = good && ok
		out = append(out, v)
	}
	return out, good
}

// levelName names the level that k's keys are on.
func levelName(k Key) string {
	switch {
	case k.Name == "":
		return "a file"
	case k.Kind == KindKeysList:
		return "an item of " + k.Name
	}
	return k.Name
}
