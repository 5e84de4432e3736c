// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher"
)

// notaryOffice issues certificates.
type notaryOffice struct {
	t    testing.TB
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newNotaryOffice(t testing.TB, name string) *notaryOffice {
	t.Helper()
	o := &notaryOffice{t: t}
	pair := o.issue(name, func(c *x509.Certificate) {
		c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
	})
	o.cert, o.key = pair.Leaf, pair.PrivateKey.(*ecdsa.PrivateKey)
	return o
}

func (o *notaryOffice) issue(name string, alter func(*x509.Certificate)) tls.Certificate {
	o.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		o.t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}}
	alter(template)
	parent, signer := o.cert, o.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		o.t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		o.t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func (o *notaryOffice) pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(o.cert)
	return p
}

func certPEM(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

// keep writes a certificate and its key down.
func keep(t testing.TB, dir string, pair tls.Certificate) {
	t.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "cert.pem"), string(certPEM(pair.Leaf)))
	write(t, filepath.Join(dir, "key.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})))
}

func TestUpstreamWithItsOwnAuthorityAndClientCertificates(t *testing.T) {
	office, other := newNotaryOffice(t, "office"), newNotaryOffice(t, "other")
	var shown string
	app := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		shown = r.TLS.PeerCertificates[0].Subject.CommonName + " " + r.Proto
	}))
	app.EnableHTTP2 = true
	app.TLS = &tls.Config{Certificates: []tls.Certificate{office.issue("app.internal", func(*x509.Certificate) {})}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: office.pool()}
	app.StartTLS()
	t.Cleanup(app.Close)
	dir := t.TempDir()
	ca := filepath.Join(dir, "ca.pem")
	write(t, ca, string(certPEM(office.cert)))
	keep(t, dir, office.issue("usher-1", func(*x509.Certificate) {}))
	apps := testApplications(app.URL)
	apps[0].UpstreamTLS = usher.UpstreamTLS{CAFile: ca, CertFile: filepath.Join(dir, "cert.pem"), KeyFile: filepath.Join(dir, "key.pem"), ServerName: "app.internal"}
	apps[1].UpstreamTLS = usher.UpstreamTLS{CAFile: ca, CertFile: apps[0].UpstreamTLS.CertFile, KeyFile: apps[0].UpstreamTLS.KeyFile} // the name is another one
	apps[2].UpstreamTLS = usher.UpstreamTLS{CAFile: ca, ServerName: "app.internal"}                                                   // no certificate
	r := newRig(t, apps)
	proxy := r.guard.Proxy(ProxyOptions{RootCAs: other.pool()})
	ask := func(host, uri string) (int, string) {
		shown = ""
		return serve(proxy, directly(host, uri, as("ana")...)).Code, shown
	}
	if status, who := ask(reports, "/q"); status != 200 || who != "usher-1 HTTP/2.0" {
		t.Fatalf("status %d, the application saw %q", status, who)
	}
	for host, uri := range map[string]string{"campaign.corp.example": "/q", "wiki": "/wiki"} {
		if host == "wiki" {
			host = "campaign.corp.example"
		}
		if status, who := ask(host, uri); status != 502 || who != "" {
			t.Errorf("%s%s: status %d, the application saw %q", host, uri, status, who)
		}
	}
	// A renewal, in two steps: what works stays until both files are there.
	fresh := office.issue("usher-2", func(*x509.Certificate) {})
	write(t, filepath.Join(dir, "cert.pem"), string(certPEM(fresh.Leaf)))
	r.advance(filesEvery)
	if status, who := ask(reports, "/q"); status != 200 || who != "usher-1 HTTP/2.0" {
		t.Errorf("half a renewal: status %d, the application saw %q", status, who)
	}
	keep(t, dir, fresh)
	r.advance(filesEvery)
	if status, who := ask(reports, "/q"); status != 200 || who != "usher-2 HTTP/2.0" {
		t.Errorf("after the renewal: status %d, the application saw %q", status, who)
	}
	// The authority's file may change too: it alone counts.
	write(t, ca, string(certPEM(other.cert)))
	r.advance(filesEvery)
	if status, _ := ask(reports, "/q"); status != 502 {
		t.Errorf("nobody vouches for the application any more: status %d", status)
	}
}

