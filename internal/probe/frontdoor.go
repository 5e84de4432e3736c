// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
)

// strangeQuery is one that a front server may be tempted to tidy up.
const strangeQuery = "a=%26b&c=%2Fd+e&u=https%3A%2F%2Fx.example%2F%3Fy%3D1%23z&twice=1&twice=2&empty=&%C3%A9=%e2%82%ac&bare"

// headerSizes are the Cookie headers that are tried, and what is sent for
// each: servers count the header's name and the line's end along.
var headerSizes = [...]struct{ named, sent int }{{8 << 10, 8<<10 - 192}, {4 << 10, 4<<10 - 192}, {2 << 10, 2<<10 - 192}, {1 << 10, 1<<10 - 192}}

// frontDoor calls the gateway at its own public address, as a browser would.
func (w *world) frontDoor(ctx context.Context) *doctor.Seen[doctor.Echo] {
	d, noKey := w.newDoor()
	if d == nil {
		return unseen[doctor.Echo](w, noKey.Error())
	}
	defer d.close()
	if d.keys != nil {
		return d.signed(ctx)
	}
	return d.unsigned(ctx, noKey)
}

// signed looks at the door with the gateway's own key in hand.
func (d *door) signed(ctx context.Context) *doctor.Seen[doctor.Echo] {
	first, err := d.ask(ctx, ringing{address: d.public + EchoPath, header: asPage()})
	switch {
	case errors.Is(err, errAskedTooOften):
		return d.other(ctx, first)
	case err != nil && ctx.Err() != nil:
		return unseen[doctor.Echo](d.world, d.whyNot(ctx))
	case err != nil:
		return d.silent(ctx, reason(err))
	case first.arrival == nil:
		return d.other(ctx, first)
	}
	a := *first.arrival
	x := &examination{door: d, first: first, echo: doctor.Echo{URL: d.public + EchoPath, Status: first.status, Marker: true, Scheme: a.scheme(), Host: a.Host,
		Peer: a.Peer, Trusted: a.Trusted, SentProto: a.sent("X-Forwarded-Proto"), SentHost: a.sent("X-Forwarded-Host"), SentFor: a.sent("X-Forwarded-For")}}
	x.all(ctx)
	return known(d.world, x.echo)
}

// asPage makes a request look like a browser that opens a page.
func asPage() http.Header { return http.Header{"Accept": {"text/html"}} }

// An examination asks the rest, side by side.
type examination struct {
	*door
	first answer
	mu    sync.Mutex
	echo  doctor.Echo
}

func (x *examination) all(ctx context.Context) {
	var each sync.WaitGroup
	for _, look := range []func(context.Context){x.again, x.query, x.refusal, x.callback, x.headers, x.applications} {
		each.Go(func() { look(ctx) })
	}
	each.Wait()
}

func (x *examination) note(set func(*doctor.Echo)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	set(&x.echo)
}

// again asks the same address a second time, with the cookie of the first
// answer as a browser would send it.
func (x *examination) again(ctx context.Context) {
	value, kept := keptCookie(x.first.header, x.public)
	cookies := ""
	if kept {
		cookies = EchoCookie + "=" + value
	}
	second, err := x.ask(ctx, ringing{address: x.public + EchoPath, header: asPage(), cookies: cookies})
	if err != nil || second.arrival == nil {
		x.note(func(e *doctor.Echo) { e.Untried = append(e.Untried, doctor.TriedCookie) })
		return
	}
	x.note(func(e *doctor.Echo) {
		e.Stored = second.stale
		e.CookieBack = second.stale || kept && second.arrival.Cookie == x.first.nonce // a stored answer says nothing of cookies
	})
}

// query sees whether a query comes through byte for byte.
func (x *examination) query(ctx context.Context) {
	a, err := x.ask(ctx, ringing{address: x.public + EchoPath + "?" + strangeQuery, header: asPage()})
	if err != nil || a.arrival == nil || a.stale {
		x.note(func(e *doctor.Echo) { e.Untried = append(e.Untried, doctor.TriedQuery) })
		return
	}
	_, query, _ := strings.Cut(a.arrival.URI, "?")
	x.note(func(e *doctor.Echo) { e.Query = query == strangeQuery })
}

// keptCookie gives the value of the doctor's cookie if a browser would keep it:
// the prefix demands Secure, the path / and no domain (RFC 6265bis, section 4.1.3).
func keptCookie(h http.Header, public string) (string, bool) {
	u, err := url.Parse(public)
	if err != nil || u.Scheme != "https" && !usher.Loopback(u.Hostname()) {
		return "", false
	}
	for _, c := range (&http.Response{Header: h}).Cookies() {
		if c.Name == EchoCookie {
			return c.Value, c.Secure && c.Path == "/" && c.Domain == "" && c.MaxAge >= 0
		}
	}
	return "", false
}

// refusal sees whether a cookie survives an answer 401.
func (x *examination) refusal(ctx context.Context) {
	a, err := x.ask(ctx, ringing{address: x.public + EchoPath, do: DoRefuse})
	if err != nil {
		x.note(func(e *doctor.Echo) { e.Untried = append(e.Untried, doctor.TriedRefusal) })
		return
	}
	_, kept := keptCookie(a.header, x.public)
	x.note(func(e *doctor.Echo) { e.CookieOn401 = kept })
}

func (x *examination) callback(ctx context.Context) {
	a, err := x.ask(ctx, ringing{address: x.public + usher.CallbackPath})
	if err != nil {
		return // zero: not tried
	}
	x.note(func(e *doctor.Echo) { e.Callback, e.CallbackOurs = a.status, a.marked })
}

// headers finds the largest Cookie header that comes through.
func (x *examination) headers(ctx context.Context) {
	for _, size := range headerSizes {
		filler := "usher_doctor=" + strings.Repeat("x", size.sent-len("usher_doctor="))
		a, err := x.ask(ctx, ringing{address: x.public + EchoPath, cookies: filler})
		if err != nil {
			return
		}
		if a.arrival != nil {
			x.note(func(e *doctor.Echo) { e.HeaderLimit = size.named })
			return
		}
	}
	x.note(func(e *doctor.Echo) { e.HeaderLimit = headerSizes[len(headerSizes)-1].sent / 2 })
}

// webSocket tries an upgrade where an application would.
func (x *examination) webSocket(ctx context.Context, address string) {
	if up, err := x.upgrades(ctx, address); err == nil {
		x.note(func(e *doctor.Echo) { e.WebSocket = &up })
	}
}
