// SPDX-License-Identifier: Apache-2.0

package usher_test

import (
	"strings"
	"testing"

	"github.com/usher-signin/usher"
)

var returnOrigins = []string{"https://app.test", "https://reports.test:8443", "http://plain.test", "https://[::1]"}

func TestReturnTargetRefuses(t *testing.T) {
	for _, row := range []struct{ attack, target string }{
		{"B01 two slashes", "//evil.test"},
		{"B01 three slashes", "///evil.test"},
		{"B01 slash backslash", `/\evil.test`},
		{"B01 two backslashes", `\\evil.test`},
		{"B01 backslash slash", `\/evil.test`},
		{"B01 encoded tab", "/%09/evil.test"},
		{"B01 encoded line end", "/%0d%0a/evil.test"},
		{"B01 raw tab", "/\t/evil.test"},
		{"B01 tab before the second slash", "/\t//evil.test"},
		{"B01 carriage return", "/\r/evil.test"},
		{"B01 line feed", "/x\nSet-Cookie: a=b"},
		{"B01 vertical tab", "/\v/evil.test"},
		{"B01 blank", "/ /evil.test"},
		{"B01 leading blank", " //evil.test"},
		{"B01 leading line feed", "\n//evil.test"},
		{"B01 blank alone", " "},
		{"B01 NUL", "/\x00"},
		{"B01 delete", "/\x7f"},
		{"B01 no-break space", "/\u00a0/evil.test"},
		{"B01 line separator", "/\u2028/evil.test"},
		{"B01 full-width slash", "/\uff0fevil.test"},
		{"B01 not UTF-8", "/\xff"},
		{"B01 dot before a backslash", `/./\evil.test`},
		{"B01 dot before two slashes", "/.//evil.test"},
		{"B01 encoded dot before two slashes", "/%2e//evil.test"},
		{"B01 encoded dot", "/%2e/evil.test"},
		{"B01 encoded dots", "/%2E%2e/evil.test"},
		{"B01 dots", "/a/../../evil.test"},
		{"B01 encoded slash", "/%2fevil.test"},
		{"B01 encoded backslash", "/%5cevil.test"},
		{"B01 twice encoded slash", "/%252fevil.test"},
		{"B01 wrong encoding", "/%zz"},
		{"B01 scheme without slashes", "https:evil.test"},
		{"B01 scheme with one slash", "http:/evil.test"},
		{"B01 scheme without slashes, allowed host", "https:app.test"},
		{"B01 scheme with one slash, allowed host", "https:/app.test"},
		{"B01 scheme with three slashes", "https:///app.test"},
		{"B01 scheme with backslashes", `https:\\app.test`},
		{"B02 userinfo", "https://app.test@evil.test/"},
		{"B02 password", "https://app.test:443@evil.test/"},
		{"B02 userinfo at an allowed host", "https://evil.test@app.test/"},
		{"B02 empty userinfo", "https://@app.test/"},
		{"B02 several @", "https://app.test@app.test@evil.test/"},
		{"B02 backslash before @", `https://evil.test\@app.test/`},
		{"B02 fragment before the host's end", "https://evil.test#.app.test"},
		{"B02 query before the host's end", "https://evil.test?.app.test"},
		{"B02 encoded fragment", "https://evil.test%23.app.test"},
		{"B02 javascript", "javascript:alert(1)"},
		{"B02 javascript in odd case", "JaVaScRiPt:alert(1)"},
		{"B02 javascript with an allowed origin behind it", "javascript://app.test/%0aalert(1)"},
		{"B02 data", "data:text/html,x"},
		{"B02 vbscript", "vbscript:x"},
		{"B02 file", "file:///etc/passwd"},
		{"B02 blob", "blob:https://app.test/x"},
		{"B02 ftp at an allowed host", "ftp://app.test/"},
		{"B02 upper-case scheme, only browsers fold it", "HTTPS://evil.test/"},
		{"B02 upper-case scheme at an allowed host", "HTTPS://app.test/"},
		{"B03 text before", "https://evilapp.test/"},
		{"B03 text after", "https://app.test.evil/"},
		{"B03 subdomain", "https://x.app.test/"},
		{"B03 against a wildcard's idea", "https://xapp.test/"},
		{"B03 other port", "https://app.test:8443/"},
		{"B03 port left out", "https://reports.test/"},
		{"B03 port with a leading zero", "https://reports.test:08443/"},
		{"B03 port of the other scheme", "https://app.test:80/"},
		{"B03 other scheme", "http://app.test/"},
		{"B03 other scheme, the other way", "https://plain.test/"},
		{"B03 final dot", "https://app.test./"},
		{"B03 IP spelled as a number", "https://2130706433/"},
		{"B03 IP in hexadecimal", "https://0x7f.1/"},
		{"B03 IPv6 written out", "https://[0:0:0:0:0:0:0:1]/"},
		{"B03 mapped IPv4", "https://[::ffff:127.0.0.1]/"},
		{"B03 no host", "https://"},
		{"B03 port alone", "https://:443/"},
		{"B03 encoded host", "https://%61pp.test/"},
		{"B03 letter that folds", "https://app.te\u017ft/"},
		{"dots behind an allowed origin", "https://app.test/a/../x"},
		{"two slashes behind an allowed origin", "https://app.test//evil.test"},
		{"encoded slash behind an allowed origin", "https://app.test/%2f/evil.test"},
		{"relative", "evil.test"},
		{"relative with dots", "../x"},
		{"query alone", "?x"},
		{"fragment alone", "#x"},
		{"empty", ""},
		{"too long", "/" + strings.Repeat("a", usher.MaxReturnBytes)},
	} {
		t.Run(row.attack, func(t *testing.T) {
			if got, ok := usher.ReturnTarget(row.target, returnOrigins); ok || got != "" {
				t.Errorf("%q is taken, as %q", row.target, got)
			}
		})
	}
}

func TestReturnTargetTakes(t *testing.T) {
	for _, target := range []string{
		"/", "/reports/", "/reports/q1?year=2026&next=//evil.test#top", "/my%20report", "/caf%C3%A9", "/a:b@c", "/~ana",
		"/?x=%0d%0a", "/" + strings.Repeat("a", usher.MaxReturnBytes-1),
		"https://app.test", "https://app.test/", "https://app.test/a?b#c", "https://app.test?x", "https://app.test:443/", "https://APP.test/x",
		"https://reports.test:8443/x", "http://plain.test/x", "http://plain.test:80/x", "https://[::1]/x",
	} {
		if got, ok := usher.ReturnTarget(target, returnOrigins); !ok || got != target {
			t.Errorf("%.80q gives %.80q, %v", target, got, ok)
		}
	}
}

func TestReturnTargetWithoutOrigins(t *testing.T) {
	if _, ok := usher.ReturnTarget("https://app.test/", nil); ok {
		t.Error("an absolute address is taken where no origin is allowed")
	}
	if _, ok := usher.ReturnTarget("/x", nil); !ok {
		t.Error("a path is refused where no origin is allowed")
	}
}
