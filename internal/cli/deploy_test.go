// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"flag"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/config"
)

var updateDeploy = flag.Bool("update-deploy", false, "write the examples in deploy/ anew")

const deployFolder = "../../deploy"

// examples are the files of deploy/ that usher itself prints.
func examples() map[string][]string {
	return map[string][]string{
		"nginx/usher.conf":    {"nginx"},
		"caddy/Caddyfile":     {"caddy"},
		"haproxy/haproxy.cfg": {"haproxy"},
		"haproxy/usher.lua":   {"haproxy", "--lua"},
		"apache/usher.conf":   {"apache"},
		"traefik/usher.yaml":  {"traefik"},
		"envoy/http.yaml":     {"envoy"},
		"envoy/grpc.yaml":     {"envoy", "--grpc"},
	}
}

func printFront(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := frontCommand(&Env{Stdout: &out, Stderr: &errs, Now: time.Now})
	cmd.SetArgs(append(args, filepath.Join(deployFolder, "usher.yaml"), "--cert", "/etc/usher/tls.crt", "--key", "/etc/usher/tls.key"))
	if err := cmd.Execute(); err != nil || errs.Len() > 0 {
		t.Fatalf("usher front %v: %v %s", args, err, errs.String())
	}
	return out.String()
}

// The examples are what the command prints, so that they cannot grow old.
func TestExamplesAreWhatIsPrinted(t *testing.T) {
	for name, args := range examples() {
		want, path := printFront(t, args...), filepath.Join(deployFolder, name)
		if *updateDeploy {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil { //nolint:gosec // an example, for everybody to read
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != want {
			t.Errorf("deploy/%s is not what usher front %s prints (%v); write it anew with: go test ./internal/cli -run TestExamples -update-deploy", name, strings.Join(args, " "), err)
		}
		readme, err := os.ReadFile(filepath.Join(deployFolder, "README.md"))
		if err != nil || !strings.Contains(string(readme), "`"+name+"`") {
			t.Errorf("deploy/README.md does not name %s, %v", name, err)
		}
	}
	if _, err := config.Load(filepath.Join(deployFolder, "usher.yaml"), lenient()); err != nil {
		t.Error(err)
	}
}

// The real servers read the examples as they are, but for where the
// certificate, the Lua file and their own state lie.
func TestRealServersReadTheExamples(t *testing.T) {
	dir := t.TempDir()
	examplesCertificate(t, dir)
	moved := strings.NewReplacer("/etc/usher/", dir+"/", "/etc/haproxy/", dir+"/")
	for name := range examples() {
		text, err := os.ReadFile(filepath.Join(deployFolder, name))
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, strings.ReplaceAll(name, "/", "-")), moved.Replace(string(text)))
	}
	put(t, filepath.Join(dir, "usher.lua"), printFront(t, "haproxy", "--lua"))
	for server, check := range servers(t, dir) {
		t.Run(server, func(t *testing.T) { readsBy(t, dir, check) })
	}
}

// servers writes what holds the configurations in dir, and gives for every
// front server that can be had here what checks its own.
func servers(t *testing.T, dir string) map[string][]string {
	t.Helper()
	put(t, filepath.Join(dir, "nginx.conf"), "pid "+dir+"/pid; error_log stderr;\nevents {}\nhttp { access_log off; server_names_hash_bucket_size 128;\n include "+dir+"/nginx-usher.conf; }\n")
	httpd := "ServerRoot " + dir + "\nPidFile " + dir + "/httpd.pid\nListen 127.0.0.1:1\nServerName localhost\nErrorLog /dev/stderr\n"
	for _, m := range []string{"mpm_event", "authz_core", "proxy", "proxy_http", "headers", "ssl", "socache_shmcb"} {
		httpd += "LoadModule " + m + "_module /usr/lib/apache2/modules/mod_" + m + ".so\n"
	}
	put(t, filepath.Join(dir, "httpd.conf"), httpd+"Include "+dir+"/apache-usher.conf\n")
	return map[string][]string{
		"nginx":   {"nginx", "-t", "-e", "stderr", "-c", filepath.Join(dir, "nginx.conf")},
		"caddy":   {"caddy", "validate", "--adapter", "caddyfile", "--config", filepath.Join(dir, "caddy-Caddyfile")},
		"haproxy": {"haproxy", "-c", "-f", filepath.Join(dir, "haproxy-haproxy.cfg")},
		"apache":  {"apache2", "-t", "-f", filepath.Join(dir, "httpd.conf")},
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// examplesCertificate writes tls.crt and tls.key.
func examplesCertificate(t *testing.T, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "corp.example"}, DNSNames: []string{"campaign.corp.example", "reports.corp.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "tls.crt"), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	put(t, filepath.Join(dir, "tls.key"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
}