func TestUpstreamSettingsAreChecked(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "x.pem")
	write(t, file, "not a certificate, canary-7c1e")
	for name, alter := range map[string]func(a *usher.Application){
		"TLS towards plain http": func(a *usher.Application) { a.UpstreamTLS.ServerName = "x" },
		"no authority":           func(a *usher.Application) { a.Upstream, a.UpstreamTLS.CAFile = "https://127.0.0.1:1", file },
		"a missing file":         func(a *usher.Application) { a.Upstream, a.UpstreamTLS.CAFile = "https://127.0.0.1:1", file+"x" },
		"a folder":               func(a *usher.Application) { a.Upstream, a.UpstreamTLS.CAFile = "https://127.0.0.1:1", dir },
		"a certificate alone":    func(a *usher.Application) { a.Upstream, a.UpstreamTLS.CertFile = "https://127.0.0.1:1", file },
		"a key that is none": func(a *usher.Application) {
			a.Upstream, a.UpstreamTLS = "https://127.0.0.1:1", usher.UpstreamTLS{CertFile: file, KeyFile: file}
		},
		"TLS over a unix socket":  func(a *usher.Application) { a.Upstream, a.UpstreamTLS.ServerName = "unix:/x", "x" },
		"an upstream with a path": func(a *usher.Application) { a.Upstream = "http://127.0.0.1:1/x" },
	} {
		apps := testApplications("http://127.0.0.1:1")
		alter(&apps[0])
		if _, err := NewRules(RuleOptions{Applications: apps, Sessions: newDesk()}); err == nil || !strings.Contains(err.Error(), `"reports"`) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUpstreamThatIsTooSlow(t *testing.T) {
	release := make(chan struct{})
	e := newEcho(t)
	e.answer = func(http.ResponseWriter, *http.Request) bool { <-release; return true }
	t.Cleanup(func() { close(release) })
	apps := testApplications(e.URL)
	apps[0].UpstreamTimeouts.Answer = time.Millisecond
	r := newRig(t, apps)
	rec := serve(r.guard.Proxy(ProxyOptions{}), directly(reports, "/q", append(page(), as("ana")...)...))
	if rec.Code != http.StatusGatewayTimeout || !strings.Contains(rec.Body.String(), "too long") {
		t.Errorf("status %d: %s", rec.Code, rec.Body)
	}
}

func TestProxySpeaksHTTP2OnBothSides(t *testing.T) {
	app := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Proto+" "+r.Header.Get("X-Forwarded-User")+" "+r.Host+" "+r.RequestURI)
	}))
	app.EnableHTTP2 = true
	app.StartTLS()
	t.Cleanup(app.Close)
	r := newRig(t, testApplications(app.URL))
	gate := httptest.NewUnstartedServer(r.guard.Proxy(ProxyOptions{RootCAs: app.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}))
	gate.EnableHTTP2 = true
	gate.StartTLS()
	t.Cleanup(gate.Close)
	q, err := http.NewRequest(http.MethodGet, gate.URL+"/a%20b/q?x=1;y", nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Host = reports
	q.Header.Set("Cookie", sessionCookie+"=ana")
	res, err := gate.Client().Do(q)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	if res.ProtoMajor != 2 || string(body) != "HTTP/2.0 ANA@AdobeID "+reports+" /a%20b/q?x=1;y" {
		t.Errorf("over HTTP/%d: %s", res.ProtoMajor, body)
	}
}

func TestPrefixesLeadToTheirOwnUpstreams(t *testing.T) {
	wiki, rest := newEcho(t), newEcho(t)
	apps := testApplications(rest.URL)
	apps[2].Upstream = wiki.URL
	r := newRig(t, apps)
	proxy := r.guard.Proxy(ProxyOptions{})
	for uri, want := range map[string]*echo{"/wiki": wiki, "/wiki/": wiki, "/wiki/a%20b?x=/": wiki, "/wikis": rest, "/": rest, "/w/wiki": rest} {
		before := want.count.Load()
		rec := serve(proxy, directly("campaign.corp.example", uri, as("ana")...))
		if got := decode(t, rec.Body); got.URI != uri || want.count.Load() != before+1 {
			t.Errorf("%s arrived as %s, at the right one %v", uri, got.URI, want.count.Load() != before)
		}
	}
}

// many gives n bytes and looks after every part.
type many struct {
	left int64
	each func()
}

func (m *many) Read(p []byte) (int, error) {
	if m.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), m.left, 1<<20)
	if before := m.left; before>>23 != (before-n)>>23 {
		m.each()
	}
	m.left -= n
	return int(n), nil
}

