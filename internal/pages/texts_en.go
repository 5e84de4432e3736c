// SPDX-License-Identifier: Apache-2.0

package pages

import "github.com/usher-signin/usher"

func english() *texts {
	const notYours = "You are known to Adobe, but none of your product profiles gives you a group here."
	const settings = "The sign-in of this instance is not set up correctly, so it was not begun. You cannot mend this yourself."
	const again = "This sign-in cannot be continued. Begin again; it usually works the second time."
	return &texts{
		SignIn: "Sign in", SignInLead: "Use the account of your organization.", SignInWith: "Sign in with",
		NoAccount:    "There is no account to sign in with. An administrator has to set one up.",
		RefusedTitle: "You could not be signed in", NoRightMatching: usher.NoRightMatching,
		VendorSays: "The application's own words for this:",
		Reference:  "Reference", ReferenceLead: "An administrator finds the exact reason with it.",
		NoReference: "No reference could be kept for this. Note the time.",
		Ask:         "Ask", AskSomebody: "Ask the administrator of this instance.",
		TryAgain: "Try again", SomebodyElse: "Sign in as somebody else",
		NotAllowedTitle: "This application is not open to you", NotAllowed: "You are signed in, but none of your operator groups may use the application",
		SignedInAs: "Signed in as",
		SignedOut:  "You are signed out", SignedOutLead: "Your session has ended here. On a shared computer, close the browser as well.", SignInAgain: "Sign in again",
		SignOut: "Sign out", SignOutLead: "You will be signed out here, in every application of this gateway, and at your identity provider.", StaySignedIn: "Stay signed in",
		SignedIn: "You are signed in", Groups: "Operator groups", Rights: "Rights", NoRights: "None",
		Applications: "Applications", NoApplications: "No application is set up yet.", MayNot: "not open to you",
		Until: "Signed in until", Idle: "Or until you are away for",
		Home:  "Your sign-in",
		Other: "Something about this sign-in is not right.",
		codes: map[usher.Code]string{
			usher.CodeAccountMissing:         settings,
			usher.CodeAccountDisabled:        "Signing in with this account is switched off at the moment.",
			usher.CodeProductContextValue:    settings,
			usher.CodeProductContextMismatch: "You are known to Adobe, but your organization gave you another product than the one of this instance.",
			usher.CodeIMSServerURL:           settings,
			usher.CodeUserNotInGroup:         notYours,
			usher.CodeMaskMatchesNothing:     notYours,
			usher.CodeMaskKind:               settings,
			usher.CodeMaskBlanks:             notYours,
			usher.CodeNameMisspelled:         notYours,
			usher.CodeOperatorGroupUnknown:   notYours,
			usher.CodeTooManyGroups:          "Your account is in more groups than can be read here.",
			usher.CodeScopeNotProvisioned:    "The identity provider did not accept what this instance asks for. You cannot mend this yourself.",
			usher.CodeCallbackNotHTTPS:       settings,
			usher.CodeCallbackNotListed:      settings,
			usher.CodeCallbackWrongInstance:  settings,
			usher.CodeClientIDUnknown:        "The identity provider does not know this instance. You cannot mend this yourself.",
			usher.CodeClientSecretWrong:      "The identity provider did not accept this instance's secret. You cannot mend this yourself.",
			usher.CodeStateMissing:           again,
			usher.CodeStateUnknown:           "This page was used already, or is not from here. Begin again.",
			usher.CodeStateExpired:           "This sign-in took too long. Begin again.",
			usher.CodeStateCookieMissing:     "This sign-in was begun in another browser, or your browser does not keep its cookie. Begin again in this window.",
			usher.CodeProviderError:          "The identity provider did not sign you in.",
			usher.CodeProviderUnreachable:    "The identity provider cannot be reached at the moment. Whoever is signed in stays signed in; try again in a few minutes.",
			usher.CodeProviderMetadata:       "The identity provider's answer cannot be used at the moment.",
			usher.CodeProviderIssuer:         "The identity provider's answer is not the one that was expected.",
			usher.CodeTokenRefused:           "The identity provider did not complete the sign-in. Begin again.",
			usher.CodeIDTokenInvalid:         "The identity provider's answer did not pass our checks.",
			usher.CodeProfileInvalid:         "The identity provider did not say who you are in a way that can be used.",
			usher.CodeOrganizationMismatch:   "Your account belongs to another organization than this instance.",
			usher.CodeSessionStoreDown:       "The gateway's own database does not answer at the moment. Try again in a minute.",
			usher.CodeApplicationUnknown:     "No application is guarded at this address.",
			usher.CodeRequestNotCanonical:    "This address cannot be read in one way only, so it was not passed on.",
			"group-overage":                  "Your account is in so many groups that the identity provider did not name them.",
		},
		titles: map[int]string{400: "This address cannot be used", 401: "Sign in first", 403: "This is not open to you", 404: "There is nothing here", 405: "This cannot be done here",
			413: "That was too much", 414: "This address is too long", 421: "This host is not served here", 500: "Something went wrong here", 502: "The application does not answer", 503: "Not available at the moment", 504: "The application took too long"},
		problems: map[int]string{400: "The request cannot be understood as it is.", 401: "Nobody is signed in in this window.", 403: "The request was not let through.", 404: "No page of this gateway is at this address.",
			405: "This page is read, not written to.", 413: "More was sent than this page takes.", 414: "Shorten the address, or begin again at the application's first page.", 421: "No application is set up for this host name.",
			500: "It was noted. Try again in a minute.", 502: "The gateway works, the application behind it does not answer. Try again in a minute.", 503: "Try again in a minute.", 504: "The gateway works, the application behind it took too long."},
	}
}
