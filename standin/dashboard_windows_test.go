// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/usher-signin/usher/standin"
)

var seenField = regexp.MustCompile(`name="seen" value="([0-9a-f]*)"`)

// seen is the mark that a page's form would send back.
func (v visitor) seen(path string) string {
	v.t.Helper()
	m := seenField.FindSubmatch(v.get("/dashboard/"+path, "Cookie", v.cookie).body)
	if m == nil || len(m[1]) == 0 {
		v.t.Fatalf("%s has no mark", path)
	}
	return string(m[1])
}

// Two windows show the same form. The first is sent; the second is then not
// taken, keeps what was typed, and is taken when it is sent again.
func TestTwoWindows(t *testing.T) {
	for name, row := range map[string]struct {
		page, path    string
		first, second []string
	}{
		"client": {"clients/edit?id=Campaign1", "clients/edit",
			[]string{"was", "Campaign1", "id", "Campaign1", "scopes", "openid", "callbacks", "https://one.example/"},
			[]string{"was", "Campaign1", "id", "Campaign1", "scopes", "AdobeID", "callbacks", "https://two.example/"}},
		"group": {"groups/edit?name=Analytics+-+readers", "groups/edit",
			[]string{"was", "Analytics - readers", "name", "Analytics - readers", "members", "one@corp.example"},
			[]string{"was", "Analytics - readers", "name", "Analytics - readers", "members", "two@corp.example"}},
		"person": {"people/edit?email=dee@corp.example", "people/edit",
			[]string{"was", "dee@corp.example", "email", "dee@corp.example", "name", "One", "type", "adobeID"},
			[]string{"was", "dee@corp.example", "email", "dee@corp.example", "name", "Two", "type", "adobeID"}},
		"organization": {"organization", "organization",
			[]string{"id", orgID, "name", "One", "context", "dma_campaign"},
			[]string{"id", orgID, "name", "Two", "context", "dma_campaign"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			v := d.visitor()
			mark := v.seen(row.page)
			if a := v.send(row.path, append(row.first, "seen", mark)...); a.status != http.StatusSeeOther {
				t.Fatalf("the first window: %d %s", a.status, a.body)
			}
			before := d.Organization()
			a := v.send(row.path, append(row.second, "seen", mark)...)
			if a.status != http.StatusUnprocessableEntity || !contains(a.body, "This was changed elsewhere after the page was opened") || !reflect.DeepEqual(d.Organization(), before) {
				t.Fatalf("the second window: %d %s", a.status, a.body)
			}
			if !contains(a.body, row.second[len(row.second)-1]) {
				t.Error("what was typed is lost")
			}
			again := string(seenField.FindSubmatch(a.body)[1])
			if a := v.send(row.path, append(row.second, "seen", again)...); a.status != http.StatusSeeOther || reflect.DeepEqual(d.Organization(), before) {
				t.Errorf("sent again: %d", a.status)
			}
		})
	}
}

// What one window removed or renamed, another cannot change: a client would
// come back without its secrets, and be public.
func TestWhatIsGoneIsNotChanged(t *testing.T) {
	for name, row := range map[string]struct {
		path string
		send []string
		word string // of the button under what was typed
	}{
		"client":           {"clients/edit", []string{"was", "Gone", "id", "Gone", "scopes", "openid"}, ">Add<"},
		"client's removal": {"clients/remove", []string{"was", "Gone"}, ""},
		"client's secret":  {"clients/secret", []string{"was", "Gone"}, ""},
		"group":            {"groups/edit", []string{"was", "Gone", "name", "Gone"}, ">Add<"},
		"group's removal":  {"groups/remove", []string{"was", "Gone"}, ""},
		"person":           {"people/edit", []string{"was", "gone@corp.example", "email", "gone@corp.example"}, ">Add<"},
		"person's removal": {"people/remove", []string{"was", "gone@corp.example"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			v := d.visitor()
			before := d.Organization()
			a := v.send(row.path, row.send...)
			if a.status < 400 || a.status >= 500 || !contains(a.body, "any more") || !contains(a.body, row.word) {
				t.Errorf("%d %s", a.status, a.body)
			}
			if !reflect.DeepEqual(d.Organization(), before) {
				t.Error("something changed")
			}
		})
	}
}

