// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"net/http"
	"strings"
	"testing"

	usher "github.com/usher-signin/usher"
	"github.com/usher-signin/usher/standin"
	"github.com/usher-signin/usher/standin/standintest"
)

func accountAt(s *standintest.Standin) usher.ExternalAccount {
	return usher.ExternalAccount{
		InternalName: usher.NameMarketingCloud, Type: usher.TypeMarketingCloud, Enabled: true, Server: s.URL,
		ClientID: "Campaign1", ClientSecret: usher.NewSecret("s3cret"), CallbackURL: "https://campaign.corp.example/usher/callback",
		Scopes:         usher.ParseScopes("openid,AdobeID,email,profile,offline_access,read_organizations,additional_info.projectedProductContext,additional_info.roles"),
		OrganizationID: ourOrg, ProductContext: usher.ProductContextClassic, ProductContextShown: true, Mask: usher.ParseMask("Campaign - corp - "),
	}
}

func clientAt(t *testing.T, s *standintest.Standin, account usher.ExternalAccount) *Client {
	t.Helper()
	h := Transport(TransportOptions{Roots: s.Pool(), AllowLoopback: true})
	t.Cleanup(h.CloseIdleConnections)
	return must(New(account, Options{HTTP: h, Now: s.Clock.Now, Environment: usher.Development}))
}

// throughStandin takes one person all the way, as a sign-in does, and then
// refreshes and revokes.
func throughStandin(t *testing.T, s *standintest.Standin, account usher.ExternalAccount) (*Grant, usher.Person, *usher.Cause) {
	t.Helper()
	c := clientAt(t, s, account)
	address, cause := c.AuthorizeURL(t.Context(), AuthRequest{State: canaryState, Nonce: canaryNonce, Verifier: canaryVerifier})
	if cause != nil {
		return nil, usher.Person{}, cause
	}
	back := s.SignIn(address, "ana@corp.example", "").Query()
	if back.Get("state") != canaryState {
		t.Errorf("the state came back as %q", back.Get("state"))
	}
	if cause := c.CheckIssuerParam(back); cause != nil {
		return nil, usher.Person{}, cause
	}
	if cause := c.ProviderError(back); cause != nil {
		return nil, usher.Person{}, cause
	}
	g, cause := c.Redeem(t.Context(), Redemption{Code: back.Get("code"), Verifier: canaryVerifier, Nonce: canaryNonce})
	if cause != nil {
		return nil, usher.Person{}, cause
	}
	p, cause := c.Person(t.Context(), g)
	if cause != nil {
		return g, p, cause
	}
	refreshed, cause := c.Refresh(t.Context(), g.Keepsake())
	if cause != nil {
		return g, p, cause
	}
	if err := c.Revoke(t.Context(), refreshed.Keepsake()); err != nil {
		t.Errorf("revoking: %v", err)
	}
	return g, p, nil
}

func TestStandinSignIn(t *testing.T) {
	s := standintest.Start(t)
	g, p, cause := throughStandin(t, s, accountAt(s))
	if cause != nil {
		t.Fatal(cause)
	}
	if got := memberships(p); got != "profile.projectedProductContext=Campaign - corp - Admin|profile.projectedProductContext=Campaign - corp - Delivery operators" ||
		p.Email != "ana@corp.example" || !p.EmailVerified || p.Name != "Ana Lima" || len(g.Notes) != 0 {
		t.Errorf("%+v, notes %q", p, g.Notes)
	}
	operator, cause := usher.Admission{Account: accountAt(s), OperatorGroups: []usher.OperatorGroup{{Name: "Admin"}}}.Admit(p)
	if cause != nil || !operator.In("Admin") {
		t.Errorf("%+v, %v", operator, cause)
	}
}

// Each of the three places of an IMS answer gives the groups by itself.
func TestStandinGroupsFromEachPlace(t *testing.T) {
	for scope, source := range map[string]string{
		usher.ScopeProductContext: SourceProductContext, usher.ScopeRoles: SourceRoles, usher.ScopeOrganizations: SourceOrganizations,
	} {
		s := standintest.Start(t)
		account := accountAt(s)
		account.Scopes = usher.ParseScopes("openid,AdobeID,offline_access," + scope)
		_, p, cause := throughStandin(t, s, account)
		if cause != nil || len(p.Groups) == 0 || p.Groups[0].Source != source {
			t.Errorf("%s: %q, %v", scope, memberships(p), cause)
		}
	}
}

