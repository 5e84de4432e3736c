// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/usher-signin/usher/internal/browser"
	"github.com/usher-signin/usher/standin"
	"github.com/usher-signin/usher/standin/standintest"
)

// faults is what no page may have: anything wider than the window, another
// number of headings than one, a control without a name, an id twice, or a
// style or script that the policy stopped.
const faults = `(() => {
	const out = [];
	if (document.documentElement.scrollWidth > window.innerWidth) out.push("wider than the window: " + document.documentElement.scrollWidth);
	if (document.querySelectorAll("h1").length != 1) out.push("headings: " + document.querySelectorAll("h1").length);
	for (const c of document.querySelectorAll("input:not([type=hidden]), select, textarea"))
		if (!c.labels || c.labels.length == 0) out.push("no label: " + c.name);
	const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
	for (const id of ids) if (ids.indexOf(id) != ids.lastIndexOf(id)) out.push("twice: " + id);
	if (document.querySelectorAll("[style], style, script").length) out.push("inline style or script");
	if (getComputedStyle(document.body).marginTop != "0px") out.push("the style sheet was not applied");
	return out.join("; ");
})()`

func step(t *testing.T, ctx context.Context, what string, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// Every page, at desktop and phone width, in light and dark. With
// USHER_SCREENSHOTS set to a folder the pictures are kept there.
func TestPagesLookRight(t *testing.T) {
	browser.Executable(t)
	d := desk{standintest.StartPlain(t, func(o *standin.Options) {
		o.Organization = standin.Sample()
		o.Organization.Groups = append(o.Organization.Groups,
			standin.Group{Name: "Campaign \u2013 corp \u2013 a name that is as long as names of profiles in large organizations really are", UserGroups: []string{"Everybody"}},
			standin.Group{Name: "Everybody", UserGroup: true, Members: []string{"ana@corp.example", "eva.maria@corp.example"}})
		o.Organization.Users[3].Disabled = true
		o.Save = func(context.Context, standin.Organization) (string, error) { return "", nil }
		o.Preview = func(context.Context, standin.Organization) (standin.Draft, error) {
			return standin.Draft{File: "/etc/usher/production.yaml", Notes: []string{"New secrets will stand in the file itself, readable: 1."},
				Diff: "@@ -40,7 +40,8 @@\n   groups:\n     - name: Campaign - corp - Admin\n-      members: [ana@corp.example]\n+      members: [ana@corp.example, somebody.with.a.long.address@subsidiary.corp.example, dee@corp.example]\n+      description: Runs the instance, and everything else\n     # those who send\n"}, nil
		}
	}), t}
	d.Change(func(o *standin.Organization) { o.Groups[0].Description = "Runs the instance, and everything else" })
	d.Set("slow", "5@token")
	d.Set("id-token-issuer-ims", true)
	d.redeem("/ims/token/v3", d.code())
	d.get(d.ask("scope=nope"))
	d.redeem("/ims/token/v3", "garbage")
	ctx := browser.Start(t, "")
	pages := map[string]string{
		"overview": "/dashboard/", "organization": "/dashboard/organization", "groups": "/dashboard/groups", "people": "/dashboard/people",
		"group":  "/dashboard/groups/edit?name=" + url.QueryEscape("Campaign \u2013 corp \u2013 a name that is as long as names of profiles in large organizations really are"),
		"person": "/dashboard/people/edit?email=ana@corp.example", "clients": "/dashboard/clients", "client": "/dashboard/clients/edit?id=Campaign1",
		"client-new": "/dashboard/clients/edit", "save": "/dashboard/save", "switches": "/dashboard/switches?done=on", "switches-some": "/dashboard/switches?q=answer", "calls": "/dashboard/calls",
		"signin": "@" + d.ask(), "error": "@" + d.ask("client_id=Nobody"), "adobecom": "@" + d.ask("prompt=none", "redirect_uri=https://campaign.corp.example/usher/callback/"),
	}
	for name, path := range pages {
		address := d.URL + path
		if rest, whole := strings.CutPrefix(path, "@"); whole {
			address = rest
		}
		step(t, ctx, "opening "+name, chromedp.Navigate(address), chromedp.WaitVisible("h1"))
		for _, l := range browser.Looks() {
			step(t, ctx, "looking at "+name, l.Wear())
			found, err := chromedp.Run(ctx, chromedp.Evaluate[string](faults))
			if err != nil || found != "" {
				t.Errorf("%s, %s: %s (%v)", name, l.Name, found, err)
			}
			keepPicture(t, ctx, name+"-"+l.Name)
		}
	}
}

func keepPicture(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	folder := os.Getenv("USHER_SCREENSHOTS")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.MkdirAll(folder, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "standin-"+name+".png"), picture, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Somebody who uses only the keyboard signs in, and changes a profile.
func TestTheKeyboardIsEnough(t *testing.T) {
	browser.Executable(t)
	d := desk{standintest.StartPlain(t), t}
	ctx := browser.Start(t, "")
	step(t, ctx, "signing in",
		chromedp.Navigate(d.ask("redirect_uri=https://campaign.corp.example/usher/callback/")),
		chromedp.WaitVisible("#sign-in"), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent("ben@corp.example"), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter),
		chromedp.WaitVisible(".eyebrow"))
	if at, _ := chromedp.Run(ctx, chromedp.Location()); !strings.HasPrefix(at, d.URL+"/adobe.com/?") {
		t.Errorf("the sign-in ended at %s", at)
	}
	step(t, ctx, "opening a profile", chromedp.Navigate(d.URL+"/dashboard/groups/edit?name="+url.QueryEscape("Campaign - corp - Admin")), chromedp.WaitVisible("#name"))
	for range 30 {
		if at, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.activeElement.id`)); at == "name" {
			break
		}
		step(t, ctx, "going on", chromedp.KeyEvent(kb.Tab))
	}
	step(t, ctx, "renaming it", chromedp.KeyEvent(kb.End), chromedp.KeyEvent("s "), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(".note"))
	found := false
	for _, g := range d.Organization().Groups {
		found = found || g.Name == "Campaign - corp - Admins "
	}
	if !found {
		t.Errorf("the groups are %+v", d.Organization().Groups)
	}
}
