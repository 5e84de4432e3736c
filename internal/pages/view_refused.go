// SPDX-License-Identifier: Apache-2.0

package pages

import "github.com/usher-signin/usher"

// Refused says that a sign-in failed: one plain sentence, the vendor's own
// where it applies, what to do, and the reference.
type Refused struct {
	Code      usher.Code
	Reference usher.Reference // empty: none could be kept
	Again     string          // address to begin anew
	OpenID    bool            // the account is not the vendor's, whose own sentence would only confuse
}

func (Refused) name() string            { return "refused" }
func (v Refused) heading(w tables) said { return said{text: w.kinds[w.tell(v.Code).kind].title} }
func (v Refused) mood(w tables) mood    { return w.kinds[w.tell(v.Code).kind].mood }

// refusal is a Refused as its template has it.
type refusal struct {
	Sentence, Next said
	Help, Again    string // keys
	Other, Helps   bool
	Switch         bool
}

func (l language) refusal(code usher.Code) refusal {
	t := l.tell(code)
	m := l.kinds[t.kind]
	return refusal{Sentence: said{text: t.sentence}, Next: said{text: m.next}, Help: m.help, Again: m.again, Other: m.other, Helps: m.helps, Switch: m.switching}
}

// NotAllowed says that an application's rule does not let the operator in.
type NotAllowed struct {
	Application string
	Operator    string // name or address of who is signed in; empty: not known
	Reference   usher.Reference
}

func (NotAllowed) name() string          { return "notallowed" }
func (NotAllowed) heading(w tables) said { return w.say("allowed.title") }
func (NotAllowed) mood(tables) mood      { return mood{"amber", "lock"} }
