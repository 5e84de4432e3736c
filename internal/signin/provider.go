// SPDX-License-Identifier: Apache-2.0

package signin

import (
	"context"
	"net/url"
	"time"

	"github.com/usher-signin/usher"
)

// Provider is what a sign-in asks of an identity provider.
type Provider interface {
	// AuthorizeURL gives the address to send the browser to.
	AuthorizeURL(ctx context.Context, a Authorization) (string, *usher.Cause)
	// CheckReturn judges what came back beside state and code: the provider's
	// own error, and the issuer (RFC 9207).
	CheckReturn(query url.Values) *usher.Cause
	// Redeem exchanges the code, once, and checks the ID token.
	Redeem(ctx context.Context, r Redemption) (Grant, *usher.Cause)
	// SignOutURL gives the address that ends the person's session at the
	// provider; returnTo is where the provider is asked to send the browser.
	SignOutURL(keepsake []byte, returnTo string) (string, bool)
	// Revoke gives back what the provider issued.
	Revoke(ctx context.Context, keepsake []byte) error
}

// Authorization is what an authorize request is made of.
type Authorization struct {
	State, Nonce, Verifier string
	CallbackURL            string
}

// Redemption is what a token request is made of.
type Redemption struct {
	Code, Verifier, Nonce string
	CallbackURL           string
}

// Grant is what a redeemed code gave.
type Grant interface {
	// Note says in one line, for the administrator, what was granted; no token.
	Note() string
	// Scopes are those that the provider granted, as far as it said.
	Scopes() usher.Scopes
	// Person asks the provider about the person.
	Person(ctx context.Context) (usher.Person, *usher.Cause)
	// Keepsake is what signing out at the provider needs later. It is secret.
	Keepsake() ([]byte, error)
	// Notes are sentences for the administrator about odd things that did not
	// stop the sign-in; ask for them after Person.
	Notes() []string
	// ProviderSession is the provider's own session, where it named one.
	ProviderSession() string
	// Renewable reports whether the provider can be asked again later.
	Renewable() bool
}

// A Renewing provider can be asked again what it says of a person. The keepsake
// to keep from then on comes also with a cause, unless it is nil.
type Renewing interface {
	Renew(ctx context.Context, keepsake []byte, was usher.Person) (usher.Person, []byte, *usher.Cause)
}

// An Announcing provider says when it has signed a person out.
type Announcing interface {
	VerifyLogout(ctx context.Context, token usher.Secret) (usher.Logout, *usher.Cause)
	// Issues reports whether a text is its issuer, and names the provider.
	Issues(issuer string) (name string, ok bool)
}

// Registration is an external account with its provider and its rule.
type Registration struct {
	Account   usher.ExternalAccount
	Provider  Provider
	Admission usher.Admission
	// Unusable says why no sign-in can be begun with the account as it is
	// written; nil: it can.
	Unusable *usher.Cause
}

// Rules are the configuration in force, as far as a sign-in needs it. They are
// made anew, never altered, when the configuration changes.
type Rules struct {
	Revision      string
	Public        string // origin of the gateway, such as https://campaign.corp.example
	PublicHost    string // its canonical host
	Registrations []Registration
	Origins       []string // where a browser may be returned to: the gateway's own origin and the applications'
}

// registration finds the account to use: the one named, or the only one.
func (r *Rules) registration(name string) (*Registration, *usher.Cause) {
	cause := &usher.Cause{Step: usher.StepBegin, Code: usher.CodeAccountMissing, Saw: "no external account", Want: "an enabled external account"}
	var found *Registration
	for i := range r.Registrations {
		reg := &r.Registrations[i]
		if name != "" && reg.Account.InternalName != name {
			continue
		}
		if found == nil || !found.Account.Enabled && reg.Account.Enabled {
			found = reg
		}
	}
	if found == nil {
		if name != "" {
			cause.Saw = "an external account that the configuration does not have"
		}
		return nil, cause
	}
	if found.Unusable != nil {
		return found, found.Unusable.At(usher.StepBegin)
	}
	return found, nil
}

// exact finds the account that an attempt was begun with.
func (r *Rules) exact(name string) *Registration {
	for i := range r.Registrations {
		if r.Registrations[i].Account.InternalName == name {
			return &r.Registrations[i]
		}
	}
	return nil
}

// Store is what a sign-in keeps, and takes once.
type Store interface {
	Begin(ctx context.Context, p usher.Pending, a usher.Attempt) error // both or neither
	PutPending(ctx context.Context, p usher.Pending) error
	TakePending(ctx context.Context, stateHash string) (usher.Pending, error)
	WasTaken(ctx context.Context, stateHash string) (usher.Reference, bool, error)
	PutAttempt(ctx context.Context, a usher.Attempt) error
	Attempt(ctx context.Context, ref usher.Reference) (usher.Attempt, error)
	// Finish keeps the attempt, the session, and what is needed to ask the
	// provider again, or nothing. usher.ErrLoginEnded: it was signed out meanwhile.
	Finish(ctx context.Context, a usher.Attempt, s usher.Session, grant []byte) error
	Logout(ctx context.Context, l usher.Logout) (logins []string, err error)
	ClaimRenewal(ctx context.Context, login, holder string, due, now, until time.Time) (usher.Renewal, error)
	KeepRenewal(ctx context.Context, login, holder string, k usher.Kept) error
	PostponeRenewal(ctx context.Context, login, holder string, until time.Time) error
	KeptGrant(ctx context.Context, login string) ([]byte, error)
	PutTicket(ctx context.Context, t usher.Ticket) error
	TakeTicket(ctx context.Context, id string) (usher.Ticket, error)
}

// Sealer keeps values secret at rest, tied to their row.
type Sealer interface {
	Seal(purpose, row string, plain []byte) ([]byte, error)
	Open(purpose, row string, sealed []byte) ([]byte, error)
}

// Clock tells the time.
type Clock func() time.Time
