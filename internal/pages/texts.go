// SPDX-License-Identifier: Apache-2.0

package pages

import (
	"net/http"

	"github.com/usher-signin/usher"
)

// texts are the sentences of one language. A test demands that no field is
// empty in any.
type texts struct {
	SignIn, SignInLead, SignInWith, NoAccount string
	RefusedTitle, NoRightMatching             string
	VendorSays                                string
	Reference, ReferenceLead, NoReference     string
	Ask, AskSomebody                          string
	TryAgain, SomebodyElse                    string
	NotAllowedTitle, NotAllowed, SignedInAs   string
	SignedOut, SignedOutLead, SignInAgain     string
	SignOut, SignOutLead, StaySignedIn        string
	SignedIn, Groups, Rights, NoRights        string
	Applications, NoApplications, MayNot      string
	Until, Idle                               string
	Home                                      string
	Other                                     string // any code without a sentence of its own
	codes                                     map[usher.Code]string
	titles                                    map[int]string
	problems                                  map[int]string
}

func (t *texts) sentence(code usher.Code) string {
	if s, ok := t.codes[code]; ok {
		return s
	}
	return t.Other
}

func (t *texts) problemTitle(status int) string {
	if s, ok := t.titles[status]; ok {
		return s
	}
	return t.titles[http.StatusInternalServerError]
}

func (t *texts) problem(status int, code usher.Code) string {
	if s, ok := t.codes[code]; ok {
		return s
	}
	if s, ok := t.problems[status]; ok {
		return s
	}
	return t.problems[http.StatusInternalServerError]
}

func textsOf(lang string) *texts {
	if lang == "nl" {
		return dutch()
	}
	return english()
}
