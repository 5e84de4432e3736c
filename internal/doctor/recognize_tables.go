// SPDX-License-Identifier: Apache-2.0

package doctor

import "github.com/usher-signin/usher"

// A message is a text that programs print, and what it means here.
type message struct {
	text    string
	says    string
	symptom usher.Symptom
	codes   []usher.Code
}

func codes(list ...usher.Code) []usher.Code { return list }

// noRight is the vendor's sentence in every language of its manuals. The Dutch
// one is the manual's; the last English one is as translated pages misquote it.
func noRight() []string {
	return []string{
		usher.NoRightMatching,
		"Login does not any right matching the expression",
		"Login heeft geen recht dat de uitdrukking aanpast",
		"Le login ne possède aucun droit correspondant à l'expression", //nolint:misspell // French
		"Der Login besitzt keine Berechtigung, die dem Ausdruck",
		"Ningún derecho del inicio de sesión se corresponde con la expresión",
		"L'accesso non dispone di diritti corrispondenti all'espressione",
		"ログインには、式に一致する権限がありません",
		"로그인에 표현식과 일치하는 권한이 없습니다",
		"Inloggningen har ingen rättighet som matchar uttrycket",
		"登入沒有任何符合運算式的許可權",
	}
}

func vendorMessages() []message {
	var out []message
	for _, text := range noRight() {
		out = append(out, message{text, "the vendor's sentence for: no directory group of the person leads to an operator group",
			usher.SymptomNoRightMatching, codes(usher.CodeUserNotInGroup, usher.CodeMaskBlanks, usher.CodeNameMisspelled, usher.CodeMaskMatchesNothing)})
	}
	return append(out, []message{
		{"invalid client_secret parameter", "IMS knows the client, and the secret is wrong", SymptomErrorAfterLogin, codes(usher.CodeClientSecretWrong)},
		{"invalid client_id parameter", "IMS does not know the client id", usher.SymptomLoginPageUnreachable, codes(usher.CodeClientIDUnknown)},
		{"https://www.adobe.com", "IMS sends a browser there whose callback is not on the client's allow-list", usher.SymptomRedirectedToAdobe, codes(usher.CodeCallbackNotListed)},
		{"redirected to adobe.com", "IMS sends a browser there whose callback is not on the client's allow-list", usher.SymptomRedirectedToAdobe, codes(usher.CodeCallbackNotListed)},
		{"Profile is not valid", "the vendor's gateway: the person has no product of this context", usher.SymptomNoRightMatching, codes(usher.CodeProductContextMismatch)},
		{"403023", "the vendor's gateway: the person has no product of this context", usher.SymptomNoRightMatching, codes(usher.CodeProductContextMismatch)},
		{"401013", "the vendor's gateway: the access token is not valid any more", SymptomErrorAfterLogin, codes(usher.CodeTokenRefused)},
		{"XSV-350008", "Campaign: the session is over or was never valid", SymptomLoginLoop, nil},
		{"XSV-350392", "Campaign: the access token has expired", SymptomErrorAfterLogin, codes("clock-skew")},
		{"XSV-350013", "Campaign: the address is in no security zone that allows this", "", nil},
		{"You don't have access to this Commerce instance", "the provider knows the person, who was given no access here", usher.SymptomNoRightMatching, codes(usher.CodeUserNotInGroup)},
		{"WebView2", "the console's embedded browser, whose cache is known to go stale", usher.SymptomClientConsoleCache, codes("client-console-cache")},
	}...)
}

