// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/idp"
	"github.com/usher-signin/usher/internal/session"
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

// Learn has the metadata fetched, where they are not at hand.
func (p provider) Learn(ctx context.Context) { _, _ = p.client.Metadata(ctx) }

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

func (g grant) Notes() []string { return slices.Clone(g.grant.Notes) }

func (g grant) ProviderSession() string { return g.grant.SessionID }

func (g grant) Renewable() bool { return !g.grant.RefreshToken.Empty() }

// VerifyLogout judges a provider's logout token.
func (p provider) VerifyLogout(ctx context.Context, token usher.Secret) (usher.Logout, *usher.Cause) {
	t, cause := p.client.VerifyLogout(ctx, token)
	if cause != nil {
		return usher.Logout{}, cause
	}
	return usher.Logout{ID: t.ID, Provider: p.client.Provider(), Subject: t.Subject, Session: t.SessionID, At: t.Issued}, nil
}

// Issues reports whether a text is the provider's issuer, and names the provider.
func (p provider) Issues(issuer string) (name string, ok bool) {
	return p.client.Provider(), p.client.Issues(issuer)
}

// Renew asks the provider again what it says of a person. What is to be kept is
// given also where the provider says nothing of the person: the old refresh
// token may be used up.
func (p provider) Renew(ctx context.Context, keepsake []byte, was usher.Person) (usher.Person, []byte, *usher.Cause) {
	g, cause := p.client.Refresh(ctx, openKeepsake(keepsake))
	if cause != nil {
		return usher.Person{}, nil, cause
	}
	kept, err := g.Keepsake().MarshalBinary()
	if err != nil {
		return usher.Person{}, nil, &usher.Cause{Step: usher.StepProfile, Code: usher.CodeProfileInvalid, Saw: err.Error()}
	}
	person, cause := p.client.Person(ctx, g)
	if cause != nil {
		return usher.Person{}, kept, cause
	}
	if g.IDToken.Empty() {
		person = withoutIDToken(person, was)
	}
	return person, kept, nil
}

// withoutIDToken keeps what only an ID token says: a provider need not send a
// new one (OpenID Connect Core 1.0 section 12.2), and what it then does not say
// was not taken back.
func withoutIDToken(now, was usher.Person) usher.Person {
	if now.Name == "" {
		now.Name = was.Name
	}
	if now.Email == "" {
		now.Email, now.EmailVerified = was.Email, was.EmailVerified
	}
	have := now.GroupNames()
	for _, m := range was.Groups {
		if strings.HasPrefix(m.Source, idp.SourceIDToken) && !slices.Contains(have, m.Group) {
			now.Groups = append(now.Groups, m)
		}
	}
	return now
}

// renewer hands the sessions' wish to ask a provider again to the sign-in flow.
type renewer struct{ s *Server }

func (r renewer) Renew(ctx context.Context, s usher.Session, refresh time.Duration) session.Renewal {
	return r.s.flow.Renew(ctx, s, refresh)
}
