// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher/standin"
)

// A trial proves a switch: the probe says off while it is off, and on while it
// has the value.
type trial struct {
	name  string
	value any
	probe probe
	off   string
	on    string
}

func trials() []trial {
	return slices.Concat(discoveryTrials(), keyTrials(), clientTrials(), tlsTrials(), authorizeTrials(), tokenTrials(), idTokenTrials(), personTrials())
}

func discoveryTrials() []trial {
	return []trial{
		{"discovery-issuer-wrong", true, metadata("issuer"), "BASE", "BASEINVALID"},
		{"discovery-issuer-wrong", "/x", metadata("issuer"), "BASE", "BASE/x"},
		{"discovery-issuer-slash", true, metadata("issuer"), "BASE", "BASE/"},
		{"discovery-issuer-template", true, metadata("issuer"), "BASE", "BASE/{tenantid}"},
		{"discovery-issuer-host", true, metadata("issuer"), "BASE", "https://ims.internal.invalid"},
		{"discovery-moved", true, metadata("token_endpoint"), "BASE/ims/token/v3", "BASE/ims/token/v4"},
		{"discovery-missing", true, metadata("issuer"), "BASE", "404 no JSON"},
		{"discovery-member-missing", true, metadata("jwks_uri"), "BASE/ims/keys", "<nil>"},
		{"discovery-member-missing", "issuer", metadata("issuer"), "BASE", "<nil>"},
		{"discovery-member-missing", "token_endpoint", metadata("token_endpoint"), "BASE/ims/token/v3", "<nil>"},
		{"discovery-member-missing", "authorization_endpoint", metadata("authorization_endpoint"), "BASE/ims/authorize/v2", "<nil>"},
		{"discovery-member-missing", "userinfo_endpoint", metadata("userinfo_endpoint"), "BASE/ims/userinfo/v2", "<nil>"},
		{"discovery-member-missing", "response_types_supported", metadata("response_types_supported"), "[code token id_token id_token token code id_token]", "<nil>"},
		{"discovery-endpoints-http", true, func(d desk) string { return strings.Split(metadata("token_endpoint")(d), ":")[0] }, "https", "http"},
		{"discovery-endpoints-elsewhere", true, metadata("authorization_endpoint"), "BASE/ims/authorize/v2", "https://ims.internal.invalid/ims/authorize/v2"},
		{"discovery-endpoints-outside", true, metadata("jwks_uri"), "BASE/ims/keys", "http://169.254.169.254/latest/meta-data"},
		{"discovery-algorithms", true, metadata("id_token_signing_alg_values_supported"), "[RS256]", "[HS256]"},
		{"discovery-algorithms", "none", metadata("id_token_signing_alg_values_supported"), "[RS256]", "[none]"},
		{"discovery-algorithms", "ES256", metadata("id_token_signing_alg_values_supported"), "[RS256]", "[ES256]"},
		{"discovery-pkce-plain", true, metadata("code_challenge_methods_supported"), "<nil>", "[plain]"},
		{"discovery-at-root", true, func(d desk) string { return fmt.Sprint(d.get("/.well-known/openid-configuration").status) }, "404", "200"},
		{"discovery-shape", true, metadata("issuer"), "BASE", "200 array"},
		{"discovery-shape", "string", metadata("issuer"), "BASE", "200 string"},
		{"discovery-shape", "null", metadata("x"), "<nil>", "200 <nil>"},
	}
}

func keyTrials() []trial {
	const usual = "2 keys, 2 ids, 0 private, 0 without id"
	const good = "good, key 1, bits 2048"
	return []trial{
		{"keys-empty", true, keysSeen, usual, "0 keys, 0 ids, 0 private, 0 without id"},
		{"keys-stale", true, verdict, good, "bad, tried 0"},
		{"keys-rotate-before-signing", true, verdict, good, "good after a second fetch, key 1, bits 2048"},
		{"keys-weak", true, verdict, good, "good, key 1, bits 1024"},
		{"keys-duplicate-id", true, verdict, good, "good, key 2, bits 2048"},
		{"keys-private", true, keysSeen, usual, "2 keys, 2 ids, 2 private, 0 without id"},
		{"keys-without-id", true, verdict, good, "good, key 2, bits 2048"},
		{"keys-odd-neighbors", true, keysSeen, usual, "8 keys, 8 ids, 0 private, 0 without id"},
		{"keys-odd-neighbors", true, func(d desk) string { return verdict(d)[:4] + keysSeen(d)[:6] }, "good2 keys", "good8 keys"},
		{"keys-many", 50, keysSeen, usual, "52 keys, 52 ids, 0 private, 0 without id"},
		{"keys-for-encryption", true, verdict, good, "bad, tried 0"},
	}
}

