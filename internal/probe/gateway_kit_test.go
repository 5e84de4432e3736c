// SPDX-License-Identifier: Apache-2.0

package probe_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/demo"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
	"github.com/usher-signin/usher/internal/lookalike"
	"github.com/usher-signin/usher/internal/probe"
	"github.com/usher-signin/usher/internal/server"
	"github.com/usher-signin/usher/internal/testport"
)

// A gateway is a real one, on loopback, with its own database and key file. It
// speaks TLS itself, or stands behind a front server that does.
type gateway struct {
	dir, file, public, listen string
	ln                        net.Listener
	stop                      func()
}

// gatewayText is a configuration in which nothing is wrong. The provider is
// nobody's business here, and does not answer.
const gatewayText = `instance:
  name: test
  environment: development
  deployment: on-premise
  url: {{PUBLIC}}
external_accounts:
  - internal_name: Adobe_Marketing_Cloud
    type: Adobe Marketing Cloud
    product_context: dma_campaign_classic
    ims_server: https://localhost:1
    ims_scopes: openid,AdobeID,session,read_organizations,additional_info.projectedProductContext
    ims_client_id: Campaign1
    ims_client_secret: {file: client.secret}
    ims_organization_id: 0123456789ABCDEF01234567@AdobeOrg
    association_mask: "Campaign - corp - "
operator_groups:
  - name: Admin
applications:
  - name: reports
    url: {{APP}}/reports
    upstream: {{UPSTREAM}}
server:
  listen: {{LISTEN}}
  public_url: {{PUBLIC}}
  database: sqlite:usher.db
  ca_file: authority.pem
`

const ownTLS = "  tls: {cert_file: localhost.pem, key_file: localhost.key.pem}\n"

func freeAddress(t *testing.T) string {
	t.Helper()
	port, err := testport.Free(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return "127.0.0.1:" + port
}

func portOf(address string) string { return address[strings.LastIndexByte(address, ':')+1:] }

// newGateway writes everything that a gateway needs; behind is the address of
// the front server, empty where there is none. Changes are pairs of texts.
func newGateway(t *testing.T, behind string, changes ...string) *gateway {
	t.Helper()
	g := &gateway{dir: t.TempDir()}
	g.file = filepath.Join(g.dir, "usher.yaml")
	if _, err := demo.TLS(g.dir, time.Now(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "the application") }))
	t.Cleanup(upstream.Close)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	g.ln, g.listen = ln, ln.Addr().String()
	text, public := gatewayText, behind
	if behind == "" {
		text, public = text+ownTLS, g.listen
	} else {
		text += "  trusted_proxies: [127.0.0.1]\n"
	}
	g.public = "https://localhost:" + portOf(public)
	for i := 0; i+1 < len(changes); i += 2 {
		if strings.Count(text, changes[i]) != 1 {
			t.Fatalf("the text to change stands %d times in the file: %q", strings.Count(text, changes[i]), changes[i])
		}
		text = strings.Replace(text, changes[i], changes[i+1], 1)
	}
	g.write(t, "usher.yaml", strings.NewReplacer("{{PUBLIC}}", g.public, "{{APP}}", g.public, "{{UPSTREAM}}", upstream.URL, "{{LISTEN}}", g.listen).Replace(text))
	g.write(t, "client.secret", gatewayCanary+"\n")
	return g
}

func (g *gateway) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(g.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// change edits the file, which the gateway may be running.
func (g *gateway) change(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(g.file)
	if err != nil || strings.Count(string(data), from) != 1 {
		t.Fatalf("%v; %q is not in the file once", err, from)
	}
	g.write(t, "usher.yaml", strings.Replace(string(data), from, to, 1))
}

// start runs the gateway until the test ends, or until stop.
func (g *gateway) start(t *testing.T, change ...func(*server.Options)) *gateway {
	t.Helper()
	o := server.Options{ConfigFile: g.file, Environment: config.OS(), Now: time.Now, Random: rand.Reader,
		Logger: slog.New(slog.DiscardHandler), Near: lookalike.Near, Node: "node-1", Version: "0.1.0", ReloadEvery: 20 * time.Millisecond}
	for _, f := range change {
		f(&o)
	}
	s, err := server.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := s.WithTLS(g.ln)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, ln) }()
	ended := false
	g.stop = func() {
		if ended {
			return
		}
		ended = true
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(g.stop)
	return g
}

