// SPDX-License-Identifier: Apache-2.0

package usher_test

import (
	"strings"
	"testing"

	"github.com/usher-signin/usher"
)

const site = "app.test"

// Each row is an address that a proxy or an application could read in another
// way than usher does.
func TestParseTargetRefuses(t *testing.T) {
	for _, row := range []struct{ attack, uri, says string }{
		{"D01 dot segments", "/public/../admin", "dot segment"},
		{"D01 encoded dot segments", "/public/%2e%2e/admin", "dot segment"},
		{"D01 encoded in upper case", "/public/%2E%2E/admin", "dot segment"},
		{"D01 half encoded", "/public/.%2e/admin", "dot segment"},
		{"D01 the other half", "/public/%2e./admin", "dot segment"},
		{"D01 one dot", "/public/./admin", "dot segment"},
		{"D01 one encoded dot", "/public/%2e/admin", "dot segment"},
		{"D01 at the end", "/public/..", "dot segment"},
		{"D01 one dot at the end", "/public/.", "dot segment"},
		{"D01 at the start", "/../admin", "dot segment"},
		{"D02 encoded slash", "/public%2fadmin", "encoded slash"},
		{"D02 encoded slash, upper case", "/public%2Fadmin", "encoded slash"},
		{"D02 encoded backslash", "/public%5cadmin", `"\"`},
		{"D02 backslash", `/public\..\admin`, `"\"`},
		{"D02 empty segment", "/public//admin", "empty segment"},
		{"D02 empty first segment", "//admin", "empty segment"},
		{"D02 only slashes", "//", "empty segment"},
		{"D02 empty last but one", "/admin//", "empty segment"},
		{"D02 empty segment among encoded ones", "/p%20a//admin", "empty segment"},
		{"D02 parameter after dots", "/public/..;/admin", `";"`},
		{"D02 parameter", "/admin;x=1", `";"`},
		{"D02 parameter in the middle", "/public;x=1/admin", `";"`},
		{"D02 encoded parameter", "/admin%3bx=1", `";"`},
		{"D02 encoded parameter, upper case", "/admin%3Bx", `";"`},
		{"D02 twice encoded slash", "/public%252fadmin", "encoded percent"},
		{"D02 twice encoded dots", "/public/%252e%252e/admin", "encoded percent"},
		{"D02 twice encoded, digits encoded too", "/public/%25%32%65%25%32%65/admin", "encoded percent"},
		{"D02 twice encoded, first digit encoded", "/public%25%32fadmin", "encoded percent"},
		{"D02 twice encoded, second digit encoded", "/public%252%66admin", "encoded percent"},
		{"D02 twice encoded letter at the end", "/%2541", "encoded percent"},
		{"D02 overlong slash", "/public%c0%afadmin", "not UTF-8"},
		{"D02 overlong dots", "/public/%c0%ae%c0%ae/admin", "not UTF-8"},
		{"D02 raw byte that is not UTF-8", "/public/\xff", "not UTF-8"},
		{"D02 NUL", "/admin%00.png", "control byte"},
		{"D02 encoded line feed", "/admin%0a", "control byte"},
		{"D02 last control byte", "/admin%1f", "control byte"},
		{"D02 encoded delete", "/admin%7f", "control byte"},
		{"D02 raw delete", "/admin\x7f", "control byte"},
		{"D02 raw tab", "/ad\tmin", "control byte"},
		{"D03 fragment", "/admin#/public", `"#"`},
		{"D03 fragment in the query", "/admin?x=1#/public", "fragment"},
		{"D05 wrong encoding", "/%zz", "encoding that is not one"},
		{"D05 wrong second digit", "/%4z", "encoding that is not one"},
		{"D05 lone percent", "/%", "encoding that is not one"},
		{"D05 cut encoding", "/a%4", "encoding that is not one"},
		{"D05 only a percent", "%", "begins with one slash"},
		{"D05 blank", "/a b", "a blank"},
		{"D05 blank in the query", "/a?b c", "a blank"},
		{"D05 control byte in the query", "/a?b\x00", "control byte"},
		{"D05 delete in the query", "/a?b\x7f", "control byte"},
		{"D05 no path", "://", "begins with one slash"},
		{"D05 absolute", "https://app.test/admin", "begins with one slash"},
		{"D05 authority", "app.test:443", "begins with one slash"},
		{"D05 asterisk", "*", "begins with one slash"},
		{"D05 empty", "", "begins with one slash"},
		{"D05 no slash", "admin", "begins with one slash"},
		{"D05 query alone", "?x=/admin", "begins with one slash"},
		{"D05 64 KiB", "/" + strings.Repeat("a", 64<<10), "8 KiB"},
		{"D05 one byte too long", "/" + strings.Repeat("a", usher.MaxTargetBytes), "8 KiB"},
		{"D09 dots after the own prefix", "/usher/../admin", "dot segment"},
		{"D09 encoded slash before the own prefix", "/%2fusher/callback", "encoded slash"},
		{"D09 encoded slash in the own prefix", "/usher%2fcallback", "encoded slash"},
	} {
		t.Run(row.attack, func(t *testing.T) {
			got, err := usher.ParseTarget(site, row.uri)
			if err == nil {
				t.Fatalf("%q was taken, as %+v", row.uri, got)
			}
			if !strings.Contains(err.Error(), row.says) {
				t.Errorf("%q is refused because %q, want a sentence with %q", row.uri, err, row.says)
			}
			if got != (usher.Target{}) {
				t.Errorf("a refusal came with the target %+v", got)
			}
		})
	}
}