func authorizeTrials() []trial {
	adobe := func(d desk) string {
		to := d.SignIn(d.ask("redirect_uri=https://evil.example/"), "ana@corp.example", "")
		return strings.Split(to.String(), "?")[0]
	}
	unlisted := "redirect_uri=https://evil.example/"
	return []trial{
		{"authorize-redirects-first", true, func(d desk) string {
			return strings.Split(d.get(d.ask("client_id=Nobody")).header.Get("Location"), "?")[0]
		}, "", "BASE/ims/authorize/v2"},
		{"authorize-redirects-first", true, landing(), "callback", "BASE/ims/authorize/v2"},
		{"authorize-error", true, landing(), "callback", "temporarily_unavailable"},
		{"authorize-error", "server_error", landing(), "callback", "server_error"},
		{"authorize-consent-required", true, landing("prompt=none"), "login_required", "consent_required"},
		{"authorize-forgets-sessions", true, func(d desk) string {
			in := d.submit(form("relay", d.relay(), "email", "ana@corp.example"))
			to := d.get(d.ask("prompt=none"), "Cookie", strings.Split(in.header.Get("Set-Cookie"), ";")[0]).header.Get("Location")
			return regexp.MustCompile(`(code|error)=[a-z_]*`).FindString(to)
		}, "code=ey", "error=login_required"},
		{"authorize-forgets-sessions", true, func(d desk) string {
			b := d.Browser()
			b.SignIn(d.ask(), "ana@corp.example", "") // signing in still works
			a := d.redeem("/ims/token/v3", b.SignIn(d.ask(), "ben@corp.example", "").Query().Get("code"))
			return fmt.Sprint(claims(d.t, a.text("id_token"))["name"])
		}, "Ana Lima", "Ben Okafor"},
		{"pkce-required", true, landing("-code_challenge", "-code_challenge_method"), "callback", "invalid_request"},
		{"scope-ignored", true, landing("scope=openid,nonsense"), "invalid_scope", "callback"},
		{"callback-unlisted-page", true, landing(unlisted), "adobe", "page 400"},
		{"default-redirect-for-real", true, adobe, "BASE/adobe.com/", "https://www.adobe.com/"},
		{"state-altered", true, returned("state"), "the-state", "the-statex"},
		{"state-missing", true, returned("state"), "the-state", ""},
		{"response-issuer", true, returned("iss"), "", "BASE"},
		{"response-issuer", true, metadata("authorization_response_iss_parameter_supported"), "<nil>", "true"},
		{"response-issuer-wrong", true, returned("iss"), "", "BASE1"},
		{"response-issuer-announced-only", true, metadata("authorization_response_iss_parameter_supported"), "<nil>", "true"},
		{"response-error-and-code", true, returned("error"), "", "server_error"},
		{"response-error-and-code", true, returned("code"), "TOKEN", "TOKEN"},
		{"response-code-twice", true, returned("code"), "TOKEN", "TOKEN TOKEN"},
		{"response-in-fragment", true, returned("state"), "the-state", ""},
		{"response-without-code", true, returned("code"), "TOKEN", ""},
	}
}

