// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/usher-signin/usher/internal/browser"
)

// TestScreenshots looks at every page that the demo shows, at desktop and phone
// width, in light and dark: nothing may be wider than the window, and every
// page has one heading. With USHER_SCREENSHOTS set to a folder the pictures are
// kept there.
func TestScreenshots(t *testing.T) {
	browser.Executable(t)
	d := startDemo(t)
	folder := os.Getenv("USHER_SCREENSHOTS")
	if folder != "" {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	look := func(v visit, name string) {
		t.Helper()
		for _, l := range browser.Looks() {
			v.do("looking at "+name, l.Wear())
			wide, err := chromedp.Run(v.ctx, chromedp.Evaluate[float64](`document.documentElement.scrollWidth - window.innerWidth`))
			if err != nil || wide > 0 {
				t.Errorf("%s, %s: %v pixels wider than the window (%v)", name, l.Name, wide, err)
			}
			headings, err := chromedp.Run(v.ctx, chromedp.Evaluate[float64](`document.querySelectorAll("h1").length`))
			if err != nil || headings != 1 {
				t.Errorf("%s, %s: %v headings (%v), wanted one", name, l.Name, headings, err)
			}
			if folder == "" {
				continue
			}
			picture, err := chromedp.Run(v.ctx, chromedp.CaptureScreenshot())
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, name+"-"+l.Name+".png"), picture, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		v.do("putting the window back", browser.Looks()[0].Wear())
	}
	open := func(v visit, path string) {
		t.Helper()
		v.do("opening "+path, chromedp.Navigate(d.Public+path), chromedp.WaitVisible("h1"))
	}
	v := newVisit(t, d)
	open(v, "/")
	look(v, "sign-in")
	open(v, "/usher/nothing-here")
	look(v, "not-found")
	open(v, "/usher/callback?state=unknown&code=x")
	look(v, "callback-unknown")
	v.signIn(d.Public+"/reports/", person(t, "dirk"))
	look(v, "application")
	open(v, "/settings/")
	look(v, "not-allowed")
	open(v, "/usher/")
	look(v, "home")
	open(v, "/usher/signout")
	look(v, "sign-out")
	before := v.at()
	v.do("signing out", chromedp.Click(`main form button`))
	v.left(before)
	look(v, "signed-out")
	w := newVisit(t, d)
	w.signIn(d.Public+"/reports/", person(t, "bram"))
	look(w, "refused")
}
