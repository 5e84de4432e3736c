// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/bearer"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/gate/front"
)

// withheld lists the applications to which programs come with access tokens
// that the applications are not to see.
func withheld(cfg *config.Config) []string {
	var rules bearer.Rules
	for _, a := range cfg.Accounts {
		if a.Bearer != nil && a.Enabled {
			rules.Accounts = append(rules.Accounts, bearer.Account{Admission: usher.Admission{Account: a}})
		}
	}
	var names []string
	for _, app := range cfg.Applications {
		if takes, forward := rules.Takes(app.Name); takes && !forward {
			names = append(names, app.Name)
		}
	}
	return names
}

// meet fills in how the front server reaches usher, and whom it trusts there:
// what the flags have not said, usher's own certificate does, where it can be
// read. at is host:port; empty: where usher listens.
func meet(p *front.Params, cfg *config.Config, at string, now time.Time) error {
	if at == "" {
		at = cfg.Server.Listen
		if host, port, err := net.SplitHostPort(at); err == nil && (host == "" || net.ParseIP(host).IsUnspecified()) {
			at = net.JoinHostPort("127.0.0.1", port)
		}
	}
	p.Usher = "http://" + at
	apps := slices.Clone(p.Applications)
	for i := range apps {
		// As usher's own reverse proxy trusts these towards upstreams.
		if t := &apps[i].UpstreamTLS; t.CAFile == "" && strings.HasPrefix(apps[i].Upstream, "https://") {
			t.CAFile = cfg.Server.CAFile
		}
		for _, path := range []*string{&apps[i].UpstreamTLS.CAFile, &apps[i].UpstreamTLS.CertFile, &apps[i].UpstreamTLS.KeyFile} {
			if err := absolute(path); err != nil {
				return err
			}
		}
	}
	p.Applications = apps
	if cfg.Server.TLS.CertFile == "" {
		return nil
	}
	p.Usher = "https://" + at
	chain := certificates(cfg.Server.TLS.CertFile)
	if p.UsherName == "" {
		p.UsherName = nameIn(chain, hosts(cfg, at))
	}
	if p.UsherCA == "" {
		p.UsherCA = vouches(chain, cfg, now)
	}
	return absolute(&p.UsherCA)
}

func absolute(path *string) (err error) {
	if *path != "" {
		*path, err = filepath.Abs(*path)
	}
	return err
}

// hosts are names under which usher is known: the likely one first.
func hosts(cfg *config.Config, at string) []string {
	var out []string
	for _, address := range []string{cfg.Server.PublicURL, "https://" + at} {
		if u, err := url.Parse(address); err == nil && u.Hostname() != "" && net.ParseIP(u.Hostname()) == nil {
			out = append(out, u.Hostname())
		}
	}
	return out
}

// nameIn chooses a name of the certificate that the front server will look for.
func nameIn(chain []*x509.Certificate, known []string) string {
	if len(chain) == 0 {
		return append(known, "")[0]
	}
	for _, host := range known {
		if chain[0].VerifyHostname(host) == nil {
			return host
		}
	}
	for _, name := range chain[0].DNSNames {
		if !strings.HasPrefix(name, "*") {
			return name
		}
	}
	return ""
}

// vouches finds the file of whom to trust for usher's certificate; empty: the
// system's authorities.
func vouches(chain []*x509.Certificate, cfg *config.Config, now time.Time) string {
	if len(chain) == 0 {
		return cfg.Server.CAFile
	}
	leaf, between := chain[0], x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	if now.After(leaf.NotAfter) || now.Before(leaf.NotBefore) {
		now = leaf.NotBefore.Add(leaf.NotAfter.Sub(leaf.NotBefore) / 2) // its renewal will be of the same authority
	}
	known := func(roots *x509.CertPool) bool {
		_, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: now})
		return err == nil
	}
	if system, err := x509.SystemCertPool(); err == nil && known(system) {
		return ""
	}
	own := x509.NewCertPool()
	for _, c := range certificates(cfg.Server.CAFile) {
		own.AddCert(c)
	}
	last := chain[len(chain)-1]
	switch {
	case known(own):
		return cfg.Server.CAFile
	case last.CheckSignatureFrom(last) == nil || leaf.CheckSignature(leaf.SignatureAlgorithm, leaf.RawTBSCertificate, leaf.Signature) == nil:
		return cfg.Server.TLS.CertFile // its authority is in the file
	}
	return cfg.Server.CAFile
}

// certificates reads those of a file; none where it cannot be read.
func certificates(file string) []*x509.Certificate {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	var out []*x509.Certificate
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if c, err := x509.ParseCertificate(block.Bytes); err == nil && block.Type == "CERTIFICATE" {
			out = append(out, c)
		}
	}
	return out
}

// notes are what whoever installs the configuration should know besides.
func notes(server string, p front.Params, cfg *config.Config) []string {
	var out []string
	if len(cfg.Server.TrustedProxies) == 0 {
		out = append(out, fmt.Sprintf("server.trusted_proxies of %s is empty: usher will believe no front server; add the address that %s connects from", cfg.File, server))
	}
	if cfg.Server.TLS.CertFile == "" {
		return out
	}
	chain := certificates(cfg.Server.TLS.CertFile)
	if len(chain) == 0 {
		return append(out, fmt.Sprintf("%s cannot be read here: %s is to look for the name %q in usher's certificate; say otherwise with --usher-name and --usher-ca", cfg.Server.TLS.CertFile, server, p.UsherName))
	}
	if server != "apache" {
		return out
	}
	for _, host := range served(p) {
		if chain[0].VerifyHostname(host) != nil {
			out = append(out, fmt.Sprintf("usher's certificate does not hold %s: Apache httpd looks there for the host that the browser asked for, and will answer 502", host))
		}
	}
	return out
}

// served are the hosts of the applications and of the gateway.
func served(p front.Params) []string {
	var out []string
	add := func(address string) {
		if u, err := url.Parse(address); err == nil && u.Hostname() != "" && !slices.Contains(out, u.Hostname()) {
			out = append(out, u.Hostname())
		}
	}
	for _, a := range p.Applications {
		add(a.URL)
	}
	add(p.PublicURL)
	return out
}
