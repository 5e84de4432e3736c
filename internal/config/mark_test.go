// SPDX-License-Identifier: Apache-2.0

package config

import (
	"strings"
	"testing"

	"github.com/usher-signin/usher"
)

// A byte order mark before the text changes nothing: not what the file says,
// not where it says it, and an edit leaves it where it is.
func TestByteOrderMark(t *testing.T) {
	text := strings.Replace(minimal, "instance:", "instance:  # ours", 1)
	plain, marked := mustParse(t, text, Environment{}), mustParse(t, "\ufeff"+text, Environment{})
	if plain.At("instance") != marked.At("instance") || plain.At("instance").Line == 0 {
		t.Errorf("with the mark the first key is at %+v, without at %+v", marked.At("instance"), plain.At("instance"))
	}
	if plain.Line(1) != marked.Line(1) || plain.Lines() != marked.Lines() {
		t.Errorf("with the mark line 1 is %q, without %q", marked.Line(1), plain.Line(1))
	}
	for n := 1; n <= plain.Lines(); n++ {
		line := plain.Line(n) + "  # edited"
		change := marked.Change(usher.Edit{Line: n, Before: marked.Line(n), After: &line})
		after, err := change.Apply([]byte("\ufeff" + text))
		if err != nil || !strings.HasPrefix(string(after), "\ufeff") || strings.Count(string(after), "\ufeff") != 1 || !strings.Contains(string(after), line) {
			t.Fatalf("line %d: %v\n%q", n, err, after)
		}
		mustParse(t, string(after), Environment{})
	}
	if shown := Redact([]byte("\ufeff" + text)); strings.TrimPrefix(shown, "\ufeff") != Redact([]byte(text)) {
		t.Errorf("shown is %q", shown)
	}
}
