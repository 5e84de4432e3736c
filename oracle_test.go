// SPDX-License-Identifier: Apache-2.0

package usher_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/usher-signin/usher"
)

// What a browser makes of a Location header, line by line: origin and the rest
// of the address, or null where it is no address.
const nodeReader = `
let text = '';
process.stdin.on('data', d => text += d).on('end', () => {
  const out = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    let answer = null;
    try {
      const u = new URL(JSON.parse(line), 'https://campaign.corp.example/usher/callback');
      answer = {origin: u.origin, rest: u.href.slice(u.origin.length), user: u.username + u.password};
    } catch (e) {}
    out.push(JSON.stringify(answer));
  }
  process.stdout.write(out.join('\n') + '\n');
});`

type browserAddress struct{ Origin, Rest, User string }

// Row B04: whatever ReturnTarget takes, a browser that follows it stays in the
// allowed origins. The browser's reading is that of the WHATWG URL parser in
// Node, which shares nothing with package net/url.
func TestReturnTargetAgainstBrowser(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not on this machine: what browsers make of return targets was not tested")
	}
	const n = 100_000
	random := seeded(t)
	own := "https://campaign.corp.example"
	allowed := []string{own, "https://app.test", "https://reports.test:8443", "http://plain.test", "https://[::1]"}

	var taken []string
	var absolute, plain int
	for i := range n {
		target := hostileTarget(random, allowed)
		isPlain := i%10 == 0
		if isPlain {
			target = plainTarget(random)
		}
		got, ok := usher.ReturnTarget(target, allowed)
		switch {
		case isPlain && !ok:
			t.Fatalf("the plain path %q is refused", target)
		case !ok:
			continue
		case got != target:
			t.Fatalf("%q became %q", target, got)
		case isPlain:
			plain++
		case target[0] != '/':
			absolute++
		}
		taken = append(taken, target)
	}
	t.Logf("of %d strings, %d were taken: %d plain paths, %d absolute addresses", n, len(taken), plain, absolute)
	if others := len(taken) - plain - absolute; absolute < n/200 || others < n/200 || len(taken) > n*9/10 {
		t.Fatalf("taken were %d absolute addresses and %d paths of %d strings: the generator shows nothing", absolute, others, n)
	}
	for i, a := range askBrowser(t, node, taken) {
		target := taken[i]
		switch {
		case a == nil:
			t.Errorf("%q is taken, and no browser can read it", target)
		case a.User != "" || !slices.Contains(allowed, a.Origin):
			t.Errorf("%q is taken, and leads to %s", target, a.Origin)
		case target[0] == '/' && a.Origin != own:
			t.Errorf("the path %q leads away, to %s", target, a.Origin)
		case target[0] == '/' && isUnreserved(target) && a.Rest != target:
			t.Errorf("the plain path %q became %q", target, a.Rest)
		}
	}
}

func askBrowser(t *testing.T, node string, targets []string) []*browserAddress {
	t.Helper()
	var in bytes.Buffer
	for _, target := range targets {
		line, err := json.Marshal(target)
		if err != nil {
			t.Fatal(err)
		}
		in.Write(append(line, '\n'))
	}
	cmd := exec.CommandContext(t.Context(), node, "-e", nodeReader)
	cmd.Stdin = &in
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v", err)
	}
	var answers []*browserAddress
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		var a *browserAddress
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatalf("node said %q: %v", line, err)
		}
		answers = append(answers, a)
	}
	if len(answers) != len(targets) {
		t.Fatalf("node answered %d lines of %d", len(answers), len(targets))
	}
	return answers
}

// hostileTarget strings together what open redirects are made of.
func hostileTarget(random *rand.Rand, allowed []string) string {
	heads := append([]string{"/", "/", "/", "//", "///", `/\`, `\\`, `\/`, "/.", "/./", "/%09/", "/%2f", "https:", "http:/", "https:///", "HTTPS://",
		"javascript:", "data:", "blob:", "https://evil.test", "https://app.test@", "https://evil.test#", "", " ", "\t", "?", "#", "https://%61pp.test"}, allowed...)
	pieces := []string{"/", "/", "a", "b1", "evil.test", "app.test", "@", ":", ":443", ":8443", ".", "..", "%2e", "%2f", "%5c", "%09", "%00", `\`, ";", "?", "#", "&",
		"=", "%25", "%", " ", "\t", "\n", "\r", "\v", "\u00a0", "é", "\u2028", "\uff0f", "\u3002", "[", "]", "{", "\"", "<", "^", "|", "'", "%20", "-", "~", "*"}
	head := heads[random.IntN(len(heads))]
	if random.IntN(2) == 0 {
		head = allowed[random.IntN(len(allowed))]
	}
	var b strings.Builder
	b.WriteString(head)
	for range random.IntN(5) {
		b.WriteString(pieces[random.IntN(len(pieces))])
	}
	return b.String()
}

// plainTarget makes a path such as applications really have.
func plainTarget(random *rand.Rand) string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~"
	var b strings.Builder
	for range 1 + random.IntN(4) {
		b.WriteByte('/')
		for range 1 + random.IntN(8) {
			b.WriteByte(letters[random.IntN(len(letters))])
		}
	}
	if random.IntN(2) == 0 {
		b.WriteString(".html")
	}
	if random.IntN(3) == 0 {
		b.WriteString("?id=7&q=a+b")
	}
	return b.String()
}

// isUnreserved reports whether no browser has a reason to encode any byte.
func isUnreserved(target string) bool {
	return strings.Trim(target, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~./?=&+") == ""
}
