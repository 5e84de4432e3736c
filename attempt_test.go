// SPDX-License-Identifier: Apache-2.0

package usher_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher"
)

func TestReferenceRoundTrip(t *testing.T) {
	form := regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`)
	seen := make(map[usher.Reference]bool)
	for range 2000 {
		r, err := usher.NewReference(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if !form.MatchString(string(r)) {
			t.Fatalf("%q does not have the form of a reference", r)
		}
		if got, err := usher.ParseReference(string(r)); err != nil || got != r {
			t.Fatalf("%q, read again, is %q, %v", r, got, err)
		}
		seen[r] = true
	}
	if len(seen) < 2000 { // one chance in half a million with 40 bits
		t.Errorf("2000 references, %d of them different", len(seen))
	}
}

// Every value of a byte must lead to one of the 32 signs, each as often.
func TestReferenceUsesTheWholeAlphabet(t *testing.T) {
	count := make(map[byte]int)
	for b := range 256 {
		r, err := usher.NewReference(bytes.NewReader(bytes.Repeat([]byte{byte(b)}, 8)))
		if err != nil {
			t.Fatal(err)
		}
		count[r[0]]++
		if want := strings.Repeat(string(r[0]), 4); string(r) != want+"-"+want {
			t.Fatalf("eight equal bytes became %q", r)
		}
	}
	if len(count) != 32 {
		t.Errorf("%d signs in use, want 32", len(count))
	}
	for sign, n := range count {
		if n != 8 {
			t.Errorf("%q comes %d times of 256, want 8", sign, n)
		}
	}
}

func TestNewReferenceWithoutRandomness(t *testing.T) {
	if r, err := usher.NewReference(strings.NewReader("short")); err == nil || r != "" {
		t.Errorf("five bytes of randomness gave %q, %v", r, err)
	}
}

func TestParseReferenceAsPeopleTypeIt(t *testing.T) {
	for _, text := range []string{
		"7F3K-91XM", "7f3k-91xm", "7F3K91XM", " 7F3K-91XM\n", "7F3K 91XM", "7 F 3 K 9 1 X M", "7f3k-9ixm", "7f3k-9Ixm", "7f3k-9lxm", "7F3K-9LXM",
		"7F3K\u201091XM", "7F3K\u201191XM", "7F3K\u201291XM", "7F3K\u201391XM", "7F3K\u201491XM", "7F3K\u00a091XM", "-7F3K--91XM-",
	} {
		if got, err := usher.ParseReference(text); err != nil || got != "7F3K-91XM" {
			t.Errorf("%q is read as %q, %v", text, got, err)
		}
	}
	if got, err := usher.ParseReference("ooOo-0000"); err != nil || got != "0000-0000" {
		t.Errorf("the letter O is read as %q, %v", got, err)
	}
	for _, text := range []string{"", "-", "7F3K-91X", "7F3K-91XMM", "7F3K-91XU", "U", "7F3K_91XM", "7F3K-91X!", "!F3K-91XM", "7F3!91XM", "é7F3K91", "7F3Ké1M",
		"mask-matches-nothing", strings.Repeat("7", 1000), "\uff17F3K-91XM"} {
		if got, err := usher.ParseReference(text); !errors.Is(err, usher.ErrNotReference) || got != "" {
			t.Errorf("%q is read as %q, %v", text, got, err)
		}
	}
}

func FuzzParseReference(f *testing.F) {
	f.Add("7F3K-91XM")
	f.Add("olil oooo")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := usher.ParseReference(text)
		if err != nil {
			return
		}
		if again, err := usher.ParseReference(string(r)); err != nil || again != r {
			t.Fatalf("%q is read as %q, and that as %q, %v", text, r, again, err)
		}
	})
}

func TestAttemptPasses(t *testing.T) {
	begun := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	var a usher.Attempt
	a.Pass(usher.StepBegin, begun, "sent to the provider")
	a.Pass(usher.StepCallback, begun.Add(time.Second), "back with a code")
	want := []usher.Passage{
		{Step: "begin", At: begun, Note: "sent to the provider"},
		{Step: "callback", At: begun.Add(time.Second), Note: "back with a code"},
	}
	if len(a.Trail) != 2 || a.Trail[0] != want[0] || a.Trail[1] != want[1] {
		t.Errorf("got %+v, want %+v", a.Trail, want)
	}
}

// What is stored of an attempt is read again by later versions.
func TestAttemptAsJSON(t *testing.T) {
	a := usher.Attempt{Reference: "7F3K-91XM", Outcome: usher.OutcomeRefused, Begun: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC),
		Cause: &usher.Cause{Step: usher.StepAdmit, Code: usher.CodeUserNotInGroup, Saw: "none"}}
	got, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"reference":"7F3K-91XM","outcome":"refused","begun":"2026-03-01T08:00:00Z","trail":null,"cause":{"step":"admit","code":"user-not-in-group","saw":"none"}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
