// SPDX-License-Identifier: Apache-2.0

package bearer_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/bearer"
)

// scripted judges tokens as a test says; the real providers are met in the
// server's tests.
type scripted struct {
	mu      sync.Mutex
	issues  string // the token that is its own
	cause   *usher.Cause
	person  usher.Person
	says    *usher.Cause // in place of the person
	expires time.Time
	keys    time.Time
	stale   bool
	asked   int
	judged  int
	hold    chan struct{} // Verify waits for it; nil: it does not
}

func (s *scripted) Verify(_ context.Context, token usher.Secret, _ usher.Bearer) (bearer.Token, *usher.Cause) {
	if s.hold != nil {
		<-s.hold
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.judged++
	if token.Reveal() != s.issues {
		return bearer.Token{}, &usher.Cause{Code: usher.CodeAccessTokenRefused, Subject: "iss"}
	}
	if s.cause != nil {
		return bearer.Token{}, s.cause
	}
	return bearer.Token{Expires: s.expires, Program: func(context.Context) (usher.Person, *usher.Cause) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asked++
		return s.person, s.says
	}}, nil
}

func (s *scripted) Keys() (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keys, !s.stale
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }
func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func fixture(t *testing.T, providers ...*scripted) (*bearer.Verifier, *bearer.Rules, *clock) {
	t.Helper()
	c := &clock{now: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	rules := &bearer.Rules{Refresh: 15 * time.Minute}
	for _, p := range providers {
		p.expires, p.keys = c.now.Add(time.Hour), c.now
		p.person = usher.Person{Provider: "https://login.example", Subject: p.issues, Groups: []usher.Membership{{Group: "team Admin"}}}
		account := usher.ExternalAccount{InternalName: p.issues, Type: usher.TypeOpenIDConnect, Enabled: true, Mask: usher.ParseMask("team "),
			Bearer: &usher.Bearer{Scopes: usher.Scopes{"reports"}, Applications: []string{"reports"}}}
		rules.Accounts = append(rules.Accounts, bearer.Account{Provider: p, Admission: usher.Admission{Account: account, OperatorGroups: []usher.OperatorGroup{{Name: "Admin"}}}})
	}
	v, err := bearer.New(c.read)
	if err != nil {
		t.Fatal(err)
	}
	return v, rules, c
}

func TestRemembersForAsLongAsNothingChanges(t *testing.T) {
	p := &scripted{issues: "one"}
	v, rules, clock := fixture(t, &scripted{issues: "other"}, p)
	visit := func() bearer.Visit {
		t.Helper()
		got, refusal, err := v.Visit(t.Context(), rules, "reports", "one")
		if err != nil || refusal != nil || got.Operator == nil || got.Operator.Subject != "one" || got.Operator.Account != "one" {
			t.Fatalf("%+v, %+v, %v", got, refusal, err)
		}
		return got
	}
	first := visit()
	if again := visit(); again.Kept != first.Kept || p.judged != 1 || p.asked != 1 {
		t.Errorf("judged %d times, asked %d times", p.judged, p.asked)
	}
	for name, change := range map[string]func(){
		"the provider's word is fifteen minutes old": func() { clock.move(15 * time.Minute) },
		"the keys were fetched anew":                 func() { p.keys = p.keys.Add(time.Second) },
		"another configuration":                      func() { next := *rules; rules = &next },
	} {
		before := p.judged
		change()
		if visit(); p.judged != before+1 {
			t.Errorf("%s: judged %d times more", name, p.judged-before)
		}
		if visit(); p.judged != before+1 {
			t.Errorf("%s: judged again and again", name)
		}
	}
	p.stale = true // and the provider does not answer: each request is judged by the keys at hand
	before := p.judged
	if visit(); p.judged != before+1 {
		t.Error("keys that are too old were believed")
	}
	p.stale, p.expires = false, clock.read().Add(time.Minute)
	p.keys = p.keys.Add(time.Second)
	visit()
	clock.move(time.Minute)
	p.cause = &usher.Cause{Code: usher.CodeAccessTokenRefused, Subject: "exp"}
	if _, refusal, err := v.Visit(t.Context(), rules, "reports", "one"); err != nil || refusal == nil || refusal.Error != "invalid_token" {
		t.Errorf("after its end: %+v, %v", refusal, err)
	}
}

func TestRefusals(t *testing.T) {
	unreachable := &usher.Cause{Code: usher.CodeProviderUnreachable}
	for name, c := range map[string]struct {
		token  string
		change func(p *scripted)
		status int
		word   string
		down   bool
	}{
		"nobody's token":          {"nobody", func(*scripted) {}, http.StatusUnauthorized, "invalid_token", false},
		"a bad signature":         {"one", func(p *scripted) { p.cause = &usher.Cause{Code: usher.CodeAccessTokenRefused, Subject: "signature"} }, http.StatusUnauthorized, "invalid_token", false},
		"a scope too few":         {"one", func(p *scripted) { p.cause = &usher.Cause{Code: usher.CodeAccessTokenRefused, Subject: "scope"} }, http.StatusForbidden, "insufficient_scope", false},
		"no group":                {"one", func(p *scripted) { p.person.Groups = nil }, http.StatusForbidden, "insufficient_scope", false},
		"a profile refused":       {"one", func(p *scripted) { p.says = &usher.Cause{Code: usher.CodeProfileInvalid} }, http.StatusUnauthorized, "invalid_token", false},
		"keys that do not come":   {"one", func(p *scripted) { p.cause = unreachable }, 0, "", true},
		"a provider that is down": {"one", func(p *scripted) { p.says = unreachable }, 0, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			p := &scripted{issues: "one"}
			v, rules, _ := fixture(t, p, &scripted{issues: "other"})
			c.change(p)
			got, refusal, err := v.Visit(t.Context(), rules, "reports", c.token)
			if got.Operator != nil {
				t.Fatalf("let in: %+v", got.Operator)
			}
			if c.down {
				if !errors.Is(err, usher.ErrUnavailable) || refusal != nil {
					t.Errorf("%+v, %v", refusal, err)
				}
				return
			}
			if err != nil || refusal == nil || refusal.Status != c.status || refusal.Error != c.word || refusal.Cause == nil {
				t.Errorf("%+v, %v; wanted %d %s", refusal, err, c.status, c.word)
			}
			if c.word == "insufficient_scope" && name == "a scope too few" && !refusal.Scope.Has("reports") {
				t.Errorf("the scope wanted is not named: %v", refusal.Scope)
			}
		})
	}
}

