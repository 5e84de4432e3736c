// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A snippet of docs/assertion, ready to run, and how it is told to trust a
// company's own authority.
type snippet struct {
	command []string
	trust   []string // added to the environment
	flags   []string // put behind the program's name
}

const snippetDocs = "../../docs/assertion"

// snippetIn makes the snippet of a language ready; ca is the authority's file.
func snippetIn(t *testing.T, language, ca string) snippet {
	t.Helper()
	have := func(name string) string {
		t.Helper()
		path, err := exec.LookPath(name)
		if err != nil {
			lacking(t, name+" is not installed, so its snippet is not tried")
		}
		return path
	}
	do := func(command ...string) {
		t.Helper()
		if out, err := exec.CommandContext(t.Context(), command[0], command[1:]...).CombinedOutput(); err != nil { //nolint:gosec // fixed commands
			t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, out)
		}
	}
	switch language {
	case "go":
		program := filepath.Join(t.TempDir(), "verify")
		do("go", "build", "-o", program, snippetDocs+"/go")
		return snippet{command: []string{program}, trust: []string{"SSL_CERT_FILE=" + ca}}
	case "node":
		if _, err := os.Stat(snippetDocs + "/node/node_modules/jose"); err != nil {
			lacking(t, "the library jose is not there: run npm ci in docs/assertion/node")
		}
		return snippet{command: []string{have("node"), snippetDocs + "/node/verify.mjs"}, trust: []string{"NODE_EXTRA_CA_CERTS=" + ca}}
	case "python":
		for _, python := range []string{"/usr/bin/python3", "python3"} {
			if exec.Command(python, "-c", "import jwt, cryptography").Run() == nil { //nolint:gosec // one of two fixed names
				return snippet{command: []string{python, snippetDocs + "/python/verify.py"}, trust: []string{"SSL_CERT_FILE=" + ca}}
			}
		}
		lacking(t, "no Python with PyJWT: install python3-jwt and python3-cryptography")
	case "java":
		jars, _ := filepath.Glob("/usr/share/java/jackson-*.jar")
		if len(jars) == 0 {
			lacking(t, "Jackson is not there: install libjackson2-databind-java")
		}
		classes := t.TempDir()
		store, path := filepath.Join(classes, "trust.p12"), strings.Join(append(jars, classes), ":")
		do(have("javac"), "-cp", path, "-d", classes, snippetDocs+"/java/Verify.java")
		do(have("keytool"), "-importcert", "-noprompt", "-alias", "corp", "-file", ca, "-keystore", store, "-storetype", "PKCS12", "-storepass", "changeit")
		return snippet{command: []string{have("java"), "-cp", path, "Verify"}, flags: []string{"-Djavax.net.ssl.trustStore=" + store, "-Djavax.net.ssl.trustStorePassword=changeit"}}
	case "php":
		return snippet{command: []string{have("php"), snippetDocs + "/php/verify.php"}, flags: []string{"-d", "openssl.cafile=" + ca}}
	}
	return snippet{}
}

func lacking(t *testing.T, sentence string) {
	t.Helper()
	if os.Getenv("USHER_TEST_ALL") != "" {
		t.Fatal(sentence)
	}
	t.Skip(sentence)
}

func (s snippet) run(t *testing.T, trusting bool, token string, args ...string) (string, error) {
	t.Helper()
	command := s.command
	if trusting {
		command = append(append([]string{command[0]}, s.flags...), command[1:]...)
	}
	cmd := exec.CommandContext(t.Context(), command[0], append(command[1:len(command):len(command)], args...)...) //nolint:gosec // our own snippets
	if cmd.Env = os.Environ(); trusting {
		cmd.Env = append(cmd.Env, s.trust...)
	}
	cmd.Stdin = strings.NewReader(token + "\n")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestSnippetsFetchKeysOverTLS lets the examples for applications fetch the keys
// of a running gateway, whose certificate is of an authority of one's own. Where
// that authority is not trusted they believe nothing.
func TestSnippetsFetchKeysOverTLS(t *testing.T) {
	i := startInstance(t, [][2]string{{"    url: {{PUBLIC}}/reports\n", "    url: {{PUBLIC}}/reports\n    assertion: true\n"}})
	ca := filepath.Join(i.dir, "ca.pem")
	b := i.browser(t)
	body := b.signIn(t, i.public+"/reports/", "ana@corp.example").body
	for _, language := range []string{"go", "node", "python", "java", "php"} {
		t.Run(language, func(t *testing.T) {
			s := snippetIn(t, language, ca)
			_, body = b.status(t, i.public+"/reports/")
			_, token, found := strings.Cut(body, "assertion ")
			if token, _, _ = strings.Cut(token, "\n"); !found {
				t.Fatalf("the application was told no assertion:\n%s", body)
			}
			args := []string{i.public, i.public + "/reports", i.public + "/usher/assertion/keys"}
			if out, err := s.run(t, true, token, args...); err != nil || !strings.Contains(out, "ana@corp.example") || !strings.Contains(out, "Admin") {
				t.Errorf("a good assertion: %v\n%s", err, out)
			}
			if out, err := s.run(t, true, token, i.public, i.public+"/other", args[2]); err == nil {
				t.Errorf("an assertion for another application was believed:\n%s", out)
			}
			if out, err := s.run(t, false, token, args...); err == nil || strings.Contains(out, "ana@corp.example") {
				t.Errorf("keys were taken from a server that nobody vouches for:\n%s", out)
			}
		})
	}
}