func providerMessages() []message {
	page, after, right, one := usher.SymptomLoginPageUnreachable, SymptomErrorAfterLogin, usher.SymptomNoRightMatching, SymptomOnePersonOnly
	return []message{
		{"AADSTS50011", "Entra: the callback URL is not registered for the client", page, codes(usher.CodeCallbackNotListed)},
		{"AADSTS500113", "Entra: no callback URL is registered for the client", page, codes(usher.CodeCallbackNotListed)},
		{"AADSTS700016", "Entra: the directory has no client of this id", page, codes(usher.CodeClientIDUnknown)},
		{"AADSTS7000215", "Entra: the client secret is wrong; often the secret's id was copied instead of its value", after, codes(usher.CodeClientSecretWrong)},
		{"AADSTS7000222", "Entra: the client secret has expired", after, codes(usher.CodeClientSecretWrong)},
		{"AADSTS7000218", "Entra: the client must send its secret", after, codes("client-auth-style", usher.CodeClientSecretWrong)},
		{"AADSTS700025", "Entra: the client is registered as a public one and may send no secret", after, codes("client-auth-style")},
		{"AADSTS9002325", "Entra: the callback is registered for a single-page application, not for the web", after, codes("client-platform")},
		{"AADSTS9002327", "Entra: the callback is registered for a single-page application, not for the web", after, codes("client-platform")},
		{"AADSTS70011", "Entra: a scope is not known", page, codes(usher.CodeScopeNotProvisioned)},
		{"AADSTS65001", "Entra: nobody consented to what the client asks for", page, codes(usher.CodeScopeNotProvisioned, usher.CodeProviderError)},
		{"AADSTS50105", "Entra: the person is not assigned to the client", one, codes(usher.CodeProviderError, usher.CodeUserNotInGroup)},
		{"AADSTS50020", "Entra: the person belongs to another directory", one, codes(usher.CodeOrganizationMismatch)},
		{"AADSTS50194", "Entra: the client belongs to one directory, the issuer names all of them", page, codes("issuer-template")},
		{"AADSTS90002", "Entra: there is no such directory", page, codes("discovery-unreachable", usher.CodeProviderIssuer)},
		{"AADSTS70008", "Entra: the code has expired", after, codes(usher.CodeTokenRefused, "clock-skew")},
		{"AADSTS54005", "Entra: the code was used already", after, codes(usher.CodeTokenRefused)},
		{"AADSTS53003", "Entra: a rule of the organization blocks the person or the device", one, codes(usher.CodeProviderError)},
		{"AADSTS50058", "Entra: nobody is signed in, and no page may be shown", page, codes(usher.CodeProviderError)},
		{"Invalid parameter: redirect_uri", "Keycloak: the callback URL is not registered for the client", page, codes(usher.CodeCallbackNotListed)},
		{"Client not found", "Keycloak: there is no such client in this realm", page, codes(usher.CodeClientIDUnknown)},
		{"client_not_found", "Keycloak: there is no such client in this realm", page, codes(usher.CodeClientIDUnknown)},
		{"invalid_client_credentials", "Keycloak: the client secret is wrong", after, codes(usher.CodeClientSecretWrong)},
		{"Invalid client or Invalid client credentials", "Keycloak: the client secret is wrong", after, codes(usher.CodeClientSecretWrong)},
		{"Client secret not provided in request", "Keycloak: the client must send its secret", after, codes("client-auth-style", usher.CodeClientSecretWrong)},
		{"Missing parameter: code_challenge_method", "Keycloak: the client must use PKCE", page, codes("pkce-not-offered")},
		{"Code not valid", "Keycloak: the code was used already, or has expired", after, codes(usher.CodeTokenRefused)},
		{"Realm does not exist", "Keycloak: the issuer names no realm", page, codes("discovery-unreachable")},
		{"Invalid scopes", "Keycloak: a scope is not known to the client", page, codes(usher.CodeScopeNotProvisioned)},
		{"user_not_found", "the provider does not know the person", one, codes(usher.CodeProviderError)},
		{"must be a Login redirect URI in the client app settings", "Okta: the callback URL is not registered for the client", page, codes(usher.CodeCallbackNotListed)},
		{"User is not assigned to the client application", "Okta: the person is not assigned to the client", one, codes(usher.CodeProviderError, usher.CodeUserNotInGroup)},
		{"no_matching_policy", "Okta: no policy allows the person, the client and the scopes together", one, codes(usher.CodeProviderError)},
		{"Unregistered redirect_uri", "dex: the callback URL is not registered for the client", page, codes(usher.CodeCallbackNotListed)},
		{"not a subset of the metascopes", "IMS: a scope is not provisioned", right, codes(usher.CodeScopeNotProvisioned)},
	}
}

