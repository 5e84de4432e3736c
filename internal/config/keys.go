// SPDX-License-Identifier: Apache-2.0

package config

import (
	"go.yaml.in/yaml/v3"
)

// A Kind is the form of a key's value.
type Kind string

// The kinds of values.
const (
	KindText     Kind = "text"
	KindFlag     Kind = "true or false"
	KindAddress  Kind = "address"      // an absolute http or https address
	KindUpstream Kind = "upstream"     // http://host:port, https://host:port or unix:/path
	KindListen   Kind = "listen"       // host:port
	KindPath     Kind = "path"         // of a file, relative to the configuration file's folder
	KindDatabase Kind = "database"     // sqlite:PATH or postgres://...
	KindDuration Kind = "duration"     // such as 30m
	KindDays     Kind = "days"         // such as 90d
	KindDate     Kind = "date"         // such as 2027-01-31
	KindMask     Kind = "mask"         // text, {prefix: text} or {pattern: text}
	KindSecret   Kind = "secret"       // text, {file: path} or {env: name}
	KindList     Kind = "list"         // of texts
	KindNetworks Kind = "networks"     // list of addresses or networks
	KindScopes   Kind = "scopes"       // list of texts, or one text with commas or blanks
	KindSecrets  Kind = "secrets"      // list of secrets
	KindKeys     Kind = "keys"         // further keys
	KindKeysList Kind = "list of keys" // list of items with further keys
)

// A Family tells the keys of IMS accounts from those of OpenID Connect accounts.
type Family string

// The families. A key without one belongs to every account.
const (
	FamilyIMS  Family = "ims"
	FamilyOIDC Family = "oidc"
)

// A Key is one key of the configuration file, as the manual and the JSON
// Schema show it.
type Key struct {
	Name     string
	Kind     Kind
	Meaning  string // one sentence
	Example  string // a value, as YAML
	Default  string // what holds where the key is left out; empty: nothing
	Values   []string
	Required bool
	Empty    bool   // an empty text has a meaning of its own, which the doctor judges
	Family   Family // accounts only
	Twin     string // the key that says the same in an account of the other family
	Keys     []Key  // of KindKeys and KindKeysList
}

// Keys is every key of the configuration file, in the order in which the
// manual shows them.
func Keys() []Key { return keysOf(fileRules()) }

// A rule is a key of T and how its value gets there.
type rule[T any] struct {
	Key
	read func(r *reader, n *yaml.Node, at *trail, into *T)
}

func keysOf[T any](rules []rule[T]) []Key {
	out := make([]Key, len(rules))
	for i, rule := range rules {
		out[i] = rule.Key
	}
	return out
}

// text is a key whose value is a text, or a word out of Values.
func text[T any, S ~string](k Key, field func(*T) *S) rule[T] {
	k.Kind = KindText
	return rule[T]{k, func(r *reader, n *yaml.Node, at *trail, into *T) {
		if v, ok := r.text(n, k); ok && r.oneOf(n, k, v) {
			*field(into) = S(v)
		}
	}}
}

// parsed is a key whose text must have a form: parse gives the value, or says
// what is wanted instead.
func parsed[T, V any](kind Kind, k Key, parse func(r *reader, text string) (V, string), field func(*T) *V) rule[T] {
	k.Kind = kind
	return rule[T]{k, func(r *reader, n *yaml.Node, at *trail, into *T) {
		v, ok := r.text(n, k)
		if !ok {
			return
		}
		value, want := parse(r, v)
		if want != "" {
			r.wrongText(n, k, v, want)
			return
		}
		*field(into) = value
	}}
}

func flag[T any](k Key, field func(*T) *bool) rule[T] {
	k.Kind = KindFlag
	return rule[T]{k, func(r *reader, n *yaml.Node, at *trail, into *T) {
		if v, ok := r.flag(n, k); ok {
			*field(into) = v
		}
	}}
}

// list is a key whose value is a list of texts, each of which parse accepts or
// not. A list that is written and empty is kept apart from none.
func list[T any, L ~[]string](kind Kind, k Key, want func(text string) string, field func(*T) *L) rule[T] {
	k.Kind = kind
	return rule[T]{k, func(r *reader, n *yaml.Node, at *trail, into *T) {
		if v, ok := r.list(n, k, want); ok {
			*field(into) = v
		}
	}}
}

func keys[T, S any](k Key, rules []rule[S], field func(*T) *S) rule[T] {
	k.Kind, k.Keys = KindKeys, keysOf(rules)
	return rule[T]{k, func(r *reader, n *yaml.Node, at *trail, into *T) {
		mapping(r, n, k, rules, at, field(into))
	}}
}

// keysList is a key whose value is a list of items with keys of their own.
// begin gives an item as it is before its keys are read.
func keysList[T, S any](k Key, rules []rule[S], begin func() S, field func(*T) *[]S) rule[T] {
	k.Kind, k.Keys = KindKeysList, keysOf(rules)
	return rule[T]{k, func(r *reader, n *yaml.Node, at *trail, into *T) {
		if !r.sequence(n, k) {
			return
		}
		items := make([]S, len(n.Content))
		for i, c := range n.Content {
			items[i] = begin()
			mapping(r, c, k, rules, &trail{parent: at, index: i}, &items[i])
		}
		*field(into) = items
	}}
}

func blank[T any]() T { var zero T; return zero }
