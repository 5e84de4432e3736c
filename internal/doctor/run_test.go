// SPDX-License-Identifier: Apache-2.0

package doctor_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// parse reads a small file; more is added to its end.
func parse(t *testing.T, name, more string) *config.Config {
	t.Helper()
	text := "instance: {name: " + name + ", url: https://campaign.corp.example}\nexternal_accounts: []\n" + more
	cfg, err := config.Parse(name+".yaml", []byte(text), config.Environment{LenientSecrets: true})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// check is a toy: it gives the rulings it is told to.
func check(code usher.Code, rulings ...doctor.Ruling) doctor.Check {
	return doctor.Check{Code: code, Holds: "well", Severity: usher.SeverityError, Reads: doctor.Config, Layer: doctor.LayerFile,
		Judge: func(*doctor.Evidence) []doctor.Ruling { return rulings }}
}

// outline gives a run as "status code subject because", in order.
func outline(results []doctor.Result) []string {
	var out []string
	for _, r := range results {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s <%s", r.Status, r.Code, r.Subject, r.Because)))
	}
	return out
}

func TestRun(t *testing.T) {
	fail := func(subject string) doctor.Ruling { return doctor.Fail(subject, "bad %s", subject) }
	with := func(c doctor.Check, change func(*doctor.Check)) doctor.Check { change(&c); return c }
	for _, row := range []struct {
		name   string
		checks []doctor.Check
		want   []string
	}{
		{"holds", []doctor.Check{check("a-a")}, []string{"holds a-a  <"}},
		{"a result for each subject", []doctor.Check{check("a-a", fail("x"), fail("y"), fail("x"))}, []string{"fails a-a x <", "fails a-a y <", "fails a-a x <"}},
		{"roots first, most upstream first", []doctor.Check{check("a-a"), check("b-b", fail("")), check("c-c", fail(""))},
			[]string{"fails b-b  <", "fails c-c  <", "holds a-a  <"}},
		{"errors before warnings before what is worth knowing",
			[]doctor.Check{check("a-a", doctor.Note("", "n")), check("b-b", doctor.Warn("", "w")), check("c-c", fail(""))},
			[]string{"fails c-c  <", "fails b-b  <", "fails a-a  <"}},
		{"moot after a failure", []doctor.Check{check("a-a", fail("")), with(check("b-b", fail("")), func(c *doctor.Check) { c.After = []usher.Code{"a-a"} })},
			[]string{"fails a-a  <", "moot b-b  <a-a"}},
		{"judged after what holds", []doctor.Check{check("a-a"), with(check("b-b", fail("")), func(c *doctor.Check) { c.After = []usher.Code{"a-a"} })},
			[]string{"fails b-b  <", "holds a-a  <"}},
		{"a consequence is moot", []doctor.Check{check("a-a", fail("").Since("b-b")), check("b-b", fail(""))},
			[]string{"fails b-b  <", "moot a-a  <b-b"}},
		{"a consequence of a consequence is moot", []doctor.Check{check("a-a", fail("").Since("b-b")), check("b-b", fail("").Since("c-c")), check("c-c", fail(""))},
			[]string{"fails c-c  <", "moot a-a  <b-b", "moot b-b  <c-c"}},
		{"of what does not fail nothing is a consequence", []doctor.Check{check("a-a", fail("").Since("b-b")), check("b-b")},
			[]string{"fails a-a  <", "holds b-b  <"}},
		{"what stops the matter", []doctor.Check{with(check("a-a", doctor.Note("", "stop")), func(c *doctor.Check) { c.Stops = true }), check("b-b", fail(""))},
			[]string{"fails a-a  <", "moot b-b  <a-a"}},
		{"a fact is missing", []doctor.Check{with(check("a-a", fail("")), func(c *doctor.Check) { c.Reads |= doctor.Store })}, []string{"unknown a-a  <"}},
		{"either fact would do", []doctor.Check{with(check("a-a", fail("")), func(c *doctor.Check) { c.Either = doctor.Config | doctor.Store })}, []string{"fails a-a  <"}},
		{"none of the facts that would do", []doctor.Check{with(check("a-a", fail("")), func(c *doctor.Check) { c.Either = doctor.Nodes | doctor.Store })}, []string{"unknown a-a  <"}},
		{"nobody asks about a person", []doctor.Check{with(check("a-a", fail("")), func(c *doctor.Check) { c.Reads |= doctor.Somebody })}, nil},
		{"there is no second instance", []doctor.Check{with(check("a-a", fail("")), func(c *doctor.Check) { c.Reads |= doctor.Siblings })}, nil},
		{"unknown by ruling", []doctor.Check{check("a-a", doctor.Unsure("x", doctor.Say("why"), doctor.Say("how")))}, []string{"unknown a-a x <"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := outline(doctor.Run(row.checks, doctor.NewCase(noon, parse(t, "production", ""))))
			if !slices.Equal(got, row.want) {
				t.Errorf("got    %q\nwanted %q", got, row.want)
			}
		})
	}
}

func TestUnknownSaysWhatWouldSettleIt(t *testing.T) {
	c := check("a-a")
	c.Reads |= doctor.Store
	kase := doctor.NewCase(noon, parse(t, "production", ""))
	kase.Instances[0].Store = doctor.Unseen[doctor.StoreState]("connection refused", noon, "test")
	r := doctor.Run([]doctor.Check{c}, kase)[0]
	if got := r.Message.String(); got != "not known: the database (connection refused)" {
		t.Errorf("message %q", got)
	}
	if got := r.Gather.String(); got != "usher doctor production.yaml on the gateway's machine, while the gateway runs" || r.Missing != doctor.Store {
		t.Errorf("to gather %q, missing %s", got, r.Missing)
	}
}

func TestInstancesAreJudgedApart(t *testing.T) {
	stage := check("a-a")
	stage.Judge = func(e *doctor.Evidence) []doctor.Ruling {
		if e.Config().Instance.Name == "stage" {
			return []doctor.Ruling{doctor.Fail("x", "bad")}
		}
		return nil
	}
	after := check("b-b")
	after.After = []usher.Code{"a-a"}
	results := doctor.Run([]doctor.Check{stage, after}, doctor.NewCase(noon, parse(t, "production", ""), parse(t, "stage", "")))
	var got []string
	for _, r := range results {
		got = append(got, fmt.Sprintf("%s %s %s", r.Instance, r.Status, r.Code))
	}
	if want := []string{"stage fails a-a", "stage moot b-b", "production holds a-a", "production holds b-b"}; !slices.Equal(got, want) {
		t.Errorf("got    %q\nwanted %q", got, want)
	}
}

func TestSuppression(t *testing.T) {
	checks := []doctor.Check{check("a-a", doctor.Fail("x", "bad"), doctor.Fail("y", "bad"))}
	for _, row := range []struct {
		name, suppress string
		errors, exit   int
	}{
		{"none", "", 2, 1},
		{"one subject", "suppress: [{code: a-a, subject: x, reason: known}]\n", 1, 1},
		{"all subjects", "suppress: [{code: a-a, reason: known}]\n", 0, 0},
		{"until today", "suppress: [{code: a-a, reason: known, until: 2026-11-20}]\n", 0, 0},
		{"until yesterday", "suppress: [{code: a-a, reason: known, until: 2026-11-19}]\n", 2, 1},
		{"another code", "suppress: [{code: b-b, reason: known}]\n", 2, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := doctor.NewCase(noon, parse(t, "production", row.suppress))
			r := doctor.Report{Case: c, Results: doctor.Run(checks, c)}
			if got := r.Summary().Errors; got != row.errors || r.Exit(false) != row.exit {
				t.Errorf("%d errors, exit %d; wanted %d, %d", got, r.Exit(false), row.errors, row.exit)
			}
		})
	}
}

