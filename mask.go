// SPDX-License-Identifier: Apache-2.0

package usher

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaskKind is how an association mask is to be read.
type MaskKind string

// The vendor's manual describes the mask once as a prefix of the directory
// group's name and once as an expression with a capture; usher takes both
// and says which one it reads.
const (
	MaskPrefix  MaskKind = "prefix"
	MaskPattern MaskKind = "pattern"
)

// MaxMaskBytes bounds a mask: long expressions are slow to compile, and no
// directory group's name is longer than [MaxGroupBytes].
const MaxMaskBytes = 1024

// maxMaskSteps bounds a pattern with its repetitions written out. Whole
// sign-ins match a thousand names; a useful mask has some dozens of steps.
const maxMaskSteps = 4000

// A Mask is an association mask as the administrator wrote it: how a
// directory group's name becomes an operator group's name.
//
//   - prefix: mask + operator group name = full directory group name, byte for byte.
//   - pattern: an RE2 expression that must match the whole name, with exactly
//     one capture, which is the operator group name. Where it ignores case,
//     it does so for ASCII letters only.
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
	if maskSteps(parsed) > maxMaskSteps {
		return nil, maskCause(m, fmt.Sprintf("an expression of more than %d steps, repetitions written out", maxMaskSteps), "a smaller one", "")
	}
	// \A and \z, unlike ^ and $, cannot be turned into line anchors by a flag inside the mask.
	re, err := regexp.Compile(`\A(?:` + m.Text + `)\z`)
	if err != nil {
		return nil, maskCause(m, fmt.Sprintf("%q", m.Text), "an expression that compiles (RE2 syntax)", syntaxSentence(err))
	}
	matcher := &Matcher{mask: m, re: re, folds: folds(parsed)}
	matcher.before, matcher.after, matcher.plain = literalAround(parsed)
	return matcher, nil
}

func syntaxSentence(err error) string {
	var s *syntax.Error
	if errors.As(err, &s) {
		return fmt.Sprintf("%s: %q", s.Code, s.Expr)
	}
	return err.Error()
}

// maskSteps counts the nodes of an expression, repetitions written out.
func maskSteps(re *syntax.Regexp) int {
	n := 1 + len(re.Rune)
	for _, sub := range re.Sub {
		n += maskSteps(sub)
	}
	if re.Op == syntax.OpRepeat {
		n *= max(re.Min, re.Max, 1)
	}
	return n
}

// folds reports whether any part of an expression ignores case.
func folds(re *syntax.Regexp) bool {
	if re.Flags&syntax.FoldCase != 0 && (re.Op == syntax.OpLiteral || re.Op == syntax.OpCharClass) {
		return true
	}
	for _, sub := range re.Sub {
		if folds(sub) {
			return true
		}
	}
	return false
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
	folds         bool           // the pattern ignores case somewhere
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
	if !utf8.ValidString(directoryGroup) {
		return "", false // an expression takes any wrong byte for U+FFFD
	}
	at := m.re.FindStringSubmatchIndex(directoryGroup)
	if at == nil || at[2] == at[3] {
		return "", false
	}
	if m.folds && (m.foldedBeyondASCII(directoryGroup[:at[2]]) || m.foldedBeyondASCII(directoryGroup[at[3]:])) {
		return "", false
	}
	return directoryGroup[at[2]:at[3]], true
}

// foldedBeyondASCII reports whether text has a letter outside ASCII that only
// ignoring case can have matched. RE2 takes the long s for an s and the Kelvin
// sign for a k, so that a directory group which nobody would tell from the
// right one would get its rights.
func (m *Matcher) foldedBeyondASCII(text string) bool {
	for _, r := range text {
		if r < utf8.RuneSelf || strings.ContainsRune(m.mask.Text, r) {
			continue
		}
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			if f < utf8.RuneSelf || strings.ContainsRune(m.mask.Text, f) {
				return true
			}
		}
	}
	return false
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
