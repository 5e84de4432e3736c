// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/lookalike"
)

func text() []doctor.Check {
	return []doctor.Check{{
		Code: usher.CodeMaskBlanks, Layer: doctor.LayerMapping, Severity: usher.SeverityError,
		Holds:    "mask, directory groups and operator groups hold no stray blanks",
		Person:   "Your groups are known, but their names do not match the ones expected here.",
		Reads:    doctor.Config,
		May:      doctor.Organization | doctor.Profile | doctor.Attempt,
		Explains: doctor.Signs{usher.SymptomNoRightMatching: doctor.Typically, doctor.SymptomOnePersonOnly: doctor.Sometimes},
		Field:    "association_mask",
		Judge:    maskBlanks,
	}, {
		Code: usher.CodeNameMisspelled, Layer: doctor.LayerMapping, Severity: usher.SeverityError,
		Holds:    "no directory group or operator group is a near miss of its counterpart",
		Person:   "Your groups are known, but their names do not match the ones expected here.",
		Reads:    doctor.Config,
		Either:   doctor.Organization | doctor.Profile,
		May:      doctor.Attempt,
		After:    codes(usher.CodeMaskKind, "mask-placeholder", "mask-quoted"),
		Explains: doctor.Signs{usher.SymptomNoRightMatching: doctor.Likely, doctor.SymptomOnePersonOnly: doctor.Sometimes},
		Field:    "association_mask",
		Judge:    nameMisspelled,
	}}
}

func maskBlanks(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	reached := make(map[string]bool)
	for _, a := range e.InUse() {
		m := a.Mapping()
		for name := range m.Reached {
			reached[name] = true
		}
		if r, ok := strayMask(cfg, a, m); ok {
			out = append(out, r)
		}
		out = append(out, strayDirectory(cfg, a, m)...)
	}
	out = append(out, strayOperators(cfg, reached)...)
	if len(out) == 0 && e.Profile() != nil {
		return profileRulings(e, usher.CodeMaskBlanks, "association_mask", "a directory group of the person differs by blanks only from the one wanted")
	}
	return out
}

// strayMask judges the blanks of the mask itself. The one blank at the end of
// a prefix belongs there.
func strayMask(cfg *config.Config, a doctor.Account, m *doctor.Mapping) (doctor.Ruling, bool) {
	if m.Cause != nil {
		return doctor.Ruling{}, false // mask-kind says it
	}
	strays, clean := doctor.MaskStrays(a.Mask)
	byBlanks := m.Repair != nil && m.Repair.Blanks
	if len(strays) == 0 && !byBlanks {
		return lostBlank(cfg, a, m)
	}
	want := usher.Mask{Text: clean, Kind: a.Mask.Kind, Declared: a.Mask.Declared}
	r := doctor.Fail(a.InternalName, "the association mask holds stray blanks")
	if note := misprintedName(clean); !m.Known && note != "" && a.IMS() { // pasted from a manual with more than its blanks
		want.Text = strings.ReplaceAll(clean, "–", "-")
		r = r.With(note)
	}
	if m.Repair != nil {
		want = m.Repair.Mask // it may mend more than the blanks
	}
	if len(strays) == 0 {
		r = doctor.Fail(a.InternalName, "the association mask misses the directory groups by blanks only")
	}
	if m.Known && !byBlanks && len(m.Reached) > 0 {
		r.Severity = usher.SeverityWarning // the directory's names hold the same blanks
	}
	r = r.Found(quoted(a.Mask.Text), quoted(want.Text)).At(cfg.At(maskPath(cfg, a)))
	for _, s := range strays {
		r = r.With("%s", s.String())
	}
	if m.Repair != nil {
		if how := lookalike.Difference(clean, want.Text); how != "" {
			r = r.With("%s", how)
		}
		r = effect(r, m, m.Repair)
		if note := misprintedName(a.Mask.Text); note != "" {
			r = r.With(note)
		}
	}
	return r.Mend(writeMask(cfg, a, want), "write the mask %s", quoted(want.Text)).ChangesAccess(), true
}

// lostBlank doubts, where the directory groups are not known, a mask that puts
// a blank after every hyphen but the last: translated manuals lose that one,
// and so does a YAML text without quotes.
func lostBlank(cfg *config.Config, a doctor.Account, m *doctor.Mapping) (doctor.Ruling, bool) {
	before, after, plain := m.Matcher.Literal()
	if m.Known || !plain || after != "" || !a.IMS() || !strings.HasSuffix(before, " -") || !strings.Contains(strings.TrimSuffix(before, " -"), " - ") {
		return doctor.Ruling{}, false
	}
	want := usher.Mask{Text: a.Mask.Text + " ", Kind: a.Mask.Kind}
	if a.Mask.Kind == usher.MaskPattern {
		want.Text = strings.Replace(a.Mask.Text, " -(", " - (", 1)
	}
	return doctor.Warn(a.InternalName, "the association mask has no blank after its last hyphen, as it has after the others").
		Found(quoted(a.Mask.Text), quoted(want.Text)).At(cfg.At(maskPath(cfg, a))).
		With("the directory groups are not written down, so this is likely and not certain").
		Mend(writeMask(cfg, a, want), "write the mask %s, if the directory groups have that blank", quoted(want.Text)).ChangesAccess(), true
}

