// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

// sessions lists the open sessions, from the database.
func (i *instance) sessions(t *testing.T) []usher.Session {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(i.dir, "usher.db"), store.Options{Now: i.clock})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	list, err := db.Sessions(t.Context(), store.SessionFilter{})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// providerSession gives the sid of the one open session.
func (i *instance) providerSession(t *testing.T) string {
	t.Helper()
	list := i.sessions(t)
	if len(list) != 1 || list[0].ProviderSession == "" {
		t.Fatalf("open sessions: %d, of the provider's session %v", len(list), list)
	}
	return list[0].ProviderSession
}

// ask opens a page. Where the clock was just moved, a node may think that the
// database has been silent since; it learns better within half a second.
func (i *instance) ask(t *testing.T, b *browser, address string) (int, string) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		before := len(i.log.Bytes())
		status, text := b.status(t, address)
		if status != http.StatusServiceUnavailable || !strings.Contains(string(i.log.Bytes()[before:]), "has been silent") || time.Now().After(deadline) {
			return status, text
		}
	}
}

// TestRefresh asks a real provider, which rotates its refresh tokens and takes
// each once, again and again.
func TestRefresh(t *testing.T) {
	i, second, p, clock := withProvider(t, "{idle: 20h, lifetime: 20h, refresh: 20s, stale: 1m}")
	b := i.browser(t)
	settings := i.public + "/settings/"
	if page := b.open(t, settings); page.status != http.StatusOK {
		t.Fatalf("signing in came to %d %s\n%s", page.status, page.at, page.body)
	}
	other := b.at(t, second)
	nodes := []*browser{b, other}

	t.Run("not before its time", func(t *testing.T) {
		clock.move(19 * time.Second)
		for _, n := range nodes {
			i.ask(t, n, settings)
		}
		if s := p.control(t, nil); s.Refreshed != 0 {
			t.Errorf("asked %d times", s.Refreshed)
		}
	})
	t.Run("once for all requests on all nodes", func(t *testing.T) {
		p.control(t, url.Values{"slow": {"300"}})
		clock.move(2 * time.Second)
		var all sync.WaitGroup
		for n := range 60 {
			all.Go(func() {
				if status, text := i.ask(t, nodes[n%2], settings); status != http.StatusOK {
					t.Errorf("request %d: %d\n%s", n, status, text)
				}
			})
		}
		all.Wait()
		if s := p.control(t, url.Values{"slow": {"0"}}); s.Refreshed != 1 || s.Refused != 0 {
			t.Errorf("asked %d times, refused %d times, wanted once", s.Refreshed, s.Refused)
		}
	})
	t.Run("each refresh token once, one after the other", func(t *testing.T) {
		for n := range 6 {
			clock.move(21 * time.Second)
			if status, text := i.ask(t, nodes[n%2], settings); status != http.StatusOK {
				t.Fatalf("round %d: %d\n%s", n, status, text)
			}
		}
		if s := p.control(t, nil); s.Refreshed != 7 || s.Refused != 0 {
			t.Errorf("asked %d times, refused %d times", s.Refreshed, s.Refused)
		}
	})
	t.Run("a group that is gone takes its rights along", func(t *testing.T) {
		p.control(t, url.Values{"groups": {`["team Delivery operators"]`}})
		if status, _ := i.ask(t, b, settings); status != http.StatusOK {
			t.Errorf("before the provider was asked again: %d", status)
		}
		clock.move(21 * time.Second)
		if status, _ := i.ask(t, b, settings); status != http.StatusForbidden {
			t.Errorf("the application for administrators answers %d", status)
		}
		if status, text := i.ask(t, b, i.public+"/reports/"); status != http.StatusOK || !strings.Contains(text, "with Delivery operators") {
			t.Errorf("the application for everybody answers %d: %s", status, text)
		}
		for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			if status, _ := i.ask(t, other, settings); status == http.StatusForbidden {
				break
			} else if time.Now().After(deadline) {
				t.Fatalf("the other node still answers %d", status)
			}
		}
	})
	t.Run("a provider that is down ends nothing before the bound", func(t *testing.T) {
		p.control(t, url.Values{"down": {"true"}})
		clock.move(21 * time.Second)
		if status, _ := i.ask(t, b, i.public+"/reports/"); status != http.StatusOK {
			t.Errorf("answers %d", status)
		}
		if !strings.Contains(string(i.log.Bytes()), "could not be asked again") {
			t.Error("the log does not say so")
		}
		clock.move(29 * time.Second)
		i.ask(t, b, i.public+"/reports/")
		clock.move(29 * time.Second)
		i.ask(t, b, i.public+"/reports/")
		clock.move(5 * time.Second)
		if status, _ := i.ask(t, b, i.public+"/reports/"); status != http.StatusServiceUnavailable {
			t.Errorf("past the bound: %d", status)
		}
		p.control(t, url.Values{"down": {"false"}})
		clock.move(28 * time.Second)
		i.ask(t, b, i.public+"/reports/")
		clock.move(5 * time.Second)
		if status, _ := i.ask(t, b, i.public+"/reports/"); status != http.StatusOK {
			t.Errorf("when the provider is back: %d", status)
		}
	})
	t.Run("no group at all ends it", func(t *testing.T) {
		p.control(t, url.Values{"groups": {`[]`}})
		clock.move(21 * time.Second)
		if status, _ := i.ask(t, b, i.public+"/reports/"); status != http.StatusFound {
			t.Errorf("answers %d", status)
		}
		p.control(t, url.Values{"groups": {`["team Admin"]`}})
		clock.move(21 * time.Second)
		if status, _ := i.ask(t, b, i.public+"/reports/"); status != http.StatusOK {
			t.Errorf("with the group back: %d", status)
		}
	})
	t.Run("a person who is gone is signed out", func(t *testing.T) {
		p.control(t, url.Values{"gone": {"ana"}})
		clock.move(21 * time.Second)
		if status, _ := i.ask(t, b, i.public+"/reports/"); status != http.StatusFound {
			t.Errorf("answers %d", status)
		}
		if open := i.sessions(t); len(open) != 0 {
			t.Errorf("%d sessions are open", len(open))
		}
	})
	i.noTokenIn(t)
}

// signedToken is how every signed token begins: a header and claims, each a JSON
// object (RFC 7519 section 3). What is sealed has its three letters by chance.
var signedToken = regexp.MustCompile(`eyJ[\w-]+\.eyJ`)

// noTokenIn looks for signed tokens in what was written down.
func (i *instance) noTokenIn(t *testing.T) {
	t.Helper()
	for _, name := range []string{"usher.db", "usher.db-wal"} {
		if data, err := os.ReadFile(filepath.Join(i.dir, name)); err == nil && signedToken.Match(data) {
			t.Errorf("%s holds a token", name)
		}
	}
	if signedToken.Match(i.log.Bytes()) || strings.Contains(string(i.log.Bytes()), "canary-client-secret") {
		t.Error("the log holds a token or a secret")
	}
}
