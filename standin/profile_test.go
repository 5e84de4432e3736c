// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"slices"
	"testing"

	"github.com/usher-signin/usher/standin"
)

// A product profile is named in three places, each under its own scope.
func TestProductProfilesAreNamedInThreePlaces(t *testing.T) {
	d := newDesk(t)
	want := []string{"Campaign - corp - Admin", "Campaign - corp - Delivery operators"}
	token := d.access()
	for _, version := range []string{"v1", "v2", "v3"} {
		for _, method := range []string{"GET", "POST"} {
			p := d.do(method, "/ims/profile/"+version, nil, with(token)...).json()
			if got := names(p["projectedProductContext"]); !slices.Equal(got, want) {
				t.Errorf("%s %s: the product contexts are labeled %q", method, version, got)
			}
			var roles []string
			list, _ := p["roles"].([]any)
			for _, r := range list {
				data, _ := r.(map[string]any)["target_data"].(map[string]any)
				roles = append(roles, data["group_name"].(string))
			}
			if !slices.Equal(roles, want) {
				t.Errorf("%s %s: the roles are %q", method, version, roles)
			}
		}
	}
	context := d.get("/ims/profile/v1", with(token)...).json()["projectedProductContext"].([]any)[0].(map[string]any)["prodCtx"].(map[string]any)
	if context["serviceCode"] != "dma_campaign_classic" || context["owningEntity"] != "0123456789ABCDEF01234567@AdobeOrg" {
		t.Errorf("the product context is %v", context)
	}
	for _, version := range []string{"v1", "v2", "v3", "v4", "v5", "v6"} {
		list := d.get("/ims/organizations/"+version, with(token)...).list()
		if len(list) != 1 {
			t.Fatalf("%s: %d organizations", version, len(list))
		}
		org := list[0].(map[string]any)
		var got []string
		for _, g := range org["groups"].([]any) {
			got = append(got, g.(map[string]any)["groupName"].(string))
		}
		if !slices.Equal(got, want) || org["orgRef"].(map[string]any)["ident"] != "0123456789ABCDEF01234567" {
			t.Errorf("%s: %v", version, org)
		}
	}
}

func TestScopesShowBlocks(t *testing.T) {
	d := newDesk(t)
	bare := d.access("scope=openid,AdobeID")
	p := d.get("/ims/profile/v1", with(bare)...).json()
	for _, name := range []string{"projectedProductContext", "roles", "session", "job_function", "avatar"} {
		if _, there := p[name]; there {
			t.Errorf("the profile shows %s without its scope", name)
		}
	}
	if p["emailVerified"] != "true" || p["userId"] == nil || p["email"] != "ana@corp.example" || p["first_name"] != "Ana" {
		t.Errorf("the profile is %v", p)
	}
	if a := d.get("/ims/organizations/v5", with(bare)...); a.status != 403 || a.text("error") != "insufficient_scope" {
		t.Errorf("organizations without the scope: %d %s", a.status, a.body)
	}
	only := d.access("scope=openid")
	if a := d.get("/ims/profile/v1", with(only)...); a.status != 403 {
		t.Errorf("profile without AdobeID: %d", a.status)
	}
	if u := d.get("/ims/userinfo/v2", with(only)...).json(); len(u) != 1 || u["sub"] == nil {
		t.Errorf("user information for openid alone: %v", u)
	}
	u := d.get("/ims/userinfo/v2", with(d.access("scope=openid,email,profile"))...).json()
	if u["email_verified"] != true || u["account_type"] != "ent" || u["given_name"] != "Ana" || u["address"] != nil {
		t.Errorf("user information: %v", u)
	}
	if u := d.get("/ims/userinfo/v1", with(d.access())...).json(); u["account_type"] != "type3" {
		t.Errorf("user information v1: %v", u)
	}
	if a := d.get("/ims/userinfo", with(d.access("scope=AdobeID"))...); a.status != 403 {
		t.Errorf("user information without openid: %d", a.status)
	}
}

