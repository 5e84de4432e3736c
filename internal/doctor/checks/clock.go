// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
)

func clock() []doctor.Check {
	return []doctor.Check{{
		Code: "clock-skew", Layer: doctor.LayerNetwork, Severity: usher.SeverityError,
		Holds:    "our clock agrees with the provider's",
		Reads:    doctor.Config | doctor.Clock,
		Explains: doctor.Signs{doctor.SymptomErrorAfterLogin: doctor.Likely, doctor.SymptomLoginLoop: doctor.Rarely},
		Judge:    clockSkew,
	}}
}

// How far the clocks may differ. Tokens are taken with a minute's leeway;
// half of it is worth a warning.
const (
	skewWarning = 30 * time.Second
	skewError   = 60 * time.Second
)

func clockSkew(e *doctor.Evidence) []doctor.Ruling {
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		s := a.Clock()
		if s == nil || s.Samples == 0 || s.Ahead.Abs()-s.RoundTrip/2 <= skewWarning {
			continue
		}
		which := "ahead of"
		if s.Ahead < 0 {
			which = "behind"
		}
		r := doctor.Fail(s.Host, "this machine's clock is %s "+which+" the provider's", s.Ahead.Abs().Round(time.Second).String()).
			Found(s.Ahead.Round(time.Second).String(), doctor.Say("less than %s", skewWarning.String())).At(a.Place("ims_server")).
			Elsewhere("let the machine keep time: timedatectl set-ntp true")
		if s.Ahead.Abs()-s.RoundTrip/2 <= skewError {
			r.Severity = usher.SeverityWarning
		}
		out = append(out, r)
	}
	return out
}
