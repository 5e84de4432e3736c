// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// section is what stands between a pair of markers of README.md.
func section(t *testing.T, readme, name string) string {
	t.Helper()
	_, after, found := strings.Cut(readme, "<!-- "+name+" -->\n")
	inside, _, closed := strings.Cut(after, "<!-- /"+name+" -->")
	if !found || !closed {
		t.Fatalf("README.md has no section %s", name)
	}
	return inside
}

func readme(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The table of switches is the one that the code would write. Run with -update
// to write it.
func TestTheReadmeListsTheSwitches(t *testing.T) {
	d := newDesk(t)
	var b strings.Builder
	part := ""
	for _, s := range d.Switches() {
		if s.Part != part {
			part = s.Part
			fmt.Fprintf(&b, "\n**%s%s**\n\n| switch | value | does | check |\n|---|---|---|---|\n", strings.ToUpper(part[:1]), part[1:])
		}
		value, check := "", ""
		switch {
		case len(s.Choices) > 0:
			value = "`" + strings.Join(s.Choices, "`, `") + "`"
		case s.Unit != "":
			value = "`" + s.Default + "` " + s.Unit
		case s.Default != "":
			value = "`" + s.Default + "`"
		}
		if s.Check != "" {
			check = "`" + s.Check + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s.Name, value, s.Does, check)
	}
	b.WriteString("\n")
	text := readme(t)
	have := section(t, text, "switches")
	if !strings.Contains(text, fmt.Sprintf("%d switches", len(d.Switches()))) {
		t.Errorf("README.md does not say that there are %d switches", len(d.Switches()))
	}
	if have == b.String() {
		return
	}
	if !*update {
		t.Fatal("the table of switches in README.md is not what the code has; run the test with -update")
	}
	text = strings.Replace(text, "<!-- switches -->\n"+have, "<!-- switches -->\n"+b.String(), 1)
	if err := os.WriteFile("README.md", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

var endpointRow = regexp.MustCompile("^\\| `([^`]+)` \\|([^|]*)\\|([A-Z, ]+)\\|")

// Every endpoint of the table is there, in each version and for each method,
// and for no other method.
func TestTheReadmeListsTheEndpoints(t *testing.T) {
	d := newDesk(t)
	d.Clock.Set(d.Clock.Now()) // one minute of the throttled API
	rows := 0
	for line := range strings.Lines(section(t, readme(t), "endpoints")) {
		m := endpointRow.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		rows++
		path := strings.NewReplacer("{org}", orgID, "{page}", "0", "{group}", "x", "{user}", "x").Replace(m[1])
		for _, version := range versionsOf(m[2]) {
			for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
				a := d.do(method, path+version, nil)
				listed := strings.Contains(m[3], method)
				if known := a.status != 404 && a.status != 405; known != listed && !strings.HasPrefix(path, "/ims/organizations/") {
					t.Errorf("%s %s: %d, and listed is %v", method, path+version, a.status, listed)
				}
			}
		}
	}
	if rows < 20 {
		t.Errorf("the table has %d rows", rows)
	}
}

func versionsOf(text string) []string {
	if strings.Contains(text, " to ") {
		return []string{"/v1", "/v2", "/v3", "/v4", "/v5", "/v6"}
	}
	var out []string
	for _, v := range strings.Split(text, ",") {
		v = strings.Trim(strings.TrimSpace(v), "`")
		switch v {
		case "", "bare":
			out = append(out, "")
		default:
			out = append(out, "/"+v)
		}
	}
	return out
}

// The checks that switches name are usher's: each has its page.
func TestTheChecksHavePages(t *testing.T) {
	d := newDesk(t)
	if _, err := os.Stat("../docs/checks"); err != nil {
		t.Skip("this package was taken elsewhere, without usher's documentation")
	}
	for _, s := range d.Switches() {
		if s.Check == "" {
			continue
		}
		if _, err := os.Stat("../docs/checks/" + s.Check + ".md"); err != nil {
			t.Errorf("%s names the check %s, which has no page", s.Name, s.Check)
		}
	}
}