// effect shows what the mask does now, and would do.
func effect(r doctor.Ruling, m *doctor.Mapping, repair *doctor.Repair) doctor.Ruling {
	if len(repair.Fates) == 0 {
		return r
	}
	f := m.Fates[repair.Fates[0]]
	if f.Matches {
		return r.With("of %s it leaves %s; the operator group is %s", quoted(f.Directory), quoted(f.Remainder), quoted(f.Meant))
	}
	return r.With("it matches 0 of %d directory groups; mended it matches %d", len(m.Fates), len(repair.Fates))
}

// strayDirectory judges the names of directory groups that lead here, or were
// meant to. Other products' groups are none of our business.
func strayDirectory(cfg *config.Config, a doctor.Account, m *doctor.Mapping) []doctor.Ruling {
	var out []doctor.Ruling
	for _, f := range m.Fates {
		strays := lookalike.Strays(f.Directory)
		mine := len(strays) > 0 && (f.Matches || f.Lands || f.Near != nil)
		missed := f.Near != nil && f.Near.Blanks && len(lookalike.Strays(f.Meant)) == 0 && (m.Repair != nil || !strayedMask(a))
		if !mine && !missed || f.Fits && len(strays) == 0 {
			continue
		}
		want := lookalike.Clean(f.Directory)
		if f.Near != nil && f.Near.Blanks {
			if full, ok := m.Expect[f.Meant]; ok {
				want = full
			}
		}
		r := doctor.Fail(f.Directory, "the directory group's name differs from what is wanted by blanks only")
		switch {
		case f.Operator != "":
			r = doctor.Warn(f.Directory, "the directory group's name holds stray blanks, and so does the name that it leads to")
		case f.Near == nil:
			r = doctor.Warn(f.Directory, "the directory group's name holds stray blanks")
		}
		if f.Operator != "" && !holdsStrays(f.Operator) {
			continue // the mask's own strays: judged there
		}
		if len(lookalike.Strays(f.Meant)) > 0 {
			r = r.Since(usher.CodeMaskBlanks)
		}
		r = r.Found(quoted(f.Directory), quoted(want)).At(cfg.At(item("organization.groups", f.Index) + ".name"))
		for _, s := range strays {
			r = r.With("%s", s.String())
		}
		if f.Near != nil && len(strays) == 0 {
			r = r.With("%s", f.Near.How)
		}
		out = append(out, r.Elsewhere("rename the directory group in the "+dashboard+" to %s", quoted(want)).ChangesAccess())
	}
	return out
}

func holdsStrays(name string) bool { return len(lookalike.Strays(name)) > 0 }

// strayedMask says that the mask itself holds stray blanks.
func strayedMask(a doctor.Account) bool {
	strays, _ := doctor.MaskStrays(a.Mask)
	return len(strays) > 0
}

func strayOperators(cfg *config.Config, reached map[string]bool) []doctor.Ruling {
	var out []doctor.Ruling
	names := newRenamer(cfg)
	for i, g := range cfg.OperatorGroups {
		strays := lookalike.Strays(g.Name)
		if len(strays) == 0 {
			continue
		}
		want := lookalike.Clean(g.Name)
		r := doctor.Fail(g.Name, "the operator group's name holds stray blanks")
		if reached[g.Name] {
			r = doctor.Warn(g.Name, "the operator group's name holds stray blanks, and so does the directory group's")
		}
		r = r.Found(quoted(g.Name), quoted(want)).At(cfg.At(item("operator_groups", i) + ".name"))
		for _, s := range strays {
			r = r.With("%s", s.String())
		}
		out = append(out, r.Mend(names.rename(g.Name, want), "rename the operator group to %s, in the rules of the applications too", quoted(want)).ChangesAccess())
	}
	return out
}

// renamer knows where the file names each operator group.
type renamer struct {
	cfg     *config.Config
	groups  map[string][]int    // by name: among the operator groups
	allowed map[string][]string // by name: paths in the rules of applications
}