func oauthMessages() []message {
	page, after := usher.SymptomLoginPageUnreachable, SymptomErrorAfterLogin
	return []message{
		{"redirect_uri_mismatch", "the callback URL is not registered for the client", page, codes(usher.CodeCallbackNotListed)},
		{"invalid_redirect_uri", "the callback URL is not registered for the client", page, codes(usher.CodeCallbackNotListed)},
		{"invalid_scope", "a scope is not provisioned; one such scope fails them all", page, codes(usher.CodeScopeNotProvisioned)},
		{"invalid_scopes", "a scope is not provisioned; one such scope fails them all", page, codes(usher.CodeScopeNotProvisioned)},
		{"invalid_client", "the client id, its secret, or the way of sending it is refused", after, codes(usher.CodeClientSecretWrong, usher.CodeClientIDUnknown, "client-auth-style")},
		{"unauthorized_client", "the client may not do this", page, codes("client-grant", usher.CodeClientIDUnknown)},
		{"unsupported_grant_type", "the client may not use codes", after, codes("client-grant")},
		{"unsupported_response_type", "the client may not use codes", page, codes("client-grant")},
		{"invalid_grant", "the code was used already, has expired, or was given to another callback", after, codes(usher.CodeTokenRefused, "clock-skew")},
		{"access_denied", "the person declined, or the provider does not let this person use this client", SymptomOnePersonOnly, codes(usher.CodeProviderError, usher.CodeUserNotInGroup)},
		{"login_required", "the provider would have to show its login page, and was asked not to", "", codes(usher.CodeProviderError)},
		{"interaction_required", "the provider would have to show a page, and was asked not to", "", codes(usher.CodeProviderError)},
		{"consent_required", "somebody has to consent to what the client asks for", page, codes(usher.CodeProviderError)},
		{"temporarily_unavailable", "the provider has a fault of its own", page, codes(usher.CodeProviderUnreachable)},
		{"server_error", "the provider has a fault of its own", page, codes(usher.CodeProviderUnreachable)},
		{"issuer did not match", "the provider's metadata names another issuer than the account", page, codes(usher.CodeProviderIssuer)},
		{"id token issued by a different provider", "the ID token names another issuer", after, codes(usher.CodeIDTokenInvalid, usher.CodeProviderIssuer)},
		{"expected audience", "the ID token is for another client", after, codes(usher.CodeIDTokenInvalid, usher.CodeClientIDUnknown)},
		{"token is expired", "the ID token has expired: slow sign-in or wrong clock", after, codes("clock-skew", usher.CodeIDTokenInvalid)},
		{"used before issued", "the ID token lies in the future: wrong clock", after, codes("clock-skew", usher.CodeIDTokenInvalid)},
		{"failed to verify id token signature", "the ID token's key is not known or not right", after, codes("keys-stale", usher.CodeIDTokenInvalid)},
		{"unsupported algorithm", "the provider signs in a way that is not accepted", after, codes("signing-algorithm", usher.CodeIDTokenInvalid)},
		{"code_challenge", "something about PKCE", page, codes("pkce-not-offered")},
	}
}

