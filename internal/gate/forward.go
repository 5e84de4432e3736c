// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/web"
)

// A dialect says in which headers a front server states what the browser asked
// of it.
type dialect struct {
	name   string
	method heading
	uri    heading
	host   heading
	proto  heading
	// others state the same in other dialects. The client may have sent them, or
	// the front server is not what it is taken for: they must not disagree.
	otherMethod, otherURI, otherHost []heading
	// absent are headers that show the front server to ask in the wrong place.
	absent []heading
	// cookie is where the application's cookies go in an allowing answer, beside
	// X-Usher-Cookie; empty: nowhere.
	cookie string
	// replaces says that the application gets Authorization from our answer.
	replaces bool
	// below makes the path below the endpoint the one that is judged.
	below bool
}

// An untoldError says why a front server's request for a verdict is not
// believed. Its code is that of the check which finds the same.
type untoldError struct {
	code usher.Code
	text string
}

func (e *untoldError) Error() string { return e.text }

// Codes of what a front server can get wrong.
const (
	codeNotTrusted usher.Code = "proxy-not-trusted"
	codeForged     usher.Code = "identity-headers-survive"
	codeHost       usher.Code = "forwarded-host"
	codeProto      usher.Code = "forwarded-proto"
)

func untoldf(code usher.Code, format string, args ...any) error {
	return &untoldError{code, fmt.Sprintf(format, args...)}
}

// read turns a front server's request for a verdict into the request that the
// browser made. Nothing is guessed: what is missing, repeated, joined by commas
// or stated in two ways is an error.
func (d *dialect) read(rules *Rules, r *http.Request, q *Request) error {
	q.Dialect, q.Header, q.peer = d.name, r.Header, web.Peer(r)
	q.front = rules.trusted(q.peer)
	if !q.front {
		return untoldf(codeNotTrusted, "a request for a verdict from %s, which is not declared under server.trusted_proxies", peerText(q.peer))
	}
	var h statements
	name := rules.headers.hear(r.Header, &h)
	q.hops, q.named = h[forwardedFor], h[namedApplication]
	if name != "" {
		return untoldf(codeForged, "the header %.64q, which could be taken for an identity header or a forwarded one", name)
	}
	for _, n := range d.absent {
		if len(h[n]) > 0 {
			return untoldf(usher.CodeRequestNotCanonical, "%s: the front server has altered the path before it asked, so ask first", n)
		}
	}
	if err := d.request(r, &h, q); err != nil {
		return err
	}
	if !token(q.Method) {
		return untoldf(usher.CodeRequestNotCanonical, "a method that is none")
	}
	proto, err := h.one(d.proto, codeProto)
	if err != nil {
		return err
	}
	if proto != "https" && proto != "http" {
		return untoldf(codeProto, "%s with neither https nor http", d.proto)
	}
	return d.agree(&h, q)
}

// request reads method, host and target from where the dialect has them.
func (d *dialect) request(r *http.Request, h *statements, q *Request) (err error) {
	if d.below {
		rest, found := strings.CutPrefix(r.RequestURI, endpointPrefix+d.name)
		if !found {
			return untoldf(usher.CodeRequestNotCanonical, "another spelling of the endpoint's name")
		}
		q.Method, q.Host, q.URI = r.Method, r.Host, rest
		return nil
	}
	if q.Method, err = h.one(d.method, usher.CodeRequestNotCanonical); err == nil {
		q.Host, err = h.one(d.host, codeHost)
	}
	if err == nil {
		q.URI, err = h.stated(d.uri, usher.CodeRequestNotCanonical)
	}
	return err
}

// agree refuses what other headers contradict.
func (d *dialect) agree(h *statements, q *Request) error {
	err := h.only(q.Method, d.otherMethod)
	if err == nil {
		err = h.only(q.URI, d.otherURI)
	}
	if err == nil {
		err = h.only(q.Host, d.otherHost)
	}
	return err
}

