// SPDX-License-Identifier: Apache-2.0

package bearer

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/singleflight"

	"github.com/usher-signin/usher"
)

// A Token is what a token that was taken says.
type Token struct {
	Expires time.Time
	// Program asks the provider what it says of whom the token speaks for.
	Program func(ctx context.Context) (usher.Person, *usher.Cause)
}

// A Provider judges access tokens.
type Provider interface {
	// Verify judges a token. A cause of the subjects iss, aud, type or client_id
	// says that it is not for this account, and costs nothing to find.
	Verify(ctx context.Context, token usher.Secret, wanted usher.Bearer) (Token, *usher.Cause)
	// Keys says when the keys in use were fetched, and whether they are fresh
	// enough to judge by.
	Keys() (fetched time.Time, fresh bool)
}

// An Account takes tokens.
type Account struct {
	Admission usher.Admission // its account has Bearer
	Provider  Provider
}

// Rules are the accounts of one configuration, never altered.
type Rules struct {
	Accounts []Account
	Refresh  time.Duration // how old what the provider said may be
}

// Takes says whether an application takes tokens at all, and whether it gets them.
func (r *Rules) Takes(application string) (takes, forward bool) {
	for _, a := range r.Accounts {
		if covers(a, application) {
			takes, forward = true, forward || a.Admission.Account.Bearer.Forward
		}
	}
	return takes, forward
}

func covers(a Account, application string) bool {
	names := a.Admission.Account.Bearer.Applications
	return names == nil || slices.Contains(names, application)
}

// A Refusal is an answer of RFC 6750 section 3.1.
type Refusal struct {
	Status int
	Error  string       // invalid_request, invalid_token or insufficient_scope
	Scope  usher.Scopes // wanted, where it is they that are missing
	Cause  *usher.Cause
}

// A Visit is who a token speaks for.
type Visit struct {
	Operator *usher.Operator
	// Kept and Own are for whoever keeps something for as long as the operator is
	// judged the same.
	Kept, Own *atomic.Value
}

// A Verifier remembers what was judged. It is safe for concurrent use.
type Verifier struct {
	now    func() time.Time
	cache  *otter.Cache[key, *entry]
	flight singleflight.Group
}

type key [sha256.Size]byte

// entry is a token that was taken.
type entry struct {
	rules   *Rules
	account int // among the rules' accounts
	keys    time.Time
	until   time.Time
	op      *usher.Operator
	kept    atomic.Value
	own     atomic.Value
}

const (
	// mostTokens bounds the memory.
	mostTokens = 20_000
	// judgeWithin bounds judging one token.
	judgeWithin = 12 * time.Second
	// askedFor is how old what a provider said may be where the rules do not say.
	askedFor = 15 * time.Minute
)

// New makes a Verifier.
func New(now func() time.Time) (*Verifier, error) {
	cache, err := otter.New(&otter.Options[key, *entry]{MaximumSize: mostTokens})
	if err != nil {
		return nil, fmt.Errorf("making the memory of access tokens: %w", err)
	}
	return &Verifier{now: now, cache: cache}, nil
}

// Visit finds who a token speaks for at an application. An error means that it
// cannot be said at the moment.
func (v *Verifier) Visit(ctx context.Context, rules *Rules, application, token string) (Visit, *Refusal, error) {
	k := key(sha256.Sum256([]byte(token)))
	if e, ok := v.cache.GetIfPresent(k); ok && e.holds(rules, v.now()) && covers(rules.Accounts[e.account], application) {
		return Visit{Operator: e.op, Kept: &e.kept, Own: &e.own}, nil, nil
	}
	type outcome struct {
		e       *entry
		refusal *Refusal
		err     error
	}
	// By the rules too: whoever is judged by new ones must not get an answer of the old.
	done := v.flight.DoChan(fmt.Sprintf("%p\x00%s\x00%s", rules, application, k[:]), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), judgeWithin)
		defer cancel()
		e, refusal, err := v.judge(ctx, rules, application, usher.NewSecret(token))
		if e != nil && e.until.After(v.now()) {
			v.cache.Set(k, e)
		}
		return outcome{e, refusal, err}, nil
	})
	select {
	case r := <-done:
		o, _ := r.Val.(outcome)
		if o.e == nil {
			v.cache.Invalidate(k)
			return Visit{}, o.refusal, o.err
		}
		return Visit{Operator: o.e.op, Kept: &o.e.kept, Own: &o.e.own}, nil, nil
	case <-ctx.Done():
		return Visit{}, nil, fmt.Errorf("%w: %w", usher.ErrUnavailable, ctx.Err())
	}
}