// Another organization's program is no program of ours, whatever its groups.
func TestOtherOrganization(t *testing.T) {
	p := &scripted{issues: "one"}
	v, rules, _ := fixture(t, p)
	account := &rules.Accounts[0].Admission.Account
	account.Type, account.OrganizationID, account.ProductContext, account.ProductContextShown = usher.TypeMarketingCloud, "0123456789ABCDEF01234567@AdobeOrg", usher.ProductContextClassic, true
	p.person.Organizations = []string{"ABCDEF0123456789ABCDEF01@AdobeOrg"}
	if _, refusal, err := v.Visit(t.Context(), rules, "reports", "one"); err != nil || refusal == nil || refusal.Status != http.StatusUnauthorized || refusal.Cause.Code != usher.CodeOrganizationMismatch {
		t.Errorf("%+v, %v", refusal, err)
	}
}

func TestApplicationsThatTakeNone(t *testing.T) {
	v, rules, _ := fixture(t, &scripted{issues: "one"})
	if takes, _ := rules.Takes("settings"); takes {
		t.Error("an application that is not named takes tokens")
	}
	if takes, forward := rules.Takes("reports"); !takes || forward {
		t.Errorf("reports: takes %v, gets the token %v", takes, forward)
	}
	if _, refusal, err := v.Visit(t.Context(), rules, "reports", "one"); refusal != nil || err != nil {
		t.Fatal(refusal, err)
	}
	if got, _, err := v.Visit(t.Context(), rules, "settings", "one"); got.Operator != nil || err == nil {
		t.Errorf("what was remembered for one application let into another: %+v, %v", got, err)
	}
}

// Many requests with a token that nobody has seen yet are one question, and one
// of them that gives up takes no other along.
func TestOneQuestionForMany(t *testing.T) {
	p := &scripted{issues: "one", hold: make(chan struct{})}
	v, rules, _ := fixture(t, p)
	gone, cancel := context.WithCancel(t.Context())
	var all, begun sync.WaitGroup
	for n := range 20 {
		begun.Add(1)
		all.Go(func() {
			ctx := t.Context()
			if n == 0 {
				ctx = gone
			}
			begun.Done()
			got, refusal, err := v.Visit(ctx, rules, "reports", "one")
			if n == 0 {
				if got.Operator != nil || !errors.Is(err, usher.ErrUnavailable) {
					t.Errorf("who gave up got %+v, %v", got, err)
				}
			} else if got.Operator == nil || refusal != nil || err != nil {
				t.Errorf("%+v, %+v, %v", got, refusal, err)
			}
		})
	}
	begun.Wait()
	cancel()
	close(p.hold)
	all.Wait()
	if p.asked > 2 {
		t.Errorf("the provider was asked %d times", p.asked)
	}
}

// Whoever comes under new rules while a token is judged by the old ones is
// judged by the new.
func TestNewRulesDoNotShareAnOldAnswer(t *testing.T) {
	p := &scripted{issues: "one", hold: make(chan struct{})}
	v, old, _ := fixture(t, p)
	next := &bearer.Rules{Refresh: old.Refresh, Accounts: []bearer.Account{old.Accounts[0]}}
	next.Accounts[0].Admission.OperatorGroups = []usher.OperatorGroup{{Name: "Somebody else"}}
	type answer struct {
		visit   bearer.Visit
		refusal *bearer.Refusal
	}
	ask := func(rules *bearer.Rules) chan answer {
		done := make(chan answer, 1)
		go func() {
			got, refusal, err := v.Visit(t.Context(), rules, "reports", "one")
			if err != nil {
				t.Error(err)
			}
			done <- answer{got, refusal}
		}()
		return done
	}
	before, after := ask(old), ask(next)
	for answered := 0; answered < 2; {
		select {
		case p.hold <- struct{}{}: // one of them is judged further
		case got := <-before:
			if answered++; got.visit.Operator == nil {
				t.Errorf("under the old rules: %+v", got.refusal)
			}
		case got := <-after:
			if answered++; got.visit.Operator != nil || got.refusal == nil {
				t.Errorf("under the new rules, where the group is none: %+v", got.visit.Operator)
			}
		}
	}
}
