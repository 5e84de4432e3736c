// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/usher-signin/usher"
)

// A dialect says in which headers a front server states what the browser asked
// of it. Names are in canonical form.
type dialect struct {
	name   string
	method string
	uri    string
	host   string
	proto  string
	// others state the same in other dialects. The client may have sent them, or
	// the front server is not what it is taken for: they must not disagree.
	otherMethod, otherURI, otherHost []string
}

var errPeer = errors.New("the request for a verdict comes from an address that is not declared under server.trusted_proxies")

// read turns a front server's request for a verdict into the request that the
// browser made. Nothing is guessed: what is missing, repeated, joined by commas
// or stated in two ways is an error.
func (d *dialect) read(rules *Rules, r *http.Request, q *Request) error {
	q.Dialect, q.Header, q.peer = d.name, r.Header, peerOf(r)
	q.front = rules.trusted(q.peer)
	if !q.front {
		return errPeer
	}
	if name, found := rules.headers.alias(r.Header); found {
		return fmt.Errorf("the header %.64q could be taken for an identity header or a forwarded one", name)
	}
	var err error
	if q.Method, err = one(r.Header, d.method); err == nil {
		q.Host, err = one(r.Header, d.host)
	}
	if err == nil {
		q.URI, err = stated(r.Header, d.uri)
	}
	if err != nil {
		return err
	}
	if !token(q.Method) {
		return fmt.Errorf("%s is no method", d.method)
	}
	if proto, err := one(r.Header, d.proto); err != nil {
		return err
	} else if proto != "https" && proto != "http" {
		return fmt.Errorf("%s is neither https nor http", d.proto)
	}
	return d.agree(r.Header, q)
}

func (d *dialect) agree(h http.Header, q *Request) error {
	for _, also := range [...]struct {
		names []string
		value string
	}{{d.otherMethod, q.Method}, {d.otherURI, q.URI}, {d.otherHost, q.Host}} {
		for _, name := range also.names {
			for _, v := range h[name] {
				if v != also.value {
					return fmt.Errorf("%s says something else than the header that counts here; the front server should remove it", name)
				}
			}
		}
	}
	return nil
}

// stated gives a header that must be there exactly once.
func stated(h http.Header, name string) (string, error) {
	switch v := h[name]; {
	case len(v) > 1:
		return "", fmt.Errorf("%s was sent %d times", name, len(v))
	case len(v) == 0 || v[0] == "":
		return "", fmt.Errorf("%s is missing; the front server has to send it", name)
	default:
		return v[0], nil
	}
}

// one gives a header that must be there once with one value.
func one(h http.Header, name string) (string, error) {
	v, err := stated(h, name)
	if err == nil && strings.IndexByte(v, ',') >= 0 {
		return "", fmt.Errorf("%s holds more than one value", name)
	}
	return v, err
}

// token reports whether s may be a method (RFC 9110 section 5.6.2).
func token(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return s != "" && len(s) <= 32
}

// subrequest judges a front server's request for a verdict.
func (g *Guard) subrequest(d *dialect, rules *Rules, r *http.Request, q *Request) judgement {
	if err := d.read(rules, r, q); err != nil {
		return badly(untold, usher.Target{Host: usher.CanonicalHost(q.Host)}, err)
	}
	return g.judge(r.Context(), rules, q, false)
}

// passOn answers a front server that the request may pass, with the identity
// headers that it is to hand to the application, and X-Usher-Cookie: what is
// left of the client's cookies for the application.
func (g *Guard) passOn(w *denyWriter, q *Request, j *judgement) {
	h := w.Header()
	j.identity.write(h)
	if rest, ok := othersCookies(q.Header); ok {
		h["X-Usher-Cookie"] = []string{rest}
	}
	h["Cache-Control"] = g.noStore
	w.show(j.Decision)
	w.WriteHeader(http.StatusOK)
}
