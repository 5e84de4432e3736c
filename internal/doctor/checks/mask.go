// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
)

func mask() []doctor.Check {
	return []doctor.Check{{
		Code: usher.CodeMaskKind, Layer: doctor.LayerMapping, Severity: usher.SeverityError,
		Holds:    "the association mask is what it says: a prefix, or a pattern with one capture",
		Reads:    doctor.Config,
		May:      doctor.Organization,
		Explains: doctor.Signs{usher.SymptomNoRightMatching: doctor.Likely},
		Field:    "association_mask",
		Judge:    maskKind,
	}}
}

// maskPath is where the mask's text is written, whatever the way of writing it.
func maskPath(cfg *config.Config, a doctor.Account) string {
	path := a.Path("association_mask")
	for _, kind := range []usher.MaskKind{usher.MaskPrefix, usher.MaskPattern} {
		if cfg.Has(path + "." + string(kind)) {
			return path + "." + string(kind)
		}
	}
	return path
}

// writeMask makes the edit that gives the account another mask. A bare text
// whose kind would be read wrongly is not written.
func writeMask(cfg *config.Config, a doctor.Account, m usher.Mask) []usher.Edit {
	path := maskPath(cfg, a)
	declared := path != a.Path("association_mask")
	if declared && !strings.HasSuffix(path, "."+string(m.Kind)) || !declared && usher.ParseMask(m.Text).Kind != m.Kind {
		return nil
	}
	return set(cfg, path, m.Text)
}

func maskKind(e *doctor.Evidence) []doctor.Ruling {
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		if r, ok := judgeKind(e, a); ok {
			out = append(out, r)
		}
	}
	return out
}

func judgeKind(e *doctor.Evidence, a doctor.Account) (doctor.Ruling, bool) {
	cfg := e.Config()
	place := cfg.At(maskPath(cfg, a))
	if _, cause := a.Mask.Compile(); cause != nil {
		r := doctor.Fail(a.InternalName, "the association mask cannot be used").Found(doctor.Heard(cause.Saw), doctor.Heard(cause.Want)).At(place)
		if cause.Detail != "" {
			r = r.With("%s", doctor.Heard(cause.Detail))
		}
		return mendKind(cfg, a, r), true
	}
	sign := patternSign(a.Mask)
	if sign == "" {
		return doctor.Ruling{}, false
	}
	if m := a.Mapping(); m.Matched > 0 {
		return doctor.Ruling{}, false // the signs are part of the groups' names
	}
	r := doctor.Fail(a.InternalName, "the association mask is read as a prefix, letter by letter, but %s makes it look like a pattern", quoted(sign)).
		Found(doctor.Say("prefix %s", quoted(a.Mask.Text)), doctor.Say("a pattern with one capture, (.*), or a prefix without such signs")).At(place)
	if note := misprintedMask(a.Mask.Text); note != "" {
		r = r.With(note)
	}
	return mendKind(cfg, a, r), true
}

