// SPDX-License-Identifier: Apache-2.0

package signin

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/session"
)

// Where a provider says that it has signed a person out.
const (
	BackChannelPath  = usher.Prefix + "backchannel-logout"  // OpenID Connect Back-Channel Logout 1.0
	FrontChannelPath = usher.Prefix + "frontchannel-logout" // OpenID Connect Front-Channel Logout 1.0
)

// maxLogoutBody bounds the body of a logout request.
const maxLogoutBody = 64 << 10

// announced takes a provider's logout token: whichever account it is for says
// whether it holds. The cause is that of the account whose provider it claims
// to be from.
func (f *Flow) announced(ctx context.Context, token usher.Secret) (usher.Logout, *usher.Cause) {
	refused := &usher.Cause{Step: usher.StepVerify, Code: usher.CodeIDTokenInvalid, Subject: "iss", Saw: "a logout token of another issuer", Want: "the provider of an external account here"}
	for _, reg := range f.Rules().Registrations {
		provider, ok := reg.Provider.(Announcing)
		if !ok {
			continue
		}
		l, cause := provider.VerifyLogout(ctx, token)
		if cause == nil {
			l.Account = reg.Account.InternalName
			return l, nil
		}
		// The first checks are whom it is from and for; a later one says more.
		if cause.Subject != "iss" && (refused.Subject == "iss" || refused.Subject == "aud") {
			refused = cause
		}
	}
	return usher.Logout{}, refused
}

// signedOutThere ends the logins that a logout is about, here and, by the store,
// on every other node.
func (f *Flow) signedOutThere(ctx context.Context, l usher.Logout, by string) error {
	if l.ID != "" {
		l.ID = session.Hash(l.ID) // as long as they like to make it
	}
	l.By = by
	l.At = f.Now() // theirs may be off, and logins under way are told by ours
	logins, err := f.Store.Logout(ctx, l)
	if err != nil {
		return err
	}
	f.Sessions.Forget(logins...)
	f.Logger.Info("the provider signed a person out", slog.String("account", l.Account), slog.String("by", by), slog.Any("references", logins))
	return nil
}

// backChannel hears the provider itself. Its answers are those of Back-Channel
// Logout 1.0 section 2.8.
func (h *Handler) backChannel(w http.ResponseWriter, r *http.Request) error {
	token, sentence := logoutToken(r)
	if sentence != "" {
		return answerLogout(w, http.StatusBadRequest, sentence)
	}
	l, cause := h.Flow.announced(r.Context(), token)
	if cause != nil {
		h.Flow.Logger.Warn("a logout token was refused", slog.String("code", string(cause.Code)), slog.Any("cause", cause), slog.String("client", h.Client(r)))
		switch cause.Code {
		case usher.CodeProviderUnreachable, usher.CodeProviderMetadata, usher.CodeProviderIssuer:
			return answerLogout(w, http.StatusServiceUnavailable, "the logout token cannot be checked at the moment: the provider's keys do not come")
		}
		return answerLogout(w, http.StatusBadRequest, "the logout token was refused: "+cause.Subject)
	}
	err := h.Flow.signedOutThere(r.Context(), l, "back-channel")
	switch {
	case errors.Is(err, usher.ErrUnavailable):
		return answerLogout(w, http.StatusServiceUnavailable, "the gateway's own database does not answer")
	case err != nil:
		h.Flow.Logger.Warn("a logout token was refused", slog.Any("error", err), slog.String("client", h.Client(r)))
		return answerLogout(w, http.StatusBadRequest, "the logout token was refused: jti")
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	return nil
}

// logoutToken reads the one parameter; what else is sent is nobody's business.
func logoutToken(r *http.Request) (usher.Secret, string) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" {
		return usher.Secret{}, "the request has another content type than application/x-www-form-urlencoded"
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxLogoutBody+1))
	if err != nil || len(body) > maxLogoutBody {
		return usher.Secret{}, "the request has more than 64 KiB, or broke off"
	}
	form, err := url.ParseQuery(string(body))
	if tokens := form["logout_token"]; err != nil || len(tokens) != 1 || tokens[0] == "" {
		return usher.Secret{}, "the request does not hold exactly one logout_token"
	}
	return usher.NewSecret(form.Get("logout_token")), ""
}

func answerLogout(w http.ResponseWriter, status int, sentence string) error {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/json")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(map[string]string{"error": "invalid_request", "error_description": sentence})
}

// frontChannel is loaded in a frame of the provider's own sign-out page. The
// frame is another site's, so no cookie of ours comes along: iss and sid say
// which session it is, and nobody but the provider and the browser knows sid.
func (h *Handler) frontChannel(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet {
		return ErrNotPageLoad // HEAD reaches a GET pattern; it must end nothing
	}
	query, err := h.Query(r)
	if err != nil {
		return err
	}
	iss, sid := query.Get("iss"), query.Get("sid")
	head := w.Header()
	head.Set("Cache-Control", "no-store")
	known := false
	for _, reg := range h.Flow.Rules().Registrations {
		provider, ok := reg.Provider.(Announcing)
		if !ok || sid == "" {
			continue
		}
		name, ok := provider.Issues(iss)
		if !ok {
			continue
		}
		known = true
		if err := h.Flow.signedOutThere(r.Context(), usher.Logout{Account: reg.Account.InternalName, Provider: name, Session: sid}, "front-channel"); err != nil {
			return err
		}
	}
	head.Set("Content-Type", "text/plain; charset=utf-8")
	if !known {
		w.WriteHeader(http.StatusBadRequest)
		_, err = io.WriteString(w, "Nobody was signed out: the address names no provider of this gateway, or no session.\n")
		return err
	}
	if origin, err := usher.Origin(iss); err == nil {
		head.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors "+origin)
		head.Del("X-Frame-Options")
		head.Del("Cross-Origin-Opener-Policy")
		head.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	w.WriteHeader(http.StatusOK)
	_, err = io.WriteString(w, "Signed out.\n")
	return err
}
