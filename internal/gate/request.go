// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"net/http"
	"net/netip"
	"strings"

	"github.com/usher-signin/usher"
)

// A Request is what a browser asked of an application, whoever says so.
type Request struct {
	Dialect string
	Method  string
	Host    string      // as received
	URI     string      // path and query, as received
	Header  http.Header // what came along: cookies, fetch metadata
	body    bool        // more than the header comes, or may come
	peer    netip.Addr  // who is connected to us
	front   bool        // the peer is a declared front server
	hops    []string    // X-Forwarded-For, as received
	named   []string    // the applications that the front server says to be about to serve
}

// Reserved reports whether a request line's target belongs to usher's own
// pages. The comparison is exact, byte for byte, on the target as received:
// no other spelling reaches them, and no spelling of theirs is forwarded.
func Reserved(uri string) bool {
	path, _, _ := strings.Cut(uri, "?")
	return strings.HasPrefix(path, usher.Prefix) || path+"/" == usher.Prefix
}

// maxHops bounds how far back the client's address is looked for.
const maxHops = 64

// client gives the first hop from the right that is no front server of ours:
// what stands left of it could have been written by anybody.
func (q *Request) client(trusted func(netip.Addr) bool) netip.Addr {
	if !q.front {
		return q.peer
	}
	last := q.peer
	lines := q.hops
	hops := 0
	for i := len(lines) - 1; i >= 0; i-- {
		for rest := lines[i]; ; {
			hop := rest
			cut := strings.LastIndexByte(rest, ',')
			if cut >= 0 {
				hop, rest = rest[cut+1:], rest[:cut]
			}
			addr, err := netip.ParseAddr(trimBlanks(hop))
			if hops++; err != nil || hops > maxHops {
				return last
			}
			last = addr.Unmap().WithZone("")
			if !trusted(last) {
				return last
			}
			if cut < 0 {
				break
			}
		}
	}
	return last
}

// pageLoad reports whether the request is a person's browser opening a page:
// only that may be sent away to sign in. Fetch metadata decides where the
// browser sends it (W3C Fetch Metadata Request Headers); where it does not,
// what it accepts. A page fetched ahead of time is none.
func (q *Request) pageLoad() bool {
	if q.Method != http.MethodGet || len(q.Header["Upgrade"]) > 0 || prefetch(q.Header) {
		return false
	}
	if len(q.Header["Sec-Fetch-Mode"]) > 0 || len(q.Header["Sec-Fetch-Dest"]) > 0 {
		return navigates(q.Header)
	}
	return only(q.Header, "X-Requested-With") == "" && acceptsHTML(q.Header)
}

// formPost reports whether a person sent a form: there is somebody to read a
// page, though nowhere to send them to without losing what they wrote.
func (q *Request) formPost() bool {
	return q.Method != http.MethodGet && q.Method != http.MethodHead && navigates(q.Header)
}

// byPerson reports whether somebody waits for a page: a page load or a form,
// also where a front server has not said the method. An icon, an image, a
// script's call is a consequence of a page, and would only be told once more.
func (q *Request) byPerson() bool {
	if len(q.Header["Upgrade"]) > 0 || prefetch(q.Header) {
		return false
	}
	if len(q.Header["Sec-Fetch-Mode"]) > 0 || len(q.Header["Sec-Fetch-Dest"]) > 0 {
		return navigates(q.Header)
	}
	return only(q.Header, "X-Requested-With") == "" && acceptsHTML(q.Header)
}

func navigates(h http.Header) bool {
	if only(h, "Sec-Fetch-Mode") != "navigate" {
		return false
	}
	switch only(h, "Sec-Fetch-Dest") {
	case "document", "iframe", "frame":
		return true
	}
	return false
}

func prefetch(h http.Header) bool {
	for _, name := range [...]string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		if strings.Contains(h.Get(name), "prefetch") || strings.Contains(h.Get(name), "preview") {
			return true
		}
	}
	return false
}

func acceptsHTML(h http.Header) bool {
	for _, line := range h["Accept"] {
		if strings.Contains(line, "text/html") {
			return true
		}
	}
	return false
}

// only gives a header's value where it was sent once.
func only(h http.Header, name string) string {
	if v := h[name]; len(v) == 1 {
		return v[0]
	}
	return ""
}
