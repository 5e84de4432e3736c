// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/demo"
	"github.com/usher-signin/usher/internal/session"
	"github.com/usher-signin/usher/internal/store"
	"github.com/usher-signin/usher/standin"
)

const (
	host         = "usher.bench.example"
	organization = "0123456789ABCDEF01234567@AdobeOrg"
	scopes       = "openid,AdobeID,email,profile,session,read_organizations,additional_info.projectedProductContext"
	person       = "ana@corp.example"
)

// build makes the binary that people get.
func (b *bench) build(ctx context.Context) error {
	b.usher, b.self = filepath.Join(b.dir, "usher"), filepath.Join(b.dir, "bench")
	for _, one := range [][2]string{{b.usher, "./cmd/usher"}, {b.self, "./internal/bench"}} {
		out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", one[0], one[1]).CombinedOutput() //nolint:gosec // our own packages
		if err != nil {
			return fmt.Errorf("building %s, from the repository's root: %w\n%s", one[1], err, out)
		}
	}
	return nil
}

// provide serves the stand-in from this process.
func (b *bench) provide(ctx context.Context, apache string) error {
	tlsConfig, err := demo.TLS(b.dir, b.now(), b.random)
	if err != nil {
		return err
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	b.provider = "https://localhost:" + port
	provider, err := standin.New(standin.Options{BaseURL: b.provider, Rand: b.random, Now: b.now, Organization: standin.Organization{
		ID: organization, ProductContext: usher.ProductContextClassic,
		Clients: []standin.Client{{ID: "bench", Secrets: []string{"bench-s3cret"}, Scopes: strings.Split(scopes, ","),
			CallbackURLs: []string{"https://" + host + usher.CallbackPath, "http://localhost:" + apache + "/oidc/callback"}}},
		Groups: []standin.Group{{Name: "Campaign - corp - Admin", Members: []string{person}}, {Name: "Campaign - corp - Delivery operators", Members: []string{person}}},
		Users:  []standin.User{{Email: person, Name: "Ana Lima", Password: "ana"}},
	}})
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	srv := &http.Server{Handler: provider, TLSConfig: tlsConfig, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = srv.ServeTLS(ln, "", "") }()
	b.stops = append(b.stops, func() { _ = srv.Close() })
	return nil
}

// A gateway is one usher under measurement.
type gateway struct {
	*process
	file, address string
}

func (b *bench) configuration(name, listen, upstream string) (string, error) {
	dir := filepath.Join(b.dir, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	file := filepath.Join(dir, "usher.yaml")
	text := fmt.Sprintf(`instance: {name: bench, environment: development, url: "https://%[1]s"}
external_accounts:
  - internal_name: Adobe_Marketing_Cloud
    type: Adobe Marketing Cloud
    product_context: dma_campaign_classic
    ims_server: %[2]s
    ims_scopes: %[3]s
    ims_client_id: bench
    ims_client_secret: bench-s3cret
    callback_url: https://%[1]s%[4]s
    ims_organization_id: %[5]s
    association_mask: "Campaign - corp - "
operator_groups: [{name: Admin, rights: [ADMINISTRATION]}, {name: Delivery operators}]
applications: [{name: app, url: "https://%[1]s/app", upstream: "%[6]s", allow: [Admin]}]
server:
  listen: 127.0.0.1:%[7]s
  public_url: https://%[1]s
  trusted_proxies: [127.0.0.1]
  database: sqlite:usher.db
  ca_file: %[8]s
`, host, b.provider, scopes, usher.CallbackPath, organization, upstream, listen, filepath.Join(b.dir, "authority.pem"))
	return file, os.WriteFile(file, []byte(text), 0o600)
}

// serveUsher starts the gateway as an administrator does, its log kept in a file.
func (b *bench) serveUsher(ctx context.Context, name, upstream string, sessions int) (*gateway, error) {
	return b.serveBuild(ctx, b.usher, name, upstream, sessions)
}

func (b *bench) serveBuild(ctx context.Context, binary, name, upstream string, sessions int) (*gateway, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	g := &gateway{address: "127.0.0.1:" + port}
	if g.file, err = b.configuration(name, port, upstream); err != nil {
		return nil, err
	}
	if sessions > 0 {
		if err := b.seed(ctx, filepath.Dir(g.file), sessions); err != nil {
			return nil, err
		}
	}
	g.process, err = b.start(ctx, serverCPU, name+".log", g.address, binary, "serve", "-c", g.file)
	return g, err
}

// seed opens sessions in the database as sign-ins do, through the store, and
// writes their cookies where the load finds them.
func (b *bench) seed(ctx context.Context, dir string, n int) (err error) {
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(dir, "usher.db"), store.Options{Now: b.now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	manager := session.New(session.Options{Store: db, Now: b.now, Random: b.random, Rules: func() *session.Rules {
		return &session.Rules{Idle: time.Hour, Lifetime: 10 * time.Hour}
	}})
	file, err := os.Create(filepath.Join(dir, "cookies"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	out := bufio.NewWriter(file)
	var mu sync.Mutex
	var work sync.WaitGroup
	var failed error
	const workers = 64 // the store writes what comes together in one transaction
	for w := range workers {
		work.Go(func() {
			for i := w; i < n; i += workers {
				cookie, _, err := manager.Open(ctx, session.Opening{Login: fmt.Sprintf("login-%d", i), Host: host, Account: "Adobe_Marketing_Cloud", Person: somebody(b.provider, i)})
				mu.Lock()
				if failed = errors.Join(failed, err); failed != nil {
					mu.Unlock()
					return
				}
				_, _ = fmt.Fprintln(out, cookie.Value)
				mu.Unlock()
			}
		})
	}
	work.Wait()
	return errors.Join(failed, out.Flush())
}

func somebody(provider string, i int) usher.Person {
	return usher.Person{Provider: provider, Subject: fmt.Sprintf("%024X@AdobeID", i), Name: fmt.Sprintf("Operator %d", i), Email: fmt.Sprintf("operator%d@corp.example", i), EmailVerified: true,
		Organizations:   []string{organization},
		ProductContexts: []usher.ProductContext{{ServiceCode: usher.ProductContextClassic, Organization: organization}},
		Groups:          []usher.Membership{{Group: "Campaign - corp - Admin"}, {Group: "Campaign - corp - Delivery operators"}}}
}
