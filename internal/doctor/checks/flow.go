// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
)

// flow lists the checks that a sign-in, or a request at the gate, makes as it
// goes: a recorded attempt says that one of them failed, and how.
func flow() []doctor.Check {
	loop, after, page := doctor.SymptomLoginLoop, doctor.SymptomErrorAfterLogin, usher.SymptomLoginPageUnreachable
	noRight, one := usher.SymptomNoRightMatching, doctor.SymptomOnePersonOnly
	return []doctor.Check{
		alsoLive(stateMissing, recorded(usher.CodeStateMissing, "the provider comes back with the state that it was given",
			"Something was lost on the way back from the login page. Please begin again.",
			"the browser came back without exactly one state", "begin at the application, not at a bookmark of the callback; if it happens to everybody, something in front of usher drops the query",
			doctor.Signs{after: doctor.Rarely})),
		alsoLive(stateChanged, recorded(usher.CodeStateUnknown, "a sign-in comes back once, and to this gateway",
			"This sign-in was finished already, or was never begun here. Please begin again.",
			"no sign-in with this state is open: it was finished already, or begun elsewhere", "begin again from the application; where several gateways run, let them share one database and one key file",
			doctor.Signs{after: doctor.Sometimes, loop: doctor.Sometimes})),
		recorded(usher.CodeStateExpired, "a sign-in comes back in time",
			"The login page was open for too long. Please begin again.",
			"the sign-in was begun too long ago", "begin again from the application; nothing is to be mended",
			doctor.Signs{after: doctor.Sometimes, one: doctor.Sometimes}),
		recorded(usher.CodeStateCookieMissing, "the browser that comes back is the one that was sent",
			"Your browser lost the cookie of this sign-in, or the link was opened in another one. Please begin again and finish in the same window.",
			"the browser came back without the cookie of this sign-in", "see whether it happens to one person (private window, another browser, cookies blocked, a desktop client with its own) or to everybody (https lost, or a front server that drops Set-Cookie)",
			doctor.Signs{loop: doctor.Likely, after: doctor.Likely, one: doctor.Sometimes, usher.SymptomClientConsoleCache: doctor.Likely}),
		alsoLive(answersWithError, recorded(usher.CodeProviderError, "the provider lets the person go without an error",
			"The login page reported an error instead of signing you in.",
			"the provider answered with an error", "the provider's own words are in the evidence: usher explain with that text ranks what they mean",
			doctor.Signs{page: doctor.Sometimes, one: doctor.Sometimes})),
		alsoLive(answersNothing, recorded(usher.CodeProviderUnreachable, "the provider answers",
			"The login service does not answer at the moment. Please try again in a few minutes.",
			"the provider does not answer, or nothing that can be read", "usher doctor FILE looks at the way there, step by step: name, connection, proxy, certificate",
			doctor.Signs{page: doctor.Likely, after: doctor.Likely})),
		recorded(usher.CodeTokenRefused, "the provider takes the code that it gave",
			"The login service did not confirm your sign-in. Please begin again; if it happens again, tell the administrator the reference.",
			"the token endpoint refused the code", "a code works once and for a minute or so: look for a second request of the same callback (a front server that repeats, a link scanner), then for the clock",
			doctor.Signs{after: doctor.Likely}),
		recorded(usher.CodeTokenAnswerInvalid, "what the token endpoint answers can be read",
			"The login service gave an answer that cannot be read. Please try again; if it happens again, tell the administrator the reference.",
			"the token endpoint answered, but the answer cannot be used", "see what answered: a proxy or firewall in between gives pages instead of JSON",
			doctor.Signs{after: doctor.Sometimes}),
		recorded(usher.CodeIDTokenInvalid, "the ID token passes every check",
			"The login service's confirmation did not pass our checks. Please begin again; if it happens again, tell the administrator the reference.",
			"the ID token was refused", "the evidence names the check: a wrong audience is a wrong client id, a wrong issuer a wrong server, a time in the future a clock; anything else may be an attack",
			doctor.Signs{after: doctor.Likely}),
		recorded(usher.CodeProfileInvalid, "what the provider says of the person can be used",
			"The login service said nothing about you that can be used. Tell the administrator the reference.",
			"the provider's profile answer cannot be used", "see the evidence; a missing scope is the usual reason for missing members",
			doctor.Signs{after: doctor.Sometimes}),
		recorded(usher.CodeGroupOverage, "the provider names all groups of the person",
			"You are in more groups than the login service can name. Tell the administrator the reference.",
			"the provider left the groups out because there are too many for a token", "limit the groups that the provider puts into the token to those assigned to this application",
			doctor.Signs{one: doctor.Likely, noRight: doctor.Rarely}),
		recorded(usher.CodeTooManyGroups, "the person is in no more groups than usher takes",
			"You are in more groups than this site accepts. Tell the administrator the reference.",
			"the person is in more directory groups than usher takes, or in one with too long a name", "limit the groups that the provider names to those of this product",
			doctor.Signs{noRight: doctor.Rarely, one: doctor.Sometimes}),
		recorded(usher.CodeApplicationRefused, "the application's rule lets the operator in",
			"You are signed in, but this application is for other operator groups.",
			"the operator is signed in, but in none of the operator groups that the application allows", "add the person to a directory group that leads to one of them, or one of the person's groups to the application's allow",
			doctor.Signs{doctor.SymptomApplication: doctor.Typically, one: doctor.Likely}),
		recorded(usher.CodeAccessTokenRefused, "a program's access token is one that is taken here",
			"The program's pass that came with the request is not taken here.",
			"a program's access token was refused", "the evidence names the part of the token: aud and client_id are the account's bearer: in the file, typ is an ID token or an opaque one, a time is an old token or a clock, a signature is another provider's",
			doctor.Signs{doctor.SymptomApplication: doctor.Rarely}),
		recorded(usher.CodeApplicationUnknown, "an application covers the address",
			"Nothing is set up at this address.",
			"no application of the configuration covers the address", "write an application whose url covers it, or take the address out of the front server",
			doctor.Signs{doctor.SymptomApplication: doctor.Likely}),
		recorded(usher.CodeRequestNotCanonical, "the address can be read in one way only",
			"This address is written in a way that is not accepted here.",
			"the request's path could be read in two ways, so it was refused", "mend the link: no encoded slashes, dot segments, backslashes or semicolons in the path",
			doctor.Signs{doctor.SymptomApplication: doctor.Sometimes}),
	}
}

