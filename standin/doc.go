// SPDX-License-Identifier: Apache-2.0

// Package standin is an Adobe IMS and an Enterprise Dashboard (Admin Console)
// for the desk and for tests: an identity provider on a loopback address that
// answers as the real one does as far as that is publicly known, and
// misbehaves on request.
//
// It is for development alone. It gives tokens to whoever knows an email
// address, it shows secrets to whoever opens its dashboard, and its keys are
// new at every start; so it listens on loopback addresses only ([Listen]) and
// answers 403 on any other.
//
// # What is known, and what is not
//
// Adobe documents the paths, the parameters, the token answers, the discovery
// document, the claims of user information and the lifetimes. Public client
// code shows the claims of access tokens, the validate and invalidate calls,
// organizations and groups. The following is not public. The stand-in had to
// choose, and the choice proves nothing about the real IMS:
//
//   - The page and status for an unknown client at authorize: 400, a page.
//   - Whether an unprovisioned scope is reported by redirect: it is here, with
//     error=invalid_scope, before anybody signs in. One such scope fails all.
//   - The error for an expired or replayed code: access_denied on the bare path
//     and v1 (seen in a client's tests), invalid_grant on v2 to v4 (inferred).
//     A replay also ends the tokens that the code gave.
//   - The life of a code: 10 minutes.
//   - The issuer of ID tokens for people: the issuer in the discovery document.
//     Adobe documents the issuer with /ims for one kind of client; the switch
//     id-token-issuer-ims gives that form.
//   - Claims of ID tokens besides iss, sub, aud, exp, iat, nonce: auth_time,
//     at_hash, c_hash and org_id, and the person's claims by scope as in user info.
//   - Differences between profile v1, v2 and v3: none here, and between
//     organizations v1 to v6: none here.
//   - Which answer names a product profile for the guarded product: all three
//     candidates do. They are projectedProductContext[].prodCtx.label,
//     roles[].target_data.group_name and the groups of organizations, each
//     under its scope.
//   - What profile, userinfo and organizations say where the scope is missing:
//     403, insufficient_scope.
//   - An authorize request without scopes: it asks for AdobeID. Unknown values
//     of prompt and response_mode: invalid_request. A state of more than 4,096
//     characters (255 on v1): invalid_request, and no state on return.
//   - Tokens in a query, for response_mode=query with a type other than code: v1
//     gives them, as a public client relies on; v2 answers invalid_request.
//   - JWT exchange: every known client gets the documented answer for one that
//     lacks the grant, since the last of these credentials has ended.
//   - Statuses and bodies for paths and methods that are not there: 404 and 405,
//     plain text.
//   - A client that is removed or disabled: its access tokens stay good until
//     they expire; codes, refreshes and sign-ins under way are refused.
//   - HTTP Basic at the token endpoint: understood from v2 on, refused on the
//     bare path and v1, as Adobe's older text says.
//   - Whether a refresh ends the old refresh token: it does not; the switch
//     refresh-rotates makes it so. A refresh gives no ID token, as documented.
//   - A callback over plain http is never accepted, save one to a loopback
//     address that is listed exactly; that leniency is the stand-in's own.
//   - Who a service token speaks for: CLIENT@AdobeService. Which clients may ask
//     for tokens of their own: all that have a secret.
//   - Where logout goes: to redirect_uri if it is on the client's allow-list, to
//     the default redirect URL otherwise, also for "self".
//   - The size of a page of the user management API: 200, where up to 2,000 are
//     documented.
//   - Parameters that come twice: invalid_request.
//   - The claim "groups" under a scope "groups" is the stand-in's own, for
//     external accounts of type OpenID Connect. IMS has neither.
//
// # Beginning
//
// The files named misbehave_*.go hold the switches, a family each: what there
// is to turn on, and what it spoils. The other files hold what is right.
//
// Package standintest starts a stand-in for a test in one line. Otherwise make
// a [Server] with [New], give it a listener from [Listen], and tell it its
// address with [Server.SetBaseURL].
package standin
