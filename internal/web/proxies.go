// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// TrustedProxies are the peers whose word about the client is taken. The zero
// value trusts nobody.
type TrustedProxies struct{ prefixes []netip.Prefix }

// ParseTrustedProxies reads IP addresses and CIDR ranges. Every entry that
// cannot be used is reported, all at once.
func ParseTrustedProxies(entries []string) (TrustedProxies, error) {
	var t TrustedProxies
	var problems []error
	for _, entry := range entries {
		prefix, err := parsePeer(entry)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		t.prefixes = append(t.prefixes, prefix)
	}
	if len(problems) > 0 {
		return TrustedProxies{}, errors.Join(problems...)
	}
	return t, nil
}

func parsePeer(entry string) (netip.Prefix, error) {
	const want = "wanted an address or a range, such as 10.1.2.3, 10.1.0.0/16 or fd00::/8"
	if addr, err := netip.ParseAddr(entry); err == nil {
		switch {
		case addr.Zone() != "":
			return netip.Prefix{}, fmt.Errorf("%.100q names a zone; leave %q out", entry, "%"+addr.Zone())
		case addr.IsUnspecified():
			return netip.Prefix{}, fmt.Errorf("%.100q stands for no address that could connect; %s", entry, want)
		}
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(entry)
	switch {
	case err != nil:
		return netip.Prefix{}, fmt.Errorf("%.100q is neither an address nor a range; %s", entry, want)
	case prefix.Addr().Is4In6():
		return netip.Prefix{}, fmt.Errorf("%.100q is an IPv4 range in IPv6 form; write it as IPv4", entry)
	case prefix.Bits() == 0:
		return netip.Prefix{}, fmt.Errorf("%.100q would trust everybody; name the addresses of the front servers", entry)
	case prefix.Masked() != prefix:
		return netip.Prefix{}, fmt.Errorf("%.100q has bits behind its length; write %s for the range, or %s for the one address", entry, prefix.Masked(), prefix.Addr())
	}
	return prefix, nil
}

// Contains reports whether the address is trusted.
func (t TrustedProxies) Contains(addr netip.Addr) bool {
	if !addr.IsValid() {
		return false
	}
	addr = addr.Unmap().WithZone("")
	for _, p := range t.prefixes {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// Peer gives the address at the other end of the connection; the zero Addr
// where there is none, as on a unix socket.
func Peer(r *http.Request) netip.Addr {
	if known, ok := r.Context().Value(peerKey{}).(*peer); ok && known.text == r.RemoteAddr {
		return known.addr
	}
	return peerOf(r.RemoteAddr)
}

func peerOf(text string) netip.Addr {
	ap, err := netip.ParseAddrPort(text)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap().WithZone("")
}

// peer is what the requests of one connection have in common.
type peer struct {
	text string
	addr netip.Addr
}

type peerKey struct{}

// withPeer reads the peer's address once for all requests of a connection.
func withPeer(ctx context.Context, c net.Conn) context.Context {
	from := c.RemoteAddr()
	if from == nil {
		return ctx
	}
	text := from.String()
	return context.WithValue(ctx, peerKey{}, &peer{text, peerOf(text)})
}

// Peer gives the address at the other end of the connection.
func (t TrustedProxies) Peer(r *http.Request) netip.Addr { return Peer(r) }

// Trusts reports whether the request came over a trusted peer.
func (t TrustedProxies) Trusts(r *http.Request) bool { return t.Contains(Peer(r)) }

// maxHops bounds how far back the client is looked for.
const maxHops = 64

// Client gives the address of whoever asked: the first hop of X-Forwarded-For,
// from the right, that is no front server of ours. Anybody could have written
// what stands left of it. It is the peer itself where that is not trusted; at
// text that is no address the search ends with the last hop that was one.
func (t TrustedProxies) Client(r *http.Request) netip.Addr {
	last := Peer(r)
	if !t.Contains(last) {
		return last
	}
	lines := r.Header["X-Forwarded-For"]
	hops := 0
	for i := len(lines) - 1; i >= 0; i-- {
		for rest, more := lines[i], true; more; {
			cut := strings.LastIndexByte(rest, ',')
			hop := rest[cut+1:]
			if more = cut >= 0; more {
				rest = rest[:cut]
			}
			addr, err := netip.ParseAddr(strings.Trim(hop, " \t"))
			if hops++; err != nil || hops > maxHops {
				return last
			}
			last = addr.Unmap().WithZone("")
			if !t.Contains(last) {
				return last
			}
		}
	}
	return last
}
