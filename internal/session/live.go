// SPDX-License-Identifier: Apache-2.0

package session

import (
	"encoding/json"
	"sync/atomic"
	"time"
	"unique"

	"github.com/usher-signin/usher"
)

// Live is an open session in memory. There are as many as people signed in, so
// it is small and has few pointers for the garbage collector to follow: what
// many people have in common is held once for all of them.
type Live struct {
	lastSeen atomic.Int64 // microseconds, as all times here
	touched  atomic.Int64
	later    atomic.Int64 // the provider is not asked again before
	begun    int64
	expires  int64
	renewed  int64 // zero: the provider cannot be asked again
	judged   atomic.Pointer[Judged]
	host     unique.Handle[string]
	common   unique.Handle[string] // the encoded [common]
	own      string                // what follows, joined
	ends     [len(owned{})]uint16  // where each ends in own
	verified bool
	large    *usher.Session // a session that has no small form; nil: this is it
	// Own is for whoever keeps something of this one operator.
	Own atomic.Value
}

// common is what a session shares with those of other people.
type common struct {
	Account string
	Person  usher.Person // nothing in it that is one person's own
}

// owned is what is one session's own: login, subject, name, email, and the
// provider's name of the session.
type owned [5]string

func ownedBy(s *usher.Session) owned {
	return owned{s.Login, s.Person.Subject, s.Person.Name, s.Person.Email, s.ProviderSession}
}

func (o owned) into(s *usher.Session) {
	s.Login, s.Person.Subject, s.Person.Name, s.Person.Email, s.ProviderSession = o[0], o[1], o[2], o[3], o[4]
}

func newLive(s usher.Session) *Live {
	l := &Live{begun: s.Begun.UnixMicro(), expires: s.Expires.UnixMicro(), host: unique.Make(s.Host), verified: s.Person.EmailVerified}
	if !s.Renewed.IsZero() {
		l.renewed = s.Renewed.UnixMicro()
	}
	l.lastSeen.Store(s.LastSeen.UnixMicro())
	l.touched.Store(s.LastSeen.UnixMicro())
	if !l.shrink(s) {
		s.Sealed = nil
		l.large = &s
	}
	return l
}

// shrink puts the session's words in their small form, if they have one.
func (l *Live) shrink(s usher.Session) bool {
	var own []byte
	for i, text := range ownedBy(&s) {
		own = append(own, text...)
		if len(own) > 1<<16-1 {
			return false
		}
		l.ends[i] = uint16(len(own)) //nolint:gosec // bounded above
	}
	owned{}.into(&s)
	s.Person.EmailVerified = false
	shared, err := json.Marshal(common{s.Account, s.Person})
	if err != nil {
		return false
	}
	l.own, l.common = string(own), unique.Make(string(shared))
	return true
}

func (l *Live) owned() (o owned) {
	begin := uint16(0)
	for i, end := range l.ends {
		o[i], begin = l.own[begin:end], end
	}
	return o
}

// login is the reference of the attempt that opened the session.
func (l *Live) login() string {
	if l.large != nil {
		return l.large.Login
	}
	return l.own[:l.ends[0]]
}

// session gives the session as it stands, without its sealed part, which is
// not held in memory.
func (l *Live) session(k key) usher.Session {
	var s usher.Session
	if l.large != nil {
		s = *l.large
	} else {
		var c common
		if err := json.Unmarshal([]byte(l.common.Value()), &c); err != nil {
			return usher.Session{} // it was encoded here; should it happen, nobody is let in by it
		}
		s.Account, s.Person = c.Account, c.Person
		l.owned().into(&s)
	}
	s.ID, s.Host, s.Person.EmailVerified = k.id(), l.host.Value(), l.verified
	s.Begun, s.Expires, s.LastSeen = moment(l.begun), moment(l.expires), moment(l.lastSeen.Load())
	if l.renewed != 0 {
		s.Renewed = moment(l.renewed)
	}
	return s
}

func moment(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

func (l *Live) ended(now time.Time, idle time.Duration) bool {
	micros := now.UnixMicro()
	return micros >= l.expires || micros-l.lastSeen.Load() >= idle.Microseconds()
}

// age is how long ago the provider last said what the person holds.
func (l *Live) age(now time.Time) time.Duration { return now.Sub(moment(l.renewed)) }

// Judged is what one set of rules makes of a person. All people of whom it
// makes the same share it: what differs is their own subject, name and email.
type Judged struct {
	rules    *Rules
	standing usher.Operator  // without what is one person's own
	vouched  bool            // applications are told the email
	alone    *usher.Operator // one who is told of in a way of its own; nil: nobody is
	Cause    *usher.Cause    // why the person is not admitted; nil: the person is
	// Kept is for whoever wants to keep something as long as this judgement
	// stands, such as the headers made from it.
	Kept atomic.Value
}

// operator is what the session's person is here; nil: not admitted.
func (j *Judged) operator(l *Live) *usher.Operator {
	switch {
	case j.Cause != nil:
		return nil
	case j.alone != nil:
		return j.alone
	}
	op, own := j.standing, l.owned()
	op.Subject, op.Name = own[1], own[2]
	if j.vouched {
		op.Email = own[3]
	}
	return &op
}

// judge gives the session's person under the rules, judged once for each.
func (m *Manager) judge(k key, l *Live, rules *Rules) *Judged {
	if j := l.judged.Load(); j != nil && j.rules == rules {
		return j
	}
	s := l.session(k)
	op, cause := rules.Admit(s.Account, s.Person)
	j := &Judged{rules: rules, Cause: cause}
	if cause == nil {
		j = m.standings.judged(l, rules, op)
	}
	l.judged.Store(j)
	return j
}
