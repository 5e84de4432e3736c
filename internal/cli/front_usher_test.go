// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// writePair writes cert and key of a certificate with the names; signed by the
// authority at by, or by itself where that is nil. It gives the certificate.
func writePair(t *testing.T, cert string, by *x509.Certificate, byKey *ecdsa.PrivateKey, names ...string) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: filepath.Base(cert)}, DNSNames: names, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: len(names) == 0, BasicConstraintsValid: true}
	if by == nil {
		by, byKey = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, by, key.Public(), byKey)
	if err != nil {
		t.Fatal(err)
	}
	put(t, cert, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return made, key
}

func TestFrontServersSpeakTLSToUsher(t *testing.T) {
	dir := t.TempDir()
	ca, caKey := writePair(t, filepath.Join(dir, "ca.pem"), nil, nil)
	writePair(t, filepath.Join(dir, "signed.pem"), ca, caKey, "login.corp.example", "*.corp.example")
	writePair(t, filepath.Join(dir, "inner.pem"), ca, caKey, "*.else.example", "usher.internal")
	writePair(t, filepath.Join(dir, "own.pem"), nil, nil, "login.corp.example")
	for name, c := range map[string]struct {
		server, listen   string
		flags            []string
		asks, name, file string
		notes            string
	}{
		"signed by the authority of server.ca_file": {server: "tls: {cert_file: signed.pem, key_file: k}, ca_file: ca.pem", asks: "127.0.0.1:4180", name: "login.corp.example", file: dir + "/ca.pem"},
		"signed by itself":                          {server: "tls: {cert_file: own.pem, key_file: k}", asks: "127.0.0.1:4180", name: "login.corp.example", file: dir + "/own.pem"},
		"signed by nobody who is known":             {server: "tls: {cert_file: signed.pem, key_file: k}", asks: "127.0.0.1:4180", name: "login.corp.example", file: "/etc/ssl/certs/ca-certificates.crt"},
		"another name":                              {server: "tls: {cert_file: inner.pem, key_file: k}, ca_file: ca.pem", asks: "127.0.0.1:4180", name: "usher.internal", file: dir + "/ca.pem"},
		"everywhere":                                {server: "tls: {cert_file: own.pem, key_file: k}, listen: '0.0.0.0:8443'", asks: "127.0.0.1:8443", name: "login.corp.example", file: dir + "/own.pem"},
		"everywhere, also by IPv6":                  {server: "tls: {cert_file: own.pem, key_file: k}, listen: '[::]:8443'", asks: "127.0.0.1:8443", name: "login.corp.example", file: dir + "/own.pem"},
		"on another machine": {server: "tls: {cert_file: own.pem, key_file: k}", flags: []string{"--usher", "gate.internal:443", "--usher-name", "gate.internal", "--usher-ca", dir + "/ca.pem"},
			asks: "gate.internal:443", name: "gate.internal", file: dir + "/ca.pem"},
		"not to be read": {server: "tls: {cert_file: none.pem, key_file: k}, ca_file: ca.pem", asks: "127.0.0.1:4180", name: "login.corp.example", file: dir + "/ca.pem", notes: "none.pem cannot be read here"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, "usher.yaml")
			put(t, path, "instance: {name: production, url: https://campaign.corp.example}\napplications:\n  - {name: reports, url: https://reports.corp.example, upstream: http://127.0.0.1:8080}\n"+
				"server: {public_url: https://login.corp.example, trusted_proxies: [127.0.0.1], "+c.server+"}\n")
			text, notes := printWith(t, path, append([]string{"nginx"}, c.flags...)...)
			for _, line := range []string{"server " + c.asks + ";", "proxy_pass https://usher_verdicts/usher/auth/nginx;", "proxy_ssl_name " + c.name + ";", "proxy_ssl_trusted_certificate " + c.file + ";"} {
				if !strings.Contains(text, line) {
					t.Errorf("nginx's file lacks %q", line)
				}
			}
			if n := strings.Count(text, "proxy_ssl_verify on;"); n != 6 || strings.Contains(text, "http://usher_") {
				t.Errorf("usher's certificate is checked at %d of 6 places", n)
			}
			if c.notes == "" && notes != "" || !strings.Contains(notes, c.notes) {
				t.Errorf("said %q besides, want %q", notes, c.notes)
			}
		})
	}
	put(t, filepath.Join(dir, "usher.yaml"), "instance: {name: production, url: https://campaign.corp.example}\napplications:\n  - {name: reports, url: https://reports.corp.example, upstream: http://127.0.0.1:8080}\n"+
		"server: {trusted_proxies: [127.0.0.1], tls: {cert_file: own.pem, key_file: k}}\n")
	if _, notes := printWith(t, filepath.Join(dir, "usher.yaml"), "apache", "--usher-name", "login.corp.example"); !strings.Contains(notes, "does not hold reports.corp.example") {
		t.Errorf("of Apache httpd and names that are missing is said %q", notes)
	}
}

// printWith prints a front server's configuration, and gives what was said besides.
func printWith(t *testing.T, path string, args ...string) (text, notes string) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := frontCommand(&Env{Stdout: &out, Stderr: &errs, Now: time.Now})
	cmd.SetArgs(append(args, path, "--cert", "/etc/usher/tls.crt", "--key", "/etc/usher/tls.key"))
	if err := cmd.Execute(); err != nil {
		t.Fatalf("usher front %v: %v %s", args, err, errs.String())
	}
	return out.String(), errs.String()
}

func TestTokensAreWithheldWhereTheFileSaysSo(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "usher.yaml")
	account := func(more string) string {
		return `instance: {name: production, url: https://campaign.corp.example}
external_accounts:
  - internal_name: corp
    type: OpenID Connect
    issuer: https://login.corp.example
    client_id: usher
    client_secret: {env: NONE}
    callback_url: https://campaign.corp.example/usher/callback
    ` + more + `
applications:
  - {name: reports, url: https://reports.corp.example, upstream: "http://127.0.0.1:8080"}
  - {name: wiki, url: https://wiki.corp.example, upstream: "http://127.0.0.1:8081"}
server: {trusted_proxies: [127.0.0.1]}
`
	}
	for more, want := range map[string]int{
		"bearer: {audience: [x]}":                                                2,
		"bearer: {audience: [x], applications: [reports]}":                       1,
		"bearer: {audience: [x], applications: [reports], forward: true}":        0,
		"bearer: {audience: [x], forward: true}":                                 0,
		"label: none":                                                            0,
		"bearer: {audience: [x]}\n    enabled: false":                            0,
		"bearer: {audience: [x], applications: [wiki]}\n    association_mask: x": 1,
	} {
		put(t, path, account(more))
		for server, line := range map[string]string{"nginx": "proxy_set_header Authorization $usher_authorization;", "caddy": "_token -Authorization", "haproxy": "del-header Authorization", "traefik": "          - Authorization"} {
			if text, _ := printWith(t, path, server); strings.Count(text, line) != want {
				t.Errorf("%s, %s: tokens are kept from %d applications, want %d", more, server, strings.Count(text, line), want)
			}
		}
	}
}
