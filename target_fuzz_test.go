// SPDX-License-Identifier: Apache-2.0

package usher_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/usher-signin/usher"
)

// harsh reads a path as the most eager server could: it decodes until nothing
// changes, takes backslashes for slashes, drops parameters, resolves dots and
// skips empty segments. It is written without a glance at ParseTarget.
func harsh(path string) []string {
	for {
		decoded := decodeLeniently(path)
		if decoded == path {
			break
		}
		path = decoded
	}
	var out []string
	for _, segment := range strings.Split(strings.ReplaceAll(path, `\`, "/"), "/") {
		segment, _, _ = strings.Cut(segment, ";")
		switch segment {
		case "", ".":
		case "..":
			out = out[:max(len(out)-1, 0)]
		default:
			out = append(out, segment)
		}
	}
	return out
}

// decodeLeniently decodes what it can and leaves the rest.
func decodeLeniently(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if i+2 < len(s) {
			if d, err := url.PathUnescape(s[i : i+3]); s[i] == '%' && err == nil {
				b.WriteString(d)
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// What the rules judge: the segments of the path, decoded once.
func judged(t *testing.T, path string) []string {
	t.Helper()
	decoded, err := url.PathUnescape(path)
	if err != nil {
		t.Fatalf("the accepted path %q cannot be decoded: %v", path, err)
	}
	trimmed := strings.Trim(decoded, "/")
	if trimmed == "" {
		return nil
	}
	return strings.Split(trimmed, "/")
}

// targetHolds checks what must be true of every request target.
func targetHolds(t *testing.T, host, uri string) (accepted bool) {
	t.Helper()
	got, err := usher.ParseTarget(host, uri)
	if err != nil {
		return false
	}
	if got.URI() != uri && got.URI()+"?" != uri {
		t.Fatalf("%q is forwarded as %q", uri, got.URI())
	}
	if got.Host == "" || usher.CanonicalHost(got.Host) != got.Host {
		t.Fatalf("host %q became %q, which is not canonical", host, got.Host)
	}
	if strings.ContainsFunc(got.URI(), func(r rune) bool { return r <= ' ' || r == 0x7f || r == '#' }) {
		t.Fatalf("%q holds a control byte, a blank or a fragment", got.URI())
	}
	if want, is := judged(t, got.Path), harsh(got.Path); !slices.Equal(want, is) {
		t.Fatalf("%q is judged as %q, and a harsh server reads %q", got.Path, want, is)
	}
	again, err := usher.ParseTarget(got.Host, got.URI())
	if err != nil || again != got {
		t.Fatalf("%+v, parsed again, is %+v, %v", got, again, err)
	}
	return true
}

func FuzzParseTarget(f *testing.F) {
	for _, uri := range []string{
		"/", "/a/b?c=d", "/public/../admin", "/%2e%2e/x", "/a%2fb", "/a%252fb", "/%25%32%66", "/%252%66", "//x", "/a;b/c",
		`/a\b`, "/%c0%af", "/é", "/%00", "/a%3f%23", "/100%25", "/%zz", "/a//", "/.well-known/x", "/%ef%bc%8f", "?", "",
	} {
		f.Add("app.test", uri)
		f.Add("[::1]:443", uri)
	}
	f.Fuzz(func(t *testing.T, host, uri string) { targetHolds(t, host, uri) })
}

func FuzzReturnTarget(f *testing.F) {
	for _, target := range []string{
		"/", "/a?b#c", "//evil", `/\evil`, "/%09/evil", "https:evil", "https://app.test/x", "https://app.test@evil/", "/.//evil",
		"https://app.test:443", "http://app.test", "https://[::1]/", "/%2f/evil", "https://app.test//evil", "https://APP.test/%2e%2e",
	} {
		f.Add(target)
	}
	allowed := []string{"https://app.test", "https://reports.test:8443"}
	f.Fuzz(func(t *testing.T, target string) {
		got, ok := usher.ReturnTarget(target, allowed)
		if !ok {
			if got != "" {
				t.Fatalf("%q is refused, yet %q is given", target, got)
			}
			return
		}
		if got != target {
			t.Fatalf("%q became %q", target, got)
		}
		if len(got) > usher.MaxReturnBytes || strings.ContainsFunc(got, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '\\' }) {
			t.Fatalf("%q is too long or holds a byte that browsers read in their own way", got)
		}
		u, err := url.Parse(got)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(got, "/") {
			targetHolds(t, "app.test", u.EscapedPath())
			return
		}
		if origin, err := usher.Origin(got); err != nil || !slices.Contains(allowed, origin) {
			t.Fatalf("%q leads to %q, %v", got, origin, err)
		}
	})
}

// The fuzz engine needs time to find long paths to a fault; strings built of
// the very pieces that attacks are built of find the same ones at once.
func TestParseTargetAgainstHarshServer(t *testing.T) {
	random := seeded(t)
	pieces := []string{"/", "/", "a", "admin", ".", "..", "%2e", "%2E", "%2f", "%5c", `\`, ";", ";x=1", "%3b", "%", "%25", "%252f", "%25%32%66",
		"2", "f", "e", "%32", "%66", "%00", "%c0%af", "%C3%A9", "é", "\xff", "?", "#", "%3f", "%23", " ", "%20", "\t"}
	accepted := 0
	const n = 60_000
	for range n {
		uri := "/"
		for range random.IntN(7) {
			uri += pieces[random.IntN(len(pieces))]
		}
		if targetHolds(t, site, uri) {
			accepted++
		}
	}
	if accepted < n/50 {
		t.Errorf("only %d of %d were accepted: the test shows nothing", accepted, n)
	}
}
