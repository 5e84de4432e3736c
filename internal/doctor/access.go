// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/lookalike"
)

// An AccessRow says what one person may be here: an operator group and the
// directory groups that lead to it, or why the person cannot sign in.
type AccessRow struct {
	Account  string     `json:"account"`
	Email    string     `json:"email"`
	Name     string     `json:"name,omitempty"`
	SignsIn  bool       `json:"signs_in"`
	Operator string     `json:"operator_group,omitempty"`
	Through  []string   `json:"through,omitempty"` // directory groups
	Rights   []string   `json:"rights,omitempty"`
	Code     usher.Code `json:"code,omitempty"` // why not
	Why      string     `json:"why,omitempty"`
}

// Access lists, for every person of the organization that the file holds, the
// operator groups that a sign-in would give, and for all others why not. It is
// empty where the file does not list the directory groups. It says what the
// masks and names give; whether the provider has other names by now, only a
// sign-in shows.
func Access(cfg *config.Config) []AccessRow {
	var rows []AccessRow
	e := &Evidence{in: &Instance{Config: cfg}, all: &Case{}}
	e.all.Instances = []*Instance{e.in}
	for _, a := range e.InUse() {
		if a.Directory() && cfg.Organization != nil {
			rows = append(rows, accessBy(cfg, a)...)
		}
	}
	return rows
}

func accessBy(cfg *config.Config, a Account) []AccessRow {
	m := a.Mapping()
	barred := accountCause(cfg, a, m)
	if barred == nil && !m.Known {
		return nil
	}
	people := peopleOf(cfg.Organization)
	fates := make(map[string]*Fate, len(m.Fates))
	for i := range m.Fates {
		fates[m.Fates[i].Directory] = &m.Fates[i]
	}
	order := make(map[string]int, len(cfg.OperatorGroups))
	for i, g := range cfg.OperatorGroups {
		if _, ok := order[g.Name]; !ok {
			order[g.Name] = i
		}
	}
	var rows []AccessRow
	for _, p := range people {
		base := AccessRow{Account: a.InternalName, Email: p.email, Name: p.name}
		if barred != nil {
			base.Code, base.Why = barred.Code, barred.Error()
			rows = append(rows, base)
			continue
		}
		rows = append(rows, personRows(cfg, a, m, base, p.groups, fates, order)...)
	}
	return rows
}

// accountCause asks the rule of admission about a person in every directory
// group: what keeps that person out keeps everybody out.
func accountCause(cfg *config.Config, a Account, m *Mapping) *usher.Cause {
	org := cfg.Organization
	if m.Cause != nil {
		return m.Cause
	}
	one := usher.Person{Organizations: []string{org.ID}}
	if org.ID == "" {
		one.Organizations = []string{a.OrganizationID} // not written down: nothing to compare with
	}
	one.ProductContexts = []usher.ProductContext{{ServiceCode: org.ProductContext, Organization: one.Organizations[0]}}
	if org.ProductContext == "" {
		one.ProductContexts[0].ServiceCode = a.EffectiveProductContext()
	}
	for _, f := range m.Fates {
		if f.Operator != "" {
			one.Groups = []usher.Membership{{Group: f.Directory}}
			break
		}
	}
	adm := usher.Admission{Account: a.ExternalAccount, OperatorGroups: cfg.OperatorGroups}
	_, cause := adm.Admit(one)
	if cause == nil || cause.Code == usher.CodeUserNotInGroup {
		return nil
	}
	return cause
}

type human struct {
	email, name string
	groups      []string
}

// peopleOf lists everybody whom the organization names, as user or as member,
// by address. Addresses are compared without case, as the Enterprise Dashboard does.
func peopleOf(org *usher.Organization) []human {
	at := make(map[string]int)
	var out []human
	person := func(email string) *human {
		key := strings.ToLower(email)
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, human{email: email})
		}
		return &out[i]
	}
	for _, u := range org.Users {
		person(u.Email).name = u.Name
	}
	for _, g := range org.Groups {
		for _, member := range g.Members {
			p := person(member)
			if n := len(p.groups); n == 0 || p.groups[n-1] != g.Name {
				p.groups = append(p.groups, g.Name)
			}
		}
	}
	slices.SortFunc(out, func(a, b human) int { return cmp.Compare(strings.ToLower(a.email), strings.ToLower(b.email)) })
	return out
}

