// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/gate"
	"github.com/usher-signin/usher/internal/store"
	"github.com/usher-signin/usher/internal/telemetry"
)

// observed makes what counts and traces. It comes first, so that the opening of
// the database is seen as well.
func (s *Server) observed(ctx context.Context, cfg *config.Config) (err error) {
	s.metrics = telemetry.NewMetrics(s.opts.Version, telemetry.Sources{
		CachedSessions: func() int { return s.sessions.Cached() },
		CacheHits:      func() (int, int) { return s.sessions.Hits() },
		StoreSilence:   s.silence,
	})
	s.tracing, err = telemetry.NewTracing(ctx, s.opts.Environment.LookupEnv, s.opts.Version, s.opts.Node, cfg.Instance.Name, s.opts.Logger)
	return err
}

// watchStore notes each call of the database.
func (s *Server) watchStore() func(context.Context, string) (context.Context, func(error)) {
	return func(ctx context.Context, doing string) (context.Context, func(error)) {
		began := s.opts.Now()
		ctx, end := s.tracing.Start(ctx, "store: "+doing)
		return ctx, func(err error) {
			end(err)
			s.metrics.Store(doing, s.opts.Now().Sub(began), !errors.Is(err, usher.ErrUnavailable))
		}
	}
}

func (s *Server) measureApplications(cfg *config.Config) {
	var names []string
	for _, a := range cfg.Applications {
		names = append(names, a.Name)
	}
	s.metrics.Applications(names)
	s.metrics.Revision(cfg.Revision)
}

// count counts a request that was judged. It costs no memory.
func (s *Server) count(o *gate.Observation) {
	name := ""
	if o.Decision.Application != nil {
		name = o.Decision.Application.Name
	}
	s.metrics.Request(name, o.Decision.Verdict())
	s.asked.Add(1)
}

// believed says whether a request comes from a declared proxy, whose trace goes on here.
func (s *Server) believed(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	peer, err := netip.ParseAddr(host)
	return err == nil && s.current.Load().proxies.Contains(peer.Unmap())
}

// told is the store as the sign-in uses it, with the ends of attempts counted.
type told struct {
	*store.DB
	metrics *telemetry.Metrics
}

// PutAttempt records an attempt and counts a refusal.
func (t told) PutAttempt(ctx context.Context, a usher.Attempt) error {
	t.count(ctx, &a)
	return t.DB.PutAttempt(ctx, a)
}

// Finish records an attempt and its session, and counts it.
func (t told) Finish(ctx context.Context, a usher.Attempt, s usher.Session, grant []byte) error {
	err := t.DB.Finish(ctx, a, s, grant)
	if err == nil {
		t.count(ctx, &a)
	}
	return err
}

func (t told) count(ctx context.Context, a *usher.Attempt) {
	telemetry.Attempt(ctx, a)
	if a.Outcome == usher.OutcomeBegun {
		return
	}
	var code usher.Code
	if a.Cause != nil {
		code = a.Cause.Code
	}
	t.metrics.SignIn(a.Outcome, code)
}
