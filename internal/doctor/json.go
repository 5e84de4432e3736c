// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"encoding/json"
	"io"

	"github.com/usher-signin/usher"
)

type jsonReport struct {
	Usher     string       `json:"usher"`
	Instances []string     `json:"instances"`
	Results   []jsonResult `json:"results"`
	Summary   Summary      `json:"summary"`
}

// jsonResult has the members that are always there first, then those that are
// there only where they say something.
type jsonResult struct {
	Code     usher.Code     `json:"code"`
	Status   Status         `json:"status"`
	Severity usher.Severity `json:"severity"`
	Instance string         `json:"instance"`
	Subject  string         `json:"subject"`
	Message  string         `json:"message"`
	Saw      string         `json:"saw"`
	Want     string         `json:"want"`
	File     string         `json:"file"`
	Line     int            `json:"line"`
	Column   int            `json:"column"`
	Fix      *usher.Fix     `json:"fix"`
	Because  *usher.Code    `json:"because"`

	Evidence   []string `json:"evidence,omitempty"`
	Missing    []string `json:"missing,omitempty"`    // unknown: the facts that are missing
	Gather     string   `json:"gather,omitempty"`     // unknown: what would settle it
	Suppressed string   `json:"suppressed,omitempty"` // the reason for which the finding is accepted
}

// JSON writes the report as one object.
func JSON(w io.Writer, r Report) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(reportJSON(r))
}

func reportJSON(r Report) jsonReport {
	out := jsonReport{Usher: r.Usher, Instances: r.Instances(), Summary: r.Summary(), Results: make([]jsonResult, len(r.Results))}
	for i, res := range r.Results {
		out.Results[i] = resultJSON(res)
	}
	return out
}

func resultJSON(res Result) jsonResult {
	f := res.Usher()
	j := jsonResult{Code: res.Code, Status: res.Status, Severity: res.Severity, Instance: res.Instance, Subject: f.Subject,
		Message: f.Message, Saw: f.Saw, Want: f.Want, File: f.Place.File, Line: f.Place.Line, Column: f.Place.Column, Fix: f.Fix,
		Evidence: f.Evidence, Gather: res.Gather.String(), Suppressed: res.Suppressed}
	if res.Because != "" {
		j.Because = &res.Because
	}
	for _, one := range res.Missing.each() {
		j.Missing = append(j.Missing, one.word().name)
	}
	return j
}
