// SPDX-License-Identifier: Apache-2.0

package probe_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/probe"
)

const idpName = "idp.corp.example"

var signing = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// tiny is a provider of OpenID Connect in order, at https://idp.corp.example:
// the way to it is what these tests spoil.
func tiny() http.Handler {
	const issuer = "https://" + idpName
	reply := func(status int, v any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(v)
		}
	}
	mux := http.NewServeMux()
	mux.Handle("/.well-known/openid-configuration", reply(200, map[string]any{
		"issuer": issuer, "authorization_endpoint": issuer + "/auth", "token_endpoint": issuer + "/token", "jwks_uri": issuer + "/keys",
		"response_types_supported": []string{"code"}, "id_token_signing_alg_values_supported": []string{"RS256"}}))
	mux.Handle("/keys", reply(200, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "kid": "1", "use": "sig", "alg": "RS256", "e": "AQAB",
		"n": base64.RawURLEncoding.EncodeToString(signing().N.Bytes())}}}))
	mux.HandleFunc("/auth", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("client_id") != "Campaign1" || q.Get("redirect_uri") != callback {
			http.Error(w, "refused "+q.Get("client_id")+" "+q.Get("redirect_uri"), http.StatusBadRequest)
			return
		}
		http.Redirect(w, r, callback+"?error=login_required&state="+url.QueryEscape(q.Get("state")), http.StatusFound) //nolint:gosec // a test's
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		_, secret, _ := r.BasicAuth()
		if plain, err := url.QueryUnescape(secret); err != nil || plain != canary {
			reply(401, map[string]string{"error": "invalid_client"})(w, r)
			return
		}
		reply(400, map[string]string{"error": "invalid_grant"})(w, r)
	})
	return mux
}

// An authority issues certificates for tests.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

var serial = func() func() *big.Int {
	var mu sync.Mutex
	n := int64(100)
	return func() *big.Int { mu.Lock(); defer mu.Unlock(); n++; return big.NewInt(n) }
}()

// issue makes a certificate; a nil issuer signs itself.
func issue(t *testing.T, by *authority, change func(*x509.Certificate)) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: serial(), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0),
		Subject: pkix.Name{CommonName: "Corp Root"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	change(c)
	parent, signer := c, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{made, key}
}

func root(t *testing.T) authority { return issue(t, nil, func(*x509.Certificate) {}) }

// leaf makes the provider's own certificate.
func leaf(t *testing.T, by authority, change ...func(*x509.Certificate)) authority {
	return issue(t, &by, func(c *x509.Certificate) {
		c.Subject.CommonName, c.IsCA, c.KeyUsage = idpName, false, x509.KeyUsageDigitalSignature
		c.DNSNames = []string{idpName}
		for _, f := range change {
			f(c)
		}
	})
}

func (a authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// serve starts the tiny provider with a chain of certificates, the first its own.
func serve(t *testing.T, change func(*tls.Config), chain ...authority) string {
	t.Helper()
	s := httptest.NewUnstartedServer(tiny())
	pair := tls.Certificate{PrivateKey: chain[0].key}
	for _, c := range chain {
		pair.Certificate = append(pair.Certificate, c.cert.Raw)
	}
	s.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS10}
	if change != nil {
		change(s.TLS)
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// A net of names and addresses that leads to listeners of the test: what is
// not in it is not found, and refuses.
type network struct {
	names map[string][]string // to addresses
	at    map[string]string   // from address:port to a listener; "timeout" waits
	fail  error               // of every name that is not there
}

func (n network) apply(o *probe.Options) {
	o.Lookup = func(_ context.Context, host string) ([]netip.Addr, error) {
		var out []netip.Addr
		for _, a := range n.names[host] {
			out = append(out, netip.MustParseAddr(a))
		}
		if out == nil {
			if n.fail != nil {
				return nil, n.fail
			}
			return nil, &net.DNSError{Err: "no such host", Name: host, Server: "192.0.2.53:53", IsNotFound: true}
		}
		return out, nil
	}
	o.Dial = func(ctx context.Context, nw, address string) (net.Conn, error) {
		host, port, _ := net.SplitHostPort(address)
		if list := n.names[host]; len(list) > 0 {
			host = list[0]
		}
		to := n.at[net.JoinHostPort(host, port)]
		if to == "timeout" {
			return nil, &net.OpError{Op: "dial", Net: nw, Err: context.DeadlineExceeded}
		}
		if to == "" {
			to = "127.0.0.1:1" // nobody listens there
		}
		var d net.Dialer
		conn, err := d.DialContext(ctx, "tcp", to)
		if err != nil {
			return nil, err
		}
		addr, _ := netip.ParseAddr(host)
		return from{conn, net.TCPAddrFromAddrPort(netip.AddrPortFrom(addr, 443))}, nil
	}
}

// from is a connection that says it comes from elsewhere.
type from struct {
	net.Conn
	addr net.Addr
}

func (f from) RemoteAddr() net.Addr { return f.addr }

// toIDP is the network in which the provider's name leads to a listener.
func toIDP(listener string) network {
	return network{names: map[string][]string{idpName: {"192.0.2.1"}, "campaign.corp.example": {"192.0.2.9"}}, at: map[string]string{"192.0.2.1:443": listener}}
}