// holds says that nothing has changed since the token was judged.
func (e *entry) holds(rules *Rules, now time.Time) bool {
	if e.rules != rules || !now.Before(e.until) {
		return false
	}
	fetched, fresh := rules.Accounts[e.account].Provider.Keys()
	return fresh && fetched.Equal(e.keys)
}

// judge asks each account, and says what the one says that the token is meant
// for.
func (v *Verifier) judge(ctx context.Context, rules *Rules, application string, token usher.Secret) (*entry, *Refusal, error) {
	var refused *usher.Cause
	var by *usher.Bearer
	for i, a := range rules.Accounts {
		if !covers(a, application) {
			continue
		}
		wanted := a.Admission.Account.Bearer
		t, cause := a.Provider.Verify(ctx, token, *wanted)
		if cause == nil {
			return v.admit(ctx, rules, i, t)
		}
		if refused == nil || elsewhere(refused) && !elsewhere(cause) {
			refused, by = cause, wanted
		}
	}
	if refused == nil {
		return nil, nil, fmt.Errorf("%w: no account takes tokens for %s any more", usher.ErrUnavailable, application)
	}
	if down(refused) {
		return nil, nil, fmt.Errorf("%w: %w", usher.ErrUnavailable, refused)
	}
	if refused.Subject == "scope" {
		return nil, &Refusal{Status: http.StatusForbidden, Error: "insufficient_scope", Scope: by.Scopes, Cause: refused}, nil
	}
	return nil, invalid(refused), nil
}

// elsewhere says that a token was refused for being meant for somebody else.
func elsewhere(c *usher.Cause) bool {
	switch c.Subject {
	case "iss", "aud", "type", "client_id":
		return true
	}
	return false
}

func down(c *usher.Cause) bool {
	switch c.Code {
	case usher.CodeProviderUnreachable, usher.CodeProviderMetadata, usher.CodeProviderIssuer:
		return true
	}
	return false
}

func invalid(c *usher.Cause) *Refusal {
	return &Refusal{Status: http.StatusUnauthorized, Error: "invalid_token", Cause: c}
}

// admit asks the provider about the program, and the rule about what it said.
func (v *Verifier) admit(ctx context.Context, rules *Rules, account int, t Token) (*entry, *Refusal, error) {
	a := rules.Accounts[account]
	person, cause := t.Program(ctx)
	if cause != nil {
		if down(cause) {
			return nil, nil, fmt.Errorf("%w: %w", usher.ErrUnavailable, cause)
		}
		return nil, invalid(cause.At(usher.StepProfile)), nil
	}
	op, cause := a.Admission.Admit(person)
	if cause != nil {
		refusal := invalid(cause)
		if cause.Code != usher.CodeOrganizationMismatch { // the token holds; it carries no rights here
			refusal.Status, refusal.Error = http.StatusForbidden, "insufficient_scope"
		}
		return nil, refusal, nil
	}
	asked := rules.Refresh
	if asked <= 0 {
		asked = askedFor
	}
	e := &entry{rules: rules, account: account, op: &op, until: v.now().Add(asked)}
	e.keys, _ = a.Provider.Keys()
	if t.Expires.Before(e.until) {
		e.until = t.Expires
	}
	return e, nil, nil
}
