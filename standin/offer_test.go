// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"net/http"
	"testing"

	"github.com/usher-signin/usher/standin"
)

// What somebody writes into the file is served at once, unless that would drop
// what was changed on the dashboard: then neither takes the other back unasked.
func TestTheFileIsEditedMeanwhile(t *testing.T) {
	f := &file{stands: "old"}
	d := newDesk(t, f.options)
	v := d.visitor()
	edited := func(id string) standin.Organization {
		o := d.Organization()
		o.ID = id
		return o
	}
	if served, err := d.Offer(edited("theirs@AdobeOrg")); !served || err != nil || d.Organization().ID != "theirs@AdobeOrg" {
		t.Fatalf("nothing was changed on the dashboard, and the file is not served: %v, %v", served, err)
	}
	if a := v.send("save/drop"); a.status != http.StatusSeeOther || d.Organization().ID != "theirs@AdobeOrg" {
		t.Errorf("dropping where there is nothing to take: %d", a.status)
	}
	v.send("organization", "id", "ours@AdobeOrg")
	draft := string(draftField.FindSubmatch(d.get("/dashboard/save", "Cookie", v.cookie).body)[1])
	if served, err := d.Offer(edited("theirs-again@AdobeOrg")); served || err != nil || d.Organization().ID != "ours@AdobeOrg" {
		t.Fatalf("what was changed on the dashboard was dropped for an edit of the file: %v, %v", served, err)
	}
	if !contains(d.get("/dashboard/", "Cookie", v.cookie).body, "edited the file meanwhile") {
		t.Error("the overview does not say that the file was edited")
	}
	if a := v.send("save", "draft", draft); a.status != http.StatusUnprocessableEntity || !contains(a.body, "take that edit back") || len(f.saved) != 0 {
		t.Errorf("somebody's edit was overwritten: %d, %v", a.status, f.saved)
	}
	page := d.get("/dashboard/save", "Cookie", v.cookie)
	if contains(page.body, `id="write"`) || !contains(page.body, `id="drop"`) || !contains(page.body, "Writing would take that edit back") {
		t.Errorf("the page offers the wrong thing: %s", page.body)
	}
	if a := d.post("/dashboard/save/drop", nil); a.status == http.StatusSeeOther || d.Organization().ID != "ours@AdobeOrg" {
		t.Errorf("dropped at the word of another site: %d", a.status)
	}
	v.send("organization", "id", "ours@AdobeOrg", "name", "More")
	if d.Organization().ID != "ours@AdobeOrg" {
		t.Error("a further change on the dashboard dropped the former")
	}
	a := v.send("save/drop")
	if a.status != http.StatusSeeOther || d.Organization().ID != "theirs-again@AdobeOrg" {
		t.Fatalf("the file's organization is not served: %d, %s", a.status, d.Organization().ID)
	}
	after := d.get(a.header.Get("Location"), "Cookie", v.cookie)
	if contains(after.body, `href="/dashboard/save"`) || !contains(after.body, "changes made here are gone") {
		t.Errorf("the overview still speaks of changes: %s", after.body)
	}
	bad := edited("")
	bad.Clients = append(bad.Clients, bad.Clients...)
	v.send("organization", "id", "ours@AdobeOrg")
	if served, err := d.Offer(bad); served || err == nil {
		t.Errorf("an organization that cannot be served was taken: %v", err)
	}
}
