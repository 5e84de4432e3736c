// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"fmt"
	"strings"
)

// A Phrase is a sentence that can be said in several languages: an English
// template, as for fmt.Sprintf, and what is put into it.
type Phrase struct {
	Template string
	Args     []any
}

// Say makes a phrase.
func Say(template string, args ...any) Phrase { return Phrase{template, args} }

// Value makes a phrase of a value that is the same in every language.
func Value(text string) Phrase {
	if text == "" {
		return Phrase{}
	}
	return Say("%s", text)
}

// Listed joins phrases with commas.
func Listed(list []Phrase) Phrase {
	p := Phrase{Template: strings.TrimSuffix(strings.Repeat("%s, ", len(list)), ", ")}
	for _, one := range list {
		p.Args = append(p.Args, one)
	}
	return p
}

// Empty says that the phrase says nothing.
func (p Phrase) Empty() bool { return p.Template == "" }

// String says it in English.
func (p Phrase) String() string { return p.In(English) }

// In says the phrase in a language, in English where there is no translation.
func (p Phrase) In(l Language) string {
	if p.Template == "" {
		return ""
	}
	t := l.translate(p.Template)
	if len(p.Args) == 0 {
		return strings.ReplaceAll(t, "%%", "%")
	}
	args := p.Args
	for i, a := range args {
		var said any
		switch a := a.(type) {
		case Phrase:
			said = a.In(l)
		case string:
			if l != Dutch {
				continue
			}
			said = dutchDifference(a)
		default:
			continue
		}
		if &args[0] == &p.Args[0] {
			args = append([]any(nil), args...)
		}
		args[i] = said
	}
	return fmt.Sprintf(t, args...)
}

// A Language is one in which the doctor speaks, as in IETF language tags.
type Language string

// The languages.
const (
	English Language = "en"
	Dutch   Language = "nl"
)

func (l Language) translate(english string) string {
	if l == Dutch {
		if t, ok := dutch(english); ok {
			return t
		}
	}
	return english
}
