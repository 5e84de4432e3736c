// SPDX-License-Identifier: Apache-2.0

package probe_test

import (
	"testing"

	"github.com/usher-signin/usher/standin"
	"github.com/usher-signin/usher/standin/standintest"
)

// newStandin starts a stand-in whose client has the canary as its secret.
func newStandin(t *testing.T) *standintest.Standin {
	t.Helper()
	s := standintest.Start(t)
	s.Change(func(o *standin.Organization) { o.Clients[0].Secrets = []string{canary} })
	return s
}

// A provider in order gives no finding.
func TestHealthyStandin(t *testing.T) {
	s := newStandin(t)
	x := examine(t, imsAccount(t, s))
	if got := x.found(); len(got) > 0 {
		t.Errorf("found %v", got)
	}
}
