// SPDX-License-Identifier: Apache-2.0

package config

import (
	"encoding/json"

	"go.yaml.in/yaml/v3"
)

// Schema is a JSON Schema (draft 2020-12) of the configuration file, for
// editors. It is made from the table of keys. It says what the reader accepts,
// but for a few forms that only the reader can judge, such as whether a
// secret's file is there.
func Schema() []byte {
	doc := level(Keys())
	doc["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	doc["title"] = "usher configuration"
	doc["description"] = "One instance: its external accounts, operator groups and applications."
	doc["$defs"] = map[string]any{
		"secret":  orReference("the secret itself; better in a file or an environment variable", nil),
		"address": map[string]any{"type": "string", "format": "uri", "pattern": `^[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#@]+[^\s?#]*$`},
	}
	out, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil // maps of strings, numbers and lists always marshal
	}
	return append(out, '\n')
}

// level is the schema of keys beside each other.
func level(keys []Key) map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, k := range keys {
		properties[k.Name] = k.schema()
		if k.Required {
			required = append(required, k.Name)
		}
	}
	out := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	if families := familyRule(keys); families != nil {
		out["if"] = map[string]any{"properties": map[string]any{"type": map[string]any{"const": "OpenID Connect"}}, "required": []string{"type"}}
		out["then"] = families[FamilyIMS]
		out["else"] = families[FamilyOIDC]
	}
	return out
}

// familyRule forbids the keys of each family.
func familyRule(keys []Key) map[Family]map[string]any {
	forbidden := map[Family]map[string]any{FamilyIMS: {}, FamilyOIDC: {}}
	found := false
	for _, k := range keys {
		if k.Family != "" {
			forbidden[k.Family][k.Name] = false
			found = true
		}
	}
	if !found {
		return nil
	}
	for f, names := range forbidden {
		forbidden[f] = map[string]any{"properties": names}
	}
	return forbidden
}

// schema is the schema of one key's value.
func (k Key) schema() map[string]any {
	out := k.form()
	out["description"] = k.Meaning + k.leftOut()
	var example any
	if yaml.Unmarshal([]byte(k.Example), &example) == nil && example != nil {
		out["examples"] = []any{k.exampleValue(example)}
	}
	return out
}

// exampleValue keeps dates and the like as the text that they are written as.
func (k Key) exampleValue(decoded any) any {
	switch decoded.(type) {
	case string, bool, []any, map[string]any:
		return decoded
	}
	return k.Example
}

func (k Key) leftOut() string {
	if k.Default == "" {
		return ""
	}
	return ". Left out: " + k.Default
}

func (k Key) form() map[string]any {
	texts := map[string]any{"type": "array", "items": oneLine(1)}
	switch k.Kind {
	case KindFlag:
		return map[string]any{"type": "boolean"}
	case KindAddress:
		return map[string]any{"$ref": "#/$defs/address"}
	case KindUpstream:
		return map[string]any{"type": "string", "pattern": `^([Hh][Tt][Tt][Pp][Ss]?://[^\s/?#@]+/?|unix:/.*)$`}
	case KindListen:
		return map[string]any{"type": "string", "pattern": `^.*:[0-9]{1,5}$`}
	case KindDatabase:
		return orReference("", map[string]any{"type": "string", "pattern": "^(sqlite:.|postgres(ql)?:)"})
	case KindDuration:
		return map[string]any{"type": "string", "pattern": `^\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)([0-9.]+(ns|us|µs|μs|ms|s|m|h))*$`}
	case KindDays:
		return map[string]any{"type": "string", "pattern": `^0*[1-9][0-9]{0,4}[dh]$`}
	case KindDate:
		return map[string]any{"type": "string", "format": "date"}
	case KindMask:
		return map[string]any{"oneOf": []any{oneLine(0), only(k.Keys[0]), only(k.Keys[1])}}
	case KindSecret:
		return map[string]any{"$ref": "#/$defs/secret"}
	case KindSecrets:
		return map[string]any{"type": "array", "items": map[string]any{"$ref": "#/$defs/secret"}}
	case KindScopes:
		return map[string]any{"oneOf": []any{oneLine(1), texts}}
	case KindList, KindNetworks:
		return texts
	case KindKeys:
		return level(k.Keys)
	case KindKeysList:
		return map[string]any{"type": "array", "items": level(k.Keys)}
	}
	return k.textForm()
}

func (k Key) textForm() map[string]any {
	switch {
	case len(k.Values) > 0:
		return map[string]any{"type": "string", "enum": k.Values}
	case k.Empty:
		return oneLine(0)
	}
	return oneLine(1)
}

func oneLine(least int) map[string]any {
	if least == 0 {
		return map[string]any{"type": "string"}
	}
	return map[string]any{"type": "string", "minLength": least}
}

// orReference is a text, or the file or variable that holds it.
func orReference(meaning string, text map[string]any) map[string]any {
	if text == nil {
		text = oneLine(1)
	}
	if meaning != "" {
		text["description"] = meaning
	}
	forms := []any{text}
	for _, k := range secretKeys() {
		forms = append(forms, only(k))
	}
	return map[string]any{"oneOf": forms}
}

// only is an object with this one key.
func only(k Key) map[string]any {
	return map[string]any{"type": "object", "properties": map[string]any{k.Name: k.schema()}, "required": []string{k.Name}, "additionalProperties": false}
}