func TestStandinSignOut(t *testing.T) {
	s := standintest.Start(t)
	c := clientAt(t, s, accountAt(s))
	const back = "https://campaign.corp.example/usher/callback"
	address, ok := c.EndSessionURL(back, Keepsake{})
	if !ok {
		t.Fatal("no address")
	}
	resp, err := s.Client().Get(address)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusFound || resp.Header.Get("Location") != back {
		t.Errorf("HTTP %d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
}

// The stand-in misbehaves in its own words; the client names the cause.
func TestStandinMisbehaviour(t *testing.T) {
	for _, row := range []struct {
		name, value string
		code        usher.Code // empty: the sign-in comes to its end
		subject     string
	}{
		{"discovery-issuer-wrong", "INVALID", usher.CodeProviderIssuer, "issuer"},
		{"discovery-issuer-slash", "on", usher.CodeProviderIssuer, "issuer"},
		{"discovery-issuer-template", "on", usher.CodeProviderIssuer, "issuer"},
		{"discovery-missing", "on", "", ""}, // the documented addresses are used
		{"discovery-member-missing", "token_endpoint", usher.CodeProviderMetadata, "metadata"},
		{"discovery-member-missing", "jwks_uri", usher.CodeProviderMetadata, "metadata"},
		{"discovery-endpoints-http", "on", usher.CodeProviderMetadata, "metadata"},
		{"discovery-endpoints-outside", "on", usher.CodeProviderMetadata, "metadata"},
		{"discovery-algorithms", "HS256", usher.CodeProviderMetadata, "metadata"},
		{"discovery-pkce-plain", "on", usher.CodeProviderMetadata, "metadata"},
		{"discovery-shape", "array", usher.CodeProviderMetadata, "metadata"},
		{"keys-empty", "on", usher.CodeIDTokenInvalid, "kid"},
		{"keys-stale", "on", usher.CodeIDTokenInvalid, "kid"},
		{"keys-rotate-before-signing", "on", "", ""},
		{"keys-weak", "on", usher.CodeIDTokenInvalid, "kid"},
		{"keys-duplicate-id", "on", "", ""},
		{"keys-private", "on", usher.CodeIDTokenInvalid, "kid"},
		{"keys-without-id", "on", "", ""},
		{"keys-odd-neighbors", "on", "", ""},
		{"keys-for-encryption", "on", usher.CodeIDTokenInvalid, "kid"},
		{"authorize-error", "temporarily_unavailable", usher.CodeProviderError, usher.NameMarketingCloud},
		{"response-issuer", "on", "", ""},
		{"response-issuer-wrong", "on", usher.CodeProviderIssuer, "iss"},
		{"response-issuer-announced-only", "on", usher.CodeProviderIssuer, "iss"},
		{"token-refuses", "invalid_grant", usher.CodeTokenRefused, "token endpoint"},
		{"token-looks-at-code-first", "on", "", ""},
		{"token-basic-only", "on", usher.CodeClientSecretWrong, "Campaign1"},
		{"token-expiry", "string", CodeTokenAnswer, "token endpoint"},
		{"token-expiry", "absent", "", ""},
		{"token-expiry", "milliseconds", "", ""},
		{"token-type", "BEARER", "", ""},
		{"token-type", "mac", CodeTokenAnswer, "token endpoint"},
		{"token-access-missing", "on", CodeTokenAnswer, "token endpoint"},
		{"id-token-missing", "on", CodeTokenAnswer, "id_token"},
		{"id-token-shape", "object", CodeTokenAnswer, "id_token"},
		{"token-answer-shape", "array", CodeTokenAnswer, "token endpoint"},
		{"code-expired", "on", usher.CodeTokenRefused, "token endpoint"},
		{"refresh-refused", "on", usher.CodeTokenRefused, "token endpoint"},
		{"refresh-rotates", "on", "", ""},
		{"refresh-id-token", "on", "", ""},
		{"refresh-subject-other", "on", usher.CodeIDTokenInvalid, "sub"},
		{"refresh-issuer-other", "on", usher.CodeIDTokenInvalid, "iss"},
		{"access-token-refused", "on", usher.CodeProfileInvalid, "userinfo"},
		{"id-token-issuer-ims", "on", "", ""},
		{"id-token-issuer-wrong", "1", usher.CodeIDTokenInvalid, "iss"},
		{"id-token-audience-wrong", "1", usher.CodeIDTokenInvalid, "aud"},
		{"id-token-audience-list", "on", "", ""},
		{"id-token-claim-missing", "iat", usher.CodeIDTokenInvalid, "iat"},
		{"id-token-nonce-wrong", "array", usher.CodeIDTokenInvalid, "nonce"},
		{"id-token-expired", "360", usher.CodeIDTokenInvalid, "exp"},
		{"id-token-duplicate-member", "on", usher.CodeIDTokenInvalid, "form"},
		{"id-token-kid-missing", "on", "", ""},
		{"id-token-kid-unknown", "on", usher.CodeIDTokenInvalid, "kid"},
		{"id-token-algorithm", "HS256-public-key", usher.CodeIDTokenInvalid, "alg"},
		{"id-token-signature-broken", "on", usher.CodeIDTokenInvalid, "signature"},
		{"id-token-signed-by-other-key", "on", usher.CodeIDTokenInvalid, "signature"},
		{"userinfo-subject-other", "on", usher.CodeProfileInvalid, "userinfo sub"},
		{"userinfo-subject-missing", "on", usher.CodeProfileInvalid, "userinfo sub"},
		{"profile-shape", "object", usher.CodeProfileInvalid, "projectedProductContext"},
		{"clock-skew", "3600", usher.CodeIDTokenInvalid, "iat"},
		{"throttled", "38@token", usher.CodeProviderUnreachable, "token endpoint"},
		{"server-error", "503@profile", usher.CodeProviderUnreachable, "profile"},
		{"answer-html", "on@keys", usher.CodeProviderMetadata, "key set"},
		{"answer-truncated", "on@userinfo", usher.CodeProfileInvalid, "userinfo"},
		{"answer-redirect", "on@token", CodeTokenAnswer, "token endpoint"},
		{"connection-reset", "before@token", usher.CodeProviderUnreachable, "token endpoint"},
	} {
		t.Run(row.name+" "+row.value, func(t *testing.T) {
			s := standintest.Start(t)
			s.Set(row.name, row.value)
			_, _, cause := throughStandin(t, s, accountAt(s))
			switch {
			case row.code == "" && cause != nil:
				t.Errorf("refused: %v", cause)
			case row.code != "" && (cause == nil || cause.Code != row.code || cause.Subject != row.subject):
				t.Errorf("want %s of %q, got %v", row.code, row.subject, cause)
			}
			if cause != nil {
				wantNoCanary(t, "the cause", cause.Error())
				if strings.Contains(cause.Error(), "s3cret") || strings.Contains(cause.Error(), "eyJ") {
					t.Errorf("a secret in %v", cause)
				}
			}
		})
	}
}

// The three causes of the vendor's troubleshooting page that a client meets.
func TestStandinWithAWrongAccount(t *testing.T) {
	for name, row := range map[string]struct {
		change  func(*usher.ExternalAccount)
		code    usher.Code
		subject string
		saw     string
	}{
		"secret": {func(a *usher.ExternalAccount) { a.ClientSecret = usher.NewSecret("wr0ng-secret") }, usher.CodeClientSecretWrong, "Campaign1", "HTTP 400 invalid_client"},
		"scope":  {func(a *usher.ExternalAccount) { a.Scopes = usher.ParseScopes("openid,AdobeID,dam-read") }, usher.CodeScopeNotProvisioned, "Campaign1", "openid,AdobeID,dam-read"},
	} {
		s := standintest.Start(t)
		account := accountAt(s)
		row.change(&account)
		_, _, cause := throughStandin(t, s, account)
		if cause == nil || cause.Code != row.code || cause.Subject != row.subject || cause.Saw != row.saw || strings.Contains(cause.Error(), "wr0ng") {
			t.Errorf("%s: %v", name, cause)
		}
	}
	// An unknown client is seen at the token endpoint, by a browser before that.
	s := standintest.Start(t)
	account := accountAt(s)
	account.ClientID = "Campaign9"
	_, cause := clientAt(t, s, account).Redeem(t.Context(), Redemption{Code: "x", Verifier: canaryVerifier, Nonce: canaryNonce})
	if cause == nil || cause.Code != usher.CodeClientIDUnknown || cause.Subject != "Campaign9" {
		t.Errorf("client: %v", cause)
	}
}

// The same stand-in as a plain OpenID Connect provider.
func TestStandinAsOpenIDConnect(t *testing.T) {
	s := standintest.Start(t)
	s.Set("discovery-at-root", true)
	s.Change(func(o *standin.Organization) {
		o.Clients[0].Scopes = append(o.Clients[0].Scopes, "groups")
	})
	account := accountAt(s)
	account.Type, account.Scopes = usher.TypeOpenIDConnect, usher.ParseScopes("openid profile email groups offline_access")
	_, p, cause := throughStandin(t, s, account)
	if cause != nil || len(p.Groups) != 2 || !strings.HasSuffix(p.Groups[0].Source, ".groups") {
		t.Errorf("%q, %v", memberships(p), cause)
	}
	for shape, groups := range map[string]int{"comma": 1, "objects": 0, "numbers": 0, "nested": 0, "null": 0} {
		s.Set("groups-shape", shape)
		if _, p, cause := throughStandin(t, s, account); cause != nil || len(p.Groups) != groups {
			t.Errorf("%s: %q, %v", shape, memberships(p), cause)
		}
	}
	s.ClearSwitches()
	s.Set("discovery-at-root", true)
	s.Set("groups-overage", true)
	if _, _, cause := throughStandin(t, s, account); cause == nil || cause.Code != CodeGroupsOverage {
		t.Errorf("overage: %v", cause)
	}
}
