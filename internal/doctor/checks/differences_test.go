// SPDX-License-Identifier: Apache-2.0

package checks_test

import (
	"strings"
	"testing"

	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
)

// What instances differ in is shown side by side; secrets are compared only.
func TestInstancesSideBySide(t *testing.T) {
	stage := strings.NewReplacer("name: harbor", "name: harbor-stage\n  environment: stage", "crm.harbor", "stage.harbor", "reports.harbor", "reports-stage.harbor",
		"p8e-q7Zr1LmNvB3x", "p8e-stageCANARY", "session,read_org", "avatar,read_org", "idle: 30m", "idle: 90m", "rights: [WORKFLOW]", "rights: [WORKFLOW, IMPORT]").Replace(harbor)
	desk := strings.NewReplacer("name: harbor", "name: desk\n  environment: development", "crm.harbor", "desk.harbor", "reports.harbor", "reports-desk.harbor").Replace(harbor)
	c := doctor.NewCase(today, load(t, harbor), load(t, stage), load(t, desk))
	got := make(map[string][]string)
	for _, d := range doctor.Differences(c) {
		for _, v := range d.Values {
			got[d.Key] = append(got[d.Key], v.String())
		}
	}
	for key, want := range map[string]string{
		"ims_scopes":           "besides what all have: session|besides what all have: avatar|besides what all have: session",
		"ims_client_secret":    "one of its own|one of its own|the same as in harbor",
		"server.session.idle":  "30m|1h30m|30m",
		"operator_groups":      "besides what all have: workflow (WORKFLOW)|besides what all have: workflow (IMPORT, WORKFLOW)|besides what all have: workflow (WORKFLOW)",
		"callback_url":         "https://crm.harbor.example/usher/callback|https://stage.harbor.example/usher/callback|https://desk.harbor.example/usher/callback",
		"instance.environment": "production|stage|development",
	} {
		if text := strings.Join(got[key], "|"); text != want {
			t.Errorf("%s: got %q, wanted %q", key, text, want)
		}
		delete(got, key)
	}
	for key, values := range got {
		if key != "instance.url" && key != "server.public_url" && key != "server.database" {
			t.Errorf("%s is no difference: %q", key, values)
		}
	}
	out := write(t, text(doctor.Options{Width: 80}), doctor.Report{Usher: "0.1.0", Case: c, Results: doctor.Run(checks.All(), c)})
	if strings.Contains(out, "CANARY") || strings.Contains(out, "q7Zr1Lm") {
		t.Errorf("a secret is shown:\n%s", out)
	}
	if !strings.Contains(out, "  server.session.idle\n    harbor        30m\n    harbor-stage  1h30m\n    desk          30m\n") {
		t.Errorf("the text shows no columns:\n%s", out)
	}
	if one := doctor.Differences(doctor.NewCase(today, load(t, harbor))); one != nil {
		t.Errorf("one instance differs from itself: %v", one)
	}
}
