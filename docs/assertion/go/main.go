// SPDX-License-Identifier: Apache-2.0

// Command go verifies an assertion of usher's: the function Verify is what an
// application needs, main lets one try it.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Operator is what an application learns.
type Operator struct {
	jwt.Claims
	Email  string   `json:"email"`
	Name   string   `json:"name"`
	Groups []string `json:"groups"` // operator groups
	Rights []string `json:"rights"`
}

// Verifier checks assertions. Make one and keep it: it keeps the keys.
type Verifier struct {
	Issuer   string // usher's server.public_url
	Audience string // the application's url, as usher's file has it
	KeysURL  string // Issuer + "/usher/assertion/keys"

	mu      sync.Mutex
	keys    jose.JSONWebKeySet
	fetched time.Time
}

// Verify returns who is signed in, or why the assertion is not to be believed.
func (v *Verifier) Verify(ctx context.Context, assertion string) (*Operator, error) {
	token, err := jwt.ParseSigned(assertion, []jose.SignatureAlgorithm{jose.ES256}) // never what the token itself asks for
	if err != nil {
		return nil, err
	}
	key, err := v.key(ctx, token.Headers[0].KeyID)
	if err != nil {
		return nil, err
	}
	var op Operator
	if err := token.Claims(key, &op); err != nil {
		return nil, err
	}
	if op.Expiry == nil {
		return nil, errors.New("the assertion has no end")
	}
	expected := jwt.Expected{Issuer: v.Issuer, AnyAudience: jwt.Audience{v.Audience}, Time: time.Now()}
	return &op, op.ValidateWithLeeway(expected, 30*time.Second)
}

// key finds a key, and fetches the set anew where it is unknown, but not more
// than once a minute: strangers can make up key ids.
func (v *Verifier) key(ctx context.Context, id string) (*jose.JSONWebKey, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if found := v.keys.Key(id); len(found) == 1 {
		return &found[0], nil
	}
	if time.Since(v.fetched) < time.Minute {
		return nil, errors.New("the key that signed the assertion is not known")
	}
	v.fetched = time.Now()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, v.KeysURL, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(ask)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	var set jose.JSONWebKeySet
	if err := json.NewDecoder(io.LimitReader(res.Body, 64<<10)).Decode(&set); err != nil || res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the keys cannot be had: status %d, %w", res.StatusCode, err)
	}
	v.keys = set
	if i := slices.IndexFunc(set.Keys, func(k jose.JSONWebKey) bool { return k.KeyID == id }); i >= 0 {
		return &v.keys.Keys[i], nil
	}
	return nil, errors.New("the key that signed the assertion is not known")
}

func main() {
	v := Verifier{Issuer: os.Args[1], Audience: os.Args[2], KeysURL: os.Args[3]}
	assertion, err := io.ReadAll(os.Stdin) // an application reads the request header X-Usher-Assertion
	if err == nil {
		var op *Operator
		if op, err = v.Verify(context.Background(), strings.TrimSpace(string(assertion))); err == nil {
			err = json.NewEncoder(os.Stdout).Encode(op)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
		os.Exit(1)
	}
}
