// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"net/url"
	"strings"

	usher "github.com/usher-signin/usher"
)

// ProviderError says what the error on a callback means (RFC 6749 section
// 4.1.2.1, OpenID Connect Core 1.0 section 3.1.2.6, and the vendor's own
// words). It gives nil where the callback carries no error.
func (c *Client) ProviderError(values url.Values) *usher.Cause {
	sent, present := values["error"]
	if !present {
		return nil
	}
	cause := &usher.Cause{Step: usher.StepCallback, Code: usher.CodeProviderError, Subject: c.account.InternalName, Want: "a code"}
	if len(sent) != 1 {
		cause.Saw = "more than one error"
		return cause
	}
	name := rfc6749Text(sent[0])
	cause.Saw = "error=" + name
	says := ""
	switch name {
	case "":
		cause.Saw = "an error without a name"
	case "invalid_scope", "invalid_scopes":
		cause.Code, cause.Subject = usher.CodeScopeNotProvisioned, c.account.ClientID
		cause.Saw, cause.Want = c.wireScopes(nil), "scopes that the provider provisioned for this client"
		says = "one scope that is not provisioned fails them all"
	case "unauthorized_client", "invalid_client":
		cause.Code, cause.Subject = usher.CodeClientIDUnknown, c.account.ClientID
		cause.Want = "a client that the provider knows and allows the code flow"
	case "invalid_redirect_uri", "redirect_uri_mismatch":
		cause.Code = usher.CodeCallbackNotListed
		cause.Saw, cause.Want = c.account.CallbackURL, "an address on the client's allow-list"
	default:
		says = providerErrorMeaning(name)
	}
	description := rfc6749Text(scrub(values.Get("error_description"), values.Get("state"), values.Get("code"), c.account.ClientSecret.Reveal()))
	if description != "" {
		description = "the provider says: " + capped(description, maxDescription)
	}
	cause.Detail = joinSentences(says, description)
	return cause
}

func providerErrorMeaning(name string) string {
	switch name {
	case "access_denied":
		return "the person declined, or the provider does not let this person use this client"
	case "login_required", "consent_required", "interaction_required", "account_selection_required":
		return "the provider would have to show a page, and was asked not to"
	case "server_error", "temporarily_unavailable":
		return "the provider has a fault of its own; try again later"
	case "invalid_request":
		return "the provider could not read the request"
	case "insufficient_privilege":
		return "the account may not give the consent that is asked for"
	case "incompatible_account_type":
		return "an account of this kind may not sign in to this client"
	}
	return ""
}

// rfc6749Text keeps the characters that RFC 6749 section 4.1.2.1 allows in
// error and error_description.
func rfc6749Text(s string) string {
	return capped(strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e || r == '"' || r == '\\' {
			return -1
		}
		return r
	}, s)), maxDescription)
}
