// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"math/bits"
	"strings"
	"time"
)

// A Fact is a kind of evidence. A file, a probe or a recorded attempt may
// supply it.
type Fact uint32

// The facts. A check names those it reads; the engine says which are missing.
const (
	Config       Fact = 1 << iota // what the administrator wrote
	Organization                  // the provider's side, where it is written down
	Siblings                      // the configurations of the other instances given
	Discovery                     // the provider's metadata
	Keys                          // the provider's signing keys
	Authorize                     // where authorize requests land
	Grant                         // what the token endpoint answers
	Transport                     // names, connections and certificates on the way to a host
	Clock                         // our time against theirs
	FrontDoor                     // our public address, met as a browser meets it
	Store                         // the database
	Nodes                         // the running gateways and the file each runs
	History                       // earlier revisions of the file
	Files                         // files that the configuration points to
	Surroundings                  // the environment that the gateway runs in
	Applications                  // upstreams, met as the gateway meets them
	Somebody                      // a person is asked about, by address or by attempt
	Profile                       // what the provider says of that person
	Attempt                       // one sign-in as it was recorded
	Recent                        // the sign-ins of the last hours
	Today                         // the date
)

// asked are the facts that exist only where somebody asks about a person, an
// attempt or a symptom. Checks that need them are left out of other runs.
const asked = Somebody | Attempt | Profile

// A word says what a fact is called and what would gather it; %s stands for
// the configuration file.
type word struct{ name, gather string }

func (f Fact) word() word {
	switch f {
	case Config:
		return word{"the configuration", "usher doctor %s"}
	case Organization:
		return word{"the provider's side", "write organization: into %s, from the Enterprise Dashboard"}
	case Siblings:
		return word{"the other instances", "name the other instances' files beside %s"}
	case Discovery:
		return word{"the provider's metadata", "usher doctor %s, without --offline"}
	case Keys:
		return word{"the provider's signing keys", "usher doctor %s, without --offline"}
	case Authorize:
		return word{"where sign-in requests land", "usher doctor %s, without --offline"}
	case Grant:
		return word{"what the token endpoint answers", "usher doctor %s, without --offline"}
	case Transport:
		return word{"the way to the provider", "usher doctor %s, without --offline"}
	case Clock:
		return word{"the provider's clock", "usher doctor %s, without --offline"}
	case FrontDoor:
		return word{"the public address as a browser meets it", "usher doctor %s, with the gateway running"}
	case Store:
		return word{"the database", "usher doctor %s, without --offline"}
	case Nodes:
		return word{"the running gateways", "usher doctor %s, with the gateway running"}
	case History:
		return word{"earlier revisions of the file", "usher doctor %s, without --offline"}
	case Files:
		return word{"files that the configuration points to", "usher doctor %s, without --offline"}
	case Surroundings:
		return word{"the gateway's environment", "usher doctor %s, with the gateway running"}
	case Applications:
		return word{"the applications' upstreams", "usher doctor %s, without --offline"}
	case Somebody:
		return word{"whom it is about", "usher doctor %s --user EMAIL"}
	case Profile:
		return word{"what the provider says of a person", "usher rehearse %s"}
	case Attempt:
		return word{"a recorded attempt", "usher explain REFERENCE"}
	case Recent:
		return word{"the recent attempts", "usher doctor %s, with the gateway running"}
	case Today:
		return word{"the date", "usher doctor %s, without --offline"}
	}
	return word{"an unnamed fact", ""}
}

// again says what would gather a fact that somebody tried to see, in vain.
func (f Fact) again() string {
	switch f {
	case Discovery, Keys, Authorize, Grant, Transport, Clock:
		return "usher doctor %s once more, when the provider answers this machine"
	case FrontDoor, Store, Nodes, History, Files, Surroundings, Applications, Recent:
		return "usher doctor %s on the gateway's machine, while the gateway runs"
	}
	return f.word().gather
}

// each lists the single facts in f, in order.
func (f Fact) each() []Fact {
	var out []Fact
	for f != 0 {
		one := Fact(1) << bits.TrailingZeros32(uint32(f))
		out = append(out, one)
		f &^= one
	}
	return out
}

// String lists the facts in words.
func (f Fact) String() string {
	var names []string
	for _, one := range f.each() {
		names = append(names, one.word().name)
	}
	return strings.Join(names, ", ")
}

// Gather says what would gather the first of the facts, for a configuration
// file: by looking, or by looking again where tried says so.
func (f Fact) Gather(file string, tried bool) Phrase {
	all := f.each()
	if len(all) == 0 {
		return Phrase{}
	}
	gather := all[0].word().gather
	if tried {
		gather = all[0].again()
	}
	if strings.Contains(gather, "%s") {
		return Say(gather, file)
	}
	return Say(gather)
}

// Seen is a fact that somebody tried to gather: what was seen, when, from
// where, or why nothing was.
type Seen[T any] struct {
	Value T
	At    time.Time
	From  string // the vantage: "this machine", "gateway node-1", "attempt 7F3K-9QXM"
	Err   string // why there is no value; one phrase, no secret
}

// Known wraps a value that was seen.
func Known[T any](value T, at time.Time, from string) *Seen[T] {
	return &Seen[T]{Value: value, At: at, From: from}
}

// Unseen says why there is no value.
func Unseen[T any](err string, at time.Time, from string) *Seen[T] {
	return &Seen[T]{Err: err, At: at, From: from}
}

// known gives the value, or nil where nothing was seen.
func known[T any](s *Seen[T]) *T {
	if s == nil || s.Err != "" {
		return nil
	}
	return &s.Value
}
