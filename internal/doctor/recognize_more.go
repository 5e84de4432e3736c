// SPDX-License-Identifier: Apache-2.0

package doctor

import "github.com/usher-signin/usher"

// entraMessages has what Entra says beside the commonest codes.
func entraMessages() []message {
	page, after, one := usher.SymptomLoginPageUnreachable, SymptomErrorAfterLogin, SymptomOnePersonOnly
	return []message{
		{"AADSTS500112", "Entra: the callback of the token request is not that of the sign-in", after, codes(usher.CodeTokenRefused, usher.CodeCallbackNotListed)},
		{"AADSTS501481", "Entra: the verifier of PKCE does not fit", after, codes(usher.CodeTokenRefused)},
		{"AADSTS50012", "Entra: the client could not be authenticated", after, codes(usher.CodeClientSecretWrong)},
		{"AADSTS700027", "Entra: the client could not be authenticated", after, codes(usher.CodeClientSecretWrong)},
		{"AADSTS7000112", "Entra: the client is disabled", page, codes(usher.CodeClientIDUnknown)},
		{"AADSTS700054", "Entra: the client may not ask for this kind of answer", page, codes("client-grant")},
		{"AADSTS650052", "Entra: the organization lacks a service that the client asks for", page, codes(usher.CodeScopeNotProvisioned)},
		{"AADSTS650053", "Entra: a scope is not known", page, codes(usher.CodeScopeNotProvisioned)},
		{"AADSTS90094", "Entra: an administrator has to consent to what the client asks for", page, codes(usher.CodeScopeNotProvisioned, usher.CodeProviderError)},
		{"AADSTS65004", "the person declined", one, codes(usher.CodeProviderError)},
		{"AADSTS50034", "the provider does not know the person", one, codes(usher.CodeProviderError)},
		{"AADSTS50057", "the person's account is disabled at the provider", one, codes(usher.CodeProviderError)},
		{"AADSTS50126", "the person's name or password is wrong", one, codes(usher.CodeProviderError)},
		{"AADSTS50076", "Entra: a second factor is wanted", one, codes(usher.CodeProviderError)},
		{"AADSTS50079", "Entra: a second factor is wanted", one, codes(usher.CodeProviderError)},
		{"AADSTS53000", "Entra: a rule of the organization blocks the person or the device", one, codes(usher.CodeProviderError)},
		{"AADSTS90023", "Entra: there is no such directory", page, codes("discovery-unreachable", usher.CodeProviderIssuer)},
		{"AADSTS900971", "Entra: the request names no callback", page, codes(usher.CodeCallbackNotListed)},
		{"AADSTS900144", "Entra: the request lacks a parameter", page, codes(usher.CodeProviderError)},
	}
}

// keycloakMessages has what Keycloak and others say beside the commonest.
func keycloakMessages() []message {
	page, after, one, loop := usher.SymptomLoginPageUnreachable, SymptomErrorAfterLogin, SymptomOnePersonOnly, SymptomLoginLoop
	return []message{
		{"Client disabled", "Keycloak: the client is disabled", page, codes(usher.CodeClientIDUnknown)},
		{"Client is not allowed to initiate browser login", "Keycloak: the client may not use codes", page, codes("client-grant")},
		{"Client not enabled to retrieve service account", "Keycloak: the client may not use codes", after, codes("client-grant")},
		{"PKCE verification failed", "Keycloak: the verifier of PKCE does not fit", after, codes(usher.CodeTokenRefused)},
		{"Incorrect redirect_uri", "Keycloak: the callback of the token request is not that of the sign-in", after, codes(usher.CodeTokenRefused, usher.CodeCallbackNotListed)},
		{"Account is disabled", "the person's account is disabled at the provider", one, codes(usher.CodeProviderError)},
		{"user_disabled", "the person's account is disabled at the provider", one, codes(usher.CodeProviderError)},
		{"Cookie not found. Please make sure cookies are enabled", "the provider's own cookie was lost in the browser", loop, codes("cookie-not-returned", usher.CodeStateCookieMissing)},
		{"Restart login cookie not found", "the provider's own cookie was lost in the browser", loop, codes("cookie-not-returned", usher.CodeStateCookieMissing)},
		{"Invalid token issuer", "the ID token names another issuer", after, codes(usher.CodeIDTokenInvalid, usher.CodeProviderIssuer)},
		{"deleted_client", "Google: the client was deleted", page, codes(usher.CodeClientIDUnknown)},
		{"org_internal", "Google: the client is for people of its own organization only", one, codes(usher.CodeOrganizationMismatch, usher.CodeProviderError)},
		{"admin_policy_enforced", "Google: a rule of the organization forbids this client or scope", one, codes(usher.CodeProviderError, usher.CodeScopeNotProvisioned)},
		{"disallowed_useragent", "Google: the login page does not come in an embedded browser", usher.SymptomClientConsoleCache, codes(usher.CodeProviderError)},
		{"unsupported_response_mode", "the provider does not answer in the way that was asked for", page, codes(usher.CodeProviderError)},
		{"invalid_request", "the provider does not understand the request: a parameter is missing, doubled or wrong", page, codes(usher.CodeProviderError, "pkce-not-offered")},
		{"invalid_token", "the token is refused: expired, or for somebody else", after, codes(usher.CodeProfileInvalid, "clock-skew")},
		{"account_selection_required", "the provider would have to show a page, and was asked not to", "", codes(usher.CodeProviderError)},
		{"Too many requests", "the provider slows the client down", page, codes(usher.CodeProviderUnreachable)},
		{"429050", "the provider slows the client down", page, codes(usher.CodeProviderUnreachable)},
		{"403003", "the vendor's gateway: the client id is not known there", SymptomErrorAfterLogin, codes(usher.CodeClientIDUnknown)},
	}
}

