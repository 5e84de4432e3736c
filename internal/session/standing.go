// SPDX-License-Identifier: Apache-2.0

package session

import (
	"slices"
	"sync"
	"unique"

	"github.com/usher-signin/usher"
)

// standings holds once what people with the same directory groups become here:
// each operator would else have lists of the same names to itself.
type standings struct {
	mu    sync.Mutex
	rules *Rules
	of    map[unique.Handle[string]]usher.Operator
}

// mostStandings bounds what is held; where everybody is in groups of their own
// there is nothing to share.
const mostStandings = 4096

// share puts the lists and names that others have already in place of op's own,
// where they are the same.
func (s *standings) share(by unique.Handle[string], rules *Rules, op *usher.Operator) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rules != rules || len(s.of) >= mostStandings {
		s.rules, s.of = rules, make(map[unique.Handle[string]]usher.Operator)
	}
	other, known := s.of[by]
	if !known {
		s.of[by] = usher.Operator{Account: op.Account, Provider: op.Provider, Groups: slices.Clip(op.Groups), Rights: slices.Clip(op.Rights)}
		return
	}
	if other.Account == op.Account {
		op.Account = other.Account
	}
	if other.Provider == op.Provider {
		op.Provider = other.Provider
	}
	if slices.Equal(other.Groups, op.Groups) {
		op.Groups = other.Groups
	}
	if slices.Equal(other.Rights, op.Rights) {
		op.Rights = other.Rights
	}
}
