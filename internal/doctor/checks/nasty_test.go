// SPDX-License-Identifier: Apache-2.0

package checks_test

import (
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
)

// Nasty values in every place of every scenario's file: nothing panics, every
// edit that is offered can be made, and nothing printed moves the cursor.
func TestNastyValues(t *testing.T) {
	nasty := []string{`""`, `" "`, `"\u00a0"`, `"\u200b\u202e"`, `"\x1b[2J"`, `"%s%d%!"`, `"((("`, `"(.*)(.*)"`, `"[a-"`, `"\\"`, `"https://"`, `"http://[::1"`, `"//"`,
		`"a,b,,c"`, `"` + strings.Repeat("Admin ", 60) + `"`, `"Ünïcödé – „x“"`, `"@AdobeOrg"`, `"=cmd()"`, `"/"`, `"*"`, `"^$"`, `"https://campaign.corp.example:443/usher/callback?x#y"`, `"dma_campaign_classic"`}
	value := regexp.MustCompile(`: ("[^"]*"|'[^']*'|[^\s{\[][^,}\]\n]*)`)
	random := rand.New(rand.NewPCG(5, 6))
	all := checks.All()
	judged := 0
	for _, s := range scenarios(t) {
		for range 3 {
			text := s.files["fails.yaml"] + s.files["both.yaml"]
			places := value.FindAllStringSubmatchIndex(text, -1)
			for range 1 + random.IntN(3) {
				p := places[random.IntN(len(places))]
				if p[3] <= len(text) {
					text = text[:p[2]] + nasty[random.IntN(len(nasty))] + text[p[3]:]
				}
				places = value.FindAllStringSubmatchIndex(text, -1)
			}
			cfg, err := config.Parse("nasty.yaml", []byte(text), environment(nil))
			if err != nil {
				continue
			}
			judged++
			c := doctor.NewCase(today, cfg)
			c.Instances[0].Email = "ana@corp.example"
			r := doctor.Report{Usher: "0", Case: c, Results: doctor.Run(all, c)}
			out := write(t, func(w io.Writer, r doctor.Report) error { return doctor.Text(w, r, doctor.Options{Verbose: true}) }, r)
			if strings.ContainsAny(out, "\x1b\u202e") || strings.Contains(out, "%!(") {
				t.Errorf("what is printed moves the cursor or is broken:\n%s\n%q", text, out)
			}
			for _, res := range r.Results {
				if res.Fix == nil || len(res.Fix.Edits) == 0 {
					continue
				}
				edited := cfg.Redacted()
				if err := cfgChange(cfg, res, &edited); err != nil {
					t.Errorf("%s offers an edit that cannot be made: %v\n%s", res.Code, err, text)
				} else if _, err := config.Parse("nasty.yaml", []byte(edited), environment(nil)); err != nil {
					t.Errorf("%s offers an edit after which the file does not load: %v\n%s", res.Code, err, text)
				}
			}
			doctor.ExplainPerson(all, cfg, "ana@corp.example")
		}
	}
	if judged < 200 {
		t.Errorf("only %d files were judged", judged)
	}
}
