// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/usher-signin/usher/internal/assertion"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/gate"
	"github.com/usher-signin/usher/internal/session"
)

// gateSessions answers the gate's question who is signed in, under one
// configuration.
type gateSessions struct {
	manager *session.Manager
	rules   *session.Rules
}

func (s gateSessions) Visit(ctx context.Context, now time.Time, host string, header http.Header) (gate.Visitor, error) {
	return s.look(ctx, now, host, header, true)
}

func (s gateSessions) Glance(ctx context.Context, now time.Time, host string, header http.Header) (gate.Visitor, error) {
	return s.look(ctx, now, host, header, false)
}

func (s gateSessions) look(ctx context.Context, now time.Time, host string, header http.Header, use bool) (gate.Visitor, error) {
	visit, stale, err := s.manager.LookupUnder(ctx, s.rules, now, host, header, use)
	if errors.Is(err, session.ErrNone) {
		if stale {
			return gate.Visitor{Clear: []string{session.HostCookie(session.CookieName, "", -1).String()}}, nil
		}
		return gate.Visitor{}, nil
	}
	if err != nil {
		return gate.Visitor{}, err
	}
	return gate.Visitor{Operator: visit.Operator(), Kept: &visit.Judged.Kept, Own: &visit.Live.Own}, nil
}

// gateRules makes the gate's rules of a configuration.
func (s *Server) gateRules(cfg *config.Config, snap *snapshot) (*gate.Rules, error) {
	o := gate.RuleOptions{Applications: cfg.Applications, Sessions: gateSessions{s.sessions, snap.session},
		Trusted: snap.proxies.Contains, Revision: cfg.Revision, Asserter: snap.asserter, AssertFor: assertion.Fresh}
	if snap.bearer != nil {
		o.Bearers = bearers{s.programs, snap.bearer}
	}
	return gate.NewRules(o)
}
