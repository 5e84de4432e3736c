// SPDX-License-Identifier: Apache-2.0

package checks_test

import (
	"io"
	"testing"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
)

// Whatever loads is judged without a panic, in every format, and every edit
// that is offered can be made.
func FuzzDoctor(f *testing.F) {
	f.Add(file)
	f.Add("instance: {name: x, url: https://x.example}\nexternal_accounts: [{internal_name: a, type: OpenID Connect, association_mask: {pattern: \"((\"}}]\n")
	f.Add("instance: {name: \"\\x1b\\u202e\", url: https://x.example}\nexternal_accounts:\n - {internal_name: Adobe_Marketing_Cloud, type: Adobe Marketing Cloud, association_mask: \"\\u00a0\"}\noperator_groups: [{name: \" \"}, {name: \"\\u200b\"}]\norganization: {groups: [{name: \"\\u00a0 \"}]}\n")
	all := checks.All()
	f.Fuzz(func(t *testing.T, text string) {
		cfg, err := config.Parse("fuzz.yaml", []byte(text), environment(nil))
		if err != nil {
			return
		}
		c := doctor.NewCase(today, cfg)
		c.Instances[0].Email = "ana@corp.example"
		r := doctor.Report{Usher: "0", Case: c, Results: doctor.Run(all, c)}
		for _, write := range []func(io.Writer, doctor.Report) error{doctor.JSON, doctor.SARIF, doctor.JUnit,
			func(w io.Writer, r doctor.Report) error {
				return doctor.Text(w, r, doctor.Options{Width: 40, Verbose: true, Language: doctor.Dutch})
			}} {
			if err := write(io.Discard, r); err != nil {
				t.Error(err)
			}
		}
		for _, res := range r.Results {
			if res.Fix == nil || len(res.Fix.Edits) == 0 {
				continue
			}
			text := cfg.Redacted()
			if err := cfgChange(cfg, res, &text); err != nil {
				t.Errorf("%s offers an edit that cannot be made: %v", res.Code, err)
			}
		}
		_ = doctor.AccessTable(io.Discard, doctor.Access(cfg), doctor.Options{})
		_ = doctor.PersonText(io.Discard, doctor.ExplainPerson(all, cfg, "ana@corp.example"), doctor.Options{})
	})
}
