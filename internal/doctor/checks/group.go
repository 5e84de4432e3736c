// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"sort"
	"strings"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
)

func group() []doctor.Check {
	return []doctor.Check{{
		Code: usher.CodeMaskMatchesNothing, Layer: doctor.LayerMapping, Severity: usher.SeverityError,
		Holds:    "the association mask matches at least one directory group",
		Person:   "You are known to the provider, but none of your groups leads into this site.",
		Reads:    doctor.Config | doctor.Organization,
		After:    codes(usher.CodeMaskKind, "mask-placeholder", "mask-quoted"),
		Explains: doctor.Signs{usher.SymptomNoRightMatching: doctor.Likely},
		Field:    "association_mask",
		Judge:    maskMatchesNothing,
	}, {
		Code: usher.CodeOperatorGroupUnknown, Layer: doctor.LayerMapping, Severity: usher.SeverityError,
		Holds:    "what the mask leaves of a matching directory group is an operator group here",
		Person:   "Your groups are known, but this site has no operator group of that name.",
		Reads:    doctor.Config | doctor.Organization,
		May:      doctor.History,
		After:    codes(usher.CodeMaskKind, "mask-placeholder", "mask-quoted"),
		Explains: doctor.Signs{usher.SymptomNoRightMatching: doctor.Likely, doctor.SymptomOnePersonOnly: doctor.Sometimes},
		Judge:    operatorGroupUnknown,
	}, {
		Code: usher.CodeOperatorGroupUnreached, Layer: doctor.LayerMapping, Severity: usher.SeverityWarning,
		Holds:    "each operator group has its directory group",
		Reads:    doctor.Config | doctor.Organization,
		After:    codes(usher.CodeMaskKind, "mask-placeholder", "mask-quoted"),
		Explains: doctor.Signs{usher.SymptomNoRightMatching: doctor.Sometimes},
		Judge:    operatorGroupUnreachable,
	}}
}

// groupsUnknown rules that the file does not list the directory groups.
func groupsUnknown(cfg *config.Config) []doctor.Ruling {
	return []doctor.Ruling{doctor.Unsure("", doctor.Say("the organization's directory groups are not written down"),
		doctor.Say("write organization.groups into %s, from the "+dashboard, cfg.File))}
}

// mapped lists the accounts whose mapping is known.
func mapped(e *doctor.Evidence) []doctor.Account {
	var out []doctor.Account
	for _, a := range e.InUse() {
		if a.Mapping().Known {
			out = append(out, a)
		}
	}
	return out
}

// missedBy names the check that explains why fates miss: the mask's blanks, or
// a spelling. Empty: nothing does.
func missedBy(a doctor.Account, f *doctor.Fate) usher.Code {
	m := a.Mapping()
	switch {
	case f != nil && f.Fits, f == nil && m.Repair != nil:
		return m.Repair.Code
	case f != nil && f.Near != nil && f.Near.Blanks:
		return usher.CodeMaskBlanks
	case f != nil && f.Near != nil:
		return usher.CodeNameMisspelled
	case strayedMask(a):
		return usher.CodeMaskBlanks
	}
	return ""
}

func maskMatchesNothing(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	accounts := mapped(e)
	if len(accounts) == 0 {
		e.Organization()
		return groupsUnknown(cfg)
	}
	var out []doctor.Ruling
	for _, a := range accounts {
		m := a.Mapping()
		if !m.Misses() {
			continue
		}
		names := e.Organization().GroupNames()
		saw := doctor.Say("no directory group at all")
		if len(names) > 0 {
			saw = list(names)
		}
		r := doctor.Fail(a.InternalName, "the association mask matches none of the %d directory groups", len(m.Fates)).
			Found(saw, doctor.Say("at least one directory group that the %s %s matches", doctor.Say(string(a.Mask.Kind)), quoted(a.Mask.Text))).
			At(cfg.At(maskPath(cfg, a)))
		r = r.Since(missesBecause(a, m))
		out = append(out, mendNothing(cfg, a, m, r))
	}
	return out
}

