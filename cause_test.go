// SPDX-License-Identifier: Apache-2.0

package usher_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"testing"

	"github.com/usher-signin/usher"
)

func TestCauseAsError(t *testing.T) {
	for _, row := range []struct {
		cause usher.Cause
		want  string
	}{
		{usher.Cause{Code: "state-unknown"}, "state-unknown"},
		{usher.Cause{Code: "mask-kind", Subject: "C"}, "mask-kind (C)"},
		{usher.Cause{Code: "mask-kind", Saw: "x"}, "mask-kind: saw x"},
		{usher.Cause{Code: "mask-kind", Subject: "C", Saw: "x", Want: "y", Detail: "z"}, "mask-kind (C): saw x, wanted y; z"},
		{usher.Cause{Code: "mask-kind", Want: "y"}, "mask-kind, wanted y"},
		{usher.Cause{Code: "mask-kind", Detail: "z"}, "mask-kind; z"},
	} {
		if got := row.cause.Error(); got != row.want {
			t.Errorf("got %q, want %q", got, row.want)
		}
		var c *usher.Cause
		if err := fmt.Errorf("wrapped: %w", &row.cause); !errors.As(err, &c) || c != &row.cause {
			t.Errorf("%v is not found in its wrapping", row.cause)
		}
	}
}

func TestCauseAt(t *testing.T) {
	c := &usher.Cause{Step: usher.StepBegin, Code: "mask-kind", Saw: "x"}
	d := c.At(usher.StepGate)
	if want := (usher.Cause{Step: usher.StepGate, Code: "mask-kind", Saw: "x"}); *d != want || c.Step != usher.StepBegin {
		t.Errorf("got %+v, and the original is %+v", d, c)
	}
	if (*usher.Cause)(nil).At(usher.StepGate) != nil {
		t.Error("no cause became one")
	}
}

// Codes are for ever; what readers of the JSON rely on is written out here.
func TestCauseAsJSON(t *testing.T) {
	out, err := json.Marshal(usher.Cause{Step: usher.StepAdmit, Code: usher.CodeMaskKind, Subject: "s", Saw: "x", Want: "y", Detail: "d"})
	if want := `{"step":"admit","code":"mask-kind","subject":"s","saw":"x","want":"y","detail":"d"}`; err != nil || string(out) != want {
		t.Errorf("got %s, %v, want %s", out, err, want)
	}
}

func TestCodes(t *testing.T) {
	symptoms := map[usher.Code]usher.Symptom{
		"external-account-missing": "", "external-account-disabled": "", "external-account-duplicate": "", "external-account-lookalike": "",
		"product-context-value": "no-right-matching", "product-context-mismatch": "no-right-matching",
		"ims-server-url": "login-page-unreachable", "ims-server-differs": "",
		"user-not-in-group": "no-right-matching", "mask-matches-nothing": "no-right-matching", "mask-kind": "no-right-matching", "mask-blanks": "no-right-matching",
		"name-misspelled": "no-right-matching", "operator-group-unknown": "no-right-matching", "operator-group-unreachable": "",
		"scope-not-provisioned": "login-page-unreachable",
		"callback-not-https":    "redirected-to-adobe", "callback-not-listed": "redirected-to-adobe", "callback-wrong-instance": "redirected-to-adobe",
		"client-id-unknown": "login-page-unreachable", "client-secret-wrong": "", "restart-pending": "", "hosted-instance": "",
		"state-missing": "", "state-unknown": "", "state-expired": "", "state-cookie-missing": "", "provider-error": "",
		"provider-unreachable": "login-page-unreachable", "discovery-invalid": "", "discovery-issuer": "", "token-refused": "", "id-token-invalid": "",
		"profile-invalid": "", "organization-mismatch": "no-right-matching", "groups-too-many": "no-right-matching",
		"group-overage": "no-right-matching", "token-answer-invalid": "",
		"application-refused": "", "application-unknown": "", "request-not-canonical": "", "session-store-down": "", "attempt-unfinished": "",
		"login-loop": "", "access-token-refused": "",
	}
	form := regexp.MustCompile(`^[a-z]+(-[a-z]+)+$`)
	declared := declaredStrings(t, "Code")
	for _, code := range declared {
		want, known := symptoms[usher.Code(code)]
		if !known {
			t.Errorf("the code %q is new: add it here, with its symptom; or it was renamed, which codes never are", code)
		}
		if got := usher.Code(code).Symptom(); got != want {
			t.Errorf("%s is seen as %q, want %q", code, got, want)
		}
		if !form.MatchString(code) {
			t.Errorf("%q is not words joined by hyphens", code)
		}
	}
	if len(declared) != len(symptoms) {
		t.Errorf("%d codes are declared, %d are known here: a code was dropped or is declared twice", len(declared), len(symptoms))
	}
	if got := usher.Code("no-such-code").Symptom(); got != "" {
		t.Errorf("an unknown code is seen as %q", got)
	}
}