func (g *gateway) config(t *testing.T) *config.Config {
	t.Helper()
	env := config.OS()
	env.LenientSecrets = true
	cfg, err := config.Load(g.file, env)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// gatewayCanary is the client secret: it must be seen nowhere.
const gatewayCanary = "c4nary-gateway-Zq8"

// A seenGateway is a case after gathering, and what the checks found in it.
type seenGateway struct {
	c       doctor.Case
	in      *doctor.Instance
	results []doctor.Result
	steps   []probe.Step
}

// look gathers and judges.
func (g *gateway) look(t *testing.T, change ...func(*probe.Options)) seenGateway {
	t.Helper()
	return lookAt(t, g.config(t), change...)
}

// lookFor gathers for a person, and judges nothing.
func (g *gateway) lookFor(t *testing.T, email string) seenGateway {
	t.Helper()
	x := seenGateway{in: &doctor.Instance{Config: g.config(t), Email: email}}
	probe.Gather(t.Context(), x.in, probe.Options{Budget: time.Minute, Getenv: func(string) string { return "" }})
	return x
}

func lookAt(t *testing.T, cfg *config.Config, change ...func(*probe.Options)) seenGateway {
	t.Helper()
	return lookWithin(t, t.Context(), cfg, change...)
}

func lookWithin(t *testing.T, ctx context.Context, cfg *config.Config, change ...func(*probe.Options)) seenGateway { //nolint:revive // the test comes first everywhere here
	t.Helper()
	x := seenGateway{c: doctor.NewCase(time.Now(), cfg)}
	x.in = x.c.Instances[0]
	o := probe.Options{Budget: time.Minute, Each: 10 * time.Second, Getenv: func(string) string { return "" },
		Progress: func(s probe.Step) { x.steps = append(x.steps, s) }}
	for _, f := range change {
		f(&o)
	}
	probe.Gather(ctx, x.in, o)
	x.in.Providers = nil // the provider is not there, and not what these tests are about
	x.results = doctor.Run(checks.All(), x.c)
	var out bytes.Buffer
	if err := doctor.JSON(&out, doctor.Report{Case: x.c, Results: x.results}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), gatewayCanary) || strings.Contains(fmt.Sprintf("%+v", x.in.FrontDoor), gatewayCanary) {
		t.Error("the canary secret was seen")
	}
	return x
}

// roots lists what was found, "code subject", warnings and notes too.
func (x seenGateway) roots() []string {
	var out []string
	for _, r := range x.results {
		if r.Root() {
			out = append(out, strings.TrimSpace(string(r.Code)+" "+r.Subject))
		}
	}
	slices.Sort(out)
	return out
}

// finds fails the test unless exactly these codes were found.
func (x seenGateway) finds(t *testing.T, codes ...string) {
	t.Helper()
	var got []string
	for _, r := range x.roots() {
		code, _, _ := strings.Cut(r, " ")
		got = append(got, code)
	}
	got = slices.Compact(got)
	slices.Sort(codes)
	if !slices.Equal(got, codes) {
		t.Errorf("found %q, wanted %q", got, codes)
		for _, r := range x.results {
			if r.Root() {
				t.Logf("%s (%s): %s; saw %s, wanted %s", r.Code, r.Subject, r.Message, r.Saw, r.Want)
			}
		}
		t.Logf("the door: %+v", x.in.FrontDoor)
	}
}

// nginx runs a real one in front, with this in its server block.
func nginx(t *testing.T, g *gateway, address, block string, outside ...string) {
	t.Helper()
	nginxWith(t, address, strings.Join(outside, "\n")+`
  server {
    listen `+address+` ssl;
    server_name localhost;
    ssl_certificate `+g.dir+`/localhost.pem;
    ssl_certificate_key `+g.dir+`/localhost.key.pem;
    `+strings.ReplaceAll(block, "GATEWAY", "http://"+g.listen)+`
  }`)
}

// nginxWith runs nginx with this in its http block.
func nginxWith(t *testing.T, address, text string) {
	t.Helper()
	binary, err := exec.LookPath("nginx")
	if err != nil {
		if binary = "/usr/sbin/nginx"; !fileExists(binary) {
			if os.Getenv("USHER_TEST_ALL") != "" {
				t.Fatal("nginx is not installed here, and USHER_TEST_ALL is set")
			}
			t.Skip("nginx is not installed here; install it to test with the real one")
		}
	}
	dir := t.TempDir()
	conf := `daemon off; master_process off; error_log stderr warn; pid ` + dir + `/pid;
events { worker_connections 256; }
http {
  access_log off; server_names_hash_bucket_size 128;
  client_body_temp_path ` + dir + `/b; proxy_temp_path ` + dir + `/p; fastcgi_temp_path ` + dir + `/f; uwsgi_temp_path ` + dir + `/u; scgi_temp_path ` + dir + `/s;
  ` + strings.ReplaceAll(text, "DIR", dir) + `
}
`
	name := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(name, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd := exec.Command(binary, "-p", dir, "-c", name, "-e", "stderr")
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
		if t.Failed() {
			t.Logf("nginx said:\n%s", out.String())
		}
	})
	for range 200 {
		if conn, err := net.Dial("tcp", address); err == nil {
			_ = conn.Close()
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("nginx does not run: %v\n%s", err, out.String())
		case <-time.After(25 * time.Millisecond): // for another process there is nothing else to wait for
		}
	}
	t.Fatal("nginx does not listen")
}

func fileExists(path string) bool { _, err := os.Stat(path); return err == nil }
