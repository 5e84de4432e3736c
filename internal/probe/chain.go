// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"

	"github.com/usher-signin/usher/internal/idp"
)

// maxCertificate bounds what is fetched as a certificate, in bytes.
const maxCertificate = 64 << 10

// missingLink fetches the certificate between the last one that was sent and
// its authority, from where the certificate says it is (RFC 5280 section
// 4.2.2.1), and gives what was sent with it. nil: there is none to be had.
//
// Whoever shows a certificate chooses this address, so it is fetched from
// public addresses only, without redirects and without anything of ours in it.
// A provider that has itself a private address may name another.
func (p *provider) missingLink(ctx context.Context, private bool, chain []*x509.Certificate, sent *x509.CertPool) *x509.CertPool {
	last := chain[len(chain)-1]
	if bytes.Equal(last.RawIssuer, last.RawSubject) || len(last.IssuingCertificateURL) == 0 {
		return nil
	}
	u, err := url.Parse(last.IssuingCertificateURL[0])
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Hostname() == "" {
		return nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil
	}
	req.Header.Set("User-Agent", agent)
	res, err := p.linkClient(private).Do(req)
	if err != nil {
		return nil
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxCertificate))
	if err != nil || res.StatusCode != http.StatusOK {
		return nil
	}
	if block, _ := pem.Decode(data); block != nil {
		data = block.Bytes
	}
	link, err := x509.ParseCertificate(data)
	if err != nil {
		return nil
	}
	pool := sent.Clone()
	pool.AddCert(link)
	return pool
}

// errPrivate says that an address is not for a certificate to choose.
var errPrivate = errors.New("not a public address")

// mayFetch judges an address that a certificate chose.
func (p *provider) mayFetch(a netip.Addr, private bool) error {
	a = a.Unmap()
	if err := idp.CheckAddr(a, p.local); err != nil {
		return err
	}
	if a.IsPrivate() && !private {
		return errPrivate
	}
	return nil
}

func (p *provider) linkClient(private bool) *http.Client {
	dialer := &net.Dialer{Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return errPrivate
		}
		return p.mayFetch(at.Addr(), private)
	}}
	inner := dialer.DialContext
	if p.Dial != nil {
		inner = p.Dial
	}
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := inner(ctx, network, address)
		if err != nil {
			return nil, err
		}
		if tcp, ok := conn.RemoteAddr().(*net.TCPAddr); ok { // whoever made the connection
			if err := p.mayFetch(tcp.AddrPort().Addr(), private); err != nil {
				_ = conn.Close()
				return nil, err
			}
		}
		return conn, nil
	}
	return &http.Client{
		Transport:     &http.Transport{DialContext: dial, DisableKeepAlives: true, MaxResponseHeaderBytes: maxCertificate},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       p.Each,
	}
}

// interceptor names the product that opened the connection on its way, where
// the issuer's name gives it away; empty: it does not.
func interceptor(chain []*x509.Certificate) string {
	var names []string
	for _, c := range chain {
		names = append(names, c.Issuer.String(), c.Subject.String())
	}
	all := strings.ToLower(strings.Join(names, "\n"))
	for _, box := range interceptors() {
		for _, word := range strings.Split(strings.ToLower(box.words), "|") {
			if strings.Contains(all, word) {
				return box.name
			}
		}
	}
	return ""
}

// interceptors are products that inspect TLS, with what their certificates say.
func interceptors() []struct{ name, words string } {
	return []struct{ name, words string }{
		{"Zscaler", "zscaler"}, {"Netskope", "netskope|goskope"}, {"Palo Alto Networks", "palo alto|pan-ssl|prisma access"},
		{"Fortinet FortiGate", "fortinet|fortigate|fortiproxy"}, {"Blue Coat ProxySG", "blue coat|bluecoat|proxysg"},
		{"Symantec Web Security Service", "symantec web security|wss.symantec"}, {"Forcepoint", "forcepoint|websense"},
		{"Cisco Umbrella", "cisco umbrella|cisco secure web"}, {"Cisco WSA", "ironport|cisco web security"}, {"Check Point", "check point|checkpoint"},
		{"Sophos", "sophos"}, {"Skyhigh (McAfee) Web Gateway", "mcafee web|skyhigh"}, {"Trend Micro", "trend micro|interscan"},
		{"Barracuda", "barracuda"}, {"SonicWall", "sonicwall"}, {"WatchGuard", "watchguard|fireware"}, {"iboss", "iboss"}, {"Cato Networks", "cato networks"},
		{"Cloudflare Gateway", "cloudflare for teams|gateway ca - cloudflare|cloudflare gateway"}, {"Smoothwall", "smoothwall"}, {"Lightspeed", "lightspeed"},
		{"Kaspersky", "kaspersky"}, {"Bitdefender", "bitdefender"}, {"ESET", "eset ssl"}, {"Avast", "avast"}, {"AVG", "avg technologies"},
		{"Squid", "squid"}, {"mitmproxy", "mitmproxy"}, {"Charles", "charles proxy"}, {"Fiddler", "fiddler|do_not_trust"}, {"Burp Suite", "portswigger"},
		{"pfSense", "pfsense"}, {"OPNsense", "opnsense"},
	}
}
