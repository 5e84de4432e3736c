// SPDX-License-Identifier: Apache-2.0

package probe_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/probe"
)

// What is wrong on the way to the provider is found, and found alone.
func TestWay(t *testing.T) {
	ca := root(t)
	good := leaf(t, ca)
	between := issue(t, &ca, func(c *x509.Certificate) { c.Subject.CommonName = "Corp Issuing" })
	plain := httptest.NewServer(tiny())
	defer plain.Close()
	healthy := serve(t, nil, good)
	trustCA := func(a *account) { a.caFile = trusted(t, ca.pem()) }
	box := issue(t, nil, func(c *x509.Certificate) { c.Subject.CommonName = "Zscaler Root CA" })
	for _, w := range []struct {
		name   string
		net    func(t *testing.T) network
		change func(*account)
		want   string
	}{
		{"all is well", func(*testing.T) network { return toIDP(healthy) }, trustCA, ""},
		{"an authority that nobody knows", func(*testing.T) network { return toIDP(healthy) }, nil, "certificate-unknown-authority"},
		{"a box that opens the connection", func(t *testing.T) network { return toIDP(serve(t, nil, leaf(t, box))) }, nil, "certificate-intercepted"},
		{"expired", func(t *testing.T) network {
			return toIDP(serve(t, nil, leaf(t, ca, func(c *x509.Certificate) {
				c.NotBefore, c.NotAfter = time.Now().AddDate(-1, 0, 0), time.Now().Add(-time.Hour)
			})))
		}, trustCA, "certificate-expired"},
		{"not valid yet", func(t *testing.T) network {
			return toIDP(serve(t, nil, leaf(t, ca, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) })))
		}, trustCA, "certificate-expired"},
		{"expires in a week", func(t *testing.T) network {
			return toIDP(serve(t, nil, leaf(t, ca, func(c *x509.Certificate) { c.NotAfter = time.Now().AddDate(0, 0, 7) })))
		}, trustCA, "certificate-expires-soon"},
		{"another name", func(t *testing.T) network {
			return toIDP(serve(t, nil, leaf(t, ca, func(c *x509.Certificate) { c.DNSNames = []string{"www.corp.example"} })))
		}, trustCA, "certificate-hostname"},
		{"the whole chain", func(t *testing.T) network { return toIDP(serve(t, nil, leaf(t, between), between)) }, trustCA, ""},
		{"an old TLS", func(t *testing.T) network {
			return toIDP(serve(t, func(c *tls.Config) { c.MaxVersion = tls.VersionTLS11 }, good))
		}, trustCA, "tls-old"},
		{"no TLS", func(*testing.T) network { return toIDP(plain.Listener.Addr().String()) }, trustCA, "tls-missing"},
		{"nobody listens", func(*testing.T) network { return toIDP("") }, trustCA, "connection-refused"},
		{"a firewall that swallows", func(*testing.T) network { return toIDP("timeout") }, trustCA, "connection-timeout"},
		{"no such name", func(*testing.T) network { return network{} }, trustCA, "name-not-found"},
		{"a resolver in trouble", func(*testing.T) network {
			return network{fail: &net.DNSError{Err: "server misbehaving", Server: "192.0.2.53:53"}}
		}, trustCA, "name-not-found"},
		{"IPv6 that leads nowhere", func(*testing.T) network {
			n := toIDP(healthy)
			n.names[idpName] = []string{"192.0.2.1", "2001:db8::1"}
			n.at["[2001:db8::1]:443"] = "timeout"
			return n
		}, trustCA, "ipv6-broken"},
		{"the callback's name does not exist", func(*testing.T) network {
			n := toIDP(healthy)
			delete(n.names, "campaign.corp.example")
			return n
		}, trustCA, "name-not-found"},
	} {
		t.Run(w.name, func(t *testing.T) {
			a := remote()
			if w.change != nil {
				w.change(&a)
			}
			x := examine(t, a, w.net(t).apply)
			if got := strings.Join(x.found(), " "); got != w.want {
				t.Errorf("found %q, wanted %q", got, w.want)
				for _, r := range x.results {
					if r.Finding() || r.Status == doctor.Moot {
						t.Log(r.Status, r.Code, r.Message, "saw", r.Saw)
					}
				}
			}
			x.hidesSecret(t)
		})
	}
}

