// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"slices"
	"strings"

	usher "github.com/usher-signin/usher"
)

// An AuthRequest is what the browser takes to the provider. State, nonce and
// verifier belong to one sign-in; the caller draws and keeps them.
type AuthRequest struct {
	State       string // 1 to 255 bytes: the least that any IMS version takes
	Nonce       string
	Verifier    string // PKCE; only its hash is sent
	CallbackURL string // empty: the account's
	Prompt      string // none, login, consent or select_account; empty: not sent
	LoginHint   string
	Scopes      usher.Scopes // nil: the account's
}

// LogValue hides the values of the sign-in.
func (AuthRequest) LogValue() slog.Value { return slog.StringValue(hiddenRequest) }

// Format hides the values of the sign-in from every verb.
func (AuthRequest) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hiddenRequest) }

// MarshalText hides the values of the sign-in from JSON and other encoders.
func (AuthRequest) MarshalText() ([]byte, error) { return []byte(hiddenRequest), nil }

const hiddenRequest = "[authorization request]"

const maxState = 255

// AuthorizeURL gives the address at the provider to which the browser is sent:
// the code flow with PKCE S256 (RFC 7636), always.
func (c *Client) AuthorizeURL(ctx context.Context, r AuthRequest) (string, *usher.Cause) {
	if cause := r.check(); cause != nil {
		return "", cause
	}
	md, cause := c.Metadata(ctx)
	if cause != nil {
		return "", cause
	}
	return c.authorizeURL(md.AuthorizationEndpoint, r)
}

func (c *Client) authorizeURL(endpoint string, r AuthRequest) (string, *usher.Cause) {
	u, err := url.Parse(endpoint)
	if err != nil {
		return "", c.discovery().cause(usher.CodeProviderMetadata, "an authorization endpoint that cannot be read", "an https address", "")
	}
	q := u.Query()
	challenge := sha256.Sum256([]byte(r.Verifier))
	for name, value := range map[string]string{
		"response_type":         "code",
		"client_id":             c.account.ClientID,
		"redirect_uri":          c.callbackURL(r.CallbackURL),
		"scope":                 c.wireScopes(r.Scopes),
		"state":                 r.State,
		"nonce":                 r.Nonce,
		"code_challenge":        base64.RawURLEncoding.EncodeToString(challenge[:]),
		"code_challenge_method": "S256",
		"prompt":                r.Prompt,
		"login_hint":            r.LoginHint,
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// check refuses a request that would not protect the sign-in, should a caller
// ever make one.
func (r AuthRequest) check() *usher.Cause {
	missing := func(subject, saw, want string) *usher.Cause {
		return &usher.Cause{Step: usher.StepBegin, Code: usher.CodeStateMissing, Subject: subject, Saw: saw, Want: want}
	}
	switch {
	case r.State == "" || len(r.State) > maxState:
		return missing("state", fmt.Sprintf("%d bytes", len(r.State)), "1 to 255 bytes")
	case r.Nonce == "":
		return missing("nonce", "none", "a nonce for this sign-in")
	case len(r.Verifier) < 43 || len(r.Verifier) > 128 || strings.Trim(r.Verifier, unreserved) != "":
		return missing("code_verifier", fmt.Sprintf("%d bytes", len(r.Verifier)), "43 to 128 unreserved characters (RFC 7636 section 4.1)")
	}
	return nil
}

const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

func (c *Client) callbackURL(asked string) string {
	if asked != "" {
		return asked
	}
	return c.account.CallbackURL
}

// wireScopes joins scopes as the provider reads them. A provider that speaks
// OpenID Connect returns no ID token without the scope openid, so it is added
// there; to IMS goes what the administrator wrote, because one scope too many
// fails them all.
func (c *Client) wireScopes(asked usher.Scopes) string {
	if asked == nil {
		asked = c.account.Scopes
	}
	if c.account.IMS() {
		return asked.Commas()
	}
	if !asked.Has(usher.ScopeOpenID) {
		asked = append(usher.Scopes{usher.ScopeOpenID}, asked...)
	}
	return asked.Spaces()
}

// CheckIssuerParam judges the iss parameter of a callback (RFC 9207): right if
// it was sent, and sent if the provider announced it. Where no metadata is at
// hand it is fetched first.
func (c *Client) CheckIssuerParam(values url.Values) *usher.Cause {
	md, cause := c.Metadata(context.Background())
	if cause != nil {
		return cause.At(usher.StepCallback)
	}
	wrong := func(saw string) *usher.Cause {
		return &usher.Cause{Step: usher.StepCallback, Code: usher.CodeProviderIssuer, Subject: "iss", Saw: saw,
			Want: "iss = " + strings.Join(c.issuers(), " or "), Detail: "the answer does not come from the provider to which the browser was sent"}
	}
	sent := values["iss"]
	switch {
	case len(sent) == 0 && md.IssuerParameter:
		return wrong("no iss, though the provider announces that it sends one")
	case len(sent) > 1:
		return wrong("more than one iss")
	case len(sent) == 1 && !slices.Contains(c.issuers(), sent[0]):
		return wrong("iss " + quote(sent[0]))
	}
	return nil
}
