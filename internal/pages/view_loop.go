// SPDX-License-Identifier: Apache-2.0

package pages

import (
	"strings"

	"github.com/usher-signin/usher"
)

// LoopReason is why a browser was probably sent round in circles.
type LoopReason string

// The reasons; the empty one is not known.
const (
	LoopPlain   LoopReason = "plain"   // an address begins with http://, and our cookies are kept over https only
	LoopCookies LoopReason = "cookies" // the browser does not keep ours, or it is lost on the way
	LoopTwice   LoopReason = "twice"   // two cookies of one name came
	LoopEnded   LoopReason = "ended"   // the session that the cookie stands for is over at once
	LoopHost    LoopReason = "host"    // it came by another host name
	LoopFront   LoopReason = "front"   // the front server drops cookies or headers
)

// LoopSign is something that was seen in the browser's requests.
type LoopSign string

// The signs, with what goes with each.
const (
	SignRounds       LoopSign = "rounds"       // how many sign-ins, within how many seconds
	SignPlain        LoopSign = "plain"        // the address
	SignProto        LoopSign = "proto"        // who said http
	SignUntrusted    LoopSign = "untrusted"    // who sent forwarding headers
	SignNoCookie     LoopSign = "nocookie"     // nothing came back at all
	SignNoSession    LoopSign = "nosession"    // the host on which no session cookie came
	SignLostSession  LoopSign = "lostsession"  // when the cookie was set that did not come back
	SignTwice        LoopSign = "twice"        // how many, on which host
	SignOther        LoopSign = "other"        // when the session was opened whose cookie is not the one that came
	SignEnded        LoopSign = "ended"        // when the session was opened that is over
	SignHere         LoopSign = "here"         // the host on which the session's cookie did come
	SignOtherHost    LoopSign = "otherhost"    // the application's host, the gateway's
	SignNothingFound LoopSign = "nothingfound" // everything looked as it should
)

// LoopSeen is a sign with what goes with it.
type LoopSeen struct {
	Sign LoopSign
	Args []any
}

// LoopWhy is a reason with what was seen that speaks for it.
type LoopWhy struct {
	Reason LoopReason
	Check  usher.Code // that an administrator looks at
	Seen   []LoopSeen
}

// LoopStopped says that a browser was sent to sign in again and again, and why
// that probably was, the likeliest first.
type LoopStopped struct {
	Reasons   []LoopWhy
	Seen      []LoopSeen // whatever the reason
	Reference usher.Reference
	Again     string // address to begin anew
}

func (LoopStopped) name() string          { return "loop" }
func (LoopStopped) heading(w tables) said { return w.say("loop.title") }
func (LoopStopped) mood(tables) mood      { return mood{"blue", "repeat"} }

// Why gives the key of the reason.
func (c LoopWhy) Why() string {
	switch c.Reason {
	case LoopPlain, LoopCookies, LoopTwice, LoopEnded, LoopHost, LoopFront:
		return "loop." + string(c.Reason)
	}
	return "loop.unknown"
}

// sign gives the sentence of a sign; of one that has none, that nothing was found.
func (l language) sign(s LoopSeen) said {
	if t, ok := l.messages["sign."+string(s.Sign)]; ok && strings.Count(t.en, "{}") == len(s.Args) {
		return said{t, s.Args}
	}
	return l.say("sign.nothingfound")
}

// English is the reason and what was seen, for the record and the log.
func (c LoopWhy) English() (reason, seen string) {
	l := newTables().in("en")
	parts := make([]string, 0, len(c.Seen))
	for _, s := range c.Seen {
		parts = append(parts, l.plain(l.sign(s)))
	}
	return l.plain(l.say(c.Why())), strings.Join(parts, " ")
}
