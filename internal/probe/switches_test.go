// SPDX-License-Identifier: Apache-2.0

package probe_test

import (
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/probe"
	"github.com/usher-signin/usher/standin"
	"github.com/usher-signin/usher/standin/standintest"
)

// seenByProbes says what the doctor finds while a switch of the stand-in is
// on: the codes of the root findings. A switch without a value stands for
// itself turned on; a code after a slash is that of an account of type OpenID
// Connect where it differs from an IMS account's, "-" where there is none.
func seenByProbes() map[string]string {
	return map[string]string{
		"discovery-issuer-wrong":                          "discovery-issuer",
		"discovery-issuer-slash":                          "discovery-issuer",
		"discovery-issuer-template":                       "discovery-issuer",
		"discovery-missing":                               "discovery-unreachable",
		"discovery-issuer-host":                           "discovery-issuer",
		"client-unknown":                                  "client-id-unknown",
		"client-disabled":                                 "client-grant",
		"client-secret-refused":                           "client-secret-wrong",
		"client-secret-refused=expired":                   "client-secret-wrong",
		"client-public":                                   "client-secret-wrong",
		"client-single-page":                              "client-platform",
		"token-basic-raw":                                 "-/client-secret-encoding",
		"callbacks-listed":                                "callback-not-listed",
		"callbacks-listed=slash":                          "callback-not-listed",
		"callbacks-listed=case":                           "callback-not-listed",
		"callbacks-listed=port":                           "callback-not-listed",
		"callbacks-listed=http":                           "callback-not-listed",
		"scope-not-provisioned":                           "scope-not-provisioned",
		"scope-spaces-only":                               "scope-not-provisioned/-",
		"certificate-expired":                             "certificate-expired",
		"certificate-expires-soon":                        "certificate-expires-soon",
		"certificate-hostname":                            "certificate-hostname",
		"certificate-unknown-authority":                   "certificate-unknown-authority",
		"certificate-intercepted":                         "certificate-intercepted",
		"tls-old":                                         "tls-old",
		"tls-missing":                                     "tls-missing",
		"discovery-member-missing":                        "discovery-invalid",
		"discovery-member-missing=issuer":                 "discovery-invalid",
		"discovery-member-missing=authorization_endpoint": "discovery-invalid",
		"discovery-member-missing=token_endpoint":         "discovery-invalid",
		"discovery-member-missing=userinfo_endpoint":      "discovery-invalid/-", // only IMS needs it
		"discovery-endpoints-http":                        "discovery-endpoint-http",
		"discovery-endpoints-elsewhere":                   "discovery-endpoint-host",
		"discovery-endpoints-outside":                     "discovery-invalid",
		"discovery-endpoints-outside=https://169.254.169.254/latest": "discovery-invalid",
		"discovery-endpoints-outside=https://10.1.2.3@[::1]/":        "discovery-invalid",
		"discovery-algorithms":                 "signing-algorithm",
		"discovery-algorithms=none":            "signing-algorithm",
		"discovery-algorithms=ES256":           "signing-algorithm",
		"discovery-pkce-plain":                 "pkce-not-offered",
		"discovery-shape":                      "discovery-invalid",
		"discovery-shape=string":               "discovery-invalid",
		"discovery-shape=null":                 "discovery-invalid",
		"keys-empty":                           "keys-empty",
		"keys-weak":                            "keys-weak",
		"keys-duplicate-id":                    "keys-ambiguous",
		"keys-private":                         "keys-private",
		"keys-many":                            "keys-unreachable", // more than a sign-in reads
		"keys-for-encryption":                  "keys-empty",
		"authorize-error":                      "provider-error",
		"authorize-error=unauthorized_client":  "provider-error", // the token endpoint knows the client
		"authorize-error=invalid_scope":        "scope-not-provisioned",
		"authorize-consent-required":           "provider-error",
		"state-altered":                        "state-unknown",
		"state-missing":                        "state-missing",
		"response-issuer-wrong":                "discovery-issuer",
		"response-issuer-announced-only":       "discovery-issuer",
		"response-in-fragment":                 "state-missing",
		"token-basic-only":                     "client-auth-style/-",
		"token-post-only":                      "-/client-auth-style",
		"token-refuses=unauthorized_client":    "client-grant",
		"token-refuses=unsupported_grant_type": "client-grant",
		"clock-skew":                           "clock-skew",
		"clock-skew=-90":                       "clock-skew",
		"hang":                                 "discovery-unreachable",
		"hang=on@discovery":                    "discovery-unreachable",
		"hang=on@keys":                         "keys-unreachable",
		"hang=on@authorize":                    "provider-unreachable",
		"hang=on@token":                        "provider-unreachable",
		"drip":                                 "discovery-unreachable",
		"drip=on@token":                        "provider-unreachable",
		"connection-reset":                     "discovery-unreachable",
		"connection-reset=within":              "discovery-unreachable",
		"connection-reset=before@authorize":    "provider-unreachable",
		"server-error":                         "discovery-unreachable",
		"server-error=503@keys":                "keys-unreachable",
		"answer-html":                          "captive-page",
		"answer-html=on@keys":                  "keys-unreachable",
		"answer-empty":                         "discovery-invalid",
		"answer-truncated":                     "discovery-invalid",
		"answer-twice":                         "discovery-invalid",
		"answer-duplicate-members":             "discovery-invalid",
		"answer-duplicate-members=on@keys":     "keys-unreachable",
		"answer-byte-order-mark":               "discovery-invalid",
		"answer-gzip-bomb":                     "discovery-invalid",
		"answer-gzip-bomb=64@keys":             "keys-unreachable",
		"answer-header-flood":                  "discovery-unreachable",
		"answer-endless":                       "discovery-invalid",
		"answer-deep":                          "discovery-invalid",
		"answer-redirect":                      "discovery-redirect",
		"answer-redirect=on@keys":              "keys-unreachable",
	}
}

