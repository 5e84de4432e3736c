// SPDX-License-Identifier: Apache-2.0

package server

import (
	"errors"
	"fmt"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/assertion"
	"github.com/usher-signin/usher/internal/bearer"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/gate"
	"github.com/usher-signin/usher/internal/session"
	"github.com/usher-signin/usher/internal/signin"
	"github.com/usher-signin/usher/internal/web"
)

// A snapshot is one configuration made ready: every request sees one, whole.
type snapshot struct {
	config      *config.Config
	signin      *signin.Rules
	session     *session.Rules
	gate        *gate.Rules
	bearer      *bearer.Rules // nil: no account takes tokens of programs
	proxies     web.TrustedProxies
	pageHeaders pageHeaders // of our own pages
	sameOrigin  *web.SameOrigin
	apps        *usher.Applications
	asserter    *assertion.Signer
	hosts       map[string]bool // canonical hosts on which usher's own pages live
}

// admissions makes the admission rule of each account.
func admissions(cfg *config.Config, near usher.NearFunc) map[string]usher.Admission {
	out := make(map[string]usher.Admission, len(cfg.Accounts))
	for _, a := range cfg.Accounts {
		if _, twice := out[a.InternalName]; twice {
			continue
		}
		out[a.InternalName] = usher.Admission{Account: a, OperatorGroups: cfg.OperatorGroups, Directory: cfg.Organization.GroupNames(), Near: near}
	}
	return out
}

// unusable says why no sign-in can be begun with an account as it is written.
// These are the rules that the doctor asks, too.
func unusable(cfg *config.Config, a usher.ExternalAccount) *usher.Cause {
	for _, check := range []func() *usher.Cause{
		a.CheckEnabled,
		func() *usher.Cause { return a.CheckIMSServer(cfg.Instance.Environment) },
		func() *usher.Cause { return a.CheckCallback(cfg.Instance, cfg.Server.PublicURL) },
		a.CheckProductContext,
		func() *usher.Cause { _, cause := a.Mask.Compile(); return cause },
	} {
		if cause := check(); cause != nil {
			return cause
		}
	}
	return nil
}

func (s *Server) snapshot(cfg *config.Config) (*snapshot, error) {
	public, err := usher.Origin(cfg.Server.PublicURL)
	if err != nil {
		return nil, fmt.Errorf("server.public_url: %w", err)
	}
	apps, err := usher.NewApplications(cfg.Applications)
	if err != nil {
		return nil, err
	}
	admit := admissions(cfg, s.opts.Near)
	snap := &snapshot{config: cfg, apps: apps, hosts: make(map[string]bool),
		signin: &signin.Rules{Revision: cfg.Revision, Public: public, Origins: append(usher.Origins(cfg.Applications), public)},
		session: &session.Rules{Idle: cfg.Server.Session.Idle, Lifetime: cfg.Server.Session.Lifetime, Refresh: cfg.Server.Session.Refresh, Stale: cfg.Server.Session.Stale,
			Admit: func(account string, p usher.Person) (usher.Operator, *usher.Cause) {
				a, ok := admit[account]
				if !ok || !a.Account.Enabled {
					return usher.Operator{}, &usher.Cause{Step: usher.StepGate, Code: usher.CodeAccountMissing, Subject: account,
						Saw: "an account that is no longer in force", Want: "the account that the session was opened with"}
				}
				a.Near = nil // nobody reads the cause of a look-up, and near misses cost
				return a.Admit(p)
			}},
	}
	if snap.proxies, err = web.ParseTrustedProxies(cfg.Server.TrustedProxies); err != nil {
		return nil, fmt.Errorf("server.trusted_proxies: %w", err)
	}
	if snap.asserter, err = s.asserter(public); err != nil {
		return nil, err
	}
	if err := s.register(snap, admit); err != nil {
		return nil, err
	}
	if snap.bearer, err = s.bearerRules(snap, admit); err != nil {
		return nil, err
	}
	if snap.gate, err = s.gateRules(cfg, snap); err != nil {
		return nil, err
	}
	return snap, errors.Join(snap.findHosts(), snap.guardPages())
}

// guardPages makes what keeps our own pages ours: the headers, and the origins
// that posts may come from.
func (snap *snapshot) guardPages() (err error) {
	if err := snap.makeHeaders(snap.formTargets()); err != nil {
		return err
	}
	snap.sameOrigin, err = web.NewSameOrigin(snap.signin.Origins...)
	return err
}

// hsts tells browsers to stay with https, except in development, where the
// names are those of the developer's machine and serve other things tomorrow.
func hsts(cfg *config.Config) time.Duration {
	if cfg.Instance.Environment == usher.Development {
		return 0
	}
	return 365 * 24 * time.Hour
}

// register makes the client of each account's provider. Nothing is fetched:
// usher starts while the provider is down.
func (s *Server) register(snap *snapshot, admit map[string]usher.Admission) error {
	seen := make(map[string]bool)
	for _, a := range snap.config.Accounts {
		if seen[a.InternalName] {
			continue // a duplicate: the doctor's business; the first one counts
		}
		seen[a.InternalName] = true
		client, err := s.client(snap.config, a)
		if err != nil {
			return fmt.Errorf("external account %s: %w", a.InternalName, err)
		}
		snap.signin.Registrations = append(snap.signin.Registrations, signin.Registration{
			Account: a, Provider: provider{client}, Admission: admit[a.InternalName], Unusable: unusable(snap.config, a)})
	}
	return nil
}

func (snap *snapshot) findHosts() error {
	for _, origin := range snap.signin.Origins {
		host, err := hostOf(origin)
		if err != nil {
			return err
		}
		snap.hosts[host] = true
	}
	host, err := hostOf(snap.signin.Public)
	snap.signin.PublicHost = host
	return err
}
