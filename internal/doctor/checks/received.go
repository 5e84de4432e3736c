// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"slices"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/lookalike"
)

// received lists what the groups tell that people brought along lately, where
// nobody wrote down the organization's side.
func received() []doctor.Check {
	noRight := usher.SymptomNoRightMatching
	return []doctor.Check{
		{Code: "groups-not-received", Layer: doctor.LayerMapping, Severity: usher.SeverityError, Holds: "people bring directory groups along",
			Reads: doctor.Config | doctor.Recent, After: codes("scope-missing", usher.CodeScopeNotProvisioned), Explains: doctor.Signs{noRight: doctor.Likely},
			Field: "groups_claim", Judge: groupsNotReceived, Blind: nobodyCame},
		{Code: "mask-never-matched", Layer: doctor.LayerMapping, Severity: usher.SeverityError, Holds: "the mask matches groups that people bring along",
			Reads: doctor.Config | doctor.Recent, After: codes(usher.CodeMaskKind, "mask-placeholder", "mask-quoted", usher.CodeMaskBlanks, usher.CodeMaskMatchesNothing, "groups-not-received"),
			Explains: doctor.Signs{noRight: doctor.Likely}, Field: "association_mask", Judge: maskNeverMatched, Blind: nobodyCame},
	}
}

// nobodyCame says that no person was seen lately.
func nobodyCame(e *doctor.Evidence) doctor.Blindness {
	for _, a := range e.Recent() {
		if a.Person != nil {
			return doctor.Blindness{}
		}
	}
	return doctor.Blindness{Why: doctor.Say("not known: %s", doctor.Say("what the provider says of a person")), Gather: doctor.Say("usher rehearse %s", e.Config().File), Unasked: true}
}

// somePeople is how many different people are no chance.
const somePeople = 3

// arrived gives the account's recent people, the last sign-in of each.
func arrived(e *doctor.Evidence, a doctor.Account) []usher.Person {
	at := make(map[string]int)
	var out []usher.Person
	for _, one := range e.Recent() {
		if one.Person == nil || one.Account != a.InternalName {
			continue
		}
		i, known := at[one.Person.Subject]
		if !known {
			i = len(out)
			at[one.Person.Subject] = i
			out = append(out, usher.Person{})
		}
		out[i] = *one.Person
	}
	return out
}

func groupsNotReceived(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		people := arrived(e, a)
		if len(people) < somePeople || slices.ContainsFunc(people, func(p usher.Person) bool { return len(p.Groups) > 0 }) {
			continue
		}
		r := doctor.Fail(a.InternalName, "none of the last %d people brought a directory group along", len(people)).Found(doctor.Say("no directory group at all"), doctor.Say("the groups of each person"))
		if a.IMS() {
			out = append(out, r.At(cfg.At(cfg.AccountPath(a.Index, ""))).
				Elsewhere("see that the scopes of the account are provisioned, and that the people have a product profile of this instance in the "+dashboard))
			continue
		}
		out = append(out, r.At(a.Place("groups_claim")).With("groups are read from the claim %s", quoted(a.GroupsClaim)).
			Elsewhere("have the provider put groups into that claim, or write groups_claim: with the claim's name as the provider has it; usher rehearse %s shows the claims that come", cfg.File))
	}
	return out
}

// maskNeverMatched speaks only where the file does not list the groups: there
// another check knows better.
func maskNeverMatched(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		m, cause := a.Mask.Compile()
		if cause != nil || cfg.Has("organization.groups") && a.Directory() {
			continue
		}
		people := arrived(e, a)
		var names []string
		matched := false
		for _, p := range people {
			for _, g := range p.GroupNames() {
				_, fits := m.Match(g)
				matched = matched || fits
				if !slices.Contains(names, g) {
					names = append(names, g)
				}
			}
		}
		if matched || len(people) < somePeople || len(names) == 0 {
			continue
		}
		slices.Sort(names)
		r := doctor.Fail(a.InternalName, "the association mask matches no directory group that any of the last %d people is in", len(people)).
			Found(list(names), doctor.Say("at least one directory group that the %s %s matches", doctor.Say(string(a.Mask.Kind)), quoted(a.Mask.Text))).At(cfg.At(maskPath(cfg, a)))
		if how := partOfMask(a.Mask, names); how != "" {
			r = r.With("%s", how)
		}
		out = append(out, r.Elsewhere("write the mask as these names begin, if they are this instance's; or create the directory groups in the "+dashboard+", and add people to them").ChangesAccess())
	}
	return out
}

// partOfMask says where a prefix and the name nearest to it part.
func partOfMask(m usher.Mask, names []string) string {
	if m.Kind != usher.MaskPrefix {
		return ""
	}
	length := len([]rune(m.Text))
	for _, n := range names {
		if runes := []rune(n); len(runes) >= length {
			if begin := string(runes[:length]); strings.EqualFold(begin, m.Text) || lookalike.Alike(begin, m.Text) {
				return lookalike.Difference(m.Text, begin)
			}
		}
	}
	return ""
}
