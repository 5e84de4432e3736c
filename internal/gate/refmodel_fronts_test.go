// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher"
)

// Here every front server asks, in its own headers and by hand-made ones, with
// programs' tokens beside persons' cookies. The model of a front server is a
// list of where it says what; everything else it says is to be contradicted by
// nothing.

// modelFront is a front server in the model's words.
type modelFront struct {
	path                      string
	method, uri, host         string   // headers; empty: the question's own
	otherMethod, otherURI     []string // headers that must not say something else
	otherHost                 []string
	never                     string // a header that must not be there
	onlyKnows401And403, again bool
	bad                       string // status of addresses that could be read in two ways
}

func modelFronts() []modelFront {
	uris := func(own string) []string {
		return slices.DeleteFunc([]string{"X-Original-Uri", "X-Original-Url", "X-Forwarded-Uri", "X-Rewrite-Url"}, func(n string) bool { return n == own })
	}
	original := modelFront{method: "X-Original-Method", uri: "X-Original-Uri", host: "X-Forwarded-Host", otherMethod: []string{"X-Forwarded-Method"},
		otherURI: uris("X-Original-Uri"), otherHost: []string{"X-Original-Host"}, bad: "400"}
	forwarded := modelFront{method: "X-Forwarded-Method", uri: "X-Forwarded-Uri", host: "X-Forwarded-Host", otherMethod: []string{"X-Original-Method"},
		otherURI: uris("X-Forwarded-Uri"), otherHost: []string{"X-Original-Host"}, bad: "400"}
	nginx, answer, haproxy, traefik, caddy := original, original, original, forwarded, forwarded
	nginx.path, nginx.onlyKnows401And403, nginx.bad = "/usher/auth/nginx", true, "403"
	answer.path, answer.again = "/usher/answer/nginx", true
	haproxy.path, caddy.path = "/usher/auth/haproxy", "/usher/auth/caddy"
	traefik.path, traefik.never = "/usher/auth/traefik", "X-Forwarded-Prefix"
	envoy := modelFront{path: "/usher/auth/envoy", otherMethod: []string{"X-Original-Method", "X-Forwarded-Method"}, otherURI: uris(""),
		otherHost: []string{"X-Original-Host", "X-Forwarded-Host"}, bad: "400"}
	return []modelFront{nginx, answer, haproxy, traefik, caddy, envoy}
}

// askedOf is a question of a front server.
type askedOf struct {
	front       modelFront
	method, uri string // of the question itself; Envoy's is the browser's
	host        string
	query       string // of the endpoint
	header      http.Header
	peer        string
	storeDown   bool
}

// said gives a header that must be there once.
func (q askedOf) said(name string) (string, bool) {
	v := q.header[name]
	if len(v) != 1 || v[0] == "" {
		return "", false
	}
	return v[0], true
}

// modelFrontAnswer says what a front server is to be told.
func modelFrontAnswer(sites []modelSite, users map[string]usher.Operator, q askedOf) modelAnswer {
	f, no := q.front, modelAnswer{what: "403"}
	if q.peer != "127.0.0.1" && q.peer != "::ffff:127.0.0.1" {
		return no
	}
	for name := range q.header {
		low := strings.ToLower(name)
		if folded := notAlnum.ReplaceAllString(low, "-"); low != folded && forgeable.MatchString(folded) {
			return no
		}
	}
	if f.never != "" && len(q.header[f.never]) > 0 {
		return no
	}
	method, uri, host := q.method, q.uri, q.host
	if f.uri != "" {
		var ok1, ok2, ok3 bool
		method, ok1 = q.said(f.method)
		uri, ok2 = q.said(f.uri)
		host, ok3 = q.said(f.host)
		if !ok1 || !ok2 || !ok3 || strings.Contains(method+host, ",") {
			return no
		}
	}
	if method == "" || len(method) > 32 || strings.ContainsAny(method, "\"(),/:;<=>?@[\\]{} \t\x00\x01\x7f") {
		return no
	}
	if proto, ok := q.said("X-Forwarded-Proto"); !ok || proto != "https" && proto != "http" {
		return no
	}
	for _, also := range []struct {
		names []string
		value string
	}{{f.otherMethod, method}, {f.otherURI, uri}, {f.otherHost, host}} {
		for _, name := range also.names {
			for _, v := range q.header[name] {
				if v != also.value {
					return no
				}
			}
		}
	}
	path, query, _ := strings.Cut(uri, "?")
	read := modelPath(path)
	if !goodHost.MatchString(host) || read == "" || !goodQuery.MatchString(query) || len(uri) > 8192 {
		return modelAnswer{what: f.bad}
	}
	site := modelFind(sites, host, read)
	if site == nil || path == "/usher" || strings.HasPrefix(path, "/usher/") {
		return no
	}
	a := modelVisitor(site, users, path, method, q.header, q.storeDown)
	if a.what == "503" { // before it is known for whom, nothing else is said
		return a
	}
	for _, v := range q.header["X-Usher-Application"] {
		if v != site.name {
			return no
		}
	}
	if f.uri != "" && q.query != "" && q.query != "application="+site.name {
		return no
	}
	switch {
	case a.what == "pass" && f.again:
		return modelAnswer{what: "503"}
	case a.what == "400" && f.onlyKnows401And403:
		return no
	case a.what == "page" && f.onlyKnows401And403:
		return modelAnswer{what: "401"}
	}
	return a
}

