// SPDX-License-Identifier: Apache-2.0

package checks_test

import (
	"strings"
	"testing"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
)

// broken lists what people write, the code that comes first, and what the
// edits make of the line; empty: it is mended elsewhere.
func broken() []struct {
	code           usher.Code
	from, to, line string
} {
	mask, callback, scopes := `association_mask: "Campaign - harbor - "`, "callback_url: https://crm.harbor.example/usher/callback", "ims_scopes: openid,AdobeID,session,read_organizations,additional_info.projectedProductContext"
	listed := "callback_urls: [https://crm.harbor.example/usher/callback]"
	return []struct {
		code           usher.Code
		from, to, line string
	}{
		{"mask-blanks", mask, `association_mask: Campaign - harbor -`, mask},
		{"mask-blanks", mask, "association_mask: \"Campaign\u00a0- harbor -\u00a0\"", mask},
		{"mask-blanks", mask, `association_mask: "Campaign - harbor -(.*)"`, `association_mask: "Campaign - harbor - (.*)"`},
		{"mask-blanks", mask, "association_mask: \"Campaign - harbor - \u200b\"", mask},
		{"mask-blanks", mask, "association_mask: \"Campaign\u00a0– harbor\u00a0– (.*)\"", `association_mask: "Campaign - harbor - (.*)"`},
		{"name-misspelled", mask, `association_mask: "campaign - harbor - "`, mask},
		{"name-misspelled", mask, `association_mask: "Campaign – harbor – "`, mask},
		{"name-misspelled", mask, `association_mask: "Cаmpaign - harbor - "`, mask},
		{"name-misspelled", mask, `association_mask: ^Campagne - harbor - (.*)$`, `association_mask: ^Campaign - harbor - (.*)$`},
		{"mask-kind", mask, `association_mask: "Campaign - harbor - (*)"`, `association_mask: "Campaign - harbor - (.*)"`},
		{"mask-kind", mask, `association_mask: "Campaign - harbor - (.*"`, `association_mask: "Campaign - harbor - (.*)"`},
		{"mask-kind", mask, `association_mask: 'Campaign - harbor - (\w+)'`, `association_mask: 'Campaign - harbor - (.*)'`},
		{"mask-kind", mask, `association_mask: "Campagne - huurder_id - ( gebruikt.*)"`, `association_mask: "Campaign - harbor - (.*)"`},
		{"mask-placeholder", mask, `association_mask: "Campaign - tenant_id - (.*)"`, `association_mask: "Campaign - harbor - (.*)"`},
		{"mask-quoted", mask, `association_mask: "„Campaign - harbor - “"`, mask},
		{"operator-group-unknown", mask, `association_mask: "Campaign - "`, mask},
		{"operator-group-unknown", mask, `association_mask: "(.*)"`, `association_mask: "Campaign - harbor - (.*)"`},
		{"mask-matches-nothing", mask, `association_mask: "CampaignV6 - harbor - "`, mask},
		{"callback-wrong-instance", callback, "callback_url: https://https://crm.harbor.example/usher/callback", callback},
		{"callback-not-listed", callback, "callback_url: https://crm.harbor.example/nl/jsp/ims.jsp", callback},
		{"callback-not-listed", callback, "callback_url: https://crm.harbor.example", callback},
		{"callback-not-listed", callback, "callback_url: https://CRM.harbor.example:443/usher/callback/", callback},
		{"callback-not-https", callback, "callback_url: crm.harbor.example/usher/callback", callback},
		{"callback-not-listed", listed, `callback_patterns: ['https://crm\\.harbor\\.example/usher/callback']`, ""},
		{"organization-id-shape", "ims_organization_id: 8A2F19C3B4D5E6F708192A3B@AdobeOrg", "ims_organization_id: 8A2F19C3B4D5E6F7O8I92A3B@AdobeOrg", "ims_organization_id: 8A2F19C3B4D5E6F708192A3B@AdobeOrg"},
		{"organization-mismatch", "ims_organization_id: 8A2F19C3B4D5E6F708192A3B@AdobeOrg", "ims_organization_id: 8A2F19C3B4D5E6F708192A3@AdobeOrg", "ims_organization_id: 8A2F19C3B4D5E6F708192A3B@AdobeOrg"},
		{"organization-mismatch", "ims_organization_id: 8A2F19C3B4D5E6F708192A3B@AdobeOrg", "ims_organization_id: harbor", "ims_organization_id: 8A2F19C3B4D5E6F708192A3B@AdobeOrg"},
		{"scope-not-provisioned", scopes, strings.ReplaceAll(scopes, ",", ";"), scopes},
		{"scope-not-provisioned", scopes, scopes + ",dam-read,avatar", scopes},
		{"scope-not-provisioned", scopes, strings.Replace(scopes, "AdobeID", "adobeid", 1), scopes},
		{"ims-server-url", "ims_server: https://ims-na1.adobelogin.com", "ims_server: ims-nal.adobelogin.com/ims", "ims_server: https://ims-na1.adobelogin.com"},
		{"client-id-unknown", "ims_client_id: HarborCampaign", "ims_client_id: p8e-q7Zr1LmNvB3x", ""},
		{"external-account-missing", "internal_name: Adobe_Marketing_Cloud", "internal_name: Adobe Marketing Cloud", "internal_name: Adobe_Marketing_Cloud"},
		{"product-context-value", "    product_context: dma_campaign_classic", "    product_context: dma_campaign_클래식", "    product_context: dma_campaign_classic"},
		{"mask-blanks", "  - name: delivery\n", "  - name: \"delivery\u200b\"\n", `name: "delivery"`},
		{"public-path-never", "public: [/healthz, /static/]", "public: [/healthz, /static/*]", "public: [/healthz, /static/]"},
	}
}

// What people write is named by its cause, and the edits that are offered lead
// to a file in which nothing is wrong.
func TestEditsLeadToHealth(t *testing.T) {
	for _, b := range broken() {
		text := strings.Replace(harbor, b.from, b.to, 1)
		if text == harbor {
			t.Fatalf("%q is not in the file", b.from)
		}
		cfg, first := judged(t, text)
		if first == nil || first.Code != b.code {
			t.Errorf("%q: the first finding is %v, wanted %s", b.to, first, b.code)
			continue
		}
		for range 8 {
			if first == nil || first.Fix == nil || len(first.Fix.Edits) == 0 {
				break
			}
			var err error
			if text, err = applied(cfg, text, first.Fix.Edits); err != nil {
				t.Fatalf("%q: %v", b.to, err)
			}
			cfg, first = judged(t, text)
		}
		switch {
		case b.line == "" && first == nil:
			t.Errorf("%q: an edit mends what only the provider or a person can", b.to)
		case b.line != "" && first != nil:
			t.Errorf("%q: after the edits %s is found", b.to, first.Code)
		case b.line != "" && !strings.Contains(text, b.line):
			t.Errorf("%q: the edits do not write %q:\n%s", b.to, b.line, text)
		}
	}
}

// judged gives the configuration and its first finding.
func judged(t *testing.T, text string) (*config.Config, *doctor.Result) {
	t.Helper()
	cfg, err := config.Parse("harbor.yaml", []byte(text), environment(nil))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, r := range doctor.Run(checks.All(), doctor.NewCase(today, cfg)) {
		if r.Root() && r.Finding() {
			return cfg, &r
		}
	}
	return cfg, nil
}

func applied(cfg *config.Config, text string, edits []usher.Edit) (string, error) {
	out, err := cfg.Change(edits...).Apply([]byte(text))
	return string(out), err
}
