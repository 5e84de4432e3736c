// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxDepth bounds the nesting of what a provider sends.
const maxDepth = 32

// Depths down to which members must also differ after case folding. A member
// that comes twice is refused at any depth.
const (
	foldTop  = 1
	foldKeys = 3 // {"keys": [{...}]}
)

// decodeObject reads one JSON object and nothing after it. Unlike
// encoding/json it refuses members that come twice, or that differ only by
// case down to foldDepth: two readers of such an object would see two
// different things. Numbers stay [json.Number].
func decodeObject(data []byte, foldDepth int) (map[string]any, error) {
	v, err := decodeValue(data, foldDepth)
	if err != nil {
		return nil, err
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s where an object was wanted", kindOf(v))
	}
	return object, nil
}

func decodeValue(data []byte, foldDepth int) (any, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("the text is not UTF-8")
	}
	d := strictDecoder{dec: json.NewDecoder(bytes.NewReader(data)), foldDepth: foldDepth}
	d.dec.UseNumber()
	v, err := d.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := d.dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON value")
	}
	return v, nil
}

type strictDecoder struct {
	dec       *json.Decoder
	foldDepth int
}

// errNotJSON stands for the decoder's own errors, which quote what they met.
var errNotJSON = errors.New("not JSON, or cut short")

func (d *strictDecoder) value(depth int) (any, error) {
	tok, err := d.dec.Token()
	if err != nil {
		return nil, errNotJSON
	}
	delim, nested := tok.(json.Delim)
	if !nested {
		return tok, nil
	}
	if depth++; depth > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d", maxDepth)
	}
	switch delim {
	case '{':
		return d.object(depth)
	case '[':
		return d.array(depth)
	}
	return nil, errNotJSON
}

func (d *strictDecoder) object(depth int) (map[string]any, error) {
	members := make(map[string]any)
	folded := make(map[string]string)
	for d.dec.More() {
		tok, err := d.dec.Token()
		name, isString := tok.(string)
		if err != nil || !isString {
			return nil, errNotJSON
		}
		if _, twice := members[name]; twice {
			return nil, fmt.Errorf("the member %s comes twice", quote(name))
		}
		if depth <= d.foldDepth {
			key := fold(name)
			if other, twice := folded[key]; twice {
				return nil, fmt.Errorf("the members %s and %s differ only by case", quote(other), quote(name))
			}
			folded[key] = name
		}
		if members[name], err = d.value(depth); err != nil {
			return nil, err
		}
	}
	if _, err := d.dec.Token(); err != nil {
		return nil, errNotJSON
	}
	return members, nil
}

func (d *strictDecoder) array(depth int) ([]any, error) {
	items := []any{}
	for d.dec.More() {
		v, err := d.value(depth)
		if err != nil {
			return nil, err
		}
		items = append(items, v)
	}
	if _, err := d.dec.Token(); err != nil {
		return nil, errNotJSON
	}
	return items, nil
}

// fold maps all letters that Unicode's simple case folding takes for one to
// the first of them: "ſub", "SUB" and "sub" become equal.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		first := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			first = min(first, f)
		}
		return first
	}, s)
}

// kindOf names the JSON type of a decoded value.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case json.Number:
		return "a number"
	case bool:
		return "a boolean"
	case []any:
		return "an array"
	case map[string]any:
		return "an object"
	}
	return "nothing"
}

// kindOfMember is kindOf, for a member that may be absent.
func kindOfMember(object map[string]any, name string) string {
	v, ok := object[name]
	if !ok {
		return "nothing"
	}
	return kindOf(v)
}

// text gives a member that is a string, else "".
func text(object map[string]any, name string) string {
	s, _ := object[name].(string)
	return s
}

// stringsOf gives an array of strings; ok is false for every other shape.
func stringsOf(v any) (list []string, ok bool) {
	items, isArray := v.([]any)
	if !isArray {
		return nil, false
	}
	list = make([]string, len(items))
	for i, item := range items {
		if list[i], ok = item.(string); !ok {
			return nil, false
		}
	}
	return list, true
}
