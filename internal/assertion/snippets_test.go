// SPDX-License-Identifier: Apache-2.0

package assertion_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// A snippet of docs/assertion, and how it is run: words to put before the
// issuer, the audience and the address of the keys.
type snippet struct {
	name    string
	command func(t *testing.T) []string
}

func snippets() []snippet {
	docs := filepath.Join("..", "..", "docs", "assertion")
	return []snippet{
		{"go", func(t *testing.T) []string {
			program := filepath.Join(t.TempDir(), "verify")
			build(t, "go", "build", "-o", program, "../../docs/assertion/go")
			return []string{program}
		}},
		{"node", func(t *testing.T) []string {
			if _, err := os.Stat(filepath.Join(docs, "node", "node_modules", "jose")); err != nil {
				without(t, "the library jose is not there: run npm ci in docs/assertion/node")
			}
			return []string{tool(t, "node"), filepath.Join(docs, "node", "verify.mjs")}
		}},
		{"python", func(t *testing.T) []string {
			for _, python := range []string{"/usr/bin/python3", "python3"} {
				if exec.Command(python, "-c", "import jwt, cryptography").Run() == nil { //nolint:gosec // one of two fixed names
					return []string{python, filepath.Join(docs, "python", "verify.py")}
				}
			}
			return without(t, "no Python with PyJWT: install python3-jwt and python3-cryptography")
		}},
		{"java", func(t *testing.T) []string {
			javac, java := tool(t, "javac"), tool(t, "java")
			jars, _ := filepath.Glob("/usr/share/java/jackson-*.jar")
			if len(jars) == 0 {
				without(t, "Jackson is not there: install libjackson2-databind-java")
			}
			classes := t.TempDir()
			path := strings.Join(append(jars, classes), ":")
			build(t, javac, "-cp", path, "-d", classes, filepath.Join(docs, "java", "Verify.java"))
			return []string{java, "-cp", path, "Verify"}
		}},
		{"php", func(t *testing.T) []string { return []string{tool(t, "php"), filepath.Join(docs, "php", "verify.php")} }},
	}
}

// without skips where a part is missing, or fails where every part is demanded.
func without(t *testing.T, sentence string) []string {
	t.Helper()
	if os.Getenv("USHER_TEST_ALL") != "" {
		t.Fatal(sentence)
	}
	t.Skip(sentence)
	return nil
}

func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		without(t, name+" is not installed, so its snippet is not tried")
	}
	return path
}

func build(t *testing.T, command ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), command[0], command[1:]...).CombinedOutput() //nolint:gosec // fixed commands
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, out)
	}
}

// TestSnippetsBelieveOnlyWhatIsMeantForThem runs what the documentation gives
// application developers, in each language, with good and bad assertions.
func TestSnippetsBelieveOnlyWhatIsMeantForThem(t *testing.T) {
	s := signer(t, "one", "older")
	keys := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/jwk-set+json")
		_, _ = w.Write(s.KeySet())
	}))
	t.Cleanup(keys.Close) // once the parallel parts are done
	now := time.Now()
	made := func(when time.Time, keys ...string) string {
		token, err := signer(t, keys...).Assert(ana(), audience, when)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	good := made(now, "one")
	tokens := []struct {
		name, token string
		believed    bool
	}{
		{"good", good, true},
		{"signed before a rotation", made(now, "older"), true},
		{"expired", made(now.Add(-10*time.Minute), "one"), false},
		{"signed by a key that is not published", made(now, "strange"), false},
		{"signed by a strange key under a published id", forged(t, good, nil), false},
		{"without a signature", forged(t, good, map[string]any{"alg": "none", "typ": "JWT"}), false},
		{"signed with the public key as a shared secret", shared(t, good, s.KeySet()), false},
		{"altered", altered(t, good), false},
		{"empty", "", false},
		{"garbage", "a.b.c", false},
	}
	for _, lang := range snippets() {
		t.Run(lang.name, func(t *testing.T) {
			t.Parallel()
			command := lang.command(t)
			run := func(issuer, audience, token string) (string, string, bool) {
				cmd := exec.CommandContext(t.Context(), command[0], append(command[1:], issuer, audience, keys.URL)...) //nolint:gosec // our own snippets
				var out, complaint bytes.Buffer
				cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(token+"\n"), &out, &complaint
				err := cmd.Run()
				var status *exec.ExitError
				if err != nil && (!errors.As(err, &status) || !strings.Contains(complaint.String(), "refused: ")) {
					t.Fatalf("did not run: %v\n%s", err, complaint.String())
				}
				return out.String(), complaint.String(), err == nil
			}
			for _, c := range tokens {
				out, complaint, believed := run(issuer, audience, c.token)
				if believed != c.believed {
					t.Errorf("%s: believed is %v\n%s%s", c.name, believed, out, complaint)
				}
				if c.believed {
					var claims struct {
						Email  string
						Groups []string
					}
					if err := json.Unmarshal([]byte(out), &claims); err != nil || claims.Email != "ana@corp.example" || len(claims.Groups) != 2 {
						t.Errorf("%s: read %s, %v", c.name, out, err)
					}
				}
			}
			if out, _, believed := run(issuer, "https://other.corp.example", good); believed {
				t.Errorf("made for another application: %s", out)
			}
			if out, _, believed := run("https://usher.evil.example", audience, good); believed {
				t.Errorf("another issuer: %s", out)
			}
		})
	}
}

func part(t *testing.T, token string, i int) []byte {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[i])
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// forged signs the same claims with a fresh key under the same header, or puts
// another header and no signature.
func forged(t *testing.T, token string, header map[string]any) string {
	t.Helper()
	if header != nil {
		h, _ := json.Marshal(header)
		return base64.RawURLEncoding.EncodeToString(h) + "." + strings.Split(token, ".")[1] + "."
	}
	var h struct{ Kid string }
	if err := json.Unmarshal(part(t, token, 0), &h); err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return sign(t, jose.SigningKey{Algorithm: jose.ES256, Key: key}, h.Kid, part(t, token, 1))
}

func shared(t *testing.T, token string, set []byte) string {
	t.Helper()
	var h struct{ Kid string }
	if err := json.Unmarshal(part(t, token, 0), &h); err != nil {
		t.Fatal(err)
	}
	return sign(t, jose.SigningKey{Algorithm: jose.HS256, Key: set}, h.Kid, part(t, token, 1))
}

func sign(t *testing.T, with jose.SigningKey, kid string, claims []byte) string {
	t.Helper()
	s, err := jose.NewSigner(with, (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", kid))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := s.Sign(claims)
	if err != nil {
		t.Fatal(err)
	}
	out, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func altered(t *testing.T, token string) string {
	t.Helper()
	parts := strings.Split(token, ".")
	claims := bytes.Replace(part(t, token, 1), []byte("ADMINISTRATION"), []byte("ADMINISTRATIOM"), 1)
	parts[1] = base64.RawURLEncoding.EncodeToString(claims)
	return strings.Join(parts, ".")
}
