// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
)

// persons gives persons numbers: each the same one everywhere in an archive.
// The domain of an address stays, as rules and mistakes are about domains.
type persons struct {
	numbers map[string]int    // by address, folded
	others  map[string]string // what stands for names, subjects and browsers' addresses
	order   []string          // the keys of others, the longest first
}

// An address, its domain with a dot: ids of organizations have none.
var address = regexp.MustCompile(`[A-Za-z0-9!#$%&'*+/=?^_{|}~.-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)

// personsOf numbers the persons of a case in the order in which they come.
func personsOf(c doctor.Case) *persons {
	p := &persons{numbers: make(map[string]int), others: make(map[string]string)}
	for _, in := range c.Instances {
		if org := in.Config.Organization; org != nil {
			for _, u := range org.Users {
				p.name(u.Name, p.number(u.Email), in)
			}
		}
		p.find(reflect.ValueOf(in).Elem(), in)
	}
	for key := range p.others {
		p.order = append(p.order, key)
	}
	slices.SortFunc(p.order, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return p
}

// find looks for persons in the facts.
func (p *persons) find(v reflect.Value, in *doctor.Instance) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			p.find(v.Elem(), in)
		}
	case reflect.Slice:
		for i := range v.Len() {
			p.find(v.Index(i), in)
		}
	case reflect.Struct:
		switch v.Type() {
		case reflect.TypeFor[usher.Person]():
			p.person(v.Interface().(usher.Person), in) //nolint:forcetypeassert // it is of that type
		case reflect.TypeFor[usher.Attempt]():
			p.other(v.Interface().(usher.Attempt).Client, "browser-%d") //nolint:forcetypeassert // it is of that type
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !apart(f.Name) {
				p.find(v.Field(i), in)
			}
		}
	}
}

func (p *persons) person(x usher.Person, in *doctor.Instance) {
	key := x.Email
	if key == "" {
		key = x.Subject
	}
	p.name(x.Name, p.number(key), in)
	p.other(x.Subject, "subject-%d")
}

func (p *persons) number(email string) int {
	key := strings.ToLower(email)
	if _, known := p.numbers[key]; !known {
		p.numbers[key] = len(p.numbers) + 1
	}
	return p.numbers[key]
}

// name notes a person's name. One that is also the name of a group or of the
// instance is not taken for a person's wherever it stands.
func (p *persons) name(name string, number int, in *doctor.Instance) {
	if len(name) < 3 || strings.Contains(name, "@") || in.Config.Instance.Name == name {
		return
	}
	for _, g := range in.Config.OperatorGroups {
		if strings.Contains(g.Name, name) {
			return
		}
	}
	for _, g := range in.Config.Organization.GroupNames() {
		if strings.Contains(g, name) {
			return
		}
	}
	p.others[name] = fmt.Sprintf("Person %d", number)
}

func (p *persons) other(value, template string) {
	if _, known := p.others[value]; known || len(value) < 3 || strings.Contains(value, "@") && address.MatchString(value) {
		return
	}
	p.others[value] = fmt.Sprintf(template, len(p.others)+1)
}

// replace puts numbers in the persons' places.
func (p *persons) replace(text string) string {
	if p == nil {
		return text
	}
	text = address.ReplaceAllStringFunc(text, func(found string) string {
		local, domain, _ := strings.Cut(found, "@")
		if local == "xxxxx" || strings.HasSuffix(local, "/") { // a password that was hidden, or part of an address
			return found
		}
		return fmt.Sprintf("person-%d@%s", p.number(found), domain)
	})
	for _, key := range p.order {
		text = strings.ReplaceAll(text, key, p.others[key])
	}
	return text
}
