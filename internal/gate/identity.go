// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unique"

	"github.com/usher-signin/usher"
)

// A Field is something that an application may be told of an operator.
type Field string

// The fields. Provider and Subject together are the key of an operator; the
// email is for display and may change hands.
const (
	FieldSubject  Field = "subject"
	FieldProvider Field = "provider"
	FieldAccount  Field = "account" // internal name of the external account
	FieldEmail    Field = "email"
	FieldName     Field = "name"
	FieldGroups   Field = "groups" // operator groups, a list
	FieldRights   Field = "rights" // a list
)

// A Header is an identity header: its name and what it holds.
type Header struct {
	Name  string
	Field Field
}

// DefaultHeaders are the identity headers where the configuration names none.
func DefaultHeaders() []Header {
	return []Header{
		{"X-Forwarded-User", FieldSubject},
		{"X-Forwarded-Email", FieldEmail},
		{"X-Forwarded-Groups", FieldGroups},
		{"X-Forwarded-Preferred-Username", FieldName},
	}
}

// AuthRequestHeaders are the names that oauth2-proxy uses in answers to front
// servers, for applications and front servers that expect them.
func AuthRequestHeaders() []Header {
	return []Header{
		{"X-Auth-Request-User", FieldSubject},
		{"X-Auth-Request-Email", FieldEmail},
		{"X-Auth-Request-Groups", FieldGroups},
		{"X-Auth-Request-Preferred-Username", FieldName},
	}
}

// RemoteHeaders are the names that Authelia uses.
func RemoteHeaders() []Header {
	return []Header{
		{"Remote-User", FieldSubject},
		{"Remote-Email", FieldEmail},
		{"Remote-Groups", FieldGroups},
		{"Remote-Name", FieldName},
	}
}

// maxIdentityBytes bounds what the values of all identity headers may hold
// together: front servers and applications bound their headers too, and fail
// in ways that nobody can read.
const maxIdentityBytes = 8 << 10

// headerSet is the names of all identity headers made ready.
type headerSet struct {
	names   []string // in canonical form
	guarded map[string]struct{}

	nobody []string // what is said of nobody, in the order of names
	empty  []string // a header's values: nothing
}

// identity is what the headers hold of everybody that the rules make the same
// of: all but subject, name and email, whose places are empty. A header of one
// operator is put together for each request: there are as many sessions as
// people signed in, and what each of them keeps is searched by the collector.
type identity struct {
	layout *layout
	next   *identity
	values []string // in the order of the set's names; never altered
	size   int      // of names and values
}

var errHeaderName = errors.New("an identity header's name is letters, digits and hyphens, at most 64, and no name that HTTP itself or the front server uses")

// newHeaderSet makes a set of the headers of one application, to which others'
// can be added until finish is called.
func newHeaderSet(headers []Header) (*headerSet, error) {
	s := &headerSet{guarded: make(map[string]struct{}), empty: []string{""}}
	for _, n := range protectedNames {
		s.guarded[n] = struct{}{}
	}
	return s, s.include(headers)
}

// include adds an application's headers.
func (s *headerSet) include(headers []Header) error {
	taken := make(map[string]bool)
	for _, h := range headers {
		fold := foldedName(h.Name)
		if !plainName(h.Name) || len(h.Name) > longestName || usher.ReservedHeader(h.Name) {
			return fmt.Errorf("identity header %q: %w", h.Name, errHeaderName)
		}
		if taken[fold] {
			return fmt.Errorf("identity header %q is named twice", h.Name)
		}
		if _, err := h.Field.of(&usher.Operator{}); err != nil {
			return fmt.Errorf("identity header %q: %w", h.Name, err)
		}
		taken[fold] = true
		s.guarded[fold] = struct{}{}
		if name := http.CanonicalHeaderKey(h.Name); !slices.Contains(s.names, name) {
			s.names = append(s.names, name)
		}
	}
	return nil
}

