// SPDX-License-Identifier: Apache-2.0

package probe_test

import (
	"bufio"
	"crypto/sha256"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/op"
	"golang.org/x/text/language"
)

// zitadel starts the provider of zitadel/oidc in this process, with its
// example's storage: a library that many providers are made of.
func zitadel(t *testing.T) account {
	t.Helper()
	var handler http.Handler
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(s.Close)
	storage.RegisterClients(storage.WebClient("Campaign1", canary, callback))
	config := &op.Config{CryptoKey: sha256.Sum256([]byte("test")), CryptoKeyId: "key1", CodeMethodS256: true, AuthMethodPost: true, GrantTypeRefreshToken: true,
		SupportedUILocales: []language.Tag{language.English}}
	provider, err := op.NewProvider(config, storage.NewStorage(storage.NewUserStore(s.URL)), op.StaticIssuer(s.URL), op.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	handler = provider
	return account{server: s.URL, id: "Campaign1", secret: canary, callback: callback, scopes: "openid email profile", caFile: trusted(t, certificateOf(s))}
}

// nodeProvider starts oidc-provider, a certified provider for Node.
func nodeProvider(t *testing.T) account {
	t.Helper()
	missing := func(sentence string) {
		t.Helper()
		if os.Getenv("USHER_TEST_ALL") != "" {
			t.Fatal(sentence)
		}
		t.Skip(sentence)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		missing("no node on this machine: `make test` installs Debian's package nodejs and runs this")
	}
	if _, err := os.Stat("testdata/oidc-provider/node_modules/oidc-provider"); err != nil {
		missing("the provider is not installed: run npm ci in internal/probe/testdata/oidc-provider, or `make test`")
	}
	cmd := exec.CommandContext(t.Context(), node, "server.mjs")
	cmd.Dir = "testdata/oidc-provider"
	cmd.Env = append(os.Environ(), "CLIENT_SECRET="+canary, "CALLBACK="+callback)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	issuer, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the provider said nothing: %v", err)
	}
	return account{server: strings.TrimSpace(issuer), id: "Campaign1", secret: canary, callback: callback, scopes: "openid email profile"}
}
