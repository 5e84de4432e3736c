// SPDX-License-Identifier: Apache-2.0

package signin_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/seal"
	"github.com/usher-signin/usher/internal/session"
	"github.com/usher-signin/usher/internal/signin"
	"github.com/usher-signin/usher/internal/store"
)

func memory(t *testing.T) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite::memory:", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// TestFinishTakesNoRehearsal has a pending sign-in whose state is a
// rehearsal's, cookie and all, which Begin never makes: it is not taken.
func TestFinishTakesNoRehearsal(t *testing.T) {
	db := memory(t)
	state := usher.RehearsalState("value")
	row := session.Hash(state)
	if err := db.PutPending(t.Context(), usher.Pending{StateHash: row, BrowserHash: session.Hash("browser"), Begun: time.Now()}); err != nil {
		t.Fatal(err)
	}
	flow := &signin.Flow{Rules: func() *signin.Rules { return &signin.Rules{} }, Store: db, Now: time.Now, Random: rand.Reader, Logger: slog.New(slog.DiscardHandler)}
	header := http.Header{"Cookie": {signin.FlowCookie + row[:12] + "=browser"}}
	done, refusal := flow.Finish(t.Context(), signin.Return{Path: usher.CallbackPath, Query: url.Values{"state": {state}, "code": {"c"}}, Header: header})
	if done != nil || refusal == nil || refusal.Cause.Code != usher.CodeStateUnknown {
		t.Errorf("finished %v, refused %v; wanted %s", done, refusal, usher.CodeStateUnknown)
	}
	if _, err := db.TakePending(t.Context(), row); err != nil {
		t.Errorf("it was taken: %v", err)
	}
}

// TestReturn keeps what a callback brought, once, so that only the command reads it.
func TestReturn(t *testing.T) {
	db := memory(t)
	opener, err := seal.NewOpener(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	state := usher.RehearsalState("value")
	row := session.Hash(state)
	h := &signin.Rehearsals{Store: db, Toward: seal.Toward, Logger: slog.New(slog.DiscardHandler)}
	query := url.Values{"state": {state}, "code": {"canary"}, "iss": {"https://ims"}, "extra": {"not kept"}}
	if kept, err := h.Return(t.Context(), query); kept || err != nil {
		t.Errorf("before it was begun: %v, %v", kept, err)
	}
	if err := db.PutRehearsal(t.Context(), usher.Rehearsal{StateHash: row, Key: opener.Key(), Begun: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if kept, err := h.Return(t.Context(), query); !kept || err != nil {
		t.Errorf("the callback: %v, %v", kept, err)
	}
	if kept, err := h.Return(t.Context(), query); kept || err != nil {
		t.Errorf("the callback again: %v, %v", kept, err)
	}
	r, err := db.TakeRehearsal(t.Context(), row)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := opener.Open(signin.PurposeRehearsal, row, r.Sealed)
	var got map[string]string
	if err := errors.Join(err, json.Unmarshal(plain, &got)); err != nil || len(got) != 3 || got["code"] != "canary" || got["iss"] != "https://ims" {
		t.Errorf("kept %v, %v", got, err)
	}
}

// A key that is none, as somebody who writes to the database might leave
// there, keeps nothing.
func TestReturnTowardNoKey(t *testing.T) {
	db := memory(t)
	state := usher.RehearsalState("value")
	if err := db.PutRehearsal(context.WithoutCancel(t.Context()), usher.Rehearsal{StateHash: session.Hash(state), Key: []byte("short"), Begun: time.Now()}); err != nil {
		t.Fatal(err)
	}
	h := &signin.Rehearsals{Store: db, Toward: seal.Toward, Logger: slog.New(slog.DiscardHandler)}
	if kept, err := h.Return(t.Context(), url.Values{"state": {state}, "code": {"canary"}}); kept || err == nil {
		t.Errorf("kept %v, %v", kept, err)
	}
	if _, err := db.TakeRehearsal(t.Context(), session.Hash(state)); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("something was kept: %v", err)
	}
}
