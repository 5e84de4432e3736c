// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"context"
	"net/url"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/usher-signin/usher/internal/browser"
	"github.com/usher-signin/usher/standin/standintest"
)

// Somebody changes each kind of thing in the dashboard, in a browser, and the
// very next sign-in has it.
func TestEachChangeShowsInTheNextSignIn(t *testing.T) {
	browser.Executable(t)
	d := desk{standintest.StartPlain(t), t}
	ctx := browser.Start(t, "")
	// change fills in a page's form, by the ids of its fields, and sends it.
	change := func(path, button string, fields ...string) {
		t.Helper()
		steps := []chromedp.Action[chromedp.Void]{chromedp.Navigate(d.URL + "/dashboard/" + path), chromedp.WaitVisible(button)}
		for i := 0; i < len(fields); i += 2 {
			steps = append(steps, chromedp.SetValue("#"+fields[i], fields[i+1]))
		}
		step(t, ctx, path, append(steps, chromedp.Click(button), chromedp.WaitVisible(".note.good"))...)
	}
	profile := func() map[string]any { return d.get("/ims/profile/v1", with(d.access())...).json() }
	labels := func() []string { return names(profile()["projectedProductContext"]) }
	const primary = "form.panel button.primary"

	change("organization", primary, "context", "dma_campaign", "tenant", "other")
	first := profile()["projectedProductContext"].([]any)[0].(map[string]any)["prodCtx"].(map[string]any)
	if first["serviceCode"] != "dma_campaign" || first["tenant_id"] != "other" {
		t.Errorf("the product context is %v", first)
	}
	change("groups/edit?name="+url.QueryEscape("Campaign - corp - Admin"), primary, "name", "Campaign - corp - Administrators ")
	if got := labels(); !slices.Contains(got, "Campaign - corp - Administrators ") {
		t.Errorf("after a profile was renamed Ana holds %q", got)
	}
	change("groups/edit", primary, "name", "Campaign - corp - Reports", "members", "ana@corp.example")
	if got := labels(); !slices.Contains(got, "Campaign - corp - Reports") {
		t.Errorf("after Ana was put into a new profile she holds %q", got)
	}
	change("groups/edit?name="+url.QueryEscape("Campaign - corp - Reports"), "button.bad")
	if got := labels(); slices.Contains(got, "Campaign - corp - Reports") {
		t.Errorf("after the profile was removed Ana holds %q", got)
	}
	change("people/edit?email=ana@corp.example", primary, "name", "Ana Maria Lima")
	if got := profile()["displayName"]; got != "Ana Maria Lima" {
		t.Errorf("the person is called %v", got)
	}
	change("switches?q=id-token-expired", "#id-token-expired button", "v-id-token-expired", "500")
	c := claims(t, d.tokens().text("id_token"))
	if exp, iat := c["exp"].(float64), float64(d.Clock.Now().Unix()); iat-exp < 490 {
		t.Errorf("with the switch on the ID token ends at %v, and it is %v", exp, iat)
	}
	change("switches", ".head .primary")
	c = claims(t, d.tokens().text("id_token"))
	if c["exp"].(float64) < float64(d.Clock.Now().Unix()) {
		t.Error("with all switches off the ID token is still expired")
	}
	clientsInTheBrowser(t, ctx, d, change)
}

// clientsInTheBrowser changes a client: its allow-list, its scopes, its secrets.
func clientsInTheBrowser(t *testing.T, ctx context.Context, d desk, change func(path, button string, fields ...string)) {
	t.Helper()
	const page = "clients/edit?id=Campaign1"
	code := d.code()
	change(page, "#secrets .inline button", "secrets .inline #secret", "typed-in-the-browser")
	if a := d.redeem("/ims/token/v3", code, "client_secret", "typed-in-the-browser"); a.status != 200 {
		t.Errorf("the secret that was added: %d %s", a.status, a.body)
	}
	change(page, "form.panel button.primary", "patterns", `https://none\.corp\.example/.*`, "callbacks", "https://other.corp.example/cb", "scopes", "openid")
	if back := d.SignIn(d.ask("redirect_uri=https://other.corp.example/cb"), "ana@corp.example", ""); back.Query().Get("error") != "invalid_scope" {
		t.Errorf("a scope that was taken away: %s", back)
	}
	if back := d.SignIn(d.ask("redirect_uri=https://other.corp.example/cb", "scope=openid"), "ana@corp.example", ""); back.Host != "other.corp.example" || back.Query().Get("code") == "" {
		t.Errorf("the callback that was listed: %s", back)
	}
	if to := d.get(d.ask("scope=openid", "prompt=none")).header.Get("Location"); !isOurAdobe(d, to) {
		t.Errorf("the callback that was taken away leads to %s", to)
	}
	step(t, ctx, "looking at the calls", chromedp.Navigate(d.URL+"/dashboard/calls"), chromedp.WaitVisible(".list"))
}

func isOurAdobe(d desk, to string) bool {
	u, err := url.Parse(to)
	return err == nil && u.Scheme+"://"+u.Host == d.URL && len(u.Path) >= 11 && u.Path[:11] == "/adobe.com/"
}
