// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestStrictReader(t *testing.T) {
	for text, says := range map[string]string{
		`{}`:                       "",
		` {"a" : [1, "x", null]} `: "",
		`{"a":{"b":1,"B":2}}`:      "",
		`{"a":1,"b":1}`:            "",
		`{"a":1,"a":1}`:            `"a" comes twice`,
		`{"a":1,"\u0061":1}`:       `"a" comes twice`,
		`{"a":{"b":1,"b":2}}`:      `"b" comes twice`,
		`[{"b":1,"b":2}]`:          `"b" comes twice`,
		`{"a":1,"A":1}`:            "differ only by case",
		`{"sub":1,"ſub":1}`:        "differ only by case",
		`{"k":1,"\u212a":1}`:       "differ only by case",
		`{"ς":1,"Σ":1}`:            "differ only by case",
		`{"ß":1,"ss":1}`:           "",
		`{"a":1}{}`:                "something follows",
		`{"a":1} x`:                "something follows",
		`{"a":1}]`:                 "something follows",
		`{"a":1,}`:                 "not JSON",
		`{"a":1 "b":2}`:            "not JSON",
		`{"a" 1}`:                  "not JSON",
		`{a:1}`:                    "not JSON",
		`{"a":01}`:                 "not JSON",
		`{"a":`:                    "not JSON",
		`{"a"}`:                    "not JSON",
		`{1:2}`:                    "not JSON",
		`[1,]`:                     "not JSON",
		`[1 2]`:                    "not JSON",
		`}`:                        "not JSON",
		``:                         "not JSON",
		"{\"a\":\"\xff\"}":         "not UTF-8",
		"\ufeff{}":                 "not JSON",
		`{"a":NaN}`:                "not JSON",
		strings.Repeat("[", 32) + strings.Repeat("]", 32): "",
		strings.Repeat("[", 33) + strings.Repeat("]", 33): "nested deeper",
		strings.Repeat(`{"a":`, 400_000):                  "nested deeper",
	} {
		_, err := decodeValue([]byte(text), foldTop)
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%.40q: %v, want %q", text, err, says)
		}
	}
	if _, err := decodeObject([]byte(`{"keys":[{"n":1,"N":2}]}`), foldKeys); err == nil {
		t.Error("a key with n and N")
	}
	if v, err := decodeObject([]byte(`[]`), foldTop); err == nil {
		t.Errorf("an array as object: %v", v)
	}
}

// What the strict reader takes, the standard one reads alike.
func FuzzStrictReader(f *testing.F) {
	for _, seed := range []string{`{"a":[1,{"b":null}],"c":"d"}`, `{"a":1,"A":2}`, `[1e300,-0,"\ud800"]`, `{"a":{"b":[[[]]]}}`, `"x"`, `{} {}`, "\xff"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := decodeValue(data, foldTop)
		if err != nil {
			return
		}
		d := json.NewDecoder(strings.NewReader(string(data)))
		d.UseNumber()
		var want any
		if err := d.Decode(&want); err != nil || !json.Valid(data) {
			t.Fatalf("taken, though the standard reader says %v", err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("read %#v, the standard reader %#v", got, want)
		}
	})
}
