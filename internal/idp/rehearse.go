// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"context"
	"net/url"
	"time"

	usher "github.com/usher-signin/usher"
)

// A Rehearsed is what a code gave, judged by every check instead of the first
// that fails. It is for looking at; it grants nothing.
type Rehearsed struct {
	// Cause is the one for which [Client.Redeem] would have refused; nil: none.
	Cause *usher.Cause
	// Grant holds the tokens, to ask about the person with where Cause is nil,
	// and to be given back; nil where none were given.
	Grant  *Grant
	Checks []TokenCheck // of the ID token, in order; nil where there is none

	Algorithm string // of the ID token's signature
	KeyID     string
	Issued    time.Time // iat; zero: not said
	Ends      time.Time // exp
	SignedIn  time.Time // auth_time, when the person proved who they are

	IDTokenBytes, AccessTokenBytes, RefreshTokenBytes int
}

// Rehearse exchanges a code as [Client.Redeem] does, once, and judges the ID
// token by every check. What the provider's answers hold is kept with the
// grant, for [Grant.Sources].
func (c *Client) Rehearse(ctx context.Context, r Redemption) *Rehearsed {
	out := &Rehearsed{}
	md, cause := c.Metadata(ctx)
	if cause != nil {
		out.Cause = cause.At(usher.StepRedeem)
		return out
	}
	form := url.Values{"grant_type": {"authorization_code"}, "code": {r.Code}, "code_verifier": {r.Verifier}}
	if !c.account.IMS() {
		form.Set("redirect_uri", c.callbackURL(r.CallbackURL))
	}
	t, cause := c.tokenCall(ctx, md, form, r.Code, r.Verifier, r.Nonce)
	if cause != nil {
		out.Cause = cause
		return out
	}
	g := c.newGrant(md, t)
	g.watched = &watched{}
	out.Grant, out.AccessTokenBytes, out.RefreshTokenBytes, out.IDTokenBytes = g, len(t.access), len(t.refresh), len(t.id)
	if t.id == "" {
		out.Cause = noIDToken(t)
		return out
	}
	out.judge(ctx, c, md, redeemed{idToken: t.id, accessToken: t.access, nonce: r.Nonce, answer: t.answer}, t.secrets())
	id, err := parseToken(t.id)
	if err != nil {
		return out
	}
	out.Algorithm, out.KeyID = clean(id.algorithm(), maxShown), clean(text(id.header, "kid"), maxShown)
	out.Issued, _ = claimTime(id.claims, "iat")
	out.Ends, _ = claimTime(id.claims, "exp")
	out.SignedIn, _ = claimTime(id.claims, "auth_time")
	g.watched.saw("ID token", id.claims)
	if out.Cause == nil {
		c.takeClaims(g, t, id)
		c.grantedScopes(ctx, md, g, t)
	}
	return out
}

// judge runs every check; the first that fails is the cause.
func (r *Rehearsed) judge(ctx context.Context, c *Client, md *Metadata, id redeemed, secrets []string) {
	r.Checks = c.examine(ctx, md, id)
	for i := range r.Checks {
		if r.Checks[i].Cause == nil {
			continue
		}
		r.Checks[i].Cause = withoutSecrets(r.Checks[i].Cause, secrets)
		if r.Cause == nil {
			r.Cause = r.Checks[i].Cause
		}
	}
}
