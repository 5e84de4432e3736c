// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"testing"

	"github.com/usher-signin/usher/standin"
)

// A file is where an organization is kept, in a test.
type file struct {
	saved  []standin.Organization
	stands string // what the draft is made against
	broken error
}

func (f *file) options(o *standin.Options) {
	o.Preview = func(_ context.Context, o standin.Organization) (standin.Draft, error) {
		return standin.Draft{File: "usher.yaml", Diff: "@@ -1 +1 @@\n-id: " + f.stands + "\n+id: " + o.ID + "\n", Notes: []string{"Know <this>."}}, f.broken
	}
	o.Save = func(_ context.Context, o standin.Organization) (string, error) {
		f.saved = append(f.saved, o)
		return "Kept as it was: usher.yaml.bak.", f.broken
	}
}

var draftField = regexp.MustCompile(`name="draft" value="([0-9a-f]+)"`)

// What is written back is what the page showed, and it says where the file as
// it was is kept.
func TestWritingBack(t *testing.T) {
	f := &file{stands: "old"}
	d := newDesk(t, f.options)
	v := d.visitor()
	if contains(d.get("/dashboard/").body, "/dashboard/save") {
		t.Error("the overview offers to write back what did not change")
	}
	v.send("organization", "id", "new@AdobeOrg")
	if !contains(d.get("/dashboard/").body, "/dashboard/save") {
		t.Error("the overview does not offer to write back")
	}
	page := d.get("/dashboard/save", "Cookie", v.cookie)
	m := draftField.FindSubmatch(page.body)
	if page.status != 200 || m == nil || !contains(page.body, `class="drop">-id: old`) || !contains(page.body, `class="add">&#43;id: new@AdobeOrg`) || !contains(page.body, "Know &lt;this&gt;.") {
		t.Fatalf("the page does not show the change: %d %s", page.status, page.body)
	}
	if len(f.saved) != 0 {
		t.Fatal("looking at the change wrote it")
	}
	draft := string(m[1])
	f.stands = "somebody else's"
	if a := v.send("save", "draft", draft); a.status != http.StatusUnprocessableEntity || !contains(a.body, "not what was shown") || len(f.saved) != 0 {
		t.Errorf("a file that is another by now: %d", a.status)
	}
	f.stands = "old"
	v.send("organization", "id", "newer@AdobeOrg")
	if a := v.send("save", "draft", draft); a.status != http.StatusUnprocessableEntity || len(f.saved) != 0 {
		t.Errorf("an organization that is another by now: %d", a.status)
	}
	if a := v.send("save"); a.status != http.StatusUnprocessableEntity || len(f.saved) != 0 {
		t.Errorf("without having looked: %d", a.status)
	}
	draft = string(draftField.FindSubmatch(d.get("/dashboard/save", "Cookie", v.cookie).body)[1])
	a := v.send("save", "draft", draft)
	if a.status != http.StatusSeeOther || len(f.saved) != 1 || f.saved[0].ID != "newer@AdobeOrg" {
		t.Fatalf("saving: %d %s, %v", a.status, a.body, f.saved)
	}
	after := d.get(a.header.Get("Location"), "Cookie", v.cookie)
	if contains(after.body, `href="/dashboard/save"`) || !contains(after.body, "usher.yaml.bak") {
		t.Error("the overview still offers to write back, or does not say where the file as it was is")
	}
}

func TestWritingBackFails(t *testing.T) {
	f := &file{stands: "old", broken: errors.New("the file has changed since")}
	d := newDesk(t, f.options)
	v := d.visitor()
	v.send("organization", "id", "new@AdobeOrg")
	for name, a := range map[string]answered{"the page": d.get("/dashboard/save"), "the form": v.send("save")} {
		if a.status != http.StatusUnprocessableEntity || !contains(a.body, "he file has changed since") || contains(a.body, `id="write"`) {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if !contains(d.get("/dashboard/").body, "/dashboard/save") {
		t.Error("the change is taken for written")
	}
	plain := newDesk(t)
	w := plain.visitor()
	w.send("organization", "id", "new@AdobeOrg")
	if a := plain.get("/dashboard/"); !contains(a.body, "last until it stops") || contains(a.body, "Write back") {
		t.Error("without a file the overview does not say so")
	}
	if a := w.send("save"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("saving without a file: %d", a.status)
	}
}

// What was read anew is served, and there is nothing to write back.
func TestReplacingTheOrganization(t *testing.T) {
	d := newDesk(t, (&file{}).options)
	d.Change(func(o *standin.Organization) { o.Tenant = "changed" })
	o := standin.Sample()
	o.Tenant = "read anew"
	if err := d.Replace(o); err != nil {
		t.Fatal(err)
	}
	if d.Organization().Tenant != "read anew" || contains(d.get("/dashboard/").body, "/dashboard/save") {
		t.Error("it is not served, or taken for a change")
	}
	o.Groups = append(o.Groups, o.Groups[0])
	if d.Replace(o) == nil || len(d.Organization().Groups) == len(o.Groups) {
		t.Error("an organization that cannot be served took the place of one that can")
	}
}
