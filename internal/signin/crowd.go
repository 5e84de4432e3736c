// SPDX-License-Identifier: Apache-2.0

package signin

import (
	"net/netip"
	"sync"
	"time"

	"github.com/usher-signin/usher"
)

// What those whom nobody knows yet may have the database keep. A sign-in that
// is begun costs a row until it is finished or [usher.MaxPendingAge] is over;
// a record of it is kept for days, of a refusal for months.
const (
	// openSignIns is how many sign-ins may be under way from one network, and as
	// many again of browsers whose cookies came back: a person beside whoever
	// floods the gateway from the same address keeps cookies, most floods do not.
	openSignIns = 2000
	// Beginnings that are recorded before they come to an end. All others are
	// recorded when they do.
	begunBurst, begunEvery   = 60, 10 * time.Second
	begunsBurst, begunsEvery = 1200, 5 * time.Second // of all networks together
	// Refusals that are recorded of whoever the provider did not name.
	outBurst, outEvery   = 60, 30 * time.Second
	outsBurst, outsEvery = 600, 10 * time.Second
	// sameFor is how long a refusal that is not recorded has the reference of one
	// that was, from the same network for the same reason.
	sameFor = 10 * time.Minute
	// mostNetworks bounds the table. Beyond it, some are forgotten and counted anew.
	mostNetworks = 8192
)

// A bucket fills with what was taken, and drains by one every so often. The
// zero value is empty.
type bucket struct {
	full float64
	at   time.Time
}

func (b *bucket) drain(now time.Time, every time.Duration) {
	if since := now.Sub(b.at); since > 0 && !b.at.IsZero() {
		b.full = max(0, b.full-float64(since)/float64(every))
	}
	b.at = now
}

// take puts one in where there is room, else it says how long until there is.
func (b *bucket) take(now time.Time, most float64, every time.Duration) (wait time.Duration) {
	b.drain(now, every)
	if over := b.full + 1 - most; over > 0 {
		return max(1, time.Duration(over*float64(every)))
	}
	b.full++
	return 0
}

// A network is whoever shares an address, or the /64 of one: a household or a
// machine has that many of IPv6.
type network struct {
	strangers, kept bucket // sign-ins under way, of browsers that brought no cookie of ours and of others
	begun, out      bucket // what was recorded of them
	told            map[usher.Code]telling
}

type telling struct {
	ref   usher.Reference
	until time.Time
}

// A crowd bounds what strangers have the database keep, on this gateway. The
// zero value is ready.
type crowd struct {
	mu          sync.Mutex
	networks    map[string]*network
	swept       time.Time
	begun, outs bucket
}

func networkOf(client string) string {
	addr, err := netip.ParseAddr(client)
	if err != nil {
		return ""
	}
	if addr = addr.Unmap().WithZone(""); addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}

// of finds a network. The caller holds mu.
func (c *crowd) of(client string, now time.Time) *network {
	key := networkOf(client)
	if n := c.networks[key]; n != nil {
		return n
	}
	if c.networks == nil {
		c.networks = make(map[string]*network)
	}
	c.makeRoom(now)
	n := &network{}
	c.networks[key] = n
	return n
}

func (c *crowd) makeRoom(now time.Time) {
	if len(c.networks) < mostNetworks {
		return
	}
	if now.Sub(c.swept) >= time.Second || now.Before(c.swept) { // a flood must not cost a look at the whole each time
		c.swept = now
		for key, n := range c.networks {
			if n.quiet(now) {
				delete(c.networks, key)
			}
		}
	}
	for key := range c.networks { // whichever comes: the totals hold all the same
		if len(c.networks) < mostNetworks {
			return
		}
		delete(c.networks, key)
	}
}

// quiet reports whether nothing is known of a network that counts.
func (n *network) quiet(now time.Time) bool {
	n.strangers.drain(now, pendingEvery)
	n.kept.drain(now, pendingEvery)
	n.begun.drain(now, begunEvery)
	n.out.drain(now, outEvery)
	return n.strangers.full+n.kept.full+n.begun.full+n.out.full == 0
}

const pendingEvery = usher.MaxPendingAge / openSignIns

// lane is where the sign-ins of a browser are counted.
func (n *network) lane(kept bool) *bucket {
	if kept {
		return &n.kept
	}
	return &n.strangers
}

// begin takes room for a sign-in under way, else it says when there will be
// some; record says whether its beginning is to be recorded.
func (c *crowd) begin(client string, kept bool, now time.Time) (wait time.Duration, record bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.of(client, now)
	if wait = n.lane(kept).take(now, openSignIns, pendingEvery); wait > 0 {
		return wait, false
	}
	return 0, n.begun.take(now, begunBurst, begunEvery) == 0 && c.begun.take(now, begunsBurst, begunsEvery) == 0
}

// leave gives back the room that begin took.
func (c *crowd) leave(client string, kept bool, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.of(client, now).lane(kept)
	b.full = max(0, b.full-1)
}

// finish gives the room back: however many work behind one address, those who
// come through take none of it for long.
func (c *crowd) finish(client string, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.of(client, now)
	b := &n.kept // where most come from, beside a flood; else nobody is in it
	if b.full < 1 {
		b = &n.strangers
	}
	b.full = max(0, b.full-1)
}

// refuse says whether a refusal of somebody whom the provider did not name is to
// be recorded. Where not, it gives the reference of one like it, or none.
func (c *crowd) refuse(client string, code usher.Code, now time.Time, own usher.Reference) (ref usher.Reference, record bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.of(client, now)
	if n.out.take(now, outBurst, outEvery) == 0 && c.outs.take(now, outsBurst, outsEvery) == 0 {
		if n.told == nil {
			n.told = make(map[usher.Code]telling)
		}
		n.told[code] = telling{own, now.Add(sameFor)}
		return own, true
	}
	if t, ok := n.told[code]; ok && now.Before(t.until) {
		return t.ref, false
	}
	return "", false
}
