// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"slices"

	"github.com/usher-signin/usher/internal/store"
)

// auditActions lists every action that is recorded; a test holds it against
// what the program records.
func auditActions() []string {
	list := []string{store.ActionSignedIn, store.ActionSignInRefused, store.ActionRequestRefused, store.ActionSignedOut,
		"gateway-started", "gateway-stopped", "configuration-loaded", "configuration-refused", "configuration-mended",
		"session-ended", keyAdded, keyRotated, keyFinished, "database-backed-up", "database-restored", actionRehearsed}
	slices.Sort(list)
	return list
}
