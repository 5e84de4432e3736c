// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"crypto/rand"
	"crypto/tls"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/browser"
	"github.com/usher-signin/usher/internal/demo"
	"github.com/usher-signin/usher/internal/store"
)

// openSessions lists them, from the demo's database.
func openSessions(t *testing.T, d *demo.Demo) []usher.Session {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(d.Dir, "usher.db"), store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	list, err := db.Sessions(t.Context(), store.SessionFilter{})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// named gives the open session a name of the provider's own, as providers other
// than IMS do: IMS names none.
func named(t *testing.T, d *demo.Demo, sid string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(d.Dir, "usher.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	res, err := db.ExecContext(t.Context(), `UPDATE sessions SET sid = ? WHERE ended = 0`, sid)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		t.Fatalf("%d sessions are open, %v", n, err)
	}
}

// elsewhere serves an empty page on another site than the gateway's: for
// browsers 127.0.0.1 and localhost have nothing to do with each other.
func elsewhere(t *testing.T, d *demo.Demo) string {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(filepath.Join(d.Dir, "localhost.pem"), filepath.Join(d.Dir, "localhost.key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><title>elsewhere</title><h1>elsewhere</h1>")
	}))
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv.URL
}

// frames opens a page and puts a frame into it, and waits until the browser is
// done with it, whether it shows it or not.
func (v visit) frames(page, framed string) {
	v.t.Helper()
	v.do("opening "+page, chromedp.Navigate(page))
	script := fmt.Sprintf(`(() => { const f = document.createElement("iframe");
		f.onload = () => { document.title = "framed" }; f.src = %q; document.body.appendChild(f); return true })()`, framed)
	if _, err := chromedp.Run(v.ctx, chromedp.Evaluate[bool](script)); err != nil {
		v.t.Fatalf("putting the frame in: %v", err)
	}
	v.waitFor("the frame", func() bool {
		title, err := chromedp.Run(v.ctx, chromedp.Title())
		return err == nil && title == "framed"
	})
}

// TestFrontChannelLogoutInAFrame puts the gateway's logout page into frames of a
// real browser, as a provider's sign-out page does. What it does must not hang on
// cookies: browsers send none of the gateway's into another site's frame.
func TestFrontChannelLogoutInAFrame(t *testing.T) {
	browser.Executable(t)
	d := startDemo(t)
	v := newVisit(t, d)
	other := elsewhere(t, d)
	v.signIn(d.Public+"/reports/", person(t, "ana"))
	signedIn := func() usher.Session {
		t.Helper()
		named(t, d, rand.Text())
		list := openSessions(t, d)
		if len(list) != 1 || list[0].ProviderSession == "" {
			t.Fatalf("open sessions: %+v", list)
		}
		return list[0]
	}
	s := signedIn()
	logout := func(sid string) string {
		return d.Public + "/usher/frontchannel-logout?" + url.Values{"iss": {s.Person.Provider}, "sid": {sid}}.Encode()
	}
	provider, err := usher.Origin(s.Person.Provider)
	if err != nil {
		t.Fatal(err)
	}
	ends := func(what string) {
		t.Helper()
		for deadline := time.Now().Add(10 * time.Second); len(openSessions(t, d)) > 0; time.Sleep(50 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%s: the session is still open", what)
			}
		}
	}
	back := func() {
		t.Helper()
		// The provider still knows the person, and sends them straight back.
		v.do("coming back", chromedp.Navigate(d.Public+"/reports/"), chromedp.WaitVisible("h1"))
		v.waitFor("the session", func() bool { return len(openSessions(t, d)) == 1 })
		s = signedIn()
	}

	v.frames(other, logout(s.ProviderSession+"x"))
	if len(openSessions(t, d)) != 1 {
		t.Error("a frame that names another session ended this one")
	}
	v.frames(provider+"/.well-known/openid-configuration", logout(s.ProviderSession))
	ends("a frame of the provider's own page")

	// A browser without any cookie: stricter than every rule about third-party cookies.
	back()
	newVisit(t, d).frames(provider+"/.well-known/openid-configuration", logout(s.ProviderSession))
	ends("a frame in a browser that has no cookies")

	// Another site may not show the page, and its frame asks for it all the same:
	// what protects the session is that nobody else knows sid.
	back()
	v.frames(other, logout(s.ProviderSession))
	ends("another site's frame with the right sid")
	if text := v.text(); strings.Contains(text, "Signed out") {
		t.Errorf("another site shows the gateway's page: %s", text)
	}
}
