// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"bufio"
	"encoding/json"
	"io"
	"slices"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/lookalike"
)

// Recognized writes what was recognized in a pasted text and what it means.
func Recognized(w io.Writer, matches []Match, o Options) error {
	p := &printer{w: bufio.NewWriter(w), o: o}
	for _, m := range matches {
		p.line(lookalike.Show(m.Quote))
		p.wrapped("    ", 4, 4, m.Says.In(o.Language))
	}
	return p.w.Flush()
}

// Pasted writes the causes of what was recognized, over a configuration:
// confirmed, then not known with what would settle it, then ruled out.
func Pasted(w io.Writer, r Report, o Options) error {
	p := &printer{w: bufio.NewWriter(w), o: o, report: r, folded: r.consequences()}
	p.line("")
	p.heading()
	p.findings()
	p.candidates()
	p.notJudged()
	if len(r.Results) > 0 && !slices.ContainsFunc(r.Results, func(res Result) bool { return res.Status != Holds }) {
		p.line("")
		p.line(p.say("The file rules out what the message points to: what it says of the provider may be out of date. usher doctor without --offline asks the provider."))
	}
	return p.w.Flush()
}

// CandidateText writes the causes that come into question where there is no
// configuration to judge, with the page of each.
func CandidateText(w io.Writer, list []Result, program string, o Options) error {
	p := &printer{w: bufio.NewWriter(w), o: o}
	if len(list) == 0 {
		return nil
	}
	p.line("")
	p.line(p.say("what to look at, the likeliest first:"))
	for _, res := range list {
		p.wrapped(" ??  ", 5, 5, p.say("%s: %s; to hold: %s   (%s explain %s)", string(res.Code), res.Weight.Words(), res.Message, program, string(res.Code)))
	}
	p.line("")
	p.line(p.say("with -c FILE they are judged over that configuration"))
	return p.w.Flush()
}

type jsonMatch struct {
	Quote     string          `json:"quote"`
	Says      string          `json:"says"`
	Symptom   usher.Symptom   `json:"symptom,omitempty"`
	Codes     []usher.Code    `json:"codes,omitempty"`
	Reference usher.Reference `json:"reference,omitempty"`
}

// PastedJSON writes what was recognized and the report over it as one object.
func PastedJSON(w io.Writer, matches []Match, r Report) error {
	out := struct {
		Recognized []jsonMatch `json:"recognized"`
		jsonReport
	}{jsonReport: reportJSON(r)}
	for _, m := range matches {
		out.Recognized = append(out.Recognized, jsonMatch{m.Quote, m.Says.String(), m.Symptom, m.Codes, m.Reference})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(out)
}
