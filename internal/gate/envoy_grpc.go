// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"context"
	"log/slog"
	"net/http"
	"net/textproto"
	"net/url"
	"runtime/debug"
	"strings"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	rpc "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/usher-signin/usher"
)

// Bounds on what Envoy may say of one request.
const (
	maxCheckHeaders = 1000
	maxCheckBytes   = 64 << 10
	// MaxCheckMessage is the largest message that a server of [Guard.EnvoyGRPC]
	// needs to read: Envoy is told to send no bodies.
	MaxCheckMessage = 256 << 10
)

// envoyGRPC answers Envoy's ext_authz over gRPC. A check becomes the request
// that Envoy would have made over HTTP, and goes the same way.
type envoyGRPC struct {
	auth.UnimplementedAuthorizationServer
	guard   *Guard
	dialect dialect
}

// EnvoyGRPC answers Envoy's ext_authz over gRPC
// (envoy.service.auth.v3.Authorization): the request passes with identity
// headers in place of the client's, or the browser gets our answer. An error
// of ours is an error of the call, which Envoy must take for a refusal:
// failure_mode_allow false, as in the configuration that package front writes.
func (g *Guard) EnvoyGRPC() auth.AuthorizationServer {
	d := envoyDialect()
	d.name = "envoy-grpc"
	return &envoyGRPC{guard: g, dialect: d}
}

