// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/idp"
	"github.com/usher-signin/usher/internal/pages"
	"github.com/usher-signin/usher/internal/seal"
	"github.com/usher-signin/usher/internal/signin"
)

// rehearsals lets the sign-in's callback hand rehearsals over to the command.
func (s *Server) rehearsals(h *signin.Handler) {
	h.Rehearsals = &signin.Rehearsals{Store: s.db, Toward: seal.Toward, Logger: s.opts.Logger}
	h.RehearsalPages = rehearsalPages{s.pages, s.frame}
}

// rehearsalPages shows how a rehearsal ends in the browser.
type rehearsalPages struct {
	pages *pages.Pages
	frame func() pages.Frame
}

func (p rehearsalPages) Rehearsed(w http.ResponseWriter, r *http.Request, kept bool) error {
	status := http.StatusOK
	if !kept {
		status = http.StatusBadRequest
	}
	p.pages.Render(w, r, status, p.frame(), pages.Rehearsed{Carry: !kept})
	return nil
}

// A Ready account is one as the gateway would use it.
type Ready struct {
	Account   usher.ExternalAccount
	Admission usher.Admission
	Unusable  *usher.Cause // why no sign-in can begin with it; nil: one can
	Client    *idp.Client  // nil where the account is unusable
}

// ReadyAccount makes the account of that internal name ready, or, where none is
// named, the only one that is enabled, as the gateway would: by the same rules,
// for the same client. The error is a sentence about what to name or to write.
func ReadyAccount(cfg *config.Config, name string, near usher.NearFunc, now func() time.Time) (Ready, error) {
	account, err := chosen(cfg, name)
	if err != nil {
		return Ready{}, err
	}
	ready := Ready{Account: account, Admission: admissions(cfg, near)[account.InternalName], Unusable: unusable(cfg, account)}
	if ready.Unusable != nil {
		return ready, nil //nolint:nilerr // why it is unusable is what is shown
	}
	s := &Server{opts: Options{Now: now}}
	if ready.Client, err = s.client(cfg, account); err != nil {
		return Ready{}, fmt.Errorf("external account %s: %w", account.InternalName, err)
	}
	return ready, nil
}

// chosen finds the account: of several with one name the first counts.
func chosen(cfg *config.Config, name string) (usher.ExternalAccount, error) {
	var names []string
	var enabled []usher.ExternalAccount
	for _, a := range cfg.Accounts {
		if a.InternalName == name {
			return a, nil
		}
		names = append(names, a.InternalName)
		if a.Enabled {
			enabled = append(enabled, a)
		}
	}
	switch {
	case len(names) == 0:
		return usher.ExternalAccount{}, fmt.Errorf("%s has no external account; usher doctor says what to write", cfg.File)
	case name != "":
		return usher.ExternalAccount{}, fmt.Errorf("%s has no external account %q; it has %s", cfg.File, name, strings.Join(names, ", "))
	case len(enabled) == 1 || len(cfg.Accounts) == 1:
		return append(enabled, cfg.Accounts[0])[0], nil
	case len(enabled) == 0:
		return cfg.Accounts[0], nil // its cause is that it is disabled
	}
	for _, a := range enabled[1:] {
		if a.InternalName != enabled[0].InternalName {
			return usher.ExternalAccount{}, fmt.Errorf("%s has several external accounts; name one with --account: %s", cfg.File, strings.Join(names, ", "))
		}
	}
	return enabled[0], nil
}

// ListenAs listens where the gateway of a configuration would, with its
// certificate. It fails where the address is taken or is not this machine's.
func ListenAs(ctx context.Context, cfg *config.Config, now func() time.Time) (net.Listener, error) {
	if cfg.Server.Listen == "" {
		return nil, errors.New("server.listen is not set")
	}
	s := &Server{opts: Options{Now: now}}
	s.current.Store(&snapshot{config: cfg})
	return s.Listen(ctx)
}
