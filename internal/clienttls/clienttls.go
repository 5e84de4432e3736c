// SPDX-License-Identifier: Apache-2.0

// Package clienttls makes what is needed to speak TLS to an application, from
// what the configuration says of it. The reverse proxy and the doctor's probe
// share it, so that the doctor meets an application as the gateway does.
package clienttls

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"github.com/usher-signin/usher"
)

// maxPEM bounds a file of certificates or a key.
const maxPEM = 1 << 20

// Config gives TLS 1.2 or later towards an application: its own authorities in
// place of roots, our certificate where it wants one. Roots nil: the system's.
func Config(t usher.UpstreamTLS, roots *x509.CertPool) (*tls.Config, error) {
	cfg := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12, ServerName: t.ServerName}
	if t.CAFile != "" {
		data, err := readPEM("upstream_tls.ca_file", t.CAFile)
		if err != nil {
			return nil, err
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(data) {
			return nil, fmt.Errorf("upstream_tls.ca_file %s holds no certificate in PEM form", t.CAFile)
		}
	}
	if (t.CertFile == "") != (t.KeyFile == "") {
		return nil, errors.New("upstream_tls: cert_file and key_file go together: give both or neither")
	}
	if t.CertFile == "" {
		return cfg, nil
	}
	cert, err := readPEM("upstream_tls.cert_file", t.CertFile)
	if err != nil {
		return nil, err
	}
	key, err := readPEM("upstream_tls.key_file", t.KeyFile)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("upstream_tls: %s and %s are not a certificate and its key", t.CertFile, t.KeyFile)
	}
	cfg.Certificates = []tls.Certificate{pair}
	return cfg, nil
}

func readPEM(key, path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil && (!info.Mode().IsRegular() || info.Size() > maxPEM) {
		return nil, fmt.Errorf("%s %s is no file of certificates: it is not a plain file of at most 1 MiB", key, path)
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", key, err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", key, err)
	}
	return data, nil
}
