// SPDX-License-Identifier: Apache-2.0

package pages

import "time"

// Account is one way to sign in.
type Account struct{ Label, Href string }

// Choose offers the accounts to sign in with.
type Choose struct {
	Accounts []Account
	ReturnTo string // name of the application that one goes on to; empty: none
	Notice   Notice
}

func (Choose) name() string          { return "choose" }
func (Choose) heading(w tables) said { return w.say("choose.title") }
func (Choose) mood(tables) mood      { return mood{"calm", "person"} }

// NoticeKind says what a [Notice] is about.
type NoticeKind string

// The notices; the empty kind is none.
const (
	NoticeSignedOut    NoticeKind = "signed-out"
	NoticeEnded        NoticeKind = "ended" // the session
	NoticeProviderDown NoticeKind = "provider-down"
)

// A Notice is one sentence above the accounts.
type Notice struct {
	Kind  NoticeKind
	Since time.Time // NoticeProviderDown: since when it has not answered; zero: not known
	Now   time.Time // so that the day is named where it is not today
}
