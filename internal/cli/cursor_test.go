// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"strings"
	"testing"
)

// What others wrote can neither move the cursor nor turn the writing around,
// whatever command shows it.
func TestNothingMovesTheCursor(t *testing.T) {
	t.Chdir(t.TempDir())
	nasty := `\e[2J\u202e\x9b\u2028x`
	text := `instance: {name: "i` + nasty + `", url: https://crm.example.org}
external_accounts:
  - internal_name: "Adobe_Marketing_Cloud` + nasty + `"
    label: "l` + nasty + `"
    type: Adobe Marketing Cloud
    product_context: "dma` + nasty + `"
    ims_server: "https://ims-na1.adobelogin.com"
    ims_scopes: ["openid", "s` + nasty + `"]
    ims_client_id: "c` + nasty + `"
    ims_client_secret: secret-one-two
    ims_organization_id: "o` + nasty + `"
    association_mask: "Campaign` + nasty + ` - "
    experience_cloud_tenant: "t` + nasty + `"
operator_groups: [{name: "Admin` + nasty + `", rights: ["r` + nasty + `"]}, {name: Delivery}]
applications: [{name: "a` + nasty + `", url: https://crm.example.org, allow: ["z` + nasty + `"]}]
organization:
  id: "p` + nasty + `"
  clients: [{id: "d` + nasty + `", scopes: [openid]}]
  groups:
    - {name: "Campaign` + nasty + ` - Admin` + nasty + `", members: ["m` + nasty + `@example.org"]}
    - {name: "Campaign - delivery", members: ["m` + nasty + `@example.org"]}
  users: [{email: "m` + nasty + `@example.org", name: "n` + nasty + `"}]
suppress: [{code: mask-kind, subject: "s` + nasty + `", reason: "r` + nasty + `"}]
`
	put(t, "a.yaml", text)
	put(t, "b.yaml", strings.Replace(text, "crm.example.org", "stage.example.org", 1))
	raw := "m\x1b[2J\u202e\u009b\u2028x@example.org"
	said := 0
	for _, args := range [][]string{
		{"doctor", "--offline", "a.yaml"}, {"doctor", "--offline", "-v", "a.yaml"}, {"doctor", "--offline", "a.yaml", "b.yaml"}, {"doctor", "--offline", "-o", "junit", "a.yaml"},
		{"doctor", "--offline", "a.yaml", "--user", raw}, {"doctor", "--offline", "a.yaml", "--symptom", "no-right-matching"}, {"access", "a.yaml"}, {"access", "-o", "csv", "a.yaml"},
		{"explain", "no-right-matching", "-c", "a.yaml"}, {"explain", "ERR_TOO_MANY_REDIRECTS " + raw, "-c", "a.yaml"}, {"explain", raw}, {"explain", "mask-kind" + raw},
		{"fix", "product-context-value", "a.yaml", "--dry-run"}, {"fix", "external-account-missing", "a.yaml", "--dry-run"}, {"fix", "name-misspelled", "a.yaml", "--dry-run"},
		{"fix", "mask-blanks", "a.yaml", "--dry-run"}, {"fix", "organization-mismatch", "a.yaml", "--dry-run"}, {"fix", "mask-kind", "a.yaml", "--subject", raw},
		{"fix", raw, "a.yaml"}, {"doctor", "--only", raw, "a.yaml"},
	} {
		stdout, stderr, _ := run(t, "", args...)
		said += len(stdout)
		if strings.ContainsAny(stdout+stderr, "\x1b\u202e\u009b\u2028") {
			t.Errorf("usher %q moves the cursor:\n%q\n%q", args, stdout, stderr)
		}
	}
	if said < 8000 {
		t.Errorf("the commands said %d bytes only", said)
	}
}
