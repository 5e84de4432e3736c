// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/signin"
	"github.com/usher-signin/usher/internal/web"
)

// pageHeaders are the headers of our own pages, as they were last made.
type pageHeaders struct{ made atomic.Pointer[madeHeaders] }

type madeHeaders struct {
	*web.Headers
	targets []string
}

// formTargets lists where signing out may lead: our own signed-out page, and
// the providers'. Where an OpenID Connect provider ends its session is in its
// metadata, which come when they are first needed.
func (snap *snapshot) formTargets() []string {
	targets := []string{snap.signin.Public}
	for _, reg := range snap.signin.Registrations {
		if address, ok := reg.Provider.SignOutURL(nil, snap.signin.Public+signin.SignedOutPath); ok {
			if origin, err := usher.Origin(address); err == nil && !slices.Contains(targets, origin) {
				targets = append(targets, origin)
			}
		}
	}
	return targets
}

func (snap *snapshot) makeHeaders(targets []string) error {
	h, err := web.NewHeaders(web.HeaderOptions{FormTargets: targets, HSTS: hsts(snap.config)})
	if err == nil {
		snap.pageHeaders.made.Store(&madeHeaders{h, targets})
	}
	return err
}

// setHeaders puts the headers of our own pages on an answer. Browsers hold
// form-action against redirects too, so the policy follows what is known of the
// providers by now.
func (snap *snapshot) setHeaders(h http.Header) {
	made := snap.pageHeaders.made.Load()
	if now := snap.formTargets(); !slices.Equal(now, made.targets) && snap.makeHeaders(now) == nil {
		made = snap.pageHeaders.made.Load()
	}
	made.Set(h)
}

// learnWithin is how long a page with a button to sign out waits for a
// provider's metadata; without them the browser would not follow to it.
const learnWithin = 2 * time.Second

// learning is a provider that can be asked where it ends sessions.
type learning interface{ Learn(ctx context.Context) }

// learnTargets has the providers asked where signing out leads, where that is
// not known yet, and puts the headers on the answer anew.
func (s *Server) learnTargets(w http.ResponseWriter, r *http.Request) {
	snap := s.current.Load()
	ctx, cancel := context.WithTimeout(r.Context(), learnWithin)
	defer cancel()
	var asked sync.WaitGroup
	for _, reg := range snap.signin.Registrations {
		if _, known := reg.Provider.SignOutURL(nil, ""); known || !reg.Account.Enabled || reg.Unusable != nil {
			continue
		}
		if p, ok := reg.Provider.(learning); ok {
			asked.Go(func() { p.Learn(ctx) })
		}
	}
	asked.Wait()
	snap.setHeaders(w.Header())
}
