// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"slices"

	"github.com/usher-signin/usher/internal/doctor"
)

// alsoLive lets a check of a recorded attempt also judge what a probe met: the
// same answer of the provider's, before anybody was refused for it.
func alsoLive(live func(doctor.Account) (doctor.Ruling, bool), c doctor.Check) doctor.Check {
	ofAttempt := c.Judge
	c.Reads, c.Either = doctor.Config, doctor.Attempt|doctor.Authorize
	c.May = doctor.Grant
	// Where the way there is shut, or the metadata leads elsewhere, that says more.
	c.After = codes("name-not-found", "connection-refused", "connection-timeout", "tls-missing", "certificate-expired", "certificate-hostname", "certificate-chain",
		"certificate-intercepted", "certificate-unknown-authority", "discovery-endpoint-http", "discovery-endpoint-host")
	c.Blind = unanswered(c.Code)
	c.Judge = func(e *doctor.Evidence) []doctor.Ruling {
		var out []doctor.Ruling
		if e.Attempt() != nil {
			out = ofAttempt(e)
		}
		for _, a := range e.InUse() {
			if r, ok := live(a); ok {
				out = append(out, r.At(a.Place("ims_server")))
			}
		}
		return out
	}
	return c
}

// back gives the answer at our callback, nil where it is not that.
func back(a doctor.Account) *doctor.AuthorizeAnswer {
	a.Grant() // one of the checks judges it too
	x := a.Authorize()
	if x == nil || x.Asked.Landing != doctor.LandsBack {
		return nil
	}
	return &x.Asked
}

func stateMissing(a doctor.Account) (doctor.Ruling, bool) {
	b := back(a)
	switch {
	case b == nil:
	case b.Fragment:
		return doctor.Fail(a.InternalName, "the provider puts its answer behind a #, where no server sees it").
			Found(doctor.Say("the answer in the fragment"), doctor.Say("the answer in the query")).
			Elsewhere("have the client's response mode set to query at the provider, and its response type to code"), true
	case b.State == "missing":
		return doctor.Fail(a.InternalName, "the provider does not send the state back: every sign-in is refused at its return").
			Found(doctor.Say("no state"), doctor.Say("the state that was sent")).
			Elsewhere("this is the provider's to mend, or that of what stands between it and the browser"), true
	}
	return doctor.Ruling{}, false
}

func stateChanged(a doctor.Account) (doctor.Ruling, bool) {
	b := back(a)
	if b == nil || b.State != "changed" || b.Fragment {
		return doctor.Ruling{}, false
	}
	return doctor.Fail(a.InternalName, "the provider sends another state back than it was given: every sign-in is refused at its return").
		Found(doctor.Say("a state that was changed"), doctor.Say("the state that was sent")).
		Elsewhere("this is the provider's to mend, or that of what stands between it and the browser"), true
}

// answersWithError judges the error that a provider answers our request with.
// That nobody is signed in is no error: it was asked without anybody.
func answersWithError(a doctor.Account) (doctor.Ruling, bool) {
	b := back(a)
	if b == nil || b.Error == "" || b.Error == "login_required" || isScopeError(b.Error) || refusesTheClient(b.Error) && !clientKnown(a) {
		return doctor.Ruling{}, false
	}
	openly := a.Authorize().NoPrompt
	expected := slices.Contains([]string{"interaction_required", "account_selection_required", "consent_required"}, b.Error)
	switch {
	case openly == nil && expected:
		return doctor.Ruling{}, false
	case openly != nil && (openly.Landing != doctor.LandsBack || openly.Error == ""):
		return doctor.Ruling{}, false // it only minds being asked for no page
	case openly != nil:
		b = openly
	}
	return doctor.Fail(a.InternalName, "the provider sends every sign-in back with an error").Found(landed(*b), doctor.Say("a sign-in page")).
		With("sent: %s", b.Sent).
		Elsewhere("the provider's own words are in the evidence: usher explain with that text ranks what they mean"), true
}

// answersNothing judges an endpoint that is silent while the metadata is there.
func answersNothing(a doctor.Account) (doctor.Ruling, bool) {
	g, x := a.Grant(), a.Authorize()
	switch {
	case x != nil && x.Asked.Landing == doctor.LandsNowhere:
		return doctor.Fail(a.InternalName, "the provider's sign-in page does not answer").Found(orNoAnswer(x.Asked.Fault), doctor.Say("an answer")).
			With("sent: %s", x.Asked.Sent).
			Elsewhere("see whether the provider is up; its metadata comes, so the way there is open"), true
	case g != nil && g.Silent != "":
		return doctor.Fail(a.InternalName, "the provider's token endpoint does not answer").Found(doctor.Heard(g.Silent), doctor.Say("an answer")).
			Elsewhere("see whether the provider is up; its metadata comes, so the way there is open"), true
	}
	return doctor.Ruling{}, false
}
