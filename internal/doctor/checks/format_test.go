// SPDX-License-Identifier: Apache-2.0

package checks_test

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
	"github.com/usher-signin/usher/internal/lookalike"
)

// secrets of the scenarios' environment, which no output may hold.
func canaries() []string {
	return []string{"p8e-Xy7kQ2vLwZ", "p8e-M4rTzB9sNc", "p8e-H6dWqJ3fUg"}
}

func write(t *testing.T, f func(io.Writer, doctor.Report) error, r doctor.Report) string {
	t.Helper()
	var b strings.Builder
	if err := f(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func text(o doctor.Options) func(io.Writer, doctor.Report) error {
	return func(w io.Writer, r doctor.Report) error { return doctor.Text(w, r, o) }
}

// The formats are views of one report: in every scenario they show the same
// findings, and none of them holds a secret.
func TestFormatsAgree(t *testing.T) {
	for _, s := range append(scenarios(t), healthy(t)...) {
		c, results := s.run(t, "fails")
		r := doctor.Report{Usher: "0.1.0", Case: c, Results: results}
		want := found(results)
		js, sarif, junit := write(t, doctor.JSON, r), write(t, doctor.SARIF, r), write(t, doctor.JUnit, r)
		plain, verbose := write(t, text(doctor.Options{Width: 100}), r), write(t, text(doctor.Options{Verbose: true, Color: true, Language: doctor.Dutch}), r)
		if got := fromJSON(t, js, r); !slices.Equal(got, want) {
			t.Errorf("%s: JSON shows %q, wanted %q", s.story, got, want)
		}
		if got := fromSARIF(t, sarif); !slices.Equal(got, want) {
			t.Errorf("%s: SARIF shows %q, wanted %q", s.story, got, want)
		}
		if got := fromJUnit(t, junit, r.Exit(false)); !slices.Equal(got, shownNames(want)) {
			t.Errorf("%s: JUnit shows %q, wanted %q", s.story, got, want)
		}
		if err := sarifForm(sarif); err != nil {
			t.Errorf("%s: %v", s.story, err)
		}
		if got := fromText(plain); !slices.Equal(got, codesOf(want)) {
			t.Errorf("%s: text shows %q, wanted %q", s.story, got, want)
		}
		for _, out := range []string{js, sarif, junit, plain, verbose} {
			for _, secret := range canaries() {
				if strings.Contains(out, secret) {
					t.Errorf("%s: a secret is shown:\n%s", s.story, out)
				}
			}
			if strings.Contains(out, "%!") {
				t.Errorf("%s: a broken template:\n%s", s.story, out)
			}
		}
		if strings.Contains(plain, "\x1b") {
			t.Errorf("%s: color that nobody asked for", s.story)
		}
	}
}

func codesOf(found []string) []string {
	var out []string
	for _, f := range found {
		code, _, _ := strings.Cut(f, " ")
		out = append(out, code)
	}
	slices.Sort(out)
	return out
}

func fromText(out string) []string {
	var codes []string
	for _, m := range regexp.MustCompile(`(?m)^[EWi] ([a-z0-9-]+)   `).FindAllStringSubmatch(out, -1) {
		codes = append(codes, m[1])
	}
	slices.Sort(codes)
	return codes
}

// fromJSON reads the object as somebody outside would, and holds it to the contract.
func fromJSON(t *testing.T, out string, r doctor.Report) []string {
	t.Helper()
	var report struct {
		Usher     string
		Instances []string
		Results   []map[string]json.RawMessage
		Summary   map[string]int
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("the JSON cannot be read: %v", err)
	}
	if report.Usher != "0.1.0" || len(report.Instances) != len(r.Case.Instances) {
		t.Errorf("usher %q, instances %q", report.Usher, report.Instances)
	}
	counts := map[string]int{"errors": 0, "warnings": 0, "unknown": 0, "moot": 0, "holds": 0}
	var codes []string
	for _, res := range report.Results {
		for _, member := range []string{"code", "status", "severity", "instance", "subject", "message", "saw", "want", "file", "line", "column", "fix", "because"} {
			if _, ok := res[member]; !ok {
				t.Errorf("a result has no %q: %s", member, res)
			}
		}
		str := func(member string) string { var s string; _ = json.Unmarshal(res[member], &s); return s }
		status, severity := str("status"), str("severity")
		switch {
		case status == "fails" && res["suppressed"] != nil, status == "fails" && severity == "info":
		case status == "fails":
			counts[severity+"s"]++
		default:
			counts[status]++
		}
		if status == "fails" && string(res["because"]) == "null" && res["suppressed"] == nil {
			codes = append(codes, strings.TrimSpace(str("code")+" "+str("subject")))
		}
		if status == "moot" && string(res["because"]) == "null" {
			t.Errorf("a moot result names no cause: %s", res)
		}
		if status == "unknown" && str("gather") == "" {
			t.Errorf("an unknown result says nothing of what would settle it: %s", res)
		}
	}
	for k, v := range counts {
		if report.Summary[k] != v {
			t.Errorf("the summary says %s: %d, the results %d", k, report.Summary[k], v)
		}
	}
	slices.Sort(codes)
	return codes
}

func fromSARIF(t *testing.T, out string) []string {
	t.Helper()
	var log struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID       string
				RuleIndex    int
				Level        string
				Suppressions []any
				Message      struct{ Text string }
				Locations    []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
					}
				}
				Properties map[string]string
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &log); err != nil || log.Version != "2.1.0" || len(log.Runs) != 1 {
		t.Fatalf("the SARIF log cannot be read: %v\n%s", err, out)
	}
	var codes []string
	for _, r := range log.Runs[0].Results {
		if rules := log.Runs[0].Tool.Driver.Rules; r.RuleIndex >= len(rules) || rules[r.RuleIndex].ID != r.RuleID {
			t.Errorf("the result %s points to another rule", r.RuleID)
		}
		if r.Message.Text == "" || len(r.Locations) != 1 || r.Locations[0].PhysicalLocation.ArtifactLocation.URI == "" || !slices.Contains([]string{"error", "warning", "note"}, r.Level) {
			t.Errorf("the result %s is not complete: %+v", r.RuleID, r)
		}
		if len(r.Suppressions) == 0 {
			codes = append(codes, strings.TrimSpace(r.RuleID+" "+r.Properties["subject"]))
		}
	}
	slices.Sort(codes)
	return codes
}

