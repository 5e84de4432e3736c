// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
)

// apart are the fields that are packed in a way of their own.
func apart(name string) bool { return name == "Config" || name == "Instances" }

// fieldsOf gives the exported fields of a struct as JSON, each text in them
// cleaned. A field that holds nothing is left out.
func fieldsOf(v any, clean func(field, text string) string) (map[string]json.RawMessage, error) {
	value := reflect.Indirect(reflect.ValueOf(v))
	out := make(map[string]json.RawMessage)
	for i := range value.NumField() {
		field := value.Type().Field(i)
		if !field.IsExported() || apart(field.Name) || value.Field(i).IsZero() {
			continue
		}
		raw, err := json.Marshal(cleaned(value.Field(i), field.Name, clean).Interface())
		if err != nil {
			return nil, fmt.Errorf("the fact %s cannot be written down: %w", field.Name, err)
		}
		out[field.Name] = raw
	}
	return out, nil
}

// setFields sets the fields of the struct that target points to.
func setFields(fields map[string]json.RawMessage, target any) error {
	value := reflect.ValueOf(target).Elem()
	for name, raw := range fields {
		field, known := value.Type().FieldByName(name)
		if !known || !field.IsExported() || apart(name) {
			return fmt.Errorf("it holds the fact %.60q, which this usher does not know", name)
		}
		if err := strict(raw, value.FieldByIndex(field.Index).Addr().Interface()); err != nil {
			return fmt.Errorf("the fact %s: %w", name, err)
		}
	}
	return nil
}

// cleaned copies a value with every text in it cleaned. Keys of maps are names
// of ours, or addresses, and are cleaned too.
func cleaned(v reflect.Value, field string, clean func(field, text string) string) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		out.SetString(clean(field, v.String()))
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(cleaned(v.Elem(), field, clean))
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				out.Index(i).Set(cleaned(v.Index(i), field, clean))
			}
		}
	case reflect.Map:
		if !v.IsNil() {
			out.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
			for entries := v.MapRange(); entries.Next(); {
				out.SetMapIndex(cleaned(entries.Key(), field, clean), cleaned(entries.Value(), field, clean))
			}
		}
	case reflect.Struct:
		out.Set(v) // whatever is not exported, as in a time
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				out.Field(i).Set(cleaned(v.Field(i), f.Name, clean))
			}
		}
	default:
		out.Set(v)
	}
	return out
}

// strict decodes exactly one JSON value whose members are all known.
func strict(raw []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one JSON value")
	}
	return nil
}
