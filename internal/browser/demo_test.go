// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/browser"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/demo"
	"github.com/usher-signin/usher/internal/lookalike"
)

// startDemo starts everything in a folder of its own.
func startDemo(t *testing.T) *demo.Demo {
	t.Helper()
	dir := t.TempDir()
	log, err := os.Create(filepath.Join(dir, "usher.log"))
	if err != nil {
		t.Fatal(err)
	}
	d, err := demo.Start(t.Context(), demo.Options{Dir: dir, Environment: config.OS(), Now: time.Now, Random: rand.Reader,
		Logger: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})), Near: lookalike.Near})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Stop(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			text, _ := os.ReadFile(log.Name())
			t.Logf("the log:\n%s", text)
		}
	})
	return d
}

// visit is a person at a browser.
type visit struct {
	t   *testing.T
	ctx context.Context
}

func newVisit(t *testing.T, d *demo.Demo) visit {
	return visit{t, browser.Start(t, filepath.Join(d.Dir, "localhost.pem"))}
}

func (v visit) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		at, _ := chromedp.Run(v.ctx, chromedp.Location())
		v.t.Fatalf("%s: %v (at %s)", what, err, at)
	}
}

func (v visit) text() string {
	v.t.Helper()
	text, err := chromedp.Run(v.ctx, chromedp.Text("body"))
	if err != nil {
		v.t.Fatal(err)
	}
	return text
}

func (v visit) at() string {
	v.t.Helper()
	at, err := chromedp.Run(v.ctx, chromedp.Location())
	if err != nil {
		v.t.Fatal(err)
	}
	return at
}

// signIn opens an address and signs in at the stand-in's page.
func (v visit) signIn(address string, p demo.Person) {
	v.t.Helper()
	v.do("opening "+address, chromedp.Navigate(address), chromedp.WaitVisible(`input[name="email"]`))
	v.do("signing in", chromedp.SendKeys(`input[name="email"]`, p.Email),
		chromedp.SendKeys(`input[name="password"]`, p.Password))
	before := v.at()
	v.do("sending the form", chromedp.Click(`#submit`))
	v.left(before)
}

// left waits until the browser has come to another address and a page is there.
func (v visit) left(before string) {
	v.t.Helper()
	deadline, cancel := context.WithTimeout(v.ctx, 20*time.Second)
	defer cancel()
	for v.at() == before {
		if deadline.Err() != nil {
			v.t.Fatalf("still at %s:\n%s", before, v.text())
		}
		v.do("waiting", chromedp.Sleep(50*time.Millisecond))
	}
	v.do("waiting for the page", chromedp.WaitVisible("h1"))
}

func (v visit) wants(parts ...string) {
	v.t.Helper()
	text := v.text()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			v.t.Errorf("the page at %s does not say %q:\n%s", v.at(), part, text)
		}
	}
}

var reference = regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}`)

func (v visit) reference() usher.Reference {
	v.t.Helper()
	found := reference.FindString(v.text())
	if found == "" {
		v.t.Fatalf("the page shows no reference:\n%s", v.text())
	}
	return usher.Reference(found)
}

func person(t *testing.T, name string) demo.Person {
	t.Helper()
	for _, p := range demo.Persons() {
		if strings.HasPrefix(p.Email, name+"@") {
			return p
		}
	}
	t.Fatalf("the demo has no %s", name)
	return demo.Person{}
}

func TestFourPersons(t *testing.T) {
	browser.Executable(t)
	d := startDemo(t)
	t.Run("an administrator reaches everything, and comes to the address asked for", func(t *testing.T) {
		v := newVisit(t, d)
		asked := d.Public + "/reports/weekly?from=2026-11-01&q=a%26b"
		v.signIn(asked, person(t, "ana"))
		if v.at() != asked {
			t.Errorf("came to %s, asked for %s", v.at(), asked)
		}
		v.wants("Reports", "ana@corp.example", "Admin", "/reports/weekly?from=2026-11-01&q=a%26b")
		v.do("opening the settings", chromedp.Navigate(d.Public+"/settings/"), chromedp.WaitVisible("h1"))
		v.wants("Settings", "ana@corp.example")
		v.do("opening one's own page", chromedp.Navigate(d.Public+"/usher/"), chromedp.WaitVisible("h1"))
		v.wants("You are signed in", "Ana Lima", "ADMINISTRATION")
		before := v.at()
		v.do("signing out", chromedp.Submit(`form[action="/usher/signout"] button`))
		v.left(before)
		v.wants("You are signed out")
		v.do("coming back", chromedp.Navigate(d.Public+"/reports/"), chromedp.WaitVisible(`input[name="email"]`))
	})
	t.Run("a delivery operator is refused by one application's rule", func(t *testing.T) {
		v := newVisit(t, d)
		v.signIn(d.Public+"/reports/", person(t, "dirk"))
		v.wants("Delivery operators")
		v.do("opening the settings", chromedp.Navigate(d.Public+"/settings/"), chromedp.WaitVisible("h1"))
		v.wants("This application is not open to you", "settings", "Dirk Visser", "extension 1234")
		v.reference()
	})
	t.Run("somebody in no group reads the vendor's sentence", func(t *testing.T) {
		v := newVisit(t, d)
		v.signIn(d.Public+"/reports/", person(t, "nora"))
		v.wants("You could not be signed in", usher.NoRightMatching, "extension 1234")
		v.reference()
		if text := v.text(); strings.Contains(text, "Analytics") || strings.Contains(text, "Campaign -") {
			t.Errorf("the page shows groups or settings:\n%s", text)
		}
	})
	t.Run("a no-break space is refused", func(t *testing.T) {
		v := newVisit(t, d)
		v.signIn(d.Public+"/reports/", person(t, "bram"))
		v.wants("You could not be signed in", usher.NoRightMatching)
		v.reference()
	})
}
