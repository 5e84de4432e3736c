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
	bytes int // of the keys, which hold what people have in common for as long as they are here
}

// What is held is bounded; where everybody is in groups of their own there is
// nothing to share.
const (
	mostStandings     = 4096
	mostStandingBytes = 4 << 20
)

// share puts the lists and names that others have already in place of op's own,
// where they are the same. The zero handle, of a session that has no small form,
// shares nothing.
func (s *standings) share(by unique.Handle[string], rules *Rules, op *usher.Operator) {
	if by == (unique.Handle[string]{}) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rules != rules {
		s.forget(rules)
	}
	other, known := s.of[by]
	if !known {
		size := len(by.Value())
		if len(s.of) >= mostStandings || s.bytes+size > mostStandingBytes {
			s.forget(rules)
		}
		if size > mostStandingBytes {
			return
		}
		s.bytes += size
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

// forget begins anew.
func (s *standings) forget(rules *Rules) {
	s.rules, s.of, s.bytes = rules, make(map[unique.Handle[string]]usher.Operator), 0
}
