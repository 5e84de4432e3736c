// SPDX-License-Identifier: Apache-2.0

package checks_test

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/docs"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
)

func TestTable(t *testing.T) {
	form := regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)+$`)
	seen := make(map[usher.Code]bool)
	for _, c := range checks.All() {
		if !form.MatchString(string(c.Code)) {
			t.Errorf("%s: the code is not words joined by hyphens", c.Code)
		}
		if seen[c.Code] {
			t.Errorf("%s: the code is taken twice", c.Code)
		}
		for _, before := range c.After {
			if !seen[before] {
				t.Errorf("%s comes after %s, which is not listed before it", c.Code, before)
			}
		}
		seen[c.Code] = true
		if c.Holds == "" || strings.HasSuffix(c.Holds, ".") || c.Severity == "" || c.Layer == "" {
			t.Errorf("%s: no healthy sentence, severity or layer: %+v", c.Code, c)
		}
		if (c.Judge == nil) == (c.Review == nil) {
			t.Errorf("%s: it must judge facts or review results, one of them", c.Code)
		}
		if c.Reads&doctor.Config == 0 {
			t.Errorf("%s: it does not declare that it reads the configuration", c.Code)
		}
	}
}

// rootCodes are the codes that the root package names.
func rootCodes() []usher.Code {
	return []usher.Code{usher.CodeAccountMissing, usher.CodeAccountDisabled, usher.CodeAccountDuplicate, usher.CodeAccountLookalike, usher.CodeProductContextValue,
		usher.CodeProductContextMismatch, usher.CodeIMSServerURL, usher.CodeIMSServerDiffers, usher.CodeUserNotInGroup, usher.CodeMaskMatchesNothing, usher.CodeMaskKind,
		usher.CodeMaskBlanks, usher.CodeNameMisspelled, usher.CodeOperatorGroupUnknown, usher.CodeOperatorGroupUnreached, usher.CodeScopeNotProvisioned,
		usher.CodeCallbackNotHTTPS, usher.CodeCallbackNotListed, usher.CodeCallbackWrongInstance, usher.CodeClientIDUnknown, usher.CodeClientSecretWrong,
		usher.CodeRestartPending, usher.CodeHostedInstance,
		usher.CodeStateMissing, usher.CodeStateUnknown, usher.CodeStateExpired, usher.CodeStateCookieMissing, usher.CodeProviderError, usher.CodeProviderUnreachable,
		usher.CodeProviderMetadata, usher.CodeProviderIssuer, usher.CodeTokenRefused, usher.CodeIDTokenInvalid, usher.CodeProfileInvalid, usher.CodeOrganizationMismatch,
		usher.CodeTooManyGroups, usher.CodeApplicationRefused, usher.CodeAccessTokenRefused, usher.CodeApplicationUnknown, usher.CodeRequestNotCanonical, usher.CodeSessionStoreDown, usher.CodeAttemptUnfinished,
		usher.CodeTokenAnswerInvalid, usher.CodeGroupOverage, usher.CodeLoginLoop}
}

func TestEveryCodeOfTheRootHasACheck(t *testing.T) {
	all := checks.All()
	for _, code := range rootCodes() {
		if !slices.ContainsFunc(all, func(c doctor.Check) bool { return c.Code == code }) {
			t.Errorf("%s has no check", code)
		}
	}
}

// The root package says what a person sees when a sign-in ends with a code; the
// ranking must agree.
func TestSymptomsAgreeWithTheRoot(t *testing.T) {
	for _, c := range checks.All() {
		if s := c.Code.Symptom(); s != "" && c.Explains[s] == 0 {
			t.Errorf("%s: the root package says that it shows as %s, the check does not", c.Code, s)
		}
	}
	for _, s := range doctor.Symptoms() {
		if !slices.ContainsFunc(checks.All(), func(c doctor.Check) bool { return c.Explains[s.Symptom] == doctor.Typically }) {
			t.Errorf("the symptom %s has no typical cause", s.Symptom)
		}
	}
}

func TestEveryCheckHasAScenarioAndAPage(t *testing.T) {
	have := make(map[usher.Code]bool)
	for _, s := range scenarios(t) {
		have[s.code] = true
	}
	pages := make(map[usher.Code]bool)
	names, err := fs.Glob(docs.Checks, "checks/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		pages[usher.Code(strings.TrimSuffix(strings.TrimPrefix(n, "checks/"), ".md"))] = true
	}
	for _, c := range checks.All() {
		if !have[c.Code] {
			t.Errorf("%s has no scenario", c.Code)
		}
		if !pages[c.Code] {
			t.Errorf("%s has no page", c.Code)
		}
		delete(pages, c.Code)
		delete(have, c.Code)
	}
	for code := range pages {
		t.Errorf("the page %s belongs to no check", code)
	}
	for code := range have {
		t.Errorf("the scenario %s belongs to no check", code)
	}
}

// What a check declares to read is what it reads: nothing undeclared in any
// scenario, and each declared fact in at least one.
func TestReadsAreDeclared(t *testing.T) {
	read := make(map[usher.Code]doctor.Fact)
	for _, s := range append(scenarios(t), healthy(t)...) {
		halves := []string{"fails", "silent"}
		if s.code == "" {
			halves = halves[:1]
		}
		for _, half := range halves {
			c, _ := s.run(t, half)
			for _, check := range checks.All() {
				for code, facts := range doctor.Watch(check, c) {
					read[code] |= facts
				}
			}
		}
	}
	for _, c := range checks.All() {
		declared := c.Reads | c.Either | c.May
		if undeclared := read[c.Code] &^ declared; undeclared != 0 {
			t.Errorf("%s reads %s without declaring it", c.Code, undeclared)
		}
		if unread := declared &^ read[c.Code]; unread != 0 && c.Review == nil {
			t.Errorf("%s declares to read %s and never does", c.Code, unread)
		}
	}
}

// Every code that a pasted message points to is a check, and every symptom is known.
func TestRecognizedCodesExist(t *testing.T) {
	known := make(map[usher.Code]bool)
	for _, c := range checks.All() {
		known[c.Code] = true
	}
	symptoms := map[usher.Symptom]bool{"": true}
	for _, s := range doctor.Symptoms() {
		symptoms[s.Symptom] = true
	}
	for _, m := range doctor.Messages() {
		for _, code := range m.Codes {
			if !known[code] {
				t.Errorf("%q points to %s, which is no check", m.Quote, code)
			}
		}
		if !symptoms[m.Symptom] {
			t.Errorf("%q points to the symptom %s, which is not known", m.Quote, m.Symptom)
		}
	}
}
