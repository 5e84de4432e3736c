// SPDX-License-Identifier: Apache-2.0

package session

import (
	"slices"
	"sync"
	"unique"

	"github.com/usher-signin/usher"
)

// standings holds once what people with the same directory groups become here.
type standings struct {
	mu    sync.Mutex
	rules *Rules
	of    map[standing]*Judged
	bytes int // of the keys, which hold what people have in common for as long as they are here
}

// standing is what decides, as far as one can tell, what becomes of a person.
type standing struct {
	common  unique.Handle[string]
	vouched bool
}

// What is held is bounded; where everybody is in groups of their own there is
// nothing to share.
const (
	mostStandings     = 4096
	mostStandingBytes = 4 << 20
)

// judged gives the judgement of a session's person, whom the rules have made op
// of: that of others, where it says the same.
func (s *standings) judged(l *Live, rules *Rules, op usher.Operator) *Judged {
	if l.large != nil {
		return &Judged{rules: rules, alone: &op}
	}
	if own := l.owned(); op.Subject != own[1] || op.Name != own[2] || op.Email != "" && op.Email != own[3] {
		return &Judged{rules: rules, alone: &op}
	}
	by := standing{l.common, op.Email != ""}
	j := &Judged{rules: rules, standing: op, vouched: by.vouched}
	j.standing.Subject, j.standing.Name, j.standing.Email = "", "", ""
	j.standing.Groups, j.standing.Rights = slices.Clip(op.Groups), slices.Clip(op.Rights)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rules != rules {
		s.forget(rules)
	}
	if other := s.of[by]; other != nil {
		if other.alike(j) {
			return other
		}
		return &Judged{rules: rules, alone: &op} // an admission may look at more than what people share
	}
	size := len(by.common.Value())
	if len(s.of) >= mostStandings || s.bytes+size > mostStandingBytes {
		s.forget(rules)
	}
	if size <= mostStandingBytes {
		s.bytes += size
		s.of[by] = j
	}
	return j
}

func (j *Judged) alike(o *Judged) bool {
	a, b := &j.standing, &o.standing
	return a.Account == b.Account && a.Provider == b.Provider && slices.Equal(a.Groups, b.Groups) && slices.Equal(a.Rights, b.Rights)
}

// forget begins anew.
func (s *standings) forget(rules *Rules) {
	s.rules, s.of, s.bytes = rules, make(map[standing]*Judged), 0
}
