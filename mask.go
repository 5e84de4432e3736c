// SPDX-License-Identifier: Apache-2.0

package usher

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// MaskKind is how an association mask is to be read.
type MaskKind string

// The vendor's manual describes the mask once as a prefix of the directory
// group's name and once as an expression with a capture; usher honours both
// and says which one it reads.
const (
	MaskPrefix  MaskKind = "prefix"
	MaskPattern MaskKind = "pattern"
)

// MaxMaskBytes bounds a mask: long expressions are slow to compile, and no
// directory group's name is longer than [MaxGroupBytes].
const MaxMaskBytes = 1024

// A Mask is an association mask as the administrator wrote it: how a
// directory group's name becomes an operator group's name.
//
//   - prefix: mask + operator group name = full directory group name, byte for byte.
//   - pattern: an RE2 expression that must match the whole name, with exactly
//     one capture, which is the operator group name.
type Mask struct {
	Text     string
	Kind     MaskKind
	Declared bool // the file said the kind outright, as {prefix: ...} or {pattern: ...}
}

// ParseMask reads a bare string: a pattern if it contains (.*) or (.+), else a prefix.
func ParseMask(text string) Mask {
	if strings.Contains(text, "(.*)") || strings.Contains(text, "(.+)") {
		return Mask{Text: text, Kind: MaskPattern}
	}
	return Mask{Text: text, Kind: MaskPrefix}
}

// Compile makes the mask ready to match. The cause's code is mask-kind.
func (m Mask) Compile() (*Matcher, *Cause) {
	switch {
	case m.Text == "":
		return nil, maskCause(m, "an empty mask", "a prefix or an expression: without one every directory group would count", "")
	case len(m.Text) > MaxMaskBytes:
		return nil, maskCause(m, fmt.Sprintf("a mask of %d bytes", len(m.Text)), fmt.Sprintf("at most %d", MaxMaskBytes), "")
	case m.Kind == MaskPrefix:
		return &Matcher{mask: m, before: m.Text}, nil
	case m.Kind == MaskPattern:
		return compilePattern(m)
	default:
		return nil, maskCause(m, fmt.Sprintf("kind %q", m.Kind), "prefix or pattern", "")
	}
}

func compilePattern(m Mask) (*Matcher, *Cause) {
	parsed, err := syntax.Parse(m.Text, syntax.Perl)
	if err != nil {
		return nil, maskCause(m, fmt.Sprintf("%q", m.Text), "an expression that compiles (RE2 syntax)", syntaxSentence(err))
	}
	if n := parsed.MaxCap(); n != 1 {
		return nil, maskCause(m, fmt.Sprintf("%d captures in %q", n, m.Text), "exactly one capture, the operator group's name", "")
	}
	// \A and \z, unlike ^ and $, cannot be turned into line anchors by a flag inside the mask.
	re, err := regexp.Compile(`\A(?:` + m.Text + `)\z`)
	if err != nil {
		return nil, maskCause(m, fmt.Sprintf("%q", m.Text), "an expression that compiles (RE2 syntax)", syntaxSentence(err))
	}
	matcher := &Matcher{mask: m, re: re}
	matcher.before, matcher.after, matcher.plain = literalAround(parsed)
	return matcher, nil
}

func syntaxSentence(err error) string {
	var s *syntax.Error
	if e, ok := err.(*syntax.Error); ok {
		s = e
		return fmt.Sprintf("%s: %q", s.Code, s.Expr)
	}
	return "the expression cannot be compiled"
}

func maskCause(m Mask, saw, want, detail string) *Cause {
	return &Cause{Step: StepAdmit, Code: CodeMaskKind, Subject: m.Text, Saw: saw, Want: want, Detail: detail}
}

// A Matcher is a mask made ready. It is safe for concurrent use.
type Matcher struct {
	mask          Mask
	re            *regexp.Regexp // nil: a prefix
	before, after string         // the literal text around the capture, where plain
	plain         bool           // the pattern is literal text around one capture
}

// Mask returns what the Matcher was made from.
func (m *Matcher) Mask() Mask { return m.mask }

// Match says what the mask leaves of a directory group's name. The whole name
// must match, byte for byte; an empty remainder is no match.
func (m *Matcher) Match(directoryGroup string) (remainder string, ok bool) {
	if m.re == nil {
		rest, found := strings.CutPrefix(directoryGroup, m.before)
		if !found {
			return "", false // CutPrefix gives the whole name
		}
		return rest, rest != ""
	}
	groups := m.re.FindStringSubmatch(directoryGroup)
	if groups == nil || groups[1] == "" {
		return "", false
	}
	return groups[1], true
}

// Expect gives the full directory group name that would lead to this operator
// group, where the mask allows to say it: always for a prefix, for a pattern
// only where it is literal text around its capture.
func (m *Matcher) Expect(operatorGroup string) (string, bool) {
	if m.re != nil && !m.plain {
		return "", false
	}
	full := m.before + operatorGroup + m.after
	if rest, ok := m.Match(full); !ok || rest != operatorGroup {
		return "", false
	}
	return full, true
}

// Literal gives the fixed text before and after the operator group's name.
func (m *Matcher) Literal() (before, after string, ok bool) {
	return m.before, m.after, m.re == nil || m.plain
}

// literalAround reads a parsed pattern as literal, capture, literal.
func literalAround(re *syntax.Regexp) (before, after string, ok bool) {
	parts := []*syntax.Regexp{re}
	if re.Op == syntax.OpConcat {
		parts = re.Sub
	}
	seen := false
	for _, p := range parts {
		switch p.Op {
		case syntax.OpLiteral:
			if p.Flags&syntax.FoldCase != 0 {
				return "", "", false
			}
			if seen {
				after += string(p.Rune)
			} else {
				before += string(p.Rune)
			}
		case syntax.OpCapture:
			seen = true
		case syntax.OpBeginText, syntax.OpEndText, syntax.OpEmptyMatch:
		default:
			return "", "", false
		}
	}
	return before, after, seen
}
