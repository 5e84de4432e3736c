// SPDX-License-Identifier: Apache-2.0

package usher

import "time"

// A Session is an operator's stay. Rights are not kept in it: they come from
// the person's groups and the rules in force at each verdict.
type Session struct {
	ID              string // hash of what the cookie holds, never the value itself
	Login           string // reference of the attempt that opened it; one login may open a session on several hosts
	Host            string // the host that its cookie belongs to
	Account         string
	Person          Person
	Begun           time.Time
	LastSeen        time.Time
	Expires         time.Time // absolute end
	Sealed          []byte    // what the provider needs to sign the person out, sealed and tied to this row; nil: nothing is kept
	ProviderSession string    // the provider's own session, its claim sid; empty: it named none
	Renewed         time.Time // when the provider last said what Person holds; zero: it cannot be asked again
}

// A Logout is a provider's word that a person is signed out there: everywhere,
// or, where Session is set, in one session of the provider's.
type Logout struct {
	ID       string // by which it is known again, for [MaxLogoutAge]; empty: it may come any number of times
	Account  string // internal name of the account that the word is for
	Provider string
	Subject  string // empty: not named
	Session  string // sid; empty: not named
	By       string // how the word came: back-channel or front-channel
	At       time.Time
}

// MaxLogoutAge is how old a logout token may be, and how long one is remembered.
const MaxLogoutAge = 10 * time.Minute

// Ended says whether the session is over at now, given the idle limit.
func (s Session) Ended(now time.Time, idle time.Duration) bool {
	return !now.Before(s.Expires) || now.Sub(s.LastSeen) >= idle
}

// A Ticket carries a finished sign-in to an application's own host, whose
// session cookie no other host can set. It is taken once, within
// [MaxTicketAge], by the browser that asked for the application.
type Ticket struct {
	ID       string // hash of the value in the address
	Bind     string // hash of the cookie that the application's host set when the sign-in was asked for
	Host     string // canonical host of the application
	Login    string // the session's login
	Session  string // id of the session that it stands for
	ReturnTo string
	Issued   time.Time
}

// MaxTicketAge is how long a ticket may take from one host to the other.
const MaxTicketAge = time.Minute

// A Revision is a state of the configuration file that a node has loaded,
// secrets left out.
type Revision struct {
	ID     string // of the file's bytes
	Node   string
	Loaded time.Time
	Text   string // the file with every secret replaced
	Error  string // why it was not put in force; empty: it was
}