// notSeenByProbes says why the probes find nothing while a switch is on. A
// name that ends in a star stands for all that begin so.
func notSeenByProbes() map[string]string {
	const (
		signIn  = "only a real sign-in gets as far as this"
		healthy = "nothing is wrong: a good client shrugs it off"
	)
	return map[string]string{
		"id-token*": signIn, "email*": signIn, "userinfo*": signIn, "profile*": signIn, "product-context*": signIn, "organization*": signIn, "group*": signIn,
		"keys-stale": signIn, "response-error-and-code": signIn, "response-code-twice": signIn, "response-without-code": signIn,
		"token-expiry": signIn, "token-type": signIn, "token-access-missing": signIn, "token-answer-shape": signIn,
		"scope-ignored": "scopes that are left out without a word show in the token answer of a real sign-in", "scope-dropped": signIn,
		"code-expired": signIn, "code-reusable": healthy, "access-token-refused": signIn, "refresh-*": signIn, "pkce-ignored": signIn,
		"token-refuses":             "invalid_grant is the right answer to a refresh token that nobody issued",
		"callback-unlisted-page":    "our callback is listed; see TestSituations for one that is not",
		"default-redirect-for-real": "our callback is listed; see TestSituations for one that is not",
		"discovery-moved":           "seen beside a running gateway that read the metadata before",
		"throttled":                 "the provider asks to be left alone: that says nothing of the sign-in, and the report says so",
		"discovery-member-missing=response_types_supported": "a sign-in does without it",
		"discovery-at-root": healthy, "keys-rotate-before-signing": healthy, "keys-without-id": healthy, "keys-odd-neighbors": healthy,
		"authorize-redirects-first": healthy, "authorize-forgets-sessions": healthy, "pkce-required": healthy, "response-issuer": healthy,
		"token-looks-at-code-first": "a refresh token that nobody issued still tells a right secret from a wrong one",
		"introspection-open":        healthy, "slow": healthy, "answer-content-type": healthy,
	}
}

func reasonFor(name, value string) string {
	for pattern, reason := range notSeenByProbes() {
		if pattern == name || pattern == name+"="+value {
			return reason
		}
		if start, ok := strings.CutSuffix(pattern, "*"); ok && strings.HasPrefix(name, start) {
			return reason
		}
	}
	return ""
}

// A setting is a switch with a value, and what is to be found while it is on.
type setting struct{ name, value, ims, oidc string }

func settings(t *testing.T, s *standintest.Standin) []setting {
	t.Helper()
	var out []setting
	wanted := seenByProbes()
	take := func(sw standin.Switch, value string) {
		key := sw.Name
		if value != "on" {
			key += "=" + value
		}
		want, seen := wanted[key]
		if !seen && reasonFor(sw.Name, value) == "" || seen && reasonFor(sw.Name, value) != "" && value == "on" {
			t.Errorf("%s: say what is found, or why nothing is, and not both", key)
		}
		ims, oidc, differs := strings.Cut(want, "/")
		if !differs {
			oidc = ims
		}
		out = append(out, setting{sw.Name, value, strings.Trim(ims, "-"), strings.Trim(oidc, "-")})
		delete(wanted, key)
	}
	for _, sw := range s.Switches() {
		take(sw, "on")
		for _, choice := range sw.Choices {
			if choice != sw.Default {
				take(sw, choice)
			}
		}
		for key := range seenByProbes() {
			if name, value, ok := strings.Cut(key, "="); ok && name == sw.Name && wanted[key] != "" {
				take(sw, value)
			}
		}
	}
	for key := range wanted {
		t.Errorf("%s is no switch", key)
	}
	return out
}

// Each switch of the stand-in is found out by the probes, or is listed as one
// that they cannot see. What is found is found alone.
func TestEachSwitch(t *testing.T) {
	for _, ims := range []bool{true, false} {
		t.Run(map[bool]string{true: "IMS", false: "OpenID Connect"}[ims], func(t *testing.T) {
			t.Parallel()
			s := newStandin(t)
			a := imsAccount(t, s)
			if !ims {
				a = oidcAccount(a)
			}
			all := settings(t, s)
			if len(all) < 127 {
				t.Fatalf("only %d settings", len(all))
			}
			for _, w := range all {
				t.Run(w.name+"="+w.value, func(t *testing.T) { w.try(t, s, a) })
			}
		})
	}
}

func (w setting) try(t *testing.T, s *standintest.Standin, a account) {
	s.ClearSwitches()
	s.Set("discovery-at-root", !a.ims)
	value, want := w.value, w.oidc
	if a.ims {
		want = w.ims
	}
	if w.name == "slow" {
		value = "50" // milliseconds: what is slower yet is the budget's test's
	}
	s.Set(w.name, value)
	x := examine(t, a, func(o *probe.Options) {
		if w.name == "hang" || w.name == "drip" {
			o.Each = time.Second
		}
	})
	if got := strings.Join(x.found(), " "); got != want {
		t.Errorf("found %q, wanted %q", got, want)
		for _, r := range x.results {
			if r.Finding() {
				t.Log(r.Code, r.Message, "saw", r.Saw, "wanted", r.Want)
			}
		}
	}
	x.hidesSecret(t)
}