// Bodies pass through in pieces: what is held at any time does not grow with them.
func TestLargeBodiesAreNotHeld(t *testing.T) {
	const size = 64 << 20
	x := newEdge(t)
	arrived := make(chan int64, 1)
	most := uint64(0)
	look := func() {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		most = max(most, m.HeapAlloc)
	}
	x.echo.answer = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost {
			n, _ := io.Copy(io.Discard, r.Body)
			arrived <- n
			return true
		}
		_, _ = io.Copy(w, &many{left: size, each: look})
		return true
	}
	look()
	start := most
	send := func(method string, body io.Reader) *http.Response {
		q, err := http.NewRequest(method, x.gate.URL+"/up", body)
		if err != nil {
			t.Fatal(err)
		}
		q.Host = reports
		q.Header.Set("Cookie", sessionCookie+"=ana")
		res, err := x.gate.Client().Do(q)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	if res := send(http.MethodPost, &many{left: size, each: look}); res.StatusCode != http.StatusOK {
		t.Fatalf("status %d", res.StatusCode)
	}
	if n := <-arrived; n != size {
		t.Errorf("%d bytes arrived, want %d", n, size)
	}
	res := send(http.MethodGet, nil)
	if n, err := io.Copy(io.Discard, res.Body); n != size || err != nil {
		t.Errorf("%d bytes came back, want %d; %v", n, size, err)
	}
	if most > start+(8<<20) {
		t.Errorf("while 64 MiB went through, %d MiB were held more than before", (most-start)>>20)
	}
}

// A body goes on as it comes: the application has the first part before the
// second is sent, and so has the browser.
func TestBodiesGoOnAsTheyCome(t *testing.T) {
	x := newEdge(t)
	heard := make(chan string)
	x.echo.answer = func(w http.ResponseWriter, r *http.Request) bool {
		lines := bufio.NewScanner(r.Body)
		for lines.Scan() {
			heard <- lines.Text()
		}
		control := http.NewResponseController(w)
		for _, part := range []string{"one\n", "two\n"} {
			_, _ = io.WriteString(w, part)
			_ = control.Flush()
			heard <- "sent " + part
		}
		return true
	}
	body, pen := io.Pipe()
	q, err := http.NewRequest(http.MethodPost, x.gate.URL+"/up", body)
	if err != nil {
		t.Fatal(err)
	}
	q.Host = reports
	q.Header.Set("Cookie", sessionCookie+"=ana")
	answered := make(chan *http.Response, 1)
	go func() {
		res, err := x.gate.Client().Do(q)
		if err != nil {
			t.Error(err)
		}
		answered <- res
	}()
	for _, part := range []string{"alpha", "beta"} {
		_, _ = io.WriteString(pen, part+"\n")
		if got := <-heard; got != part {
			t.Errorf("the application heard %q before %q was followed by more", got, part)
		}
	}
	_ = pen.Close()
	if got := <-heard; got != "sent one\n" {
		t.Fatalf("heard %q", got)
	}
	res := <-answered
	if res == nil {
		t.FailNow()
	}
	lines := bufio.NewReader(res.Body)
	if line, err := lines.ReadString('\n'); line != "one\n" {
		t.Errorf("before the second part was sent the browser had %q, %v", line, err)
	}
	<-heard
	rest, _ := io.ReadAll(lines)
	if !bytes.Equal(rest, []byte("two\n")) {
		t.Errorf("then %q", rest)
	}
}

func TestRemovedFilesLeaveWhatWorks(t *testing.T) {
	office := newNotaryOffice(t, "office")
	app := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	app.TLS = &tls.Config{Certificates: []tls.Certificate{office.issue("app.internal", func(*x509.Certificate) {})}}
	app.StartTLS()
	t.Cleanup(app.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	write(t, ca, string(certPEM(office.cert)))
	apps := testApplications(app.URL)
	apps[0].UpstreamTLS = usher.UpstreamTLS{CAFile: ca, ServerName: "app.internal"}
	r := newRig(t, apps)
	proxy := r.guard.Proxy(ProxyOptions{})
	for range 2 {
		if rec := serve(proxy, directly(reports, "/q", as("ana")...)); rec.Code != 200 {
			t.Errorf("status %d", rec.Code)
		}
		_ = os.Remove(ca)
		r.advance(filesEvery)
	}
	other := r.guard.Proxy(ProxyOptions{}) // it has never read them
	if rec := serve(other, directly(reports, "/q", as("ana")...)); rec.Code != 502 {
		t.Errorf("without its files: status %d", rec.Code)
	}
	write(t, ca, string(certPEM(office.cert)))
	r.advance(filesEvery)
	if rec := serve(other, directly(reports, "/q", as("ana")...)); rec.Code != 200 {
		t.Errorf("with them: status %d", rec.Code)
	}
}
