// SPDX-License-Identifier: Apache-2.0

// Package standintest starts a stand-in for a test: on a free loopback port,
// with a certificate of its own and a clock that can be set.
//
//	provider := standintest.Start(t)
//	back := provider.SignIn(authorizeURL, "ana@corp.example", "")
//	code := back.Query().Get("code")
package standintest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/usher-signin/usher/standin"
)

// A Standin is a running stand-in. It stops when its test ends.
type Standin struct {
	*standin.Server
	URL   string // its base address and issuer, https://127.0.0.1:PORT
	Clock *Clock

	t         testing.TB
	http      *httptest.Server
	authority *x509.Certificate // nil where the stand-in is plain
}

// Start starts a stand-in of [standin.Sample], or of what the options make of
// it. Its clock is the real one until it is set.
func Start(t testing.TB, options ...func(*standin.Options)) *Standin {
	t.Helper()
	return start(t, true, options)
}

// StartPlain starts a stand-in over plain http.
func StartPlain(t testing.TB, options ...func(*standin.Options)) *Standin {
	t.Helper()
	return start(t, false, options)
}

// keys are made once for all the stand-ins of a test binary: making them is
// most of what a start costs.
var keys = sync.OnceValue(func() []*rsa.PrivateKey {
	made := make([]*rsa.PrivateKey, 3)
	for i := range made {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return nil // the stand-in makes its own, or says why not
		}
		made[i] = key
	}
	return made
})

func start(t testing.TB, secure bool, options []func(*standin.Options)) *Standin {
	t.Helper()
	s := &Standin{t: t, Clock: &Clock{}}
	made, err := parties()
	if err != nil {
		t.Fatalf("the stand-in has no certificate: %v", err)
	}
	o := standin.Options{Now: s.Clock.Now, Keys: keys(), Authority: made[0].pair}
	for _, change := range options {
		change(&o)
	}
	server, err := standin.New(o)
	if err != nil {
		t.Fatalf("the stand-in did not start: %v", err)
	}
	s.Server = server
	if secure {
		s.http, s.authority = httptest.NewUnstartedServer(server), made[0].cert
		s.http.TLS = server.TLS(&tls.Config{Certificates: []tls.Certificate{made[1].pair}, MinVersion: tls.VersionTLS12})
		s.http.StartTLS()
		s.http.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs = s.Pool()
	} else {
		s.http = httptest.NewServer(server)
	}
	t.Cleanup(func() {
		s.ClearSwitches()
		s.http.CloseClientConnections()
		s.http.Close()
	})
	s.URL = s.http.URL
	if err := server.SetBaseURL(s.URL); err != nil {
		t.Fatalf("the stand-in does not take its address: %v", err)
	}
	return s
}

// Client returns an HTTP client that trusts the stand-in, keeps no cookies and
// follows no redirects.
func (s *Standin) Client() *http.Client {
	return &http.Client{
		Transport:     s.http.Client().Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// TLS returns a client configuration that trusts the stand-in.
func (s *Standin) TLS() *tls.Config {
	return &tls.Config{RootCAs: s.Pool(), MinVersion: tls.VersionTLS12}
}

// Pool returns the certificates to trust; empty where the stand-in is plain.
func (s *Standin) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	if c := s.authority; c != nil {
		pool.AddCert(c)
	}
	return pool
}

// CertificatePEM returns the certificate to trust, for a ca_file.
func (s *Standin) CertificatePEM() []byte {
	c := s.authority
	if c == nil {
		return nil
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

// Set turns a switch on or off, and fails the test where that cannot be. See
// [standin.Server.SetSwitch] for the values.
func (s *Standin) Set(name string, value any) {
	s.t.Helper()
	if err := s.SetSwitch(name, value); err != nil {
		s.t.Fatal(err)
	}
}

// Change changes the organization, and fails the test where that cannot be.
func (s *Standin) Change(f func(*standin.Organization)) {
	s.t.Helper()
	err := s.Update(func(o *standin.Organization) error {
		f(o)
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}
