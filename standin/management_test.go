// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/usher-signin/usher/standin"
)

const (
	orgID = "0123456789ABCDEF01234567@AdobeOrg"
	api   = "/v2/usermanagement"
)

// managed returns the headers of a good call.
func (d desk) managed(client, secret string) []string {
	d.t.Helper()
	a := d.post("/ims/token/v2", form("grant_type", "client_credentials", "client_id", client, "client_secret", secret, "scope", "openid,AdobeID,user_management_sdk"))
	if a.status != 200 {
		d.t.Fatalf("no token: %d %s", a.status, a.body)
	}
	return append(with(a.text("access_token")), "X-Api-Key", client)
}

func TestUsersAndGroups(t *testing.T) {
	d := newDesk(t)
	d.Change(func(o *standin.Organization) {
		o.Groups = append(o.Groups,
			standin.Group{Name: "Team", UserGroup: true, Members: []string{"dee@corp.example"}},
			standin.Group{Name: "Campaign - corp - Team", UserGroups: []string{"Team"}})
		o.Users = append(o.Users, standin.User{Email: "eva@other.example", Name: "Eva", Disabled: true})
	})
	h := append(d.managed("Technical1", "t3chnical"), "X-Request-Id", "req-1")
	a := d.get(api+"/users/"+orgID+"/0", h...)
	users := a.json()["users"].([]any)
	if a.status != 200 || a.json()["lastPage"] != true || a.json()["result"] != "success" || len(users) != 5 || a.header.Get("X-Request-Id") != "req-1" {
		t.Fatalf("users: %d %s", a.status, a.body)
	}
	for name, want := range map[string]string{"X-Total-Count": "5", "X-Page-Count": "1", "X-Current-Page": "0", "X-Page-Size": "5"} {
		if a.header.Get(name) != want {
			t.Errorf("%s is %q, wanted %q", name, a.header.Get(name), want)
		}
	}
	// directOnly is the default, and hides what is held through a user group.
	groups := func(query string) []any {
		one := d.get(api+"/organizations/"+orgID+"/users/dee@corp.example"+query, h...)
		return one.json()["user"].(map[string]any)["groups"].([]any)
	}
	if got := groups(""); !slices.Equal(got, []any{"Team"}) {
		t.Errorf("by default Dee is in %v", got)
	}
	if got := groups("?directOnly=false"); !slices.Equal(got, []any{"Team", "Campaign - corp - Team"}) {
		t.Errorf("with directOnly=false Dee is in %v", got)
	}
	if a := d.get(api+"/organizations/"+orgID+"/users/nobody@corp.example", h...); a.status != 404 || a.text("result") != "error.user.not_found" {
		t.Errorf("an unknown user: %d %s", a.status, a.body)
	}
	if a := d.get(api+"/users/"+orgID+"/0?domain=other.example", h...); len(a.json()["users"].([]any)) != 1 || a.json()["users"].([]any)[0].(map[string]any)["status"] != "disabled" {
		t.Errorf("by domain: %s", a.body)
	}
	in := d.get(api+"/users/"+orgID+"/0/"+url.PathEscape("Campaign - corp - Admin"), h...)
	if in.status != 200 || len(in.json()["users"].([]any)) != 1 {
		t.Errorf("users in a group: %d %s", in.status, in.body)
	}
	if a := d.get(api+"/users/"+orgID+"/0/Nothing", h...); a.status != 404 || a.text("result") != "error.group.not_found" {
		t.Errorf("users in an unknown group: %d %s", a.status, a.body)
	}
	if a := d.get(api+"/users/"+orgID+"/0/"+url.PathEscape("Campaign - corp - Team"), h...); a.text("result") != "Not found" || a.json()["lastPage"] != true {
		t.Errorf("users in a group without direct members: %s", a.body)
	}
	g := d.get(api+"/groups/"+orgID+"/0", h...)
	list := g.json()["groups"].([]any)
	first, team := list[0].(map[string]any), list[3].(map[string]any)
	if len(list) != 5 || first["type"] != "PRODUCT_PROFILE" || first["memberCount"] != 1.0 || team["type"] != "USER_GROUP" {
		t.Errorf("groups: %s", g.body)
	}
}

func TestManagementRefusals(t *testing.T) {
	d := newDesk(t)
	good := d.managed("Technical1", "t3chnical")
	if a := d.get(api + "/groups/" + orgID + "/0"); a.status != 401 || a.header.Get("WWW-Authenticate") == "" || len(a.body) != 0 {
		t.Errorf("without a token: %d %v", a.status, a.header)
	}
	if a := d.get(api+"/groups/"+orgID+"/0", good[:2]...); a.status != 403 || len(a.body) != 0 {
		t.Errorf("without the key: %d", a.status)
	}
	if a := d.get(api+"/groups/"+orgID+"/0", append(with(d.access()), "X-Api-Key", "Campaign1")...); a.status != 403 {
		t.Errorf("without the scope: %d", a.status)
	}
	if a := d.get(api+"/groups/0123456789ABCDEF01234567/0", good...); a.status != 400 || a.text("result") != "error.organization.invalid_id" {
		t.Errorf("an organization without its suffix: %d %s", a.status, a.body)
	}
}

// Pages are cut at 200; one beyond the last is the last again; the groups call
// is answered five times a minute for one client.
func TestPagesAndThrottling(t *testing.T) {
	d := newDesk(t, func(o *standin.Options) {
		o.Organization = standin.Sample()
		for i := range 450 {
			o.Organization.Groups = append(o.Organization.Groups, standin.Group{Name: fmt.Sprintf("Group %03d", i)})
		}
		o.Organization.Clients = append(o.Organization.Clients, standin.Client{ID: "Other", Secrets: []string{"s"}, Scopes: []string{"openid", "AdobeID", "user_management_sdk"}})
	})
	d.Clock.Set(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	h := d.managed("Technical1", "t3chnical")
	seen := map[string]bool{}
	for page := range 3 {
		a := d.get(fmt.Sprintf("%s/groups/%s/%d", api, orgID, page), h...)
		for _, g := range a.json()["groups"].([]any) {
			seen[g.(map[string]any)["groupName"].(string)] = true
		}
		if last := a.json()["lastPage"] == true; last != (page == 2) {
			t.Errorf("page %d says lastPage %v", page, last)
		}
	}
	if len(seen) != 453 {
		t.Errorf("%d groups were listed", len(seen))
	}
	if a := d.get(api+"/groups/"+orgID+"/9", h...); a.json()["lastPage"] != true || len(a.json()["groups"].([]any)) != 53 || a.header.Get("X-Current-Page") != "2" {
		t.Errorf("a page beyond the last: %v", a.header)
	}
	d.get(api+"/groups/"+orgID+"/0", h...)
	sixth := d.get(api+"/groups/"+orgID+"/0", h...)
	if sixth.status != 429 || sixth.header.Get("Retry-After") != "38" || sixth.text("error_code") != "429050" {
		t.Errorf("the sixth call in a minute: %d %s", sixth.status, sixth.body)
	}
	if a := d.get(api+"/groups/"+orgID+"/0", d.managed("Other", "s")...); a.status != 200 {
		t.Errorf("another client: %d", a.status)
	}
	d.Clock.Advance(time.Minute)
	if a := d.get(api+"/groups/"+orgID+"/0", h...); a.status != 200 {
		t.Errorf("a minute later: %d", a.status)
	}
	limited := 0
	for range 30 {
		if d.get(api+"/users/"+orgID+"/0", h...).status == 429 {
			limited++
		}
	}
	if limited != 5 {
		t.Errorf("of 30 calls for users %d were refused, wanted 5", limited)
	}
}
