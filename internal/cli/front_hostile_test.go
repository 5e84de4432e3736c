// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/config"
)

// nasty are texts that mean something to one configuration language or another.
func nasty() []string {
	return []string{"a\nb", "a\r\nX-Evil: 1", `a";return 200 "`, `a'b`, "a{b}", "a;}", "a$host", "${HOME}", "{env.HOME}", "{{.Usher}}", "a%b", "%[src]", "%{HTTP_HOST}e",
		"a`b`", `a\b`, `a\`, "a#b", "#", "a b", " a", "a\t", "a\u2028b", "a\u0085b", "Zeitung für Übersee", "<b>&amp;", "a,b", "a|b", "*", "a?b=c&d", "[a", "@a", "!a", "]]", "-- a", "*/", "true", "1.5"}
}

// places are where the file can hold them. NASTY stands for one, quoted.
func places() map[string]string {
	const head = "instance: {name: production, url: https://campaign.corp.example}\n"
	one := func(name, url, more string) string {
		return head + "applications:\n  - {name: " + name + ", url: " + url + ", " + more + "}\nserver: {trusted_proxies: [127.0.0.1], envoy_grpc_listen: 127.0.0.1:4182}\n"
	}
	const site, up = "https://reports.corp.example", "upstream: http://127.0.0.1:8080"
	return map[string]string{
		"name":     one("NASTY", site, up),
		"path":     one("reports", "https://reports.corp.example/NASTY", up),
		"host":     one("reports", "https://rNASTYr.corp.example", up),
		"upstream": one("reports", site, "upstream: http://NASTY:8080"),
		"socket":   one("reports", site, "upstream: unix:/run/NASTY.sock"),
		"header":   one("reports", site, up+", headers: {subject: X-NASTY}"),
		"ca":       one("reports", site, "upstream: https://app.internal, upstream_tls: {ca_file: /etc/NASTY.pem}"),
		"pair":     one("reports", site, "upstream: https://app.internal, upstream_tls: {cert_file: /etc/NASTY.crt, key_file: /etc/NASTY.key}"),
		"server":   one("reports", site, "upstream: https://app.internal, upstream_tls: {server_name: NASTY}"),
		"public":   strings.Replace(one("reports", site, up), "server: {", "server: {public_url: https://login.corp.example/NASTY, ", 1),
		"listen":   strings.Replace(one("reports", site, up), "server: {", "server: {listen: NASTY:4180, ", 1),
		"grpc":     strings.Replace(one("reports", site, up), "127.0.0.1:4182", "NASTY:4182", 1),
		"own ca":   strings.Replace(one("reports", site, up), "server: {", "server: {ca_file: /etc/NASTY.pem, tls: {cert_file: /etc/x.crt, key_file: /etc/x.key}, ", 1),
	}
}

// fill puts a text in place of NASTY, together with what stands around it up
// to the borders of the value, quoted as JSON and so as YAML has it.
func fill(t *testing.T, file, text string) string {
	t.Helper()
	for {
		i := strings.Index(file, "NASTY")
		if i < 0 {
			return file
		}
		from, to := i, i+len("NASTY")
		for from > 0 && !strings.ContainsRune(" {", rune(file[from-1])) {
			from--
		}
		for !strings.ContainsRune(",}\n", rune(file[to])) {
			to++
		}
		quoted, err := json.Marshal(file[from:i] + text + file[i+len("NASTY"):to])
		if err != nil {
			t.Fatal(err)
		}
		file = file[:from] + string(quoted) + file[to:]
	}
}

// Whatever the file can hold is written so that it cannot mean anything else,
// or is not written at all: of the configuration nothing changes but the value.
func TestNothingBreaksOutOfAConfiguration(t *testing.T) {
	const good = "benign"
	dir := t.TempDir()
	path := filepath.Join(dir, "usher.yaml")
	printed := make(map[string]int)
	names := "instance: {name: production, url: https://campaign.corp.example}\nserver: {trusted_proxies: [127.0.0.1], envoy_grpc_listen: 127.0.0.1:4182}\napplications:\n"
	loaded := 0
	for place, file := range places() {
		put(t, path, fill(t, file, good))
		usual := make(map[string][]string)
		for name, args := range examples() {
			text, err := printed1(path, args)
			if place == "socket" && args[0] == "traefik" {
				continue
			}
			if err != nil {
				t.Fatalf("%s with %q as %s: %v", name, good, place, err)
			}
			usual[name] = strings.Split(text, "\n")
		}
		for _, text := range nasty() {
			put(t, path, fill(t, file, text))
			if _, err := config.Load(path, lenient()); err != nil {
				continue // the file is refused as a whole
			}
			if place == "name" {
				loaded++
				names += fill(t, fmt.Sprintf("  - {name: NASTY, url: https://app%d.corp.example, upstream: http://127.0.0.1:8080}\n", loaded), text)
			}
			for name, args := range examples() {
				got, err := printed1(path, args)
				if err != nil {
					if got != "" {
						t.Errorf("%s refuses %q as %s, and prints all the same", name, text, place)
					}
					continue
				}
				printed[place]++
				sameBut(t, fmt.Sprintf("%s with %q as %s", name, text, place), strings.Split(got, "\n"), usual[name], good)
			}
		}
	}
	if loaded < 30 || printed["name"] != loaded*len(examples()) {
		t.Errorf("%d configurations were printed for %d odd names", printed["name"], loaded)
	}
	put(t, path, names)
	for name, args := range examples() {
		text, err := printed1(path, args)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		realServerReads(t, args, text)
	}
}

// sameBut wants the same lines, but for those that hold the value.
func sameBut(t *testing.T, what string, got, usual []string, value string) {
	t.Helper()
	if len(got) != len(usual) {
		t.Errorf("%s: %d lines in place of %d", what, len(got), len(usual))
		return
	}
	for i := range got {
		_, counted := strings.CutPrefix(got[i], "      priority: ") // by the path's length
		if got[i] != usual[i] && !counted && !strings.Contains(strings.ToLower(usual[i]), value) {
			t.Errorf("%s: the line %q in place of %q", what, got[i], usual[i])
		}
	}
}

func printed1(path string, args []string) (string, error) {
	var out, errs bytes.Buffer
	cmd := frontCommand(&Env{Stdout: &out, Stderr: &errs, Now: time.Now})
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(append(append([]string{}, args...), path, "--cert", "/etc/usher/tls.crt", "--key", "/etc/usher/tls.key"))
	err := cmd.Execute()
	return out.String(), err
}

// realServerReads has the server itself check what was printed, where it is one
// that can be had here.
func realServerReads(t *testing.T, args []string, text string) {
	t.Helper()
	dir := t.TempDir()
	examplesCertificate(t, dir)
	check, ok := servers(t, dir)[args[0]]
	if !ok || len(args) > 1 {
		return
	}
	text = strings.NewReplacer("/etc/usher/", dir+"/", "/etc/haproxy/", dir+"/").Replace(text)
	for _, name := range []string{"nginx-usher.conf", "caddy-Caddyfile", "apache-usher.conf", "haproxy-haproxy.cfg"} {
		put(t, filepath.Join(dir, name), text)
	}
	put(t, filepath.Join(dir, "usher.lua"), printFront(t, "haproxy", "--lua"))
	readsBy(t, dir, check)
}

// readsBy runs a server's own check.
func readsBy(t *testing.T, dir string, check []string) {
	t.Helper()
	binary, err := exec.LookPath(check[0])
	if err != nil {
		binary = "/usr/sbin/" + check[0]
	}
	if !exists(binary) {
		if os.Getenv("USHER_TEST_ALL") != "" {
			t.Fatalf("%s is not installed, and USHER_TEST_ALL asks for everything", check[0])
		}
		t.Logf("%s is not installed here; scripts/packages.sh installs it", check[0])
		return
	}
	cmd := exec.CommandContext(t.Context(), binary, check[1:]...)
	cmd.Env = append(os.Environ(), "HOME="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s does not read its configuration: %v\n%s", check[0], err, out)
	}
}
