// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"fmt"
	"strings"
	"sync"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/lookalike"
)

// A Mapping is what an account's association mask makes of every directory
// group, and which operator groups it reaches.
type Mapping struct {
	Matcher *usher.Matcher
	Cause   *usher.Cause // of a mask that cannot be used; nothing else is filled then

	Known   bool // the directory groups are known
	Fates   []Fate
	Matched int               // directory groups that the mask matches
	Reached map[string][]int  // operator group -> fates that lead to it
	Expect  map[string]string // operator group -> the directory group's full name, where the mask tells it
	Meant   map[string]int    // operator group -> the first fate that was meant for it and misses

	// Repair is what the mask would have to be for near misses to fit, where no
	// directory group fits and most miss in the same way. Near misses and
	// expected names are those of the repaired mask then.
	Repair *Repair
}

// A Fate is what becomes of one directory group.
type Fate struct {
	usher.GroupVerdict
	Index int    // among the organization's groups; the first of that name
	Meant string // the operator group that a near miss was meant for
	Left  string // what the mask leaves, the repaired one where there is one
	Lands bool   // the mask matches it, the repaired one where there is one
	Fits  bool   // it leads to an operator group under the repaired mask
}

// A Repair is the mask that was meant.
type Repair struct {
	Mask   usher.Mask
	Code   usher.Code // the check that speaks of the mask
	Blanks bool       // it differs by blanks only
	How    string     // where the two part
	Fates  []int      // that would fit
}