// patternSign finds what only makes sense in an expression. Round brackets
// alone do not: "Campaign (EU) - " is a name.
func patternSign(m usher.Mask) string {
	if m.Kind != usher.MaskPrefix {
		return ""
	}
	t := m.Text
	for _, sign := range []string{".*", ".+", "(*", "(.", "(?", "（", "&#42;", `\`, "[^", "[a-z", "[A-Z", "[0-9", ".{", "*)"} {
		if strings.Contains(t, sign) {
			return sign
		}
	}
	if strings.HasPrefix(t, "^") {
		return "^"
	}
	if strings.HasSuffix(t, "$") {
		return "$"
	}
	for _, wildcard := range []string{"*", "%"} { // of a shell, of SQL
		if strings.HasSuffix(strings.TrimSpace(t), wildcard) {
			return wildcard
		}
	}
	return ""
}

// misprintedMask recognizes captures as translated manuals and raw Markdown print them.
func misprintedMask(text string) string {
	switch {
	case strings.Contains(text, "( gebruikt.*)"), strings.Contains(text, "(gebruikt.*)"):
		return "the Dutch manual prints “( gebruikt.*)” where (.*) is meant"
	case strings.Contains(text, "구문"):
		return "the Korean manual cut the mask with its own sentence; (.*) is meant"
	case strings.Contains(text, "（。*）"), strings.Contains(text, "（.*）"):
		return "the Japanese manual printed the capture in full-width characters in 2026; (.*) is meant"
	case strings.Contains(text, "(*)"):
		return "the French manual prints “(*)”, its dot lost; (.*) is meant"
	case strings.Contains(text, "&#42;"):
		return "“.&#42;” is the manual's raw text for .*"
	}
	return ""
}

// mendKind offers the pattern that was meant, where there is one.
func mendKind(cfg *config.Config, a doctor.Account, r doctor.Ruling) doctor.Ruling {
	m := a.Mask
	if literal, ok := literalOnly(m); ok {
		want := usher.Mask{Text: literal, Kind: usher.MaskPrefix}
		if edits := writeMask(cfg, a, want); edits != nil {
			return r.Mend(edits, "write the prefix as it is: %s", quoted(want.Text)).ChangesAccess()
		}
		if cfg.Has(a.Path("association_mask") + ".pattern") {
			return r.Mend(asPattern(cfg, a, m.Text+"(.*)"), "add the capture: %s", quoted(m.Text+"(.*)")).ChangesAccess()
		}
	}
	if want, ok := meantPattern(m.Text); ok {
		return r.Mend(asPattern(cfg, a, want), "write the pattern %s", quoted(want)).ChangesAccess()
	}
	if org := a.Organization(); org != nil {
		if prefix, n := commonMask(cfg, org.GroupNames()); n > 0 {
			want := usher.Mask{Text: prefix, Kind: usher.MaskPrefix}
			if m.Kind == usher.MaskPattern {
				want = maskBefore(a, prefix)
			}
			return r.With("with the mask %s, %d of them would lead to operator groups", quoted(want.Text), n).
				Mend(writeMask(cfg, a, want), "write the mask %s, if these are this instance's groups", quoted(want.Text)).ChangesAccess()
		}
	}
	return r.Elsewhere("write the text that stands before every operator group's name, such as %s, or a pattern with one capture, such as %s",
		quoted("Campaign - corp - "), quoted("Campaign - corp - (.*)"))
}

// asPattern writes a pattern where the mask is; one that is declared a prefix
// is rewritten whole where it stands on one line.
func asPattern(cfg *config.Config, a doctor.Account, text string) []usher.Edit {
	m := usher.Mask{Text: text, Kind: usher.MaskPattern}
	if _, cause := m.Compile(); cause != nil {
		return nil
	}
	return writeMask(cfg, a, m)
}

// literalOnly says that a pattern is plain text: it compiles, and has no
// capture and no sign.
func literalOnly(m usher.Mask) (string, bool) {
	if m.Kind != usher.MaskPattern || m.Text == "" {
		return "", false
	}
	re, err := syntax.Parse(m.Text, syntax.Perl)
	if err != nil || re.Op != syntax.OpLiteral || re.Flags&syntax.FoldCase != 0 {
		return "", false
	}
	return string(re.Rune), true
}

// meantPattern repairs what is one slip away from a pattern with one capture.
func meantPattern(text string) (string, bool) {
	capture := regexp.MustCompile(`\(\s*[^()]*[.。]?(?:\*|&#42;)\s*\)|（[^（）]*）`)
	t := text
	switch found := capture.FindAllStringIndex(t, -1); {
	case len(found) == 1:
		t = t[:found[0][0]] + "(.*)" + t[found[0][1]:]
	case len(found) == 0 && strings.Contains(t, ".*") && !strings.Contains(t, "("):
		t = strings.Replace(t, ".*", "(.*)", 1)
	case len(found) == 0 && strings.ContainsAny(lastOf(strings.TrimRight(t, " $")), "*%") && !strings.Contains(t, "("):
		t = strings.TrimRight(strings.TrimRight(t, " $"), "*.%") + "(.*)"
	default:
		t = oneCapture(t)
	}
	if t == text {
		t = plainCapture(text)
	}
	if t == text {
		return "", false
	}
	_, cause := usher.Mask{Text: t, Kind: usher.MaskPattern}.Compile()
	return t, cause == nil && usher.ParseMask(t).Kind == usher.MaskPattern
}

// plainCapture closes a capture that was left open, and makes one that a bare
// text cannot have, such as (\w+), the one that it can.
func plainCapture(text string) string {
	t := text
	if strings.Count(t, "(") == strings.Count(t, ")")+1 {
		t += ")"
	}
	m, cause := usher.Mask{Text: t, Kind: usher.MaskPattern}.Compile()
	if cause != nil {
		return text
	}
	before, after, plain := m.Literal()
	if !plain || before == "" {
		return text
	}
	return escapePattern(before) + "(.*)" + escapePattern(after)
}

func lastOf(text string) string { return text[max(0, len(text)-1):] }

// oneCapture keeps the last capture and makes the ones before it plain groups.
func oneCapture(text string) string {
	var opens []int
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] == '(' && !strings.HasPrefix(text[i:], "(?"):
			opens = append(opens, i)
		}
	}
	for i := len(opens) - 2; i >= 0; i-- {
		text = text[:opens[i]+1] + "?:" + text[opens[i]+1:]
	}
	return text
}
