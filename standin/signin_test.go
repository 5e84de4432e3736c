// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher/standin"
)

var relayField = regexp.MustCompile(`name="relay" value="([^"]*)"`)

// relay goes to the sign-in page and returns what ties the form to it.
func (d desk) relay(changes ...string) string {
	d.t.Helper()
	a := d.get(d.get(d.ask(changes...)).header.Get("Location"))
	m := relayField.FindSubmatch(a.body)
	if m == nil {
		d.t.Fatalf("there is no sign-in form: %d", a.status)
	}
	return string(m[1])
}

func (d desk) submit(v url.Values, headers ...string) answered {
	return d.post("/signin/", v, headers...)
}

func TestTheSignInForm(t *testing.T) {
	d := newDesk(t)
	d.Change(func(o *standin.Organization) {
		o.Users[0].Password = "correct horse"
		o.Users[3].Disabled = true
		o.Groups[0].Members = append(o.Groups[0].Members, "eva.maria@corp.example")
	})
	rows := []struct {
		name   string
		form   url.Values
		status int
	}{
		{"right", form("email", "ana@corp.example", "password", "correct horse"), 303},
		{"address in other case", form("email", "ANA@corp.example", "password", "correct horse"), 303},
		{"wrong password", form("email", "ana@corp.example", "password", "correct"), 401},
		{"no password", form("email", "ana@corp.example"), 401},
		{"chosen by name, though there is a password", form("as", "ana@corp.example"), 401},
		{"any password where none is set", form("email", "ben@corp.example", "password", "whatever"), 303},
		{"chosen by name", form("as", "ben@corp.example"), 303},
		{"a member who is no user", form("email", "eva.maria@corp.example"), 303},
		{"nobody", form("email", "nobody@corp.example"), 401},
		{"disabled", form("email", "dee@corp.example"), 401},
		{"nothing", form(), 401},
	}
	for _, row := range rows {
		row.form.Set("relay", d.relay())
		if a := d.submit(row.form); a.status != row.status {
			t.Errorf("%s: answered %d, wanted %d", row.name, a.status, row.status)
		}
	}
	a := d.submit(form("relay", d.relay(), "email", "<script>@corp.example", "password", "p-a-s-s"))
	if contains(a.body, "<script>") || contains(a.body, "p-a-s-s") {
		t.Error("the page repeats what was typed, unescaped, or the password")
	}
}

func TestDecliningGoesBack(t *testing.T) {
	d := newDesk(t)
	a := d.submit(form("relay", d.relay(), "decline", "yes"))
	to, _ := url.Parse(a.header.Get("Location"))
	if a.status != http.StatusFound || to.Query().Get("error") != "access_denied" || to.Query().Get("state") != "the-state" {
		t.Errorf("answered %d to %s", a.status, to)
	}
}

// A sign-in can be finished once, in the browser that signed in, in time.
func TestARelayIsForOneBrowserAndOneTime(t *testing.T) {
	d := newDesk(t)
	relay := d.relay()
	a := d.submit(form("relay", relay, "email", "ana@corp.example"))
	cookie := strings.Split(a.header.Get("Set-Cookie"), ";")[0]
	resume := a.header.Get("Location")
	if to := d.get(resume).header.Get("Location"); !strings.Contains(to, "/signin/") {
		t.Errorf("another browser was sent to %s", to)
	}
	first := d.get(resume, "Cookie", cookie)
	if !strings.HasPrefix(first.header.Get("Location"), callback) {
		t.Fatalf("the browser was sent to %s", first.header.Get("Location"))
	}
	if again := d.get(resume, "Cookie", cookie); again.status != http.StatusBadRequest {
		t.Errorf("the second time: %d", again.status)
	}
	late := d.relay()
	d.Clock.Advance(11 * time.Minute)
	if a := d.submit(form("relay", late, "email", "ana@corp.example")); a.status != http.StatusBadRequest {
		t.Errorf("eleven minutes later: %d", a.status)
	}
}

func TestTheFormComesFromOurOwnPage(t *testing.T) {
	d := newDesk(t)
	v := form("relay", d.relay(), "email", "ana@corp.example")
	for name, value := range map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"} {
		if a := d.submit(v, name, value); a.status != http.StatusForbidden {
			t.Errorf("with %s %s: %d", name, value, a.status)
		}
	}
	a := d.submit(v, "Origin", d.URL)
	set := a.header.Get("Set-Cookie")
	for _, attribute := range []string{"ims_sid=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(set, attribute) {
			t.Errorf("the cookie %q has no %s", set, attribute)
		}
	}
}

func TestThePageThatStandsInForAdobeCom(t *testing.T) {
	d := newDesk(t)
	b := d.SignIn(d.ask("redirect_uri=https://evil.example/<x>"), "ana@corp.example", "")
	if a := d.get(b.String()); a.status != 200 || !contains(a.body, "adobe.com") {
		t.Errorf("answered %d", a.status)
	}
	// The page says why, to the browser that was sent there.
	a := d.get(d.ask("redirect_uri=https://evil.example/<x>", "prompt=none"))
	cookie := strings.Split(a.header.Get("Set-Cookie"), ";")[0]
	page := d.get(a.header.Get("Location"), "Cookie", cookie)
	for _, want := range []string{"https://evil.example/&lt;x&gt;", "https://www.adobe.com/", "Campaign1", "login_required"} {
		if !contains(page.body, want) {
			t.Errorf("the page does not say %q:\n%s", want, page.body)
		}
	}
}
