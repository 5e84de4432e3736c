// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
)

// maskText lists what a mask should not look like, although it can be used.
func maskText() []doctor.Check {
	right := usher.SymptomNoRightMatching
	return []doctor.Check{
		{Code: "mask-placeholder", Layer: doctor.LayerMapping, Severity: usher.SeverityError, Holds: "the mask holds no placeholder of a manual", Reads: doctor.Config, May: doctor.Organization,
			After: codes(usher.CodeMaskKind), Explains: doctor.Signs{right: doctor.Sometimes}, Field: "association_mask", Judge: maskPlaceholder},
		{Code: "mask-quoted", Layer: doctor.LayerMapping, Severity: usher.SeverityError, Holds: "no quotes were copied along with the mask", Reads: doctor.Config,
			After: codes(usher.CodeMaskKind), Explains: doctor.Signs{right: doctor.Sometimes}, Field: "association_mask", Judge: maskQuoted},
		{Code: "mask-dots", Layer: doctor.LayerMapping, Severity: usher.SeverityWarning, Holds: "dots in the mask's fixed text are escaped", Reads: doctor.Config,
			After: codes(usher.CodeMaskKind), Field: "association_mask", Judge: maskDots},
		{Code: "mask-broad", Layer: doctor.LayerMapping, Severity: usher.SeverityWarning, Holds: "the mask tells this product's groups from others", Reads: doctor.Config, May: doctor.Organization,
			After: codes(usher.CodeMaskKind), Field: "association_mask", Judge: maskBroad},
	}
}

func maskPlaceholder(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		word := placeholderIn(a.Mask.Text)
		if word == "" || a.Mapping().Matched > 0 {
			continue
		}
		r := doctor.Fail(a.InternalName, "the association mask holds the manual's placeholder %s", quoted(word)).
			Found(quoted(a.Mask.Text), doctor.Say("what the directory groups of this instance begin with")).At(cfg.At(maskPath(cfg, a)))
		if prefix, n := commonMask(cfg, e.Organization().GroupNames()); n > 0 && a.Directory() {
			want := maskBefore(a, prefix)
			r.Want = doctor.Value(quoted(want.Text))
			out = append(out, r.With("with the mask %s, %d of them would lead to operator groups", quoted(want.Text), n).
				Mend(writeMask(cfg, a, want), "write the mask %s, if these are this instance's groups", quoted(want.Text)).ChangesAccess())
			continue
		}
		out = append(out, r.Elsewhere("write the tenant's name, as the directory groups in the "+dashboard+" have it, in place of %s", quoted(word)))
	}
	return out
}

// placeholderIn finds what the manuals, translated ones too, put where the
// tenant, instance or group is meant.
func placeholderIn(mask string) string {
	for _, word := range []string{"tenant_id", "huurder_id", "internal_name", "your instance", "your-tenant", "<instance>", "<tenant>", "TENANT_ID"} {
		if strings.Contains(mask, word) {
			return word
		}
	}
	if i := strings.IndexByte(mask, '<'); i >= 0 && strings.IndexByte(mask[i:], '>') > 1 {
		return mask[i : i+strings.IndexByte(mask[i:], '>')+1]
	}
	if i := strings.Index(mask, "${"); i >= 0 && strings.IndexByte(mask[i:], '}') > 0 {
		return mask[i : i+strings.IndexByte(mask[i:], '}')+1]
	}
	return ""
}

func maskQuoted(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		inside, ok := unquote(a.Mask.Text)
		if !ok {
			continue
		}
		want := usher.Mask{Text: inside, Kind: a.Mask.Kind, Declared: a.Mask.Declared}
		out = append(out, doctor.Fail(a.InternalName, "the quotes around the association mask were copied along with it").
			Found(quoted(a.Mask.Text), quoted(inside)).At(cfg.At(maskPath(cfg, a))).
			Mend(writeMask(cfg, a, want), "write the mask without them").ChangesAccess())
	}
	return out
}

// unquote takes off a pair of quotes, of any language, around a text.
func unquote(text string) (string, bool) {
	t := strings.TrimSpace(text)
	for _, pair := range []string{`""`, "''", "“”", "„“", "‘’", "‚‘", "«»", "»«", "「」", "『』", "``"} {
		open, n := utf8.DecodeRuneInString(pair)
		shut := pair[n:]
		if inside, ok := strings.CutPrefix(t, string(open)); ok && strings.HasSuffix(inside, shut) {
			return strings.TrimSuffix(inside, shut), true
		}
	}
	return "", false
}

func maskDots(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		if a.Mask.Kind != usher.MaskPattern {
			continue
		}
		re, err := syntax.Parse(a.Mask.Text, syntax.Perl)
		if err != nil || !loneDot(re) {
			continue
		}
		want, ok := escapeDots(a.Mask.Text)
		if !ok {
			continue
		}
		m := usher.Mask{Text: want, Kind: usher.MaskPattern, Declared: a.Mask.Declared}
		out = append(out, doctor.Fail(a.InternalName, "a dot in the association mask stands for any character").
			Found(quoted(a.Mask.Text), quoted(want)).At(cfg.At(maskPath(cfg, a))).
			Mend(writeMask(cfg, a, m), "write %s where a dot is meant", quoted(`\.`)).ChangesAccess())
	}
	return out
}

// loneDot finds a dot between letters, outside the capture and without a star.
func loneDot(re *syntax.Regexp) bool {
	if re.Op != syntax.OpConcat {
		return false
	}
	for i, sub := range re.Sub {
		if sub.Op == syntax.OpAnyCharNotNL && i > 0 && i+1 < len(re.Sub) && re.Sub[i-1].Op == syntax.OpLiteral && re.Sub[i+1].Op == syntax.OpLiteral {
			return true
		}
	}
	return false
}

// escapeDots escapes the dots between two letters or digits.
func escapeDots(pattern string) (string, bool) {
	var b strings.Builder
	changed, depth := false, 0
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case c == '\\' && i+1 < len(pattern):
			b.WriteByte(c)
			i++
			c = pattern[i]
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth--
		case c == '.' && depth == 0 && i > 0 && i+1 < len(pattern) && !strings.ContainsRune("*+?{", rune(pattern[i+1])):
			b.WriteByte('\\')
			changed = true
		}
		b.WriteByte(c)
	}
	_, cause := usher.Mask{Text: b.String(), Kind: usher.MaskPattern}.Compile()
	return b.String(), changed && cause == nil
}

// maskBroad speaks of IMS only: another provider's groups may well be named
// exactly as the operator groups are.
func maskBroad(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		m, cause := a.Mask.Compile()
		if cause != nil || !a.IMS() {
			continue
		}
		before, after, ok := m.Literal()
		if !ok || strings.Trim(before+after, " -_") != "" {
			continue
		}
		r := doctor.Fail(a.InternalName, "the association mask matches the groups of every product: a group of another product by the name of an operator group lets people in here").
			Found(quoted(a.Mask.Text), doctor.Say("a mask with the product's and the tenant's name")).At(cfg.At(maskPath(cfg, a))).
			Elsewhere("write what the directory groups of this instance begin with, such as %s", quoted("Campaign - corp - (.*)")).ChangesAccess()
		if cutShort(a.Mapping()) {
			r = r.Since(usher.CodeOperatorGroupUnknown)
		}
		out = append(out, r)
	}
	return out
}
