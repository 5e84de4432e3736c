// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"context"
	"slices"
	"strings"
	"time"

	usher "github.com/usher-signin/usher"
)

// A LogoutToken is what a provider says when it has signed a person out, after
// every check.
type LogoutToken struct {
	ID        string // jti
	Subject   string // may be empty, where SessionID is not
	SessionID string // may be empty, where Subject is not
	Issued    time.Time
}

// backChannelEvent is the member of events that makes a token a logout token.
const backChannelEvent = "http://schemas.openid.net/event/backchannel-logout"

// maxTokenID bounds jti, in bytes.
const maxTokenID = 512

// logoutChecks lists what must hold of a logout token (OpenID Connect
// Back-Channel Logout 1.0 section 2.6), in the order in which it is judged.
// Whom it is from and for stands before the signature, so that a token which
// is another account's has no keys fetched.
func logoutChecks() []tokenCheck {
	return []tokenCheck{
		{"iss", checkIss}, {"aud", checkAud},
		{"alg", checkAlg}, {"typ", checkLogoutTyp}, {"crit", checkCrit}, {"signature", checkSignature},
		{"exp", checkExp}, {"iat", checkLogoutIat}, {"nbf", checkNbf},
		{"events", checkEvents}, {"nonce", checkNoNonce}, {"jti", checkTokenID}, {"sub", checkLogoutSub},
	}
}

// VerifyLogout judges a logout token. That it comes once only is for the caller
// to see to, by its ID, for usher.MaxLogoutAge.
func (c *Client) VerifyLogout(ctx context.Context, raw usher.Secret) (LogoutToken, *usher.Cause) {
	t, err := parseToken(raw.Reveal())
	if err != nil {
		return LogoutToken{}, verifyCause("form", err.Error(), "a signed token in compact form")
	}
	p := presented{client: c, token: t, now: c.now()}
	for _, check := range logoutChecks() {
		if check.id == "signature" {
			md, cause := c.Metadata(ctx)
			if cause != nil {
				return LogoutToken{}, cause.At(usher.StepVerify)
			}
			p.metadata = md
		}
		if cause := check.judge(ctx, p); cause != nil {
			return LogoutToken{}, cause
		}
	}
	issued, _ := claimTime(t.claims, "iat") // checked above
	return LogoutToken{ID: text(t.claims, "jti"), Subject: text(t.claims, "sub"), SessionID: text(t.claims, "sid"), Issued: issued}, nil
}

// Issues reports whether a text is the provider's issuer.
func (c *Client) Issues(issuer string) bool { return slices.Contains(c.issuers(), issuer) }

// Provider names the provider as persons have it.
func (c *Client) Provider() string { return c.server }

// checkLogoutTyp takes what the standard recommends, and what it does not rule
// out: a plain JWT, or none said. An ID token is refused for what it holds.
func checkLogoutTyp(_ context.Context, p presented) *usher.Cause {
	typ, present := p.token.header["typ"]
	if !present {
		return nil
	}
	s, isString := typ.(string)
	switch strings.TrimPrefix(strings.ToLower(s), "application/") {
	case "logout+jwt", "jwt":
		if isString {
			return nil
		}
	}
	return verifyCause("typ", kindOf(typ)+" "+quote(s), "logout+jwt")
}

func checkLogoutIat(_ context.Context, p presented) *usher.Cause {
	iat, ok := claimTime(p.token.claims, "iat")
	if !ok {
		return p.badTime("iat")
	}
	age := p.now.Sub(iat)
	switch {
	case age < -maxSkew:
		return p.timeCause("iat", "a token issued "+(-age).Round(time.Second).String()+" in the future", "one issued just now")
	case age > usher.MaxLogoutAge:
		return p.timeCause("iat", "a token issued "+age.Round(time.Second).String()+" ago", "one issued at most "+usher.MaxLogoutAge.String()+" ago")
	}
	return nil
}

func checkEvents(_ context.Context, p presented) *usher.Cause {
	events, ok := p.token.claims["events"].(map[string]any)
	if !ok {
		return verifyCause("events", kindOfMember(p.token.claims, "events"), "an object with the member "+backChannelEvent)
	}
	if _, ok := events[backChannelEvent].(map[string]any); !ok {
		return verifyCause("events", kindOfMember(events, backChannelEvent)+" in place of the logout event", "an object, perhaps empty, as the member "+backChannelEvent)
	}
	return nil
}

func checkNoNonce(_ context.Context, p presented) *usher.Cause {
	if _, present := p.token.claims["nonce"]; present {
		return verifyCause("nonce", "a nonce", "none: an ID token must not be taken for a logout token")
	}
	return nil
}

func checkTokenID(_ context.Context, p presented) *usher.Cause {
	id, isString := p.token.claims["jti"].(string)
	if !isString || id == "" || len(id) > maxTokenID {
		return verifyCause("jti", kindOfMember(p.token.claims, "jti"), "a text of 1 to 512 bytes that names the token")
	}
	return nil
}

func checkLogoutSub(ctx context.Context, p presented) *usher.Cause {
	_, person := p.token.claims["sub"]
	sid, session := p.token.claims["sid"]
	if s, isString := sid.(string); session && (!isString || s == "" || len(s) > maxSubID) {
		return verifyCause("sid", kindOfMember(p.token.claims, "sid"), "a text of 1 to 255 bytes")
	}
	switch {
	case person:
		return checkSub(ctx, p)
	case !session:
		return verifyCause("sub", "neither sub nor sid", "who, or which session, is signed out")
	}
	return nil
}
