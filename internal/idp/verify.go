// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"context"

	usher "github.com/usher-signin/usher"
)

// A TokenCheck is one check of an ID token and how it went.
type TokenCheck struct {
	ID    string       // the header member or claim, or "form"
	Cause *usher.Cause // nil: it holds
	Moot  bool         // not judged, because the form or an earlier check does not allow it
}

// Redeemed is an ID token as it came, with what it is judged by.
type redeemed struct {
	idToken     string
	accessToken string
	nonce       string
	nonceless   bool
	answer      *answer
}

// verify runs the checks until one fails, and gives the token.
func (c *Client) verify(ctx context.Context, md *Metadata, r redeemed) (*signedToken, *usher.Cause) {
	t, err := parseToken(r.idToken)
	if err != nil {
		return nil, formCause(err)
	}
	p := c.present(md, t, r)
	for _, check := range tokenChecks() {
		if cause := check.judge(ctx, p); cause != nil {
			return nil, cause
		}
	}
	return t, nil
}

func formCause(err error) *usher.Cause {
	return verifyCause("form", err.Error(), "a signed token in compact form")
}

func (c *Client) present(md *Metadata, t *signedToken, r redeemed) presented {
	p := presented{client: c, metadata: md, token: t, nonce: r.nonce, nonceless: r.nonceless, accessToken: r.accessToken, now: c.now()}
	if r.answer != nil {
		p.serverDate = r.answer.date()
	}
	return p
}

// Examine runs every check of an ID token and reports all of them, for
// diagnosis; it grants nothing. An empty nonce is judged as one that is
// missing. The access token may be empty where it is not at hand: at_hash is
// then moot.
func (c *Client) Examine(ctx context.Context, idToken usher.Secret, nonce string, accessToken usher.Secret) ([]TokenCheck, *usher.Cause) {
	md, cause := c.Metadata(ctx)
	if cause != nil {
		return nil, cause
	}
	return c.examine(ctx, md, redeemed{idToken: idToken.Reveal(), nonce: nonce, accessToken: accessToken.Reveal()}), nil
}

func (c *Client) examine(ctx context.Context, md *Metadata, r redeemed) []TokenCheck {
	checks := tokenChecks()
	report := make([]TokenCheck, 0, len(checks)+1)
	t, err := parseToken(r.idToken)
	if err != nil {
		report = append(report, TokenCheck{ID: "form", Cause: formCause(err)})
		for _, check := range checks {
			report = append(report, TokenCheck{ID: check.id, Moot: true})
		}
		return report
	}
	report = append(report, TokenCheck{ID: "form"})
	p := c.present(md, t, r)
	badHeader := false
	for _, check := range checks {
		if check.id == "signature" && badHeader || check.id == "at_hash" && (badHeader || r.accessToken == "") {
			report = append(report, TokenCheck{ID: check.id, Moot: true})
			continue
		}
		cause := check.judge(ctx, p)
		badHeader = badHeader || cause != nil && (check.id == "alg" || check.id == "crit")
		report = append(report, TokenCheck{ID: check.id, Cause: cause})
	}
	return report
}
