// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"bufio"
	"io"
	"slices"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/lookalike"
)

// A PersonReport says of one person what becomes of each directory group, and
// what each fix would change, for this person and for everybody else.
type PersonReport struct {
	Email    string
	Account  string
	Mask     usher.Mask
	Known    bool // the file lists the directory groups
	Listed   bool // the organization names the person
	SignsIn  bool
	Fates    []Fate // of the person's directory groups
	Groups   []string
	Rights   []string
	Results  []Result // what fails and concerns the person
	WhatIf   []WhatIf
	instance *Instance
}

// A WhatIf is a fix and its effect on who may enter.
type WhatIf struct {
	Code    usher.Code
	Subject string
	Fix     usher.Fix
	Gains   []Entry
	Loses   []Entry
}

// An Entry is a person and an operator group.
type Entry struct{ Email, Operator string }

// ExplainPerson explains, from the configuration alone, whether the person
// with this address can sign in, and why not.
func ExplainPerson(checks []Check, cfg *config.Config, email string) PersonReport {
	return ExplainPersonIn(checks, &Instance{Config: cfg}, email)
}

// ExplainPersonIn is ExplainPerson with what was gathered of the instance.
func ExplainPersonIn(checks []Check, in *Instance, email string) PersonReport {
	in.Email = email
	cfg := in.Config
	c := Case{Instances: []*Instance{in}}
	e := &Evidence{in: in, all: &c}
	r := PersonReport{Email: email, instance: in}
	for _, a := range e.InUse() {
		if a.Directory() {
			r.judge(cfg, a)
			break
		}
	}
	r.concerns(Run(checks, c))
	before := Access(cfg)
	for _, res := range r.Results {
		if res.Fix == nil || len(res.Fix.Edits) == 0 {
			continue
		}
		if after, ok := edited(cfg, res.Fix.Edits); ok {
			w := WhatIf{Code: res.Code, Subject: res.Subject, Fix: *res.fix(English)}
			w.Gains, w.Loses = AccessDelta(before, Access(after))
			r.WhatIf = append(r.WhatIf, w)
		}
	}
	return r
}

// Errors counts what keeps the person out.
func (r PersonReport) Errors() int {
	n := 0
	for _, res := range r.Results {
		if res.Severity == usher.SeverityError {
			n++
		}
	}
	return n
}

func (r *PersonReport) judge(cfg *config.Config, a Account) {
	m := a.Mapping()
	r.Account, r.Mask, r.Known = a.InternalName, a.Mask, m.Known
	if cfg.Organization == nil {
		return
	}
	names := cfg.Organization.GroupsOf(r.Email)
	r.Listed = len(names) > 0 || slices.ContainsFunc(cfg.Organization.Users, func(u usher.User) bool { return strings.EqualFold(u.Email, r.Email) })
	for _, f := range m.Fates {
		if slices.Contains(names, f.Directory) {
			r.Fates = append(r.Fates, f)
		}
	}
	for _, row := range accessBy(cfg, a) {
		if strings.EqualFold(row.Email, r.Email) && row.SignsIn {
			r.SignsIn = true
			r.Groups = append(r.Groups, row.Operator)
			for _, right := range row.Rights {
				if !slices.Contains(r.Rights, right) {
					r.Rights = append(r.Rights, right)
				}
			}
		}
	}
}

// concerns keeps the findings that stand between this person and this
// instance: those of the whole account, and those of the person's own groups.
func (r *PersonReport) concerns(results []Result) {
	own := map[string]bool{r.Email: true, r.Account: true}
	for _, f := range r.Fates {
		own[f.Directory], own[f.Remainder], own[f.Left], own[f.Meant] = true, true, true, true
	}
	for _, res := range results {
		res.Suppressed = "" // accepted in general or not: it is this person's answer
		if res.Root() && res.Finding() && (own[res.Subject] || everybody(res)) {
			r.Results = append(r.Results, res)
		}
	}
}

// everybody says that a finding stands between anybody and the instance:
// what the living world showed of the gateway itself.
func everybody(res Result) bool {
	return res.Severity == usher.SeverityError && res.check.Reads&(FrontDoor|Store|Transport|Clock) != 0
}

