// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
)

func instance() []doctor.Check {
	return []doctor.Check{{
		Code: usher.CodeHostedInstance, Layer: doctor.LayerFile, Severity: usher.SeverityInfo,
		Holds: "the instance is ours to mend",
		Reads: doctor.Config,
		Stops: true,
		Judge: hosted,
	}}
}

// hosted stops the matter: what a hosted instance stores, and how it is
// restarted, is in the vendor's hands.
func hosted(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	if cfg.Instance.Deployment != usher.Hosted {
		return nil
	}
	return []doctor.Ruling{doctor.Note(cfg.Instance.Name, "the vendor hosts this instance and mends it: nothing here is judged").
		Found(string(usher.Hosted), doctor.Say("on-premise or hybrid, for the checks to apply")).
		At(cfg.At("instance.deployment")).
		Elsewhere("open a case with Adobe's customer care: a hosted instance is theirs to mend")}
}
