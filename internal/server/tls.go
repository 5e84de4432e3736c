// SPDX-License-Identifier: Apache-2.0

package server

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"sync"
	"time"
)

// trusted gives the certificates to trust: the system's, and those of caFile.
func trusted(caFile string) (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if caFile == "" {
		return pool, nil
	}
	data, err := os.ReadFile(caFile)
	if err != nil {
		return nil, fmt.Errorf("server.ca_file cannot be read: %w", err)
	}
	if !pool.AppendCertsFromPEM(data) {
		return nil, fmt.Errorf("server.ca_file %s holds no certificate in PEM form", caFile)
	}
	return pool, nil
}

// pairEvery is how often the certificate file is looked at for a renewal.
const pairEvery = 10 * time.Second

// A keyPair serves a certificate from files, and takes a renewed one without a restart.
type keyPair struct {
	certFile, keyFile string
	now               func() time.Time

	mu     sync.Mutex
	pair   *tls.Certificate
	looked time.Time
	stamp  time.Time
}

func newKeyPair(certFile, keyFile string, now func() time.Time) (*keyPair, error) {
	k := &keyPair{certFile: certFile, keyFile: keyFile, now: now}
	if err := k.load(); err != nil {
		return nil, err
	}
	return k, nil
}

func (k *keyPair) load() error {
	info, err := os.Stat(k.certFile)
	if err != nil {
		return fmt.Errorf("server.tls.cert_file cannot be read: %w", err)
	}
	pair, err := tls.LoadX509KeyPair(k.certFile, k.keyFile)
	if err != nil {
		return fmt.Errorf("server.tls: %s and %s are not a certificate and its key: %w", k.certFile, k.keyFile, err)
	}
	k.pair, k.stamp, k.looked = &pair, info.ModTime(), k.now()
	return nil
}

// get is for tls.Config.GetCertificate. A renewal that cannot be read leaves the old pair in force.
func (k *keyPair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if now := k.now(); now.Sub(k.looked) >= pairEvery {
		k.looked = now
		if info, err := os.Stat(k.certFile); err == nil && !info.ModTime().Equal(k.stamp) {
			_ = k.load()
		}
	}
	return k.pair, nil
}
