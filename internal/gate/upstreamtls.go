// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/usher-signin/usher"
)

// maxPEM bounds a file of certificates or a key.
const maxPEM = 1 << 20

// filesEvery is how often the files of a connection's TLS are looked at for
// renewals. Connections that stand keep what they were made with.
const filesEvery = 10 * time.Second

// clientTLS makes what is needed to speak TLS to an application: its own
// authorities in place of roots, our certificate where it wants one.
func clientTLS(t usher.UpstreamTLS, roots *x509.CertPool) (*tls.Config, error) {
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

// fileStamps tells whether the files are the same as before.
type fileStamps [3]struct {
	size int64
	at   time.Time
}

func stampsOf(t usher.UpstreamTLS) (s fileStamps) {
	for i, path := range []string{t.CAFile, t.CertFile, t.KeyFile} {
		if info, err := os.Stat(path); path != "" && err == nil {
			s[i].size, s[i].at = info.Size(), info.ModTime()
		}
	}
	return s
}

// checkUpstream refuses settings that no connection can be made with.
func checkUpstream(app *usher.Application) error {
	if app.UpstreamTLS == (usher.UpstreamTLS{}) {
		return nil
	}
	u, err := parseUpstream(app.Upstream)
	if err != nil {
		return err
	}
	if u.scheme != "https" {
		return errors.New("upstream_tls is set, and the upstream is not https://: the connection would be in the clear")
	}
	_, err = clientTLS(app.UpstreamTLS, nil)
	return err
}
