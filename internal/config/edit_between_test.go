// SPDX-License-Identifier: Apache-2.0

package config

import (
	"strings"
	"testing"
)

func TestBetween(t *testing.T) {
	const before = "instance: {name: a, url: https://a.example} # one\nexternal_accounts:\n  - internal_name: b\n    type: Adobe Marketing Cloud\n    ims_client_secret: canary-9f3e\n    ims_client_id: c\n    label: d\n"
	for name, edit := range map[string]func(string) string{
		"a line changed": func(s string) string { return strings.Replace(s, "label: d", "label: e", 1) },
		"two far apart": func(s string) string {
			return strings.NewReplacer("name: a", "name: z", "label: d", "label: e").Replace(s)
		},
		"a line in between": func(s string) string {
			return strings.Replace(s, "    label: d\n", "    enabled: true\n    label: d\n", 1)
		},
		"after the secret": func(s string) string {
			return strings.Replace(s, "    ims_client_id", "    enabled: true\n    ims_client_id", 1)
		},
		"before the secret": func(s string) string {
			return strings.Replace(s, "    ims_client_secret", "    enabled: true\n    ims_client_secret", 1)
		},
		"the secret's line out": func(s string) string { return strings.Replace(s, "    ims_client_secret: canary-9f3e\n", "", 1) },
		"a line at the end":     func(s string) string { return s + "operator_groups: []\n" },
		"a line at the front":   func(s string) string { return "# comment\n" + s },
		"lines out":             func(s string) string { return strings.Replace(s, "    ims_client_id: c\n    label: d\n", "", 1) },
		"windows' line ends":    func(s string) string { return strings.Replace(s, "label: d", "label: e", 1) },
	} {
		text := before
		if name == "windows' line ends" {
			text = strings.ReplaceAll(before, "\n", "\r\n")
		}
		c, err := Parse("a.yaml", []byte(text), Environment{})
		if err != nil {
			t.Fatal(err)
		}
		want := edit(text)
		change, err := c.Between([]byte(want))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := change.Apply([]byte(text))
		if err != nil || string(got) != want {
			t.Errorf("%s: %v, got\n%s\nwanted\n%s", name, err, got, want)
		}
		for _, e := range change.Edits {
			if strings.Contains(e.Before, "canary") || e.After != nil && strings.Contains(*e.After, "canary") {
				t.Errorf("%s: an edit shows the secret: %+v", name, e)
			}
		}
	}
	c, err := Parse("a.yaml", []byte(before), Environment{})
	if err != nil {
		t.Fatal(err)
	}
	if change, err := c.Between([]byte(before)); err != nil || len(change.Edits) != 0 {
		t.Errorf("nothing changed, and the edits are %v, %v", change.Edits, err)
	}
}
