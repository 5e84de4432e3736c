// SPDX-License-Identifier: Apache-2.0

package session

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"weak"

	"github.com/google/go-cmp/cmp"

	"github.com/usher-signin/usher"
)

// admits makes rules under which people become what their directory groups
// say, with lists of their own for each.
func admits(mark string) *Rules {
	return &Rules{Admit: func(account string, p usher.Person) (usher.Operator, *usher.Cause) {
		op := usher.Operator{Account: strings.Clone(account), Provider: strings.Clone(p.Provider), Subject: p.Subject, Name: p.Name, Email: p.Email}
		for _, g := range p.Groups {
			op.Groups = append(op.Groups, mark+g.Group)
			op.Rights = append(op.Rights, mark+"right of "+g.Group)
		}
		if strings.HasPrefix(p.Subject, "barred") {
			return usher.Operator{}, &usher.Cause{Code: usher.CodeUserNotInGroup}
		}
		return op, nil
	}}
}

func crowd(d packer) []usher.Session {
	var all []usher.Session
	for i := range 400 {
		s := usher.Session{Account: []string{"MAC", "OIDC"}[d.IntN(2)], Person: usher.Person{Provider: "https://p.test", Subject: fmt.Sprintf("s%d", i), Name: d.text(), Email: d.text()}}
		for _, g := range []string{"Admin", "Readers", "Delivery operators"} {
			if d.IntN(2) == 0 {
				s.Person.Groups = append(s.Person.Groups, usher.Membership{Group: g})
			}
		}
		if d.IntN(10) == 0 {
			s.Person.Subject = fmt.Sprintf("barred%d", i)
		}
		all = append(all, s)
	}
	return all
}

// TestJudgedAsIfAlone: whoever else is signed in, a person becomes what the
// rules say of that person alone.
func TestJudgedAsIfAlone(t *testing.T) {
	d := newPacker(t)
	m := &Manager{}
	all := crowd(d)
	lives := make([]*Live, len(all))
	for i, s := range all {
		lives[i] = newLive(s)
	}
	for _, rules := range []*Rules{admits("a "), admits("b "), admits("a ")} {
		for _, i := range d.Perm(len(all)) {
			want, cause := rules.Admit(all[i].Account, all[i].Person)
			j := m.judge(key{byte(i), byte(i >> 8)}, lives[i], rules)
			switch op := j.operator(lives[i]); {
			case (cause != nil) != (j.Cause != nil) || (op == nil) != (cause != nil):
				t.Fatalf("%s is judged %v, alone %v", all[i].Person.Subject, j.Cause, cause)
			case op != nil && cmp.Diff(want, *op) != "":
				t.Fatalf("among others a person becomes somebody else (-alone +among others):\n%s", cmp.Diff(want, *op))
			}
			if again := m.judge(key{}, lives[i], rules); again != j {
				t.Fatalf("%s was judged twice under the same rules", all[i].Person.Subject)
			}
		}
	}
}

// stand has the session of somebody with these groups judged.
func stand(s *standings, rules *Rules, account, subject string, groups ...string) (*Judged, *usher.Operator) {
	l := newLive(usher.Session{Account: account, Person: usher.Person{Subject: subject}})
	j := s.judged(l, rules, usher.Operator{Account: strings.Clone(account), Provider: strings.Clone("p"), Subject: subject, Groups: slices.Grow(slices.Clone(groups), 8), Rights: slices.Clone(groups)})
	return j, j.operator(l)
}

func TestStandingsAreHeldOnce(t *testing.T) {
	var s standings
	rules := &Rules{}
	first, ana := stand(&s, rules, "MAC", "ana", "Admin", "Readers")
	second, ben := stand(&s, rules, "MAC", "ben", "Admin", "Readers")
	if first != second {
		t.Error("two people with the same groups are judged apart")
	}
	if ana.Subject != "ana" || ben.Subject != "ben" {
		t.Errorf("they are %q and %q", ana.Subject, ben.Subject)
	}
	// Whoever adds to one list does not add to another's.
	_, cid := stand(&s, rules, "MAC", "cid", "Admin", "Readers")
	root, other, third := append(ben.Groups, "Root"), append(ana.Groups, "Other"), append(cid.Groups, "Third")
	if root[2] != "Root" || other[2] != "Other" || third[2] != "Third" {
		t.Errorf("what was added to one list came into another: %q, %q, %q", root, other, third)
	}
	// An admission may look at more than what is shared.
	if _, eve := stand(&s, rules, "MAC", "eve", "Readers"); !slices.Equal(eve.Groups, []string{"Readers"}) || !slices.Equal(eve.Rights, []string{"Readers"}) || eve.Subject != "eve" {
		t.Errorf("somebody with other groups became %+v", eve)
	}
	if j, _ := stand(&s, rules, "OIDC", "dan", "Admin", "Readers"); j == first {
		t.Error("people of two accounts share a judgement")
	}
	if j, _ := stand(&s, &Rules{}, "MAC", "kim", "Admin", "Readers"); j == first {
		t.Error("what other rules made is handed out under new ones")
	}
}

