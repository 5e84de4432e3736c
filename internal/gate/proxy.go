// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/web"
)

// ProxyOptions configure a Proxy; all may be left out.
type ProxyOptions struct {
	// RootCAs are whom the proxy trusts to vouch for applications; nil: the system's.
	RootCAs *x509.CertPool
	// Every gives a channel that ticks, and a function that stops it; nil: a
	// time.Ticker. Open connections are looked at by it.
	Every func(time.Duration) (<-chan time.Time, func())
}

// A Proxy is usher's own reverse proxy: it judges a request and forwards it to
// the application's upstream. It is safe for concurrent use.
type Proxy struct {
	guard      *Guard
	every      func(time.Duration) (<-chan time.Time, func())
	transports transports
	buffers    buffers
	errors     *log.Logger
	open       openConnections
}

// Proxy makes the reverse proxy.
func (g *Guard) Proxy(o ProxyOptions) *Proxy {
	if o.Every == nil {
		o.Every = func(d time.Duration) (<-chan time.Time, func()) { t := time.NewTicker(d); return t.C, t.Stop }
	}
	warn := func(up *upstream, err error) {
		g.opts.Logger.Warn("the files for connections to an application cannot be used; what was read before stays in force",
			slog.String("upstream", up.text), slog.Any("error", err))
	}
	return &Proxy{guard: g, every: o.Every, transports: transports{roots: o.RootCAs, now: g.opts.Now, warn: warn, made: make(map[upstream]*transport)},
		errors: slog.NewLogLogger(g.opts.Logger.Handler(), slog.LevelWarn), open: openConnections{ends: make(map[*passage]struct{})}}
}

// ServeHTTP judges and forwards. It must see requests before anything that
// cleans paths, such as http.ServeMux, has answered or altered them.
func (p *Proxy) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w := &denyWriter{ResponseWriter: rw}
	g := p.guard
	defer w.finish(g.opts.Logger)
	rules := g.opts.Rules()
	peer := web.Peer(r)
	q := &Request{Dialect: "proxy", Method: r.Method, Host: r.Host, URI: r.RequestURI, Header: r.Header, peer: peer, front: rules.trusted(peer),
		body: r.ContentLength != 0, hops: r.Header["X-Forwarded-For"]}
	if status := unforwardable(r); status != 0 {
		j := badly(malformed, usher.Target{Host: usher.CanonicalHost(r.Host)}, errUnforwardable)
		g.show(w, r, q, &j, Page{Kind: PageMethod, Status: status, Cause: j.Cause})
		g.observe(r.Context(), rules, q, &j, status, "")
		return
	}
	var j judgement
	g.judge(r.Context(), rules, q, false, &j)
	switch {
	case !j.Allowed():
		g.turnAway(w, r, rules, q, &j)
	case j.site.upstream == nil:
		g.show(w, r, q, &j, Page{Kind: PageNotHere, Status: http.StatusBadGateway, Application: j.Application.Name, Operator: j.Operator})
		g.observe(r.Context(), rules, q, &j, http.StatusBadGateway, "")
	default:
		p.forward(w, r, rules, q, &j)
	}
}

var errUnforwardable = errors.New("a method, an upgrade or an address of usher's own that is never forwarded")

// unforwardable gives the status for requests that are not even judged. TRACE
// would echo what only the application should see; upgrades other than to a
// websocket lead to protocols whose requests nobody judges.
func unforwardable(r *http.Request) int {
	switch {
	case r.Method == http.MethodTrace || r.Method == http.MethodConnect:
		return http.StatusMethodNotAllowed
	case !upgradesToWebsocketOnly(r):
		return http.StatusBadRequest
	case Reserved(r.RequestURI):
		return http.StatusNotFound
	}
	return 0
}

func upgradesToWebsocketOnly(r *http.Request) bool {
	to := r.Header["Upgrade"]
	if len(to) == 0 {
		return true
	}
	return len(to) == 1 && strings.EqualFold(to[0], "websocket") && r.Method == http.MethodGet && r.ProtoMajor == 1 && r.ProtoMinor >= 1
}

// passage is one request on its way to an application and back.
type passage struct {
	proxy  *Proxy
	rules  *Rules
	q      *Request
	j      *judgement
	w      *denyWriter
	in     *http.Request
	body   *body // of the request; nil: it has none
	cancel context.CancelCauseFunc
	done   <-chan struct{}
}

func (p *Proxy) forward(w *denyWriter, r *http.Request, rules *Rules, q *Request, j *judgement) {
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	s := &passage{proxy: p, rules: rules, q: q, j: j, w: w, in: r, cancel: cancel, done: ctx.Done()}
	defer p.open.remove(s)
	r = r.WithContext(ctx)
	if r.Body != nil && r.Body != http.NoBody {
		s.body = &body{ReadCloser: r.Body}
		r.Body = s.body
	}
	rp := httputil.ReverseProxy{
		Rewrite:        s.rewrite,
		Transport:      p.transports.to(j.site.upstream),
		ModifyResponse: s.returned,
		ErrorHandler:   s.failed,
		FlushInterval:  -1,
		BufferPool:     &p.buffers,
		ErrorLog:       p.errors,
	}
	w.show(j.Decision)
	defer func() {
		if w.wrote { // what is there now is sent as trailers
			dropTrailers(w.Header(), rules.headers)
		}
		j.at = time.Time{} // the line tells when the answer was over
		p.guard.observe(r.Context(), rules, q, j, w.status, "")
	}()
	rp.ServeHTTP(w, r)
}

