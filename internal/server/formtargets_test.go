// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// Browsers hold a page's form-action against every address that its form leads
// to. Where an OpenID Connect provider ends its session is known only once its
// metadata were read, and the button to sign out must work all the same.
func TestSigningOutMayLeadToTheProvider(t *testing.T) {
	var issuer string
	p := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"issuer": issuer, "authorization_endpoint": issuer + "/a", "token_endpoint": issuer + "/t", "jwks_uri": issuer + "/k",
			"end_session_endpoint":     strings.Replace(issuer, "127.0.0.1", "localhost", 1) + "/out",
			"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"RS256"}})
	}))
	t.Cleanup(p.Close)
	issuer = p.URL
	i := startInstance(t, [][2]string{{"operator_groups:\n", "  - {internal_name: corp, type: OpenID Connect, issuer: \"" + issuer + "\", client_id: usher, client_secret: canary-other-secret,\n" +
		"     association_mask: \"team \", callback_url: \"{{PUBLIC}}/usher/callback\"}\noperator_groups:\n"}})
	b := i.browser(t)
	page := b.open(t, i.public+"/usher/signout")
	want := strings.Replace(issuer, "127.0.0.1", "localhost", 1)
	csp := page.header.Get("Content-Security-Policy")
	_, forms, _ := strings.Cut(csp, "form-action ")
	forms, _, _ = strings.Cut(forms, ";")
	if !strings.Contains(forms, want) {
		t.Errorf("form-action is %q, and signing out leads to %s", forms, want)
	}
	if strings.Contains(forms, "*") || strings.Contains(csp, "unsafe") {
		t.Errorf("the policy is %q", csp)
	}
}

// Somebody whose sign-in was refused has no session here, and wants to come as
// another person: the provider must forget the first one.
func TestSigningInAsSomebodyElseAfterARefusal(t *testing.T) {
	i := startInstance(t, nil)
	b := i.browser(t)
	b.signIn(t, i.public+"/reports/", "nora@corp.example")
	if home := b.open(t, i.public+"/usher/"); strings.Contains(home.body, "Nora") {
		t.Fatal("she was let in")
	}
	b.send(t, http.MethodPost, i.public+"/usher/signout", url.Values{})
	if p := b.open(t, i.public+"/reports/"); !relay.MatchString(p.body) {
		t.Errorf("the provider gives the same person again, without asking: %d %s", p.status, p.at)
	}
}

// A path below our own prefix that could be read in two ways is refused, and
// leads nowhere else.
func TestOwnAddressesAreExact(t *testing.T) {
	i := startInstance(t, nil)
	b := i.browser(t)
	for _, path := range []string{"/usher/../reports/", "/usher//signin", "/usher/./signin", "/usher/%2e%2e/reports/", "/usher/..;/reports/", "/usher/signin%00"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, i.public, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.URL.Opaque = path
		res, err := b.client.Transport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusBadRequest || res.Header.Get("Location") != "" {
			t.Errorf("%s: %d, Location %q, wanted 400", path, res.StatusCode, res.Header.Get("Location"))
		}
	}
}
