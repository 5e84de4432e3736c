// SPDX-License-Identifier: Apache-2.0

package checks_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
)

const harbor = `# Harbor bank, production
instance:
  name: harbor
  url: https://crm.harbor.example
external_accounts:
  - internal_name: Adobe_Marketing_Cloud
    label: MAC
    type: Adobe Marketing Cloud
    enabled: true
    product_context: dma_campaign_classic
    ims_server: https://ims-na1.adobelogin.com
    ims_scopes: openid,AdobeID,session,read_organizations,additional_info.projectedProductContext
    ims_client_id: HarborCampaign
    ims_client_secret: p8e-q7Zr1LmNvB3x
    callback_url: https://crm.harbor.example/usher/callback
    ims_organization_id: 8A2F19C3B4D5E6F708192A3B@AdobeOrg
    association_mask: "Campaign - harbor - "
operator_groups:
  - name: boss
    rights: [ADMINISTRATION]
  - name: delivery
    rights: [PREPARE DELIVERIES, START DELIVERIES]
  - name: workflow
    rights: [WORKFLOW]
applications:
  - name: reports
    url: https://reports.harbor.example
    allow: [boss, delivery]
    public: [/healthz, /static/]
server:
  public_url: https://crm.harbor.example
  trusted_proxies: [127.0.0.1]
  session: {idle: 30m, lifetime: 10h}
organization:
  id: 8A2F19C3B4D5E6F708192A3B@AdobeOrg
  product_context: dma_campaign_classic
  clients:
    - id: HarborCampaign
      secrets: [p8e-q7Zr1LmNvB3x]
      callback_urls: [https://crm.harbor.example/usher/callback]
      scopes: [openid, AdobeID, session, read_organizations, additional_info.projectedProductContext]
  groups:
    - name: Campaign - harbor - boss
      members: [joke@harbor.example]
    - name: Campaign - harbor - delivery
      members: [piet@harbor.example, sanne@harbor.example]
    - name: Campaign - harbor - workflow
      members: [sanne@harbor.example]
    - name: Analytics - harbor - viewers
      members: [piet@harbor.example]
`

// A fault is one thing made wrong in the file, and the code that says so.
type fault struct {
	code     usher.Code
	from, to string
}

// faults lists one fault a place of the file, and several for its names.
func faults() []fault {
	mask := `association_mask: "Campaign - harbor - "`
	return []fault{
		{"external-account-missing", "Adobe_Marketing_Cloud", "Adobe_Marketing_Coud"},
		{"external-account-disabled", "enabled: true", "enabled: false"},
		{"product-context-value", "    product_context: dma_campaign_classic", "    product_context: dma_campagne_classic"},
		{"product-context-mismatch", "\n  product_context: dma_campaign_classic", "\n  product_context: dma_campaign"},
		{"ims-server-url", "ims_server: https://", "ims_server: http://"},
		{"organization-mismatch", "\n  id: 8A2F", "\n  id: 9A2F"},
		{"organization-id-shape", "ims_organization_id: 8A2F19C3B4D5E6F708192A3B@AdobeOrg", "ims_organization_id: 8A2F19C3B4D5E6F7O8192A3B@AdobeOrg"},
		{"scope-not-provisioned", "session,read_org", "session,avatar,read_org"},
		{"scope-missing", "ims_scopes: openid,", "ims_scopes: "},
		{"client-id-unknown", "ims_client_id: Harbor", "ims_client_id: Habror"},
		{"client-secret-wrong", "ims_client_secret: p8e-q7Zr1LmNvB3x", "ims_client_secret: p8e-another"},
		{"callback-not-https", "callback_url: https://", "callback_url: http://"},
		{"callback-not-listed", "callback_urls: [https://crm.", "callback_urls: [https://cmr."},
		{"callback-wrong-instance", "callback_url: https://crm.", "callback_url: https://stage."},
		{"mask-kind", mask, `association_mask: "Campaign - harbor - (*)"`},
		{"mask-blanks", mask, `association_mask: "Campaign - harbor -"`},
		{"mask-blanks", mask, `association_mask: "Campaign` + "\u00a0" + `- harbor - "`},
		{"name-misspelled", mask, `association_mask: "Campagne - harbor - "`},
		{"mask-placeholder", mask, `association_mask: "Campaign - tenant_id - (.*)"`},
		{"mask-quoted", mask, `association_mask: "“Campaign - harbor - (.*)”"`},
		{"mask-matches-nothing", mask, `association_mask: "Kampagne X - "`},
		{"operator-group-unknown", mask, `association_mask: "Campaign - "`},
		{"name-misspelled", "harbor - delivery\n", "harbor – delivery\n"},
		{"mask-blanks", "name: Campaign - harbor - boss\n", "name: Campaign - harbor -  boss\n"},
		{"label-for-name", "harbor - workflow\n", "harbor - Workflow execution\n"},
		{"operator-group-unknown", "harbor - workflow\n", "harbor - accounting\n"},
		{"operator-group-unreachable", "    - name: Campaign - harbor - workflow\n      members: [sanne@harbor.example]\n", ""},
		{"application-group-unknown", "allow: [boss, delivery]", "allow: [boss, deliverers]"},
		{"session-idle", "idle: 30m", "idle: 20h"},
		{"public-path-everything", "public: [/healthz, /static/]", "public: [/]"},
		{"trusted-proxies-wide", "trusted_proxies: [127.0.0.1]", "trusted_proxies: [0.0.0.0/0]"},
	}
}

