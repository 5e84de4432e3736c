// SPDX-License-Identifier: Apache-2.0

package signin

import (
	"net/url"
	"slices"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/pages"
)

// An Arrival is how a request came, as far as servers in front say.
type Arrival struct {
	Peer      string // who is connected to us
	Forwarded bool   // forwarding headers came along
	Trusted   bool   // the peer's are believed
	Proto     string // what X-Forwarded-Proto says, where it is believed
}

// A sighting is what was seen of a browser that asks to sign in again.
type sighting struct {
	host      string // of the gateway
	target    *url.URL
	https     bool // browsers reach the gateway over https
	arrival   Arrival
	rounds    []round // for this target, this one last
	opened    *round  // the session that was opened last for this target
	cookies   []string
	valid     bool // the cookie that came stands for an open session
	tested    bool // a cookie was set a moment ago to see whether it comes back, and did not
	there     *there
	elsewhere bool // the application has a host of its own
}

// there is what was seen on the application's own host.
type there struct {
	Host     string `json:"h"`
	Sessions int    `json:"s"` // different session cookies
	Valid    bool   `json:"v"`
	Plain    bool   `json:"p"` // by http, says a trusted front server
	Peer     string `json:"r"`
	At       int64  `json:"a"`
}

const clockForm = "15:04:05 MST"

// whyLoop ranks what may have sent the browser round in circles, the likeliest
// first. Each reason rests on something that was seen.
func whyLoop(s sighting) []pages.LoopWhy {
	var found []weighed
	add := func(weight int, reason pages.LoopReason, check usher.Code, sign pages.LoopSign, args ...any) {
		seen := pages.LoopSeen{Sign: sign, Args: args}
		for i := range found {
			if found[i].why.Reason == reason {
				found[i].weight = max(found[i].weight, weight)
				found[i].why.Seen = append(found[i].why.Seen, seen)
				return
			}
		}
		found = append(found, weighed{weight, pages.LoopWhy{Reason: reason, Check: check, Seen: []pages.LoopSeen{seen}}})
	}
	s.plain(add)
	s.lost(add)
	s.twice(add)
	s.over(add)
	if s.elsewhere && s.there == nil {
		add(1, pages.LoopHost, "forwarded-host", pages.SignOtherHost, usher.CanonicalHost(s.target.Host), s.host)
	}
	slices.SortStableFunc(found, func(a, b weighed) int { return b.weight - a.weight })
	out := make([]pages.LoopWhy, len(found))
	for i := range found {
		out[i] = found[i].why
	}
	return out
}

type weighed struct {
	weight int
	why    pages.LoopWhy
}

type adding func(weight int, reason pages.LoopReason, check usher.Code, sign pages.LoopSign, args ...any)

// plain looks for http where only https keeps our cookies.
func (s sighting) plain(add adding) {
	if s.target.Scheme == "http" && !usher.Loopback(s.target.Hostname()) {
		add(9, pages.LoopPlain, "application-not-https", pages.SignPlain, withoutQuery(s.target.String()))
	}
	if !s.https {
		add(9, pages.LoopPlain, "public-url-not-https", pages.SignPlain, "http://"+s.host)
	}
	if s.https && s.arrival.Proto == "http" {
		add(6, pages.LoopFront, "forwarded-proto", pages.SignProto, s.arrival.Peer)
	}
	if s.there != nil && s.there.Plain && s.target.Scheme == "https" {
		add(6, pages.LoopFront, "forwarded-proto", pages.SignProto, s.there.Peer)
	}
	if s.arrival.Forwarded && !s.arrival.Trusted {
		add(3, pages.LoopFront, "proxy-not-trusted", pages.SignUntrusted, s.arrival.Peer)
	}
}

// lost looks for cookies that did not come where they should.
func (s sighting) lost(add adding) {
	switch {
	case s.tested:
		add(8, pages.LoopCookies, "cookie-not-returned", pages.SignNoCookie)
	case s.valid && !s.elsewhere:
		add(8, pages.LoopFront, "cookie-not-returned", pages.SignHere, s.host)
	case len(s.cookies) == 0 && s.opened != nil:
		add(7, pages.LoopCookies, "cookie-not-returned", pages.SignLostSession, s.opened.at().Format(clockForm))
	}
	switch {
	case s.there == nil:
	case s.there.Valid:
		add(8, pages.LoopFront, "cookie-not-returned", pages.SignHere, s.there.Host)
	case s.there.Sessions == 0 && (s.valid || s.opened != nil):
		add(7, pages.LoopCookies, "cookie-not-returned", pages.SignNoSession, s.there.Host)
	}
}

// twice looks for cookies of one name that hide one another.
func (s sighting) twice(add adding) {
	if n := len(s.cookies); n > 1 {
		add(8, pages.LoopTwice, usher.CodeLoginLoop, pages.SignTwice, n, s.host)
	}
	if s.there != nil && s.there.Sessions > 1 {
		add(8, pages.LoopTwice, usher.CodeLoginLoop, pages.SignTwice, s.there.Sessions, s.there.Host)
	}
	if len(s.cookies) == 1 && s.opened != nil && !s.valid && s.cookies[0] != s.opened.Opened {
		add(7, pages.LoopTwice, usher.CodeLoginLoop, pages.SignOther, s.opened.at().Format(clockForm))
	}
}

// over looks for sessions that did not last.
func (s sighting) over(add adding) {
	if len(s.cookies) == 1 && s.opened != nil && !s.valid && s.cookies[0] == s.opened.Opened {
		add(7, pages.LoopEnded, "nodes-database", pages.SignEnded, s.opened.at().Format(clockForm))
	}
}

// general says what was seen whatever the reason.
func (s sighting) general(now time.Time) []pages.LoopSeen {
	seconds := 1
	if len(s.rounds) > 0 {
		seconds = max(1, int(now.Sub(s.rounds[0].at()).Round(time.Second)/time.Second))
	}
	return []pages.LoopSeen{{Sign: pages.SignRounds, Args: []any{len(s.rounds), seconds}}}
}