// A chain without its middle is told from an authority that is not known: the
// certificate says where the missing one is. It is fetched from nowhere that a
// stranger could choose to hurt us.
func TestMissingIntermediate(t *testing.T) {
	ca := root(t)
	between := issue(t, &ca, func(c *x509.Certificate) { c.Subject.CommonName = "Corp Issuing" })
	asked := 0
	pki := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { asked++; _, _ = w.Write(between.cert.Raw) }))
	defer pki.Close()
	own := leaf(t, between, func(c *x509.Certificate) { c.IssuingCertificateURL = []string{pki.URL + "/issuing.cer"} })
	listener := serve(t, nil, own)
	a := remote()
	a.caFile = trusted(t, ca.pem())
	for _, p := range []struct {
		address string // of the one who has the missing certificate
		want    string
		asked   int
	}{
		{"198.51.100.7", "certificate-chain", 1},
		{"127.0.0.1", "certificate-unknown-authority", 0},
		{"169.254.169.254", "certificate-unknown-authority", 0},
		{"10.0.0.7", "certificate-unknown-authority", 0},
		{"::1", "certificate-unknown-authority", 0},
		{"fd00::7", "certificate-unknown-authority", 0},
	} {
		asked = 0
		x := examine(t, a, func(o *probe.Options) {
			toIDP(listener).apply(o)
			dial := o.Dial
			o.Dial = func(ctx context.Context, nw, address string) (net.Conn, error) {
				if address != pki.Listener.Addr().String() {
					return dial(ctx, nw, address)
				}
				var d net.Dialer
				conn, err := d.DialContext(ctx, nw, address)
				return from{conn, net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(p.address), 80))}, err
			}
		})
		if got := strings.Join(x.found(), " "); got != p.want || asked != p.asked {
			t.Errorf("%s: found %q, wanted %q; asked %d times, wanted %d", p.address, got, p.want, asked, p.asked)
		}
	}
}

// connectProxy is an egress proxy: it answers CONNECT with a status, and lets
// through where that is 200.
func connectProxy(t *testing.T, status int, to string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				req, err := http.ReadRequest(bufio.NewReader(conn))
				if err != nil || req.Method != http.MethodConnect {
					return
				}
				_, _ = fmt.Fprintf(conn, "HTTP/1.1 %d %s\r\nContent-Length: 0\r\n\r\n", status, http.StatusText(status))
				if status != http.StatusOK {
					return
				}
				out, err := net.Dial("tcp", to)
				if err != nil {
					return
				}
				defer func() { _ = out.Close() }()
				go func() { _, _ = io.Copy(out, conn); _ = out.Close() }()
				_, _ = io.Copy(conn, out)
			}()
		}
	}()
	return l.Addr().String()
}

func TestEgressProxy(t *testing.T) {
	ca := root(t)
	provider := serve(t, nil, leaf(t, ca))
	with := func(proxy string, direct bool, noProxy string) func(*probe.Options) {
		return func(o *probe.Options) {
			n := network{names: map[string][]string{"campaign.corp.example": {"192.0.2.9"}, "proxy.corp.example": {"192.0.2.3"}}, at: map[string]string{"192.0.2.3:3128": proxy}}
			if direct {
				n.names[idpName], n.at["192.0.2.1:443"] = []string{"192.0.2.1"}, provider
			}
			n.apply(o)
			o.Getenv = func(name string) string {
				return map[string]string{"HTTPS_PROXY": "http://user:" + canary[:6] + "@proxy.corp.example:3128", "NO_PROXY": noProxy}[name]
			}
		}
	}
	for _, p := range []struct {
		name  string
		world func(*probe.Options)
		want  string
	}{
		{"lets through", with(connectProxy(t, 200, provider), false, ""), ""},
		{"wants credentials", with(connectProxy(t, 407, provider), false, ""), "proxy-authentication"},
		{"refuses, and is not needed", with(connectProxy(t, 403, provider), true, ""), "proxy-needless"},
		{"is not used", with(connectProxy(t, 403, provider), true, ".corp.example"), ""},
		{"is down", with("", false, ""), "connection-refused"},
	} {
		t.Run(p.name, func(t *testing.T) {
			a := remote()
			a.caFile = trusted(t, ca.pem())
			x := examine(t, a, p.world)
			if got := strings.Join(x.found(), " "); got != p.want {
				t.Errorf("found %q, wanted %q", got, p.want)
				for _, r := range x.results {
					if r.Finding() {
						t.Log(r.Status, r.Code, r.Message, "saw", r.Saw)
					}
				}
				t.Logf("%+v", x.provider().Routes)
			}
			if text := fmt.Sprintf("%+v", x.provider().Routes.Value); strings.Contains(text, canary[:6]) {
				t.Errorf("the proxy's password is in the facts: %s", text)
			}
		})
	}
}

// An issuer that is nearly right: the spelling that works is named.
func TestIssuerVariants(t *testing.T) {
	ca := root(t)
	listener := serve(t, nil, leaf(t, ca))
	for _, issuer := range []string{"https://idp.corp.example/realms/corp", "https://idp.corp.example/v2.0"} {
		a := remote()
		a.server, a.caFile = issuer, trusted(t, ca.pem())
		x := examine(t, a, toIDP(listener).apply)
		if got := strings.Join(x.found(), " "); got != "discovery-unreachable" {
			t.Errorf("%s: found %q", issuer, got)
		}
		if v := x.provider().Discovery.Value.Variants; len(v) != 1 || v[0] != "https://idp.corp.example" {
			t.Errorf("%s: the working issuers are %q", issuer, v)
		}
	}
}
