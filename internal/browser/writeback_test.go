// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/usher-signin/usher/internal/browser"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/standin"
)

// An administrator of the demo adds a member on the dashboard, looks at the
// difference, and writes it to the file. The gateway reads the file anew; what
// is changed on the dashboard after that stays.
func TestTheDemoWritesBack(t *testing.T) {
	browser.Executable(t)
	d := startDemo(t)
	before, err := os.ReadFile(d.Config)
	if err != nil {
		t.Fatal(err)
	}
	v := newVisit(t, d)
	base := d.Provider.BaseURL() + "/dashboard/"
	v.do("adding somebody", chromedp.Navigate(base+"people/edit"), chromedp.WaitVisible("#email"),
		chromedp.SendKeys("#email", "eva@corp.example"), chromedp.SendKeys("#name", "Eva – Müller"))
	at := v.at()
	v.do("pressing Add", chromedp.Click("form.panel button.primary"))
	v.left(at)
	v.wants("eva@corp.example", "There are changes that the file does not hold yet")
	at = v.at()
	v.do("asking for the difference", chromedp.Click(".save .button"))
	v.left(at)
	v.wants("Write back to the file", d.Config, "eva@corp.example", "Eva – Müller")
	if now, _ := os.ReadFile(d.Config); string(now) != string(before) {
		t.Fatal("looking wrote the file")
	}
	at = v.at()
	v.do("pressing Write this", chromedp.Click("form button.primary"))
	v.left(at)
	v.wants("Written to "+d.Config, "As it was before: ")
	if strings.Contains(v.text(), "There are changes") {
		t.Error("the page still says that there are changes")
	}
	if err := d.Provider.Update(func(o *standin.Organization) error { o.Name = "Changed right after"; return nil }); err != nil {
		t.Fatal(err)
	}
	after, err := config.Load(d.Config, config.OS())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(mustRead(t, d.Config)), "eva@corp.example") || len(mustRead(t, d.Config)) <= len(before) {
		t.Error("the file does not hold the person")
	}
	v.waitFor("the gateway to read the file", func() bool { return d.Gateway.Config().Revision == after.Revision })
	if got := d.Provider.Organization().Name; got != "Changed right after" {
		t.Errorf("the reload took back what was changed meanwhile: the name is %q", got)
	}
}

func mustRead(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func (v visit) waitFor(what string, holds func() bool) {
	v.t.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); v.do("waiting", chromedp.Sleep(50*time.Millisecond)) {
		if time.Now().After(end) {
			v.t.Fatalf("waited in vain for %s", what)
		}
	}
}
