// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"fmt"
	"net/url"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/idp"
	"github.com/usher-signin/usher/internal/signin"
)

// provider hands the client of the identity provider to the sign-in flow, in
// the flow's own words.
type provider struct{ client *idp.Client }

func (p provider) AuthorizeURL(ctx context.Context, a signin.Authorization) (string, *usher.Cause) {
	return p.client.AuthorizeURL(ctx, idp.AuthRequest{State: a.State, Nonce: a.Nonce, Verifier: a.Verifier, CallbackURL: a.CallbackURL})
}

func (p provider) CheckReturn(query url.Values) *usher.Cause {
	if cause := p.client.CheckIssuerParam(query); cause != nil {
		return cause
	}
	if query.Has("error") {
		return p.client.ProviderError(query)
	}
	return nil
}

func (p provider) Redeem(ctx context.Context, r signin.Redemption) (signin.Grant, *usher.Cause) {
	g, cause := p.client.Redeem(ctx, idp.Redemption{Code: r.Code, Verifier: r.Verifier, Nonce: r.Nonce, CallbackURL: r.CallbackURL})
	if cause != nil {
		return nil, cause
	}
	return grant{p.client, g}, nil
}

func (p provider) SignOutURL(keepsake []byte, returnTo string) (string, bool) {
	return p.client.EndSessionURL(returnTo, openKeepsake(keepsake))
}

func (p provider) Revoke(ctx context.Context, keepsake []byte) error {
	return p.client.Revoke(ctx, openKeepsake(keepsake))
}

// openKeepsake reads a keepsake; one that cannot be read is an empty one, with
// which the provider's sign-out still works as far as it goes without tokens.
func openKeepsake(data []byte) idp.Keepsake {
	var k idp.Keepsake
	if len(data) == 0 || k.UnmarshalBinary(data) != nil {
		return idp.Keepsake{}
	}
	return k
}

type grant struct {
	client *idp.Client
	grant  *idp.Grant
}

func (g grant) Note() string {
	return fmt.Sprintf("the code was exchanged and the ID token holds for subject %s; scopes granted: %s", g.grant.Subject, g.grant.Scopes.Commas())
}

func (g grant) Scopes() usher.Scopes { return g.grant.Scopes }

func (g grant) Person(ctx context.Context) (usher.Person, *usher.Cause) {
	return g.client.Person(ctx, g.grant)
}

func (g grant) Keepsake() ([]byte, error) { return g.grant.Keepsake().MarshalBinary() }