// modelVisitor says what becomes of a request whose address is in order.
func modelVisitor(site *modelSite, users map[string]usher.Operator, path, method string, h http.Header, storeDown bool) modelAnswer {
	for _, p := range site.public {
		if !strings.Contains(path, "%") && (path == p || strings.HasSuffix(p, "/") && strings.HasPrefix(path, p)) {
			return modelAnswer{"pass", site.name, ""}
		}
	}
	if modelPreflight(site, method, h) {
		return modelAnswer{"pass", site.name, ""}
	}
	tokens := 0
	for _, line := range h["Authorization"] {
		if low := strings.ToLower(line); low == "bearer" || strings.HasPrefix(low, "bearer ") || strings.HasPrefix(low, "bearer\t") {
			tokens++
		}
	}
	var user usher.Operator
	known := false
	if tokens > 0 && modelTakes(site.name) {
		token := strings.TrimLeft(h["Authorization"][0][min(6, len(h["Authorization"][0])):], " ")
		switch {
		case len(h["Authorization"]) > 1 || token == "" || strings.ContainsAny(token, " ,\"\t"):
			return modelAnswer{what: "400"}
		case token == "slow":
			return modelAnswer{what: "503"}
		case token == "poor":
			return modelAnswer{what: "403"}
		}
		if user, known = users[strings.TrimPrefix(token, "program-")]; !known || !strings.HasPrefix(token, "program-") {
			return modelAnswer{what: "401"}
		}
	} else {
		if storeDown {
			return modelAnswer{what: "503"}
		}
		cookie, _ := cookieValue(h)
		if user, known = users[cookie]; !known && modelPage(modelRequest{method: method, header: h}) {
			return modelAnswer{what: "page"}
		}
	}
	switch {
	case !known:
		return modelAnswer{what: "401"}
	case site.allow == nil || slices.ContainsFunc(site.allow, func(g string) bool { return slices.Contains(user.Groups, g) }):
		return modelAnswer{"pass", site.name, user.Subject}
	}
	return modelAnswer{what: "403"}
}

// modelTakes says which applications take tokens: every second one.
func modelTakes(name string) bool { return name[len(name)-1]%2 == 0 }

// fewPrograms knows programs by tokens that anybody can read.
type fewPrograms struct{ users map[string]usher.Operator }

func (fewPrograms) Takes(application string) (takes, forward bool) {
	return modelTakes(application), false
}

func (b fewPrograms) Bearer(_ context.Context, _, token string) (Visitor, *BearerRefusal, error) {
	cause := &usher.Cause{Code: usher.CodeAccessTokenRefused, Subject: "scope"}
	switch token {
	case "slow":
		return Visitor{}, nil, usher.ErrUnavailable
	case "poor":
		return Visitor{}, &BearerRefusal{Status: 403, Error: "insufficient_scope", Cause: cause}, nil
	}
	if name, ok := strings.CutPrefix(token, "program-"); ok {
		if op, ok := b.users[name]; ok {
			return Visitor{Operator: &op}, nil, nil
		}
	}
	return Visitor{}, &BearerRefusal{Status: 401, Error: "invalid_token", Cause: cause}, nil
}