// The positive control: refusing everything would pass the test above.
func TestParseTargetTakes(t *testing.T) {
	for _, row := range []struct{ what, uri, path, query string }{
		{"the root", "/", "/", ""},
		{"a plain path", "/reports/2026/q1.pdf", "/reports/2026/q1.pdf", ""},
		{"a final slash", "/reports/", "/reports/", ""},
		{"every unreserved byte", "/azAZ09-_~.x", "/azAZ09-_~.x", ""},
		{"a hidden file", "/.well-known/security.txt", "/.well-known/security.txt", ""},
		{"three dots", "/.../x", "/.../x", ""},
		{"dots at the end of a name", "/a../b..", "/a../b..", ""},
		{"sub-delimiters", "/a!$&'()*+,=:@", "/a!$&'()*+,=:@", ""},
		{"an encoded blank", "/my%20report", "/my%20report", ""},
		{"an encoded letter stays as it came", "/%61dmin", "/%61dmin", ""},
		{"an encoded tilde, the last before delete", "/%7e", "/%7e", ""},
		{"encoded UTF-8", "/caf%C3%A9", "/caf%C3%A9", ""},
		{"every digit of the encoding", "/%C3%AF%c3%af%F0%9f%98%80%EA%B1%b4%d2%87%e5%96%94", "/%C3%AF%c3%af%F0%9f%98%80%EA%B1%b4%d2%87%e5%96%94", ""},
		{"raw UTF-8", "/café", "/café", ""},
		{"an encoded percent before no digits", "/100%25", "/100%25", ""},
		{"an encoded percent before one digit", "/100%25a", "/100%25a", ""},
		{"an encoded percent before one digit and more", "/100%25az", "/100%25az", ""},
		{"a query", "/a?b=c&d", "/a", "b=c&d"},
		{"D03 a query that looks like a path", "/admin?x=/public/../..;//%2f%zz", "/admin", "x=/public/../..;//%2f%zz"},
		{"a second question mark", "/a?b?c", "/a", "b?c"},
		{"D03 an encoded question mark", "/admin%3fx=/public", "/admin%3fx=/public", ""},
		{"D03 an encoded hash", "/admin%23/public", "/admin%23/public", ""},
		{"the longest", "/" + strings.Repeat("a", usher.MaxTargetBytes-1), "/" + strings.Repeat("a", usher.MaxTargetBytes-1), ""},
	} {
		t.Run(row.what, func(t *testing.T) {
			got, err := usher.ParseTarget(site, row.uri)
			if err != nil {
				t.Fatalf("%.80q is refused: %v", row.uri, err)
			}
			if want := (usher.Target{Host: site, Path: row.path, Query: row.query}); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
			if got.URI() != row.uri {
				t.Errorf("forwarded as %.80q, received as %.80q", got.URI(), row.uri)
			}
		})
	}
}

