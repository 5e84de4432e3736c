// SPDX-License-Identifier: Apache-2.0

package front

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/usher-signin/usher"
)

// systemCA is the file of the system's authorities, for servers that trust
// nobody by themselves: as Debian, Ubuntu, Alpine and Arch have it.
const systemCA = "/etc/ssl/certs/ca-certificates.crt"

// usherName is the name that usher's certificate must have.
func (p Params) usherName() string {
	if p.UsherName != "" {
		return p.UsherName
	}
	addr, _, _ := address(p.Usher)
	host, _, _ := net.SplitHostPort(addr)
	return host
}

// nameInCertificate reports whether servers can look for the name in a
// certificate: several of them look for no addresses there.
func nameInCertificate(name string) bool {
	return name != "" && name == usher.CanonicalHost(name) && net.ParseIP(strings.Trim(name, "[]")) == nil
}

// way says how TLS is spoken to the application.
func (a app) way(t usher.UpstreamTLS) (usher.UpstreamTLS, error) {
	if !a.TLS {
		if t != (usher.UpstreamTLS{}) {
			return t, errors.New("upstream_tls is set, and the upstream is not https://: the connection would be in the clear")
		}
		return t, nil
	}
	for _, path := range []string{t.CAFile, t.CertFile, t.KeyFile} {
		if !plain(path, "/._-") {
			return t, fmt.Errorf("the path %q under upstream_tls holds characters that configuration files give a meaning to", path)
		}
	}
	if (t.CertFile == "") != (t.KeyFile == "") {
		return t, errors.New("upstream_tls: cert_file and key_file go together: give both or neither")
	}
	if t.ServerName == "" {
		t.ServerName = a.Hostname()
	}
	if host := strings.Trim(t.ServerName, "[]"); net.ParseIP(host) != nil {
		return t, fmt.Errorf("its upstream's certificate would have to be for the address %s, and front servers look for a name there: write upstream_tls: {server_name: NAME} under the application, NAME being one that the certificate holds (openssl s_client -connect %s </dev/null | openssl x509 -noout -ext subjectAltName shows them)", host, a.Address)
	}
	if !nameInCertificate(t.ServerName) {
		return t, fmt.Errorf("%q is no name that can be looked for in a certificate: set upstream_tls.server_name to the one in the upstream's", t.ServerName)
	}
	return t, nil
}

// CA is whom alone the front server trusts for the application; empty: the system's.
func (a app) CA() string { return a.Way.CAFile }

// FileCA is the same for servers that have to be told in any case.
func (a app) FileCA() string { return orSystem(a.Way.CAFile) }

// UsherFileCA is the file of whom to trust to vouch for usher, for servers that
// have to be told in any case.
func (v view) UsherFileCA() string { return orSystem(v.UsherCA) }

// UsherScheme is how usher is spoken to.
func (v view) UsherScheme() string {
	if v.UsherTLS {
		return "https"
	}
	return "http"
}

func orSystem(file string) string {
	if file == "" {
		return systemCA
	}
	return file
}