func personRows(cfg *config.Config, a Account, m *Mapping, base AccessRow, groups []string, fates map[string]*Fate, order map[string]int) []AccessRow {
	through := make(map[string][]string)
	for _, g := range groups {
		if f := fates[g]; f != nil && f.Operator != "" && !slices.Contains(through[f.Operator], g) {
			through[f.Operator] = append(through[f.Operator], g)
		}
	}
	if len(through) == 0 {
		base.Code, base.Why = whyNot(a, m, groups, fates)
		return []AccessRow{base}
	}
	rows := make([]AccessRow, 0, len(through))
	for name, by := range through {
		row := base
		row.SignsIn, row.Operator, row.Through, row.Rights = true, name, by, cfg.OperatorGroups[order[name]].Rights
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(x, y AccessRow) int { return order[x.Operator] - order[y.Operator] })
	return rows
}

// whyNot says what the sign-in would say: a name that was meant to fit first,
// then a name that is no operator group, then that no group fits.
func whyNot(a Account, m *Mapping, groups []string, fates map[string]*Fate) (usher.Code, string) {
	var near, unknown *Fate
	for _, g := range groups {
		f := fates[g]
		switch {
		case f == nil:
		case f.Near != nil && (near == nil || f.Near.Blanks && !near.Near.Blanks):
			near = f
		case f.Matches && f.Operator == "" && f.Near == nil && unknown == nil:
			unknown = f
		}
	}
	switch {
	case near != nil && near.Fits && near.Near.Blanks:
		return usher.CodeMaskBlanks, m.Repair.How
	case near != nil && near.Fits:
		return usher.CodeNameMisspelled, m.Repair.How
	case near != nil && near.Near.Blanks:
		return usher.CodeMaskBlanks, near.Near.How
	case near != nil:
		return usher.CodeNameMisspelled, near.Near.How
	case unknown != nil:
		return usher.CodeOperatorGroupUnknown, "the mask leaves " + lookalike.Show(unknown.Remainder) + ", which is no operator group here"
	case m.Misses():
		return usher.CodeMaskMatchesNothing, "the mask matches no directory group at all"
	case len(groups) == 0:
		return usher.CodeUserNotInGroup, "in no directory group"
	default:
		return usher.CodeUserNotInGroup, "in no directory group that the " + string(a.Mask.Kind) + " matches"
	}
}

// AccessJSON writes the rows as one JSON list.
func AccessJSON(w io.Writer, rows []AccessRow) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if rows == nil {
		rows = []AccessRow{}
	}
	return enc.Encode(rows)
}

// AccessCSV writes the rows as CSV (RFC 4180). A cell that a spreadsheet would
// take for a formula gets an apostrophe before it.
func AccessCSV(w io.Writer, rows []AccessRow) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"account", "email", "name", "signs_in", "operator_group", "through", "rights", "code", "why"}); err != nil {
		return err
	}
	for _, r := range rows {
		signs := "no"
		if r.SignsIn {
			signs = "yes"
		}
		cells := []string{r.Account, r.Email, r.Name, signs, r.Operator, strings.Join(r.Through, "; "), strings.Join(r.Rights, "; "), string(r.Code), r.Why}
		for i, c := range cells {
			cells[i] = lookalike.Visible(inert(c))
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// inert keeps spreadsheets from running what a name says (OWASP, CSV injection).
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) || strings.HasPrefix(cell, "＝") || strings.HasPrefix(cell, "＋") || strings.HasPrefix(cell, "－") || strings.HasPrefix(cell, "＠") {
		return "'" + cell
	}
	return cell
}

// AccessTable writes the rows as a table for a terminal.
func AccessTable(w io.Writer, rows []AccessRow, o Options) error {
	say := func(t string, args ...any) string { return Say(t, args...).In(o.Language) }
	cells := [][]string{{say("person"), say("operator group"), say("through, or why not")}}
	persons, in := make(map[string]bool), make(map[string]bool)
	last := ""
	for _, r := range rows {
		who := r.Email
		if who == last {
			who = ""
		}
		last = r.Email
		persons[r.Email] = true
		if r.SignsIn {
			in[r.Email] = true
			cells = append(cells, []string{lookalike.Show(who), lookalike.Show(r.Operator), lookalike.Show(strings.Join(r.Through, ", "))})
			continue
		}
		cells = append(cells, []string{lookalike.Show(who), "-", lookalike.Show(string(r.Code) + ": " + r.Why)})
	}
	widths := make([]int, 3)
	for _, row := range cells {
		for i, c := range row {
			widths[i] = max(widths[i], lookalike.Columns(c))
		}
	}
	var b strings.Builder
	for _, row := range cells {
		var line strings.Builder
		for i, c := range row {
			line.WriteString(c)
			if i < 2 {
				line.WriteString(strings.Repeat(" ", widths[i]-lookalike.Columns(c)+2))
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	b.WriteString("\n" + say("%s, %d can sign in", several(len(persons), "1 person", "%d people"), len(in)) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}
