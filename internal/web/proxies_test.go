// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

func proxies(t testing.TB, entries ...string) TrustedProxies {
	t.Helper()
	p, err := ParseTrustedProxies(entries)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func from(peer string, forwarded ...string) *http.Request {
	return &http.Request{RemoteAddr: peer, Header: http.Header{"X-Forwarded-For": forwarded}}
}

func TestClient(t *testing.T) {
	trusted := proxies(t, "10.0.0.0/8", "127.0.0.1", "fd00::/8", "fe80::/10")
	for name, c := range map[string]struct {
		peer      string
		forwarded []string
		want      string
	}{
		"a stranger says who they are":            {"198.51.100.1:99", []string{"10.0.0.1"}, "198.51.100.1"},
		"a stranger next to the trusted range":    {"11.0.0.1:99", []string{"192.0.2.1"}, "11.0.0.1"},
		"a front server says nothing":             {"10.0.0.1:99", nil, "10.0.0.1"},
		"a front server names the client":         {"10.0.0.1:99", []string{"192.0.2.1"}, "192.0.2.1"},
		"the client wrote a hop itself":           {"10.0.0.1:99", []string{"127.0.0.1, 192.0.2.1"}, "192.0.2.1"},
		"the client wrote a whole line itself":    {"10.0.0.1:99", []string{"127.0.0.1", "192.0.2.1"}, "192.0.2.1"},
		"two front servers":                       {"10.0.0.1:99", []string{"192.0.2.1, 10.0.0.2"}, "192.0.2.1"},
		"two front servers, two lines":            {"10.0.0.1:99", []string{"192.0.2.1", "10.0.0.2"}, "192.0.2.1"},
		"all hops are front servers":              {"10.0.0.1:99", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		"garbage stops at the last known hop":     {"10.0.0.1:99", []string{"192.0.2.1, unknown, 10.0.0.2"}, "10.0.0.2"},
		"garbage at once":                         {"10.0.0.1:99", []string{"192.0.2.1, "}, "10.0.0.1"},
		"an empty line":                           {"10.0.0.1:99", []string{""}, "10.0.0.1"},
		"an empty line behind":                    {"10.0.0.1:99", []string{"192.0.2.1", ""}, "10.0.0.1"},
		"a port is garbage":                       {"10.0.0.1:99", []string{"192.0.2.1:80"}, "10.0.0.1"},
		"brackets are garbage":                    {"10.0.0.1:99", []string{"[2001:db8::1]"}, "10.0.0.1"},
		"a leading zero is garbage":               {"10.0.0.1:99", []string{"192.0.2.010"}, "10.0.0.1"},
		"IPv6 client":                             {"10.0.0.1:99", []string{"2001:db8::1"}, "2001:db8::1"},
		"IPv4 in IPv6 form is IPv4":               {"10.0.0.1:99", []string{"::ffff:192.0.2.1"}, "192.0.2.1"},
		"a trusted address in IPv6 form stays so": {"10.0.0.1:99", []string{"192.0.2.1, ::ffff:10.0.0.2"}, "192.0.2.1"},
		"the peer itself in IPv6 form":            {"[::ffff:10.0.0.1]:99", []string{"192.0.2.1"}, "192.0.2.1"},
		"a peer with a zone":                      {"[fe80::1%eth0]:99", []string{"192.0.2.1"}, "192.0.2.1"},
		"blanks and tabs":                         {"10.0.0.1:99", []string{"\t192.0.2.1 \t,  10.0.0.2\t"}, "192.0.2.1"},
		"more hops than anybody has":              {"10.0.0.1:99", []string{"192.0.2.1, " + strings.Repeat("10.0.0.2, ", 200) + "10.0.0.2"}, "10.0.0.2"},
		"a unix socket":                           {"@", []string{"192.0.2.1"}, "invalid IP"},
		"no peer":                                 {"", []string{"192.0.2.1"}, "invalid IP"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := trusted.Client(from(c.peer, c.forwarded...)).String(); got != c.want {
				t.Errorf("the client is %s, want %s", got, c.want)
			}
		})
	}
}

func TestNobodyIsTrustedAtFirst(t *testing.T) {
	var none TrustedProxies
	r := from("127.0.0.1:99", "192.0.2.1")
	if none.Trusts(r) || none.Client(r) != netip.MustParseAddr("127.0.0.1") {
		t.Error("somebody is trusted without being named")
	}
	if p := proxies(t); p.Trusts(r) {
		t.Error("an empty list trusts somebody")
	}
}

func TestTrusts(t *testing.T) {
	p := proxies(t, "10.0.0.0/8")
	if !p.Trusts(from("10.1.2.3:4")) || p.Trusts(from("192.0.2.1:4", "10.1.2.3")) || p.Trusts(from("@")) || p.Contains(netip.Addr{}) {
		t.Error("trust does not follow the peer")
	}
	if !p.Contains(netip.MustParseAddr("::ffff:10.1.2.3")) {
		t.Error("an address in IPv6 form is another")
	}
	if got := p.Peer(from("[2001:db8::1]:4")); got != netip.MustParseAddr("2001:db8::1") {
		t.Errorf("the peer is %s", got)
	}
}

func TestProxiesThatCannotBeUsed(t *testing.T) {
	for name, c := range map[string]struct{ entry, says string }{
		"everybody, IPv4":      {"0.0.0.0/0", "would trust everybody"},
		"everybody, IPv6":      {"::/0", "would trust everybody"},
		"bits behind":          {"10.1.2.3/8", "write 10.0.0.0/8 for the range, or 10.1.2.3"},
		"a host name":          {"proxy.corp.example", "neither an address nor a range"},
		"a blank":              {" 10.0.0.1", "neither an address nor a range"},
		"a list in one":        {"10.0.0.1,10.0.0.2", "neither an address nor a range"},
		"a port":               {"10.0.0.1:80", "neither an address nor a range"},
		"half an address":      {"10.0.0", "neither an address nor a range"},
		"too long a range":     {"10.0.0.0/33", "neither an address nor a range"},
		"a zone":               {"fe80::1%eth0", `leave "%eth0" out`},
		"a range in IPv6 form": {"::ffff:10.0.0.0/104", "write it as IPv4"},
		"no address at all":    {"0.0.0.0", "stands for no address"},
		"a wildcard":           {"*", "neither an address nor a range"},
		"empty":                {"", "neither an address nor a range"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseTrustedProxies([]string{"127.0.0.1", c.entry})
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("the error is %v, want %q in it", err, c.says)
			}
		})
	}
	if _, err := ParseTrustedProxies([]string{"one", "two"}); err == nil || !strings.Contains(err.Error(), "one") || !strings.Contains(err.Error(), "two") {
		t.Errorf("not every problem is named: %v", err)
	}
}

