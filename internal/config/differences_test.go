// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"strings"
	"testing"
)

func TestDifferences(t *testing.T) {
	const base = `# a comment
instance: {name: p, url: https://a.example}
external_accounts:
  - internal_name: A
    association_mask: "Campaign - corp - "
    ims_client_secret: "[secret]"
operator_groups:
  - name: Admin
    rights: [ADMINISTRATION]
  - name: Others
`
	for name, c := range map[string]struct{ before, after, want string }{
		"comments and order": {base, strings.Replace(strings.Replace(base, "# a comment\n", "", 1), "{name: p, url: https://a.example}", "{url: 'https://a.example', name: p}", 1), ""},
		"a mask":             {base, strings.Replace(base, `corp - "`, `corp "`, 1), `external_accounts[A].association_mask "Campaign - corp - " -> "Campaign - corp " line 5`},
		"a right":            {base, strings.Replace(base, "[ADMINISTRATION]", "[ADMINISTRATION, X]", 1), `operator_groups[Admin].rights[X]  -> "X" line 9`},
		"a group gone":       {base, strings.Replace(base, "  - name: Others\n", "", 1), `operator_groups[Others].name "Others" ->  line 0`},
		"a key left out":     {base, strings.Replace(base, `    association_mask: "Campaign - corp - "`+"\n", "", 1), `external_accounts[A].association_mask "Campaign - corp - " ->  line 0`},
		"one item before":    {base, strings.Replace(base, "  - name: Admin", "  - name: First\n  - name: Admin", 1), `operator_groups[First].name  -> "First" line 8`},
		"twins":              {base, base + "  - {name: Others, rights: [Y]}\n", `operator_groups[Others #2].name  -> "Others" line 11; operator_groups[Others #2].rights[Y]  -> "Y" line 11`},
		"no YAML":            {"[", base[:0], ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, ch := range Differences([]byte(c.before), []byte(c.after)) {
				got = append(got, fmt.Sprintf("%s %s -> %s line %d", ch.Path, ch.Before, ch.After, ch.Line))
			}
			if strings.Join(got, "; ") != c.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, "; "), c.want)
			}
		})
	}
}