// shownNames gives findings as JUnit has them, with everything invisible made visible.
func shownNames(found []string) []string {
	out := make([]string, len(found))
	for i, f := range found {
		out[i] = lookalike.Show(f)
	}
	slices.Sort(out)
	return out
}

// fromJUnit lists the cases that fail, and those that pass with something to say.
func fromJUnit(t *testing.T, out string, exit int) []string {
	t.Helper()
	var suites struct {
		Failures int `xml:"failures,attr"`
		Suites   []struct {
			Cases []struct {
				Name    string    `xml:"name,attr"`
				Failure *struct{} `xml:"failure"`
				Out     string    `xml:"system-out"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(out), &suites); err != nil {
		t.Fatalf("the JUnit file cannot be read: %v\n%s", err, out)
	}
	n := 0
	var names []string
	for _, s := range suites.Suites {
		for _, c := range s.Cases {
			if c.Failure != nil {
				n++
			}
			if c.Failure != nil || c.Out != "" && !strings.HasPrefix(c.Out, "accepted, ") {
				names = append(names, strings.TrimSpace(c.Name))
			}
		}
	}
	if n != suites.Failures || (n > 0) != (exit == 1) {
		t.Errorf("JUnit counts %d failures and has %d; the exit status is %d", suites.Failures, n, exit)
	}
	slices.Sort(names)
	return names
}

// The text of one finding, whole: cause, evidence, exact edit, consequences.
func TestTextOfAFinding(t *testing.T) {
	cfg := load(t, strings.Replace(file, `"Campaign - corp - "`, "Campaign - corp -", 1))
	c := doctor.NewCase(today, cfg)
	out := write(t, text(doctor.Options{}), doctor.Report{Usher: "0.1.0", Case: c, Results: doctor.Run(onlyMapping(), c)})
	want := `usher 0.1.0   instance production   usher.yaml (revision ` + cfg.Revision + `)   seen from: the file alone

2 causes found   6 consequences folded (-v unfolds them)

E mask-blanks   the association mask misses the directory groups by blanks only
    usher.yaml:11   association_mask: Campaign - corp -
                                      ^
    saw       "Campaign - corp -"
    want      "Campaign - corp - "
                                ^
              column 18: U+0020 SPACE is missing
              of "Campaign - corp - admin" it leaves " admin"; the operator group is "admin"
    fix       write the mask "Campaign - corp - " (changes who may enter)
              usher fix mask-blanks usher.yaml
              -     association_mask: Campaign - corp -
              +     association_mask: "Campaign - corp - "
    folded    4: operator-group-unknown x2, operator-group-unreachable x2
`
	if !strings.HasPrefix(out, want) {
		t.Errorf("got\n%s\nwanted it to begin with\n%s", out, want)
	}
}

func onlyMapping() []doctor.Check {
	var out []doctor.Check
	for _, c := range checks.All() {
		if slices.Contains([]usher.Code{usher.CodeMaskBlanks, usher.CodeNameMisspelled, usher.CodeMaskMatchesNothing, usher.CodeOperatorGroupUnknown, usher.CodeOperatorGroupUnreached}, c.Code) {
			out = append(out, c)
		}
	}
	return out
}

// Consequences are counted once, however many findings their cause has.
func TestConsequencesAreCountedOnce(t *testing.T) {
	cfg := load(t, strings.NewReplacer("corp - admin", "corp – admin", "corp - Delivery", "corp - delivery", "corp - offer", "corp – offer").Replace(file))
	c := doctor.NewCase(today, cfg)
	out := write(t, text(doctor.Options{}), doctor.Report{Usher: "0.1.0", Case: c, Results: doctor.Run(onlyMapping(), c)})
	if !strings.Contains(out, "2 causes found   2 consequences folded") {
		t.Errorf("two misspelled groups, two unreachable operator groups:\n%s", out)
	}
}
