// SPDX-License-Identifier: Apache-2.0

package pages

import (
	"strings"
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	for _, c := range []struct {
		d      time.Duration
		en, nl string
	}{
		{-5 * time.Hour, "less than a minute", "minder dan een minuut"},
		{0, "less than a minute", "minder dan een minuut"},
		{29 * time.Second, "less than a minute", "minder dan een minuut"},
		{31 * time.Second, "1 minute", "1 minuut"},
		{30 * time.Minute, "30 minutes", "30 minuten"},
		{time.Hour, "1 hour", "1 uur"},
		{59*time.Minute + 40*time.Second, "1 hour", "1 uur"},
		{6*time.Hour + 20*time.Minute, "6 hours and 20 minutes", "6 uur en 20 minuten"},
		{24 * time.Hour, "1 day", "1 dag"},
		{49*time.Hour + 5*time.Minute, "2 days and 1 hour", "2 dagen en 1 uur"},
	} {
		for lang, want := range map[string]string{"en": c.en, "nl": c.nl} {
			if got := newTables().in(lang).duration(c.d); got != want {
				t.Errorf("%v in %s is %q, want %q", c.d, lang, got, want)
			}
		}
	}
}

func TestClock(t *testing.T) {
	amsterdam := time.FixedZone("CET", 3600)
	at := time.Date(2026, time.March, 1, 0, 30, 0, 0, amsterdam)
	for name, c := range map[string]struct {
		at, now    time.Time
		lang, want string
	}{
		"today":                             {at, at.Add(-10 * time.Minute), "en", `<time datetime="2026-03-01T00:30:00+01:00">00:30 CET</time>`},
		"another day here, the same in UTC": {at, at.Add(-time.Hour), "nl", `<time datetime="2026-03-01T00:30:00+01:00">1 maart, 00:30 CET</time>`},
		"the same day here, another in UTC": {at, at.Add(2 * time.Hour).UTC(), "en", `<time datetime="2026-03-01T00:30:00+01:00">00:30 CET</time>`},
		"today is not known":                {at, time.Time{}, "en", `<time datetime="2026-03-01T00:30:00+01:00">00:30 CET</time>`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := string(newTables().in(c.lang).clock(c.at, c.now)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestLongListsAndNamesAreCut(t *testing.T) {
	groups := make([]string, 1000)
	for i := range groups {
		groups[i] = strings.Repeat("é", 256)
	}
	p := newPages(t)
	page := p.make(t, "en", sampleFrame(), Home{Name: strings.Repeat("n", 100_000), Groups: groups})
	if len(page) > 64<<10 {
		t.Errorf("the page has %d bytes", len(page))
	}
	if text := textOf(parse(t, page)); !strings.Contains(text, "and 940 more") {
		t.Error("the page does not say how many groups it leaves out")
	}
}

func TestInitial(t *testing.T) {
	for name, want := range map[string]string{"ana": "A", "": "?", "  élise": "É", "\u202e-svc": "S", "李": "李", "--": "?", "<b>": "B"} {
		if got := initial(name); got != want {
			t.Errorf("%q begins with %q, want %q", name, got, want)
		}
	}
}
