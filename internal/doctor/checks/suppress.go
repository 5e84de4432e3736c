// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"slices"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/lookalike"
)

// suppressions lists what must hold of the findings that the file accepts.
func suppressions() []doctor.Check {
	w := usher.SeverityWarning
	return []doctor.Check{
		{Code: "suppression-unknown", Layer: doctor.LayerFile, Severity: w, Holds: "every accepted finding has a code that exists", Reads: doctor.Config, Judge: suppressionUnknown},
		{Code: "suppression-expired", Layer: doctor.LayerFile, Severity: w, Holds: "no acceptance is over", Reads: doctor.Config | doctor.Today, Judge: suppressionExpired},
		{Code: "suppression-unused", Layer: doctor.LayerFile, Severity: w, Holds: "every acceptance accepts something", Reads: doctor.Config, Review: suppressionUnused},
	}
}

func suppressionUnknown(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var known []string
	for _, c := range All() {
		known = append(known, string(c.Code))
	}
	var out []doctor.Ruling
	for i, s := range cfg.Suppress {
		if slices.Contains(known, string(s.Code)) {
			continue
		}
		path := item("suppress", i) + ".code"
		r := doctor.Fail(string(s.Code), "there is no check %s: this accepts nothing", quoted(string(s.Code))).Found(quoted(string(s.Code)), doctor.Say("the code of a check")).At(cfg.At(path))
		if near, ok := lookalike.Near(string(s.Code), known); ok {
			out = append(out, r.Found(quoted(string(s.Code)), quoted(near.Want)).With("%s", near.How).Mend(set(cfg, path, near.Want), "write %s", near.Want))
			continue
		}
		out = append(out, r.Mend(remove(cfg, item("suppress", i)), "take it out"))
	}
	return out
}

func suppressionExpired(e *doctor.Evidence) []doctor.Ruling {
	cfg, now := e.Config(), e.Now()
	var out []doctor.Ruling
	for i, s := range cfg.Suppress {
		if !s.Ended(now) {
			continue
		}
		out = append(out, doctor.Fail(string(s.Code), "the finding was accepted until %s, which is over", s.Until.Format(time.DateOnly)).
			Found(s.Until.Format(time.DateOnly), doctor.Say("a day to come, or no acceptance")).At(cfg.At(item("suppress", i)+".until")).
			With("the reason was: %s", s.Reason).
			Mend(remove(cfg, item("suppress", i)), "take it out, and mend the finding; or accept it anew, with a new reason"))
	}
	return out
}

// suppressionUnused judges the other checks' results: an acceptance that
// accepts nothing hides the finding that will come.
func suppressionUnused(e *doctor.Evidence, results []doctor.Result) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for i, s := range cfg.Suppress {
		judged, used := false, false
		for _, r := range results {
			if r.Code != s.Code {
				continue
			}
			judged = judged || r.Status == doctor.Holds || r.Status == doctor.Fails
			used = used || r.Suppressed != "" && (s.Subject == "" || s.Subject == r.Subject)
			used = used || r.Code == "suppression-expired" || r.Status == doctor.Moot || r.Status == doctor.Unknown
		}
		if !judged || used || expired(results, s.Code) {
			continue
		}
		subject := string(s.Code)
		if s.Subject != "" {
			subject += " " + s.Subject
		}
		out = append(out, doctor.Fail(subject, "nothing is found that this acceptance would accept").Found(doctor.Say("no such finding"), doctor.Say("none to accept, so no acceptance")).
			At(cfg.At(item("suppress", i)+".code")).With("the reason was: %s", s.Reason).
			Mend(remove(cfg, item("suppress", i)), "take it out"))
	}
	return out
}

// expired says that another finding speaks of this acceptance already.
func expired(results []doctor.Result, code usher.Code) bool {
	return slices.ContainsFunc(results, func(r doctor.Result) bool {
		return r.Code == "suppression-expired" && r.Status == doctor.Fails && r.Subject == string(code)
	})
}
