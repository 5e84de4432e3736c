// SPDX-License-Identifier: Apache-2.0

package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// validator walks a value along a schema. It knows the words that Schema uses
// and stops at any other.
type validator struct{ root map[string]any }

func (v validator) check(schema, value any, at string) []string {
	if schema == false {
		return []string{at + ": not allowed here"}
	}
	s, ok := schema.(map[string]any)
	if !ok {
		return []string{at + ": a schema that is no object"}
	}
	var bad []string
	for word, arg := range s {
		bad = append(bad, v.word(s, word, arg, value, at)...)
	}
	return bad
}

func (v validator) word(s map[string]any, word string, arg, value any, at string) []string {
	object, isObject := value.(map[string]any)
	text, isText := value.(string)
	var bad []string
	fail := func(format string, args ...any) { bad = append(bad, at+": "+fmt.Sprintf(format, args...)) }
	switch word {
	case "$schema", "$defs", "title", "description", "examples", "format", "then", "else":
	case "$ref":
		name := strings.TrimPrefix(arg.(string), "#/$defs/")
		bad = v.check(v.root["$defs"].(map[string]any)[name], value, at)
	case "type":
		kinds := map[string]bool{"object": isObject, "string": isText, "boolean": value == true || value == false}
		_, kinds["array"] = value.([]any)
		if !kinds[arg.(string)] {
			fail("not of type %v", arg)
		}
	case "properties":
		for name, sub := range arg.(map[string]any) {
			if member, ok := object[name]; ok {
				bad = append(bad, v.check(sub, member, at+"."+name)...)
			}
		}
	case "additionalProperties":
		properties, _ := s["properties"].(map[string]any)
		for name := range object {
			if _, ok := properties[name]; !ok {
				fail("unknown key %s", name)
			}
		}
	case "required":
		for _, name := range arg.([]any) {
			if _, ok := object[name.(string)]; isObject && !ok {
				fail("%v is missing", name)
			}
		}
	case "items":
		items, _ := value.([]any)
		for i, item := range items {
			bad = append(bad, v.check(arg, item, fmt.Sprintf("%s[%d]", at, i))...)
		}
	case "enum":
		found := false
		for _, w := range arg.([]any) {
			found = found || w == value
		}
		if !found {
			fail("%v is none of %v", value, arg)
		}
	case "const":
		if value != arg {
			fail("%v is not %v", value, arg)
		}
	case "oneOf":
		good := 0
		for _, form := range arg.([]any) {
			if len(v.check(form, value, at)) == 0 {
				good++
			}
		}
		if good != 1 {
			fail("%d forms fit, not one", good)
		}
	case "if":
		if len(v.check(arg, value, at)) == 0 {
			bad = v.check(s["then"], value, at)
		} else {
			bad = v.check(s["else"], value, at)
		}
	case "minLength":
		if isText && float64(utf8.RuneCountInString(text)) < arg.(float64) {
			fail("too short")
		}
	case "pattern":
		if isText && !regexp.MustCompile(arg.(string)).MatchString(text) {
			fail("%q is not of the form %v", text, arg)
		}
	default:
		fail("a word that the walker does not know: %s", word)
	}
	return bad
}

func schemaValidator(t *testing.T) validator {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal(Schema(), &root); err != nil {
		t.Fatal(err)
	}
	return validator{root}
}

