// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	usher "github.com/usher-signin/usher"
)

// A Grant is what a code was exchanged for, after every check of the ID token.
type Grant struct {
	Provider     string // issuer as configured, or IMS server
	Issuer       string // as the ID token says it
	Subject      string
	SessionID    string // sid, where the provider gave one
	AccessToken  usher.Secret
	RefreshToken usher.Secret   // may be empty
	IDToken      usher.Secret   // empty after a refresh without one
	Scopes       usher.Scopes   // granted, as far as the provider said
	Expires      time.Time      // of the access token; zero: not said
	ServerDate   time.Time      // the provider's clock in the token answer; zero: not said
	Claims       map[string]any // of the verified ID token, without its nonce; numbers are json.Number
	// Notes are sentences for the administrator about odd things that did not
	// stop the sign-in. Person adds to them.
	Notes []string

	endSession string
	watched    *watched // what the provider's answers held; nil: nobody asked
	sent       []string // what the provider was told in confidence, and might repeat
}

// LogValue hides tokens and claims.
func (g Grant) LogValue() slog.Value {
	return slog.GroupValue(slog.String("provider", g.Provider), slog.Time("expires", g.Expires))
}

// Format hides tokens and claims from every verb.
func (g Grant) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[grant]") }

// MarshalJSON hides tokens and claims.
func (g Grant) MarshalJSON() ([]byte, error) { return []byte(`"[grant]"`), nil }

func (g *Grant) note(sentence string) { g.Notes = append(g.Notes, scrub(sentence, g.sent...)) }

// Keepsake gives what is needed later to refresh the grant or to sign the
// person out at the provider. The ID token is not part of it.
func (g *Grant) Keepsake() Keepsake {
	return Keepsake{
		Provider: g.Provider, Issuer: g.Issuer, Subject: g.Subject, SessionID: g.SessionID,
		AccessToken: g.AccessToken, RefreshToken: g.RefreshToken, Scopes: g.Scopes, Expires: g.Expires, EndSession: g.endSession,
	}
}

// A Keepsake is what a session keeps of its grant. MarshalBinary gives it in
// clear: seal the bytes before they are stored.
type Keepsake struct {
	Provider     string
	Issuer       string
	Subject      string
	SessionID    string
	AccessToken  usher.Secret
	RefreshToken usher.Secret
	Scopes       usher.Scopes
	Expires      time.Time
	EndSession   string // the provider's end_session_endpoint at sign-in; may be empty
}

// LogValue hides the tokens.
func (k Keepsake) LogValue() slog.Value {
	return slog.GroupValue(slog.String("provider", k.Provider), slog.Time("expires", k.Expires))
}

// Format hides the tokens from every verb.
func (k Keepsake) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[keepsake]") }

// MarshalJSON hides the tokens; only MarshalBinary gives them.
func (k Keepsake) MarshalJSON() ([]byte, error) { return []byte(`"[keepsake]"`), nil }

const keepsakeVersion = 1

type keepsakeWire struct {
	Version    int       `json:"v"`
	Provider   string    `json:"p"`
	Issuer     string    `json:"i,omitempty"`
	Subject    string    `json:"s"`
	SessionID  string    `json:"sid,omitempty"`
	Access     string    `json:"a,omitempty"`
	Refresh    string    `json:"r,omitempty"`
	Scopes     []string  `json:"sc,omitempty"`
	Expires    time.Time `json:"e,omitzero"`
	EndSession string    `json:"es,omitempty"`
}

// MarshalBinary gives the keepsake in clear, for sealing.
func (k Keepsake) MarshalBinary() ([]byte, error) {
	return json.Marshal(keepsakeWire{
		Version: keepsakeVersion, Provider: k.Provider, Issuer: k.Issuer, Subject: k.Subject, SessionID: k.SessionID,
		Access: k.AccessToken.Reveal(), Refresh: k.RefreshToken.Reveal(), Scopes: k.Scopes, Expires: k.Expires, EndSession: k.EndSession,
	})
}

// errKeepsake does not say what was wrong: the bytes hold tokens.
var errKeepsake = errors.New("what the session keeps of its sign-in cannot be read; it was written by another version, or is damaged")

// UnmarshalBinary reads what MarshalBinary gave.
func (k *Keepsake) UnmarshalBinary(data []byte) error {
	var w keepsakeWire
	if err := json.Unmarshal(data, &w); err != nil || w.Version != keepsakeVersion {
		return errKeepsake
	}
	*k = Keepsake{
		Provider: w.Provider, Issuer: w.Issuer, Subject: w.Subject, SessionID: w.SessionID,
		AccessToken: usher.NewSecret(w.Access), RefreshToken: usher.NewSecret(w.Refresh), Scopes: w.Scopes, Expires: w.Expires, EndSession: w.EndSession,
	}
	return nil
}
