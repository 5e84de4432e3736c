// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/usher-signin/usher/internal/browser"
	"github.com/usher-signin/usher/internal/demo"
)

// forgetfulFront stands before the gateway with a host of its own and hands
// cookies on to usher's own pages only, as a front server does that was told to
// keep them from everything else. It gives its port.
func forgetfulFront(t *testing.T, d *demo.Demo) string {
	t.Helper()
	authority, err := os.ReadFile(d.Authority)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	to, err := url.Parse(d.Public)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(filepath.Join(d.Dir, "localhost.pem"), filepath.Join(d.Dir, "localhost.key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "localhost"}},
		Rewrite: func(pr *httputil.ProxyRequest) {
			pr.SetURL(to)
			pr.Out.Host = pr.In.Host
			if !strings.HasPrefix(pr.In.URL.Path, "/usher/") {
				pr.Out.Header.Del("Cookie")
			}
		}}
	srv := httptest.NewUnstartedServer(proxy)
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	_, port, err := net.SplitHostPort(srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// TestLoopInABrowser lets a real browser go round: it would give up after
// twenty redirects with a page of its own, and has to see ours before.
func TestLoopInABrowser(t *testing.T) {
	browser.Executable(t)
	d := startDemo(t)
	application := "https://reports.localhost:" + forgetfulFront(t, d)
	before := d.Gateway.Config().Revision
	text, err := os.ReadFile(d.Config)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), "url: "+d.Public+"/reports\n", "url: "+application+"\n", 1)
	if changed == string(text) {
		t.Fatalf("the demo's file has no application at %s/reports", d.Public)
	}
	if err := os.WriteFile(d.Config, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); d.Gateway.Config().Revision == before; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the gateway did not take the changed file")
		}
	}
	v := newVisit(t, d)
	v.signIn(application+"/weekly", person(t, "ana"))
	v.wants("We stopped a loop", "does not pass on your session", "sent the cookie of an open session", "reports.localhost", "4 sign-ins for the same address")
	v.reference()
	v.do("trying again", chromedp.Click(`.actions a.button`), chromedp.WaitVisible("h1"))
	v.wants("We stopped a loop")
}
