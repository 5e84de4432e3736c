// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"strings"

	"github.com/usher-signin/usher/internal/lookalike"
)

// Heard makes a phrase of what a rule, a record or a probe says in English, so
// that it can be said in the reader's language where its sentence is known.
// What it holds of others' writing is made visible.
func Heard(text string) Phrase {
	if p, ok := heardWhole(text); ok || text == "" {
		return p
	}
	parts := strings.Split(text, "; ")
	p := Phrase{Template: strings.TrimSuffix(strings.Repeat("%s; ", len(parts)), "; ")}
	for _, part := range parts {
		one, ok := heardWhole(part)
		if !ok {
			one = Value(lookalike.Show(part))
		}
		p.Args = append(p.Args, one)
	}
	return p
}

func heardWhole(text string) (Phrase, bool) {
	for _, s := range heardSentences() {
		if values, ok := fits(s.english, text); ok {
			args := make([]any, len(values))
			for i, v := range values {
				args[i] = Value(lookalike.Show(v))
				if inner, ok := heardWhole(v); ok {
					args[i] = inner
				}
			}
			return Say(s.english, args...), true
		}
	}
	return Phrase{}, false
}

// fits gives what was put into a template to make a text; each part is as
// short as can be, and none is empty.
func fits(template, text string) (values []string, ok bool) {
	parts := strings.Split(template, "%s")
	rest, ok := strings.CutPrefix(text, parts[0])
	if !ok || len(parts) == 1 {
		return nil, ok && rest == ""
	}
	for _, part := range parts[1 : len(parts)-1] {
		before, after, found := strings.Cut(rest, part)
		if !found || before == "" {
			return nil, false
		}
		values, rest = append(values, before), after
	}
	last, ok := strings.CutSuffix(rest, parts[len(parts)-1])
	return append(values, last), ok && last != ""
}
