// SPDX-License-Identifier: Apache-2.0

package signin

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/session"
)

// RehearsedPath is the page on which a rehearsal ends in the browser.
const RehearsedPath = usher.Prefix + "rehearsed"

// PurposeRehearsal is what a rehearsal's callback is sealed for.
const PurposeRehearsal = "rehearsal callback"

// Rehearsals hands the callback of a rehearsal to the command that began it.
//
// It cannot sign anybody in. It knows neither the PKCE verifier nor the nonce,
// redeems nothing, has no hand on sessions, reads no cookie and sets none. What
// the callback brought is sealed toward the command's key at once and kept for
// two minutes, to be taken once.
type Rehearsals struct {
	Store RehearsalStore
	// Toward seals plain so that only the command opens it.
	Toward func(key []byte, purpose, row string, plain []byte) ([]byte, error)
	Logger *slog.Logger
}

// RehearsalStore is where a rehearsal waits for its callback.
type RehearsalStore interface {
	Rehearsal(ctx context.Context, stateHash string) (usher.Rehearsal, error)
	ReturnRehearsal(ctx context.Context, stateHash string, sealed []byte) error
}

// RehearsalPages are what a rehearsal shows in the browser.
type RehearsalPages interface {
	// Rehearsed says that the rehearsal is over; kept: the terminal has it,
	// else the address has to be carried there by hand.
	Rehearsed(w http.ResponseWriter, r *http.Request, kept bool) error
}

// brought are the parameters of a callback that the command needs.
func brought() []string {
	return []string{"state", "code", "iss", "error", "error_description", "error_uri"}
}

// Return keeps what a callback brought. False says that no rehearsal waits for
// it here: another gateway's, one that is over, or one that nobody began.
func (h *Rehearsals) Return(ctx context.Context, query url.Values) (bool, error) {
	row := session.Hash(query.Get("state"))
	waiting, err := h.Store.Rehearsal(ctx, row)
	if errors.Is(err, usher.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	keep := make(map[string]string)
	for _, name := range brought() {
		if query.Has(name) {
			keep[name] = query.Get(name)
		}
	}
	plain, err := json.Marshal(keep)
	if err != nil {
		return false, err
	}
	sealed, err := h.Toward(waiting.Key, PurposeRehearsal, row, plain)
	if err != nil {
		return false, err
	}
	if err := h.Store.ReturnRehearsal(ctx, row, sealed); errors.Is(err, usher.ErrNotFound) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	h.Logger.Info("the callback of a rehearsal is kept for the command that began it", slog.Bool("error", query.Has("error")))
	return true, nil
}

// rehearsed ends a rehearsal in the browser. A callback that was kept leads on
// to an address without the code; one that was not stays where it is, so that
// its address can be carried to the terminal.
func (h *Handler) rehearsed(w http.ResponseWriter, r *http.Request, query url.Values) error {
	kept, err := h.Rehearsals.Return(r.Context(), query)
	if err != nil {
		return err
	}
	if kept {
		return redirect(w, RehearsedPath, nil)
	}
	return h.RehearsalPages.Rehearsed(w, r, false)
}

func (h *Handler) rehearsalOver(w http.ResponseWriter, r *http.Request) error {
	return h.RehearsalPages.Rehearsed(w, r, true)
}