// only refuses headers that say anything but value.
func (h *statements) only(value string, others []heading) error {
	for _, n := range others {
		for _, v := range h[n] {
			if v != value {
				return untoldf(usher.CodeRequestNotCanonical, "%s with something else than the header that counts here; the front server should remove it", n)
			}
		}
	}
	return nil
}

// meant refuses a verdict on another application than the one that the front
// server is about to serve: the two may choose it in different ways. The front
// server names it in a header, or in the query of the endpoint.
func (d *dialect) meant(r *http.Request, q *Request, j *judgement) error {
	if j.Application == nil {
		return nil
	}
	for _, name := range q.named {
		if name, err := url.PathUnescape(name); err != nil || name != j.Application.Name {
			return errOther
		}
	}
	if d.below || r.URL.RawQuery == "" {
		return nil
	}
	name, found := strings.CutPrefix(r.URL.RawQuery, "application=")
	if name, err := url.QueryUnescape(name); !found || err != nil || name != j.Application.Name {
		return errOther
	}
	return nil
}

var errOther = &untoldError{usher.CodeRequestNotCanonical, "a question about another application than the one at this address"}

// stated gives a header that must be there exactly once.
func (h *statements) stated(n heading, code usher.Code) (string, error) {
	switch v := h[n]; {
	case len(v) > 1:
		return "", untoldf(code, "%s %d times", n, len(v))
	case len(v) == 0 || v[0] == "":
		return "", untoldf(code, "no %s; the front server has to send it", n)
	default:
		return v[0], nil
	}
}

// one gives a header that must be there once with one value.
func (h *statements) one(n heading, code usher.Code) (string, error) {
	v, err := h.stated(n, code)
	if err == nil && strings.IndexByte(v, ',') >= 0 {
		return "", untoldf(code, "%s with more than one value", n)
	}
	return v, err
}

func peerText(peer netip.Addr) string {
	if !peer.IsValid() {
		return "a socket without an address"
	}
	return peer.String()
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
func (g *Guard) subrequest(d *dialect, rules *Rules, r *http.Request, q *Request, j *judgement) {
	if err := d.read(rules, r, q); err != nil {
		*j = badly(untold, usher.Target{Host: usher.CanonicalHost(q.Host)}, err)
		return
	}
	g.judge(r.Context(), rules, q, false, j)
	if err := d.meant(r, q, j); err != nil {
		*j = badly(untold, j.target, err)
	}
}

// check answers front servers that pass our answer on to the browser where the
// request may not pass.
func (g *Guard) check(d dialect) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w := denyWriter{ResponseWriter: rw}
		defer w.finish(g.opts.Logger)
		rules := g.opts.Rules()
		var q Request
		var j judgement
		g.subrequest(&d, rules, r, &q, &j)
		if !j.Allowed() {
			g.turnAway(&w, r, rules, &q, &j)
			return
		}
		g.passOn(&w, r, &d, rules, &q, &j)
	})
}

// passOn answers a front server that the request may pass, with the identity
// headers that it is to hand to the application, and X-Usher-Cookie: what is
// left of the client's cookies for the application.
func (g *Guard) passOn(w *denyWriter, r *http.Request, d *dialect, rules *Rules, q *Request, j *judgement) {
	h := w.Header()
	rules.tell(h, j)
	if rest, ok := othersCookies(q.Header); ok {
		value := []string{rest}
		h["X-Usher-Cookie"] = value
		if d.cookie != "" {
			h[d.cookie] = value
		}
	} else if d.below {
		h["X-Envoy-Auth-Headers-To-Remove"] = []string{"cookie"}
	}
	if j.site.takesBearer && !j.site.forwardBearer {
		d.withhold(h, q.Header)
	}
	h["Cache-Control"], h["Date"] = g.noStore, g.dates.at(j.at)
	w.show(j.Decision)
	w.WriteHeader(http.StatusOK)
	g.observe(r.Context(), rules, q, j, http.StatusOK, "")
}
