// SPDX-License-Identifier: Apache-2.0

package standintest_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/usher-signin/usher/standin/standintest"
)

func TestASignInFromBeginningToEnd(t *testing.T) {
	for name, start := range map[string]func(testing.TB) *standintest.Standin{
		"https": func(t testing.TB) *standintest.Standin { return standintest.Start(t) },
		"http":  func(t testing.TB) *standintest.Standin { return standintest.StartPlain(t) },
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t)
			ask := url.Values{
				"client_id": {"Campaign1"}, "redirect_uri": {"https://campaign.corp.example/usher/callback"},
				"scope": {"openid,AdobeID,email,additional_info.projectedProductContext"}, "state": {"st"}, "nonce": {"no"},
			}
			b := p.Browser()
			back := b.SignIn(p.URL+"/ims/authorize/v2?"+ask.Encode(), "ana@corp.example", "anything")
			if got := back.Host + back.Path; got != "campaign.corp.example/usher/callback" {
				t.Fatalf("the browser was sent to %s", back)
			}
			if back.Query().Get("state") != "st" {
				t.Errorf("state came back as %q", back.Query().Get("state"))
			}
			res, err := p.Client().PostForm(p.URL+"/ims/token/v3", url.Values{
				"grant_type": {"authorization_code"}, "code": {back.Query().Get("code")}, "client_id": {"Campaign1"}, "client_secret": {"s3cret"},
			})
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			body, _ := io.ReadAll(res.Body)
			if res.StatusCode != http.StatusOK || !strings.Contains(string(body), `"id_token"`) {
				t.Fatalf("the token endpoint answered %d: %s", res.StatusCode, body)
			}
			ask.Set("prompt", "none")
			if again := b.SignIn(p.URL+"/ims/authorize/v2?"+ask.Encode(), "", ""); again.Query().Get("code") == "" {
				t.Errorf("a browser that is signed in was answered %s", again)
			}
			if stranger := p.SignIn(p.URL+"/ims/authorize/v2?"+ask.Encode(), "", ""); stranger.Query().Get("error") != "login_required" {
				t.Errorf("a browser that is not signed in was answered %s", stranger)
			}
		})
	}
}