// finish makes what is said of nobody.
func (s *headerSet) finish() {
	s.nobody = make([]string, len(s.names))
}

// of gives what the field holds for the operator, ready for a header.
func (f Field) of(op *usher.Operator) (string, error) {
	switch f {
	case FieldSubject:
		return encodeValue(op.Subject), nil
	case FieldProvider:
		return encodeValue(op.Provider), nil
	case FieldAccount:
		return encodeValue(op.Account), nil
	case FieldEmail:
		return encodeValue(op.Email), nil
	case FieldName:
		return encodeValue(op.Name), nil
	case FieldGroups:
		return encodeList(op.Groups), nil
	case FieldRights:
		return encodeList(op.Rights), nil
	}
	return "", fmt.Errorf("there is no field %q: it is one of subject, provider, account, email, name, groups, rights", string(f))
}

// identityOf gives what the visitor's headers hold at a site, in the order of
// the set's names. They are refused where they are too large.
func (r *Rules) identityOf(v Visitor, at *site) ([]string, *usher.Cause) {
	id := r.headers.kept(v, at.layout)
	if id == nil {
		id = r.headers.render(v.Operator, at.layout)
		r.headers.keep(v, id)
	}
	values := make([]string, len(id.values))
	copy(values, id.values)
	size := id.size
	for i, field := range at.layout.fields {
		if field.personal() {
			values[i], _ = field.of(v.Operator) // include has tried the field
			size += len(values[i])
		}
	}
	if size > maxIdentityBytes {
		return nil, &usher.Cause{Step: usher.StepGate, Code: usher.CodeTooManyGroups, Subject: v.Operator.Email,
			Saw: fmt.Sprintf("identity headers of %d bytes", size), Want: fmt.Sprintf("at most %d", maxIdentityBytes)}
	}
	return values, nil
}

// personal reports whether the field is one person's own.
func (f Field) personal() bool {
	return f == FieldSubject || f == FieldEmail || f == FieldName
}

func (s *headerSet) render(op *usher.Operator, l *layout) *identity {
	id := &identity{layout: l, values: make([]string, len(s.names))}
	for i, field := range l.fields {
		if field == "" {
			continue
		}
		id.size += len(s.names[i])
		if field.personal() {
			continue
		}
		value, _ := field.of(op) // include has tried the field
		if field == FieldGroups || field == FieldRights {
			value = unique.Make(value).Value() // many people have the same
		}
		id.values[i] = value
		id.size += len(value)
	}
	return id
}

// write puts every identity header into h, in place of any that is there.
func (s *headerSet) write(h http.Header, values []string) {
	for i, name := range s.names {
		h[name] = values[i : i+1 : i+1]
	}
}

const upperHex = "0123456789ABCDEF"

// encodeValue makes a text fit for a header: printable ASCII stays, all other
// bytes of its UTF-8, percent signs, and blanks at either end become %XX.
func encodeValue(text string) string { return encode(text, false) }

// encodeList joins names by commas. A comma inside a name becomes %2C, so that
// the list splits back into the same names; an empty name is no name.
func encodeList(names []string) string {
	var b strings.Builder
	for _, n := range names {
		if n == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(encode(n, true))
	}
	return b.String()
}

func encode(text string, inList bool) string {
	if plainText(text, inList) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + 16)
	for i := 0; i < len(text); i++ {
		c := text[i]
		edge := c == ' ' && (i == 0 || i == len(text)-1)
		if c < ' ' || c > '~' || c == '%' || edge || inList && c == ',' {
			b.WriteByte('%')
			b.WriteByte(upperHex[c>>4])
			b.WriteByte(upperHex[c&15])
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func plainText(text string, inList bool) bool {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c < ' ' || c > '~' || c == '%' || inList && c == ',' || c == ' ' && (i == 0 || i == len(text)-1) {
			return false
		}
	}
	return true
}
