// SPDX-License-Identifier: Apache-2.0

package usher_test

import (
	"slices"
	"testing"
	"time"

	"github.com/usher-signin/usher"
)

// Limits that other rooms, and the people who relied on them, count with.
func TestLimits(t *testing.T) {
	for what, row := range map[string]struct{ got, want any }{
		"R02 R18 a request target":       {usher.MaxTargetBytes, 8 << 10},
		"R06 a return target":            {usher.MaxReturnBytes, 2048},
		"R07 a sign-in on its way":       {usher.MaxPendingAge, 10 * time.Minute},
		"a ticket on its way":            {usher.MaxTicketAge, time.Minute},
		"R12 directory groups":           {usher.MaxGroups, 1000},
		"R12 a directory group's name":   {usher.MaxGroupBytes, 256},
		"H03 a mask":                     {usher.MaxMaskBytes, 1024},
		"usher's own pages":              {usher.Prefix, "/usher/"},
		"the callback":                   {usher.CallbackPath, "/usher/callback"},
		"the right product context":      {usher.ProductContextClassic, "dma_campaign_classic"},
		"what the vendor's product says": {usher.NoRightMatching, "Login does not have any right matching the expression"},
	} {
		if row.got != row.want {
			t.Errorf("%s: %v, want %v", what, row.got, row.want)
		}
	}
}

// Words that stand in files, databases, logs and metrics.
func TestWords(t *testing.T) {
	for typeName, want := range map[string][]string{
		"Step":        {"begin", "callback", "redeem", "verify", "profile", "admit", "session", "gate"},
		"Outcome":     {"begun", "signed-in", "refused"},
		"Severity":    {"error", "warning", "info"},
		"Symptom":     {"redirected-to-adobe", "no-right-matching", "login-page-unreachable", "client-console-cache"},
		"Environment": {"production", "stage", "development"},
		"Deployment":  {"on-premise", "hybrid", "hosted"},
		"AccountType": {"Adobe Marketing Cloud", "Adobe Experience Cloud", "OpenID Connect"},
		"MaskKind":    {"prefix", "pattern"},
	} {
		if got := declaredStrings(t, typeName); !slices.Equal(got, want) {
			t.Errorf("%s has the words %q, want %q", typeName, got, want)
		}
	}
}
