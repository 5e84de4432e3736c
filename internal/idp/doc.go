// SPDX-License-Identifier: Apache-2.0

// Package idp is the client of the identity provider: Adobe IMS, or any
// OpenID Connect provider. It knows the wire; it judges no rights.
//
// One [Client] stands for one external account. A sign-in passes through it so:
//
//	AuthorizeURL      where the browser is sent (state, nonce, PKCE S256)
//	CheckIssuerParam  is the answer from this provider? (RFC 9207)
//	ProviderError     what the provider's error means
//	Redeem            code -> tokens, then every check of the ID token
//	Person            profile, userinfo, organizations -> facts about the person
//	EndSessionURL, Revoke, Refresh   what comes after
//
// Each step returns its value or a [usher.Cause] that says what was seen and
// what was wanted. A cause never holds a token, code, secret, nonce or
// verifier, also not where the provider repeats one in its own text.
//
// Everything read from the provider is bounded (10 seconds, 1 MiB after
// decompression) and passes a strict JSON reader, because the standard one
// fills a field from members of other spellings. The token call is made here
// and not by a library: its answer and its errors must pass the same reader,
// and the code must be sent exactly once.
//
// Where Adobe IMS differs from the standard is told in ims.go.
package idp
