// SPDX-License-Identifier: Apache-2.0

package session_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/session"
)

// modeled is a session as a slow model has it: nothing is kept, everything is
// worked out from what happened.
type modeled struct {
	value, login, host, person string
	begun, last                time.Time
	noted                      time.Time     // the last use that the store knows of
	lifetime                   time.Duration // in force when it began
	ended                      bool
}

// who says who a cookie stands for at a host.
func (m *modeled) who(now time.Time, host string, idle time.Duration, barred map[string]bool) string {
	over := m.ended || !now.Before(m.begun.Add(m.lifetime)) || now.Sub(m.last) >= idle
	if over || m.host != host || barred[m.person] {
		return "nobody"
	}
	return m.person
}

// TestSessionsAgreeWithAModel does what people, administrators, other nodes and
// the clock do, in any order, much of it exactly on the borders.
func TestSessionsAgreeWithAModel(t *testing.T) {
	steps := 3000
	if testing.Short() {
		steps = 1000
	}
	seed := uint64(time.Now().UnixNano())
	d := rand.New(rand.NewPCG(seed, 1))
	w := newWorld(t)
	idle, lifetime, barred := 30*time.Minute, 10*time.Hour, map[string]bool{}
	rule := func() {
		out := make(map[string]bool, len(barred))
		for p, b := range barred {
			out[p] = b
		}
		w.rules.Store(&session.Rules{Idle: idle, Lifetime: lifetime, Admit: func(_ string, p usher.Person) (usher.Operator, *usher.Cause) {
			if out[p.Subject] {
				return usher.Operator{}, &usher.Cause{Code: usher.CodeUserNotInGroup}
			}
			return usher.Operator{Subject: p.Subject}, nil
		}})
	}
	rule()
	m := w.node(t)
	hosts := []string{host, "reports.corp.example"}
	var all []*modeled
	some := func() *modeled { return all[len(all)-1-d.IntN(min(len(all), 12))] }
	said, signedOut := make(map[string]int), make(map[string]bool)
	for i := range steps {
		now := w.clock.now()
		switch n := d.IntN(100); {
		case n < 8 || len(all) == 0:
			s := &modeled{login: fmt.Sprintf("L%d", i), host: hosts[d.IntN(2)], person: []string{"ana", "ben"}[d.IntN(2)], begun: now, last: now, noted: now, lifetime: lifetime}
			if d.IntN(4) == 0 && len(all) > 0 { // the same login at another host is no longer for it
				s.login, s.begun = some().login, now.Add(-time.Duration(d.IntN(7200))*time.Second)
			}
			cookie, _, err := m.Open(t.Context(), session.Opening{Login: s.login, Host: s.host, Account: "MAC", Person: usher.Person{Subject: s.person}, Begun: s.begun})
			if signedOut[s.login] {
				if !errors.Is(err, usher.ErrLoginEnded) {
					t.Fatalf("seed %d, step %d: a session of a login that was signed out: %v", seed, i, err)
				}
				continue
			}
			if err != nil {
				t.Fatalf("seed %d, step %d: %v", seed, i, err)
			}
			s.value = cookie.Value
			all = append(all, s)
		case n < 12: // time, to a border, just before it, or anyhow
			to := now.Add(time.Duration(d.IntN(600)) * time.Second)
			s := some()
			switch d.IntN(3) {
			case 0:
				to = s.last.Add(idle)
			case 1:
				to = s.begun.Add(s.lifetime)
			}
			to = to.Add(time.Duration(d.IntN(3)-1) * time.Microsecond)
			if to.After(now) && to.Sub(now) < 12*time.Hour {
				w.clock.pass(to.Sub(now))
			}
		case n < 13: // an end, here, elsewhere, or by signing in again
			s := some()
			switch d.IntN(3) {
			case 0:
				if err := m.SignOut(t.Context(), s.login, s.person, "in a test"); err != nil {
					t.Fatal(err)
				}
			case 1:
				if _, err := w.db.EndLogin(t.Context(), s.login, now); err != nil {
					t.Fatal(err)
				}
			case 2:
				if err := m.EndOf(t.Context(), http.Header{"Cookie": {session.CookieName + "=" + s.value}}); err != nil {
					t.Fatal(err)
				}
				s.ended = true // the login's sessions on other hosts go on
				continue
			}
			signedOut[s.login] = true
			for _, other := range all {
				other.ended = other.ended || other.login == s.login
			}
		case n < 14: // other rules
			idle = []time.Duration{time.Minute, 30 * time.Minute, 2 * time.Hour}[d.IntN(3)]
			lifetime = []time.Duration{time.Hour, 10 * time.Hour}[d.IntN(2)]
			barred = map[string]bool{"ana": d.IntN(8) == 0, "ben": d.IntN(8) == 0}
			rule()
		default:
			m.Sync(t.Context(), false)
			s, at, use := some(), hosts[d.IntN(2)], d.IntN(4) > 0
			if d.IntN(4) > 0 {
				at = s.host
			}
			lines := []string{session.CookieName + "=" + s.value}
			want, alone := s.who(now, at, idle, barred), true
			switch d.IntN(12) {
			case 0: // another cookie beside it: a sibling may have planted it
				if other := some(); other != s {
					lines, want = append(lines, "a=b; "+session.CookieName+"="+other.value), "nobody"
					alone = false
				}
			case 1: // the same one twice
				lines[0] += "; " + lines[0]
			case 2: // one that is nearly it
				lines, want = []string{session.CookieName + "=" + s.value[:42] + string("AB"[btoi(s.value[42] == 'A')])}, "nobody"
				alone = false
			case 3:
				lines, want = []string{session.CookieName + `="` + s.value + `"`}, "nobody"
				alone = false
			}
			visit, _, err := m.LookupUnder(t.Context(), w.rules.Load(), w.clock.now(), at, http.Header{"Cookie": lines}, use)
			got := "nobody"
			if err == nil {
				got = visit.Operator().Subject
			}
			if got != want {
				t.Fatalf("seed %d, step %d: %v at %s is %s (%v), the model says %s: %+v, idle %s, now %s", seed, i, lines, at, got, err, want, *s, idle, now)
			}
			if use && want != "nobody" {
				s.last = now
			}
			if alone && now.Sub(s.last) >= idle {
				s.last = s.noted // it is forgotten here, and nobody writes uses down in this test
			}
			said[want]++
		}
	}
	for _, who := range []string{"ana", "ben", "nobody"} {
		if said[who]*50 < steps {
			t.Errorf("seed %d: %q was the answer %d times in %d steps: the test says little", seed, who, said[who], steps)
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
