// SPDX-License-Identifier: Apache-2.0

package front

import (
	"encoding/json"
	"strings"
	"unicode"
)

// Said is the application's name as usher is told it: what configuration files
// could give a meaning to is written as %XX.
func (a app) Said() string {
	if plain(a.Name, " ._-") && strings.TrimSpace(a.Name) == a.Name {
		return a.Name
	}
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(a.Name); i++ {
		if c := a.Name[i]; plain(a.Name[i:i+1], "._-") {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

// Remark is the application's name for a comment: on one line, whatever a
// server takes for the end of one.
func (a app) Remark() string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == '\\' {
			return '_'
		}
		return r
	}, a.Name)
}

// Quoted is the application's name as JSON, and so YAML, has it between quotes.
func (a app) Quoted() (string, error) {
	text, err := json.Marshal(a.Name)
	return string(text), err
}
