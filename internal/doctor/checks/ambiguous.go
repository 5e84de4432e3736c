// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"regexp/syntax"
	"slices"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
)

func ambiguous() []doctor.Check {
	return []doctor.Check{{
		Code: "mapping-ambiguous", Layer: doctor.LayerMapping, Severity: usher.SeverityWarning,
		Holds: "no two directory groups lead to one operator group",
		Reads: doctor.Config | doctor.Organization,
		After: codes(usher.CodeMaskKind, "mask-broad", "directory-group-duplicate"),
		Field: "association_mask",
		Judge: mappingAmbiguous,
	}}
}

// wildOutside says that a pattern takes anything in another place than its
// capture. One that spells out which names it takes was meant so.
func wildOutside(pattern string) bool {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	return err == nil && wild(tree)
}

func wild(r *syntax.Regexp) bool {
	switch r.Op {
	case syntax.OpCapture:
		return false
	case syntax.OpStar, syntax.OpPlus, syntax.OpAnyChar, syntax.OpAnyCharNotNL, syntax.OpCharClass:
		return true
	}
	return slices.ContainsFunc(r.Sub, wild)
}

// mappingAmbiguous finds directory groups of different names that a pattern
// turns into one operator group without having named them: another tenant's
// administrators, say, would be administrators here. A prefix cannot do that.
func mappingAmbiguous(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	e.Organization()
	var out []doctor.Ruling
	for _, a := range mapped(e) {
		if a.Mask.Kind != usher.MaskPattern || !wildOutside(a.Mask.Text) {
			continue
		}
		from := make(map[string][]string)
		var order []string
		for _, f := range a.Mapping().Fates {
			if f.Operator == "" || slices.Contains(from[f.Operator], f.Directory) {
				continue
			}
			if from[f.Operator] == nil {
				order = append(order, f.Operator)
			}
			from[f.Operator] = append(from[f.Operator], f.Directory)
		}
		for _, operator := range order {
			if names := from[operator]; len(names) > 1 {
				out = append(out, doctor.Fail(operator, "%d directory groups lead to the operator group %s: whoever is in any of them is in it", len(names), quoted(operator)).
					Found(list(names), doctor.Say("one directory group for each operator group")).At(cfg.At(maskPath(cfg, a))).
					Elsewhere("write into the mask what only this instance's groups have in common; where both are meant, accept the finding with suppress:").ChangesAccess())
			}
		}
	}
	return out
}
