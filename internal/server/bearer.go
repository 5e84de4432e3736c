// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"fmt"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/bearer"
	"github.com/usher-signin/usher/internal/gate"
	"github.com/usher-signin/usher/internal/idp"
)

// programs judges access tokens by the client of an account's provider.
type programs struct{ client *idp.Client }

func (p programs) Verify(ctx context.Context, token usher.Secret, wanted usher.Bearer) (bearer.Token, *usher.Cause) {
	t, cause := p.client.VerifyAccess(ctx, token, wanted)
	if cause != nil {
		return bearer.Token{}, cause
	}
	return bearer.Token{Expires: t.Expires, Program: func(ctx context.Context) (usher.Person, *usher.Cause) { return p.client.Program(ctx, t) }}, nil
}

func (p programs) Keys() (time.Time, bool) { return p.client.KeysFetched(), p.client.KeysFresh() }

// bearers answers the gate's question who a program is, under one configuration.
type bearers struct {
	verifier *bearer.Verifier
	rules    *bearer.Rules
}

func (b bearers) Takes(application string) (takes, forward bool) { return b.rules.Takes(application) }

func (b bearers) Bearer(ctx context.Context, application, token string) (gate.Visitor, *gate.BearerRefusal, error) {
	visit, refusal, err := b.verifier.Visit(ctx, b.rules, application, token)
	if err != nil || refusal == nil {
		return gate.Visitor{Operator: visit.Operator, Kept: visit.Kept, Own: visit.Own}, nil, err
	}
	return gate.Visitor{}, &gate.BearerRefusal{Status: refusal.Status, Error: refusal.Error, Scope: refusal.Scope.Spaces(), Cause: refusal.Cause}, nil
}

// bearerRules lists the accounts that take tokens; nil: none does.
func (s *Server) bearerRules(snap *snapshot, admit map[string]usher.Admission) (*bearer.Rules, error) {
	rules := &bearer.Rules{Refresh: snap.config.Server.Session.Refresh}
	for _, reg := range snap.signin.Registrations {
		a := reg.Account
		if a.Bearer == nil || !a.Enabled {
			continue
		}
		if !a.IMS() && len(a.Bearer.Audience) == 0 {
			return nil, fmt.Errorf("external account %s: bearer.audience is empty; name for whom tokens are made out, such as https://reports.corp.example: a token for anybody else must not be taken", a.InternalName)
		}
		p, ok := reg.Provider.(provider)
		if !ok {
			continue
		}
		admission := admit[a.InternalName]
		admission.Near = nil // programs come often, and near misses cost
		rules.Accounts = append(rules.Accounts, bearer.Account{Admission: admission, Provider: programs(p)})
	}
	if len(rules.Accounts) == 0 {
		return nil, nil
	}
	return rules, nil
}
