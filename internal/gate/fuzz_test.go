// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/usher-signin/usher"
)

// FuzzNginx gives the nginx dialect anything that a front server could be made
// to say, signed in as nobody: only a public path may pass.
func FuzzNginx(f *testing.F) {
	for _, s := range []string{"/", "/healthz", "/static/x", "/static/../q", "/static/%2e%2e/q", "%zz", "", "//", "/usher/signin", "/a?b#c", "/\x00"} {
		f.Add("GET", s, reports, "https", "X_forwarded_user", "192.0.2.1", sessionCookie+"=x")
	}
	r := newRig(f, testApplications(""))
	r.guard.opts.Observe = nil
	h := r.guard.Nginx()
	f.Fuzz(func(t *testing.T, method, uri, host, proto, name, forwardedFor, cookie string) {
		q := nginxAsks(host, uri, "Cookie", cookie)
		q.Header["X-Original-Method"], q.Header["X-Forwarded-Proto"], q.Header["X-Forwarded-For"] = []string{method}, []string{proto}, []string{forwardedFor}
		q.Header[name] = append(q.Header[name], "root")
		rec := serve(h, q)
		if strings.Contains(cookie, "=ana") || strings.Contains(cookie, "=ben") {
			return
		}
		switch rec.Code {
		case 200:
			path, _, _ := strings.Cut(uri, "?")
			if path != "/healthz" && !strings.HasPrefix(path, "/static/") || harsh(path) != path {
				t.Errorf("%q passed", uri)
			}
			if usher.CanonicalHost(host) != reports {
				t.Errorf("%q passed at %q", uri, host)
			}
			for _, id := range identityNames() {
				if got := rec.Header()[id]; len(got) != 1 || got[0] != "" {
					t.Errorf("%s is %q for nobody", id, got)
				}
			}
		case 401, 403:
		default:
			t.Errorf("status %d, which nginx does not take", rec.Code)
		}
		for name, values := range rec.Header() {
			if strings.ContainsAny(strings.Join(values, ""), "\r\n\x00") && name != "X-Usher-Cookie" {
				t.Errorf("%s is %q", name, values)
			}
		}
	})
}

// FuzzEnvoy does the same for the dialect whose path comes behind the endpoint's.
func FuzzEnvoy(f *testing.F) {
	for _, s := range []string{"/", "/healthz", "/static/../q", "", "x", "/../../auth/envoy/healthz", "?", "//healthz"} {
		f.Add(s)
	}
	r := newRig(f, testApplications(""))
	r.guard.opts.Observe = nil
	h := r.guard.Envoy()
	f.Fuzz(func(t *testing.T, rest string) {
		q := httptest.NewRequest(http.MethodGet, "/", nil)
		q.RemoteAddr, q.Host, q.RequestURI = "127.0.0.1:1", reports, endpointPrefix+"envoy"+rest
		q.Header.Set("X-Forwarded-Proto", "https")
		path, _, _ := strings.Cut(rest, "?")
		if rec := serve(h, q); rec.Code < 300 && path != "/healthz" && !strings.HasPrefix(path, "/static/") {
			t.Errorf("%q passed", rest)
		}
	})
}

// FuzzClient looks for addresses that somebody left of the last front server chose.
func FuzzClient(f *testing.F) {
	f.Add("198.51.100.1", "203.0.113.5, 10.0.0.1")
	f.Add("", ",,,")
	f.Add("::1%x", "[::1]:80, 1.2.3.4:5")
	peer := netip.MustParseAddr("127.0.0.1")
	f.Fuzz(func(t *testing.T, first, second string) {
		q := &Request{hops: []string{first, second, "198.51.100.77"}, peer: peer, front: true}
		if got := q.client(loopback.Contains); got.String() != "198.51.100.77" {
			t.Errorf("the client is %s by what it wrote itself", got)
		}
		q.hops = []string{first, second}
		if got := q.client(loopback.Contains); !got.IsValid() {
			t.Error("there is no client at all")
		}
	})
}

