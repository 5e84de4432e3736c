// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"slices"

	"github.com/usher-signin/usher/internal/doctor"
)

// A finding about what an authorize request tells.
type answer uint8

const (
	undecided answer = iota // says nothing: the control was answered the same way, or not sent
	accepted
	refused
)

// verdict reads an authorize answer against its control: landing on our
// callback is acceptance, unless the error says otherwise; landing where the
// control landed, and where another control did not, is refusal.
func verdict(all *doctor.AuthorizeAnswers, control, other *doctor.AuthorizeAnswer, errors ...string) answer {
	asked := all.Asked
	switch {
	case asked.Landing == doctor.LandsThrottled:
		return undecided
	case slices.Contains(errors, asked.Error):
		return refused
	case asked.Landing == doctor.LandsNowhere:
		return undecided
	case acceptedElsewise(all):
		return accepted
	case control == nil || control.Landing == doctor.LandsThrottled:
		return undecided
	case !asked.Same(*control):
		if asked.Landing == doctor.LandsBack || asked.Landing == doctor.LandsLogin {
			return accepted
		}
		return undecided
	case other == nil || asked.Same(*other):
		return undecided // nothing sets the two controls apart
	case asked.Landing == doctor.LandsBack || asked.Landing == doctor.LandsLogin:
		return undecided // this provider looks at it later
	default:
		return refused
	}
}

// acceptedElsewise says that a request of the same client with the same
// callback came back, so that neither is at fault.
func acceptedElsewise(all *doctor.AuthorizeAnswers) bool {
	fine := func(a doctor.AuthorizeAnswer) bool {
		return a.Landing == doctor.LandsBack && !refusesTheClient(a.Error)
	}
	return all.OpenIDOnly != nil && fine(*all.OpenIDOnly) && !fine(all.Asked)
}

func refusesTheClient(e string) bool {
	return slices.Contains([]string{"unauthorized_client", "invalid_client", "invalid_redirect_uri", "redirect_uri_mismatch"}, e)
}

// variantTaken gives the first other spelling of the callback that the
// provider takes where it does not take ours.
func variantTaken(all *doctor.AuthorizeAnswers) (doctor.CallbackVariant, bool) {
	for _, v := range all.Variants {
		if (v.Answer.Landing == doctor.LandsBack || v.Answer.Landing == doctor.LandsLogin) && !v.Answer.Same(all.Asked) && !refusesTheClient(v.Answer.Error) {
			return v, true
		}
	}
	return doctor.CallbackVariant{}, false
}

// landed says where a request landed.
func landed(a doctor.AuthorizeAnswer) doctor.Phrase {
	var text doctor.Phrase
	switch a.Landing {
	case doctor.LandsBack:
		text = doctor.Say("back at our callback")
	case doctor.LandsElsewhere:
		text = doctor.Say("sent on to %s", a.Location)
	case doctor.LandsLogin:
		text = doctor.Say("the provider's login page")
	case doctor.LandsPage:
		text = doctor.Say("a page of the provider's, HTTP %d", a.Status)
		if a.Title != "" {
			text = doctor.Say("%s %q", text, a.Title)
		}
	case doctor.LandsLoop:
		text = doctor.Say("redirects without end")
	case doctor.LandsNowhere:
		text = orNoAnswer(a.Fault)
	default:
		text = doctor.Say("no answer to go by, HTTP %d", a.Status)
	}
	if a.Error != "" {
		text = doctor.Say("%s, error %s", text, a.Error)
	}
	if a.Description != "" {
		text = doctor.Say("%s (%s)", text, a.Description)
	}
	return text
}

// clientKnown says that the token endpoint knows the client: it took the
// account's id and secret and would not have taken others, or it refuses a
// wrong secret of ours in another way than a client that nobody has.
// Whatever else is refused, it is not the client.
func clientKnown(a doctor.Account) bool {
	g := a.Grant()
	if g == nil {
		return false
	}
	asked, control, _ := inUse(g)
	if asked == nil || control == nil {
		return false
	}
	return asked.ClientKnown() && !asked.Same(*control) ||
		g.UnknownClient != nil && !g.UnknownClient.Throttled && !control.Throttled && !control.Same(*g.UnknownClient)
}

// clientRefused says that the provider does not know the client. Where its
// sign-in page answers our request as it answers a client that nobody has,
// that alone may also be the callback's fault, if one page stands for both; but
// where the token endpoint too treats us as a client that nobody has, one
// fault explains what else would take two.
func clientRefused(a doctor.Account) bool {
	all := a.Authorize()
	if all == nil || clientKnown(a) {
		return false
	}
	switch verdict(all, all.UnknownClient, all.UnknownCallback, "unauthorized_client", "invalid_client") {
	case accepted:
		return false
	case refused:
		return true
	}
	g, asked := a.Grant(), all.Asked
	if g == nil || g.UnknownClient == nil || all.UnknownClient == nil || !asked.Same(*all.UnknownClient) ||
		asked.Landing != doctor.LandsPage && asked.Landing != doctor.LandsElsewhere {
		return false
	}
	own, control, _ := inUse(g)
	return own != nil && control != nil && !own.Throttled && own.Same(*g.UnknownClient) && control.Same(*g.UnknownClient)
}
