// SPDX-License-Identifier: Apache-2.0

package usher_test

import (
	"slices"
	"testing"
	"time"

	"github.com/usher-signin/usher"
)

func TestGroupNames(t *testing.T) {
	p := usher.Person{Groups: []usher.Membership{{Group: "b", Source: "profile"}, {Group: "a"}, {Group: "b", Source: "organizations"}, {Group: "B"}, {Group: ""}}}
	if got := p.GroupNames(); !slices.Equal(got, []string{"b", "a", "B", ""}) {
		t.Errorf("got %q, want each once, in order, case kept", got)
	}
	if got := (usher.Person{}).GroupNames(); got != nil {
		t.Errorf("no groups are %q", got)
	}
}

func TestOperatorIn(t *testing.T) {
	op := &usher.Operator{Groups: []string{"Admin"}}
	if !op.In("Admin") || op.In("admin") || op.In("") || op.In("Adm") {
		t.Error("In does not compare names byte for byte")
	}
	if (*usher.Operator)(nil).In("Admin") || (*usher.Operator)(nil).In("") {
		t.Error("nobody is in a group")
	}
}

func TestOrganizationAnswers(t *testing.T) {
	o := &usher.Organization{
		Clients: []usher.Client{{ID: "one"}, {ID: "two", DefaultRedirectURL: "https://www.adobe.com/"}},
		Groups: []usher.DirectoryGroup{
			{Name: "b", Members: []string{"Ana@corp.example", "ana@CORP.example"}},
			{Name: "a", Members: []string{"ben@corp.example"}},
			{Name: "c", Members: []string{"ben@corp.example", "ana@corp.example"}},
		},
	}
	if c, ok := o.Client("two"); !ok || c.ID != "two" || c.DefaultRedirectURL == "" {
		t.Errorf("got %+v, %v", c, ok)
	}
	for _, id := range []string{"", "Two", "three"} {
		if c, ok := o.Client(id); ok || c.ID != "" {
			t.Errorf("the client %q is %+v, %v", id, c, ok)
		}
	}
	if got := o.GroupNames(); !slices.Equal(got, []string{"b", "a", "c"}) {
		t.Errorf("group names %q", got)
	}
	if got := o.GroupsOf("ANA@corp.example"); !slices.Equal(got, []string{"b", "c"}) {
		t.Errorf("ana is in %q", got)
	}
	if got := o.GroupsOf("ana"); got != nil {
		t.Errorf("half an address is in %q", got)
	}
}

// Unknown is not empty: Directory of an Admission is nil where nothing is known.
func TestUnknownOrganization(t *testing.T) {
	var unknown *usher.Organization
	if _, ok := unknown.Client("one"); ok || unknown.GroupNames() != nil || unknown.GroupsOf("ana@corp.example") != nil {
		t.Error("an organization that is not known says something")
	}
	if (&usher.Organization{}).GroupNames() == nil {
		t.Error("an organization that is known to have no groups passes for one that is not known")
	}
}

func TestSessionEnded(t *testing.T) {
	begun := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	s := usher.Session{Begun: begun, LastSeen: begun.Add(time.Hour), Expires: begun.Add(10 * time.Hour)}
	const idle = 30 * time.Minute
	for _, row := range []struct {
		what  string
		s     usher.Session
		now   time.Time
		idle  time.Duration
		ended bool
	}{
		{"just seen", s, s.LastSeen, idle, false},
		{"a moment before idle", s, s.LastSeen.Add(idle - 1), idle, false},
		{"idle", s, s.LastSeen.Add(idle), idle, true},
		{"the clock went back", s, begun.Add(-time.Hour), idle, false},
		{"a moment before its end", usher.Session{LastSeen: s.Expires, Expires: s.Expires}, s.Expires.Add(-1), idle, false},
		{"at its end", usher.Session{LastSeen: s.Expires, Expires: s.Expires}, s.Expires, idle, true},
		{"after its end", usher.Session{LastSeen: s.Expires, Expires: s.Expires}, s.Expires.Add(time.Hour), 100 * time.Hour, true},
		{"no idle time at all", s, s.LastSeen, 0, true},
		{"the zero session", usher.Session{}, begun, idle, true},
	} {
		t.Run(row.what, func(t *testing.T) {
			if got := row.s.Ended(row.now, row.idle); got != row.ended {
				t.Errorf("ended: %v", got)
			}
		})
	}
}

// A person is in the groups that name a user group which names the person.
func TestGroupsThroughAUserGroup(t *testing.T) {
	o := &usher.Organization{Groups: []usher.DirectoryGroup{
		{Name: "Campaign - corp - Admin", UserGroups: []string{"Everybody"}},
		{Name: "Everybody", UserGroup: true, Members: []string{"Ana@corp.example"}},
		{Name: "Other", UserGroups: []string{"Nobody", "Campaign - corp - Admin"}},
	}}
	if got := o.GroupsOf("ana@corp.example"); !slices.Equal(got, []string{"Campaign - corp - Admin", "Everybody"}) {
		t.Errorf("Ana is in %q", got)
	}
}
