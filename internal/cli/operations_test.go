// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"regexp"

	"github.com/rogpeppe/go-internal/testscript"
)

var shownSession = regexp.MustCompile(`"id": "([0-9a-f]{12})`)

// grabsession puts the beginning of the id of the first session that was listed
// as JSON into SESSION.
func grabSession(ts *testscript.TestScript, neg bool, args []string) {
	found := shownSession.FindStringSubmatch(ts.ReadFile("stdout"))
	if neg || len(args) != 0 || found == nil {
		ts.Fatalf("no session was listed")
	}
	ts.Setenv("SESSION", found[1])
}
