// SPDX-License-Identifier: Apache-2.0

package usher_test

import (
	"testing"

	"github.com/usher-signin/usher"
)

func TestRehearsalState(t *testing.T) {
	if state := usher.RehearsalState("x"); !usher.IsRehearsal(state) || state == "x" {
		t.Errorf("%q is not the state of a rehearsal", state)
	}
	for _, other := range []string{"", "x", "rehearsal", "rehearsal-x", "Rehearsal.x", " rehearsal.x", "xrehearsal.", "cmVoZWFyc2FsLg"} {
		if usher.IsRehearsal(other) {
			t.Errorf("%q is taken for the state of a rehearsal", other)
		}
	}
}
