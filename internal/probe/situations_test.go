// SPDX-License-Identifier: Apache-2.0

package probe_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/probe"
)

// A situation is one thing that is wrong with an account, everything else right.
type situation struct {
	name  string
	spoil func(*account)
}

func situations() []situation {
	callbackIs := func(address string) func(*account) { return func(a *account) { a.callback = address } }
	return []situation{
		{"good", func(*account) {}},
		{"wrong secret", func(a *account) { a.secret = "another-s3cret" }},
		{"secret with a line end", func(a *account) { a.secret = canary + "\n" }},
		{"unknown client", func(a *account) { a.id = "Campaign2" }},
		{"unknown client and wrong secret", func(a *account) { a.id, a.secret = "Campaign2", "another-s3cret" }},
		{"callback not listed", callbackIs("https://campaign.corp.example/elsewhere")},
		{"callback with a slash", callbackIs(callback + "/")},
		{"callback in another case", callbackIs("https://campaign.corp.example/Usher/callback")},
		{"callback with the port", callbackIs("https://campaign.corp.example:443/usher/callback")},
		{"unknown scope", func(a *account) { a.scopes += " reports_everything" }},
		{"two unknown scopes", func(a *account) { a.scopes += " reports_everything other_thing" }},
	}
}

// judged says what became of the four checks that live on controls, and what
// the root findings are.
func (x examined) judged() string {
	var parts []string
	for _, c := range []struct{ name, code string }{
		{"client", "client-id-unknown"}, {"secret", "client-secret-wrong"}, {"callback", "callback-not-listed"}, {"scopes", "scope-not-provisioned"},
	} {
		status, _ := x.status(c.code)
		parts = append(parts, c.name+" "+string(status))
	}
	return strings.Join(parts, ", ") + ": " + strings.Join(x.found(), " ")
}

// The table of what the probes tell, by provider and situation: the four
// checks that live on controls; the root findings; and how many requests
// carried the secret. What no control can tell apart is unknown.
func TestSituations(t *testing.T) {
	const (
		fine      = "client holds, secret holds, callback holds, scopes unknown: / 1"
		wrong     = "client holds, secret fails, callback holds, scopes unknown: client-secret-wrong / 2"
		lineEnd   = "client holds, secret fails, callback holds, scopes unknown: / 2" // the file alone says it
		nobody    = "client fails, secret moot, callback moot, scopes moot: client-id-unknown / 1"
		notListed = "client holds, secret holds, callback fails, scopes unknown: callback-not-listed / 1"
	)
	same := func(more map[string]string) map[string]string {
		out := map[string]string{"good": fine, "wrong secret": wrong, "secret with a line end": lineEnd, "unknown client": nobody, "unknown client and wrong secret": nobody,
			"callback not listed": notListed, "callback with a slash": notListed, "callback in another case": notListed, "callback with the port": notListed,
			"unknown scope": fine, "two unknown scopes": fine} // taken and ignored, as one that nobody has is
		maps.Copy(out, more)
		return out
	}
	// The stand-in refuses scopes that are not provisioned, as IMS does.
	knows := func(s string) string { return strings.Replace(s, "scopes unknown", "scopes holds", 1) }
	badScope := "client holds, secret holds, callback holds, scopes fails: scope-not-provisioned / 1"
	for _, p := range []struct {
		name  string
		start func(*testing.T) account
		wants map[string]string
	}{
		{"stand-in", func(t *testing.T) account { return imsAccount(t, newStandin(t)) }, same(map[string]string{
			"good": knows(fine), "wrong secret": knows(wrong), "secret with a line end": knows(lineEnd), "unknown scope": badScope, "two unknown scopes": badScope})},
		{"zitadel", zitadel, same(map[string]string{ // answers 500 to a client that it does not know
			"unknown client": strings.Replace(nobody, "secret moot", "secret unknown", 1), "unknown client and wrong secret": strings.Replace(nobody, "secret moot", "secret unknown", 1)})},
		{"oidc-provider", nodeProvider, same(nil)},
	} {
		t.Run(p.name, func(t *testing.T) {
			good := p.start(t)
			for _, sit := range situations() {
				t.Run(sit.name, func(t *testing.T) {
					a := good
					sit.spoil(&a)
					x := examine(t, a)
					if got := fmt.Sprintf("%s / %d", strings.TrimSpace(x.judged()), authenticated(x)); got != p.wants[sit.name] {
						t.Errorf("got    %s\nwanted %s", got, p.wants[sit.name])
					}
					x.hidesSecret(t)
				})
			}
		})
	}
}

// Each scope at fault is named, also where there are several, and no other.
func TestScopesAreNamed(t *testing.T) {
	a := imsAccount(t, newStandin(t))
	a.scopes += ",dam-read,reports_everything"
	var named []string
	for _, r := range examine(t, a).results {
		if r.Code == "scope-not-provisioned" && r.Status == doctor.Fails {
			named = append(named, r.Subject)
		}
	}
	if got := strings.Join(named, " "); got != "dam-read reports_everything" {
		t.Errorf("named %q", got)
	}
}

// A callback that differs by little from the listed one is found, and shown.
func TestListedCallbackIsFound(t *testing.T) {
	good := imsAccount(t, newStandin(t))
	for _, written := range []string{callback + "/", "https://www.campaign.corp.example/usher/callback", "https://campaign.corp.example:443/usher/callback",
		"https://campaign.corp.example/USHER/callback", "https://campaign-stage.corp.example/usher/callback", "http://campaign.corp.example/usher/callback"} {
		a := good
		a.callback = written
		x := examine(t, a)
		taken := ""
		for _, v := range x.provider().Authorize.Value.Variants {
			if v.Answer.Landing == doctor.LandsBack {
				taken = v.URL
			}
		}
		if taken != callback {
			t.Errorf("%s: the provider takes %q, wanted %s", written, taken, callback)
		}
	}
}

// Without leave to, the secret is not sent at all.
func TestNoAuthProbes(t *testing.T) {
	s := newStandin(t)
	before := len(s.Calls())
	x := examine(t, imsAccount(t, s), func(o *probe.Options) { o.AuthProbes = false })
	for _, c := range s.Calls()[before:] {
		if c.Endpoint == "token" {
			t.Errorf("the token endpoint was called: %+v", c)
		}
	}
	if status, message := x.status("client-secret-wrong"); status != doctor.Unknown {
		t.Errorf("the secret: %s, %s", status, message)
	}
	if g := x.provider().Grant; g == nil || !strings.Contains(g.Err, "--no-auth-probes") {
		t.Errorf("the fact does not say why: %+v", g)
	}
	if got := x.found(); len(got) > 0 {
		t.Errorf("found %v", got)
	}
}

func authenticated(x examined) int {
	if g := x.provider().Grant; g != nil {
		return g.Value.Authenticated
	}
	return 0
}