func TestExit(t *testing.T) {
	unknown := doctor.Unsure("", doctor.Say("why"), doctor.Say("how"))
	for _, row := range []struct {
		name          string
		rulings       []doctor.Ruling
		plain, strict int
	}{
		{"nothing wrong", nil, 0, 0},
		{"an error", []doctor.Ruling{doctor.Fail("", "e"), unknown}, 1, 1},
		{"a warning", []doctor.Ruling{doctor.Warn("", "w")}, 0, 0},
		{"worth knowing", []doctor.Ruling{doctor.Note("", "n")}, 0, 0},
		{"not known", []doctor.Ruling{unknown}, 0, 3},
		{"a warning, and not known", []doctor.Ruling{doctor.Warn("", "w"), unknown}, 0, 3},
	} {
		c := doctor.NewCase(noon, parse(t, "production", ""))
		r := doctor.Report{Case: c, Results: doctor.Run([]doctor.Check{check("a-a", row.rulings...)}, c)}
		if r.Exit(false) != row.plain || r.Exit(true) != row.strict {
			t.Errorf("%s: exit %d, strict %d; wanted %d, %d", row.name, r.Exit(false), r.Exit(true), row.plain, row.strict)
		}
	}
}

func TestRank(t *testing.T) {
	sign := func(c doctor.Check, w doctor.Weight) doctor.Check {
		c.Explains = doctor.Signs{usher.SymptomNoRightMatching: w}
		return c
	}
	missing := check("d-d")
	missing.Reads |= doctor.Store
	moot := check("e-e")
	moot.After = []usher.Code{"b-b"}
	results := doctor.Run([]doctor.Check{
		check("a-a", doctor.Fail("", "another symptom's")),
		sign(check("b-b", doctor.Fail("", "confirmed")), doctor.Rarely),
		sign(check("c-c", doctor.Fail("", "confirmed")), doctor.Likely),
		sign(missing, doctor.Typically), sign(moot, doctor.Typically), sign(check("f-f"), doctor.Typically),
		sign(check("g-g", doctor.Note("", "worth knowing")), doctor.Typically),
	}, doctor.NewCase(noon, parse(t, "production", "")))
	got := outline(doctor.Rank(usher.SymptomNoRightMatching, results))
	want := []string{"fails c-c  <", "fails b-b  <", "fails g-g  <", "unknown d-d  <", "moot e-e  <b-b", "holds f-f  <"}
	if !slices.Equal(got, want) {
		t.Errorf("got    %q\nwanted %q", got, want)
	}
}

func TestOnly(t *testing.T) {
	stop := check("a-a")
	stop.Stops = true
	checks := []doctor.Check{stop, check("b-b"), check("c-c")}
	only, err := doctor.Only(checks, []usher.Code{"c-c"})
	if err != nil || len(only) != 2 || only[0].Code != "a-a" || only[1].Code != "c-c" {
		t.Errorf("got %v, %v", only, err)
	}
	if _, err := doctor.Only(checks, []usher.Code{"z-z"}); err == nil || !strings.Contains(err.Error(), `"z-z"`) {
		t.Errorf("an unknown code gives %v", err)
	}
	if all, err := doctor.Only(checks, nil); err != nil || len(all) != 3 {
		t.Errorf("no codes give %v, %v", all, err)
	}
}