func browserMessages() []message {
	page, app, loop := usher.SymptomLoginPageUnreachable, SymptomApplication, SymptomLoginLoop
	return []message{
		{"ERR_TOO_MANY_REDIRECTS", "the browser goes round in circles", loop, codes("login-loop", "cookie-not-returned", "forwarded-proto")},
		{"isn't redirecting properly", "the browser goes round in circles", loop, codes("login-loop", "cookie-not-returned", "forwarded-proto")},
		{"too many redirects", "the browser goes round in circles", loop, codes("login-loop", "cookie-not-returned", "forwarded-proto")},
		{"ERR_CERT_AUTHORITY_INVALID", "the browser does not know the authority of the certificate", page, codes("certificate-unknown-authority", "certificate-intercepted")},
		{"SEC_ERROR_UNKNOWN_ISSUER", "the browser does not know the authority of the certificate", page, codes("certificate-unknown-authority", "certificate-intercepted")},
		{"ERR_CERT_DATE_INVALID", "the certificate has expired, or the clock is wrong", page, codes("certificate-expired", "clock-skew")},
		{"SEC_ERROR_EXPIRED_CERTIFICATE", "the certificate has expired, or the clock is wrong", page, codes("certificate-expired", "clock-skew")},
		{"ERR_CERT_COMMON_NAME_INVALID", "the certificate is for another name", page, codes("certificate-hostname")},
		{"SSL_ERROR_BAD_CERT_DOMAIN", "the certificate is for another name", page, codes("certificate-hostname")},
		{"DNS_PROBE_FINISHED_NXDOMAIN", "the name does not exist in the DNS that was asked", page, codes("name-not-found", "name-split")},
		{"ERR_NAME_NOT_RESOLVED", "the name does not exist in the DNS that was asked", page, codes("name-not-found", "name-split")},
		{"ERR_CONNECTION_REFUSED", "nothing listens there", page, codes("connection-refused")},
		{"ERR_CONNECTION_TIMED_OUT", "something swallows the connection", page, codes("connection-timeout")},
		{"ERR_CONNECTION_RESET", "something cuts the connection", page, codes("connection-refused", "certificate-intercepted")},
		{"ERR_PROXY_CONNECTION_FAILED", "the proxy does not answer", page, codes("proxy-authentication", "connection-refused")},
		{"ERR_TUNNEL_CONNECTION_FAILED", "the proxy refuses the way", page, codes("proxy-authentication")},
		{"ERR_SSL_PROTOCOL_ERROR", "what answers there does not speak TLS", page, codes("tls-missing")},
		{"ERR_SSL_VERSION_OR_CIPHER_MISMATCH", "what answers there speaks too old a TLS", page, codes("tls-old")},
		{"ERR_RESPONSE_HEADERS_TOO_BIG", "headers or cookies are too large for something on the way", loop, codes("header-limit")},
		{"Request Header Or Cookie Too Large", "headers or cookies are too large for something on the way", loop, codes("header-limit")},
		{"Request Header Fields Too Large", "headers or cookies are too large for something on the way", loop, codes("header-limit")},
		{"upstream sent too big header", "headers or cookies are too large for something on the way", app, codes("header-limit")},
		{"auth request unexpected status", "the front server does not understand the answer to its question", app, codes("auth-status-altered")},
		{"502 Bad Gateway", "the front server gets no answer from what is behind it", app, codes("upstream-unreachable", "header-limit")},
		{"Response to preflight request doesn't pass access control check", "a browser asked whether a script of another origin may call, and was answered 401: preflight: pass, at the application, lets the application answer that", app, nil},
		{"CORS preflight response did not succeed", "a browser asked whether a script of another origin may call, and was answered 401: preflight: pass, at the application, lets the application answer that", app, nil},
		{"Preflight response is not successful", "a browser asked whether a script of another origin may call, and was answered 401: preflight: pass, at the application, lets the application answer that", app, nil},
		{"blocked by CORS policy", "a script was sent to the login page instead of being told 401", app, codes("auth-status-altered")},
	}
}

func networkMessages() []message {
	page := usher.SymptomLoginPageUnreachable
	return []message{
		{"certificate signed by unknown authority", "the authority of the certificate is not known here", page, codes("certificate-unknown-authority", "certificate-intercepted", "certificate-chain")},
		{"unable to get local issuer certificate", "the authority of the certificate is not known here", page, codes("certificate-unknown-authority", "certificate-chain")},
		{"self-signed certificate", "the authority of the certificate is not known here", page, codes("certificate-unknown-authority")},
		{"certificate has expired or is not yet valid", "the certificate has expired, or the clock is wrong", page, codes("certificate-expired", "clock-skew")},
		{"certificate is valid for", "the certificate is for another name", page, codes("certificate-hostname")},
		{"cannot validate certificate for", "the certificate is for another name", page, codes("certificate-hostname")},
		{"first record does not look like a TLS handshake", "what answers there does not speak TLS", page, codes("tls-missing")},
		{"server gave HTTP response to HTTPS client", "what answers there does not speak TLS", page, codes("tls-missing")},
		{"protocol version not supported", "what answers there speaks too old a TLS", page, codes("tls-old")},
		{"no such host", "the name does not exist in the DNS that was asked", page, codes("name-not-found", "name-split")},
		{"server misbehaving", "the DNS server fails", page, codes("name-not-found")},
		{"connection refused", "nothing listens there", page, codes("connection-refused")},
		{"network is unreachable", "there is no way there", page, codes("connection-timeout", "ipv6-broken")},
		{"no route to host", "there is no way there", page, codes("connection-timeout")},
		{"i/o timeout", "something swallows the connection", page, codes("connection-timeout")},
		{"context deadline exceeded", "the answer took too long", page, codes("connection-timeout", usher.CodeProviderUnreachable)},
		{"Proxy Authentication Required", "the proxy wants credentials", page, codes("proxy-authentication")},
		{"proxyconnect", "the proxy does not answer", page, codes("proxy-authentication", "connection-refused")},
	}
}
