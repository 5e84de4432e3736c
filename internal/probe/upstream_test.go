// SPDX-License-Identifier: Apache-2.0

package probe_test

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/demo"
	"github.com/usher-signin/usher/internal/probe"
)

// wantingCertificates serves an application with the certificate in dir, for
// those alone who show one.
func wantingCertificates(t *testing.T, ln net.Listener, dir string) {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, "localhost.pem"), filepath.Join(dir, "localhost.key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	app := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "the application") }), ReadHeaderTimeout: time.Minute,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)}
	go func() {
		_ = app.Serve(tls.NewListener(ln, &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS12}))
	}()
	t.Cleanup(func() { _ = app.Close() })
}

// The doctor meets an upstream as the gateway does: with its own authority, the
// name that its certificate has, and usher's certificate.
func TestUpstreamsAreMetByTheirOwnTLS(t *testing.T) {
	dir := t.TempDir()
	if _, err := demo.TLS(dir, time.Now(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	wantingCertificates(t, ln, dir)
	in := func(name string) string { return filepath.Join(dir, name) }
	right := usher.UpstreamTLS{CAFile: in("authority.pem"), CertFile: in("localhost.pem"), KeyFile: in("localhost.key.pem"), ServerName: "localhost"}
	for name, c := range map[string]struct {
		alter func(*usher.UpstreamTLS)
		fault string
	}{
		"all of it":       {func(*usher.UpstreamTLS) {}, ""},
		"no certificate":  {func(u *usher.UpstreamTLS) { u.CertFile, u.KeyFile = "", "" }, "it wants a certificate of usher's, and none is set"},
		"no authority":    {func(u *usher.UpstreamTLS) { u.CAFile = "" }, "its certificate is of an authority that is not known here"},
		"another name":    {func(u *usher.UpstreamTLS) { u.ServerName = "app.internal" }, "its certificate is for another name"},
		"files that fail": {func(u *usher.UpstreamTLS) { u.KeyFile = in("none.pem") }, "left to the check of files"},
	} {
		t.Run(name, func(t *testing.T) {
			app := usher.Application{Name: "reports", URL: "https://reports.corp.example", Upstream: "https://" + ln.Addr().String(), UpstreamTLS: right}
			c.alter(&app.UpstreamTLS)
			got := probe.Reach(t.Context(), []usher.Application{app}, x509.NewCertPool())
			if c.fault == "left to the check of files" {
				if len(got) != 0 {
					t.Errorf("saw %+v", got)
				}
				return
			}
			if len(got) != 1 || got[0].Fault != c.fault || (c.fault == "") != (got[0].Status == http.StatusOK) {
				t.Errorf("saw %+v, want the fault %q", got, c.fault)
			}
		})
	}
}

// The files of upstream_tls are looked at: missing, of another key, over.
func TestFilesTowardsUpstreams(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*testing.T, *gateway)
		codes []string
	}{
		"nothing wrong": {func(*testing.T, *gateway) {}, nil},
		"no key":        {func(t *testing.T, g *gateway) { g.remove(t, "to-app.key") }, []string{"file-unreadable"}},
		"another key": {func(t *testing.T, g *gateway) {
			other := t.TempDir()
			if _, err := demo.TLS(other, time.Now(), rand.Reader); err != nil {
				t.Fatal(err)
			}
			g.copy(t, filepath.Join(other, "localhost.key.pem"), "to-app.key")
		}, []string{"upstream-certificate"}},
		"over": {func(t *testing.T, g *gateway) {
			old := t.TempDir()
			if _, err := demo.TLS(old, time.Now().AddDate(-2, 0, 0), rand.Reader); err != nil {
				t.Fatal(err)
			}
			g.copy(t, filepath.Join(old, "localhost.pem"), "to-app.pem")
			g.copy(t, filepath.Join(old, "localhost.key.pem"), "to-app.key")
		}, []string{"upstream-certificate"}},
		"a key open to all": {func(t *testing.T, g *gateway) {
			if err := os.Chmod(filepath.Join(g.dir, "to-app.key"), 0o644); err != nil { //nolint:gosec // that is what is tested
				t.Fatal(err)
			}
		}, []string{"file-exposed"}},
		"no authority": {func(t *testing.T, g *gateway) { g.write(t, "app-ca.pem", "nothing") }, []string{"upstream-certificate"}},
	} {
		t.Run(name, func(t *testing.T) {
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			g := newGateway(t, "", "upstream: {{UPSTREAM}}", "upstream: https://"+ln.Addr().String()+
				"\n    upstream_tls: {ca_file: app-ca.pem, cert_file: to-app.pem, key_file: to-app.key, server_name: localhost}")
			g.copy(t, filepath.Join(g.dir, "authority.pem"), "app-ca.pem")
			g.copy(t, filepath.Join(g.dir, "localhost.pem"), "to-app.pem")
			g.copy(t, filepath.Join(g.dir, "localhost.key.pem"), "to-app.key")
			wantingCertificates(t, ln, g.dir)
			g.start(t)
			x := g.look(t)
			x.finds(t)
			if u := x.in.Upstreams; u == nil || len(u.Value) != 1 || u.Value[0].Status != http.StatusOK {
				t.Errorf("of the upstream is known: %+v", u)
			}
			g.stop()
			c.spoil(t, g)
			g.look(t).finds(t, c.codes...)
		})
	}
}