func tokenTrials() []trial {
	refreshed := func(look func(d desk, first, second answered) string) probe {
		return func(d desk) string {
			first := d.tokens()
			second := d.post("/ims/token/v3", form("grant_type", "refresh_token", "refresh_token", first.text("refresh_token"), "client_id", "Campaign1", "client_secret", "s3cret"))
			return look(d, first, second)
		}
	}
	idAgain := func(claim string) probe {
		return refreshed(func(d desk, first, second answered) string {
			if second.text("id_token") == "" {
				return "no ID token"
			}
			was, is := claims(d.t, first.text("id_token"))[claim], claims(d.t, second.text("id_token"))[claim]
			return map[bool]string{true: "the same", false: "another"}[was == is]
		})
	}
	withBasic := func(d desk) string {
		return outcome(d.post("/ims/token/v3", form("grant_type", "authorization_code", "code", d.code(), "code_verifier", verifier), "Authorization", basic("Campaign1", "s3cret")))
	}
	return []trial{
		{"token-refuses", true, redeemed(), "ok", "400 invalid_grant"},
		{"token-refuses", "unauthorized_client", redeemed(), "ok", "400 unauthorized_client"},
		{"token-looks-at-code-first", true, redeemed("code", "garbage", "client_secret", "wrong"), "400 invalid_client", "400 invalid_grant"},
		{"token-basic-only", true, redeemed(), "ok", "400 invalid_client"},
		{"token-basic-only", true, withBasic, "ok", "ok"},
		{"token-post-only", true, withBasic, "ok", "400 invalid_client"},
		{"token-post-only", true, redeemed(), "ok", "ok"},
		{"token-expiry", true, tokenMember("expires_in"), "float64 86399", "string 86399"},
		{"token-expiry", "absent", tokenMember("expires_in"), "float64 86399", "absent"},
		{"token-expiry", "negative", tokenMember("expires_in"), "float64 86399", "float64 -1"},
		{"token-expiry", "huge", tokenMember("expires_in"), "float64 86399", "float64 1e+300"},
		{"token-expiry", "milliseconds", tokenMember("expires_in"), "float64 86399", "float64 8.64e+07"},
		{"token-type", "BEARER", tokenMember("token_type"), "string bearer", "string BEARER"},
		{"token-type", true, tokenMember("token_type"), "string bearer", "string mac"},
		{"token-type", "absent", tokenMember("token_type"), "string bearer", "absent"},
		{"token-access-missing", true, tokenMember("access_token"), "TOKEN", "absent"},
		{"id-token-missing", true, tokenMember("id_token"), "TOKEN", "absent"},
		{"id-token-shape", true, func(d desk) string { return tokenMember("id_token")(d)[:5] }, "TOKEN", "map[s"},
		{"id-token-shape", "array", func(d desk) string { return tokenMember("id_token")(d)[:5] }, "TOKEN", "[]int"},
		{"id-token-shape", "number", tokenMember("id_token"), "TOKEN", "float64 1"},
		{"id-token-shape", "null", tokenMember("id_token"), "TOKEN", "<nil> <nil>"},
		{"id-token-shape", "empty", tokenMember("id_token"), "TOKEN", "string "},
		{"token-answer-shape", true, redeemed(), "ok", "array"},
		{"token-answer-shape", "string", redeemed(), "ok", "string"},
		{"token-answer-shape", "null", func(d desk) string { return string(d.redeem("/ims/token/v3", d.code()).body[:1]) }, "{", "n"},
		{"scope-dropped", true, labels, `2 "Campaign - corp - Admin"`, "<nil>"},
		{"scope-dropped", "email", about("/ims/userinfo/v2", "email"), `"ana@corp.example"`, "absent"},
		{"pkce-ignored", true, redeemed("code_verifier", "wrong"), "400 invalid_grant", "ok"},
		{"code-reusable", true, func(d desk) string {
			code := d.code()
			d.redeem("/ims/token/v3", code)
			return outcome(d.redeem("/ims/token/v3", code))
		}, "400 invalid_grant", "ok"},
		{"code-expired", true, redeemed(), "ok", "400 invalid_grant"},
		{"refresh-refused", true, refreshed(func(_ desk, _, second answered) string { return outcome(second) }), "ok", "400 invalid_grant"},
		{"refresh-rotates", true, refreshed(func(d desk, first, _ answered) string {
			return outcome(d.post("/ims/token/v3", form("grant_type", "refresh_token", "refresh_token", first.text("refresh_token"), "client_id", "Campaign1", "client_secret", "s3cret")))
		}), "ok", "400 invalid_grant"},
		{"refresh-id-token", true, idAgain("sub"), "no ID token", "the same"},
		{"refresh-subject-other", true, idAgain("sub"), "no ID token", "another"},
		{"refresh-issuer-other", true, idAgain("iss"), "no ID token", "another"},
		{"introspection-open", true, func(d desk) string {
			return fmt.Sprint(d.post("/ims/introspect", form("token", "x")).status, " ", d.post("/ims/revoke", form("token", "x"), "Authorization", basic("Campaign1", "wrong")).status)
		}, "404 400", "200 200"},
		{"introspection-open", true, metadata("introspection_endpoint"), "<nil>", "BASE/ims/introspect"},
		{"access-token-refused", true, about("/ims/profile/v1", "email"), `"ana@corp.example"`, "401"},
	}
}

