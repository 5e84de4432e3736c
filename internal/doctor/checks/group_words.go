// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"slices"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/lookalike"
)

func groupWords() []doctor.Check {
	right, one := usher.SymptomNoRightMatching, doctor.SymptomOnePersonOnly
	w := usher.SeverityWarning
	return []doctor.Check{
		{Code: "operator-group-duplicate", Layer: doctor.LayerFile, Severity: w, Holds: "every operator group is written once", Reads: doctor.Config, Judge: operatorGroupDuplicate},
		{Code: "right-misspelled", Layer: doctor.LayerFile, Severity: w, Holds: "no right is a near miss of one that the product has", Reads: doctor.Config, Judge: rightMisspelled},
		{Code: "label-for-name", Layer: doctor.LayerMapping, Severity: usher.SeverityError, Holds: "directory groups end in the operator groups' internal names, not their labels", Reads: doctor.Config | doctor.Organization,
			After: codes(usher.CodeMaskKind), Explains: doctor.Signs{right: doctor.Likely}, Judge: labelForName},
		{Code: "member-misspelled", Layer: doctor.LayerMapping, Severity: w, Holds: "no member of a directory group is a near miss of a person", Reads: doctor.Config | doctor.Organization,
			Explains: doctor.Signs{one: doctor.Sometimes}, Judge: memberMisspelled},
		{Code: "control-panel-opened", Layer: doctor.LayerMapping, Severity: usher.SeverityInfo, Holds: "no directory group opens the vendor's Control Panel by its name", Reads: doctor.Config | doctor.Organization,
			After: codes(usher.CodeMaskKind), Judge: controlPanelOpened},
		{Code: "group-ids", Layer: doctor.LayerMapping, Severity: usher.SeverityError, Holds: "the provider names groups, not their ids", Reads: doctor.Config | doctor.Profile, May: doctor.Attempt,
			Explains: doctor.Signs{right: doctor.Sometimes}, Judge: groupIDs},
		{Code: "group-paths", Layer: doctor.LayerMapping, Severity: usher.SeverityError, Holds: "the provider names groups, not where they are", Reads: doctor.Config | doctor.Profile, May: doctor.Attempt,
			Explains: doctor.Signs{right: doctor.Sometimes}, Judge: groupPaths},
		{Code: "email-unverified", Layer: doctor.LayerMapping, Severity: usher.SeverityInfo, Holds: "the provider has verified the person's address", Reads: doctor.Config | doctor.Profile, Judge: emailUnverified},
	}
}

func operatorGroupDuplicate(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	first := make(map[string]int)
	var out []doctor.Ruling
	for i, g := range cfg.OperatorGroups {
		if _, ok := first[g.Name]; !ok {
			first[g.Name] = i
			continue
		}
		path := item("operator_groups", i)
		out = append(out, doctor.Fail(g.Name, "the operator group %s is written twice; the rights of the first count, those of the second do not", quoted(g.Name)).
			Found(doctor.Say("written again"), doctor.Say("one entry")).At(cfg.At(path+".name")).
			With("the first is on line %d", cfg.At(item("operator_groups", first[g.Name])+".name").Line).
			Mend(remove(cfg, path), "delete the second, its rights moved to the first where they are meant").ChangesAccess())
	}
	return out
}

// knownRights are the named rights that the product comes with.
func knownRights() []string {
	return []string{"ADMINISTRATION", "APPROVAL ADMINISTRATION", "CENTRAL", "DELETE FOLDER", "EDIT FOLDERS", "EXPORT", "FILES ACCESS", "IMPORT", "INSERT FOLDERS",
		"LOCAL", "MERGE", "PREPARE DELIVERIES", "PRIVACY DATA RIGHT", "PROGRAM EXECUTION", "RECIPIENT IMPORT", "SQL SCRIPT EXECUTION", "START DELIVERIES",
		"USE SQL DATA MANAGEMENT ACTIVITY", "WORKFLOW", "WEBAPP"}
}

