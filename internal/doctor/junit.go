// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/lookalike"
)

type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string      `xml:"name,attr"`
		Class   string      `xml:"classname,attr"`
		File    string      `xml:"file,attr,omitempty"`
		Line    int         `xml:"line,attr,omitempty"`
		Failure *junitFault `xml:"failure,omitempty"`
		Skipped *junitFault `xml:"skipped,omitempty"`
		Out     string      `xml:"system-out,omitempty"`
	}
	junitFault struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes the report as JUnit XML, a suite an instance and a case a
// result. Errors are failures; warnings pass and say so, as they do in the
// exit status; what is unknown or moot is skipped.
func JUnit(w io.Writer, r Report) error {
	out := junitSuites{Name: "usher doctor"}
	for i, in := range r.Case.Instances {
		suite := junitSuite{Name: xmlText(in.Config.Instance.Name)}
		for _, res := range r.Results {
			if res.in == i {
				suite.add(res)
			}
		}
		out.Tests += suite.Tests
		out.Failures += suite.Failures
		out.Skipped += suite.Skipped
		out.Suites = append(out.Suites, suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", " ")
	if err := enc.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *junitSuite) add(res Result) {
	c := junitCase{Name: string(res.Code), Class: "usher." + string(res.check.Layer), File: xmlText(res.Place.File), Line: res.Place.Line}
	if res.Subject != "" {
		c.Name += " " + xmlText(res.Subject)
	}
	message := xmlText(res.Message.String())
	s.Tests++
	switch {
	case res.Status == Unknown || res.Status == Moot:
		s.Skipped++
		c.Skipped = &junitFault{Message: message}
	case res.Finding() && res.Severity == usher.SeverityError:
		s.Failures++
		c.Failure = &junitFault{Message: message, Type: string(res.Severity), Text: xmlText(details(res))}
	case res.Suppressed != "":
		c.Out = xmlText("accepted, " + res.Suppressed + ": " + message + "\n" + details(res))
	case res.Status == Fails:
		c.Out = xmlText(string(res.Severity) + ": " + message + "\n" + details(res))
	}
	s.Cases = append(s.Cases, c)
}

// details gives evidence and fix, a line each.
func details(res Result) string {
	var b strings.Builder
	if !res.Saw.Empty() || !res.Want.Empty() {
		fmt.Fprintf(&b, "saw  %s\nwant %s\n", res.Saw, res.Want)
	}
	for _, e := range res.Evidence {
		b.WriteString(e.String() + "\n")
	}
	if res.Fix != nil {
		b.WriteString("fix  " + res.Fix.Description.String() + "\n")
		for _, e := range res.Fix.Edits {
			fmt.Fprintf(&b, "line %d\n- %s\n", e.Line, e.Before)
			if e.After != nil {
				b.WriteString("+ " + *e.After + "\n")
			}
		}
	}
	return b.String()
}

// xmlText makes visible what XML 1.0 cannot hold or a reader cannot see.
func xmlText(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = lookalike.Show(l)
	}
	return strings.Join(lines, "\n")
}
