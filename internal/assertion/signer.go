// SPDX-License-Identifier: Apache-2.0

package assertion

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/usher-signin/usher"
)

// Life is how long an assertion is valid; Fresh is how long one is handed out
// again, so that whoever gets one has at least the difference left.
const (
	Life  = 2 * time.Minute
	Fresh = time.Minute
)

// Claims are what an assertion says.
type Claims struct {
	Issuer   string `json:"iss"` // the gateway's public URL
	Audience string `json:"aud"` // the application's address
	// Subject is unique among all providers: the provider's address, "#", and
	// what the provider calls the person, percent-encoded.
	Subject  string   `json:"sub"`
	IssuedAt int64    `json:"iat"`
	Expires  int64    `json:"exp"`
	Provider string   `json:"provider"`
	Person   string   `json:"provider_subject"`
	Account  string   `json:"account"` // internal name of the external account
	Email    string   `json:"email,omitempty"`
	Name     string   `json:"name,omitempty"`
	Groups   []string `json:"groups"` // operator groups
	Rights   []string `json:"rights"`
}

// A Signer makes assertions and publishes what they are verified with. It is
// safe for concurrent use.
type Signer struct {
	issuer string
	signer jose.Signer
	set    []byte
}

// New makes a signer from material of [MaterialBytes] each, the current one
// first: it signs, all are published.
func New(issuer string, material [][]byte) (*Signer, error) {
	if len(material) == 0 {
		return nil, errors.New("there is no key to sign assertions with")
	}
	s := &Signer{issuer: issuer}
	var public []jose.JSONWebKey
	for i, m := range material {
		key, err := newKey(m)
		if err != nil {
			return nil, err
		}
		p, err := publish(key)
		if err != nil {
			return nil, err
		}
		public = append(public, p)
		if i > 0 {
			continue
		}
		options := (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", p.KeyID)
		if s.signer, err = jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, options); err != nil {
			return nil, fmt.Errorf("making the signer of assertions: %w", err)
		}
	}
	var err error
	s.set, err = keySet(public)
	return s, err
}

// KeySet is the JSON Web Key Set to publish.
func (s *Signer) KeySet() []byte { return s.set }

// Assert makes the assertion of an operator for one application.
func (s *Signer) Assert(op *usher.Operator, audience string, now time.Time) (string, error) {
	if op == nil || op.Subject == "" || audience == "" {
		return "", errors.New("an assertion needs an operator and an application")
	}
	claims := Claims{Issuer: s.issuer, Audience: audience, Subject: op.Provider + "#" + url.PathEscape(op.Subject),
		IssuedAt: now.Unix(), Expires: now.Add(Life).Unix(), Provider: op.Provider, Person: op.Subject, Account: op.Account,
		Email: op.Email, Name: op.Name, Groups: list(op.Groups), Rights: list(op.Rights)}
	body, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("writing an assertion: %w", err)
	}
	signed, err := s.signer.Sign(body)
	if err != nil {
		return "", fmt.Errorf("signing an assertion: %w", err)
	}
	return signed.CompactSerialize()
}

// list is never null: applications loop over it.
func list(names []string) []string {
	if names == nil {
		return []string{}
	}
	return names
}
