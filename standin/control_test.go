// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/usher-signin/usher/standin"
)

const asJSON = "application/json"

func TestTheControlEndpoint(t *testing.T) {
	d := newDesk(t)
	list := d.get("/standin/switches").json()["switches"].([]any)
	if len(list) != len(d.Switches()) || len(list) < 80 {
		t.Fatalf("%d switches are listed", len(list))
	}
	first := list[0].(map[string]any)
	if first["name"] == "" || first["does"] == "" || first["on"] != false {
		t.Errorf("a switch is listed as %v", first)
	}
	set := func(name, body string, headers ...string) answered {
		return d.do("POST", "/standin/switches/"+name, strings.NewReader(body), append([]string{"Content-Type", asJSON}, headers...)...)
	}
	for body, want := range map[string]any{
		`{"value":true}`: "2000", `{"on":true}`: "2000", `{"value":5}`: "5", `{"value":"6@token"}`: "6", `{"on":true,"value":7}`: "7",
		`{"value":false}`: nil, `{"on":false}`: nil, `{"on":false,"value":7}`: nil,
	} {
		a := set("slow", body)
		if a.status != 200 || a.json()["value"] != want || a.json()["on"] != (want != nil) {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
	for name, a := range map[string]answered{
		"unknown switch": set("no-such", `{"value":true}`),
		"unknown value":  set("slow", `{"value":"x"}`),
		"no value":       set("slow", `{}`),
		"no JSON":        set("slow", `value=true`),
		"a form":         d.post("/standin/switches/slow", form("value", "true")),
		"too long":       set("slow", `{"value":"`+strings.Repeat("x", 70<<10)+`"}`),
	} {
		if a.status != 400 || a.text("error_description") == "" {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := set("slow", `{"value":true}`, "Origin", "https://evil.example"); a.status != 403 {
		t.Errorf("from another site: %d", a.status)
	}
	set("slow", `{"value":5}`)
	if a := d.do("DELETE", "/standin/switches", nil); a.status != 200 || contains(a.body, `"on":true`) {
		t.Errorf("clearing: %d", a.status)
	}
}

// Whatever is on, one can look at it and turn it off.
func TestSwitchesReachNoPage(t *testing.T) {
	for _, sw := range newDesk(t).Switches() {
		if !sw.Anywhere {
			continue
		}
		d := newDesk(t)
		plain := map[string]answered{}
		for _, page := range []string{"/standin/switches/slow", "/dashboard/", "/dashboard/switches", "/signin/", "/adobe.com/"} {
			plain[page] = d.get(page)
		}
		if a := d.do("POST", "/standin/switches/"+sw.Name, strings.NewReader(`{"on":true}`), "Content-Type", asJSON); a.status != 200 {
			t.Fatalf("%s: %d %s", sw.Name, a.status, a.body)
		}
		for page, before := range plain {
			if a := d.get(page); a.status != before.status || a.header.Get("Content-Type") != before.header.Get("Content-Type") ||
				a.header.Get("Content-Encoding") != "" || a.header.Get("Content-Length") != strconv.Itoa(len(a.body)) {
				t.Errorf("%s is on: %s is answered %d %v", sw.Name, page, a.status, a.header)
			}
		}
		if a := d.do("DELETE", "/standin/switches", nil); a.status != 200 || contains(a.body, `"on":true`) {
			t.Errorf("%s cannot be turned off: %d", sw.Name, a.status)
		}
	}
}

func TestRotation(t *testing.T) {
	d := newDesk(t)
	token := d.access()
	before := d.keySet()
	a := d.do("POST", "/standin/keys/rotate", nil)
	if a.text("kid") != "ims_na1-key-2" {
		t.Errorf("rotation: %d %s", a.status, a.body)
	}
	after := d.keySet()
	if len(after) != len(before)+1 || after[1].Kid != "ims_na1-key-2" || after[2].Kid != "ims_na1-key-1" {
		t.Errorf("after rotation the key set is %v", after)
	}
	if a := d.get("/ims/profile/v1", with(token)...); a.status != 200 {
		t.Errorf("a token of the old key: %d", a.status)
	}
	d.Change(func(o *standin.Organization) {
		client(o, "Campaign1").Scopes = append(client(o, "Campaign1").Scopes, "groups")
	})
	if got := verdict(d); got != "good, key 1, bits 2048" {
		t.Errorf("a token of the new key: %s", got)
	}
	for range 5 {
		d.RotateKeys()
	}
	if n := len(d.keySet()); n != 5 {
		t.Errorf("after many rotations there are %d keys", n)
	}
}

func TestCalls(t *testing.T) {
	d := newDesk(t)
	d.redeem("/ims/token/v3", d.code())
	d.redeem("/ims/token/v3", "garbage")
	d.get(d.ask("scope=nope"))
	calls := d.Calls()
	if calls[0].Endpoint != "authorize" || calls[0].Error != "invalid_scope" || calls[0].To != callback {
		t.Errorf("the last call is %+v", calls[0])
	}
	if calls[1].Status != 400 || calls[1].Error != "invalid_grant" || calls[1].DebugID == "" {
		t.Errorf("the call before is %+v", calls[1])
	}
	a := d.get("/standin/calls")
	if contains(a.body, "s3cret") || contains(a.body, "eyJ") || contains(a.body, "the-state") {
		t.Error("the list of calls holds values of parameters")
	}
	for range 600 {
		d.get("/ims/keys")
	}
	if n := len(d.Calls()); n != 500 {
		t.Errorf("%d calls are kept", n)
	}
}