func idTokenTrials() []trial {
	return []trial{
		{"id-token-issuer-ims", true, idMember(1, "iss"), "string BASE", "string BASE/ims"},
		{"id-token-issuer-wrong", true, idMember(1, "iss"), "string BASE", "string BASE1"},
		{"id-token-audience-wrong", true, idMember(1, "aud"), "string Campaign1", "string Campaign11"},
		{"id-token-audience-extra", true, idMember(1, "aud"), "string Campaign1", "[]interface {} [Campaign1 another-client]"},
		{"id-token-audience-list", true, idMember(1, "aud"), "string Campaign1", "[]interface {} [Campaign1]"},
		{"id-token-party-wrong", true, idMember(1, "azp"), "absent", "string another-client"},
		{"id-token-claim-missing", true, func(d desk) string { return idMember(1, "sub")(d)[:6] }, "string", "absent"},
		{"id-token-claim-missing", "nonce", idMember(1, "nonce"), "string the-nonce", "absent"},
		{"id-token-claim-missing", "iss", idMember(1, "iss"), "string BASE", "absent"},
		{"id-token-claim-missing", "aud", idMember(1, "aud"), "string Campaign1", "absent"},
		{"id-token-claim-missing", "exp", idTime("exp"), "86400", "no number"},
		{"id-token-claim-missing", "iat", idTime("iat"), "0", "no number"},
		{"id-token-claim-missing", "auth_time", idTime("auth_time"), "0", "no number"},
		{"id-token-claim-missing", "at_hash", func(d desk) string { return idMember(1, "at_hash")(d)[:6] }, "string", "absent"},
		{"id-token-nonce-wrong", true, idMember(1, "nonce"), "string the-nonce", "string the-nonce1"},
		{"id-token-nonce-wrong", "array", idMember(1, "nonce"), "string the-nonce", "[]interface {} [the-nonce]"},
		{"id-token-nonce-wrong", "empty", idMember(1, "nonce"), "string the-nonce", "string "},
		{"id-token-nonce-wrong", "number", idMember(1, "nonce"), "string the-nonce", "float64 1"},
		{"id-token-expired", true, idTime("exp"), "86400", "-360"},
		{"id-token-issued-in-future", true, idTime("iat"), "0", "600"},
		{"id-token-not-before-future", 90, idTime("nbf"), "no number", "90"},
		{"id-token-issued-long-ago", true, idTime("iat"), "0", "-604800"},
		{"id-token-times-odd", true, func(d desk) string { return idMember(1, "exp")(d)[:6] }, "float6", "string"},
		{"id-token-times-odd", "fraction", func(d desk) string {
			return fmt.Sprint(part(d.t, d.idToken(), 1)["exp"].(float64) == float64(int64(part(d.t, d.idToken(), 1)["exp"].(float64))))
		}, "true", "false"},
		{"id-token-times-odd", "negative", func(d desk) string { return idMember(1, "exp")(d)[:9] }, "float64 1", "float64 -"},
		{"id-token-times-odd", "huge", func(d desk) string { return fmt.Sprint(part(d.t, d.idToken(), 1)["exp"].(float64) > 1e200) }, "false", "true"},
		{"id-token-times-odd", "null", func(d desk) string { return idMember(1, "exp")(d)[:5] }, "float", "<nil>"},
		{"id-token-subject-odd", true, func(d desk) string { return fmt.Sprint(len(idMember(1, "sub")(d))) }, "56", "7"},
		{"id-token-subject-odd", "number", func(d desk) string { return idMember(1, "sub")(d)[:6] }, "string", "float6"},
		{"id-token-subject-odd", "array", func(d desk) string { return idMember(1, "sub")(d)[:6] }, "string", "[]inte"},
		{"id-token-subject-odd", "long", func(d desk) string { return fmt.Sprint(len(part(d.t, d.idToken(), 1)["sub"].(string))) }, "49", "256"},
		{"id-token-subject-odd", "control", func(d desk) string {
			return fmt.Sprint(strings.ContainsRune(part(d.t, d.idToken(), 1)["sub"].(string), 0))
		}, "false", "true"},
		{"id-token-hash-wrong", true, func(d desk) string {
			a := d.tokens()
			return fmt.Sprint(claims(d.t, a.text("id_token"))["at_hash"] == leftHalf(a.text("access_token")))
		}, "true", "false"},
		{"id-token-duplicate-member", true, idText(`"sub":`), "1", "2"},
		{"id-token-other-case-member", true, idText(`"SUB":`), "0", "1"},
		{"id-token-large", 20, func(d desk) string { return fmt.Sprint(len(d.idToken()) > 20<<10) }, "false", "true"},
		{"id-token-kid-missing", true, idMember(0, "kid"), "string ims_na1-key-1", "absent"},
		{"id-token-kid-missing", true, verdict, "good, key 1, bits 2048", "good, key 2, bits 2048"},
		{"id-token-kid-unknown", true, verdict, "good, key 1, bits 2048", "bad, tried 0"},
		{"id-token-kid-odd", true, idMember(0, "kid"), "string ims_na1-key-1", "string ../../../../etc/passwd"},
		{"id-token-kid-odd", "sql", idMember(0, "kid"), "string ims_na1-key-1", "string ' OR '1'='1"},
		{"id-token-kid-odd", "lines", idMember(0, "kid"), "string ims_na1-key-1", "string key\r\nX-Injected: 1\x00"},
		{"id-token-kid-odd", "long", func(d desk) string { return fmt.Sprint(len(part(d.t, d.idToken(), 0)["kid"].(string))) }, "13", "10240"},
		{"id-token-kid-odd", "number", idMember(0, "kid"), "string ims_na1-key-1", "float64 1"},
		{"id-token-algorithm", true, verdict, "good, key 1, bits 2048", "alg none"},
		{"id-token-algorithm", "NoNe", verdict, "good, key 1, bits 2048", "alg NoNe"},
		{"id-token-algorithm", "HS256-secret", hmacVerdict("s3cret"), "RS256 false", "HS256 true"},
		{"id-token-algorithm", "HS256-public-key", func(d desk) string { return hmacVerdict(publicPEM(d))(d) }, "RS256 false", "HS256 true"},
		{"id-token-algorithm", "RS384", verdict, "good, key 1, bits 2048", "alg RS384"},
		{"id-token-algorithm", "ES256", verdict, "good, key 1, bits 2048", "alg ES256"},
		{"id-token-signature-broken", true, verdict, "good, key 1, bits 2048", "bad, tried 1"},
		{"id-token-signed-by-other-key", true, verdict, "good, key 1, bits 2048", "bad, tried 1"},
		{"id-token-header-key", true, func(d desk) string { return idMember(0, "jwk")(d)[:6] }, "absent", "map[st"},
		{"id-token-header-key", true, verdict, "good, key 1, bits 2048", "bad, tried 2"},
		{"id-token-header-key", "jku", idMember(0, "jku"), "absent", "string BASE/standin/foreign-keys"},
		{"id-token-header-key", "x5u", func(d desk) string {
			return strings.TrimSuffix(strings.ReplaceAll(fmt.Sprint("string ", part(d.t, d.idToken(), 0)["x5u"]), d.URL, "BASE"), ".cer")
		}, "string ims_na1-key-1", "string BASE/keys/prod/ims_na1-key-foreign"},
		{"id-token-header-key", "x5c", headerKeySigns, "no key in the header", "the header's key signed, and no published one"},
		{"id-token-header-key", "jwk", headerKeySigns, "no key in the header", "the header's key signed, and no published one"},
		{"id-token-header-key", "kid", headerKeySigns, "no key in the header", "the header's key signed, and no published one, under ims_na1-key-1"},
		{"id-token-critical-header", true, idMember(0, "crit"), "absent", "[]interface {} [urn:example:unknown]"},
		{"id-token-type-of-another", true, idMember(0, "typ"), "absent", "string logout+jwt"},
		{"id-token-compact-form", true, verdict, "good, key 1, bits 2048", "2 parts"},
		{"id-token-compact-form", "four-parts", verdict, "good, key 1, bits 2048", "4 parts"},
		{"id-token-compact-form", "encrypted", verdict, "good, key 1, bits 2048", "5 parts"},
		{"id-token-compact-form", "padded", func(d desk) string { return fmt.Sprint(strings.Count(d.idToken(), "=")) }, "0", "5"},
		{"id-token-compact-form", "spaces", func(d desk) string { return fmt.Sprint(strings.Count(d.idToken(), " ")) }, "0", "2"},
		{"id-token-compact-form", "json", func(d desk) string { return d.idToken()[:1] }, "e", "{"},
	}
}

