// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc/peer"

	"github.com/usher-signin/usher"
)

// The reference model says slowly, and in other words than the gate's, what
// must become of a request. It is written from the rules as they are
// documented and calls nothing that the gate calls.

// modelSite is an application as the model has it.
type modelSite struct {
	name, host, prefix string
	allow, public      []string // allow nil: anybody who is signed in
	preflights         bool     // the application answers browsers' preflights
}

type modelAnswer struct {
	what string // pass, page, 401, 403, 400, 404, 405, 503
	site string
	user string
}

var (
	wellEncoded = regexp.MustCompile(`^/(?:[^%\x00-\x20\x7f#?]|%[0-9A-Fa-f]{2})*$`)
	encodedMark = regexp.MustCompile(`(?i)%2f|%5c|%00`)
	stillCoded  = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)
	oddByte     = regexp.MustCompile("[\x00-\x1f\x7f\\\\;]")
	goodHost    = regexp.MustCompile(`^(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9._-]+?)\.?(?::[0-9]*)?$`)
	goodQuery   = regexp.MustCompile(`^[^\x00-\x20\x7f#]*$`)
	forgeable   = regexp.MustCompile(`^(x-(forwarded|original|auth-request|usher|webauth|authenticated|authentik|vouch|ssl-client)-|x-goog-authenticated-user-|x-ms-client-principal|x-client-cert|(ssl-client|tailscale-user)-|(x-)?remote-(user|email|groups?|name)$|forwarded$|x-rewrite-url$|x-(real|client)-ip$|x-auth-user$|http2-settings$)`)
	notAlnum    = regexp.MustCompile(`[^a-z0-9]`)
)

// modelPath gives the path as an application reads it; "" where it could be
// read in two ways.
func modelPath(path string) string {
	if !wellEncoded.MatchString(path) || encodedMark.MatchString(path) || len(path) > 8192 {
		return ""
	}
	once, err := url.PathUnescape(path)
	if err != nil || !utf8.ValidString(once) || oddByte.MatchString(once) || stillCoded.MatchString(once) {
		return ""
	}
	parts := strings.Split(once, "/")[1:]
	for i, p := range parts {
		if p == "." || p == ".." || p == "" && i != len(parts)-1 {
			return ""
		}
	}
	return once
}

func modelFind(sites []modelSite, host, path string) *modelSite {
	m := goodHost.FindStringSubmatch(host)
	if m == nil {
		return nil
	}
	var found *modelSite
	for i := range sites {
		s := &sites[i]
		inside := path == s.prefix || strings.HasPrefix(path, s.prefix+"/")
		if s.host == strings.ToLower(m[1]) && inside && (found == nil || len(s.prefix) > len(found.prefix)) {
			found = s
		}
	}
	return found
}

// modelRequest is a request in the model's words.
type modelRequest struct {
	proxy             bool // else a front server asks: Envoy over gRPC, or nginx
	envoy             bool
	method, host, uri string
	header            http.Header
	peer              string
	storeDown         bool
	body              int64 // its length; -1: it is not said
}

// modelPreflight says that a request is a browser's preflight, that nothing
// more can be read into it, and that its application answers these.
func modelPreflight(site *modelSite, method string, h http.Header) bool {
	for name := range h {
		folded := regexp.MustCompile(`[-_.]`).ReplaceAllString(strings.ToLower(name), "")
		if regexp.MustCompile(`methodoverride|httpmethod|^(cookie|authorization|upgrade|transferencoding)$`).MatchString(folded) {
			return false
		}
	}
	once := func(name, like string) bool {
		return len(h[name]) == 1 && regexp.MustCompile("^("+like+")$").MatchString(h[name][0])
	}
	return site.preflights && method == "OPTIONS" && once("Origin", ".+") && once("Access-Control-Request-Method", "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}") &&
		(h["Content-Length"] == nil || once("Content-Length", "0")) && (h["Sec-Fetch-Mode"] == nil || once("Sec-Fetch-Mode", "cors"))
}

