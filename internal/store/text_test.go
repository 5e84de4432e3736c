// SPDX-License-Identifier: Apache-2.0

package store

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// FuzzText checks that any text comes back as it was, that two texts never meet
// in one spelling, and that PostgreSQL takes every spelling.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "plain", "é\u2028", "a\x00b", "\xff", "base64:", "base64:Zm9v", "base64", "BASE64:x"} {
		f.Add(s, s+"x")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		spelled := encodeText(a)
		if !utf8.ValidString(spelled) || strings.ContainsRune(spelled, 0) {
			t.Errorf("%q is spelled %q, which PostgreSQL does not take", a, spelled)
		}
		var back text
		if err := back.Scan(spelled); err != nil || string(back) != a {
			t.Errorf("%q came back as %q, %v", a, back, err)
		}
		if a != b && spelled == encodeText(b) {
			t.Errorf("%q and %q are both spelled %q", a, b, spelled)
		}
	})
}

func TestColumnsThatAnotherProgramChanged(t *testing.T) {
	var into struct{ A int }
	for name, err := range map[string]error{
		"text as a number":  new(text).Scan(int64(1)),
		"text that is nil":  new(text).Scan(nil),
		"text half spelled": new(text).Scan("base64:!"),
		"a time as text":    new(moment).Scan("2026"),
		"bytes":             new(blob).Scan("!"),
		"a structure":       record{&into}.Scan(`{"A":"x"}`),
		"no structure":      record{&into}.Scan(nil),
	} {
		if err == nil || !strings.Contains(err.Error(), "another program changed the database") {
			t.Errorf("%s: %v; wanted that another program changed the database", name, err)
		}
	}
}

func TestTimesComeBack(t *testing.T) {
	for _, want := range []time.Time{{}, time.UnixMicro(1), time.UnixMicro(-1), time.Date(2026, 11, 22, 10, 0, 0, 123_000, time.UTC)} {
		var got moment
		if err := got.Scan(micros(want)); err != nil || !time.Time(got).Equal(want) {
			t.Errorf("%v came back as %v, %v", want, time.Time(got), err)
		}
	}
}

func TestBindSpellsParameters(t *testing.T) {
	const query = "SELECT a FROM b WHERE c = ? AND d IN (?, ?)"
	if got := sqliteDialect("").bind(query); got != query {
		t.Errorf("SQLite: %s", got)
	}
	if got, want := postgresDialect().bind(query), "SELECT a FROM b WHERE c = $1 AND d IN ($2, $3)"; got != want {
		t.Errorf("PostgreSQL: %s; wanted %s", got, want)
	}
	if got := postgresDialect().bind("SELECT 1"); got != "SELECT 1" {
		t.Errorf("without parameters: %s", got)
	}
}

func TestClipKeepsWholeLetters(t *testing.T) {
	for _, c := range []struct {
		text  string
		limit int
		want  string
	}{{"ana", 3, "ana"}, {"ana", 2, "an"}, {"éé", 3, "é"}, {"", 0, ""}} {
		if got := clip(c.text, c.limit); got != c.want {
			t.Errorf("%q clipped to %d: %q; wanted %q", c.text, c.limit, got, c.want)
		}
	}
}
