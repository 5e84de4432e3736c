// SPDX-License-Identifier: Apache-2.0

package clients_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/usher-signin/usher/standin/standintest"
)

// TestClientsForNode drives two certified clients for JavaScript, with each
// way to authenticate.
func TestClientsForNode(t *testing.T) {
	node := nodeWithModules(t)
	p := standintest.Start(t)
	trusted := filepath.Join(t.TempDir(), "standin.pem")
	if err := os.WriteFile(trusted, p.CertificatePEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, script := range []string{"openid-client.mjs", "oauth4webapi.mjs"} {
		for _, style := range []string{"post", "basic"} {
			t.Run(script+" "+style, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
				defer cancel()
				cmd := exec.CommandContext(ctx, node, script)
				cmd.Dir = "node"
				cmd.Env = append(os.Environ(), "NODE_EXTRA_CA_CERTS="+trusted, "STANDIN="+p.URL,
					"CLIENT_ID=Campaign1", "CLIENT_SECRET=s3cret", "CALLBACK="+callback, "STYLE="+style)
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	}
}

// nodeWithModules finds node and the installed clients. Where one is missing
// the test is skipped with a sentence, or fails where USHER_TEST_ALL demands
// every part.
func nodeWithModules(t *testing.T) string {
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
	if _, err := os.Stat("node/node_modules/openid-client"); err != nil {
		missing("the clients are not installed: run npm ci in standin/clients_test/node, or `make test`")
	}
	return node
}
