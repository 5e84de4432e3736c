// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"slices"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
)

// What a check did not look at: to have asked at the public address, or the
// provider, is not to have tried everything there.

// untriedAtDoor makes a check's blindness of what was not tried at the public address.
func untriedAtDoor(tried func(*doctor.Echo) bool, what string) func(*doctor.Evidence) doctor.Blindness {
	return func(e *doctor.Evidence) doctor.Blindness {
		if tried(e.FrontDoor()) {
			return doctor.Blindness{}
		}
		return doctor.Blindness{Why: doctor.Say("not known: %s", doctor.Say(what)),
			Gather: doctor.Say("usher doctor %s once more, on the gateway's machine", e.Config().File)}
	}
}

// byFrontServer is untriedAtDoor for what no probe can try, as it happens
// between a front server and an application of which usher knows nothing:
// where nothing stands in front there is nothing to know.
func byFrontServer(tried func(*doctor.Echo) bool, why, how string) func(*doctor.Evidence) doctor.Blindness {
	return func(e *doctor.Evidence) doctor.Blindness {
		d := e.FrontDoor()
		if tried(d) {
			return doctor.Blindness{}
		}
		return doctor.Blindness{Why: doctor.Say(why), Gather: doctor.Say(how), Unasked: len(asked(d)) == 0}
	}
}

func triedAtDoor(what string) func(*doctor.Echo) bool {
	return func(d *doctor.Echo) bool { return !slices.Contains(d.Untried, what) }
}

// blindDocument says that no metadata came that a check could have looked at.
func blindDocument(e *doctor.Evidence) doctor.Blindness {
	for _, a := range e.InUse() {
		if d := a.Discovery(); d != nil && d.Fault != "" {
			return doctor.Blindness{Why: doctor.Say("not known: %s", doctor.Say("the provider's metadata")),
				Gather: doctor.Say("usher doctor %s once more, when the provider answers this machine", e.Config().File)}
		}
	}
	return doctor.Blindness{}
}

// blindGrant says that the token endpoint gave no answer to judge a client by.
func blindGrant(e *doctor.Evidence) doctor.Blindness {
	for _, a := range e.InUse() {
		g := a.Grant()
		if g == nil {
			continue
		}
		if own, _, _ := inUse(g); g.Style != "none" && (own == nil || own.Throttled) {
			return doctor.Blindness{Why: doctor.Say("not known: %s", doctor.Say("what the token endpoint answers")),
				Gather: doctor.Say("usher doctor %s once more, when the provider answers this machine", e.Config().File)}
		}
	}
	return doctor.Blindness{}
}

// unanswered is the blindness of a check of sign-ins that also judges the
// answer to a request of ours: what comes back at the callback is seen only
// where the provider sent it back at once.
func unanswered(code usher.Code) func(*doctor.Evidence) doctor.Blindness {
	return func(e *doctor.Evidence) doctor.Blindness {
		if e.Attempt() != nil {
			return doctor.Blindness{}
		}
		for _, a := range e.InUse() {
			x := a.Authorize()
			seen := x != nil && x.Asked.Landing != "" && x.Asked.Landing != doctor.LandsThrottled
			if code == usher.CodeStateMissing || code == usher.CodeStateUnknown {
				seen = seen && x.Asked.Landing == doctor.LandsBack
			}
			if !seen {
				return doctor.Blindness{Why: doctor.Say("not known: %s", doctor.Say("what the provider sends back to the callback")),
					Gather: doctor.Say("usher rehearse %s", e.Config().File), Unasked: x != nil && x.Asked.Landing != ""}
			}
		}
		return doctor.Blindness{}
	}
}

// gatewaysKeepToThemselves is the blindness of what compares the provider with
// what a running gateway holds of it, where no gateway tells.
func gatewaysKeepToThemselves(tells func(doctor.Account) bool) func(*doctor.Evidence) doctor.Blindness {
	return func(e *doctor.Evidence) doctor.Blindness {
		for _, a := range e.InUse() {
			if tells(a) {
				return doctor.Blindness{}
			}
		}
		return doctor.Blindness{Why: doctor.Say("not known: what the running gateways hold of the provider; they fetch it again by themselves"),
			Gather: doctor.Say("sign in once: a gateway fetches what it does not know, and the log says so"), Unasked: true}
	}
}