// moreBrowserMessages has what browsers say, in other languages too.
func moreBrowserMessages() []message {
	page, app, loop := usher.SymptomLoginPageUnreachable, SymptomApplication, SymptomLoginLoop
	authority, circles := codes("certificate-unknown-authority", "certificate-intercepted"), codes("login-loop", "cookie-not-returned", "forwarded-proto")
	return []message{
		{"redirected you too many times", "the browser goes round in circles", loop, circles},
		{"te vaak omgeleid", "the browser goes round in circles", loop, circles},
		{"zu oft weitergeleitet", "the browser goes round in circles", loop, circles},
		{"redirigé à de trop nombreuses reprises", "the browser goes round in circles", loop, circles}, //nolint:misspell // French
		{"too many redirects occurred", "the browser goes round in circles", loop, circles},
		{"MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT", "the browser does not know the authority of the certificate", page, authority},
		{"MOZILLA_PKIX_ERROR_MITM_DETECTED", "something in between shows a certificate of its own", page, codes("certificate-intercepted")},
		{"MOZILLA_PKIX", "the browser does not know the authority of the certificate", page, authority},
		{"SEC_ERROR_BAD_SIGNATURE", "the browser does not know the authority of the certificate", page, authority},
		{"SEC_ERROR_OCSP_FUTURE_RESPONSE", "the certificate has expired, or the clock is wrong", page, codes("certificate-expired", "clock-skew")},
		{"ERR_CERT_REVOKED", "the certificate was revoked", page, codes("certificate-expired")},
		{"SSL_ERROR_RX_RECORD_TOO_LONG", "what answers there does not speak TLS", page, codes("tls-missing")},
		{"SSL_ERROR_UNSUPPORTED_VERSION", "what answers there speaks too old a TLS", page, codes("tls-old")},
		{"PR_END_OF_FILE_ERROR", "something cuts the connection", page, codes("connection-refused", "certificate-intercepted")},
		{"PR_CONNECT_RESET_ERROR", "something cuts the connection", page, codes("connection-refused", "certificate-intercepted")},
		{"ERR_CONNECTION_CLOSED", "something cuts the connection", page, codes("connection-refused", "certificate-intercepted")},
		{"ERR_EMPTY_RESPONSE", "something cuts the connection", page, codes("connection-refused", "tls-missing")},
		{"ERR_ADDRESS_UNREACHABLE", "there is no way there", page, codes("connection-timeout")},
		{"ERR_TIMED_OUT", "something swallows the connection", page, codes("connection-timeout")},
		{"NS_ERROR_NET_TIMEOUT", "something swallows the connection", page, codes("connection-timeout")},
		{"NS_ERROR_UNKNOWN_HOST", "the name does not exist in the DNS that was asked", page, codes("name-not-found", "name-split")},
		{"net::ERR_BLOCKED_BY_RESPONSE", "the page may not be shown inside another", app, codes("cookie-not-returned")},
		{"refused to connect because it violates", "the page may not be shown inside another", app, codes("cookie-not-returned")},
		{"400 Bad Request Request Header", "headers or cookies are too large for something on the way", loop, codes("header-limit")},
		{"HTTP ERROR 431", "headers or cookies are too large for something on the way", loop, codes("header-limit")},
		{"header field exceeds", "headers or cookies are too large for something on the way", loop, codes("header-limit")},
		{"504 Gateway Timeout", "the front server gets no answer from what is behind it", app, codes("upstream-unreachable", "connection-timeout")},
		{"504 Gateway Time-out", "the front server gets no answer from what is behind it", app, codes("upstream-unreachable", "connection-timeout")},
		{"503 Service Unavailable", "the front server gets no answer from what is behind it", app, codes("upstream-unreachable")},
		{"407 Proxy Authentication", "the proxy wants credentials", page, codes("proxy-authentication")},
	}
}
