// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
)

func node() []doctor.Check {
	return []doctor.Check{{
		Code: usher.CodeRestartPending, Layer: doctor.LayerProcess, Severity: usher.SeverityError,
		Holds: "every running gateway runs the file as it is now",
		Reads: doctor.Config | doctor.Nodes,
		Explains: doctor.Signs{usher.SymptomRedirectedToAdobe: doctor.Sometimes, usher.SymptomNoRightMatching: doctor.Sometimes,
			usher.SymptomLoginPageUnreachable: doctor.Sometimes, doctor.SymptomErrorAfterLogin: doctor.Sometimes},
		Judge: restartPending,
	}}
}

func restartPending(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, n := range e.Nodes() {
		if n.Revision == cfg.Revision {
			continue
		}
		r := doctor.Fail(n.Name, "the gateway %s runs another state of the file than the one judged here", n.Name).
			Found(doctor.Say("revision %s, loaded %s", n.Revision, n.Loaded.UTC().Format(time.RFC3339)), doctor.Say("revision %s", cfg.Revision)).
			At(usher.Place{File: cfg.File})
		switch {
		case n.Refused != "":
			r = r.With("it read the newer file and did not put it in force: %s", n.Refused).Elsewhere("correct the file; the gateway loads it by itself")
		default:
			r = r.Elsewhere("see that the gateway reads the same file, then restart it: systemctl restart usher")
		}
		out = append(out, r)
	}
	return out
}