func TestWhoIsInNoGroup(t *testing.T) {
	d := newDesk(t)
	to := d.SignIn(d.ask(), "dee@corp.example", "")
	a := d.redeem("/ims/token/v3", to.Query().Get("code"))
	p := d.get("/ims/profile/v1", with(a.text("access_token"))...).json()
	list, there := p["projectedProductContext"].([]any)
	if !there || len(list) != 0 {
		t.Errorf("projectedProductContext is %v, wanted an empty list", p["projectedProductContext"])
	}
}

// A change of the organization shows in the next answer.
func TestChangesTakeEffectAtOnce(t *testing.T) {
	d := newDesk(t)
	token := d.access()
	d.Change(func(o *standin.Organization) {
		o.Groups[0].Name = "Campaign - corp - admin"
		o.Groups = append(o.Groups,
			standin.Group{Name: "Everybody", UserGroup: true, Members: []string{"ANA@corp.example"}},
			standin.Group{Name: "Campaign - corp - Reports", UserGroups: []string{"Everybody"}})
		o.ProductContext = "dma_campaign"
	})
	p := d.get("/ims/profile/v1", with(token)...).json()
	want := []string{"Campaign - corp - admin", "Campaign - corp - Delivery operators", "Campaign - corp - Reports"}
	if got := names(p["projectedProductContext"]); !slices.Equal(got, want) {
		t.Errorf("the product contexts are labeled %q", got)
	}
	d.Change(func(o *standin.Organization) { o.Users[0].Disabled = true })
	if a := d.get("/ims/profile/v1", with(token)...); a.status != 401 {
		t.Errorf("a disabled person's profile: %d", a.status)
	}
	err := d.Update(func(o *standin.Organization) error {
		o.Groups[1].Name = o.Groups[0].Name
		return nil
	})
	if err == nil || d.Organization().Groups[1].Name != "Campaign - corp - Delivery operators" {
		t.Errorf("two groups of one name: %v", err)
	}
}

func TestWhatAnAccessTokenHolds(t *testing.T) {
	d := newDesk(t)
	token := d.access("scope=openid AdobeID")
	c := claims(t, token)
	for _, absent := range []string{"iss", "aud", "exp", "iat", "sub"} {
		if _, there := c[absent]; there {
			t.Errorf("the access token has %s", absent)
		}
	}
	if c["type"] != "access_token" || c["as"] != "ims-na1" || c["expires_in"] != "86400000" || c["scope"] != "openid,AdobeID" || c["client_id"] != "Campaign1" || c["state"] != "the-state" {
		t.Errorf("the access token holds %v", c)
	}
	if created, ok := c["created_at"].(string); !ok || len(created) != 13 {
		t.Errorf("created_at is %v, wanted milliseconds in a text", c["created_at"])
	}
	h := part(t, token, 0)
	if h["kid"] != "ims_na1-key-1" || h["x5u"] != "ims_na1-key-1.cer" || h["itt"] != "at" || h["alg"] != "RS256" {
		t.Errorf("the header is %v", h)
	}
	if a := d.get("/keys/prod/ims_na1-key-1.cer"); a.status != 200 || !contains(a.body, "BEGIN CERTIFICATE") {
		t.Errorf("the certificate: %d", a.status)
	}
	if a := d.get("/keys/prod/other.cer"); a.status != 404 {
		t.Errorf("another certificate: %d", a.status)
	}
}

func TestWhatAnIDTokenHolds(t *testing.T) {
	d := newDesk(t)
	a := d.tokens()
	c := claims(t, a.text("id_token"))
	if c["iss"] != d.URL || c["aud"] != "Campaign1" || c["nonce"] != "the-nonce" || c["sub"] != a.text("sub") || c["at_hash"] != leftHalf(a.text("access_token")) {
		t.Errorf("the ID token holds %v", c)
	}
	if c["exp"].(float64)-c["iat"].(float64) != 86400 {
		t.Errorf("the ID token is valid for %v seconds", c["exp"].(float64)-c["iat"].(float64))
	}
}