func model(sites []modelSite, users map[string]usher.Operator, q modelRequest) modelAnswer {
	path, query, _ := strings.Cut(q.uri, "?")
	own := path == "/usher" || strings.HasPrefix(path, "/usher/")
	if q.proxy {
		up := q.header["Upgrade"]
		switch {
		case q.method == "TRACE" || q.method == "CONNECT":
			return modelAnswer{what: "405"}
		case len(up) > 0 && (len(up) != 1 || strings.ToLower(up[0]) != "websocket" || q.method != "GET"):
			return modelAnswer{what: "400"}
		case own:
			return modelAnswer{what: "404"}
		}
	} else {
		if q.peer != "127.0.0.1" {
			return modelAnswer{what: "403"}
		}
		for name := range q.header {
			folded := notAlnum.ReplaceAllString(strings.ToLower(name), "-")
			if strings.ToLower(name) != folded && forgeable.MatchString(folded) {
				return modelAnswer{what: "403"}
			}
		}
		for name, want := range map[string]string{"X-Forwarded-Uri": q.uri, "X-Original-Url": q.uri, "X-Rewrite-Url": q.uri, "X-Original-Host": q.host, "X-Forwarded-Method": q.method} {
			for _, v := range q.header[name] {
				if v != want {
					return modelAnswer{what: "403"}
				}
			}
		}
		for _, values := range q.header {
			if q.envoy && strings.ContainsAny(strings.Join(values, ""), "\r\n\x00") {
				return modelAnswer{what: "403"} // no header of HTTP has one: whoever asks is not Envoy
			}
		}
		if !q.envoy && (q.host == "" || q.uri == "" || strings.Contains(q.host, ",")) {
			return modelAnswer{what: "403"}
		}
	}
	bad := "400"
	if !q.proxy && !q.envoy {
		bad = "403"
	}
	read := modelPath(path)
	if !goodHost.MatchString(q.host) || read == "" || !goodQuery.MatchString(query) || len(q.uri) > 8192 {
		return modelAnswer{what: bad}
	}
	site := modelFind(sites, q.host, read)
	if site == nil || own {
		return modelAnswer{what: "403"}
	}
	for _, p := range site.public {
		if !strings.Contains(path, "%") && (path == p || strings.HasSuffix(p, "/") && strings.HasPrefix(path, p)) {
			return modelAnswer{"pass", site.name, ""}
		}
	}
	if (!q.proxy || q.body == 0) && modelPreflight(site, q.method, q.header) {
		return modelAnswer{"pass", site.name, ""}
	}
	if q.storeDown {
		return modelAnswer{what: "503"}
	}
	cookie, _ := cookieValue(q.header)
	user, known := users[cookie]
	if !known {
		if (q.proxy || q.envoy) && modelPage(q) {
			return modelAnswer{what: "page"}
		}
		return modelAnswer{what: "401"}
	}
	if site.allow == nil {
		return modelAnswer{"pass", site.name, user.Subject}
	}
	for _, g := range site.allow {
		if slices.Contains(user.Groups, g) {
			return modelAnswer{"pass", site.name, user.Subject}
		}
	}
	return modelAnswer{what: "403"}
}

func modelPage(q modelRequest) bool {
	h := q.header
	if q.method != "GET" || h["Upgrade"] != nil || strings.Contains(strings.Join(h["Sec-Purpose"], ""), "prefetch") {
		return false
	}
	mode, dest := strings.Join(h["Sec-Fetch-Mode"], "+"), strings.Join(h["Sec-Fetch-Dest"], "+")
	if mode+dest != "" {
		return mode == "navigate" && (dest == "document" || dest == "iframe" || dest == "frame")
	}
	return strings.Contains(strings.Join(h["Accept"], ","), "text/html") && len(h["X-Requested-With"]) == 0
}

