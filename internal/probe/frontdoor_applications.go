// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
)

// applications asks for each application as nobody in particular, and then asks
// the gateway what reached it meanwhile: the question of a front server, with
// all that it said of the request.
func (x *examination) applications(ctx context.Context) {
	out := make([]doctor.Approach, len(x.cfg.Applications))
	var each sync.WaitGroup
	slots := make(chan struct{}, reachAtOnce)
	for i, app := range x.cfg.Applications {
		each.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			out[i] = x.approach(ctx, app)
		})
	}
	each.Wait()
	for i, a := range out {
		if a.Marker && !a.Asked && x.cfg.Applications[i].Upstream != "" { // usher itself forwards to it
			x.webSocket(ctx, a.URL)
			break
		}
	}
	x.note(func(e *doctor.Echo) {
		for _, a := range out {
			if a.Application == "" {
				continue
			}
			e.Applications = append(e.Applications, a)
			e.Forged = e.Forged || a.Trusted && strings.Contains(a.SentHost, forgedHost)
			if e.AuthStatus == 0 && a.Asked && (a.Status >= 300 || a.Marker) {
				e.AuthStatus = a.Status
			}
		}
	})
}

func (x *examination) approach(ctx context.Context, app usher.Application) doctor.Approach {
	u, err := url.Parse(app.URL)
	if err != nil || u.Host == "" {
		return doctor.Approach{}
	}
	address := u.Scheme + "://" + u.Host + strings.TrimSuffix(u.EscapedPath(), "/") + "/"
	target, err := usher.ParseTarget(u.Host, strings.TrimSuffix(u.EscapedPath(), "/")+"/")
	if err != nil || usher.Decide(&app, nil, target).Allowed() {
		return doctor.Approach{} // its front page is for everybody
	}
	seen := doctor.Approach{Application: app.Name, URL: address}
	got, err := x.ask(ctx, ringing{address: address, header: http.Header{"Accept": {"*/*"}, "X-Forwarded-Host": {forgedHost}}})
	if err != nil {
		seen.Fault = reason(err)
		return seen
	}
	seen.Status, seen.Marker = got.status, got.marked
	if to, err := url.Parse(got.header.Get("Location")); err == nil && strings.HasPrefix(to.Path, usher.Prefix) {
		seen.Marker = true // sent to sign in
	}
	asked, err := x.ask(ctx, ringing{address: x.public + EchoPath, do: DoRecall, about: got.nonce})
	if err != nil || asked.arrival == nil || asked.arrival.Noted == nil {
		return seen
	}
	a := *asked.arrival.Noted
	seen.Asked = true
	seen.Peer, seen.Trusted, seen.Scheme = a.Peer, a.Trusted, a.scheme()
	seen.SentProto, seen.SentHost, seen.SentFor = a.sent("X-Forwarded-Proto"), a.sent("X-Forwarded-Host"), a.sent("X-Forwarded-For")
	return seen
}

// forgedHost is a host that no browser ever asks for: a front server that
// passes it on lets clients say which host was meant.
const forgedHost = "usher-doctor.invalid"
