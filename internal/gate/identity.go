// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"

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

// headerSet is the identity headers made ready.
type headerSet struct {
	headers []Header // names in canonical form
	guarded map[string]struct{}
	nobody  *identity
	empty   []string // a header's values: nothing
}

// identity is the headers of one operator, made ready to be written.
type identity struct {
	set    *headerSet
	values [][]string // in the order of the set's headers; never altered
	// asserted are the assertions made for the operator, by number of the site.
	asserted []atomic.Pointer[asserted]
}

var errHeaderName = errors.New("an identity header's name is letters, digits and hyphens, at most 64, and no name that HTTP itself or the front server uses")

func newHeaderSet(headers []Header) (*headerSet, error) {
	s := &headerSet{guarded: make(map[string]struct{})}
	for _, n := range protectedNames {
		s.guarded[n] = struct{}{}
	}
	taken := make(map[string]bool)
	for _, h := range headers {
		fold := foldedName(h.Name)
		if !plainName(h.Name) || len(h.Name) > longestName || notForIdentity(fold) {
			return nil, fmt.Errorf("identity header %q: %w", h.Name, errHeaderName)
		}
		if taken[fold] {
			return nil, fmt.Errorf("identity header %q is named twice", h.Name)
		}
		if _, err := h.Field.of(&usher.Operator{}); err != nil {
			return nil, fmt.Errorf("identity header %q: %w", h.Name, err)
		}
		taken[fold] = true
		s.guarded[fold] = struct{}{}
		s.headers = append(s.headers, Header{http.CanonicalHeaderKey(h.Name), h.Field})
	}
	s.empty = []string{""}
	s.nobody = &identity{set: s}
	for range s.headers {
		s.nobody.values = append(s.nobody.values, []string{""})
	}
	return s, nil
}

// notForIdentity lists names that mean something else to those who read them.
func notForIdentity(fold string) bool {
	switch fold {
	case "host", "cookie", "set-cookie", "connection", "keep-alive", "te", "trailer", "trailers", "transfer-encoding", "upgrade",
		"content-length", "content-type", "content-encoding", "date", "location", "cache-control", "vary", "expect", "range",
		"www-authenticate", "proxy-authenticate", "proxy-authorization", "authorization", "origin", "referer", "server",
		"forwarded", "x-rewrite-url", "x-real-ip", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port",
		"x-forwarded-uri", "x-forwarded-method", "x-forwarded-prefix", "x-forwarded-server", "x-forwarded-scheme":
		return true
	}
	return strings.HasPrefix(fold, "x-original-") || strings.HasPrefix(fold, "x-usher-") ||
		strings.HasPrefix(fold, "sec-") || strings.HasPrefix(fold, "access-control-") || strings.HasPrefix(fold, "proxy-")
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

// identityOf gives the visitor's headers, made once for as long as the visitor
// is judged the same. They are refused where they are too large.
func (r *Rules) identityOf(v Visitor) (*identity, *usher.Cause) {
	s := r.headers
	if v.Kept != nil {
		if kept := v.Kept.Load(); kept != nil {
			if id, ok := (*kept).(*identity); ok && id.set == s {
				return id, nil
			}
		}
	}
	id, size := s.render(v.Operator)
	if size > maxIdentityBytes {
		return nil, &usher.Cause{Step: usher.StepGate, Code: usher.CodeTooManyGroups, Subject: v.Operator.Email,
			Saw: fmt.Sprintf("identity headers of %d bytes", size), Want: fmt.Sprintf("at most %d", maxIdentityBytes)}
	}
	id.asserted = r.slots()
	if v.Kept != nil {
		var kept any = id
		v.Kept.Store(&kept)
	}
	return id, nil
}

func (s *headerSet) render(op *usher.Operator) (*identity, int) {
	id := &identity{set: s, values: make([][]string, len(s.headers))}
	size := 0
	for i, h := range s.headers {
		value, _ := h.Field.of(op) // newHeaderSet has tried the field
		id.values[i] = []string{value}
		size += len(h.Name) + len(value)
	}
	return id, size
}

// write puts every identity header into h, in place of any that is there.
func (id *identity) write(h http.Header) {
	for i := range id.set.headers {
		h[id.set.headers[i].Name] = id.values[i]
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
		if c <= ' ' || c > '~' || c == '%' || inList && c == ',' {
			return false
		}
	}
	return true
}
