// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	usher "github.com/usher-signin/usher"
)

// EndSessionURL gives the address at which the browser ends its session with
// the provider, and false where there is none. No token is put into it: IMS
// is told client and return address, as is an OpenID Connect provider (RP-
// Initiated Logout 1.0 section 2), which may then ask the person to confirm.
// It does no I/O.
func (c *Client) EndSessionURL(returnTo string, k Keepsake) (string, bool) {
	q := url.Values{"client_id": {c.account.ClientID}}
	if c.account.IMS() {
		if returnTo != "" {
			q.Set("redirect_uri", returnTo)
		}
		return c.server + imsLogoutPath + "?" + q.Encode(), true
	}
	address := k.EndSession
	if md := c.metadata.cached(); md != nil {
		address = md.EndSessionEndpoint
	}
	u, err := url.Parse(address)
	if address == "" || err != nil || checkTarget(u, c.loopback, c.plainHTTP) != nil {
		return "", false
	}
	if returnTo != "" {
		q.Set("post_logout_redirect_uri", returnTo)
	}
	all := u.Query()
	for name := range q {
		all.Set(name, q.Get(name))
	}
	u.RawQuery = all.Encode()
	return u.String(), true
}

// Revoke tells the provider that the tokens are no longer needed (RFC 7009): the
// refresh token first, which outlives the other. A provider that offers no
// revocation is no error. The session here has ended whatever comes of it.
func (c *Client) Revoke(ctx context.Context, k Keepsake) error {
	if k.AccessToken.Empty() && k.RefreshToken.Empty() {
		return errNoToken
	}
	md, cause := c.Metadata(ctx)
	if cause != nil {
		return cause
	}
	if md.RevocationEndpoint == "" {
		return nil
	}
	var failures []error
	for _, t := range []struct {
		kind  string
		token usher.Secret
	}{{"refresh_token", k.RefreshToken}, {"access_token", k.AccessToken}} {
		if t.token.Empty() {
			continue
		}
		if cause := c.revoke(ctx, md, k, t.kind, t.token); cause != nil {
			failures = append(failures, fmt.Errorf("revoking the %s: %w", t.kind, cause))
		}
	}
	return errors.Join(failures...)
}

func (c *Client) revoke(ctx context.Context, md *Metadata, k Keepsake, kind string, token usher.Secret) *usher.Cause {
	e := endpoint{name: "revocation endpoint", url: md.RevocationEndpoint, step: usher.StepSession, odd: CodeTokenAnswer, sent: c.sentWith(k)}
	method, cause := c.authMethod(e, md)
	if cause != nil {
		return cause
	}
	if c.account.IMS() && method == authPost {
		method = authBasic // the vendor documents Basic here
	}
	a, cause := c.post(ctx, e, method, url.Values{"token": {token.Reveal()}, "token_type_hint": {kind}})
	if cause != nil {
		return cause
	}
	if a.status == http.StatusNotFound && c.account.IMS() {
		return c.invalidate(ctx, k, kind, token)
	}
	if a.status != http.StatusOK {
		return c.tokenRefused(a)
	}
	return nil
}

// sentWith are the secrets that a provider may repeat when told of a keepsake.
func (c *Client) sentWith(k Keepsake) []string {
	return []string{c.account.ClientSecret.Reveal(), k.AccessToken.Reveal(), k.RefreshToken.Reveal()}
}

// invalidate is the vendor's older way to revoke a token, and those made from it.
func (c *Client) invalidate(ctx context.Context, k Keepsake, kind string, token usher.Secret) *usher.Cause {
	e := endpoint{name: "invalidation endpoint", url: c.server + imsInvalidate, step: usher.StepSession, odd: CodeTokenAnswer, sent: c.sentWith(k)}
	a, cause := c.post(ctx, e, authPost, url.Values{"token": {token.Reveal()}, "token_type": {kind}, "cascading": {"all"}})
	if cause != nil {
		return cause
	}
	if a.status != http.StatusOK {
		return c.tokenRefused(a)
	}
	return nil
}