// index writes the path of a list's item.
func index(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

// Mapping gives the account's mapping over the directory groups that the file
// holds.
func (a Account) Mapping() *Mapping {
	a.e.touch(Organization)
	return a.e.in.mapping(a.Index, a.Directory())
}

func (in *Instance) mapping(account int, directory bool) *Mapping {
	in.derived.mu.Lock()
	defer in.derived.mu.Unlock()
	if m, ok := in.derived.mappings[account]; ok {
		return m
	}
	m := mapAccount(in.Config, account, directory)
	if in.derived.mappings == nil {
		in.derived.mappings = make(map[int]*Mapping)
	}
	in.derived.mappings[account] = m
	return m
}

func mapAccount(cfg *config.Config, account int, directory bool) *Mapping {
	m := &Mapping{}
	if m.Matcher, m.Cause = cfg.Accounts[account].Mask.Compile(); m.Cause != nil {
		return m
	}
	names := make([]string, len(cfg.OperatorGroups))
	m.Expect = make(map[string]string, len(names))
	for i, g := range cfg.OperatorGroups {
		names[i] = g.Name
		if full, ok := m.Matcher.Expect(g.Name); ok {
			m.Expect[g.Name] = full
		}
	}
	if !directory || !cfg.Has("organization.groups") {
		return m
	}
	m.Known = true
	near := newNearby(names, m.Expect)
	m.judge(cfg.Organization.GroupNames(), near)
	m.repair(near)
	m.replaceMask(names, near)
	m.meant()
	return m
}

// judge decides the fate of each directory group, exact matches first: which
// operator groups are reached has a say in what counts as a near miss.
func (m *Mapping) judge(directory []string, near *nearby) {
	m.Fates = make([]Fate, 0, len(directory))
	m.Reached = make(map[string][]int, len(near.names))
	seen := make(map[string]bool, len(directory))
	for i, name := range directory {
		if seen[name] {
			continue
		}
		seen[name] = true
		f := Fate{GroupVerdict: usher.GroupVerdict{Directory: name}, Index: i}
		f.Remainder, f.Matches = m.Matcher.Match(name)
		f.Left, f.Lands = f.Remainder, f.Matches
		if f.Matches {
			m.Matched++
			if near.exact[f.Remainder] {
				f.Operator = f.Remainder
				m.Reached[f.Operator] = append(m.Reached[f.Operator], len(m.Fates))
			}
		}
		m.Fates = append(m.Fates, f)
	}
	for i := range m.Fates {
		if f := &m.Fates[i]; f.Operator == "" {
			m.nearMiss(f, f.Matches, near, m.reached)
		}
	}
}

func (m *Mapping) reached(operator string) bool { return len(m.Reached[operator]) > 0 }

// meant notes for each operator group the first directory group that was meant for it.
func (m *Mapping) meant() {
	m.Meant = make(map[string]int)
	for i, f := range m.Fates {
		if _, ok := m.Meant[f.Meant]; f.Meant != "" && !ok {
			m.Meant[f.Meant] = i
		}
	}
}

// nearMiss looks for what a directory group was meant to be. A group that the
// mask does not match is told from one of another product or tenant by being
// the same name to the eye, or within a slip of one that nothing else reaches.
func (m *Mapping) nearMiss(f *Fate, matches bool, near *nearby, reached func(string) bool) {
	f.Near, f.Meant = nil, ""
	if matches {
		if miss, ok := near.remainders().Near(f.Left); ok {
			f.Near, f.Meant = &miss, miss.Want
		}
		return
	}
	miss, ok := near.full().Near(f.Directory)
	if !ok {
		return
	}
	meant := near.operatorOf[miss.Want]
	if reached(meant) && !lookalike.Alike(miss.Got, miss.Want) {
		return
	}
	f.Near, f.Meant = &miss, meant
}

// nearby holds the indexes in which near misses are looked up, made on first use.
type nearby struct {
	names            []string
	exact            map[string]bool
	operatorOf       map[string]string // full directory group name -> operator group
	remainders, full func() *lookalike.Index
}

func newNearby(names []string, expect map[string]string) *nearby {
	n := &nearby{names: names, exact: make(map[string]bool, len(names)), operatorOf: make(map[string]string, len(names))}
	var full []string
	for _, name := range names {
		n.exact[name] = true
		if e, ok := expect[name]; ok {
			n.operatorOf[e] = name
			full = append(full, e)
		}
	}
	n.remainders = sync.OnceValue(func() *lookalike.Index { return lookalike.NewIndex(names) })
	n.full = sync.OnceValue(func() *lookalike.Index { return lookalike.NewIndex(full) })
	return n
}

// A frame is the literal text around an operator group's name.
type frame struct{ before, after string }

// repair finds the mask that was meant: no directory group fits as it is, and
// most near misses have one and the same text around an operator group's name.
// A mask with stray blanks was meant without them, whoever fits then: what else
// is wrong must be judged by that mask, or each fault would hide another.
func (m *Mapping) repair(near *nearby) {
	before, after, plain := m.Matcher.Literal()
	if len(m.Reached) > 0 || !plain {
		return
	}
	frames := m.framesOf(frame{before, after})
	best, example, tie := frames.best()
	clean, strays := m.cleanFrame()
	switch {
	case strays && (example < 0 || tie || best == clean || frames.count[best] == 1 && disguised(best) > disguised(clean)):
		m.mend(literalMask(m.Matcher.Mask(), clean.before, clean.after), usher.CodeMaskBlanks, near)
		m.Repair.Blanks = true
	case example < 0 || tie || odd(best.before, before) || odd(best.after, after),
		frames.count[best]*2 < frames.misses && !sameToTheEye(best, frame{before, after}):
		return // nothing in common, or the directory's names are the odd ones
	default:
		code, blanks := usher.CodeNameMisspelled, m.Fates[example].Near.Blanks
		if blanks || strays {
			code = usher.CodeMaskBlanks
		}
		m.mend(literalMask(m.Matcher.Mask(), best.before, best.after), code, near)
		m.Repair.Blanks = blanks
	}
}

// replaceMask finds the mask that was meant where the mask is no near miss of
// it: no directory group leads anywhere, and with another beginning several
// would; or with a longer one, where the mask was cut short.
func (m *Mapping) replaceMask(operators []string, near *nearby) {
	before, _, plain := m.Matcher.Literal()
	if len(m.Reached) > 0 || m.Repair != nil && len(m.Repair.Fates) > 0 {
		return
	}
	code := usher.CodeMaskMatchesNothing
	switch {
	case m.Repair != nil:
		code = m.Repair.Code
	case m.Matched > 0:
		code = usher.CodeOperatorGroupUnknown
	}
	directory := make([]string, len(m.Fates))
	for i, f := range m.Fates {
		directory[i] = f.Directory
	}
	prefix, n := CommonBeginning(operators, directory)
	short := plain && m.Matched > 0 && len(prefix) > len(before) && strings.HasPrefix(prefix, before)
	if n == 0 || n == 1 && !short || n*2 < begin(directory, prefix) {
		return // a guess, and not one to judge everything else by
	}
	m.mend(literalMask(m.Matcher.Mask(), prefix, ""), code, near)
}

func begin(names []string, prefix string) int {
	n := 0
	for _, name := range names {
		if strings.HasPrefix(name, prefix) {
			n++
		}
	}
	return n
}

// CommonBeginning finds the beginning that turns most directory groups into
// operator groups, and how many.
func CommonBeginning(operators, directory []string) (prefix string, n int) {
	known := make(map[string]bool, len(operators))
	lengths := make(map[int]bool)
	for _, name := range operators {
		known[name] = true
		lengths[len(name)] = true
	}
	count := make(map[string]int)
	for _, name := range directory {
		for l := range lengths {
			if cut := len(name) - l; cut > 0 && known[name[cut:]] {
				count[name[:cut]]++
			}
		}
	}
	for p, c := range count {
		if c > n || c == n && (len(p) > len(prefix) || len(p) == len(prefix) && p < prefix) {
			prefix, n = p, c
		}
	}
	return prefix, n
}

func sameToTheEye(a, b frame) bool {
	return lookalike.Alike(a.before+"x", b.before+"x") && lookalike.Alike(a.after, b.after)
}

// frames counts the texts around the operator groups' names in near misses.
type frames struct {
	count  map[frame]int
	first  map[frame]int // a fate that has it
	misses int
}

func (m *Mapping) framesOf(own frame) frames {
	fs := frames{count: make(map[frame]int), first: make(map[frame]int)}
	for i, f := range m.Fates {
		if f.Near == nil {
			continue
		}
		fs.misses++
		b, a, ok := around(f.Directory, f.Meant, own.before, own.after)
		if got := (frame{b, a}); ok && got != own {
			if fs.count[got]++; fs.count[got] == 1 {
				fs.first[got] = i
			}
		}
	}
	return fs
}

// best gives the frame that most near misses have, and one of these; -1: there is none.
func (fs frames) best() (best frame, example int, tie bool) {
	most := 0
	for fr, n := range fs.count {
		switch {
		case n > most:
			best, most, tie = fr, n, false
		case n == most:
			tie = true
		}
	}
	if most == 0 {
		return frame{}, -1, false
	}
	return best, fs.first[best], tie
}

// cleanFrame is the mask's frame without its stray blanks, where it has some.
func (m *Mapping) cleanFrame() (frame, bool) {
	mask := m.Matcher.Mask()
	strays, text := MaskStrays(mask)
	if len(strays) == 0 || m.Matched > 0 { // names that match hold the same blanks
		return frame{}, false
	}
	clean, cause := usher.Mask{Text: text, Kind: mask.Kind}.Compile()
	if cause != nil {
		return frame{}, false
	}
	before, after, plain := clean.Literal()
	return frame{before, after}, plain
}

// disguised counts the characters that a screen hides or disguises.
func disguised(f frame) int { return strings.Count(lookalike.Show(f.before+f.after), "[U+") }

// MaskStrays lists the blanks that do not belong in a mask, and gives the
// mask's text without them. The one blank at the end of a prefix belongs there.
func MaskStrays(m usher.Mask) ([]lookalike.Stray, string) {
	text, end := m.Text, ""
	if m.Kind == usher.MaskPrefix {
		if t, ok := strings.CutSuffix(text, " "); ok && !strings.HasSuffix(t, " ") {
			text, end = t, " "
		}
	}
	strays := lookalike.Strays(text)
	if len(strays) == 0 {
		return nil, m.Text
	}
	clean := lookalike.Clean(text)
	last := strays[len(strays)-1]
	if m.Kind == usher.MaskPrefix && last.Kind == lookalike.Trailing {
		end = " " // a doubled or disguised blank at the end stood for the one that belongs there
	}
	return strays, clean + end
}

// mend judges every directory group again as the repaired mask would have it.
func (m *Mapping) mend(mask usher.Mask, code usher.Code, near *nearby) {
	m.Repair = &Repair{Mask: mask, Code: code, How: lookalike.Difference(m.Matcher.Mask().Text, mask.Text)}
	matcher, cause := mask.Compile()
	if cause != nil {
		return // it stays what is offered, and nothing is judged by it
	}
	m.Expect = make(map[string]string, len(near.names))
	for _, name := range near.names {
		if full, ok := matcher.Expect(name); ok {
			m.Expect[name] = full
		}
	}
	near = newNearby(near.names, m.Expect)
	fits := make(map[string]bool)
	matches := make([]bool, len(m.Fates))
	for i := range m.Fates {
		f := &m.Fates[i]
		f.Left, matches[i] = matcher.Match(f.Directory)
		f.Lands = matches[i]
		if matches[i] && near.exact[f.Left] {
			f.Fits, f.Meant = true, f.Left
			fits[f.Left] = true
			m.Repair.Fates = append(m.Repair.Fates, i)
		}
	}
	for i := range m.Fates {
		if f := &m.Fates[i]; !f.Fits {
			m.nearMiss(f, matches[i], near, func(operator string) bool { return fits[operator] })
		}
	}
}

// around cuts the operator group's name out of a directory group's name.
func around(directory, operator, before, after string) (b, a string, ok bool) {
	if after == "" {
		b, ok = strings.CutSuffix(directory, operator)
		return b, "", ok
	}
	i := strings.LastIndex(directory, operator)
	if i < 0 {
		return "", "", false
	}
	b, a = directory[:i], directory[i+len(operator):]
	return b, a, lookalike.Alike(b+"x", before+"x") || lookalike.Alike(a, after)
}

// odd says that a text holds stray blanks where the other, which a person
// takes for it, does not: a name to be mended at the provider, not followed.
func odd(text, other string) bool {
	return text != other && len(lookalike.Strays(strings.TrimRight(text, " "))) > len(lookalike.Strays(strings.TrimRight(other, " "))) ||
		strings.HasSuffix(text, "  ")
}

// literalMask writes a mask of the same kind around other literal text.
func literalMask(m usher.Mask, before, after string) usher.Mask {
	if m.Kind == usher.MaskPrefix {
		return usher.Mask{Text: before, Kind: m.Kind, Declared: m.Declared}
	}
	begin, end := "", ""
	if strings.HasPrefix(m.Text, "^") {
		begin = "^"
	}
	if strings.HasSuffix(m.Text, "$") {
		end = "$"
	}
	return usher.Mask{Text: begin + quoteLiteral(before) + captureOf(m.Text) + quoteLiteral(after) + end, Kind: m.Kind, Declared: m.Declared}
}

// quoteLiteral escapes what has a meaning in expressions, and leaves a hyphen
// and a blank as people write them.
func quoteLiteral(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(`\.+*?()|[]{}^$`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// captureOf gives the capture of a literal pattern as it is written.
func captureOf(pattern string) string {
	depth, from := 0, -1
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
		case '(':
			if depth == 0 {
				from = i
			}
			depth++
		case ')':
			if depth--; depth == 0 && from >= 0 {
				return pattern[from : i+1]
			}
		}
	}
	return "(.*)"
}

// Misses says that the directory is known and the mask matches none of its groups.
func (m *Mapping) Misses() bool { return m.Cause == nil && m.Known && m.Matched == 0 }