// TestOnlyWhatIsTheSameIsShared: an admission may say of a person what the
// provider does not, and of each other things.
func TestOnlyWhatIsTheSameIsShared(t *testing.T) {
	for name, op := range map[string]usher.Operator{
		"as the provider says": {Account: "MAC", Provider: "p", Subject: "ana", Name: "Ana", Email: "ana@corp.example", Groups: []string{"Admin"}},
		"no email":             {Account: "MAC", Provider: "p", Subject: "ana", Name: "Ana", Groups: []string{"Admin"}},
		"another email":        {Account: "MAC", Provider: "p", Subject: "ana", Name: "Ana", Email: "root@corp.example", Groups: []string{"Admin"}},
		"another name":         {Account: "MAC", Provider: "p", Subject: "ana", Name: "ANA", Email: "ana@corp.example", Groups: []string{"Admin"}},
		"another subject":      {Account: "MAC", Provider: "p", Subject: "ANA", Name: "Ana", Email: "ana@corp.example", Groups: []string{"Admin"}},
		"another account":      {Account: "OIDC", Provider: "p", Subject: "ana", Name: "Ana", Email: "ana@corp.example", Groups: []string{"Admin"}},
		"another provider":     {Account: "MAC", Provider: "q", Subject: "ana", Name: "Ana", Email: "ana@corp.example", Groups: []string{"Admin"}},
		"other rights":         {Account: "MAC", Provider: "p", Subject: "ana", Name: "Ana", Email: "ana@corp.example", Groups: []string{"Admin"}, Rights: []string{"all"}},
	} {
		var s standings
		rules := &Rules{}
		at := func(subject, name, email string) *Live {
			return newLive(usher.Session{Account: "MAC", Person: usher.Person{Subject: subject, Name: name, Email: email}})
		}
		ben := usher.Operator{Account: "MAC", Provider: "p", Subject: "ben", Name: "Ben", Email: "ben@corp.example", Groups: []string{"Admin"}}
		bens := at("ben", "Ben", "ben@corp.example")
		judged := s.judged(bens, rules, ben)
		anas := at("ana", "Ana", "ana@corp.example")
		if got := s.judged(anas, rules, op).operator(anas); cmp.Diff(op, *got) != "" {
			t.Errorf("%s: %s", name, cmp.Diff(op, *got))
		}
		if got := judged.operator(bens); cmp.Diff(ben, *got) != "" {
			t.Errorf("%s: the other one became %s", name, cmp.Diff(ben, *got))
		}
	}
}

// TestSessionsShareTheirStandings: those of people with the same directory groups do.
func TestSessionsShareTheirStandings(t *testing.T) {
	m, rules := &Manager{}, admits("")
	judge := func(subject string) *Judged {
		return m.judge(key{}, newLive(usher.Session{Account: "MAC", Person: usher.Person{Subject: subject, Groups: []usher.Membership{{Group: "Admin"}}}}), rules)
	}
	if judge("ana") != judge("ben") {
		t.Error("two people do not share the judgement that is the same of both")
	}
}

// TestStandingsAreBounded: many, or large ones, are not held for ever.
func TestStandingsAreBounded(t *testing.T) {
	var s standings
	rules := &Rules{}
	for i := range 3 * mostStandings {
		stand(&s, rules, fmt.Sprint("common ", i), "x", "Admin")
		if len(s.of) > mostStandings {
			t.Fatalf("%d are held", len(s.of))
		}
	}
	s = standings{}
	held := 0
	for i := range 200 {
		stand(&s, rules, fmt.Sprint(i, strings.Repeat(" group", 30_000)), "x", "Admin")
		held = 0
		for k := range s.of {
			held += len(k.common.Value())
		}
		if held > mostStandingBytes {
			t.Fatalf("%d bytes are held after %d people", held, i+1)
		}
	}
	if held == 0 {
		t.Error("large ones are not held at all")
	}
}

// TestStandingsAreFreed: new rules let go of what the old ones made.
func TestStandingsAreFreed(t *testing.T) {
	m := &Manager{}
	live := newLive(usher.Session{Account: "MAC", Person: usher.Person{Subject: "ana", Groups: []usher.Membership{{Group: "Admin"}}}})
	old := weak.Make(&m.judge(key{}, live, admits("old ")).operator(live).Groups[0])
	runtime.GC()
	if old.Value() == nil {
		t.Fatal("it is gone while it is in use: the test would see nothing")
	}
	now := m.judge(key{}, live, admits("new "))
	runtime.GC()
	runtime.GC()
	if old.Value() != nil {
		t.Error("the lists of rules that are no longer in force are still held")
	}
	runtime.KeepAlive(live)
	if got := now.operator(live).Groups; !slices.Equal(got, []string{"new Admin"}) {
		t.Errorf("under new rules the groups are %q", got)
	}
}
