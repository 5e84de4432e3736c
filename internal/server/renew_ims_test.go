// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/usher-signin/usher/standin"
)

// imsWithRefresh starts an instance whose account asks IMS for refresh tokens.
func imsWithRefresh(t *testing.T, session string) (i *instance, clock *movedClock, asked *atomic.Int64) {
	t.Helper()
	clock, asked = &movedClock{}, new(atomic.Int64)
	const scopes, provisioned = "additional_info.projectedProductContext\n    ims_client_id", "additional_info.projectedProductContext]"
	i = startInstanceAt(t, clock.now, [][2]string{
		{scopes, "offline_access," + scopes},
		{provisioned, "additional_info.projectedProductContext, offline_access]"},
		{"  - name: reports\n", "  - name: settings\n    url: {{PUBLIC}}/settings\n    upstream: {{UPSTREAM}}\n    allow: [Admin]\n  - name: reports\n"},
		{"  database: sqlite:usher.db\n", "  database: sqlite:usher.db\n  session: " + session + "\n"},
	}, func(ims http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err == nil && strings.HasPrefix(r.URL.Path, "/ims/token") && strings.Contains(string(body), "grant_type=refresh_token") {
				asked.Add(1)
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			ims.ServeHTTP(w, r)
		})
	})
	return i, clock, asked
}

// member puts a person into a directory group, or takes them out of it.
func (i *instance) member(t *testing.T, group, email string, in bool) {
	t.Helper()
	err := i.provider.Update(func(o *standin.Organization) error {
		for n := range o.Groups {
			if g := &o.Groups[n]; g.Name == group {
				g.Members = slices.DeleteFunc(g.Members, func(m string) bool { return m == email })
				if in {
					g.Members = append(g.Members, email)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestIMSRefresh asks IMS again what it says of a person: its refresh tokens
// need the scope offline_access, are not rotated, and come back without an ID
// token; groups are in the profile alone.
func TestIMSRefresh(t *testing.T) {
	i, clock, asked := imsWithRefresh(t, "{idle: 20h, lifetime: 20h, refresh: 10m}")
	b := i.browser(t)
	settings, reports := i.public+"/settings/", i.public+"/reports/"
	if page := b.signIn(t, settings, "ana@corp.example"); page.status != http.StatusOK {
		t.Fatalf("signing in came to %d %s\n%s", page.status, page.at, page.body)
	}
	times := func(t *testing.T, want int64) {
		t.Helper()
		if n := asked.Load(); n != want {
			t.Errorf("IMS was asked %d times, want %d", n, want)
		}
	}
	t.Run("not before its time", func(t *testing.T) {
		clock.move(9 * time.Minute)
		if status, _ := i.ask(t, b, settings); status != http.StatusOK {
			t.Errorf("answers %d", status)
		}
		times(t, 0)
	})
	t.Run("once for many requests at a time", func(t *testing.T) {
		clock.move(2 * time.Minute)
		var all sync.WaitGroup
		for range 40 {
			all.Go(func() {
				if status, _ := i.ask(t, b, settings); status != http.StatusOK {
					t.Errorf("answers %d", status)
				}
			})
		}
		all.Wait()
		times(t, 1)
	})
	t.Run("a group that was taken away", func(t *testing.T) {
		i.member(t, "Campaign - corp - Admin", "ana@corp.example", false)
		i.member(t, "Campaign - corp - Delivery operators", "ana@corp.example", true)
		if status, _ := i.ask(t, b, settings); status != http.StatusOK {
			t.Errorf("before IMS was asked again: %d", status)
		}
		clock.move(11 * time.Minute)
		if status, _ := i.ask(t, b, settings); status != http.StatusForbidden {
			t.Errorf("the application for administrators answers %d", status)
		}
		if status, text := i.ask(t, b, reports); status != http.StatusOK || !strings.Contains(text, "ana@corp.example") {
			t.Errorf("the application for everybody answers %d: %s", status, text)
		}
		times(t, 2)
	})
	t.Run("the group given back", func(t *testing.T) {
		i.member(t, "Campaign - corp - Admin", "ana@corp.example", true)
		clock.move(11 * time.Minute)
		if status, _ := i.ask(t, b, settings); status != http.StatusOK {
			t.Errorf("answers %d", status)
		}
		times(t, 3)
	})
	t.Run("refresh tokens that are rotated", func(t *testing.T) {
		i.turn(t, "refresh-rotates", true)
		for n := range 3 {
			clock.move(11 * time.Minute)
			if status, _ := i.ask(t, b, settings); status != http.StatusOK {
				t.Errorf("round %d answers %d", n, status)
			}
		}
		times(t, 6)
	})
	t.Run("a refresh that is refused ends the session", func(t *testing.T) {
		i.turn(t, "refresh-refused", true)
		clock.move(11 * time.Minute)
		if status, _ := i.ask(t, b, settings); status != http.StatusFound {
			t.Errorf("answers %d", status)
		}
		if open := i.sessions(t); len(open) != 0 {
			t.Errorf("%d sessions are open", len(open))
		}
		if !strings.Contains(string(i.log.Bytes()), "no longer vouches") {
			t.Error("the log does not say so")
		}
	})
	i.noTokenIn(t)
	i.searchCanary(t, i.latest(t))
}

func (i *instance) turn(t *testing.T, name string, value any) {
	t.Helper()
	if err := i.provider.SetSwitch(name, value); err != nil {
		t.Fatal(err)
	}
}

// TestIMSRefreshWithoutIMS lets IMS be away while it should be asked: the
// session goes on until session.stale is over, and no longer.
func TestIMSRefreshWithoutIMS(t *testing.T) {
	i, clock, _ := imsWithRefresh(t, "{idle: 20h, lifetime: 20h, refresh: 10m, stale: 5m}")
	b := i.browser(t)
	settings := i.public + "/settings/"
	if page := b.signIn(t, settings, "ana@corp.example"); page.status != http.StatusOK {
		t.Fatalf("signing in came to %d %s\n%s", page.status, page.at, page.body)
	}
	i.turn(t, "server-error", true)
	clock.move(11 * time.Minute)
	if status, text := i.ask(t, b, settings); status != http.StatusOK {
		t.Errorf("while IMS may be away it answers %d\n%s", status, text)
	}
	if !strings.Contains(string(i.log.Bytes()), "could not be asked again") {
		t.Error("the log does not say that IMS could not be asked")
	}
	clock.move(5 * time.Minute)
	if status, _ := i.ask(t, b, settings); status != http.StatusServiceUnavailable {
		t.Errorf("past session.stale it answers %d", status)
	}
	i.turn(t, "server-error", false)
	clock.move(time.Minute)
	if status, _ := i.ask(t, b, settings); status != http.StatusOK {
		t.Errorf("when IMS is back it answers %d", status)
	}
}