func newRenamer(cfg *config.Config) *renamer {
	n := &renamer{cfg: cfg, groups: make(map[string][]int), allowed: make(map[string][]string)}
	for i, g := range cfg.OperatorGroups {
		n.groups[g.Name] = append(n.groups[g.Name], i)
	}
	for i, app := range cfg.Applications {
		for j, name := range app.Allow {
			n.allowed[name] = append(n.allowed[name], item(item("applications", i)+".allow", j))
		}
	}
	return n
}

// rename makes the edits that rename an operator group wherever the file names
// it. None where another group has the new name already.
func (n *renamer) rename(from, to string) []usher.Edit {
	if to == "" || len(n.groups[to]) > 0 {
		return nil
	}
	var groups [][]usher.Edit
	for _, i := range n.groups[from] {
		groups = append(groups, set(n.cfg, item("operator_groups", i)+".name", to))
	}
	for _, path := range n.allowed[from] {
		groups = append(groups, set(n.cfg, path, to))
	}
	for _, g := range groups {
		if g == nil {
			return nil
		}
	}
	return merged(groups...)
}

func nameMisspelled(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	names := newRenamer(cfg)
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		m := a.Mapping()
		if m.Repair != nil && !m.Repair.Blanks && (m.Repair.Code == usher.CodeNameMisspelled || m.Repair.Code == usher.CodeMaskBlanks) {
			r := misspelledMask(cfg, a, m)
			if strayedMask(a) {
				r = r.Since(usher.CodeMaskBlanks) // one mask, and one edit that mends both
			}
			out = append(out, r)
		}
		for _, f := range m.Fates {
			if f.Near == nil || f.Near.Blanks || f.Fits {
				continue
			}
			out = append(out, misspelledGroup(names, m, f))
		}
	}
	if len(out) == 0 && e.Profile() != nil {
		return profileRulings(e, usher.CodeNameMisspelled, "association_mask", "a directory group of the person is a near miss of one that would let the person in")
	}
	return out
}

func misspelledMask(cfg *config.Config, a doctor.Account, m *doctor.Mapping) doctor.Ruling {
	want := m.Repair.Mask
	r := doctor.Fail(a.InternalName, "the association mask is a near miss of what the directory groups begin with").
		Found(quoted(a.Mask.Text), quoted(want.Text)).At(cfg.At(maskPath(cfg, a))).
		With("%s", m.Repair.How)
	r = effect(r, m, m.Repair)
	if note := misprintedName(a.Mask.Text); note != "" {
		r = r.With(note)
	}
	return r.Mend(writeMask(cfg, a, want), "write the mask %s", quoted(want.Text)).ChangesAccess()
}

// misprintedName recognizes masks as translated manuals print them.
func misprintedName(mask string) string {
	switch {
	case strings.HasPrefix(mask, "Campagne - "):
		return "the Dutch manual translates the product's name in the mask; it is Campaign"
	case strings.HasPrefix(mask, "活动"):
		return "the simplified Chinese manual translated the product's name in the mask until 2021; it is Campaign"
	case strings.HasPrefix(mask, "Campaging"):
		return "the traditional Chinese manual once misspelled the product's name; it is Campaign"
	case strings.Contains(mask, "–"):
		return "the German manual writes the mask with en dashes; the names in the " + dashboard + " have hyphens"
	}
	return ""
}

// misspelledGroup rules on one directory group that misses its operator group.
// Either side may be at fault; the odd one is blamed where there is one.
func misspelledGroup(names *renamer, m *doctor.Mapping, f doctor.Fate) doctor.Ruling {
	r := doctor.Fail(f.Directory, "the directory group misses the operator group %s by its spelling", quoted(f.Meant)).
		Found(quoted(f.Near.Got), quoted(f.Near.Want)).
		At(names.cfg.At(item("organization.groups", f.Index)+".name")).
		With("%s", f.Near.How)
	full := f.Directory
	if expected, ok := m.Expect[f.Meant]; ok {
		full = expected
	}
	_, taken := m.Reached[f.Meant]
	ours := productName(f.Meant) && !productName(f.Left) && !lookalike.Alike(f.Meant, f.Left) // the product has it, so the other one slipped
	if f.Left == "" || taken || ours || odder(f.Near.Got, f.Near.Want) {
		return r.Elsewhere("rename the directory group in the "+dashboard+" to %s", quoted(full)).ChangesAccess()
	}
	return r.Mend(names.rename(f.Meant, f.Left),
		"rename one of the two: the directory group in the "+dashboard+" to %s, or the operator group here to %s, if it has that name in the product", quoted(full), quoted(f.Left)).ChangesAccess()
}

// odder says that a holds more disguised characters than b.
func odder(a, b string) bool {
	return strings.Count(lookalike.Show(a), "[U+") > strings.Count(lookalike.Show(b), "[U+")
}
