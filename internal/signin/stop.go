// SPDX-License-Identifier: Apache-2.0

package signin

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/pages"
	"github.com/usher-signin/usher/internal/session"
)

// Stopped is a loop that was stopped.
type Stopped struct {
	Reasons   []pages.LoopWhy
	Seen      []pages.LoopSeen
	Reference usher.Reference // empty where it could not be kept
	Again     string          // address to begin anew
}

// A turn is a request to sign in, with what is to be set and, where it is one
// too many, what was seen.
type turn struct {
	cookies []*http.Cookie
	asks    string // address that asks the browser whether it keeps cookies; empty: no need
	loop    *sighting
}

// turn counts a request to sign in. A browser whose cookies come back is
// counted by a cookie of its own; one that brings none is counted here, and
// asked for a cookie before anything is held against it.
func (h *Handler) turn(r *http.Request, query url.Values, host, returnTo string, valid bool) turn {
	f, now, key := h.Flow, h.Flow.Now(), targetKey(returnTo)
	all := f.rounds(host, r.Header)
	asked := query.Has("kept")
	if !asked || len(all) == 0 {
		all = append(all, round{Target: key, At: now.UnixMilli()})
	}
	s := sighting{host: host, valid: valid}
	for i, past := range all {
		switch {
		case past.Target != key:
		case past.Opened != "":
			s.opened = &all[i]
		default:
			s.rounds = append(s.rounds, past)
		}
	}
	out := turn{cookies: f.roundsCookie(host, all)}
	known := len(session.Names(r.Header, ourCookies)) > 0
	if !known {
		mine := turnKey(h.Client(r), r.UserAgent(), key)
		switch n := h.turns.note(mine, now); {
		case n < aLoop:
		case asked:
			h.turns.forget(mine)
			s.tested = true
			for len(s.rounds) < n-1 { // the question was no round
				s.rounds = append(s.rounds, s.rounds[0])
			}
		default:
			q := url.Values{"rd": {returnTo}, "kept": {"1"}}
			for _, name := range []string{"bind", "account", "seen"} {
				if query.Has(name) {
					q.Set(name, query.Get(name))
				}
			}
			out.asks = SignInPath + "?" + q.Encode()
		}
	}
	if s.tested || len(s.rounds) >= aLoop {
		h.look(r, query, returnTo, &s)
		out.loop = &s
	}
	return out
}

const ourCookies = "__Host-usher_"

// look gathers what can be seen of the browser's requests.
func (h *Handler) look(r *http.Request, query url.Values, returnTo string, s *sighting) {
	rules := h.Flow.Rules()
	public, err := url.Parse(rules.Public)
	if err != nil {
		public = &url.URL{}
	}
	s.https = public.Scheme == "https"
	s.target = public
	if u, err := url.Parse(returnTo); err == nil {
		s.target = public.ResolveReference(u)
	}
	s.elsewhere = usher.CanonicalHost(s.target.Host) != s.host
	for _, value := range session.Values(r.Header, session.CookieName) {
		if id := session.Hash(value)[:16]; !slices.Contains(s.cookies, id) {
			s.cookies = append(s.cookies, id)
		}
	}
	if h.Arrived != nil {
		s.arrival = h.Arrived(r)
	}
	s.there = h.Flow.openSeen(usher.CanonicalHost(s.target.Host), query.Get("seen"))
}

const purposeSeen = "seen at the application"

// sealSeen writes down what is seen of a browser on an application's own host,
// for the gateway's own host to read. It says nothing to anybody else.
func (h *Handler) sealSeen(r *http.Request, host string) string {
	v := there{Host: host, At: h.Flow.Now().UnixMilli()}
	var different []string
	for _, value := range session.Values(r.Header, session.CookieName) {
		if !slices.Contains(different, value) {
			different = append(different, value)
		}
	}
	v.Sessions = len(different)
	if _, _, err := h.Flow.Sessions.Lookup(r.Context(), host, r.Header); err == nil {
		v.Valid = true
	}
	if h.Arrived != nil {
		a := h.Arrived(r)
		v.Plain, v.Peer = a.Proto == "http", a.Peer
	}
	plain, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	sealed, err := h.Flow.Sealer.Seal(purposeSeen, host, plain)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(sealed)
}

func (f *Flow) openSeen(host, text string) *there {
	if text == "" || len(text) > 1024 {
		return nil
	}
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	plain, err := f.Sealer.Open(purposeSeen, host, sealed)
	var v there
	if err != nil || json.Unmarshal(plain, &v) != nil {
		return nil
	}
	if age := f.Now().UnixMilli() - v.At; age < 0 || age > loopWithin.Milliseconds() {
		return nil // an address that was kept
	}
	return &v
}

// stop records a loop, and says what to show.
func (f *Flow) stop(ctx context.Context, b Beginning, s sighting) *Stopped {
	now := f.Now()
	out := &Stopped{Reasons: whyLoop(s), Seen: s.general(now)}
	rules := f.Rules()
	attempt := usher.Attempt{Account: b.Account, Client: b.Client, UserAgent: clip(b.UserAgent, 200), ReturnTo: withoutQuery(b.ReturnTo), Begun: now, Revision: rules.Revision}
	if reg, _ := rules.registration(b.Account); reg != nil {
		attempt.Account = reg.Account.InternalName
	}
	ref, err := usher.NewReference(f.Random)
	if err != nil {
		f.Logger.Error("no reference could be drawn", slog.Any("error", err))
		return out
	}
	attempt.Reference = ref
	for i, r := range s.rounds {
		if i < len(s.rounds)-1 {
			attempt.Pass(usher.StepBegin, now, fmt.Sprintf("sign-in %d for this address was %s ago", i+1, now.Sub(r.at()).Round(1e8)))
		}
	}
	cause := &usher.Cause{Step: usher.StepBegin, Code: usher.CodeLoginLoop, Subject: withoutQuery(b.ReturnTo),
		Saw: fmt.Sprintf("%d sign-ins for the same address within a minute", len(s.rounds)), Want: "one sign-in, then the application"}
	for i, why := range out.Reasons {
		reason, seen := why.English()
		attempt.Pass(usher.StepBegin, now, fmt.Sprintf("probable reason %d, see %s: %s %s", i+1, why.Check, reason, seen))
		if i == 0 {
			cause.Detail = fmt.Sprintf("probably %s: %s", why.Check, seen)
		}
	}
	out.Reference = f.refuse(ctx, &attempt, cause).Reference
	return out
}