// Whatever is typed, the answer is a page that says what is wrong with it, or
// a change that can be opened again; nothing is half changed.
func TestWhateverIsTyped(t *testing.T) {
	odd := []string{"", " ", strings.Repeat("n", 2048), strings.Repeat("n", 2049), `<b>"&'`, "日本語 – ",
		"\u202eevil\u200b", "a\nb", "nul\x00", "bad\xff", "../..", "?#&=", "%00", "🙂", "-", "{{.Token}}"}
	for _, form := range []struct{ kind, path, page, field string }{
		{"client", "clients/edit", "clients/edit?id=", "id"}, {"group", "groups/edit", "groups/edit?name=", "name"}, {"person", "people/edit", "people/edit?email=", "email"},
	} {
		d := newDesk(t)
		v := d.visitor()
		for _, text := range odd {
			if form.kind == "person" {
				text += "@corp.example"
			}
			what := fmt.Sprintf("%s %.20q", form.kind, text)
			before := d.Organization()
			a := v.send(form.path, "was", "", form.field, text)
			switch a.status {
			case http.StatusSeeOther:
				is := text
				if form.kind != "group" {
					is = strings.TrimSpace(is)
				}
				page := d.get("/dashboard/" + form.page + url.QueryEscape(is))
				if page.status != 200 || strings.Contains(is, "<") && contains(page.body, is) {
					t.Errorf("%s: was added, and its page answers %d", what, page.status)
				}
			case http.StatusUnprocessableEntity:
				if !reflect.DeepEqual(d.Organization(), before) || !contains(a.body, `role="alert"`) {
					t.Errorf("%s: refused, and half changed or without a word", what)
				}
			default:
				t.Errorf("%s: %d", what, a.status)
			}
			if a := v.send(form.path, "was", "", form.field, text); a.status != http.StatusUnprocessableEntity {
				t.Errorf("%s, twice: %d", what, a.status)
			}
		}
	}
}

// The client goes while somebody signs in to it.
func TestTheClientInUseIsRemoved(t *testing.T) {
	d := newDesk(t)
	v := d.visitor()
	relay, code, tokens := d.relay(), d.code(), d.tokens()
	if a := v.send("clients/remove", "was", "Campaign1"); a.status != http.StatusSeeOther {
		t.Fatalf("%d", a.status)
	}
	in := d.submit(form("relay", relay, "email", "ana@corp.example"))
	a := d.get(in.header.Get("Location"), "Cookie", strings.Split(in.header.Get("Set-Cookie"), ";")[0])
	if a.status != http.StatusBadRequest || !contains(a.body, "removed or disabled while you signed in") {
		t.Errorf("the sign-in: %d %s", a.status, html.UnescapeString(string(a.body)))
	}
	if a := d.redeem("/ims/token/v3", code); outcome(a) != "400 invalid_client" {
		t.Errorf("the code: %s", outcome(a))
	}
	if a := d.post("/ims/token/v3", form("grant_type", "refresh_token", "refresh_token", tokens.text("refresh_token"), "client_id", "Campaign1", "client_secret", "s3cret")); outcome(a) != "400 invalid_client" {
		t.Errorf("the refresh: %s", outcome(a))
	}
}

func TestUsersDoNotShareAnID(t *testing.T) {
	d := newDesk(t)
	err := d.Update(func(o *standin.Organization) error {
		o.Users[0].ID, o.Users[1].ID = "ABCDEF0123456789ABCDEF01@AdobeID", "ABCDEF0123456789ABCDEF01@AdobeID"
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "have the same id") {
		t.Errorf("two users with one id: %v", err)
	}
}