// rightMisspelled leaves names alone that differ by case only: they may be the
// internal names of rights of one's own.
func rightMisspelled(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	if doctor.IMSAccount(cfg) < 0 {
		return nil
	}
	var out []doctor.Ruling
	for i, g := range cfg.OperatorGroups {
		for j, right := range g.Rights {
			near, ok := lookalike.Near(right, knownRights())
			if !ok || strings.EqualFold(right, near.Want) {
				continue
			}
			path := item(item("operator_groups", i)+".rights", j)
			out = append(out, doctor.Fail(right, "the right %s is a near miss of %s", quoted(right), quoted(near.Want)).
				Found(quoted(right), quoted(near.Want)).At(cfg.At(path)).With("%s", near.How).
				Mend(set(cfg, path, near.Want), "write %s", near.Want).ChangesAccess())
		}
	}
	return out
}

// labels gives the internal name of each operator group that the product comes
// with, by its label.
func labels() map[string]string {
	return map[string]string{"Administrator": "admin", "Administrators": "admin", "Delivery operators": "delivery", "Campaign managers": "operation",
		"Content contributors": "content", "Access to reports": "report", "Workflow execution": "workflow", "Workflow supervisors": "workflowSupervisor",
		"Central management": "central", "Local management": "local", "Offer managers": "offer", "AEM application": "aemApplication"}
}

// productName says that an operator group of this name comes with the product.
func productName(name string) bool {
	for label, internal := range labels() {
		if name == label || name == internal {
			return true
		}
	}
	return false
}

// byLabel is what directory groups name by the other name of an operator
// group: its label for its internal name, or the reverse.
type byLabel struct {
	meant     map[int]string  // fate -> operator group
	operators map[string]bool // operator groups so meant
}

// labeled finds them; not where something else leads to the operator group already.
func labeled(cfg *config.Config, m *doctor.Mapping) byLabel {
	out := byLabel{make(map[int]string), make(map[string]bool)}
	here, other := nameSet(cfg), make(map[string][]string)
	for label, name := range labels() {
		other[label] = append(other[label], name)
		other[name] = append(other[name], label)
	}
	fitting := make(map[string]bool)
	for _, f := range m.Fates {
		if f.Fits {
			fitting[f.Meant] = true
		}
	}
	for i, f := range m.Fates {
		if !f.Lands || f.Operator != "" || f.Near != nil || f.Fits {
			continue
		}
		for _, meant := range other[f.Left] {
			if _, fits := fitting[meant]; here[meant] && len(m.Reached[meant]) == 0 && !fits {
				out.meant[i], out.operators[meant] = meant, true
			}
		}
	}
	return out
}

func labelForName(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	e.Organization()
	var out []doctor.Ruling
	names := newRenamer(cfg)
	for _, a := range mapped(e) {
		m := a.Mapping()
		found := labeled(cfg, m)
		for i, f := range m.Fates {
			meant, ok := found.meant[i]
			if !ok {
				continue
			}
			r := doctor.Fail(f.Directory, "the directory group ends in %s, the operator group is called %s: one is the label, the other the internal name of the same group", quoted(f.Left), quoted(meant)).
				Found(quoted(f.Left), quoted(meant)).At(cfg.At(item("organization.groups", f.Index) + ".name"))
			if name, ok := labels()[meant]; ok && name == f.Left {
				out = append(out, r.Mend(names.rename(meant, f.Left), "write the internal name here: %s", quoted(f.Left)).ChangesAccess())
				continue
			}
			out = append(out, r.Elsewhere("rename the directory group in the "+dashboard+" to %s", quoted(m.Expect[meant])).ChangesAccess())
		}
	}
	return out
}

