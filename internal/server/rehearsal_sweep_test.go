// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/doctor/checks"
	"github.com/usher-signin/usher/internal/rehearse"
)

// TestRehearsalSeesWhatTheSignInSees has the provider misbehave in every way
// that shows after the browser is back, and holds the rehearsal's cause to the
// one for which the real sign-in is refused.
func TestRehearsalSeesWhatTheSignInSees(t *testing.T) {
	if testing.Short() {
		t.Skip("a hundred sign-ins take long; TestRehearsalAgrees goes the same way")
	}
	oidc := [][2]string{
		{"type: Adobe Marketing Cloud", "type: OpenID Connect"}, {"    product_context: dma_campaign_classic\n    ims_server: {{IMS}}", "    issuer: {{IMS}}"},
		{"ims_scopes: openid,AdobeID,email,profile,session,read_organizations,additional_info.projectedProductContext", "scopes: openid email groups"},
		{"ims_client_id", "client_id"}, {"ims_client_secret", "client_secret"}, {"    ims_organization_id: 0123456789ABCDEF01234567@AdobeOrg\n", ""},
		{"internal_name: Adobe_Marketing_Cloud", "internal_name: corp"}, {"scopes: [openid, AdobeID, email,", "scopes: [openid, AdobeID, groups, email,"}}
	for name, changes := range map[string][][2]string{"IMS": nil, "OpenID Connect": oidc} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := startInstance(t, changes)
			if err := i.provider.SetSwitch("discovery-at-root", true); err != nil { // where OpenID Connect has it
				t.Fatal(err)
			}
			refused := 0
			for _, s := range i.provider.Switches() {
				if !slices.Contains([]string{"token", "ID token", "person and groups"}, s.Part) {
					continue
				}
				if i.sameUnder(t, s.Name, s.Default) {
					refused++
				}
			}
			if refused < 20 {
				t.Errorf("only %d sign-ins were refused", refused)
			}
		})
	}
}

// sameUnder signs in and rehearses while a switch is on; it reports whether
// both were refused.
func (i *instance) sameUnder(t *testing.T, name, value string) bool {
	t.Helper()
	if value == "" {
		value = "on"
	}
	if err := i.provider.SetSwitch(name, value); err != nil {
		t.Fatalf("%s=%s: %v", name, value, err)
	}
	defer func() {
		if err := i.provider.SetSwitch(name, false); err != nil {
			t.Fatal(err)
		}
	}()
	if slow(name) {
		return false
	}
	b := i.browser(t)
	b.signIn(t, i.public+"/reports/", "ana@corp.example")
	real := i.latest(t)
	r := i.rehearse(t, i.load(t))
	if r.begun != nil {
		t.Fatalf("%s=%s: the rehearsal cannot begin: %v", name, value, r.begun.Cause)
	}
	defer func() { r.stop(); r.stop = func() {} }()
	p := i.browser(t).signIn(t, r.address, "ana@corp.example")
	if !strings.HasPrefix(p.at, i.public) {
		return false // the provider keeps the browser
	}
	o := r.finish(t)
	switch {
	case real.Cause == nil && o.Result != rehearse.LetIn:
		t.Errorf("%s=%s: the sign-in went well, the rehearsal: %v", name, value, o.Cause)
	case real.Cause != nil && (o.Cause == nil || o.Cause.Code != real.Cause.Code || o.Cause.Step != real.Cause.Step || o.Cause.Subject != real.Cause.Subject):
		t.Errorf("%s=%s: the rehearsal: %v\nthe sign-in: %v", name, value, o.Cause, real.Cause)
	}
	report := rehearse.Diagnose(checks.All(), "test", i.load(t), o, time.Now())
	if real.Cause != nil {
		if len(report.Results) == 0 || report.Results[0].Code != real.Cause.Code {
			t.Errorf("%s=%s: the doctor begins with %v, wanted %s", name, value, codeOf(report.Results), real.Cause.Code)
		}
		if o.Result == rehearse.Refused && rehearse.Exit(o, report, false) != 1 {
			t.Errorf("%s=%s: exit status is not 1", name, value)
		}
	}
	i.shownNoSecret(t, r, o)
	return real.Cause != nil && o.Cause != nil
}

// slow are the switches that wait: they say nothing new here.
func slow(name string) bool { return strings.Contains(name, "slow") || strings.Contains(name, "hang") }