// recorded makes a check that only a recorded attempt can judge. The engine
// itself puts the attempt's cause under its code.
func recorded(code usher.Code, holds, sentence, message, fix string, signs doctor.Signs) doctor.Check {
	layer := doctor.LayerIdentity
	switch code {
	case usher.CodeApplicationRefused, usher.CodeAccessTokenRefused, usher.CodeApplicationUnknown, usher.CodeRequestNotCanonical, usher.CodeStateCookieMissing, usher.CodeStateMissing:
		layer = doctor.LayerBrowser
	case usher.CodeTooManyGroups, usher.CodeGroupOverage:
		layer = doctor.LayerMapping
	}
	return doctor.Check{
		Code: code, Layer: layer, Severity: usher.SeverityError, Holds: holds, Person: sentence, Explains: signs,
		Reads: doctor.Config | doctor.Attempt,
		Judge: func(e *doctor.Evidence) []doctor.Ruling {
			cfg := e.Config()
			a := e.Attempt()
			if a.Cause == nil || a.Cause.Code != code {
				return nil
			}
			return []doctor.Ruling{ofCause(a.Cause, message).At(usher.Place{File: cfg.File}).Elsewhere(fix)}
		},
	}
}

func attempt() []doctor.Check {
	return []doctor.Check{{
		Code: usher.CodeAttemptUnfinished, Layer: doctor.LayerIdentity, Severity: usher.SeverityError,
		Holds: "the person came back from the provider",
		Reads: doctor.Config | doctor.Attempt,
		May:   doctor.Today,
		Explains: doctor.Signs{usher.SymptomRedirectedToAdobe: doctor.Typically, usher.SymptomLoginPageUnreachable: doctor.Typically,
			usher.SymptomClientConsoleCache: doctor.Sometimes},
		Judge: attemptUnfinished,
	}}
}

func attemptUnfinished(e *doctor.Evidence) []doctor.Ruling {
	a, now := e.Attempt(), e.Now()
	if a.Outcome != usher.OutcomeBegun {
		return nil
	}
	r := doctor.Fail(a.Account, "the person was sent to the provider and never came back").
		Found(doctor.Say("begun at %s", a.Begun.UTC().Format("2006-01-02 15:04:05Z")), doctor.Say("the browser back at the callback within %s", usher.MaxPendingAge.String())).
		At(usher.Place{File: e.Config().File}).
		With("usher sees nothing of what happens at the provider: the causes that are left follow, the likeliest first").
		Elsewhere("ask the person what they saw: adobe.com, an error page, or no page at all")
	if !now.IsZero() && now.Sub(a.Begun) < usher.MaxPendingAge {
		r.Severity = usher.SeverityInfo
		r.Message = doctor.Say("the person was sent to the provider and may still be there")
	}
	return []doctor.Ruling{r}
}