func personTrials() []trial {
	const list = `["Campaign - corp - Admin","Campaign - corp - Delivery opera`
	two := `2 "Campaign - corp - Admin"`
	groups := about("/ims/userinfo/v2", "groups")
	return []trial{
		{"email-missing", true, about("/ims/userinfo/v2", "email"), `"ana@corp.example"`, "absent"},
		{"email-missing", true, about("/ims/profile/v1", "email"), `"ana@corp.example"`, "absent"},
		{"email-missing", true, idMember(1, "email"), "string ana@corp.example", "absent"},
		{"email-unverified", true, about("/ims/userinfo/v2", "email_verified"), "true", "false"},
		{"email-unverified", true, about("/ims/profile/v1", "emailVerified"), `"true"`, `"false"`},
		{"email-verified-string", true, about("/ims/userinfo/v2", "email_verified"), "true", `"true"`},
		{"email-odd", true, about("/ims/userinfo/v2", "email"), `"ana@corp.example"`, `"ana@evil.example@corp.example"`},
		{"email-odd", "comma", about("/ims/profile/v1", "email"), `"ana@corp.example"`, `"ana@corp.example,admin@corp.example"`},
		{"email-odd", "lines", about("/ims/userinfo/v2", "email"), `"ana@corp.example"`, `"ana@corp.example\r\nX-Injected: 1"`},
		{"email-odd", "unicode", idMember(1, "email"), "string ana@corp.example", "string ana@\u212aorp.example"},
		{"userinfo-subject-other", true, func(d desk) string {
			return fmt.Sprint(about("/ims/userinfo/v2", "sub")(d) == fmt.Sprintf("%q", d.tokens().text("sub")))
		}, "true", "false"},
		{"userinfo-subject-missing", true, func(d desk) string { return fmt.Sprint(about("/ims/userinfo/v2", "sub")(d) == "absent") }, "false", "true"},
		{"profile-without-product-contexts", true, labels, two, "<nil>"},
		{"profile-shape", true, labels, two, "map[string]interface {}"},
		{"profile-shape", "string", labels, two, "string"},
		{"profile-shape", "null", labels, two, "<nil>"},
		{"profile-shape", "label-number", labels, two, "labels are float64"},
		{"profile-shape", "label-list", labels, two, "labels are []interface {}"},
		{"profile-shape", "array-of-texts", labels, two, "array of string"},
		{"profile-of-another", true, func(d desk) string {
			return fmt.Sprint(about("/ims/profile/v1", "authId")(d) == fmt.Sprintf("%q", d.tokens().text("sub")))
		}, "true", "false"},
		{"profile-of-another", true, about("/ims/profile/v1", "email"), `"ana@corp.example"`, `"another@corp.example"`},
		{"product-context-other", true, context1("serviceCode"), "dma_campaign_classic", "dma_campaign"},
		{"product-context-other", "dma_tartan", context1("serviceCode"), "dma_campaign_classic", "dma_tartan"},
		{"product-context-tenant-other", true, context1("tenant_id"), "corp", "another"},
		{"groups-direct-only", true, throughUserGroup("/ims/profile/v1"), "named", "not named"},
		{"groups-direct-only", true, throughUserGroup("/ims/userinfo/v2"), "named", "not named"},
		{"groups-direct-only", true, throughUserGroup("/ims/organizations/v5"), "named", "not named"},
		{"organization-other", true, context1("owningEntity"), "0123456789ABCDEF01234567@AdobeOrg", "FEDCBA987654321001234567@AdobeOrg"},
		{"organization-other", "AAAA@AdobeOrg", organization1("orgRef", "ident"), "string 0123456789ABCDEF01234567", "string AAAA"},
		{"organization-missing", true, organization1("orgRef", "ident"), "string 0123456789ABCDEF01234567", "string FEDCBA987654321001234567"},
		{"group-number-string", true, func(d desk) string { return organization1("groups", "ident")(d)[:6] }, "float6", "string"},
		{"groups-none", true, labels, two, `0 ""`},
		{"groups-many", 10000, labels, two, `10002 "Campaign - corp - Admin"`},
		{"groups-shape", true, groups, list, `"Campaign - corp - Admin,Campaign - corp - Delivery operator`},
		{"groups-shape", "string", groups, list, `"Campaign - corp - Admin Campaign - corp - Delivery operator`},
		{"groups-shape", "objects", groups, list, `[{"name":"Campaign - corp - Admin"},{"name":"Campaign - corp`},
		{"groups-shape", "numbers", func(d desk) string { return groups(d)[:2] }, `["`, "[3"},
		{"groups-shape", "ids", func(d desk) string { return fmt.Sprint(regexp.MustCompile(`^\["[0-9a-f]{24}"`).MatchString(groups(d))) }, "false", "true"},
		{"groups-shape", "paths", groups, list, `["/corp/Campaign - corp - Admin","/corp/Campaign - corp - De`},
		{"groups-shape", "dn", groups, list, `["CN=Campaign - corp - Admin,OU=groups,DC=corp,DC=example","`},
		{"groups-shape", "nested", func(d desk) string { return groups(d)[:3] }, `["C`, `[["`},
		{"groups-shape", "null", groups, list, "null"},
		{"groups-claim-renamed", true, about("/ims/userinfo/v2", "roles"), "absent", list},
		{"groups-overage", true, groups, list, "absent"},
		{"groups-overage", true, about("/ims/userinfo/v2", "_claim_names"), "absent", `{"groups":"src1"}`},
		{"groups-overage", true, idMember(1, "hasgroups"), "absent", "bool true"},
		{"groups-blanks", true, labels, two, `2 "Campaign - corp - Admin "`},
		{"groups-blanks", "leading", labels, two, `2 " Campaign - corp - Admin"`},
		{"groups-blanks", "doubled", labels, two, `2 "Campaign  -  corp  -  Admin"`},
		{"groups-blanks", "no-break", labels, two, `2 "Campaign\u00a0-\u00a0corp\u00a0-\u00a0Admin"`},
		{"groups-blanks", "zero-width", labels, two, `2 "Campaign - corp - Admin\u200b"`},
		{"groups-misspelled", true, labels, two, "2 \"Campaign \u2013 corp \u2013 Admin\""},
		{"groups-misspelled", "upper-case", labels, two, `2 "CAMPAIGN - CORP - ADMIN"`},
		{"groups-misspelled", "cyrillic", labels, two, "2 \"C\u0430mp\u0430ign - corp - Admin\""},
		{"groups-misspelled", "one-letter", labels, two, `2 "Campaign - corp - Admi"`},
	}
}

