// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"slices"

	usher "github.com/usher-signin/usher"
)

// A Redemption is a code that came back, with what was kept of the sign-in
// that it answers.
type Redemption struct {
	Code        string
	Verifier    string
	CallbackURL string // as it was sent with the authorization request; empty: the account's
	Nonce       string
}

const hiddenRedemption = "[redemption]"

// LogValue hides the values of the sign-in.
func (Redemption) LogValue() slog.Value { return slog.StringValue(hiddenRedemption) }

// Format hides the values of the sign-in from every verb.
func (Redemption) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hiddenRedemption) }

// MarshalText hides the values of the sign-in from JSON and other encoders.
func (Redemption) MarshalText() ([]byte, error) { return []byte(hiddenRedemption), nil }

// Redeem exchanges a code for tokens and judges the ID token. The code is sent
// once; whatever comes back, it is spent. No other endpoint is called with the
// access token before the ID token has passed every check.
func (c *Client) Redeem(ctx context.Context, r Redemption) (*Grant, *usher.Cause) {
	md, cause := c.Metadata(ctx)
	if cause != nil {
		return nil, cause.At(usher.StepRedeem)
	}
	form := url.Values{"grant_type": {"authorization_code"}, "code": {r.Code}, "code_verifier": {r.Verifier}}
	if !c.account.IMS() {
		form.Set("redirect_uri", c.callbackURL(r.CallbackURL))
	}
	t, cause := c.tokenCall(ctx, md, form, r.Code, r.Verifier, r.Nonce)
	if cause != nil {
		return nil, cause
	}
	if t.id == "" {
		return nil, noIDToken(t)
	}
	id, cause := c.verify(ctx, md, redeemed{idToken: t.id, accessToken: t.access, nonce: r.Nonce, answer: t.answer})
	if cause != nil {
		return nil, withoutSecrets(cause, t.secrets())
	}
	g := c.newGrant(md, t)
	c.takeClaims(g, t, id)
	c.grantedScopes(ctx, md, g, t)
	return g, nil
}

// withoutSecrets removes from a cause what a claim of the ID token may repeat.
func withoutSecrets(cause *usher.Cause, secrets []string) *usher.Cause {
	hidden := *cause
	hidden.Saw, hidden.Detail = scrub(cause.Saw, secrets...), scrub(cause.Detail, secrets...)
	return &hidden
}

func noIDToken(t *tokens) *usher.Cause {
	saw, detail := t.idKind, ""
	switch saw {
	case "nothing":
		saw, detail = "no ID token", "a provider gives one only when the scope openid was asked for and granted"
	case "a string":
		saw = "an empty ID token"
	}
	cause := t.answer.from.cause(CodeTokenAnswer, saw, "an ID token", joinSentences(detail, t.answer.trace()))
	cause.Subject = "id_token"
	return cause
}

func (c *Client) newGrant(md *Metadata, t *tokens) *Grant {
	return &Grant{
		Provider: c.server, AccessToken: usher.NewSecret(t.access), RefreshToken: usher.NewSecret(t.refresh),
		Expires: t.expires, ServerDate: t.answer.date(), endSession: md.EndSessionEndpoint,
		sent: t.secrets(),
	}
}

// takeClaims puts the verified ID token into the grant. The nonce has done its
// work and is left out.
func (c *Client) takeClaims(g *Grant, t *tokens, id *signedToken) {
	g.IDToken = usher.NewSecret(t.id)
	g.Claims = id.claims
	delete(g.Claims, "nonce")
	g.Issuer, g.Subject = text(id.claims, "iss"), text(id.claims, "sub")
	if sid := text(id.claims, "sid"); len(sid) <= maxSubID {
		g.SessionID = sid
	}
}

