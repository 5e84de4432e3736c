// SPDX-License-Identifier: Apache-2.0

package checks_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
)

// BenchmarkOneAccount judges a small file offline: loading, every check, the report.
func BenchmarkOneAccount(b *testing.B) {
	data, err := os.ReadFile("testdata/healthy/as-designed.txtar")
	if err != nil {
		b.Fatal(err)
	}
	text := strings.TrimPrefix(string(data), "-- both.yaml --\n")
	b.ReportAllocs()
	for b.Loop() {
		cfg, err := config.Parse("both.yaml", []byte(text), environment(nil))
		if err != nil {
			b.Fatal(err)
		}
		c := doctor.NewCase(today, cfg)
		if len(doctor.Run(checks.All(), c)) == 0 {
			b.Fatal("no results")
		}
	}
}

// BenchmarkManyGroups judges a file with many directory groups, a fifth of
// them near misses, at four sizes: the time must grow no worse than n log n.
func BenchmarkManyGroups(b *testing.B) {
	for _, n := range []int{1250, 2500, 5000, 10000} {
		b.Run(fmt.Sprintf("%d-groups-%d-operator-groups-%d-members", n, n/5, n*20), func(b *testing.B) {
			cfg, err := config.Parse("large.yaml", []byte(largeFile(n)), environment(nil))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				c := doctor.NewCase(today, cfg)
				found := 0
				for _, r := range doctor.Run(checks.All(), c) {
					if r.Code == "name-misspelled" && r.Status == doctor.Fails {
						found++
					}
				}
				if found < n/6 {
					b.Fatalf("%d near misses found, wanted about %d", found, n/5)
				}
				if rows := doctor.Access(cfg); len(rows) == 0 {
					b.Fatal("nobody has access")
				}
			}
		})
	}
}

// largeFile describes n directory groups with twenty members each and n/5
// operator groups. Every fifth directory group misses its operator group by a
// slip of the keyboard, others belong to another product.
func largeFile(n int) string {
	syllables := []string{"ba", "co", "di", "fu", "ga", "he", "jo", "ki", "lu", "mo", "na", "pe", "ri", "so", "tu", "va"}
	word := func(i int) string {
		return syllables[i&15] + syllables[i>>4&15] + syllables[i>>8&15] + syllables[i>>12&15]
	}
	var b strings.Builder
	b.WriteString(`instance: {name: large, url: https://campaign.corp.example}
external_accounts:
  - internal_name: Adobe_Marketing_Cloud
    type: Adobe Marketing Cloud
    ims_server: https://ims-na1.adobelogin.com
    ims_scopes: openid,AdobeID,additional_info.projectedProductContext
    ims_client_id: Campaign1
    ims_client_secret: {env: IMS_SECRET}
    ims_organization_id: 0123456789ABCDEF01234567@AdobeOrg
    association_mask: "Campaign - corp - "
operator_groups:
`)
	name := func(i int) string { return word(i*7919) + " operators " + word(i) }
	for i := range n / 5 {
		fmt.Fprintf(&b, "  - name: %s\n", name(i))
	}
	for i := range n / 20 {
		fmt.Fprintf(&b, "  - name: nobody leads to %s %s\n", word(i*31), word(i))
	}
	b.WriteString("organization:\n  groups:\n")
	for i := range n / 20 {
		fmt.Fprintf(&b, "    - name: Campaign - corp - %s not known here %s\n", word(i*17), word(i))
	}
	for i := range n {
		full := "Campaign - corp - " + name(i/5)
		switch i % 5 {
		case 0:
			full = strings.Replace(full, "operators", "oeprators", 1)
		case 1:
			if i%2 == 0 {
				full = "Analytics - corp - " + name(i)
			}
		default:
			full = "Analytics - corp - " + name(i)
		}
		fmt.Fprintf(&b, "    - name: %s\n      members: [", full)
		for j := range 20 {
			if j > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "p%d@corp.example", (i*20+j)%(n*4))
		}
		b.WriteString("]\n")
	}
	return b.String()
}
