// SPDX-License-Identifier: Apache-2.0

package checks_test

import (
	"strings"
	"testing"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
)

// hollow is a case in which everybody answered and nothing was tried: the facts
// are there, with nothing in them but that.
func hollow(t *testing.T) doctor.Case {
	t.Helper()
	c := doctor.NewCase(today, load(t, file))
	in := c.Instances[0]
	in.FrontDoor = doctor.Known(doctor.Echo{Marker: true, Applications: []doctor.Approach{{Application: "reports", URL: "https://reports.corp.example/", Asked: true, Trusted: true,
		Scheme: "https", SentProto: "https", SentHost: "reports.corp.example", Peer: "127.0.0.1"}},
		Untried: []string{doctor.TriedCookie, doctor.TriedQuery, doctor.TriedRefusal}}, today, "test")
	in.Providers = []doctor.Provider{{
		Discovery: doctor.Known(doctor.Document{Status: 200, Issuer: "https://ims-na1.adobelogin.com", AuthorizationEndpoint: "https://ims-na1.adobelogin.com/ims/authorize/v2",
			TokenEndpoint: "https://ims-na1.adobelogin.com/ims/token/v3", KeysURL: "https://ims-na1.adobelogin.com/ims/keys"}, today, "test"),
		Keys:      doctor.Known(doctor.KeySet{Status: 200, Keys: []doctor.Key{{ID: "one", Use: "sig"}}}, today, "test"),
		Authorize: doctor.Known(doctor.AuthorizeAnswers{}, today, "test"),
		Grant:     doctor.Known(doctor.GrantAnswers{}, today, "test"),
	}}
	return c
}

// A check does not hold where nobody looked.
func TestNothingHoldsUnseen(t *testing.T) {
	c := hollow(t)
	status := make(map[usher.Code]doctor.Status)
	for _, r := range doctor.Run(checks.All(), c) {
		status[r.Code] = r.Status
		if r.Status == doctor.Unknown && (r.Message.Empty() || r.Gather.Empty()) {
			t.Errorf("%s is not known, and it is not said why, or what would settle it: %q, %q", r.Code, r.Message, r.Gather)
		}
	}
	for _, code := range []usher.Code{"callback-unreached", "forwarded-proto", "proxy-not-trusted", "forwarded-host", "identity-headers-survive", "cookie-not-returned", "cookie-lost-on-refusal",
		"answers-cached", "header-limit", "query-altered", "auth-status-altered", "websocket-blocked", "streaming-buffered", "client-auth-style", "client-secret-encoding", "client-grant",
		"client-platform", "state-missing", "state-unknown", "provider-error", "provider-unreachable"} {
		if status[code] != doctor.Unknown {
			t.Errorf("%s: %q where nothing was tried", code, status[code])
		}
	}
	for _, code := range []usher.Code{"keys-stale", "discovery-changed"} {
		if s, there := status[code]; there {
			t.Errorf("%s: %q, and no gateway said what it holds", code, s)
		}
	}
	c.Symptom = doctor.SymptomErrorAfterLogin
	for _, r := range doctor.Run(checks.All(), c) {
		if (r.Code == "keys-stale" || r.Code == "discovery-changed") && r.Status != doctor.Unknown {
			t.Errorf("%s: %q when somebody asks", r.Code, r.Status)
		}
	}
}

// A check whose facts are absent is not judged: of no fact that it declares to
// need may its holding be independent.
func TestWithoutItsFactsNothingHolds(t *testing.T) {
	held := 0
	for _, s := range scenarios(t) {
		c, results := s.run(t, "silent")
		bare := doctor.Case{Now: c.Now}
		for _, in := range c.Instances {
			bare.Instances = append(bare.Instances, &doctor.Instance{Config: in.Config})
		}
		without := make(map[usher.Code]doctor.Status)
		for _, r := range doctor.Run(checks.All(), bare) {
			without[r.Code] = r.Status
		}
		for _, r := range results {
			gathered := r.Check().Reads &^ (doctor.Config | doctor.Organization | doctor.Siblings | doctor.Today)
			if r.Status != doctor.Holds || gathered == 0 {
				continue
			}
			held++
			if without[r.Code] == doctor.Holds {
				t.Errorf("%s: %s holds without %s", s.story, r.Code, gathered)
			}
		}
	}
	if held < 1000 {
		t.Errorf("only %d results held", held)
	}
}

// Where one account's provider was seen and another's was not, the check holds
// for neither.
func TestEveryAccountIsSeen(t *testing.T) {
	c := doctor.NewCase(today, load(t, strings.Replace(file, "operator_groups:", `  - internal_name: corp
    type: OpenID Connect
    issuer: https://login.corp.example
    client_id: usher
    client_secret: {env: OIDC_SECRET}
operator_groups:`, 1)))
	c.Instances[0].Providers = []doctor.Provider{{Clock: doctor.Known(doctor.Skew{Samples: 3}, today, "test")}, {Clock: doctor.Unseen[doctor.Skew]("no answer in time", today, "test")}}
	for _, r := range doctor.Run(checks.All(), c) {
		if r.Code != "clock-skew" {
			continue
		}
		if r.Status != doctor.Unknown || r.Subject != "corp" || r.Message.String() != "not known: the provider's clock (no answer in time)" {
			t.Errorf("%s of %q: %s", r.Status, r.Subject, r.Message)
		}
	}
}