// explainedBy says that fixing one thing changes what is to be said of the
// other, so that one finding stands for both.
func explainedBy(first, second usher.Code) bool {
	mask := regexp.MustCompile("^(mask-kind|mask-placeholder|mask-quoted)$") // what they leave cannot be known
	name := regexp.MustCompile("^(name-misspelled|label-for-name|operator-group-unknown|operator-group-unreachable)$")
	switch {
	case first == "product-context-value" && second == "product-context-mismatch", first == "organization-id-shape" && second == "organization-mismatch":
		return true
	case first == "callback-not-https" || first == "callback-wrong-instance":
		return second == "callback-not-listed"
	}
	return mask.MatchString(string(first)) && name.MatchString(string(second))
}

// Two faults at once: both are found, or one is said to wait for the other;
// nothing else is made a cause.
func TestTwoFaultsAtOnce(t *testing.T) {
	all := faults()
	pairs := 0
	for i, a := range all {
		for j := i; j < len(all); j++ {
			b := all[j]
			text := strings.Replace(harbor, a.from, a.to, 1)
			if text == harbor {
				t.Fatalf("%s: %q is not in the file", a.code, a.from)
			}
			if i != j {
				if !strings.Contains(text, b.from) {
					continue // the other fault is in the same place
				}
				text = strings.Replace(text, b.from, b.to, 1)
			}
			pairs++
			cfg, err := config.Parse("harbor.yaml", []byte(text), environment(nil))
			if err != nil {
				t.Fatal(err)
			}
			results := doctor.Run(checks.All(), doctor.NewCase(today, cfg))
			roots, moot := rootsAndMoot(results)
			for _, f := range []fault{a, b} {
				if !roots[f.code] && (!moot[f.code] || !explainedBy(a.code, b.code) && !explainedBy(b.code, a.code)) {
					t.Errorf("%s (%q) and %s (%q): %s is not found", a.code, a.to, b.code, b.to, f.code)
				}
			}
			for code := range roots {
				if code != a.code && code != b.code {
					t.Errorf("%s (%q) and %s (%q): %s is made a cause", a.code, a.to, b.code, b.to, code)
				}
			}
		}
	}
	if pairs < 400 {
		t.Errorf("only %d pairs were judged", pairs)
	}
}

func rootsAndMoot(results []doctor.Result) (roots, moot map[usher.Code]bool) {
	roots, moot = make(map[usher.Code]bool), make(map[usher.Code]bool)
	for _, r := range results {
		if r.Root() && r.Finding() {
			roots[r.Code] = true
		}
		if r.Status == doctor.Moot {
			moot[r.Code] = true
		}
	}
	return roots, moot
}

// One fault gives one finding, whatever follows from it.
func TestOneFaultIsOneCause(t *testing.T) {
	for _, f := range faults() {
		cfg, err := config.Parse("harbor.yaml", []byte(strings.Replace(harbor, f.from, f.to, 1)), environment(nil))
		if err != nil {
			t.Fatal(err)
		}
		if got := found(doctor.Run(checks.All(), doctor.NewCase(today, cfg))); len(got) != 1 || !strings.HasPrefix(got[0], string(f.code)) {
			t.Errorf("%s (%q): found %q", f.code, f.to, got)
		}
	}
	cfg, err := config.Parse("harbor.yaml", []byte(harbor), environment(nil))
	if err != nil {
		t.Fatal(err)
	}
	if got := found(doctor.Run(checks.All(), doctor.NewCase(today, cfg))); len(got) != 0 {
		t.Errorf("the file itself is not healthy: %q", got)
	}
}
