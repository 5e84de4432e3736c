// SPDX-License-Identifier: Apache-2.0

// Package clients_test drives the stand-in with clients that were not written
// here: each through discovery, sign-in with PKCE, refresh, what it knows of
// user information or the profile, and revocation.
package clients_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/usher-signin/usher/standin/standintest"
)

const callback = "https://campaign.corp.example/usher/callback"

func TestClientsForGo(t *testing.T) {
	for name, style := range map[string]oauth2.AuthStyle{"secret in the form": oauth2.AuthStyleInParams, "HTTP Basic": oauth2.AuthStyleInHeader} {
		t.Run(name, func(t *testing.T) { walk(t, style) })
	}
}

func walk(t *testing.T, style oauth2.AuthStyle) {
	p := standintest.Start(t)
	ctx := oidc.ClientContext(t.Context(), p.Client())

	// The metadata is below /ims, and its issuer is not.
	provider, err := oidc.NewProvider(oidc.InsecureIssuerURLContext(ctx, p.URL), p.URL+"/ims")
	if err != nil {
		t.Fatal(err)
	}
	endpoint := provider.Endpoint()
	endpoint.AuthStyle = style
	c := &oauth2.Config{ClientID: "Campaign1", ClientSecret: "s3cret", Endpoint: endpoint, RedirectURL: callback,
		Scopes: []string{"openid", "email", "profile", "AdobeID", "offline_access", "additional_info.projectedProductContext"}}

	verifier := oauth2.GenerateVerifier()
	back := p.SignIn(c.AuthCodeURL("the-state", oauth2.S256ChallengeOption(verifier), oidc.Nonce("the-nonce")), "ana@corp.example", "")
	if back.Query().Get("state") != "the-state" || !strings.HasPrefix(back.String(), callback+"?") {
		t.Fatalf("the browser came back to %s", back)
	}
	token, err := c.Exchange(ctx, back.Query().Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(token.Expiry); left < 23*time.Hour || left > 24*time.Hour {
		t.Errorf("the access token is good for %s", left)
	}
	raw, _ := token.Extra("id_token").(string)
	idToken, err := provider.VerifierContext(ctx, &oidc.Config{ClientID: "Campaign1"}).Verify(ctx, raw)
	if err != nil {
		t.Fatal(err)
	}
	if idToken.Nonce != "the-nonce" || idToken.VerifyAccessToken(token.AccessToken) != nil {
		t.Errorf("the ID token's nonce is %q, its at_hash %q", idToken.Nonce, idToken.AccessTokenHash)
	}
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil || info.Subject != idToken.Subject || info.Email != "ana@corp.example" || !info.EmailVerified {
		t.Errorf("user information: %+v (%v)", info, err)
	}

	token.Expiry = time.Now().Add(-time.Minute)
	fresh, err := c.TokenSource(ctx, token).Token()
	if err != nil || fresh.AccessToken == token.AccessToken {
		t.Fatalf("the refresh gave %v (%v)", fresh, err)
	}
	if labels := profileLabels(ctx, t, c.Client(ctx, fresh), p.URL); len(labels) != 2 || labels[0] != "Campaign - corp - Admin" {
		t.Errorf("the product profiles are %q", labels)
	}

	revoke(ctx, t, p, fresh.RefreshToken)
	fresh.Expiry = time.Now().Add(-time.Minute)
	if again, err := c.TokenSource(ctx, fresh).Token(); err == nil {
		t.Errorf("a revoked refresh token gave %v", again)
	}
	if _, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(&oauth2.Token{AccessToken: fresh.AccessToken})); err == nil {
		t.Error("user information is given for a revoked access token")
	}
}

func profileLabels(ctx context.Context, t *testing.T, c *http.Client, base string) []string {
	t.Helper()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, base+"/ims/profile/v1", nil)
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var profile struct {
		ProjectedProductContext []struct {
			ProdCtx struct{ Label string }
		}
	}
	if err := json.NewDecoder(res.Body).Decode(&profile); err != nil {
		t.Fatal(err)
	}
	var labels []string
	for _, c := range profile.ProjectedProductContext {
		labels = append(labels, c.ProdCtx.Label)
	}
	return labels
}

func revoke(ctx context.Context, t *testing.T, p *standintest.Standin, token string) {
	t.Helper()
	req, _ := http.NewRequestWithContext(ctx, http.MethodPost, p.URL+"/ims/revoke", strings.NewReader(url.Values{"token": {token}}.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth("Campaign1", "s3cret")
	res, err := p.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("revoking was answered %d", res.StatusCode)
	}
}

// A technical account gets a token of its own and reads the user management API.
func TestATechnicalAccountForGo(t *testing.T) {
	p := standintest.Start(t)
	ctx := oidc.ClientContext(t.Context(), p.Client())
	c := clientcredentials.Config{ClientID: "Technical1", ClientSecret: "t3chnical", TokenURL: p.URL + "/ims/token/v3",
		Scopes: []string{"openid", "AdobeID", "user_management_sdk"}, AuthStyle: oauth2.AuthStyleInParams}
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+"/v2/usermanagement/groups/"+p.Organization().ID+"/0", nil)
	req.Header.Set("X-Api-Key", "Technical1")
	res, err := c.Client(ctx).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("answered %d", res.StatusCode)
	}
}

// Keys that are rotated just before signing are found by a second fetch; a
// switch that spoils the signature is noticed.
func TestGoOIDCNoticesMisbehavior(t *testing.T) {
	rows := map[string]bool{ // whether the ID token is taken
		"keys-rotate-before-signing": true, "id-token-audience-list": true, "id-token-kid-missing": true,
		"keys-odd-neighbors":        false, // a known limit of its reader: one key of an unknown curve spoils the set
		"id-token-signature-broken": false, "id-token-issuer-wrong": false, "id-token-audience-wrong": false, "id-token-expired": false,
		"id-token-algorithm": false, "id-token-kid-unknown": false, "id-token-compact-form": false, "keys-empty": false, "id-token-issuer-ims": false,
	}
	for name, taken := range rows {
		t.Run(name, func(t *testing.T) {
			p := standintest.Start(t)
			ctx := oidc.ClientContext(t.Context(), p.Client())
			provider, err := oidc.NewProvider(oidc.InsecureIssuerURLContext(ctx, p.URL), p.URL+"/ims")
			if err != nil {
				t.Fatal(err)
			}
			c := &oauth2.Config{ClientID: "Campaign1", ClientSecret: "s3cret", Endpoint: provider.Endpoint(), RedirectURL: callback, Scopes: []string{"openid"}}
			p.Set(name, true)
			token, err := c.Exchange(ctx, p.SignIn(c.AuthCodeURL("s"), "ana@corp.example", "").Query().Get("code"))
			if err != nil {
				t.Fatal(err)
			}
			raw, _ := token.Extra("id_token").(string)
			_, err = provider.VerifierContext(ctx, &oidc.Config{ClientID: "Campaign1"}).Verify(ctx, raw)
			if (err == nil) != taken {
				t.Errorf("verifying the ID token: %v", err)
			}
		})
	}
}

// With its switch on, a client that knows nothing of IMS finds the metadata.
func TestDiscoveryAtTheRoot(t *testing.T) {
	p := standintest.Start(t)
	ctx := oidc.ClientContext(t.Context(), p.Client())
	if _, err := oidc.NewProvider(ctx, p.URL); err == nil {
		t.Error("the metadata is at the root, where IMS has none")
	}
	p.Set("discovery-at-root", true)
	if _, err := oidc.NewProvider(ctx, p.URL); err != nil {
		t.Error(err)
	}
}
