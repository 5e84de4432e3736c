// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/lookalike"
)

// Options say how text is written.
type Options struct {
	Color    bool // color, which is never the only signal
	Width    int  // columns of the terminal; zero: lines are not broken
	Verbose  bool // consequences unfolded, what holds and what is moot listed
	Language Language
}

// Text writes the report for a person: a line a layer where all is well; where
// it is not the cause, the evidence and the exact edit, in this order; and
// always what was not checked.
func Text(w io.Writer, r Report, o Options) error {
	p := &printer{w: bufio.NewWriter(w), o: o, report: r, folded: r.consequences()}
	p.heading()
	p.findings()
	p.differing()
	p.layers()
	p.unchecked()
	p.summary()
	return p.w.Flush()
}

// printer writes text. Errors stay in the buffered writer until it is flushed.
type printer struct {
	w      *bufio.Writer
	o      Options
	report Report
	folded map[rootKey][]Result
}

// say gives a sentence in the language asked for. What it holds of others'
// writing can neither move the cursor nor hide.
func (p *printer) say(template string, args ...any) string {
	return lookalike.Visible(Say(template, args...).In(p.o.Language))
}

func (p *printer) line(text string) {
	_, _ = p.w.WriteString(strings.TrimRight(text, " "))
	_ = p.w.WriteByte('\n')
}

// The colors, by what they mean.
const (
	colorError   = "1;31"
	colorWarning = "1;33"
	colorGood    = "32"
	colorFaint   = "2"
	colorAdd     = "32"
	colorCut     = "31"
)

