// SPDX-License-Identifier: Apache-2.0

package pages

// Rehearsed says to an administrator that a rehearsal is over in the browser.
type Rehearsed struct {
	Carry bool // the terminal does not have the callback: the address has to be carried there
}

func (Rehearsed) name() string { return "rehearsed" }

func (v Rehearsed) heading(w tables) said {
	if v.Carry {
		return w.say("rehearsed.carry")
	}
	return w.say("rehearsed.title")
}

func (v Rehearsed) mood(tables) mood {
	if v.Carry {
		return mood{"calm", "forward"}
	}
	return mood{"green", "check"}
}
