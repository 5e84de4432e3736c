// SPDX-License-Identifier: Apache-2.0

package standintest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"sync"
	"time"
)

// A party is a certificate with its key.
type party struct {
	pair tls.Certificate
	cert *x509.Certificate
}

// parties are made once for a test binary: an authority that exists nowhere
// else, and the certificate that it gave to every stand-in.
var parties = sync.OnceValues(func() (made [2]party, err error) {
	now := time.Now()
	template := func(name string) *x509.Certificate {
		return &x509.Certificate{SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(20, 0, 0)}
	}
	root, leaf := template("stand-in's authority"), template("stand-in")
	root.IsCA, root.BasicConstraintsValid, root.KeyUsage = true, true, x509.KeyUsageCertSign
	leaf.DNSNames, leaf.IPAddresses = []string{"localhost", "example.com"}, []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	leaf.KeyUsage, leaf.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	var signer *ecdsa.PrivateKey
	for i, t := range []*x509.Certificate{root, leaf} {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return made, err
		}
		if signer == nil {
			signer = key
		}
		der, err := x509.CreateCertificate(rand.Reader, t, root, key.Public(), signer)
		if err != nil {
			return made, err
		}
		if made[i].cert, err = x509.ParseCertificate(der); err != nil {
			return made, err
		}
		made[i].pair = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	}
	return made, nil
})
