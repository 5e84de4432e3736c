// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"

	"github.com/usher-signin/usher"
)

// The parts of SARIF 2.1.0 (OASIS) that the report fills. Names and nesting
// are the standard's.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool     `json:"tool"`
		ColumnKind  string        `json:"columnKind"`
		Results     []sarifResult `json:"results"`
		Invocations []struct {
			Successful bool `json:"executionSuccessful"`
		} `json:"invocations"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID    string    `json:"id"`
		Short sarifText `json:"shortDescription"`
		Help  sarifText `json:"help"`
		Level struct {
			Level string `json:"level"`
		} `json:"defaultConfiguration"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		Rule         string             `json:"ruleId"`
		Index        int                `json:"ruleIndex"`
		Kind         string             `json:"kind"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
		Fixes        []sarifFix         `json:"fixes,omitempty"`
		Properties   map[string]string  `json:"properties,omitempty"`
	}
	sarifSuppression struct {
		Kind   string `json:"kind"`
		Reason string `json:"justification"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		Line    int `json:"startLine"`
		Column  int `json:"startColumn,omitempty"`
		EndLine int `json:"endLine,omitempty"`
		EndCol  int `json:"endColumn,omitempty"`
	}
	sarifFix struct {
		Description sarifText     `json:"description"`
		Changes     []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		Artifact     sarifArtifact      `json:"artifactLocation"`
		Replacements []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		Deleted  sarifRegion `json:"deletedRegion"`
		Inserted *sarifText  `json:"insertedContent,omitempty"`
	}
)

// SARIF writes the report's failures as one SARIF 2.1.0 log, for code hosts
// and editors. What holds, is moot or is not known is not in it, as a result
// there means something to look at.
func SARIF(w io.Writer, r Report) error {
	run := sarifRun{Tool: sarifTool{sarifDriver{Name: "usher", Version: r.Usher, Rules: []sarifRule{}}}, ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Invocations = append(run.Invocations, struct {
		Successful bool `json:"executionSuccessful"`
	}{true})
	at := make(map[usher.Code]int)
	for _, res := range r.Results {
		if res.Status != Fails {
			continue
		}
		i, ok := at[res.Code]
		if !ok {
			i = len(run.Tool.Driver.Rules)
			at[res.Code] = i
			rule := sarifRule{ID: string(res.Code), Short: sarifText{res.check.Holds}, Help: sarifText{"usher explain " + string(res.Code)}}
			rule.Level.Level = sarifLevel(res.check.Severity)
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule)
		}
		run.Results = append(run.Results, sarifOf(res, i, r))
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}})
}

func sarifLevel(s usher.Severity) string {
	switch s {
	case usher.SeverityError:
		return "error"
	case usher.SeverityWarning:
		return "warning"
	default:
		return "note"
	}
}

func sarifOf(res Result, rule int, r Report) sarifResult {
	f := res.Usher()
	text := f.Message
	if f.Saw != "" || f.Want != "" {
		text += "\nsaw " + f.Saw + "\nwant " + f.Want
	}
	for _, line := range f.Evidence {
		text += "\n" + line
	}
	if f.Fix != nil {
		text += "\nfix: " + f.Fix.Description
	}
	out := sarifResult{Rule: string(res.Code), Index: rule, Kind: "fail", Level: sarifLevel(res.Severity), Message: sarifText{text},
		Locations:    []sarifLocation{{sarifPhysical{sarifArtifact{uri(f.Place.File)}, region(f.Place)}}},
		Fingerprints: map[string]string{"usher/v1": fingerprint(res)},
		Properties:   map[string]string{"instance": res.Instance, "subject": res.Subject}}
	if res.Suppressed != "" {
		out.Suppressions = []sarifSuppression{{"inSource", res.Suppressed}}
	}
	if f.Fix != nil && len(f.Fix.Edits) > 0 {
		out.Fixes = []sarifFix{sarifEdits(res, f.Fix, r)}
	}
	return out
}

// uri writes a file's name as a relative or file URI reference.
func uri(name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	escaped := strings.NewReplacer("%", "%25", " ", "%20", "#", "%23", "?", "%3F").Replace(name)
	if strings.HasPrefix(escaped, "/") {
		return "file://" + escaped
	}
	return escaped
}

func region(p usher.Place) *sarifRegion {
	if p.Line == 0 {
		return nil
	}
	return &sarifRegion{Line: p.Line, Column: p.Column}
}

// fingerprint is the same for the same finding, wherever its line moves.
func fingerprint(res Result) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{string(res.Code), res.Instance, res.Subject, res.Saw.String()}, "\x00")))
	return hex.EncodeToString(sum[:8])
}

func sarifEdits(res Result, fix *usher.Fix, r Report) sarifFix {
	change := sarifChange{Artifact: sarifArtifact{uri(res.File)}}
	cfg := r.config(res)
	for _, e := range fix.Edits {
		rep := sarifReplacement{Deleted: sarifRegion{Line: e.Line, Column: 1, EndLine: e.Line + 1, EndCol: 1}}
		if cfg != nil && e.After == nil && e.Line >= cfg.Lines() {
			rep.Deleted = sarifRegion{Line: e.Line, Column: 1, EndLine: e.Line, EndCol: len([]rune(e.Before)) + 1}
		}
		if e.After != nil {
			rep.Deleted = sarifRegion{Line: e.Line, Column: 1, EndLine: e.Line, EndCol: len([]rune(e.Before)) + 1}
			rep.Inserted = &sarifText{*e.After}
		}
		change.Replacements = append(change.Replacements, rep)
	}
	return sarifFix{Description: sarifText{fix.Description}, Changes: []sarifChange{change}}
}