// grantedScopes finds out what was granted: what the answer says; else, for
// IMS, what its access token says, if its signature holds; else what was asked
// for (RFC 6749 section 5.1).
func (c *Client) grantedScopes(ctx context.Context, md *Metadata, g *Grant, t *tokens) {
	switch {
	case t.scopeSaid:
		g.Scopes = usher.ParseScopes(clean(t.scope, maxToken))
	case c.account.IMS():
		scopes, why := c.scopesOfAccessToken(ctx, md, t.access)
		if why != "" {
			g.note("the provider did not say which scopes it granted (" + why + "); those asked for are assumed")
			scopes = c.account.Scopes
		}
		g.Scopes = scopes
	default:
		g.Scopes = c.account.Scopes
	}
	if missing := c.account.Scopes.Minus(g.Scopes); len(missing) > 0 {
		g.note("scopes asked for and not granted: " + clean(missing.Commas(), maxDescription))
	}
}

// scopesOfAccessToken reads the scopes from an IMS access token. IMS marks it
// with type access_token and client_id; it has no issuer or audience.
func (c *Client) scopesOfAccessToken(ctx context.Context, md *Metadata, raw string) (scopes usher.Scopes, why string) {
	t, err := parseToken(raw)
	if err != nil {
		return nil, "its access token is none that can be read"
	}
	if !slices.Contains(c.algorithms, t.algorithm()) {
		return nil, "its access token is signed in a way that is not accepted"
	}
	for _, extension := range []string{"crit", "b64", "zip"} {
		if _, present := t.header[extension]; present {
			return nil, "its access token has an extension that is not known"
		}
	}
	if c.verifySignature(ctx, md, t) != nil {
		return nil, "the signature of its access token does not hold"
	}
	if text(t.claims, "client_id") != c.account.ClientID || text(t.claims, "type") != "access_token" {
		return nil, "its access token was made for something else"
	}
	scope, ok := t.claims["scope"].(string)
	if !ok {
		return nil, "its access token names none"
	}
	return usher.ParseScopes(scope), ""
}

// Refresh exchanges the refresh token for new tokens (RFC 6749 section 6). An
// ID token that comes along must pass every check, except the nonce, and be
// of the same issuer, person and audience (OpenID Connect Core 1.0 section
// 12.2). A cause with the code token-refused means that the provider has ended
// the grant; provider-unreachable means that nothing is known.
func (c *Client) Refresh(ctx context.Context, k Keepsake) (*Grant, *usher.Cause) {
	md, cause := c.Metadata(ctx)
	if cause != nil {
		return nil, cause.At(usher.StepRedeem)
	}
	if k.RefreshToken.Empty() {
		return nil, c.tokenEndpoint(md).cause(usher.CodeTokenRefused, "no refresh token", "one", "the provider gives one when the scope offline_access was granted")
	}
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {k.RefreshToken.Reveal()}}
	t, cause := c.tokenCall(ctx, md, form, c.sentWith(k)...)
	if cause != nil {
		return nil, cause
	}
	g := c.newGrant(md, t)
	g.Issuer, g.Subject, g.SessionID, g.Scopes = k.Issuer, k.Subject, k.SessionID, k.Scopes
	if t.refresh == "" {
		g.RefreshToken = k.RefreshToken
	}
	if t.scopeSaid {
		g.Scopes = usher.ParseScopes(clean(t.scope, maxToken))
	}
	if t.id == "" {
		if t.idKind != "nothing" && t.idKind != "null" {
			return nil, noIDToken(t)
		}
		return g, nil
	}
	id, cause := c.verify(ctx, md, redeemed{idToken: t.id, accessToken: t.access, nonceless: true, answer: t.answer})
	if cause == nil {
		cause = sameGrant(k, id)
	}
	if cause != nil {
		return nil, withoutSecrets(cause, t.secrets())
	}
	c.takeClaims(g, t, id)
	return g, nil
}

func sameGrant(k Keepsake, id *signedToken) *usher.Cause {
	if iss := text(id.claims, "iss"); iss != k.Issuer {
		return verifyCause("iss", quote(iss), "the issuer of the sign-in, "+k.Issuer)
	}
	if text(id.claims, "sub") != k.Subject {
		return verifyCause("sub", "another person", "the person who signed in")
	}
	return nil
}
