// SPDX-License-Identifier: Apache-2.0

package usher

// A Code names one thing that can be wrong. Codes are for ever: a code is the
// name of a check, of its page docs/checks/CODE.md, the log attribute, the
// metric label, and what a [Cause] carries.
type Code string

// Codes of the checks that the vendor's own troubleshooting page names.
const (
	CodeAccountMissing         Code = "external-account-missing"
	CodeAccountDisabled        Code = "external-account-disabled"
	CodeAccountDuplicate       Code = "external-account-duplicate"
	CodeAccountLookalike       Code = "external-account-lookalike"
	CodeProductContextValue    Code = "product-context-value"
	CodeProductContextMismatch Code = "product-context-mismatch"
	CodeIMSServerURL           Code = "ims-server-url"
	CodeIMSServerDiffers       Code = "ims-server-differs"
	CodeUserNotInGroup         Code = "user-not-in-group"
	CodeMaskMatchesNothing     Code = "mask-matches-nothing"
	CodeMaskKind               Code = "mask-kind"
	CodeMaskBlanks             Code = "mask-blanks"
	CodeNameMisspelled         Code = "name-misspelled"
	CodeOperatorGroupUnknown   Code = "operator-group-unknown"
	CodeOperatorGroupUnreached Code = "operator-group-unreachable"
	CodeScopeNotProvisioned    Code = "scope-not-provisioned"
	CodeCallbackNotHTTPS       Code = "callback-not-https"
	CodeCallbackNotListed      Code = "callback-not-listed"
	CodeCallbackWrongInstance  Code = "callback-wrong-instance"
	CodeClientIDUnknown        Code = "client-id-unknown"
	CodeClientSecretWrong      Code = "client-secret-wrong"
	CodeRestartPending         Code = "restart-pending"
	CodeHostedInstance         Code = "hosted-instance"
)

// Codes that only a sign-in, or a request at the gate, can show.
const (
	CodeStateMissing         Code = "state-missing"         // the callback came without exactly one state
	CodeStateUnknown         Code = "state-unknown"         // no such sign-in was begun, or it was finished already
	CodeStateExpired         Code = "state-expired"         // begun too long ago
	CodeStateCookieMissing   Code = "state-cookie-missing"  // another browser, or the cookie was lost
	CodeProviderError        Code = "provider-error"        // the provider said error
	CodeProviderUnreachable  Code = "provider-unreachable"  // no answer, or none that can be read
	CodeProviderMetadata     Code = "discovery-invalid"     // metadata that cannot be used
	CodeProviderIssuer       Code = "discovery-issuer"      // metadata of another issuer
	CodeTokenRefused         Code = "token-refused"         // the token endpoint refused the code
	CodeTokenAnswerInvalid   Code = "token-answer-invalid"  // the token endpoint answered, but the answer cannot be used
	CodeIDTokenInvalid       Code = "id-token-invalid"      // a check of the ID token failed
	CodeProfileInvalid       Code = "profile-invalid"       // the profile answer cannot be used
	CodeOrganizationMismatch Code = "organization-mismatch" // the person belongs to other organizations
	CodeGroupOverage         Code = "group-overage"         // the provider left the groups out: too many for a token
	CodeTooManyGroups        Code = "groups-too-many"       // more than usher takes
	CodeApplicationRefused   Code = "application-refused"   // signed in, but the application's rule says no
	CodeApplicationUnknown   Code = "application-unknown"   // no application covers the address
	CodeRequestNotCanonical  Code = "request-not-canonical" // a path that could be read in two ways
	CodeSessionStoreDown     Code = "session-store-down"    // the database does not answer
	CodeAttemptUnfinished    Code = "attempt-unfinished"    // the person never came back from the provider
	CodeAccessTokenRefused   Code = "access-token-refused"  // a program's access token is not taken
	CodeLoginLoop            Code = "login-loop"            // one browser asks to sign in again and again
)
