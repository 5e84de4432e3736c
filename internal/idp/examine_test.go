// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"strings"
	"testing"
	"time"

	usher "github.com/usher-signin/usher"
)

func examine(t *testing.T, op *evilOP, nonce, access string) (failed, moot string, n int) {
	t.Helper()
	checks, cause := op.client(t).Examine(t.Context(), usher.NewSecret(op.signed()), nonce, usher.NewSecret(access))
	if cause != nil {
		t.Fatal(cause)
	}
	var f, m []string
	for _, c := range checks {
		if c.Cause != nil {
			f = append(f, c.ID)
			if strings.Contains(c.Cause.Error(), "canary") {
				t.Errorf("%s shows a secret: %v", c.ID, c.Cause)
			}
		}
		if c.Moot {
			m = append(m, c.ID)
		}
	}
	return strings.Join(f, " "), strings.Join(m, " "), len(checks)
}

func TestExamineReportsAllChecks(t *testing.T) {
	all := len(tokenChecks()) + 1
	for name, row := range map[string]struct {
		do           func(*evilOP)
		failed, moot string
	}{
		"good": {func(*evilOP) {}, "", ""},
		"many": {func(op *evilOP) {
			op.key = rsaKeys[1]()
			op.claims["iss"], op.claims["aud"], op.claims["azp"] = "x", "y", "z"
			op.claims["exp"], op.claims["iat"], op.claims["nbf"] = 1, 1, clock.Add(time.Hour).Unix()
			op.claims["nonce"], op.claims["sub"], op.claims["at_hash"] = "other", "", "wrong"
			op.header["typ"] = "at+jwt"
		}, "typ signature iss aud azp exp iat nbf nonce sub at_hash", ""},
		"unsigned": {func(op *evilOP) { op.idToken = b64JSON(map[string]any{"alg": "none"}) + "." + b64JSON(op.claims) + "." }, "alg", "signature at_hash"},
		"crit":     {header("crit", []string{"x"}), "crit", "signature at_hash"},
		"garbage": {func(op *evilOP) { op.idToken = "garbage" }, "form",
			"alg typ crit signature iss aud azp exp iat nbf nonce sub at_hash"},
	} {
		op := newOP(t, false)
		row.do(op)
		failed, moot, n := examine(t, op, canaryNonce, canaryAccess)
		if failed != row.failed || moot != row.moot || n != all {
			t.Errorf("%s: failed %q, moot %q, %d of %d", name, failed, moot, n, all)
		}
	}
	op := newOP(t, false)
	if failed, moot, _ := examine(t, op, "", ""); failed != "nonce" || moot != "at_hash" {
		t.Errorf("without nonce and access token: failed %q, moot %q", failed, moot)
	}
}

// Each check is needed: with any one of them left out of the list, some bad
// token would pass.
func TestEveryCheckStopsATokenThatAllOthersPass(t *testing.T) {
	alone := map[string]func(*evilOP){
		"alg": func(op *evilOP) {
			op.key, op.header["alg"], op.jwks = ecKey(), "ES256", []map[string]any{publicJWK("k1", ecKey())}
		},
		"typ": header("typ", "logout+jwt"), "crit": header("b64", true),
		"signature": func(op *evilOP) { op.key = rsaKeys[1]() },
		"iss":       claim("iss", "x"), "aud": claim("aud", "x"), "azp": claim("azp", "x"), "exp": claim("exp", 1), "iat": claim("iat", 1),
		"nbf": claim("nbf", clock.Add(time.Hour).Unix()), "nonce": claim("nonce", "x"), "sub": claim("sub", "\x00"), "at_hash": claim("at_hash", "x"),
	}
	for _, check := range tokenChecks() {
		do, known := alone[check.id]
		if !known {
			t.Errorf("no token fails %s alone", check.id)
			continue
		}
		op := newOP(t, false)
		do(op)
		if failed, _, _ := examine(t, op, canaryNonce, canaryAccess); failed != check.id {
			t.Errorf("%s: failed %q", check.id, failed)
		}
	}
}

func TestClockThatIsWrongIsSaid(t *testing.T) {
	op := newOP(t, false) // its Date header is today's, the bubble's clock is not
	op.claims["exp"] = 1
	_, cause := op.client(t).Redeem(t.Context(), redemption())
	if cause == nil || cause.Subject != "exp" || (time.Since(clock).Abs() > maxSkew) != strings.Contains(cause.Detail, "they differ by") {
		t.Errorf("%v", cause)
	}
}