// missesBecause names the check that explains why the mask matches nothing.
func missesBecause(a doctor.Account, m *doctor.Mapping) usher.Code {
	if m.Repair != nil {
		if m.Repair.Code == usher.CodeMaskMatchesNothing {
			return ""
		}
		return m.Repair.Code
	}
	for i := range m.Fates {
		if by := missedBy(a, &m.Fates[i]); by != "" && (m.Fates[i].Near != nil || strayedMask(a)) {
			return by
		}
	}
	return ""
}

// mendNothing offers the mask under which the directory groups would lead to
// operator groups, where one beginning does that.
func mendNothing(cfg *config.Config, a doctor.Account, m *doctor.Mapping, r doctor.Ruling) doctor.Ruling {
	if prefix, n := commonMask(cfg, fatesOf(m)); n > 0 {
		want := maskBefore(a, prefix)
		r = r.With("with the mask %s, %d of them would lead to operator groups", quoted(want.Text), n)
		return r.Mend(writeMask(cfg, a, want), "write the mask %s, if these are this instance's groups", quoted(want.Text)).ChangesAccess()
	}
	var wanted []string
	for _, g := range cfg.OperatorGroups {
		if full, ok := m.Expect[g.Name]; ok {
			wanted = append(wanted, full)
		}
	}
	if len(wanted) > 0 {
		return r.Elsewhere("create directory groups in the "+dashboard+" by these names: %s", list(wanted)).ChangesAccess()
	}
	return r.Elsewhere("create directory groups in the " + dashboard + " that the mask matches").ChangesAccess()
}

// cutShort says that the mask, with more of what the directory groups begin
// with, would lead to operator groups.
func cutShort(m *doctor.Mapping) bool {
	return m.Repair != nil && m.Repair.Code == usher.CodeOperatorGroupUnknown
}

// maskBefore writes a mask of the account's kind that takes what follows a text.
func maskBefore(a doctor.Account, prefix string) usher.Mask {
	if a.Mask.Kind == usher.MaskPattern {
		return usher.Mask{Text: escapePattern(prefix) + "(.*)", Kind: usher.MaskPattern}
	}
	return usher.Mask{Text: prefix, Kind: usher.MaskPrefix}
}

func fatesOf(m *doctor.Mapping) []string {
	names := make([]string, len(m.Fates))
	for i, f := range m.Fates {
		names[i] = f.Directory
	}
	return names
}

// shortMask rules on a mask that was cut short: one cause, however many
// directory groups it leaves too much of.
func shortMask(cfg *config.Config, a doctor.Account, m *doctor.Mapping) doctor.Ruling {
	better, n := m.Repair.Mask, len(m.Repair.Fates)
	r := doctor.Fail(a.InternalName, "the association mask ends too early: what it leaves of the directory groups is no operator group")
	if before, _, _ := m.Matcher.Literal(); !strings.HasPrefix(m.Fates[m.Repair.Fates[0]].Directory, before) {
		r = doctor.Fail(a.InternalName, "the association mask matches directory groups that lead nowhere here, and none of those that would")
	}
	r = r.Found(quoted(a.Mask.Text), quoted(better.Text)).At(cfg.At(maskPath(cfg, a)))
	for _, f := range m.Fates {
		if f.Matches {
			r = r.With("of %s it leaves %s", quoted(f.Directory), quoted(f.Remainder))
			break
		}
	}
	return r.With("with the mask %s, %d of them would lead to operator groups", quoted(better.Text), n).
		Mend(writeMask(cfg, a, better), "write the mask %s", quoted(better.Text)).ChangesAccess()
}