func memberMisspelled(e *doctor.Evidence) []doctor.Ruling {
	cfg, org := e.Config(), e.Organization()
	if len(org.Users) == 0 {
		return nil
	}
	var people []string
	known := make(map[string]bool)
	for _, u := range org.Users {
		people = append(people, u.Email)
		known[strings.ToLower(u.Email)] = true
	}
	index := lookalike.NewIndex(people)
	var out []doctor.Ruling
	for i, g := range org.Groups {
		for j, member := range g.Members {
			if known[strings.ToLower(member)] {
				continue
			}
			near, ok := index.Near(member)
			if !ok || !sameMailbox(near.Got, near.Want) {
				continue
			}
			path := item(item("organization.groups", i)+".members", j)
			out = append(out, doctor.Fail(member, "the member %s of %s is a near miss of %s", quoted(member), quoted(g.Name), quoted(near.Want)).
				Found(quoted(member), quoted(near.Want)).At(cfg.At(path)).With("%s", near.How).
				Mend(set(cfg, path, near.Want), "correct the address here if it was copied wrongly, or in the "+dashboard+" if it is wrong there").ChangesAccess())
		}
	}
	return out
}

// sameMailbox tells a misspelled address from that of another person: anna and
// hanna are two people, corp and crop are one domain.
func sameMailbox(a, b string) bool {
	local1, _, _ := strings.Cut(a, "@")
	local2, _, _ := strings.Cut(b, "@")
	return lookalike.Alike(local1, local2)
}

func controlPanelOpened(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	e.Organization()
	var out []doctor.Ruling
	for _, a := range mapped(e) {
		for _, f := range a.Mapping().Fates {
			if !a.IMS() || !f.Lands || !strings.Contains(strings.ToLower(f.Directory), "admin") {
				continue
			}
			out = append(out, doctor.Fail(f.Directory, "everybody in the directory group %s may open the vendor's Control Panel: its name holds “admin”", quoted(f.Directory)).
				At(cfg.At(item("organization.groups", f.Index)+".name")).
				Elsewhere("nothing, if that is meant; else rename the directory group and the operator group"))
		}
	}
	return out
}

func groupIDs(e *doctor.Evidence) []doctor.Ruling {
	names := e.Profile().GroupNames()
	if len(names) == 0 || slices.ContainsFunc(names, func(n string) bool { return !uuid(n) }) {
		return nil
	}
	a, _ := accountOf(e)
	return []doctor.Ruling{doctor.Fail(a.InternalName, "the provider gives the ids of groups instead of their names").
		Found(list(names), doctor.Say("names that the mask can match")).At(a.Place("groups_claim")).
		Elsewhere("have the provider put names into the claim; in Entra: group names for groups synchronized from on premises, or application roles")}
}

// uuid knows an id by its form (RFC 9562 section 4).
func uuid(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(strings.ToLower(s)) {
		if hyphen := i == 8 || i == 13 || i == 18 || i == 23; hyphen != (c == '-') || !hyphen && !strings.ContainsRune("0123456789abcdef", rune(c)) {
			return false
		}
	}
	return true
}

func groupPaths(e *doctor.Evidence) []doctor.Ruling {
	a, ok := accountOf(e)
	names := e.Profile().GroupNames()
	matcher, cause := a.Mask.Compile()
	if !ok || cause != nil || len(names) == 0 {
		return nil
	}
	for _, n := range names {
		if _, fits := matcher.Match(n); fits || !strings.HasPrefix(n, "/") && !strings.HasPrefix(strings.ToUpper(n), "CN=") {
			return nil
		}
	}
	return []doctor.Ruling{doctor.Fail(a.InternalName, "the provider gives where groups are in a tree, not their names").
		Found(list(names), doctor.Say("names that the mask can match")).At(a.Place("association_mask")).
		Elsewhere("switch full paths off in the provider's mapper, or write a pattern that takes the last part: (?:.*/)(.+)")}
}

func emailUnverified(e *doctor.Evidence) []doctor.Ruling {
	p := e.Profile()
	if p.Email == "" || p.EmailVerified {
		return nil
	}
	return []doctor.Ruling{doctor.Fail(p.Email, "the provider has not verified the person's address; usher shows it and decides nothing by it").
		At(usher.Place{File: e.Config().File})}
}