// Check judges one request. A CheckResponse that says nothing would let it
// pass, so only [allowing] ever makes one without a failure's code.
func (e *envoyGRPC) Check(ctx context.Context, check *auth.CheckRequest) (res *auth.CheckResponse, err error) {
	defer func() {
		if p := recover(); p != nil {
			e.guard.opts.Logger.Error("judging a request broke; it was not let through", slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
			res, err = nil, errNoVerdict
		}
	}()
	r, cause := e.request(ctx, check)
	kept := &keptAnswer{header: make(http.Header)}
	w := denyWriter{ResponseWriter: kept}
	rules := e.guard.opts.Rules()
	e.judge(&w, rules, r, cause)
	w.finish(e.guard.opts.Logger)
	if kept.status == http.StatusOK && w.allowed && !w.blocked {
		return allowing(r.Header, kept.header, rules.headers), nil
	}
	if kept.status < 300 || kept.status > 599 {
		return nil, errNoVerdict
	}
	return denying(kept), nil
}

var errNoVerdict = status.Error(codes.Internal, "no verdict: the request must not pass")

// judge goes the way of every other front server's question.
func (e *envoyGRPC) judge(w *denyWriter, rules *Rules, r *http.Request, cause error) {
	g := e.guard
	var q Request
	var j judgement
	g.subrequest(&e.dialect, rules, r, &q, &j)
	if cause != nil && q.front {
		q.Method, q.Host = r.Method, r.Host
		j = badly(untold, usher.Target{Host: usher.CanonicalHost(r.Host)}, cause)
	}
	if !j.Allowed() {
		g.turnAway(w, r, rules, &q, &j)
		return
	}
	g.passOn(w, r, &e.dialect, rules, &q, &j)
}

// request makes the request that Envoy would have sent over HTTP. The error
// says what cannot be believed; the request then only serves to answer.
func (e *envoyGRPC) request(ctx context.Context, check *auth.CheckRequest) (*http.Request, error) {
	asked := check.GetAttributes().GetRequest().GetHttp()
	said := said{pseudo: make(map[string]string), header: make(http.Header)}
	err := said.headers(asked)
	r := (&http.Request{Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: said.header, Body: http.NoBody}).WithContext(ctx)
	if p, ok := peer.FromContext(ctx); ok && p.Addr != nil {
		r.RemoteAddr = p.Addr.String()
	}
	path, scheme := "", ""
	for _, part := range []struct {
		into        *string
		field, name string
	}{{&r.Method, asked.GetMethod(), ":method"}, {&r.Host, asked.GetHost(), ":authority"}, {&path, asked.GetPath(), ":path"}, {&scheme, asked.GetScheme(), ":scheme"}} {
		pseudo, sent := said.pseudo[part.name]
		if *part.into = part.field; part.field == "" {
			*part.into = pseudo
		} else if sent && pseudo != part.field && err == nil {
			err = untoldf(usher.CodeRequestNotCanonical, "%s that is not what the check's own field says", part.name)
		}
	}
	r.RequestURI = endpointPrefix + e.dialect.name + path
	if r.URL, _ = url.ParseRequestURI(path); r.URL == nil {
		r.URL = &url.URL{Path: "/"} // only pages look at it
	}
	if len(r.Header["X-Forwarded-Proto"]) == 0 && scheme != "" {
		r.Header["X-Forwarded-Proto"] = []string{scheme}
	}
	if err == nil && (asked.GetQuery() != "" || asked.GetFragment() != "") {
		err = untoldf(usher.CodeRequestNotCanonical, "a query or a fragment beside the path, which Envoy never sends")
	}
	// Which application Envoy is about to serve, Envoy's configuration says and no client.
	delete(r.Header, "X-Usher-Application")
	if application, named := check.GetAttributes().GetContextExtensions()["application"]; named {
		r.Header["X-Usher-Application"] = []string{encodeValue(application)}
	}
	return r, err
}

// said is what Envoy says that the client's headers are.
type said struct {
	pseudo map[string]string
	header http.Header
	count  int
	bytes  int
}

// headers reads them from where Envoy puts them: raw and one by one, or merged.
func (s *said) headers(asked *auth.AttributeContext_HttpRequest) error {
	raw := asked.GetHeaderMap().GetHeaders()
	if len(raw) > 0 && len(asked.GetHeaders()) > 0 {
		return untoldf(usher.CodeRequestNotCanonical, "headers both merged and raw")
	}
	for _, h := range raw {
		value := string(h.GetRawValue())
		if value != "" && h.GetValue() != "" && h.GetValue() != value {
			return untoldf(usher.CodeRequestNotCanonical, "the header %.64q with two values", h.GetKey())
		}
		if value == "" {
			value = h.GetValue()
		}
		if err := s.add(h.GetKey(), value); err != nil {
			return err
		}
	}
	for name, value := range asked.GetHeaders() {
		if name == "cookie" && holdsOursAfterComma(value) {
			return untoldf(usher.CodeRequestNotCanonical, "cookies of several lines merged by a comma; set encode_raw_headers")
		}
		if err := s.add(name, value); err != nil {
			return err
		}
	}
	return nil
}

func (s *said) add(name, value string) error {
	s.count++
	s.bytes += len(name) + len(value)
	switch {
	case s.count > maxCheckHeaders || s.bytes > maxCheckBytes:
		return untoldf(usher.CodeRequestNotCanonical, "more than %d headers, or more than %d bytes of them", maxCheckHeaders, maxCheckBytes)
	case strings.HasPrefix(name, ":"):
		if before, twice := s.pseudo[name]; twice && before != value {
			return untoldf(usher.CodeRequestNotCanonical, "%.64q twice", name)
		}
		s.pseudo[name] = value
		return nil
	case strings.EqualFold(name, "host"):
		name = ":authority" // HTTP/1 calls it so; it must not name another host
		if before, twice := s.pseudo[name]; twice && before != value {
			return untoldf(codeHost, "two hosts")
		}
		s.pseudo[name] = value
		return nil
	case strings.ContainsAny(value, "\r\n\x00"):
		return untoldf(usher.CodeRequestNotCanonical, "a control byte in the header %.64q", name)
	}
	name = textproto.CanonicalMIMEHeaderKey(name)
	s.header[name] = append(s.header[name], value)
	return nil
}

// holdsOursAfterComma finds a cookie of ours where no cookie begins: Envoy has
// merged two lines, and whoever looks for cookies between semicolons misses it.
func holdsOursAfterComma(line string) bool {
	for rest := line; ; {
		_, after, found := strings.Cut(rest, ",")
		if !found {
			return false
		}
		if isOurs(after) {
			return true
		}
		rest = after
	}
}

// keptAnswer is an answer that is sent on as a message.
type keptAnswer struct {
	header http.Header
	status int
	body   strings.Builder
}

func (k *keptAnswer) Header() http.Header { return k.header }

func (k *keptAnswer) WriteHeader(status int) {
	if k.status == 0 {
		k.status = status
	}
}

func (k *keptAnswer) Write(p []byte) (int, error) {
	k.WriteHeader(http.StatusOK)
	return k.body.Write(p)
}

// allowing makes the message that lets a request pass. Whatever the client sent
// under a protected name is removed or replaced; what is empty is removed too,
// since Envoy does not keep empty values everywhere.
func allowing(client, answer http.Header, set *headerSet) *auth.CheckResponse {
	ok := &auth.OkHttpResponse{}
	for name, values := range answer {
		switch name {
		case "Cache-Control", "Date", "X-Usher-Cookie":
			continue // ours to Envoy, not to the application
		case "X-Envoy-Auth-Headers-To-Remove":
			ok.HeadersToRemove = append(ok.HeadersToRemove, values...)
			continue
		}
		if len(values) == 0 || values[0] == "" {
			ok.HeadersToRemove = append(ok.HeadersToRemove, strings.ToLower(name))
			continue
		}
		ok.Headers = append(ok.Headers, option(name, values[0], false))
	}
	for name := range client {
		if _, ours := answer[name]; (!ours || name == "X-Usher-Cookie") && set.protects(name) && !envoysOwn(name) {
			ok.HeadersToRemove = append(ok.HeadersToRemove, strings.ToLower(name))
		}
	}
	return &auth.CheckResponse{Status: &rpc.Status{Code: int32(codes.OK)}, HttpResponse: &auth.CheckResponse_OkResponse{OkResponse: ok}}
}

// envoysOwn are what Envoy itself tells the application of the connection.
func envoysOwn(name string) bool {
	return name == "X-Forwarded-For" || name == "X-Forwarded-Proto"
}

// denying makes the message that hands our answer to the browser.
func denying(k *keptAnswer) *auth.CheckResponse {
	denied := &auth.DeniedHttpResponse{Status: &typev3.HttpStatus{Code: typev3.StatusCode(int32(k.status))}, Body: k.body.String()} //nolint:gosec // between 300 and 599
	for name, values := range k.header {
		for i, v := range values {
			denied.Headers = append(denied.Headers, option(name, v, i > 0))
		}
	}
	code := codes.PermissionDenied
	switch {
	case k.status == http.StatusUnauthorized || k.status == http.StatusFound:
		code = codes.Unauthenticated
	case k.status >= 500:
		code = codes.Unavailable
	}
	return &auth.CheckResponse{Status: &rpc.Status{Code: int32(code)}, HttpResponse: &auth.CheckResponse_DeniedResponse{DeniedResponse: denied}} //nolint:gosec // a small number
}

// option sets or appends a header. The older of Envoy's two ways to say which
// is the one that all versions read alike.
func option(name, value string, more bool) *core.HeaderValueOption {
	return &core.HeaderValueOption{Header: &core.HeaderValue{Key: strings.ToLower(name), Value: value}, Append: wrapperspb.Bool(more)} //nolint:staticcheck // see above
}