// question makes a front server's question of a request.
func (d dice) question(sites []modelSite) askedOf {
	r := d.request(sites)
	q := askedOf{front: pick(d, modelFronts()), method: "GET", header: r.header, peer: r.peer, storeDown: r.storeDown}
	for _, name := range []string{"X-Forwarded-Uri", "X-Original-Url", "X-Rewrite-Url", "X-Original-Host", "X-Forwarded-Method"} {
		if d.often(80) { // what dice.headers strews is strewn more sparsely here
			q.header.Del(name)
		}
	}
	f := q.front
	q.header["X-Forwarded-Proto"] = []string{"https"}
	if f.uri == "" {
		// Without a slash it would be no endpoint's address.
		q.method, q.host, q.uri = r.method, r.host, "/"+strings.TrimPrefix(r.uri, "/")
	} else {
		q.header[f.method], q.header[f.uri], q.header[f.host] = []string{r.method}, []string{r.uri}, []string{r.host}
	}
	if d.often(6) { // one of its own headers is missing, empty, there twice, or two in one
		name := pick(d, []string{f.method, f.uri, f.host, "X-Forwarded-Proto"})
		if v := q.header[name]; len(v) == 1 {
			q.header[name] = pick(d, [][]string{nil, {""}, {v[0], v[0]}, {v[0], "x"}, {v[0] + "," + v[0]}, {v[0] + ", x"}, {"HTTPS"}, {"http"}})
			if q.header[name] == nil {
				delete(q.header, name)
			}
		}
	}
	if d.often(5) { // another dialect's header, agreeing or not
		name := pick(d, slices.Concat(f.otherMethod, f.otherURI, f.otherHost, []string{"X-Forwarded-Prefix"}))
		q.header[name] = append(q.header[name], pick(d, []string{r.method, r.uri, r.host, "/", "GET", "/healthz"}))
	}
	if d.often(15) {
		name := pick(d, sites).name
		if d.often(50) {
			q.header["X-Usher-Application"] = []string{name}
		} else {
			q.query = pick(d, []string{"application=" + name, "application=" + name, "application", "x=1", "application=" + name + "&x", "application=%zz"})
		}
	}
	if d.often(1) {
		q.peer = pick(d, []string{"127.0.0.2", "::1", "::ffff:127.0.0.1", "10.0.0.1"})
	}
	if d.often(25) {
		scheme := pick(d, []string{"Bearer ", "Bearer ", "bearer ", "BEARER  ", "Bearer", "Bearer\t", "Basic ", "Bearer, ", "DPoP "})
		line := scheme + pick(d, []string{"program-c0", "program-c1", "program-c2", "program-c9", "program-", "slow", "poor", "c0", "", "a b", "a,b", `"a"`})
		q.header["Authorization"] = []string{strings.TrimRight(line, " \t")}
		if d.often(10) {
			q.header["Authorization"] = append(q.header["Authorization"], pick(d, []string{"Basic eDp5", line}))
		}
	}
	return q
}

// ask puts a question to the gate.
func (q askedOf) ask(m *modelRig, all *Endpoints) modelAnswer {
	m.rig.desk.fail(nil)
	if q.storeDown {
		m.rig.desk.fail(usher.ErrUnavailable)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header, r.Method, r.Host = q.header.Clone(), q.method, q.host
	r.RemoteAddr = q.peer + ":1234"
	if strings.Contains(q.peer, ":") {
		r.RemoteAddr = "[" + q.peer + "]:1234"
	}
	r.RequestURI, r.URL.Path, r.URL.RawQuery = q.front.path+q.uri, q.front.path, ""
	if q.front.uri != "" {
		r.RequestURI, r.URL.RawQuery = q.front.path, q.query
		if q.query != "" {
			r.RequestURI += "?" + q.query
		}
	}
	h := all.For(r.RequestURI)
	rec := serve(h, r)
	a := modelAnswer{what: strconv.Itoa(rec.Code)}
	switch rec.Code {
	case http.StatusFound:
		a.what = "page"
	case http.StatusOK:
		a = modelAnswer{"pass", "", rec.Header().Get("X-Forwarded-User")}
		for name, v := range rec.Header() {
			if name != "X-Usher-Cookie" && name != "Cookie" && strings.Contains(strings.Join(v, ""), "root") {
				a.what = "the client's " + name
			}
		}
	}
	return a
}

func TestFrontServersAgreeWithTheReferenceModel(t *testing.T) { // C04, D05, D10
	seed := *seedFlag
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	total := requestsToMake(t)
	if total == requestsByDefault {
		total /= 4 // the other test makes the rest
	}
	t.Logf("%d questions, seed %d", total, seed)
	d := dice{rand.New(rand.NewPCG(seed, 2))}
	m := newModelRig(t)
	all := m.rig.guard.Endpoints()
	var sites []modelSite
	var users map[string]usher.Operator
	count, wrong := make(map[string]int), 0
	for i := range total {
		if i%500 == 0 {
			sites, users = d.sites(), d.users()
			m.configure(sites, users, func(o *RuleOptions) { o.Bearers = fewPrograms{users} })
			m.rig.advance(time.Hour)
		}
		q := d.question(sites)
		want, got := modelFrontAnswer(sites, users, q), q.ask(m, all)
		count[want.what]++
		if count[q.front.path]++; got.what != want.what || got.user != want.user {
			wrong++
			t.Errorf("seed %d, question %d: the gate says %+v, the model %+v\nto %+v\nunder %+v\nwith %+v", seed, i, got, want, q, sites, users)
		}
		if wrong > 3 {
			t.Fatalf("seed %d: enough", seed)
		}
	}
	for what, most := range map[string]int{"pass": 10, "page": 400, "401": 20, "403": 10, "400": 100, "503": 60} {
		if count[what]*most < total {
			t.Errorf("only %d of %d questions came to %q: the comparison says too little", count[what], total, what)
		}
	}
	t.Log(fmt.Sprint(count))
}
