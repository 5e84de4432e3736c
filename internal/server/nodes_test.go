// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/store"
)

// A sign-in that began on one gateway is finished once, whichever gateways its
// callback reaches; a session that is ended on one is refused on the other.
func TestNodesShareSignIns(t *testing.T) {
	f := startFleet(t, 2)
	var turn int
	var mu sync.Mutex
	c := f.visitor(func() *fleetNode { mu.Lock(); defer mu.Unlock(); turn++; return f.nodes[turn%2] })
	callback, err := f.begin(c, "ana@corp.example")
	if err != nil || callback == "" {
		t.Fatalf("the sign-in was not begun: %q, %v", callback, err)
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	jar := c.Jar
	at, err := url.Parse(f.public)
	if err != nil {
		t.Fatal(err)
	}
	cookies := jar.Cookies(at)
	var wins, others int
	var winner *http.Cookie
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			r, err := http.NewRequest(http.MethodGet, callback, nil)
			if err != nil {
				t.Error(err)
				return
			}
			r.Header.Set("Accept", "text/html")
			for _, cookie := range cookies {
				r.AddCookie(cookie)
			}
			res, _, err := answered((&http.Client{Transport: c.Transport, CheckRedirect: c.CheckRedirect, Timeout: 15 * time.Second}).Do(r))
			mu.Lock()
			defer mu.Unlock()
			if err != nil || res.StatusCode != http.StatusSeeOther {
				others++
				return
			}
			for _, set := range res.Cookies() {
				if set.Name == "__Host-usher_session" && set.MaxAge >= 0 {
					wins, winner = wins+1, set
				}
			}
		})
	}
	all.Wait()
	if wins != 1 || others != 99 {
		t.Fatalf("of 100 callbacks %d opened a session and %d did not; wanted one and 99", wins, others)
	}
	jar.SetCookies(at, []*http.Cookie{winner})
	for range 4 {
		if res, body, err := get(c, f.public+"/reports/x"); err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("the session on each gateway: %v, %v %s", res, err, body)
		}
	}
	db, err := store.Open(t.Context(), f.dsn, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	open, err := db.Sessions(t.Context(), store.SessionFilter{Email: "ana@corp.example"})
	if err != nil || len(open) != 1 {
		t.Fatalf("%d sessions, %v", len(open), err)
	}
	if _, err := db.EndLogin(t.Context(), open[0].Login, time.Now()); err != nil {
		t.Fatal(err)
	}
	ended := time.Now()
	for refused := 0; refused < 4; {
		if res, body, err := get(c, f.public+"/reports/x"); err == nil && res.StatusCode != http.StatusOK {
			if refused++; res.StatusCode != http.StatusFound {
				t.Fatalf("an ended session is answered %d, wanted a redirect to sign in: %s", res.StatusCode, body)
			}
		} else {
			refused = 0
		}
		if time.Since(ended) > 5*time.Second {
			t.Fatal("an ended session is let through for more than five seconds")
		}
	}
	t.Logf("refused on both within %s", time.Since(ended))
	if nodes, err := db.Nodes(t.Context()); err != nil || len(nodes) != 2 || nodes[0].About.KeyIDs[0] != nodes[1].About.KeyIDs[0] || nodes[0].Revision == nodes[1].Revision {
		t.Errorf("the gateways say of themselves %+v, %v", nodes, err)
	}
}
