// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"crypto/sha256"
	"net/url"
	"testing"
	"time"

	usher "github.com/usher-signin/usher"
)

func TestWholeSignIn(t *testing.T) {
	for _, ims := range []bool{false, true} {
		op := newOP(t, ims)
		c := op.client(t)
		address, cause := c.AuthorizeURL(t.Context(), AuthRequest{State: canaryState, Nonce: canaryNonce, Verifier: canaryVerifier})
		if cause != nil {
			t.Fatal(cause)
		}
		q := must(url.Parse(address)).Query()
		challenge := sha256.Sum256([]byte(canaryVerifier))
		scope := "openid profile email"
		if ims {
			scope = "openid,AdobeID,read_organizations,additional_info.projectedProductContext"
		}
		for name, want := range map[string]string{
			"response_type": "code", "client_id": testClientID, "redirect_uri": testCallback, "scope": scope, "state": canaryState,
			"nonce": canaryNonce, "code_challenge": b64(challenge[:]), "code_challenge_method": "S256",
		} {
			if q.Get(name) != want {
				t.Errorf("ims %v: %s = %q, want %q", ims, name, q.Get(name), want)
			}
		}
		g, p, cause := signIn(t, c)
		if cause != nil {
			t.Fatal(cause)
		}
		if g.Subject != op.claims["sub"] || g.AccessToken.Reveal() != canaryAccess || g.Claims["nonce"] != nil {
			t.Errorf("ims %v: grant of %q", ims, g.Subject)
		}
		if p.Name != "Ana Lima" || p.Email != "ana@corp.example" || !p.EmailVerified || len(p.Groups) == 0 || p.Groups[0].Group != "Campaign - corp - Admin" {
			t.Errorf("ims %v: person %+v, notes %q", ims, p, g.Notes)
		}
		life := map[bool]time.Duration{false: 3600 * time.Second, true: 86399 * time.Second}[ims]
		if !g.Expires.Equal(clock.Add(life)) {
			t.Errorf("ims %v: expires %s", ims, g.Expires)
		}
	}
}

func TestWholeSignInOfIMSLeadsToAdmission(t *testing.T) {
	op := newOP(t, true)
	account := op.account()
	account.Mask = usher.ParseMask("Campaign - corp - ")
	_, p, cause := signIn(t, op.clientFor(t, account, Options{}))
	if cause != nil {
		t.Fatal(cause)
	}
	operator, cause := usher.Admission{Account: account, OperatorGroups: []usher.OperatorGroup{{Name: "Admin"}, {Name: "Delivery"}}}.Admit(p)
	if cause != nil || len(operator.Groups) != 2 {
		t.Fatalf("operator %+v, cause %v", operator, cause)
	}
}