// rewrite makes the request that the application gets. Headers are set here,
// after those that the client named in Connection were removed, so that no
// client can have ours removed.
func (s *passage) rewrite(pr *httputil.ProxyRequest) {
	out, t, site := pr.Out, s.j.target, s.j.site
	// Opaque is written to the request line as it is; a path would be encoded anew.
	out.URL = &url.URL{Scheme: site.upstream.scheme, Host: site.upstream.host, Opaque: t.Path, RawQuery: t.Query}
	out.Host = site.host
	out.Trailer = nil // trailers of a request could hold what headers may not
	h := out.Header
	s.rules.headers.scrub(h)
	withholdOurCookies(h)
	withholdBearer(h, site)
	if client := s.q.client(s.rules.trusted); client.IsValid() {
		text := client.String()
		h["X-Forwarded-For"], h["X-Real-Ip"] = []string{text}, []string{text}
	}
	h["X-Forwarded-Host"], h["X-Forwarded-Proto"] = []string{site.host}, []string{site.scheme}
	s.rules.tell(h, s.j)
}

// returned looks at the application's answer before it is passed on.
func (s *passage) returned(res *http.Response) error {
	if res.StatusCode < 100 { // net/http reads such an answer, and does not write it
		return fmt.Errorf("the status %03d, which is none", res.StatusCode)
	}
	h := res.Header
	if _, ok := h["Content-Type"]; !ok {
		// Where nothing is said nothing is guessed: net/http would, and a page that
		// the application forbids browsers to see in a text would become one.
		s.w.Header()["Content-Type"] = nil
	}
	stripOurCookies(h)
	s.rules.headers.scrub(h)
	if !s.j.Public && len(h["Cache-Control"]) == 0 {
		// What only some may see must not be shown to others by a cache on the way.
		h["Cache-Control"] = []string{"private"}
	}
	if res.StatusCode == http.StatusSwitchingProtocols || endless(h.Get("Content-Type")) {
		s.proxy.open.add(s)
		go s.watch()
	}
	return nil
}

// endless reports whether an answer of this type goes on for as long as
// somebody listens.
func endless(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	switch kind = strings.ToLower(strings.TrimSpace(kind)); kind {
	case "text/event-stream", "multipart/x-mixed-replace", "application/x-ndjson", "application/stream+json":
		return true
	}
	return kind == "application/grpc" || strings.HasPrefix(kind, "application/grpc+")
}

// codeUpstream is the code of the check that finds an application which does
// not answer.
const codeUpstream usher.Code = "upstream-unreachable"

// failed answers for an application that does not.
func (s *passage) failed(_ http.ResponseWriter, r *http.Request, err error) {
	s.j.err = err
	if s.w.wrote {
		panic(http.ErrAbortHandler) // half an answer: only closing says so
	}
	if s.body != nil && s.body.broken.Load() {
		s.j.Cause = &usher.Cause{Step: usher.StepGate, Code: usher.CodeRequestNotCanonical, Subject: s.j.target.Host, Saw: err.Error(), Want: "a request whose body comes whole, and in one form"}
		s.proxy.guard.show(s.w, s.in, s.q, s.j, Page{Kind: PageBody, Status: http.StatusBadRequest, Application: s.j.Application.Name, Operator: s.j.Operator, Cause: s.j.Cause})
		return
	}
	page := Page{Kind: PageNoUpstream, Status: http.StatusBadGateway, Application: s.j.Application.Name, Operator: s.j.Operator}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		page.Kind, page.Status = PageTooSlow, http.StatusGatewayTimeout
	}
	page.Cause = &usher.Cause{Step: usher.StepGate, Code: codeUpstream, Subject: page.Application, Saw: err.Error(), Want: "an answer from " + s.j.site.upstream.text}
	if s.in.Context().Err() == nil {
		s.proxy.guard.opts.Logger.Warn("an application did not answer", slog.String("application", page.Application),
			slog.String("upstream", s.j.site.upstream.text), slog.Any("error", err))
	}
	s.proxy.guard.show(s.w, s.in, s.q, s.j, page)
}

// body is a request's body that knows whether the client broke it off, so that
// the application is not blamed.
type body struct {
	io.ReadCloser
	broken atomic.Bool
}

// Read reads on.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, http.ErrBodyReadAfterClose) {
		b.broken.Store(true)
	}
	return n, err
}

// buffers reuses the buffers that bodies are copied through.
type buffers struct{ pool sync.Pool }

const bufferBytes = 32 << 10

// Get gives a buffer.
func (b *buffers) Get() []byte {
	if p, ok := b.pool.Get().(*[bufferBytes]byte); ok {
		return p[:]
	}
	return make([]byte, bufferBytes)
}

// Put takes a buffer back.
func (b *buffers) Put(p []byte) {
	if len(p) == bufferBytes {
		b.pool.Put((*[bufferBytes]byte)(p))
	}
}
