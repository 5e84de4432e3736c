// SPDX-License-Identifier: Apache-2.0

package config

import (
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
	"go.yaml.in/yaml/v3"
)

// unknownKey refuses a key that this level has not, and says which one was
// meant, or where the key belongs. It returns the key that was meant.
func unknownKey[T any](r *reader, name *yaml.Node, k Key, rules []rule[T], family Family) string {
	if r.problems.full() {
		r.problems.add(Problem{})
		return ""
	}
	here := make([]string, 0, len(rules))
	for _, rule := range rules {
		if rule.fits(family) {
			here = append(here, rule.Name)
		}
	}
	want, shown := "a key of "+levelOf(k), showKey(name.Value)
	if j := find(rules, name.Value); j >= 0 { // of the other family
		do := "remove it, or change the type"
		if rules[j].Twin != "" {
			do = "write " + rules[j].Twin
		}
		r.refuse(name, "the key "+shown+", which belongs to accounts of "+familyName(rules[j].Family), "a key of this type of account", do)
		return rules[j].Twin
	}
	if near, ok := nearest(name.Value, here); ok {
		r.refuse(name, "the unknown key "+shown, want, "write "+near)
		return near
	}
	want += ": " + listed(here)
	if where := levelsWith(Keys(), "", name.Value); len(where) > 0 {
		r.refuse(name, "the key "+shown+" at a level where it does not belong", want, "move it to "+listed(where))
		return ""
	}
	r.refuse(name, "the unknown key "+shown, want, "remove it")
	return ""
}

func familyName(f Family) string {
	if f == FamilyIMS {
		return "type Adobe Marketing Cloud or Adobe Experience Cloud"
	}
	return "type OpenID Connect"
}

func levelOf(k Key) string {
	if k.Name == "" {
		return "the file's top level"
	}
	return k.Name
}

// levelsWith lists the levels that have a key of this name.
func levelsWith(keys []Key, level, name string) []string {
	var out []string
	for _, k := range keys {
		path := strings.TrimPrefix(level+"."+k.Name, ".")
		if k.Name == name && level == "" {
			out = append(out, levelOf(Key{}))
		} else if k.Name == name {
			out = append(out, level)
		}
		out = append(out, levelsWith(k.Keys, path, name)...)
	}
	return out
}

// nearest finds the word that was most likely meant: equal but for case and
// separators, a part of one word only, or few letters away.
func nearest(got string, words []string) (string, bool) {
	if len(got) > 64 {
		return "", false
	}
	flat := flatten(got)
	best, bestDistance := "", len(flat)
	for _, w := range words {
		d := levenshtein.ComputeDistance(flat, flatten(w))
		if d > 1 && sameLetters(flat, flatten(w)) {
			d-- // two letters changed places: one slip, counted as two
		}
		if d < bestDistance {
			best, bestDistance = w, d
		}
	}
	if best != "" && bestDistance <= max(1, min(len(flat), len(best))/3) {
		return best, true
	}
	var holding []string
	for _, w := range words {
		if f := flatten(w); len(flat) >= 4 && (strings.HasSuffix(f, flat) || strings.HasPrefix(f, flat)) {
			holding = append(holding, w)
		}
	}
	if len(holding) == 1 {
		return holding[0], true
	}
	return "", false
}

func sameLetters(a, b string) bool {
	x, y := []byte(a), []byte(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// flatten removes what people vary without thinking: case, blanks, _ and -.
func flatten(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// showKey shows a key that the file has and the table has not. A secret may
// have slipped into it where the blank after the colon is missing, so that
// only the name before it is shown.
func showKey(name string) string {
	if secretName(name) {
		if i := strings.IndexFunc(name, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '_' && r != '-'
		}); i >= 0 {
			return quote(name[:i]) + " (and what follows it)"
		}
	}
	return quote(name)
}

// secretName tells by its name that a key holds a secret, misspelled or not.
func secretName(name string) bool {
	name = strings.ToLower(name)
	if len(name) > 256 {
		return true
	}
	if slices.ContainsFunc([]string{"secr", "passw", "passp", "pwd"}, func(w string) bool { return strings.Contains(name, w) }) {
		return true
	}
	words := strings.FieldsFunc(name, func(r rune) bool { return r < 'a' || r > 'z' })
	return slices.ContainsFunc(words, func(w string) bool {
		return min(levenshtein.ComputeDistance(w, "secret"), levenshtein.ComputeDistance(w, "secrets"), levenshtein.ComputeDistance(w, "password")) <= 2
	})
}

func itoa(n int) string { return strconv.Itoa(n) }