// Every switch does what its trial says, and nothing while it is off.
func TestEachSwitch(t *testing.T) {
	for _, tr := range trials() {
		t.Run(fmt.Sprintf("%s=%v", tr.name, tr.value), func(t *testing.T) {
			d := newDesk(t)
			d.Clock.Set(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
			d.Change(func(o *standin.Organization) {
				c := client(o, "Campaign1")
				c.Scopes = append(c.Scopes, "groups")
			})
			if got := tr.probe.run(d); got != tr.off {
				t.Errorf("while it is off: %q, wanted %q", got, tr.off)
			}
			d.Set(tr.name, tr.value)
			if got := tr.probe.run(d); got != tr.on {
				t.Errorf("while it is on: %q, wanted %q", got, tr.on)
			}
			d.Set(tr.name, false)
			if got := tr.probe.run(d); got != tr.off && !strings.HasPrefix(tr.name, "keys-rotate") {
				t.Errorf("after it was on: %q, wanted %q", got, tr.off)
			}
		})
	}
}

// No switch, and no choice of a switch, is without a trial.
func TestNoSwitchIsUntested(t *testing.T) {
	d := newDesk(t)
	tried := map[string]bool{}
	for _, tr := range trials() {
		value := fmt.Sprint(tr.value)
		for _, s := range d.Switches() {
			if s.Name == tr.name && tr.value == true {
				value = s.Default
			}
		}
		tried[tr.name], tried[tr.name+"="+value] = true, true
	}
	for _, tr := range transportTrials() {
		tried[tr.name], tried[tr.name+"="+tr.choice] = true, true
	}
	for _, s := range d.Switches() {
		if !tried[s.Name] {
			t.Errorf("the switch %s has no trial", s.Name)
		}
		for _, c := range s.Choices {
			if !tried[s.Name+"="+c] {
				t.Errorf("the choice %s of the switch %s has no trial", c, s.Name)
			}
		}
		delete(tried, s.Name)
	}
	for name := range tried {
		if !strings.Contains(name, "=") {
			t.Errorf("the trial of %s is for no switch", name)
		}
	}
}
