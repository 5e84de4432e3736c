// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/usher-signin/usher/internal/session"
	"github.com/usher-signin/usher/internal/store"
)

// readyWithin bounds what is asked before it is said whether a gateway is ready.
const readyWithin = 2 * time.Second

// A readiness says whether a gateway should be given requests, and what it lacks.
// Its names in JSON are for ever.
type readiness struct {
	Ready    bool       `json:"ready"`
	Node     string     `json:"node"`
	Version  string     `json:"version"`
	Revision string     `json:"revision"`
	Items    []ableness `json:"items"`
}

// An ableness is one thing that a gateway needs.
type ableness struct {
	Name  string `json:"name"`
	State string `json:"state"` // ok, degraded: it can serve all the same, or missing: it cannot
	Says  string `json:"says,omitempty"`
}

const (
	stateOK       = "ok"
	stateDegraded = "degraded"
	stateMissing  = "missing"
)

func (s *Server) serveReadiness(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	said := s.readiness(ctx)
	if s.leaving.ask(s.opts.Now()) {
		said.Ready = false
		said.Items = append(said.Items, ableness{Name: "gateway", State: stateMissing, Says: "it is stopping; for some seconds yet it answers what is sent to it"})
	}
	w.Header().Set("Content-Type", "application/json")
	if !said.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	_ = enc.Encode(said) // whoever asked and left is not told
}

// readiness asks for everything at once. Where the provider is down the gateway
// is ready: those who are signed in pass, and all gateways would be taken out
// of service at once.
func (s *Server) readiness(ctx context.Context) readiness {
	snap := s.current.Load()
	asks := []func(context.Context) ableness{s.databaseReady, s.keysReady, s.configurationReady}
	for _, reg := range snap.signin.Registrations {
		if p, ok := reg.Provider.(provider); ok && reg.Account.Enabled && reg.Unusable == nil {
			asks = append(asks, func(ctx context.Context) ableness { return providerReady(ctx, reg.Account.InternalName, p) })
		}
	}
	out := readiness{Ready: true, Node: s.opts.Node, Version: s.opts.Version, Revision: snap.config.Revision, Items: make([]ableness, len(asks))}
	var all sync.WaitGroup
	for i, ask := range asks {
		all.Go(func() { out.Items[i] = ask(ctx) })
	}
	all.Wait()
	for _, item := range out.Items {
		out.Ready = out.Ready && item.State != stateMissing
	}
	return out
}

func (s *Server) silence() time.Duration { return s.sessions.Silence() }

// quiet is how long the database may say nothing about ended sessions, which it
// is asked twice a second, before it counts as one that does not answer.
const quiet = 5 * time.Second

func (s *Server) databaseReady(ctx context.Context) ableness {
	a := ableness{Name: "database", State: stateOK}
	err, failing, silent := s.db.Ping(ctx), s.db.Writing(), s.silence()
	switch {
	case err != nil:
		a.State, a.Says = stateMissing, err.Error()
	case silent > quiet:
		a.State, a.Says = stateMissing, fmt.Sprintf("the database has not said for %s which sessions were ended", silent.Round(time.Second))
		if failing != nil {
			a.Says += ": " + failing.Error()
		}
	case failing != nil:
		a.State, a.Says = stateDegraded, failing.Error()+"; it is read all the same: those who are signed in pass, and nobody can sign in or out"
	}
	if a.State == stateMissing && silent < session.StaleAfter {
		a.Says += fmt.Sprintf("; those who are signed in pass for another %s", (session.StaleAfter - silent).Round(time.Second))
	}
	return a
}

// keysReady looks whether this gateway can open what all gateways seal.
func (s *Server) keysReady(ctx context.Context) ableness {
	a := ableness{Name: "keys", State: stateOK}
	if fault := s.keyring.problem(); fault != "" {
		a.State, a.Says = stateDegraded, fault+"; the keys that were read before are in force"
	}
	nodes, err := s.db.Nodes(ctx)
	if err != nil {
		return a // the database's own item says so
	}
	for _, n := range nodes {
		if n.Name == s.opts.Node || len(n.About.KeyIDs) == 0 || !n.Running() {
			continue
		}
		if state, says := s.keysBeside(n); state == stateMissing || state == stateDegraded && a.State == stateOK {
			a.State, a.Says = state, says
		}
		if a.State == stateMissing {
			return a
		}
	}
	return a
}

// keysBeside compares the keys here with those of another gateway. Missing is
// only what this gateway lacks now: one that lacks a key of ours says so itself,
// and is named here too, for whoever looks at one gateway alone.
func (s *Server) keysBeside(n store.Node) (state, says string) {
	here, there := s.keys.IDs(), n.About.KeyIDs
	lacks := slices.DeleteFunc(slices.Clone(there), func(id string) bool { return slices.Contains(here, id) })
	switch {
	case slices.Contains(lacks, there[0]):
		return stateMissing, fmt.Sprintf("the gateway %s seals with the key %s, which the key file here does not have: give all gateways the same key file", n.Name, there[0])
	case len(lacks) > 0:
		return stateDegraded, fmt.Sprintf("the gateway %s has the key %s, which the key file here does not have, and which usher key rotate waits for: give all gateways the same key file", n.Name, lacks[0])
	case !slices.Contains(there, s.keys.Current()):
		return stateDegraded, fmt.Sprintf("the gateway %s does not have the key %s, with which this one seals: give all gateways the same key file", n.Name, s.keys.Current())
	}
	return stateOK, ""
}

func (s *Server) configurationReady(context.Context) ableness {
	a := ableness{Name: "configuration", State: stateOK}
	if last := s.about.Load(); last.refused != "" {
		a.State, a.Says = stateDegraded, "revision "+last.pending+" of the file is not in force: "+bounded(last.refused)
	}
	return a
}

// providerReady looks whether a sign-in could be finished now, from memory where
// that is fresh.
func providerReady(ctx context.Context, account string, p provider) ableness {
	a := ableness{Name: "provider keys of " + account, State: stateOK}
	keys, cause := p.client.Keys(ctx)
	switch {
	case cause != nil:
		a.State, a.Says = stateDegraded, fmt.Sprintf("%s: nobody can sign in with it now; those who are signed in pass", cause.Code)
	case len(keys.IDs) == 0:
		a.State, a.Says = stateDegraded, "the provider publishes no key that can be used: nobody can sign in with it now"
	}
	return a
}
