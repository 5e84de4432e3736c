// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"bytes"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/usher-signin/usher/standin"
)

func TestListenOnLoopbackOnly(t *testing.T) {
	for _, addr := range []string{"127.0.0.1:0", "localhost:0", "[::1]:0", "127.0.0.9:0"} {
		l, err := standin.Listen(addr)
		if err != nil {
			if addr == "[::1]:0" && strings.Contains(err.Error(), "cannot assign") {
				continue // a machine without IPv6
			}
			t.Errorf("%s: %v", addr, err)
			continue
		}
		_ = l.Close()
	}
	for _, addr := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "example.com:443", "127.0.0.1.example.com:0", "4181", "localhost"} {
		l, err := standin.Listen(addr)
		if err == nil {
			_ = l.Close()
			t.Errorf("%s was listened on", addr)
			continue
		}
		if !strings.Contains(err.Error(), "loopback") && !strings.Contains(err.Error(), "127.0.0.1") {
			t.Errorf("%s: the error does not say what to do: %v", addr, err)
		}
	}
}

func TestBaseURLs(t *testing.T) {
	s, err := standin.New(standin.Options{KeyBits: 1024})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "localhost:4181", "https://localhost:4181/", "https://ims.example:4181", "ftp://localhost", "https://u@localhost", "https://10.0.0.1"} {
		if s.SetBaseURL(bad) == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "https://localhost/ims/keys", nil))
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("without a base URL: %d", w.Code)
	}
	for _, good := range []string{"https://localhost:4181", "http://127.0.0.1:1", "https://[::1]:4181", "https://ims.localhost"} {
		if err := s.SetBaseURL(good); err != nil || s.BaseURL() != good {
			t.Errorf("%q: %v", good, err)
		}
	}
}

// Who comes under a foreign name, or to an address of the network, is refused.
func TestForeignNamesAndAddresses(t *testing.T) {
	s, err := standin.New(standin.Options{KeyBits: 1024, BaseURL: "https://localhost:4181"})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(host string, local net.Addr) int {
		r := httptest.NewRequest(http.MethodGet, "https://localhost/ims/keys", nil)
		r.Host = host
		if local != nil {
			r = r.WithContext(contextWith(r.Context(), local))
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Code
	}
	for host, want := range map[string]int{
		"localhost:4181": 200, "127.0.0.1": 200, "[::1]:4181": 200, "ims.localhost:4181": 200, "LOCALHOST": 200,
		"evil.example": 421, "localhost.evil.example": 421, "127.0.0.1.nip.io:4181": 421, "10.0.0.1": 421, "": 421,
	} {
		if got := ask(host, nil); got != want {
			t.Errorf("host %q: %d, wanted %d", host, got, want)
		}
	}
	if got := ask("localhost", &net.TCPAddr{IP: net.ParseIP("192.0.2.1"), Port: 1}); got != http.StatusForbidden {
		t.Errorf("an address of the network: %d", got)
	}
	if got := ask("localhost", &net.TCPAddr{IP: net.ParseIP("::ffff:127.0.0.1"), Port: 1}); got != http.StatusOK {
		t.Errorf("a loopback address: %d", got)
	}
}

func TestOrganizationsThatCannotBeServed(t *testing.T) {
	rows := map[string]func(*standin.Organization){
		"two clients of one id":   func(o *standin.Organization) { o.Clients[1].ID = o.Clients[0].ID },
		"two users of one email":  func(o *standin.Organization) { o.Users[1].Email = strings.ToUpper(o.Users[0].Email) },
		"a group without a name":  func(o *standin.Organization) { o.Groups[0].Name = "" },
		"a member without an at":  func(o *standin.Organization) { o.Groups[0].Members = []string{"ana"} },
		"a user without an at":    func(o *standin.Organization) { o.Users[0].Email = "ana" },
		"a pattern that is none":  func(o *standin.Organization) { o.Clients[0].CallbackPatterns = []string{"https://(a"} },
		"a pattern that is two":   func(o *standin.Organization) { o.Clients[0].CallbackPatterns = []string{"a)|(?:.*"} },
		"an empty secret":         func(o *standin.Organization) { o.Clients[0].Secrets = []string{""} },
		"a relative redirect":     func(o *standin.Organization) { o.Clients[0].DefaultRedirectURL = "/home" },
		"a script for a redirect": func(o *standin.Organization) { o.Clients[0].DefaultRedirectURL = "javascript:alert(1)" },
		"a type nobody has":       func(o *standin.Organization) { o.Users[0].Type = "ghost" },
		"a name too long":         func(o *standin.Organization) { o.Groups[0].Name = strings.Repeat("x", 3000) },
		"a list too long":         func(o *standin.Organization) { o.Clients[0].Scopes = make([]string, 10_001) },
		"too many groups":         func(o *standin.Organization) { o.Groups = make([]standin.Group, 10_001) },
	}
	for name, spoil := range rows {
		o := standin.Sample()
		spoil(&o)
		if _, err := standin.New(standin.Options{Organization: o, KeyBits: 1024}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if _, err := standin.New(standin.Options{KeyBits: 512}); err == nil {
		t.Error("a key of 512 bits was made")
	}
}

func TestTheOrganizationIsACopy(t *testing.T) {
	d := newDesk(t)
	o := d.Organization()
	o.Clients[0].Secrets[0], o.Groups[0].Members[0] = "changed", "changed@corp.example"
	if again := d.Organization(); again.Clients[0].Secrets[0] != "s3cret" || again.Groups[0].Members[0] != "ana@corp.example" {
		t.Error("a change of the copy changed the stand-in")
	}
}

// The same bytes of randomness give the same ids; a source that fails is not
// trusted with them.
func TestRandomness(t *testing.T) {
	ids := func(source *bytes.Reader) string {
		s, err := standin.New(standin.Options{KeyBits: 1024, BaseURL: "https://localhost:1", Rand: source})
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "https://localhost:1/ims/keys", nil))
		return w.Header().Get("X-Debug-Id")
	}
	one, two := ids(bytes.NewReader(make([]byte, 100))), ids(bytes.NewReader(make([]byte, 100)))
	if one != two {
		t.Errorf("the same source gave %s and %s", one, two)
	}
	if one, two := ids(bytes.NewReader(nil)), ids(bytes.NewReader(nil)); one == two {
		t.Errorf("an empty source gave %s twice", one)
	}
}
