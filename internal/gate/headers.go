// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/usher-signin/usher"
)

// HeadersOf gives the identity headers of an application: the named set, with
// single names in place of the set's, or beside them where it has none.
func HeadersOf(app usher.Application) ([]Header, error) {
	return headersOf(app, DefaultHeaders())
}

func headersOf(app usher.Application, usual []Header) ([]Header, error) {
	var out []Header
	switch app.Headers.Set {
	case "":
		out = slices.Clone(usual)
	case usher.HeadersForwarded:
		out = DefaultHeaders()
	case usher.HeadersAuthRequest:
		out = AuthRequestHeaders()
	case usher.HeadersRemote:
		out = RemoteHeaders()
	default:
		return nil, fmt.Errorf("application %q: there is no set of identity headers %q; there are %s", app.Name, app.Headers.Set, strings.Join(usher.HeaderSets(), ", "))
	}
	n := app.Headers
	for _, own := range []Header{{n.Subject, FieldSubject}, {n.Email, FieldEmail}, {n.Name, FieldName}, {n.Groups, FieldGroups},
		{n.Rights, FieldRights}, {n.Account, FieldAccount}, {n.Provider, FieldProvider}} {
		if own.Name == "" {
			continue
		}
		if i := slices.IndexFunc(out, func(h Header) bool { return h.Field == own.Field }); i >= 0 {
			out[i].Name = own.Name
			continue
		}
		out = append(out, own)
	}
	return out, nil
}

// HeaderNames lists every name under which some application is told who is
// signed in. All of them are in every answer to a front server, empty where
// the application has no such header: what a client sent under a name that
// another application believes is overwritten too.
func HeaderNames(apps []usher.Application) ([]string, error) {
	var names []string
	for _, app := range apps {
		headers, err := HeadersOf(app)
		if err != nil {
			return nil, err
		}
		for _, h := range headers {
			if name := http.CanonicalHeaderKey(h.Name); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		for _, h := range DefaultHeaders() {
			names = append(names, h.Name)
		}
	}
	return names, nil
}

// layout is what one application, or several that are told alike, get under
// the names of the set.
type layout struct {
	set    *headerSet
	fields []Field // in the order of the set's names; empty: nothing
}

// layouts makes the set of all names, and each application's layout of it.
func layouts(apps []usher.Application, usual []Header) (*headerSet, []*layout, error) {
	each := make([][]Header, len(apps))
	set, err := newHeaderSet(nil)
	for i := 0; i < len(apps) && err == nil; i++ {
		if each[i], err = headersOf(apps[i], usual); err == nil {
			if err = set.include(each[i]); err != nil {
				err = fmt.Errorf("application %q: %w", apps[i].Name, err)
			}
		}
	}
	if err == nil && len(apps) == 0 {
		err = set.include(usual)
	}
	if err != nil {
		return nil, nil, err
	}
	set.finish()
	var out []*layout
	for _, headers := range each {
		out = append(out, set.layout(headers, out))
	}
	return set, out, nil
}

// layout finds one like it among those made, or makes one.
func (s *headerSet) layout(headers []Header, made []*layout) *layout {
	l := &layout{set: s, fields: make([]Field, len(s.names))}
	for _, h := range headers {
		l.fields[slices.Index(s.names, http.CanonicalHeaderKey(h.Name))] = h.Field
	}
	for _, other := range made {
		if slices.Equal(other.fields, l.fields) {
			return other
		}
	}
	return l
}

// kept finds what was made in this layout of everybody judged as the visitor;
// nil: nothing yet.
func (s *headerSet) kept(v Visitor, l *layout) *identity {
	if v.Kept == nil {
		return nil
	}
	id, _ := v.Kept.Load().(*identity)
	for id != nil && id.layout != l {
		id = id.next
	}
	return id
}

// keep keeps what was made beside that in other layouts. Of two made at once one
// may be lost, and is made again.
func (s *headerSet) keep(v Visitor, id *identity) {
	if v.Kept == nil {
		return
	}
	if others, _ := v.Kept.Load().(*identity); others != nil && others.layout.set == s {
		id.next = others
	}
	v.Kept.Store(id)
}