func escapePattern(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(`\.+*?()|[]{}^$`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// commonMask finds the beginning that turns most directory groups into
// operator groups, and how many.
func commonMask(cfg *config.Config, directory []string) (prefix string, n int) {
	return doctor.CommonBeginning(operatorNames(cfg), directory)
}

func operatorGroupUnknown(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	accounts := mapped(e)
	if len(accounts) == 0 {
		e.Organization()
		return groupsUnknown(cfg)
	}
	var out []doctor.Ruling
	var past *renames
	for _, a := range accounts {
		m := a.Mapping()
		byLabel := labeled(cfg, m)
		renamed := renamedOne(cfg, accounts, byLabel)
		if cutShort(m) {
			out = append(out, shortMask(cfg, a, m))
		}
		for i := range m.Fates {
			f := &m.Fates[i]
			if f.Operator != "" || !f.Matches && (!f.Lands || f.Fits) {
				continue
			}
			if past == nil {
				past = pastNames(cfg, e.History())
			}
			r := unknownGroup(cfg, a, m, f, past, renamed)
			if _, ok := byLabel.meant[i]; ok {
				r = r.Since("label-for-name")
			}
			out = append(out, r)
		}
	}
	return out
}

func unknownGroup(cfg *config.Config, a doctor.Account, m *doctor.Mapping, f *doctor.Fate, past *renames, renamed string) doctor.Ruling {
	name := f.Remainder
	if f.Lands {
		name = f.Left
	}
	r := doctor.Fail(name, "the directory group %s leads to the operator group %s, which does not exist here", quoted(f.Directory), quoted(name)).
		Found(quoted(name), past.here).
		At(cfg.At(item("organization.groups", f.Index) + ".name"))
	switch by := missedBy(a, f); {
	case m.Repair != nil && !f.Lands:
		return r.Since(m.Repair.Code)
	case by != "" && (f.Near != nil || f.Fits || m.Repair == nil && len(m.Reached) == 0):
		return r.Since(by)
	}
	if then, now := past.of(name); !then.IsZero() {
		r = r.With("the file had an operator group of this name until %s", then.UTC().Format(time.DateOnly))
		if _, reached := m.Reached[now]; now != "" && !reached {
			return r.With("since then it has %s", quoted(now)).
				Mend(newRenamer(cfg).rename(now, name), "give the operator group its name back: %s; or rename the directory group to %s", quoted(name), quoted(m.Expect[now])).ChangesAccess()
		}
	}
	if renamed != "" {
		r = r.With("no directory group leads to the operator group %s: one of the two may have been renamed", quoted(renamed))
	}
	if !cfg.Has("operator_groups") {
		return r.Elsewhere("write operator_groups into the file, this one among them").ChangesAccess()
	}
	return r.Mend(insert(cfg, "operator_groups", "name: "+yamlText(name)),
		"add the operator group, and the rights that it carries in the product; or rename the directory group").ChangesAccess()
}

// yamlText writes a name as a double-quoted YAML text.
func yamlText(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(s) + `"`
}

func operatorNames(cfg *config.Config) []string {
	names := make([]string, len(cfg.OperatorGroups))
	for i, g := range cfg.OperatorGroups {
		names[i] = g.Name
	}
	return names
}

// renames is what earlier revisions tell about operator groups.
type renames struct {
	here  doctor.Phrase        // the operator groups as they are now, for the reader
	until map[string]time.Time // name -> when the first revision without it was loaded
	now   map[string]string    // name -> the one name that came when it went
}

func (r *renames) of(name string) (time.Time, string) { return r.until[name], r.now[name] }

// pastNames compares each revision with the next, the file itself the last.
func pastNames(cfg *config.Config, history []usher.Revision) *renames {
	r := &renames{here: oneOf(operatorNames(cfg)), until: make(map[string]time.Time), now: make(map[string]string)}
	var before map[string]bool
	for i, rev := range history {
		old, err := config.Parse(cfg.File, []byte(rev.Text), config.Environment{LenientSecrets: true})
		if err != nil {
			continue
		}
		names := nameSet(old)
		if before != nil {
			r.compare(before, names, rev.Loaded)
		}
		before = names
		if i == len(history)-1 && rev.ID != cfg.Revision {
			r.compare(names, nameSet(cfg), rev.Loaded)
		}
	}
	return r
}

func (r *renames) compare(before, after map[string]bool, at time.Time) {
	var gone, come []string
	for n := range before {
		if !after[n] {
			gone = append(gone, n)
		}
	}
	for n := range after {
		if !before[n] {
			come = append(come, n)
		}
	}
	sort.Strings(gone)
	for _, n := range gone {
		r.until[n] = at
		if len(gone) == 1 && len(come) == 1 {
			r.now[n] = come[0]
		}
	}
}

func nameSet(cfg *config.Config) map[string]bool {
	set := make(map[string]bool, len(cfg.OperatorGroups))
	for _, g := range cfg.OperatorGroups {
		set[g.Name] = true
	}
	return set
}

func operatorGroupUnreachable(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	accounts := mapped(e)
	if len(accounts) == 0 {
		e.Organization()
		return groupsUnknown(cfg)
	}
	var out []doctor.Ruling
	seen := make(map[string]bool)
	byLabel := labeled(cfg, accounts[0].Mapping())
	renamed := renamedOne(cfg, accounts, byLabel)
	for i, g := range cfg.OperatorGroups {
		if seen[g.Name] || reachedByAny(accounts, g.Name) {
			continue
		}
		seen[g.Name] = true
		r := unreached(cfg, accounts[0], i)
		if byLabel.operators[g.Name] {
			r = r.Since("label-for-name")
		}
		if g.Name == renamed {
			r = r.Since(usher.CodeOperatorGroupUnknown)
		}
		out = append(out, r)
	}
	return out
}

// renamedOne gives the one operator group that nothing leads to, where one
// directory group leads to none: one of the two was most likely renamed.
// Empty: there is no such pair.
func renamedOne(cfg *config.Config, accounts []doctor.Account, by byLabel) string {
	astray, lost := 0, ""
	for i, f := range accounts[0].Mapping().Fates {
		if _, label := by.meant[i]; f.Lands && f.Operator == "" && f.Near == nil && !f.Fits && !label {
			astray++
		}
	}
	if astray != 1 || len(accounts) > 1 {
		return ""
	}
	m := accounts[0].Mapping()
	for _, g := range cfg.OperatorGroups {
		if _, meant := m.Meant[g.Name]; meant || by.operators[g.Name] || reachedByAny(accounts, g.Name) || g.Name == lost {
			continue
		}
		if lost != "" {
			return ""
		}
		lost = g.Name
	}
	return lost
}

func reachedByAny(accounts []doctor.Account, name string) bool {
	for _, a := range accounts {
		if _, ok := a.Mapping().Reached[name]; ok {
			return true
		}
	}
	return false
}

func unreached(cfg *config.Config, a doctor.Account, i int) doctor.Ruling {
	m, name := a.Mapping(), cfg.OperatorGroups[i].Name
	r := doctor.Fail(name, "no directory group leads to the operator group %s: nobody can be in it", quoted(name)).
		At(cfg.At(item("operator_groups", i) + ".name"))
	full, ok := m.Expect[name]
	if ok {
		r = r.Found(doctor.Say("no such directory group"), quoted(full)).
			Elsewhere("create the directory group in the "+dashboard+" by this very name: %s", quoted(full)).ChangesAccess()
	} else {
		r = r.Found(doctor.Say("no such directory group"), doctor.Say("one that the mask %s turns into %s", quoted(a.Mask.Text), quoted(name))).
			Elsewhere("create such a directory group in the " + dashboard).ChangesAccess()
	}
	if at, ok := m.Meant[name]; ok {
		return r.Since(missedBy(a, &m.Fates[at]))
	}
	if m.Repair != nil && len(m.Repair.Fates) > 0 {
		return r // the mended mask would not reach it, either
	}
	if m.Misses() {
		if by := missedBy(a, nil); by != "" {
			return r.Since(by)
		}
		return r.Since(usher.CodeMaskMatchesNothing)
	}
	if len(m.Reached) == 0 && strayedMask(a) {
		return r.Since(usher.CodeMaskBlanks)
	}
	return r
}
