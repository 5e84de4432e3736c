// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Names of the files that the local authority keeps in the demo's folder.
const (
	authorityFile = "authority.pem"     // what browsers and clients may trust
	authorityKey  = "authority.key"     // 0600
	serverFile    = "localhost.pem"     // certificate for every server of the demo
	serverKey     = "localhost.key.pem" // 0600
)

const (
	authorityLife = 365 * 24 * time.Hour
	serverLife    = 90 * 24 * time.Hour
	renewBefore   = 7 * 24 * time.Hour
)

// An authority is a local TLS authority: it exists on this machine only, signs
// for names of this machine only, and its key never leaves the folder.
type authority struct {
	dir    string
	now    time.Time
	random io.Reader
}

// certificate gives the servers' certificate, making or renewing what is
// missing or about to end.
func (a authority) certificate() (tls.Certificate, error) {
	if pair, err := tls.LoadX509KeyPair(filepath.Join(a.dir, serverFile), filepath.Join(a.dir, serverKey)); err == nil && a.fresh(pair) {
		return pair, nil
	}
	root, rootKey, err := a.root()
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), a.random)
	if err != nil {
		return tls.Certificate{}, err
	}
	template, err := a.template("usher demo server", serverLife)
	if err != nil {
		return tls.Certificate{}, err
	}
	template.DNSNames = []string{"localhost", "*.localhost"}
	template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	template.KeyUsage, template.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	der, err := x509.CreateCertificate(a.random, template, root, &key.PublicKey, rootKey)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("signing the demo's certificate: %w", err)
	}
	if err := errors.Join(a.write(serverFile, 0o644, "CERTIFICATE", der), a.writeKey(serverKey, key)); err != nil {
		return tls.Certificate{}, err
	}
	return tls.LoadX509KeyPair(filepath.Join(a.dir, serverFile), filepath.Join(a.dir, serverKey))
}

func (a authority) fresh(pair tls.Certificate) bool {
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil || a.now.Before(leaf.NotBefore) || a.now.Add(renewBefore).After(leaf.NotAfter) {
		return false
	}
	pool, err := a.pool()
	if err != nil {
		return false
	}
	_, err = leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: "localhost", CurrentTime: a.now})
	return err == nil
}

func (a authority) pool() (*x509.CertPool, error) {
	data, err := os.ReadFile(filepath.Join(a.dir, authorityFile))
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, fmt.Errorf("%s holds no certificate", filepath.Join(a.dir, authorityFile))
	}
	return pool, nil
}

// root reads the authority, or makes a new one.
func (a authority) root() (*x509.Certificate, *ecdsa.PrivateKey, error) {
	if pair, err := tls.LoadX509KeyPair(filepath.Join(a.dir, authorityFile), filepath.Join(a.dir, authorityKey)); err == nil {
		cert, err := x509.ParseCertificate(pair.Certificate[0])
		key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
		if err == nil && ok && a.now.Add(serverLife).Before(cert.NotAfter) {
			return cert, key, nil
		}
	} else if _, statErr := os.Stat(filepath.Join(a.dir, authorityKey)); statErr == nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("the demo's TLS authority in %s cannot be read (%w); remove the folder to begin anew", a.dir, err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), a.random)
	if err != nil {
		return nil, nil, err
	}
	template, err := a.template("usher demo authority (this machine only)", authorityLife)
	if err != nil {
		return nil, nil, err
	}
	template.IsCA, template.BasicConstraintsValid, template.MaxPathLenZero = true, true, true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	// An administrator may choose to trust this authority; it must be worthless for any other name.
	template.PermittedDNSDomainsCritical = true
	template.PermittedDNSDomains = []string{"localhost"}
	template.PermittedIPRanges = []*net.IPNet{{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)}, {IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)}}
	der, err := x509.CreateCertificate(a.random, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, nil, fmt.Errorf("making the demo's TLS authority: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, nil, err
	}
	return cert, key, errors.Join(a.write(authorityFile, 0o644, "CERTIFICATE", der), a.writeKey(authorityKey, key))
}

func (a authority) template(name string, life time.Duration) (*x509.Certificate, error) {
	serial := make([]byte, 16)
	if _, err := io.ReadFull(a.random, serial); err != nil {
		return nil, err
	}
	serial[0] &= 0x7f
	return &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial),
		Subject:      pkix.Name{CommonName: name, Organization: []string{"usher demo"}},
		NotBefore:    a.now.Add(-time.Hour),
		NotAfter:     a.now.Add(life),
	}, nil
}

func (a authority) writeKey(name string, key *ecdsa.PrivateKey) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return a.write(name, 0o600, "PRIVATE KEY", der)
}

func (a authority) write(name string, mode fs.FileMode, kind string, der []byte) error {
	return writeFile(filepath.Join(a.dir, name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), mode)
}

// writeFile writes a file as a whole or not at all.
func writeFile(path string, data []byte, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".usher-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return os.Rename(f.Name(), path)
}
