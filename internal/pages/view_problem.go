// SPDX-License-Identifier: Apache-2.0

package pages

import "github.com/usher-signin/usher"

// Problem is any failure that is no refused sign-in.
type Problem struct {
	Status    int
	Kind      string     // what the gate calls it, such as no-upstream; empty: the status says it
	Code      usher.Code // empty: none
	Reference string     // of an attempt; empty: none was kept
	RequestID string     // under which the log has it; empty: not told
	SignIn    string     // address to sign in or to begin anew; empty: that would not help
	Wait      int        // seconds to wait before trying again; zero: not told
}

func (Problem) name() string            { return "problem" }
func (v Problem) heading(w tables) said { return said{text: w.situation(v).title} }
func (v Problem) mood(w tables) mood    { return w.situation(v).mood }

// Begin gives the key of the button that leads to SignIn.
func (v Problem) Begin() string {
	if v.Status == 401 {
		return "act.signin"
	}
	return "act.start"
}

func (l language) situation(v Problem) said { return said{text: l.tables.situation(v).sentence} }