// harsh reads a path as the laxest application would: it decodes until nothing
// changes, takes backslashes for slashes, drops what follows a semicolon in a
// segment, and resolves dots.
func harsh(path string) string {
	for range 10 {
		var b strings.Builder
		for i := 0; i < len(path); i++ {
			if path[i] == '%' && i+2 < len(path) {
				if n, err := strconv.ParseUint(path[i+1:i+3], 16, 8); err == nil {
					b.WriteByte(byte(n))
					i += 2
					continue
				}
			}
			b.WriteByte(path[i])
		}
		if b.String() == path {
			break
		}
		path = b.String()
	}
	path = strings.ReplaceAll(path, `\`, "/")
	var out []string
	for s := range strings.SplitSeq(path, "/") {
		s, _, _ = strings.Cut(s, ";")
		switch s {
		case "", ".":
		case "..":
			out = out[:max(0, len(out)-1)]
		default:
			out = append(out, s)
		}
	}
	end := ""
	if strings.HasSuffix(path, "/") && len(out) > 0 {
		end = "/"
	}
	return "/" + strings.Join(out, "/") + end
}

// dice makes requests.
type dice struct{ *rand.Rand }

func pick[T any](d dice, from []T) T { return from[d.IntN(len(from))] }

func (d dice) often(percent int) bool { return d.IntN(100) < percent }

var (
	diceHosts    = []string{"a.test", "b.test", "c.test"}
	diceSegments = []string{"app", "wiki", "static", "admin", "x", "healthz", "a.b", "r-1", "wik", "wikis", "usher", "%61pp", "a%20b", "é", "%C3%A9"}
	diceNasty    = []string{"..", ".", "%2e%2e", "%2E", ".%2e", "..;", ";x=1", "%2f", "%5c", "\\", "", "%", "%zz", "%00", "%0a", "%25", "%252e", "%2525", "%25%32%65", "%c0%ae", "\x7f",
		"%ff", "#", "%23", "%3f", "%3B", " ", "\x01", "..%00", "%u002e", "a//b", "%E2%80%AE", "usher/..", "WIKI", "APP"}
	diceGroups  = []string{"Admin", "Delivery operators", "Readers", "admin", "Admin "}
	diceMethods = []string{"GET", "GET", "GET", "GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "get", "TRACE", "FOO"}
)

func (d dice) path(nasty int) string {
	var b strings.Builder
	for range 1 + d.IntN(4) {
		b.WriteByte('/')
		if d.often(nasty) {
			b.WriteString(pick(d, diceNasty))
		} else {
			b.WriteString(pick(d, diceSegments))
		}
	}
	if d.often(20) {
		b.WriteByte('/')
	}
	return b.String()
}

func (d dice) sites() []modelSite {
	sites := []modelSite{}
	for i := range 1 + d.IntN(8) {
		s := modelSite{name: fmt.Sprintf("s%d", i), host: pick(d, diceHosts), prefix: pick(d, []string{"", "", "/wiki", "/app", "/app/x", "/wiki/static", "/a.b"})}
		if slices.ContainsFunc(sites, func(o modelSite) bool { return o.host == s.host && o.prefix == s.prefix }) {
			continue
		}
		s.preflights = d.often(60)
		switch d.IntN(8) {
		case 0, 1:
		case 2:
			s.allow = []string{}
		default:
			for range 1 + d.IntN(2) {
				s.allow = append(s.allow, pick(d, diceGroups))
			}
		}
		for range d.IntN(3) {
			s.public = append(s.public, s.prefix+pick(d, []string{"/healthz", "/static/", "/x", "/x/", "/static/x"}))
		}
		sites = append(sites, s)
	}
	return sites
}

func (d dice) users() map[string]usher.Operator {
	users := make(map[string]usher.Operator)
	for i := range 1 + d.IntN(4) {
		op := usher.Operator{Provider: "p", Subject: fmt.Sprintf("user-%d", i), Email: fmt.Sprintf("u%d@x.test", i)}
		for range 1 + d.IntN(4) {
			op.Groups = append(op.Groups, pick(d, diceGroups))
		}
		users[fmt.Sprintf("c%d", i)] = op
	}
	return users
}

func (d dice) request(sites []modelSite) modelRequest {
	q := modelRequest{proxy: d.often(40), method: pick(d, diceMethods), host: pick(d, diceHosts), peer: "127.0.0.1", header: make(http.Header), storeDown: d.often(2)}
	q.envoy = !q.proxy && d.often(50)
	q.uri = d.path(8)
	if d.often(70) { // most requests are for something that is there
		s := pick(d, sites)
		q.host, q.uri = s.host, s.prefix+d.path(4)
		if len(s.public) > 0 && d.often(15) {
			q.uri = pick(d, s.public) + pick(d, []string{"", "x", "/../x"})
		}
	}
	if d.often(8) {
		q.host = pick(d, []string{strings.ToUpper(q.host), q.host + ":443", q.host + ".", "A.TEST", "b.test:443", "c.test.", "A.Test.:8443", "evil.test", "a.test.evil", "xa.test", "a.test:x", "a test", "a.test@b.test", "", "[::1]", "a.test:"})
	}
	if d.often(30) {
		q.uri += "?" + pick(d, []string{"a=1", "x=/static/", "%zz&;", "a b", "a#b", "rd=https://evil.test/", "", "?", "\x02"})
	}
	if d.often(1) { // a hostile change anywhere
		i := d.IntN(len(q.uri) + 1)
		q.uri = q.uri[:i] + string(rune(d.IntN(0x180))) + q.uri[i:]
	}
	if d.often(85) {
		q.header.Set("Cookie", "t=1; "+sessionCookie+"="+pick(d, []string{"c0", "c0", "c0", "c1", "c1", "c2", "c3", "gone", ""}))
	}
	d.headers(&q)
	if d.often(10) {
		d.preflight(&q)
	}
	return q
}

// preflight makes a browser's preflight of a request, or what nearly is one.
func (d dice) preflight(q *modelRequest) {
	q.method = "OPTIONS"
	q.header.Set("Origin", pick(d, []string{"https://other.test", "null"}))
	q.header.Set("Access-Control-Request-Method", pick(d, []string{"POST", "DELETE", "PATCH"}))
	if d.often(85) {
		for _, name := range []string{"Cookie", "Upgrade", "Connection", "Sec-Fetch-Mode", "Sec-Fetch-Dest"} {
			q.header.Del(name)
		}
	}
	if d.often(30) {
		q.header["Sec-Fetch-Mode"] = pick(d, [][]string{{"cors"}, {"cors"}, {"navigate"}, {"cors", "cors"}})
	}
	if d.often(30) {
		odd := pick(d, [][]string{{"Origin"}, {"Origin", ""}, {"Origin", "https://a.test", "https://b.test"}, {"Access-Control-Request-Method"}, {"Access-Control-Request-Method", "A B"},
			{"Access-Control-Request-Method", "GET", "GET"}, {"Access-Control-Request-Method", strings.Repeat("M", 33)}, {"Content-Length", "0"}, {"Content-Length", "3"}, {"Content-Length", "0", "3"},
			{"Cookie", ""}, {"Cookie", "t=1"}, {"Authorization", "Basic eDp5"}, {"X-Http-Method-Override", "POST"}, {"X_http_method_override", "POST"}, {"X-Method-Override", "PUT"},
			{"X-HTTP-Method", "DELETE"}, {"Transfer-Encoding", "chunked"}})
		if q.header[odd[0]] = odd[1:]; len(odd) == 1 {
			delete(q.header, odd[0])
		}
	}
	if d.often(10) {
		q.body = pick(d, []int64{3, -1})
	}
	if d.often(10) {
		q.method = pick(d, diceMethods)
	}
}

func (d dice) headers(q *modelRequest) {
	if d.often(50) {
		q.header.Set("Accept", pick(d, []string{"text/html", "*/*", "application/json", "image/*"}))
	}
	if d.often(40) {
		q.header.Set("Sec-Fetch-Mode", pick(d, []string{"navigate", "cors", "no-cors", "websocket"}))
		q.header.Set("Sec-Fetch-Dest", pick(d, []string{"document", "empty", "image", "iframe", "object"}))
	}
	if d.often(15) {
		q.header.Set("Sec-Fetch-Mode", "navigate")
		q.header.Set("Sec-Fetch-Dest", "document")
	}
	if d.often(5) {
		q.header[pick(d, []string{"Sec-Purpose", "X-Requested-With"})] = []string{"prefetch"}
	}
	if d.often(6) {
		q.header.Set("Connection", "Upgrade")
		q.header["Upgrade"] = pick(d, [][]string{{"websocket"}, {"h2c"}, {"WebSocket"}, {"websocket", "h2c"}, {"websocket, h2c"}})
	}
	if d.often(15) {
		name := pick(d, []string{"X-Forwarded-User", "X_forwarded_user", "X-Forwarded_groups", "Remote-User", "Remote_user", "X.original.uri", "X-Auth-Request-Email", "X_custom", "X-Webauth_user", "Forwarded"})
		q.header[name] = []string{"root"}
	}
	if d.often(4) {
		q.header.Set(pick(d, []string{"X-Forwarded-Uri", "X-Original-Url", "X-Rewrite-Url", "X-Original-Host", "X-Forwarded-Method"}), pick(d, []string{"/healthz", q.uri, q.host, "GET"}))
	}
	if d.often(3) {
		q.peer = "192.0.2.1"
	}
}

// upstreamStub is what an application would have got.
type upstreamStub struct{ got *http.Request }

func (u *upstreamStub) RoundTrip(q *http.Request) (*http.Response, error) {
	u.got = q
	return &http.Response{StatusCode: http.StatusOK, ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Body: http.NoBody}, nil
}

// modelRig asks the gate.
type modelRig struct {
	rig   *rig
	proxy *Proxy
	nginx http.Handler
	envoy auth.AuthorizationServer
	stub  *upstreamStub
}

func newModelRig(t *testing.T) *modelRig {
	m := &modelRig{rig: newRig(t, nil), stub: &upstreamStub{}}
	m.rig.guard.opts.Observe = nil
	m.proxy, m.nginx = m.rig.guard.Proxy(ProxyOptions{}), m.rig.guard.Nginx()
	m.envoy = m.rig.guard.EnvoyGRPC()
	up, err := upstreamOf(&usher.Application{Upstream: "http://upstream.test"})
	if err != nil {
		t.Fatal(err)
	}
	m.proxy.transports.made[*up] = &transport{RoundTripper: m.stub}
	return m
}

func (m *modelRig) configure(sites []modelSite, users map[string]usher.Operator, more ...func(*RuleOptions)) {
	var apps []usher.Application
	for _, s := range sites {
		apps = append(apps, usher.Application{Name: s.name, URL: "https://" + s.host + s.prefix, Allow: s.allow, Public: s.public, Upstream: "http://upstream.test",
			Preflight: map[bool]string{true: usher.PreflightPass, false: pick(dice{rand.New(rand.NewPCG(uint64(len(apps)), 1))}, []string{"", usher.PreflightRefuse})}[s.preflights]})
	}
	m.rig.desk = newDesk()
	for cookie, op := range users {
		m.rig.desk.open(cookie, op)
	}
	m.rig.configure(apps, more...)
}

// ask gives the gate's answer in the model's words, and what the application got.
func (m *modelRig) ask(q modelRequest) (modelAnswer, *http.Request) {
	m.stub.got = nil
	m.rig.desk.fail(nil)
	if q.storeDown {
		m.rig.desk.fail(usher.ErrUnavailable)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header, r.RemoteAddr = q.header.Clone(), q.peer+":1234"
	if q.envoy {
		r.Method, r.Host, r.RequestURI = q.method, q.host, q.uri
		return m.askEnvoy(r, q.peer), nil
	}
	h := m.nginx
	if q.proxy {
		r.Method, r.Host, r.RequestURI, r.ContentLength = q.method, q.host, q.uri, q.body
		if q.body != 0 {
			r.Body = io.NopCloser(strings.NewReader("abc"))
		}
		h = m.proxy
	} else {
		r.RequestURI = NginxPath
		r.Header["X-Original-Method"], r.Header["X-Original-Uri"] = []string{q.method}, []string{q.uri}
		r.Header["X-Forwarded-Host"], r.Header["X-Forwarded-Proto"] = []string{q.host}, []string{"https"}
	}
	rec := serve(h, r)
	a := modelAnswer{what: strconv.Itoa(rec.Code)}
	switch {
	case rec.Code == 302:
		a.what = "page"
	case rec.Code == 200 && q.proxy:
		a = modelAnswer{"pass", "", m.stub.got.Header.Get("X-Forwarded-User")}
	case rec.Code == 200:
		a = modelAnswer{"pass", "", rec.Header().Get("X-Forwarded-User")}
	}
	return a, m.stub.got
}

// askEnvoy asks as Envoy does over gRPC, but for the wire.
func (m *modelRig) askEnvoy(r *http.Request, from string) modelAnswer {
	check := checkOf(r, "")
	check.Attributes.ContextExtensions = nil
	ctx := peer.NewContext(r.Context(), &peer.Peer{Addr: &net.TCPAddr{IP: net.ParseIP(from), Port: 1234}})
	res, err := m.envoy.Check(ctx, check)
	switch verdict := verdictOf(res); {
	case err != nil:
		return modelAnswer{what: err.Error()}
	case verdict == "allow":
		return modelAnswer{"pass", "", optionsOf(res.GetOkResponse().GetHeaders()).Get("X-Forwarded-User")}
	case verdict == "302":
		return modelAnswer{what: "page"}
	default:
		return modelAnswer{what: verdict}
	}
}

var (
	requestsFlag = flag.Int("gate.requests", 0, "requests to compare with the reference model; 0: USHER_GATE_REQUESTS, or 200,000")
	seedFlag     = flag.Uint64("gate.seed", 0, "seed of the requests; 0: from the clock")
)

func requestsToMake(t *testing.T) int {
	if *requestsFlag > 0 {
		return *requestsFlag
	}
	if text := os.Getenv("USHER_GATE_REQUESTS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n <= 0 {
			t.Fatalf("USHER_GATE_REQUESTS is %q, want a number of requests", text)
		}
		return n
	}
	if testing.Short() {
		return 20_000
	}
	return requestsByDefault
}

const requestsByDefault = 200_000

func TestAgreesWithTheReferenceModel(t *testing.T) { // D10
	seed := *seedFlag
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	total := requestsToMake(t)
	t.Logf("%d requests, seed %d", total, seed)
	d := dice{rand.New(rand.NewPCG(seed, 1))}
	m := newModelRig(t)
	var sites []modelSite
	var users map[string]usher.Operator
	count, wrong := make(map[string]int), 0
	for i := range total {
		if i%500 == 0 {
			sites, users = d.sites(), d.users()
			m.configure(sites, users)
			m.rig.advance(time.Hour)
		}
		q := d.request(sites)
		want := model(sites, users, q)
		got, forwarded := m.ask(q)
		count[want.what]++
		if site := modelFind(sites, q.host, modelPath(strings.SplitN(q.uri, "?", 2)[0])); want.what == "pass" && site != nil && modelPreflight(site, q.method, q.header) {
			count["preflight"]++
		}
		if got.what != want.what || got.user != want.user {
			wrong++
			t.Errorf("seed %d, request %d: the gate says %+v, the model %+v\nto %+v\nunder %+v\nwith %+v", seed, i, got, want, q, sites, users)
		}
		if forwarded != nil {
			checkForwarded(t, sites, users, q, got, forwarded)
		}
		if wrong > 5 || t.Failed() && wrong == 0 {
			t.Fatalf("seed %d: enough", seed)
		}
	}
	for what, most := range map[string]int{"pass": 8, "page": 300, "401": 20, "403": 20, "400": 50, "404": 300, "405": 300, "503": 300, "preflight": 100} {
		if count[what]*most < total {
			t.Errorf("only %d of %d requests came to %q: the comparison says too little", count[what], total, what)
		}
	}
	t.Logf("answers: %v", count)
}

// checkForwarded holds what the application got against what was judged.
func checkForwarded(t *testing.T, sites []modelSite, users map[string]usher.Operator, q modelRequest, got modelAnswer, r *http.Request) {
	t.Helper()
	path, query, _ := strings.Cut(q.uri, "?")
	same := path
	if query != "" {
		same += "?" + query
	}
	if uri := r.URL.RequestURI(); got.what != "pass" || uri != same {
		t.Errorf("%q was judged as %s, %q was forwarded", q.uri, got.what, uri)
	}
	site, again := modelFind(sites, q.host, modelPath(path)), modelFind(sites, q.host, harsh(path))
	if site != again && strings.TrimSuffix(harsh(path), "/") == harsh(path) {
		t.Errorf("%q belongs to %v, and to %v for an application that reads it harshly", q.uri, site, again)
	}
	if got.user == "" && strings.Contains(path, "%") && !modelPreflight(site, q.method, q.header) {
		t.Errorf("%q passed as public", q.uri)
	}
	for name, v := range r.Header {
		if strings.Join(v, "") == "root" && name != "X_custom" {
			t.Errorf("the client's %s reached the application", name)
		}
		if strings.Contains(strings.Join(v, ""), sessionCookie) {
			t.Errorf("our cookie reached the application in %s", name)
		}
	}
	for _, name := range identityNames() {
		if len(r.Header[name]) != 1 {
			t.Errorf("%s reached the application %d times", name, len(r.Header[name]))
		}
	}
	if want := goodHost.FindStringSubmatch(strings.ToLower(q.host)); r.Host != want[1] {
		t.Errorf("the host %q was judged, %q was forwarded", q.host, r.Host)
	}
}