// decoded gives a YAML text as a JSON reader would have it.
func decoded(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var back any
	if err := json.Unmarshal(out, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

func TestSchemaTakesTheExample(t *testing.T) {
	v := schemaValidator(t)
	for _, text := range []string{string(example(t)), minimal} {
		if bad := v.check(v.root, decoded(t, text), "$"); len(bad) > 0 {
			t.Errorf("refused: %s", strings.Join(bad, "\n"))
		}
	}
}

// What the reader refuses by form, the schema refuses too.
func TestSchemaRefusesWhatTheReaderRefuses(t *testing.T) {
	v := schemaValidator(t)
	for _, text := range []string{
		account("ims_sever: x"), account("client_id: x"), account("label: [x]"), account("enabled: 'yes'"), account("ims_client_secret: {value: x}"), account(`ims_client_secret: ""`),
		account("association_mask: {prefix: x, pattern: y}"), account("ims_scopes: {a: b}"), strings.Replace(minimal, "type: Adobe Marketing Cloud", "type: Adobe", 1),
		strings.Replace(account("ims_server: x"), "type: Adobe Marketing Cloud", "type: OpenID Connect", 1), strings.Replace(minimal, "name: production", `name: ""`, 1),
		after("server: {listen: '4180'}"), after("server: {session: {idle: 30 minutes}}"), after("server: {database: mysql://x}"), after("server: {tls: {cert_file: x}}"),
		after("applications: [{name: a, url: reports}]"), after("applications: [{name: a, url: 'https://a', allow: ['']}]"), after("applications: {name: a}"), "external_accounts: []\n", after("shape: blue"),
	} {
		if bad := v.check(v.root, decoded(t, text), "$"); len(bad) == 0 {
			t.Errorf("the schema takes\n%s", text)
		}
		if _, err := Parse("f.yaml", []byte(text), Environment{}); err == nil {
			t.Errorf("the reader takes\n%s", text)
		}
	}
}

// full is a file with every key of the table, made from the table's examples.
func full(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, k := range Keys() {
		if k.Name == "external_accounts" {
			b.WriteString(k.Name + ":\n")
			for _, family := range []Family{FamilyIMS, FamilyOIDC} {
				dash := "  - "
				for _, sub := range k.Keys {
					if !sub.fits(family) {
						continue
					}
					value := sub.Example
					if sub.Name == "type" && family == FamilyOIDC {
						value = "OpenID Connect"
					}
					b.WriteString(dash + sub.Name + ": " + value + "\n")
					dash = "    "
				}
			}
			continue
		}
		writeKey(&b, k, "")
	}
	return b.String()
}

func writeKey(b *strings.Builder, k Key, indent string) {
	if k.Kind != KindKeys && k.Kind != KindKeysList {
		b.WriteString(indent + k.Name + ": " + k.Example + "\n")
		return
	}
	b.WriteString(indent + k.Name + ":\n")
	below := indent + "  "
	if k.Kind == KindKeysList {
		b.WriteString(below + "-\n")
		below += "  "
	}
	for _, sub := range k.Keys {
		writeKey(b, sub, below)
	}
}

func TestEveryKeyIsReadAndInTheSchema(t *testing.T) {
	text := full(t)
	env := world(map[string]string{"/run/secrets/ims": "one", "/run/secrets/oidc": "two"}, map[string]string{"ANA_PASSWORD": "three", "SERVICE_CODE": "four"})
	whole, err := Parse("f.yaml", []byte(text), env)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	v := schemaValidator(t)
	if bad := v.check(v.root, decoded(t, text), "$"); len(bad) > 0 {
		t.Errorf("the schema refuses the table's examples: %s", strings.Join(bad, "\n"))
	}
	lines := strings.SplitAfter(text, "\n")
	leaves := 0
	eachLeaf(Keys(), func(k Key) {
		if k.Meaning == "" || k.Example == "" {
			t.Errorf("the key %s has no meaning or no example", k.Name)
		}
		if secretName(k.Name) != (k.Kind == KindSecret || k.Kind == KindSecrets) {
			t.Errorf("the key %s is taken for a secret, or is one and not taken for it", k.Name)
		}
		leaves++
	})
	// Each line but those that must be there is taken out in turn; what the file means must change.
	gone := 0
	for i := range lines {
		without := strings.Join(append(append([]string(nil), lines[:i]...), lines[i+1:]...), "")
		if lines[i] == "" || strings.Contains(lines[i], " - ") {
			continue
		}
		c, err := Parse("f.yaml", []byte(without), env)
		if err != nil {
			continue // required, or the head of a level
		}
		gone++
		if sameMeaning(whole, c) && !sameAsDefault(lines[i]) {
			t.Errorf("without the line %q the file means the same", lines[i])
		}
	}
	if gone < leaves/2 {
		t.Errorf("only %d lines could be taken out of a file with %d keys", gone, leaves)
	}
}

func eachLeaf(keys []Key, visit func(Key)) {
	for _, k := range keys {
		if k.Kind == KindKeys || k.Kind == KindKeysList {
			eachLeaf(k.Keys, visit)
			continue
		}
		visit(k)
	}
}

func sameMeaning(a, b *Config) bool {
	return reflect.DeepEqual([]any{a.Instance, a.Accounts, a.OperatorGroups, a.Applications, a.Server, a.Organization, a.Suppress},
		[]any{b.Instance, b.Accounts, b.OperatorGroups, b.Applications, b.Server, b.Organization, b.Suppress})
}

// sameAsDefault reports lines whose example is what holds without them.
func sameAsDefault(line string) bool {
	key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
	switch key {
	case "environment", "deployment", "enabled", "callback_url", "groups_claim", "listen", "public_url", "database", "idle", "lifetime", "refresh", "key_file":
		return value != ""
	}
	return false
}

func TestSchemaListsEveryKey(t *testing.T) {
	v := schemaValidator(t)
	var walk func(keys []Key, schema map[string]any, at string)
	walk = func(keys []Key, schema map[string]any, at string) {
		properties := schema["properties"].(map[string]any)
		if len(properties) != len(keys) {
			t.Errorf("%s has %d keys in the schema and %d in the table", at, len(properties), len(keys))
		}
		for _, k := range keys {
			sub, ok := properties[k.Name].(map[string]any)
			if !ok {
				t.Errorf("%s.%s is not in the schema", at, k.Name)
				continue
			}
			if !strings.HasPrefix(sub["description"].(string), k.Meaning) {
				t.Errorf("%s.%s has another meaning in the schema", at, k.Name)
			}
			switch k.Kind {
			case KindKeys:
				walk(k.Keys, sub, at+"."+k.Name)
			case KindKeysList:
				walk(k.Keys, sub["items"].(map[string]any), at+"."+k.Name)
			}
		}
	}
	walk(Keys(), v.root, "$")
}
