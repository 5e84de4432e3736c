// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"sync"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

// Start is when the suite's clock begins.
var start = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// A Clock is a clock that tests move. It is safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock makes a clock that stands.
func NewClock() *Clock { return &Clock{now: start} }

// Now reads the clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Move moves the clock forward.
func (c *Clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// A fixture is what one test of the suite works with.
type fixture struct {
	*testing.T
	db    *store.DB
	clock *Clock
}

// Run runs the suite. open gives an empty database for each test; closing it is
// open's business.
func Run(t *testing.T, open func(t *testing.T, o store.Options) *store.DB) {
	for _, c := range []struct {
		name string
		test func(fixture)
	}{
		{"a pending sign-in comes back as it was", pendingComesBack},
		{"a pending sign-in is taken once", pendingTakenOnce},
		{"a taken state is remembered for ten minutes", takenRemembered},
		{"a browser has at most sixteen sign-ins open", browserCrowd},
		{"a state is kept once", stateKeptOnce},
		{"an attempt keeps its trail", attemptTrail},
		{"an attempt does not replace another's", attemptForeign},
		{"attempts are found by what is asked", attemptFilters},
		{"beginning and finishing are whole", wholeSteps},
		{"a session comes back as it was", sessionComesBack},
		{"a session past its end is not found", sessionExpires},
		{"a touch never moves back", sessionTouch},
		{"an ended session is over", sessionEnds},
		{"a login ends on all hosts", loginEnds},
		{"a sign-out is on record once", signOutRecorded},
		{"no session opens after its login ended", loginEndsForGood},
		{"ending a login races with opening", loginEndRace},
		{"a person's sessions end together", personEnds},
		{"a person is replaced by itself only", personReplaced},
		{"a logout ends what it is about", logoutEnds},
		{"a logout stops logins under way", logoutStopsLogins},
		{"a logout races with logins under way", logoutRace},
		{"a login is renewed by one at a time", renewedOnce},
		{"open sessions are listed", sessionFilters},
		{"ended sessions are told to all", endedTold},
		{"a session ends whatever the time given", endedWhenever},
		{"a ticket is taken once", ticketTakenOnce},
		{"a rehearsal returns once and is taken once", rehearsalOnce},
		{"a rehearsal does not wait", rehearsalEnds},
		{"a rehearsal is no pending sign-in", rehearsalApart},
		{"revisions and nodes", revisionsAndNodes},
		{"events are added and listed", events},
		{"how attempts end is recorded once", outcomesAudited},
		{"what was done is read in order", eventsInOrder},
		{"all sessions end together", allEnd},
		{"ending sessions and its record are one", actsAreWhole},
		{"what is sealed is sealed anew", resealed},
		{"the purge takes only what is past", purge},
		{"the purge works in batches", purgeBatches},
		{"sign-ins under way are bounded", openBounded},
		{"strange text comes back byte for byte", strangeText},
		{"too much is refused with a sentence", tooMuch},
		{"no result reaches another caller", noMixing},
		{"a caller that leaves harms nobody", leavingCallers},
		{"after closing it is unavailable", closed},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := NewClock()
			c.test(fixture{t, open(t, store.Options{Now: clock.Now, Timeout: 20 * time.Second, Keep: store.Retention{Open: 200}}), clock})
		})
	}
}

func (f fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func pending(state, browser string, begun time.Time) usher.Pending {
	return usher.Pending{StateHash: state, BrowserHash: browser, Reference: "AAAA-BBBB", Account: "Adobe_Marketing_Cloud",
		CallbackURL: "https://campaign.corp.example/usher/callback", Sealed: []byte{0, 1, 255}, ReturnTo: "/reports/?q=1", Bind: "bind", Begun: begun}
}

func session(id, login string, begun time.Time) usher.Session {
	return usher.Session{ID: id, Login: login, Host: "reports.corp.example", Account: "Adobe_Marketing_Cloud",
		Person: usher.Person{Provider: "https://ims-na1.adobelogin.com", Subject: "subject of " + id, Email: "Ana@corp.example", EmailVerified: true, Name: "Ana Lima",
			Groups: []usher.Membership{{Group: "Campaign - corp - Admin", Source: "profile"}}},
		Begun: begun, LastSeen: begun, Expires: begun.Add(10 * time.Hour), Sealed: []byte("kept of the provider")}
}

func attempt(ref usher.Reference, begun time.Time) usher.Attempt {
	return usher.Attempt{Reference: ref, Outcome: usher.OutcomeBegun, Account: "Adobe_Marketing_Cloud", Client: "192.0.2.7", Begun: begun}
}