func FuzzClient(f *testing.F) {
	f.Add("10.0.0.1:1", "192.0.2.1, 10.0.0.2", "::ffff:10.0.0.3")
	f.Add("192.0.2.9:1", "10.0.0.1", ",,,")
	trusted := proxies(f, "10.0.0.0/8", "fd00::/8")
	f.Fuzz(func(t *testing.T, peer, one, two string) {
		r := from(peer, one, two)
		got := trusted.Client(r)
		if !trusted.Trusts(r) && got != Peer(r) {
			t.Fatalf("%s is not trusted, and was believed: %s", peer, got)
		}
		if !got.IsValid() || got == Peer(r) {
			return
		}
		// An untrusted client must stand right of everything that was ignored.
		all := strings.Split(one+","+two, ",")
		for i := len(all) - 1; i >= 0; i-- {
			hop, err := netip.ParseAddr(strings.Trim(all[i], " \t"))
			if err != nil {
				if trusted.Contains(got) {
					return
				}
				t.Fatalf("%s stands left of garbage in %q, %q", got, one, two)
			}
			if hop = hop.Unmap().WithZone(""); hop == got {
				return
			}
			if !trusted.Contains(hop) {
				t.Fatalf("%s was passed over for %s", hop, got)
			}
		}
		t.Fatalf("%s stands nowhere in %q, %q", got, one, two)
	})
}
