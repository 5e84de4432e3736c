// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"slices"

	"github.com/usher-signin/usher/internal/doctor"
)

// All lists every check, most upstream first: a failure early in the list is
// the likelier cause of one later in it.
func All() []doctor.Check {
	return slices.Concat(
		instance(),
		suppressions(),
		account(),
		leftovers(),
		compare(),
		product(),
		organization(),
		endpoint(),
		tenant(),
		server(),
		node(),
		network(),
		certificate(),
		clock(),
		discovery(),
		keys(),
		clientID(),
		callback(),
		callbackList(),
		scope(),
		scopeWords(),
		clientSecret(),
		clientStyle(),
		secret(),
		edge(),
		flow(),
		mask(),
		maskText(),
		text(),
		groupWords(),
		group(),
		ambiguous(),
		person(),
		application(),
		upstream(),
		program(),
		attempt(),
		recent(),
		received(),
		since(),
	)
}
