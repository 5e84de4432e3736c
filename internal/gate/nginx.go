// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"net/http"

	"github.com/usher-signin/usher"
)

// Where nginx asks, and where it hands refused requests to.
const (
	NginxPath       = endpointPrefix + "nginx"
	NginxAnswerPath = usher.Prefix + "answer/nginx"
)

func nginxDialect() dialect {
	return dialect{name: "nginx", method: originalMethod, uri: originalURI, host: forwardedHost, proto: forwardedProto,
		otherMethod: []heading{forwardedMethod}, otherURI: []heading{forwardedURI, originalURL, rewriteURL},
		otherHost: []heading{originalHost}}
}

// Nginx answers the subrequests of nginx's auth_request: 200 with identity
// headers, 401, or 403. nginx reads any other status as a failure of ours and
// answers 500, which is what 503 is used for: nobody can say at the moment.
//
// A 401 has X-Usher-Sign-In, the address to send a page load to, and
// X-Usher-Page-Load, 1 or 0, for configurations that do not hand refused
// requests to [Guard.NginxAnswer]; a 403 has X-Usher-Reference.
func (g *Guard) Nginx() http.Handler {
	d := nginxDialect()
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w := denyWriter{ResponseWriter: rw}
		defer w.finish(g.opts.Logger)
		rules := g.opts.Rules()
		var q Request
		var j judgement
		g.subrequest(&d, rules, r, &q, &j)
		if j.Allowed() {
			g.passOn(&w, r, &d, rules, &q, &j)
			return
		}
		g.nginxNo(&w, r, rules, &q, &j)
	})
}

func (g *Guard) nginxNo(w *denyWriter, r *http.Request, rules *Rules, q *Request, j *judgement) {
	h := w.Header()
	h["Cache-Control"] = g.noStore
	if !j.at.IsZero() {
		h["Date"] = g.dates.at(j.at)
	}
	p := pageFor(j)
	switch {
	case p.Kind == PageToken && p.Status == http.StatusUnauthorized:
		h["Www-Authenticate"] = j.bearer.challenge()
	case p.Status == http.StatusUnauthorized:
		h["Www-Authenticate"] = j.site.realm
		h["X-Usher-Sign-In"] = j.site.signIn
		h.Set("X-Usher-Page-Load", "0")
		if q.pageLoad() {
			h.Set("X-Usher-Page-Load", "1")
			h.Set("X-Usher-Sign-In", j.site.wayBack(j.target))
		}
	case p.Status == http.StatusServiceUnavailable:
	default:
		p.Status = http.StatusForbidden
		if p.Reference = g.record(r.Context(), rules, q, j); p.Reference != "" {
			h.Set("X-Usher-Reference", string(p.Reference))
		}
	}
	w.WriteHeader(p.Status)
	g.observe(r.Context(), rules, q, j, p.Status, p.Reference)
}

// NginxAnswer answers the browser for a request that nginx was told not to let
// through: nginx hands it over by error_page, with the same headers as in the
// subrequest. It is judged once more, since what nginx remembers of the first
// answer is little.
func (g *Guard) NginxAnswer() http.Handler { return g.answerFor(nginxDialect()) }

func (g *Guard) answerFor(d dialect) http.Handler {
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
		// Somebody signed in between the two questions, or the answer was not for us.
		g.show(&w, r, &q, &j, Page{Kind: PageAgain, Status: http.StatusServiceUnavailable, Application: j.Application.Name, Operator: j.Operator})
		g.observe(r.Context(), rules, &q, &j, http.StatusServiceUnavailable, "")
	})
}