// FuzzCookies holds that none of our cookies is left and that no other is touched.
func FuzzCookies(f *testing.F) {
	for _, s := range []string{"a=1; " + sessionCookie + "=x; b=2", sessionCookie, "=" + sessionCookie + "=1", ";;; ;", "a=\"x;" + sessionCookie + "=1\"", "__HOST-USHER_a=1;b=2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		rest := withoutOurs(line)
		var want, got []string
		for pair := range strings.SplitSeq(line, ";") {
			if pair = strings.Trim(pair, " \t"); pair != "" && !strings.HasPrefix(strings.ToLower(strings.TrimLeft(pair, " \t=")), "__host-usher_") {
				want = append(want, pair)
			}
		}
		for pair := range strings.SplitSeq(rest, ";") {
			if pair = strings.Trim(pair, " \t"); pair != "" {
				got = append(got, pair)
			}
		}
		if !slices.Equal(want, got) {
			t.Errorf("of %q %q is left, want %q", line, got, want)
		}
		h := http.Header{"Set-Cookie": {line, "kept=1"}}
		stripOurCookies(h)
		if ours := strings.HasPrefix(strings.ToLower(strings.TrimLeft(line, " \t=")), "__host-usher_"); len(h["Set-Cookie"]) != 2 && !ours || len(h["Set-Cookie"]) != 1 && ours {
			t.Errorf("an application that sets %q: %q is left", line, h["Set-Cookie"])
		}
	})
}

// FuzzIdentity holds that claims fit into headers and can be read back.
func FuzzIdentity(f *testing.F) { // C10
	f.Add("Admin", "a,b", "x%2Cy")
	f.Add("", " ", "é\r\nX-Evil: 1\x00")
	f.Add("\xff", "%", ",")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		list := encodeList([]string{a, b, c})
		for _, text := range []string{list, encodeValue(a), encodeValue(b)} {
			for i := 0; i < len(text); i++ {
				if text[i] < ' ' || text[i] > '~' {
					t.Fatalf("%q holds byte %#x", text, text[i])
				}
			}
			if strings.TrimSpace(text) != text {
				t.Errorf("%q would be trimmed on its way", text)
			}
		}
		var want, got []string
		for _, n := range []string{a, b, c} {
			if n != "" {
				want = append(want, n)
			}
		}
		if list != "" {
			for part := range strings.SplitSeq(list, ",") {
				name, err := url.PathUnescape(part)
				if err != nil {
					t.Fatalf("%q: %v", part, err)
				}
				got = append(got, name)
			}
		}
		if !slices.Equal(want, got) {
			t.Errorf("%q came back as %q", want, got)
		}
		if back, err := url.PathUnescape(encodeValue(a)); err != nil || back != a {
			t.Errorf("%q came back as %q, %v", a, back, err)
		}
	})
}

// FuzzNames holds that no spelling of a protected name gets past, and that the
// names of other headers do.
func FuzzNames(f *testing.F) {
	for _, s := range []string{"X-Forwarded-User", "x_forwarded_user", "X.Forwarded.For", "Remote_User", "X-Custom", "Forwarded", "X-Forwarde", "X--Forwarded-User", "X\x80forwArded "} {
		f.Add(s)
	}
	set, err := newHeaderSet(DefaultHeaders())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if len(name) > longestName {
			return
		}
		folded := notAlnumBytes(name)
		if want := forgeable.MatchString(folded); set.protects(name) != want {
			t.Errorf("%q is protected: %v, want %v", name, !want, want)
		}
		h := map[string][]string{name: {"x"}}
		if set.scrub(h); (len(h) == 0) != set.protects(name) {
			t.Errorf("%q was not treated as it should", name)
		}
	})
}

func notAlnumBytes(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
			b[i] = c
		}
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			b[i] = '-'
		}
	}
	return string(b)
}
