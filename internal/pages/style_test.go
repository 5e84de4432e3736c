// SPDX-License-Identifier: Apache-2.0

package pages

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var declared = regexp.MustCompile(`--([a-z-]+):\s*#([0-9a-f]{3,6})\b`)

// colors reads the custom properties of a part of the style.
func colors(t *testing.T, css string, into map[string]string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for k, v := range into {
		out[k] = v
	}
	found := declared.FindAllStringSubmatch(css, -1)
	if len(found) < 20 {
		t.Fatalf("only %d colors were found", len(found))
	}
	for _, m := range found {
		out[m[1]] = m[2]
	}
	return out
}

// luminance is that of WCAG 2.2, relative luminance.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestContrast holds WCAG 2.2 level AA: 4.5 for text, 3 for the borders and
// focus rings by which controls are recognized.
func TestContrast(t *testing.T) {
	css, err := files.ReadFile("files/usher.css")
	if err != nil {
		t.Fatal(err)
	}
	light, rest, ok := strings.Cut(string(css), "@media (prefers-color-scheme: dark)")
	if !ok {
		t.Fatal("there is no dark scheme")
	}
	dark, _, _ := strings.Cut(rest, "*, *::before")
	schemes := map[string]map[string]string{"light": colors(t, light, nil)}
	schemes["dark"] = colors(t, dark, schemes["light"])
	text := [][2]string{{"ink", "card"}, {"ink", "paper"}, {"ink", "glow"}, {"ink", "field"}, {"soft", "card"}, {"soft", "paper"}, {"soft", "glow"}, {"soft", "field"},
		{"accent", "card"}, {"accent", "field"}, {"accent-strong", "card"}, {"accent-strong", "field"}, {"on-accent", "accent"}, {"on-accent", "accent-strong"}, {"soft", "card"}}
	for _, mood := range []string{"calm", "amber", "blue", "red", "green", "violet"} {
		text = append(text, [2]string{mood, mood + "-tint"})
	}
	for name, scheme := range schemes {
		for _, pair := range text {
			want(t, name, scheme, pair, 4.5)
		}
		for _, pair := range [][2]string{{"edge", "card"}, {"accent", "paper"}, {"accent", "card"}} {
			want(t, name, scheme, pair, 3)
		}
	}
}

func want(t *testing.T, name string, scheme map[string]string, pair [2]string, least float64) {
	t.Helper()
	a, b := scheme[pair[0]], scheme[pair[1]]
	if len(a) != 6 || len(b) != 6 {
		t.Fatalf("%s: %s or %s is not known", name, pair[0], pair[1])
	}
	if got := contrast(t, a, b); got < least {
		t.Errorf("%s: %s on %s has %.2f, want %s", name, pair[0], pair[1], got, fmt.Sprint(least))
	}
}

func TestTheStyleLoadsNothing(t *testing.T) {
	css, err := files.ReadFile("files/usher.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"url(", "@import", "@font-face", "expression("} {
		if strings.Contains(string(css), word) {
			t.Errorf("the style has %s", word)
		}
	}
	for _, word := range []string{"prefers-color-scheme: dark", "prefers-reduced-motion", "forced-colors", "@media print", ":focus-visible"} {
		if !strings.Contains(string(css), word) {
			t.Errorf("the style has nothing for %s", word)
		}
	}
	if open, closed := strings.Count(string(css), "{"), strings.Count(string(css), "}"); open != closed {
		t.Errorf("%d braces open, %d close", open, closed)
	}
}

// TestEveryClassHasAStyle finds a class that was renamed on one side only.
func TestEveryClassHasAStyle(t *testing.T) {
	css, err := files.ReadFile("files/usher.css")
	if err != nil {
		t.Fatal(err)
	}
	p := newPages(t)
	for _, s := range Gallery() {
		for _, match := range regexp.MustCompile(`class="([^"]+)"`).FindAllStringSubmatch(string(p.make(t, "en", s.Frame, s.View)), -1) {
			for _, class := range strings.Fields(match[1]) {
				if !regexp.MustCompile(`\.`+class+`\b`).Match(css) && class != "calm" {
					t.Errorf("%s has the class %s, which has no style", s.Name, class)
				}
			}
		}
	}
}
