// SPDX-License-Identifier: Apache-2.0

package signin

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/pages"
)

func TestWhyLoop(t *testing.T) {
	opened := &round{Opened: "aaaa", At: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC).UnixMilli()}
	for name, c := range map[string]struct {
		change func(s *sighting)
		want   []pages.LoopReason
	}{
		"nothing to be seen": {func(*sighting) {}, nil},
		"an application over http": {func(s *sighting) { s.target.Scheme, s.target.Host, s.elsewhere = "http", "reports.corp.example", true },
			[]pages.LoopReason{pages.LoopPlain, pages.LoopHost}},
		"http on this machine": {func(s *sighting) { s.target.Scheme, s.target.Host, s.elsewhere = "http", "reports.localhost", true },
			[]pages.LoopReason{pages.LoopHost}},
		"the gateway over http": {func(s *sighting) { s.https = false }, []pages.LoopReason{pages.LoopPlain}},
		"the front server says http": {func(s *sighting) {
			s.arrival = Arrival{Peer: "10.0.0.1", Trusted: true, Forwarded: true, Proto: "http"}
		}, []pages.LoopReason{pages.LoopFront}},
		"a front server not declared":   {func(s *sighting) { s.arrival = Arrival{Peer: "10.0.0.1", Forwarded: true} }, []pages.LoopReason{pages.LoopFront}},
		"a cookie that did not return":  {func(s *sighting) { s.tested = true }, []pages.LoopReason{pages.LoopCookies}},
		"a session cookie that is lost": {func(s *sighting) { s.opened = opened }, []pages.LoopReason{pages.LoopCookies}},
		"a session that is over":        {func(s *sighting) { s.opened, s.cookies = opened, []string{"aaaa"} }, []pages.LoopReason{pages.LoopEnded}},
		"an older cookie":               {func(s *sighting) { s.opened, s.cookies = opened, []string{"bbbb"} }, []pages.LoopReason{pages.LoopTwice}},
		"two cookies":                   {func(s *sighting) { s.opened, s.cookies = opened, []string{"aaaa", "bbbb"} }, []pages.LoopReason{pages.LoopTwice}},
		"signed in on this very host":   {func(s *sighting) { s.valid, s.cookies = true, []string{"aaaa"} }, []pages.LoopReason{pages.LoopFront}},
		"signed in on the application's": {func(s *sighting) { s.elsewhere, s.there = true, &there{Host: "x", Sessions: 1, Valid: true} },
			[]pages.LoopReason{pages.LoopFront}},
		"lost on the application's host": {func(s *sighting) { s.elsewhere, s.valid, s.there = true, true, &there{Host: "x"} },
			[]pages.LoopReason{pages.LoopCookies}},
		"http, and everything else": {func(s *sighting) {
			s.target.Scheme, s.target.Host, s.tested, s.cookies = "http", "reports.corp.example", true, []string{"a", "b"}
		}, []pages.LoopReason{pages.LoopPlain, pages.LoopCookies, pages.LoopTwice}},
	} {
		t.Run(name, func(t *testing.T) {
			s := sighting{host: "campaign.corp.example", https: true, target: &url.URL{Scheme: "https", Host: "campaign.corp.example", Path: "/reports/"}}
			c.change(&s)
			var got []pages.LoopReason
			for _, why := range whyLoop(s) {
				got = append(got, why.Reason)
				if reason, seen := why.English(); reason == "" || seen == "" || why.Check == "" {
					t.Errorf("%s: reason %q, seen %q, check %q", why.Reason, reason, seen, why.Check)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("reasons %v, wanted %v", got, c.want)
			}
		})
	}
}

func TestTurns(t *testing.T) {
	var turns Turns
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	key := turnKey("192.0.2.7", "agent", "target")
	for n := 1; n <= 5; n++ {
		if got := turns.note(key, now); got != n {
			t.Errorf("the %d. is counted as %d", n, got)
		}
	}
	if got := turns.note(key, now.Add(time.Minute)); got != 1 {
		t.Errorf("a minute later: %d", got)
	}
	turns.forget(key)
	if got := turns.note(key, now.Add(time.Minute)); got != 1 {
		t.Errorf("after forgetting: %d", got)
	}
	for n := range 3 * mostTurns {
		turns.note(fmt.Sprint(n), now.Add(time.Minute))
	}
	if len(turns.begun) > mostTurns {
		t.Errorf("%d are remembered", len(turns.begun))
	}
	if got := turns.note("after the flood", now.Add(2*time.Minute)); got != 1 || len(turns.begun) != 1 {
		t.Errorf("a minute after the flood: %d of %d", got, len(turns.begun))
	}
	for name, pair := range map[string][2]string{
		"one household": {turnKey("2001:db8::1", "a", "t"), turnKey("2001:db8::2", "a", "t")},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is counted as two", name)
		}
	}
	for name, pair := range map[string][2]string{
		"two browsers":  {turnKey("192.0.2.7", "a", "t"), turnKey("192.0.2.7", "b", "t")},
		"two machines":  {turnKey("192.0.2.7", "a", "t"), turnKey("192.0.2.8", "a", "t")},
		"two addresses": {turnKey("192.0.2.7", "a", "t"), turnKey("192.0.2.7", "a", "u")},
		"glued":         {turnKey("192.0.2.7", "ab", "t"), turnKey("192.0.2.7", "a", "bt")},
	} {
		if pair[0] == pair[1] {
			t.Errorf("%s are counted as one", name)
		}
	}
}