// edited gives the configuration as it would be with the edits made. Secrets
// are left out: they decide nothing about who may enter.
func edited(cfg *config.Config, edits []usher.Edit) (*config.Config, bool) {
	shown := []byte(cfg.Redacted())
	text, err := config.Change{Revision: config.RevisionOf(shown), Edits: edits}.Apply(shown)
	if err != nil {
		return nil, false
	}
	after, err := config.Parse(cfg.File, text, config.Environment{LenientSecrets: true})
	return after, err == nil
}

// AccessDelta says who gains and who loses which operator group between two
// states, in the order of the rows.
func AccessDelta(before, after []AccessRow) (gains, loses []Entry) {
	return minus(after, before), minus(before, after)
}

func minus(a, b []AccessRow) []Entry {
	has := make(map[Entry]bool, len(b))
	for _, r := range b {
		if r.SignsIn {
			has[Entry{strings.ToLower(r.Email), r.Operator}] = true
		}
	}
	var out []Entry
	for _, r := range a {
		if e := (Entry{strings.ToLower(r.Email), r.Operator}); r.SignsIn && !has[e] {
			has[e] = true // two accounts may give the same
			out = append(out, Entry{r.Email, r.Operator})
		}
	}
	return out
}

// PersonText writes the report for an administrator.
func PersonText(w io.Writer, r PersonReport, o Options) error {
	cfg := r.instance.Config
	c := Case{Instances: []*Instance{r.instance}}
	p := &printer{w: bufio.NewWriter(w), o: o, report: Report{Case: c, Results: r.Results}}
	switch {
	case r.SignsIn:
		p.line(p.say("%s can sign in, as %s", lookalike.Show(r.Email), strings.Join(r.Groups, ", ")))
	case !r.Known:
		p.line(p.say("%s: not known, %s does not list the organization's directory groups", lookalike.Show(r.Email), cfg.File))
	default:
		p.line(p.say("%s cannot sign in", lookalike.Show(r.Email)))
	}
	if r.Known && !r.Listed {
		p.line(p.say("the organization, as written in %s, does not name this person", cfg.File))
	}
	p.fates(r)
	p.findings()
	for _, w := range r.WhatIf {
		p.whatIf(w, r.Email)
	}
	return p.w.Flush()
}

func (p *printer) fates(r PersonReport) {
	if len(r.Fates) == 0 {
		return
	}
	rows := [][]string{{p.say("directory group"), p.say("mask"), p.say("remainder"), p.say("operator group"), p.say("verdict")}}
	for _, f := range r.Fates {
		row := []string{lookalike.Show(f.Directory), p.say("no"), "-", "-", p.say("another product, or another tenant")}
		if f.Matches {
			row[1], row[2] = p.say("yes"), lookalike.Show(f.Remainder)
			row[4] = p.say("no operator group of that name")
		}
		if f.Operator != "" {
			row[3], row[4] = lookalike.Show(f.Operator), p.say("in")
		}
		switch {
		case f.Fits:
			row[3], row[4] = "("+lookalike.Show(f.Meant)+")", p.say("in, once the mask is mended")
		case f.Near != nil:
			row[3], row[4] = "("+lookalike.Show(f.Meant)+")", p.say("near miss: %s", f.Near.How)
		}
		rows = append(rows, row)
	}
	p.line("")
	p.table(rows)
}

// table writes rows in columns, indented.
func (p *printer) table(rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, c := range row {
			widths[i] = max(widths[i], lookalike.Columns(c))
		}
	}
	for _, row := range rows {
		text := "  "
		for i, c := range row {
			text += c
			if i < len(row)-1 {
				text += strings.Repeat(" ", widths[i]-lookalike.Columns(c)+2)
			}
		}
		p.line(text)
	}
}

func (p *printer) whatIf(w WhatIf, email string) {
	p.line("")
	p.line(p.say("with the fix of %s:", string(w.Code)))
	p.field(p.say("gain"), p.entries(w.Gains, email))
	p.field(p.say("lose"), p.entries(w.Loses, email))
}

func (p *printer) entries(list []Entry, email string) string {
	if len(list) == 0 {
		return p.say("nobody")
	}
	const most = 10
	var own, others []string
	for _, g := range list {
		text := g.Email + " -> " + lookalike.Show(g.Operator)
		if strings.EqualFold(g.Email, email) {
			own = append(own, text)
		} else {
			others = append(others, text)
		}
	}
	all := append(own, others...)
	if len(all) > most {
		return strings.Join(all[:most], ", ") + " " + p.say("and %d more", len(all)-most)
	}
	return strings.Join(all, ", ")
}