func (p *printer) paint(color, text string) string {
	if !p.o.Color || text == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

func (p *printer) heading() {
	vantage := p.report.Vantage
	if vantage == "" {
		vantage = p.say("the file alone")
	}
	for _, in := range p.report.Case.Instances {
		c := in.Config
		p.wrapped("", 0, 2, p.say("usher %s   instance %s   %s (revision %s)   seen from: %s", p.report.Usher, c.Instance.Name, c.File, c.Revision, vantage))
	}
}

func (p *printer) findings() {
	roots, folded := 0, 0
	counted := make(map[rootKey]bool)
	for _, res := range p.report.Results {
		if res.Root() && res.Finding() {
			roots++
			if k := (rootKey{res.in, res.Code}); !counted[k] {
				counted[k] = true
				folded += len(p.folded[k])
			}
		}
	}
	if roots > 0 {
		text := p.say("%d causes found", roots)
		if roots == 1 {
			text = p.say("1 cause found")
		}
		switch {
		case folded == 1:
			text += "   " + p.say("1 consequence folded (-v unfolds it)")
		case folded > 1:
			text += "   " + p.say("%d consequences folded (-v unfolds them)", folded)
		}
		p.line("")
		p.line(text)
	}
	told := make(map[rootKey]bool)
	for _, res := range p.report.Results {
		if res.Root() && res.Suppressed == "" {
			p.line("")
			p.finding(res, !told[rootKey{res.in, res.Code}])
			told[rootKey{res.in, res.Code}] = true
		}
	}
}

// mark is the letter that says how bad it is.
func (p *printer) mark(s usher.Severity) string {
	switch s {
	case usher.SeverityError:
		return p.paint(colorError, "E")
	case usher.SeverityWarning:
		return p.paint(colorWarning, "W")
	default:
		return "i"
	}
}

// The column at which what is said of a finding begins.
const (
	indent = 4
	tab    = 14
	// and that of a layer
	layerTab = 18
)

func (p *printer) finding(res Result, first bool) {
	title := string(res.Code) + "   " + res.Message.In(p.o.Language)
	if len(p.report.Case.Instances) > 1 {
		title += "   [" + res.Instance + "]"
	}
	if res.Severity == usher.SeverityInfo && !res.check.Stops && !p.o.Verbose { // worth a line, not a paragraph
		if res.Place.Line > 0 {
			title += fmt.Sprintf("   (%s:%d)", res.Place.File, res.Place.Line)
		}
		p.wrapped(p.mark(res.Severity)+" ", 2, 2, title)
		return
	}
	p.wrapped(p.mark(res.Severity)+" ", 2, 2, title)
	p.excerpt(res)
	p.sawWant(res)
	for _, line := range res.Evidence {
		p.field("", line.In(p.o.Language))
	}
	for _, c := range p.folded[rootKey{res.in, res.Code}] {
		if first && c.Code == codeFailingSince {
			p.field(p.say("since"), c.Message.In(p.o.Language)) // a consequence that says more than that it is one
		}
	}
	p.fix(res)
	if first {
		p.consequences(p.folded[rootKey{res.in, res.Code}])
	}
}

// codeFailingSince is the check that says since when sign-ins fail.
const codeFailingSince usher.Code = "failing-since"

// excerpt shows the line of the file with a mark under the place.
func (p *printer) excerpt(res Result) {
	if res.Place.Line == 0 {
		return
	}
	where := fmt.Sprintf("%s:%d   ", lookalike.Visible(res.Place.File), res.Place.Line)
	cfg := p.report.config(res)
	if cfg == nil || cfg.Line(res.Place.Line) == "" {
		p.line(strings.Repeat(" ", indent) + where)
		return
	}
	line := []rune(strings.ReplaceAll(cfg.Line(res.Place.Line), "\t", " "))
	left := len(line) - len([]rune(strings.TrimLeft(string(line), " ")))
	at := min(max(res.Place.Column-1, left), len(line))
	before := lookalike.Columns(where) + lookalike.Columns(lookalike.Show(string(line[left:at])))
	p.line(strings.Repeat(" ", indent) + p.paint(colorFaint, where) + lookalike.Show(string(line[left:])))
	p.line(strings.Repeat(" ", indent+before) + "^")
}

func (p *printer) sawWant(res Result) {
	saw, want := res.Saw.In(p.o.Language), res.Want.In(p.o.Language)
	p.field(p.say("saw"), saw)
	p.field(p.say("want"), want)
	if col, ok := parting(saw, want); ok && (p.o.Width == 0 || tab+lookalike.Columns(saw) < p.o.Width) {
		p.line(strings.Repeat(" ", tab+col) + "^")
	}
}

// parting says at which column two quoted names part, or two words that begin alike.
func parting(saw, want string) (column int, ok bool) {
	if saw == want || !oneName(saw) || !oneName(want) {
		return 0, false
	}
	a, b := []rune(saw), []rune(want)
	at := 0
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	return lookalike.Columns(string(a[:at])), at > 0
}

// oneName says that a value is one name between quotes, or one word.
func oneName(s string) bool {
	if inside, ok := strings.CutPrefix(s, `"`); ok {
		return strings.IndexByte(inside, '"') == len(inside)-1
	}
	return s != "" && !strings.ContainsAny(s, " \"")
}

// field writes a named value; without a name it goes on under the one before.
func (p *printer) field(name, value string) {
	if value == "" {
		return
	}
	pad := strings.Repeat(" ", max(1, tab-indent-lookalike.Columns(name)))
	p.wrapped(strings.Repeat(" ", indent)+p.paint(colorFaint, name)+pad, tab, tab, value)
}

// wrapped writes a text after a beginning that takes that many columns, and
// breaks it at blanks where the terminal ends.
func (p *printer) wrapped(begin string, taken, hang int, text string) {
	text = strings.ReplaceAll(lookalike.Visible(text), "\n", " ")
	if p.o.Width == 0 {
		p.line(begin + text)
		return
	}
	room := max(20, p.o.Width-taken)
	for lookalike.Columns(text) > room {
		cut := breakAt(text, room)
		if cut <= 0 || cut >= len(text) {
			break
		}
		p.line(begin + text[:cut])
		text = strings.TrimLeft(text[cut:], " ")
		begin = strings.Repeat(" ", hang)
		room = max(20, p.o.Width-hang)
	}
	p.line(begin + text)
}

// breakAt finds the last blank within room columns, or the first after.
func breakAt(text string, room int) int {
	best, columns := 0, 0
	for i, r := range text {
		if r == ' ' {
			if columns <= room || best == 0 {
				best = i
			}
			if columns > room {
				break
			}
		}
		columns += lookalike.Columns(string(r))
	}
	return best
}

func (p *printer) fix(res Result) {
	if res.Fix == nil {
		return
	}
	text := res.Fix.Description.In(p.o.Language)
	if res.Fix.ChangesAccess {
		text += " " + p.say("(changes who may enter)")
	}
	p.field(p.say("fix"), text)
	if len(res.Fix.Edits) == 0 {
		return
	}
	p.field("", fmt.Sprintf("usher fix %s %s", res.Code, res.File))
	margin := strings.Repeat(" ", tab)
	const most = 24
	for i, e := range res.Fix.Edits {
		if i == most && !p.o.Verbose {
			p.line(margin + p.say("and %d lines more (-v shows them)", len(res.Fix.Edits)-most))
			break
		}
		p.line(margin + p.paint(colorCut, "- "+lookalike.Show(e.Before)))
		if e.After != nil {
			for _, l := range strings.Split(*e.After, "\n") {
				p.line(margin + p.paint(colorAdd, "+ "+lookalike.Show(l)))
			}
		}
	}
}

func (p *printer) consequences(folded []Result) {
	if len(folded) == 0 {
		return
	}
	if p.o.Verbose {
		for i, res := range folded {
			name := ""
			if i == 0 {
				name = p.say("folded")
			}
			text := string(res.Code)
			if res.Subject != "" {
				text += " (" + lookalike.Show(res.Subject) + ")"
			}
			p.field(name, text+": "+res.Message.In(p.o.Language))
		}
		return
	}
	var codes []usher.Code
	count := make(map[usher.Code]int)
	for _, res := range folded {
		if count[res.Code]++; count[res.Code] == 1 {
			codes = append(codes, res.Code)
		}
	}
	parts := make([]string, len(codes))
	for i, c := range codes {
		parts[i] = string(c)
		if count[c] > 1 {
			parts[i] += fmt.Sprintf(" x%d", count[c])
		}
	}
	p.field(p.say("folded"), fmt.Sprintf("%d: %s", len(folded), strings.Join(parts, ", ")))
}

// layers writes a line for each layer.
func (p *printer) layers() {
	p.line("")
	for _, layer := range Layers() {
		holds, bad, errors := 0, 0, 0
		var facts []string
		for _, res := range p.report.Results {
			if res.check.Layer != layer {
				continue
			}
			switch {
			case res.Status == Holds:
				holds++
				facts = append(facts, res.Message.In(p.o.Language))
			case res.Finding() && res.Root():
				bad++
				if res.Severity == usher.SeverityError {
					errors++
				}
			}
		}
		if holds+bad == 0 {
			continue
		}
		sign := p.paint(colorGood, "ok")
		switch {
		case errors > 0:
			sign = p.paint(colorError, "NO")
		case bad > 0:
			sign = p.paint(colorWarning, "W ")
		}
		text := p.counted(holds, bad)
		if fact := p.fact(layer); fact != "" {
			text += "   " + fact
		}
		p.wrapped(fmt.Sprintf(" %s  %-12s ", sign, p.say(string(layer))), layerTab, layerTab, text)
		if p.o.Verbose {
			for _, f := range facts {
				p.wrapped(strings.Repeat(" ", tab+2), tab+2, tab+2, f)
			}
		}
	}
}

// fact says in a few words what a layer is about here, where there is one
// instance to speak of.
func (p *printer) fact(l Layer) string {
	if len(p.report.Case.Instances) != 1 {
		return ""
	}
	in := p.report.Case.Instances[0]
	ims := IMSAccount(in.Config)
	switch {
	case l == LayerFile && ims >= 0:
		return p.say("external accounts: %d; product context: %s", len(in.Config.Accounts), in.Config.Accounts[ims].EffectiveProductContext())
	case l == LayerFile:
		return p.say("external accounts: %d", len(in.Config.Accounts))
	case l == LayerMapping && ims >= 0:
		if m := in.mapping(ims, true); m.Known {
			return p.say("the mask matches %d of %d directory groups and reaches %d of %d operator groups", m.Matched, len(m.Fates), len(m.Reached), len(in.Config.OperatorGroups))
		}
	}
	return ""
}

func (p *printer) counted(holds, bad int) string {
	text := several(holds, "1 check holds", "%d checks hold")
	switch bad {
	case 0:
		return text.In(p.o.Language)
	case 1:
		return p.say("%s, 1 fails", text)
	default:
		return p.say("%s, %d fail", text, bad)
	}
}

// several says a number of things: the one sentence for one, the other for
// none or many.
func several(n int, one, many string) Phrase {
	if n == 1 {
		return Say(one)
	}
	return Say(many, n)
}

// unchecked says what could not be judged, and what would settle it: the facts
// that are missing, or the codes where they are few or all are wanted.
func (p *printer) unchecked() {
	type gap struct {
		codes, facts []string
		reasons      []string            // why facts are missing, where somebody tried
		missing      map[string][]string // by reason, the facts
		unfounded    bool                // some check says why in its own words
	}
	var ways []string
	gaps := make(map[string]*gap)
	for _, res := range p.report.Results {
		if res.Status != Unknown {
			continue
		}
		way := res.Gather.In(p.o.Language)
		g := gaps[way]
		if g == nil {
			g = &gap{missing: make(map[string][]string)}
			gaps[way] = g
			ways = append(ways, way)
		}
		if !slices.Contains(g.codes, string(res.Code)) {
			g.codes = append(g.codes, string(res.Code))
		}
		g.unfounded = g.unfounded || res.Missing == 0
		for _, one := range res.Missing.each() {
			name := p.say(one.word().name)
			if !slices.Contains(g.facts, name) {
				g.facts = append(g.facts, name)
			}
			if why := p.why(res, one); why != "" && !slices.Contains(g.missing[why], name) {
				if g.missing[why] = append(g.missing[why], name); len(g.missing[why]) == 1 {
					g.reasons = append(g.reasons, why)
				}
			}
		}
	}
	for _, way := range ways {
		g := gaps[way]
		if len(g.codes) <= 4 || p.o.Verbose || g.unfounded {
			p.wrapped(" --  ", 5, 5, p.say("not checked: %s; to settle: %s", strings.Join(g.codes, ", "), way))
		} else {
			p.wrapped(" --  ", 5, 5, p.say("%d checks not made, not known: %s; to settle: %s", len(g.codes), strings.Join(g.facts, ", "), way))
		}
		for _, why := range g.reasons {
			p.wrapped("     ", 5, 5, strings.Join(g.missing[why], ", ")+": "+Heard(why).In(p.o.Language))
		}
	}
}

// why says why a fact of a result's instance is missing, where somebody tried.
func (p *printer) why(res Result, f Fact) string {
	if res.in >= len(p.report.Case.Instances) {
		return ""
	}
	e := Evidence{in: p.report.Case.Instances[res.in], all: &p.report.Case}
	return e.why(f)
}

func (p *printer) summary() {
	s := p.report.Summary()
	total := s.Errors + s.Warnings + s.Unknown + s.Moot + s.Holds
	p.line("")
	p.wrapped("", 0, 2, p.say("%d results: %s, %s, %d not known, %d moot, %d hold", total,
		several(s.Errors, "1 error", "%d errors"), several(s.Warnings, "1 warning", "%d warnings"), s.Unknown, s.Moot, s.Holds))
	for _, res := range p.report.Results {
		if res.Suppressed != "" {
			p.wrapped("", 0, 2, p.say("suppressed: %s (%s): %s", string(res.Code), lookalike.Show(res.Subject), res.Suppressed))
		}
	}
	if s.Errors+s.Warnings > 0 {
		p.line(p.say("more on a finding: usher explain CODE"))
	}
}
