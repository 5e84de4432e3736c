// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"bytes"
	"encoding/json"
)

// An object is a JSON object whose members keep their order and may come
// twice: the order is part of the recorded shapes, and saying something twice
// is one way to misbehave.
type object []member

type member struct {
	name  string
	value any
}

// set replaces the first member of that name, or adds one.
func (o *object) set(name string, value any) {
	for i := range *o {
		if (*o)[i].name == name {
			(*o)[i].value = value
			return
		}
	}
	*o = append(*o, member{name, value})
}

// add appends a member even if the name is there already.
func (o *object) add(name string, value any) { *o = append(*o, member{name, value}) }

// drop removes every member of that name.
func (o *object) drop(name string) {
	kept := (*o)[:0:0]
	for _, m := range *o {
		if m.name != name {
			kept = append(kept, m)
		}
	}
	*o = kept
}

// rename gives the members of one name another.
func (o *object) rename(from, to string) {
	for i := range *o {
		if (*o)[i].name == from {
			(*o)[i].name = to
		}
	}
}

func (o object) get(name string) any {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