func TestEmptyQueryIsDropped(t *testing.T) {
	got, err := usher.ParseTarget(site, "/a?")
	if err != nil || got.URI() != "/a" {
		t.Errorf("got %q, %v, want /a", got.URI(), err)
	}
}

func TestCanonicalHost(t *testing.T) {
	for _, row := range []struct{ what, host, want string }{
		{"plain", "app.test", "app.test"},
		{"D08 upper case", "APP.Test", "app.test"},
		{"D08 port", "app.test:8443", "app.test"},
		{"D08 port of nines and noughts", "app.test:9090", "app.test"},
		{"D08 empty port", "app.test:", "app.test"},
		{"D08 final dot", "app.test.", "app.test"},
		{"D08 all of it", "App.Test.:443", "app.test"},
		{"D08 suffix of another", "app.test.evil", "app.test.evil"},
		{"every byte", "a-z_0.9", "a-z_0.9"},
		{"every capital", "AZ.test", "az.test"},
		{"one letter", "z", "z"},
		{"IPv4", "192.0.2.7:80", "192.0.2.7"},
		{"IPv6", "[2001:DB8::1]:443", "[2001:db8::1]"},
		{"IPv6 without port", "[::1]", "[::1]"},
		{"IPv6 written out", "[0:0:0:0:0:0:0:1]", "[::1]"},
		{"empty", "", ""},
		{"port alone", ":443", ""},
		{"dot alone", ".", ""},
		{"two final dots", "app.test..", ""},
		{"first dot", ".app.test", ""},
		{"empty label", "app..test", ""},
		{"port with letters", "app.test:80a", ""},
		{"negative port", "app.test:-1", ""},
		{"two ports", "app.test:80:80", ""},
		{"IPv6 without brackets", "::1", ""},
		{"IPv6 without brackets, longer", "2001:db8::1", ""},
		{"IPv6 with a zone", "[fe80::1%eth0]", ""},
		{"IPv4 in brackets", "[127.0.0.1]", ""},
		{"brackets not closed", "[::1", ""},
		{"brackets not closed, and a port", "[::1:443", ""},
		{"brackets not opened", "::1]", ""},
		{"text after the brackets", "[::1]x", ""},
		{"text after the brackets, and a port", "[::1]x:80", ""},
		{"empty brackets", "[]", ""},
		{"only a bracket", "[", ""},
		{"userinfo", "user@app.test", ""},
		{"slash", "app.test/x", ""},
		{"backslash", `app.test\x`, ""},
		{"percent", "app%2etest", ""},
		{"blank", "app .test", ""},
		{"list", "app.test,evil.test", ""},
		{"line feed", "app.test\n", ""},
		{"not ASCII", "bücher.test", ""},
		{"Kelvin sign", "\u212a.test", ""},
	} {
		t.Run(row.what, func(t *testing.T) {
			if got := usher.CanonicalHost(row.host); got != row.want {
				t.Errorf("CanonicalHost(%q) = %q, want %q", row.host, got, row.want)
			}
			_, err := usher.ParseTarget(row.host, "/")
			if (err == nil) != (row.want != "") {
				t.Errorf("ParseTarget with host %q: %v", row.host, err)
			}
		})
	}
}
