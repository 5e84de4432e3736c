// SPDX-License-Identifier: Apache-2.0

package rehearse

import (
	"slices"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
)

// Diagnose gives the rehearsal to the doctor's checks, as the recorded attempt
// and the person's profile that they read, so that the words and the fixes are
// the doctor's.
func Diagnose(checks []doctor.Check, version string, cfg *config.Config, o *Outcome, now time.Time) doctor.Report {
	c := doctor.FromAttempt(cfg, o.Attempt())
	c.Now = now
	for _, in := range c.Instances {
		in.Attempt.From = "this rehearsal"
		if in.Profile != nil {
			in.Profile.From = "this rehearsal"
		}
	}
	report := doctor.Report{Usher: version, Case: c, Vantage: "this rehearsal and the file"}
	if o.Result == LetIn {
		report.Results = doctor.Run(checks, c)
		o.besides = slices.ContainsFunc(report.Results, func(r doctor.Result) bool { return r.Root() && r.Suppressed == "" })
		return report
	}
	report.Results = doctor.ExplainCase(checks, c)
	return report
}

// Exit gives the exit status of a rehearsal: 0 where the person would be let
// in and nothing is wrong, 1 where an error was found, 3 where the browser
// never came back and nothing in the file says why.
func Exit(o *Outcome, report doctor.Report, strict bool) int {
	status := report.Exit(strict)
	switch {
	case o.Result == Refused:
		return 1
	case o.Result == NeverBack && !wrong(report):
		return 3
	}
	return status
}

// wrong says that something was found besides that nobody came back.
func wrong(report doctor.Report) bool {
	for _, r := range report.Results {
		if r.Root() && r.Finding() && r.Severity == usher.SeverityError && r.Code != usher.CodeAttemptUnfinished {
			return true
		}
	}
	return false
}
