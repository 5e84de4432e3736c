// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"time"
)

const (
	certificateExpired = "certificate-expired"
	certificateSoon    = "certificate-expires-soon"
	certificateName    = "certificate-hostname"
	certificateUnknown = "certificate-unknown-authority"
	certificateBroken  = "certificate-intercepted"
	tlsOld             = "tls-old"
	tlsMissing         = "tls-missing"
)

func tlsSwitches() []Switch {
	const part = "certificate and TLS"
	return []Switch{
		{Name: certificateExpired, Part: part, Check: certificateExpired, Default: "2", Unit: "days", Does: "The certificate expired this long ago."},
		{Name: certificateSoon, Part: part, Check: certificateSoon, Default: "5", Unit: "days", Does: "The certificate expires in this time."},
		{Name: certificateName, Part: part, Check: certificateName, Default: "ims.internal.invalid", Does: "The certificate is for this name, and no other."},
		{Name: certificateUnknown, Part: part, Check: certificateUnknown, Does: "The certificate is of an authority that nobody knows."},
		{Name: certificateBroken, Part: part, Check: certificateBroken, Default: "Zscaler Root CA", Does: "The certificate is of an authority of this name, as behind a proxy that opens connections."},
		{Name: tlsOld, Part: part, Check: tlsOld, Does: "TLS 1.1 is spoken, and nothing later."},
		{Name: tlsMissing, Part: part, Check: tlsMissing, Does: "The port speaks plain HTTP, where TLS is wanted."},
	}
}

// TLS returns a server configuration that behaves as c, and misbehaves as the
// switches say in each new handshake. Connections that are open stay as they are.
func (s *Server) TLS(c *tls.Config) *tls.Config {
	c = c.Clone()
	c.GetConfigForClient = s.handshake
	return c
}

var errPlain = errors.New("a switch of the stand-in asked for plain HTTP")

// handshake chooses the configuration of one handshake; none means the usual one.
func (s *Server) handshake(hello *tls.ClientHelloInfo) (*tls.Config, error) {
	if s.on(tlsMissing) {
		_, _ = hello.Conn.Write([]byte("HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain\r\n\r\nThis port speaks HTTP.\n"))
		return nil, errPlain
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	leaf := s.leafTemplate()
	issuer, own := "", true
	switch {
	case s.on(tlsOld):
		c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	case s.on(certificateExpired):
		leaf.NotAfter = s.now().AddDate(0, 0, -max(s.number(certificateExpired), 0))
		leaf.NotBefore = leaf.NotAfter.AddDate(0, 0, -90)
	case s.on(certificateSoon):
		leaf.NotAfter = s.now().AddDate(0, 0, max(s.number(certificateSoon), 1))
	case s.on(certificateName):
		name, _ := s.value(certificateName)
		leaf.DNSNames, leaf.IPAddresses = []string{name}, nil
	case s.on(certificateUnknown):
		issuer, own = "An authority that nobody knows", false
	case s.on(certificateBroken):
		issuer, _ = s.value(certificateBroken)
		own = false
	default:
		return nil, nil
	}
	pair, err := s.issue(leaf, issuer, own)
	c.Certificates = []tls.Certificate{pair}
	return c, err
}

// leafTemplate is a good certificate of this server.
func (s *Server) leafTemplate() *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes([]byte(s.random.id(8))), Subject: pkix.Name{CommonName: "usher stand-in"},
		NotBefore: s.now().AddDate(0, 0, -60), NotAfter: s.now().AddDate(0, 0, 90),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
}

// issue signs a certificate: with the authority that clients trust, or with
// one that is made for this handshake and called name.
func (s *Server) issue(leaf *x509.Certificate, name string, own bool) (tls.Certificate, error) {
	authority, signer, err := s.signer(name, own)
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, authority, key.Public(), signer)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

func (s *Server) signer(name string, own bool) (*x509.Certificate, crypto.Signer, error) {
	if key, ok := s.authority.PrivateKey.(crypto.Signer); own && ok && len(s.authority.Certificate) > 0 {
		cert, err := x509.ParseCertificate(s.authority.Certificate[0])
		return cert, key, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	return &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: s.now().Add(-time.Hour), NotAfter: s.now().AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, key, nil
}
