// SPDX-License-Identifier: Apache-2.0

package pages

import (
	"time"
	"unicode"
)

// Open is an application and whether the operator may use it.
type Open struct {
	Name, URL string
	May       bool
}

// Home shows who is signed in, what they may open, and until when.
type Home struct {
	Name, Email  string
	Groups       []string // operator groups
	Rights       []string
	Applications []Open
	Now          time.Time
	Ends         time.Time     // the session's absolute end, in the zone to be shown; zero: not told
	IdleAfter    time.Duration // how long one may do nothing; zero: not told
}

func (Home) name() string          { return "home" }
func (Home) heading(w tables) said { return w.say("home.title") }
func (Home) mood(tables) mood      { return mood{"wide", ""} }

// Left is how long the session lasts yet.
func (v Home) Left() time.Duration { return v.Ends.Sub(v.Now) }

// SignedOut says that one is signed out.
type SignedOut struct {
	Provider string // label of the account one had signed in with; empty: not told
	There    bool   // one is signed out there as well
	Again    string // address to sign in again; empty: one's own page
}

func (SignedOut) name() string          { return "signedout" }
func (SignedOut) heading(w tables) said { return w.say("out.title") }
func (SignedOut) mood(tables) mood      { return mood{"green", "check"} }

// ConfirmSignOut asks before signing out: a link alone never does it.
type ConfirmSignOut struct {
	Operator string // name or address of who is signed in; empty: not told
}

func (ConfirmSignOut) name() string          { return "confirm" }
func (ConfirmSignOut) heading(w tables) said { return w.say("confirm.title") }
func (ConfirmSignOut) mood(tables) mood      { return mood{"calm", "leave"} }

// initial is the letter that stands for a person.
func initial(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return "?"
}

// mostListed bounds how many names of a list are shown.
const mostListed = 60

// list is the names of a list that are shown, and how many are not.
type list struct {
	Shown []string
	More  int
}

func listed(names []string) list {
	if len(names) <= mostListed {
		return list{Shown: names}
	}
	return list{names[:mostListed], len(names) - mostListed}
}
