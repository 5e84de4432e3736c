// SPDX-License-Identifier: Apache-2.0

package rehearse

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/lookalike"
)

// TextOptions say how text is written.
type TextOptions struct {
	Color    bool // color, which is never the only signal
	Width    int  // columns of the terminal; zero: lines are not broken
	Language doctor.Language
}

// Text writes what was seen, step by step, for a person. The causes come after
// it, in the doctor's words.
func Text(w io.Writer, o *Outcome, options TextOptions) error {
	p := &printer{w: bufio.NewWriter(w), o: options}
	p.arrived(o)
	if o.Result != NeverBack {
		p.scopes(o)
		p.idToken(o.IDToken)
		p.claims(o)
		p.groups(o)
		p.compared(o)
		p.sizes(o)
	}
	p.verdict(o)
	return p.w.Flush()
}

// printer writes text. Errors stay in the buffered writer until it is flushed.
type printer struct {
	w *bufio.Writer
	o TextOptions
}

// plain is text of others on one line, with whatever cannot be seen shown.
func plain(text string) string { return lookalike.Visible(strings.ReplaceAll(text, "\n", " ")) }

const (
	bold  = "1"
	good  = "32"
	bad   = "1;31"
	faint = "2"
)

func (p *printer) paint(color, text string) string {
	if !p.o.Color || text == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

// say gives a sentence in the language asked for.
func (p *printer) say(template string, args ...any) string {
	return doctor.Say(template, args...).In(p.o.Language)
}

func (p *printer) line(text string) {
	_, _ = p.w.WriteString(strings.TrimRight(text, " ") + "\n")
}

func (p *printer) heading(text string) {
	p.line("")
	p.line(p.paint(bold, plain(text)))
}

// The columns at which names and values begin.
const (
	margin = 2
	tab    = 25
)

// field writes a named value, broken at blanks where the terminal ends. What
// others wrote can neither move the cursor nor hide.
func (p *printer) field(name, value string) { p.marked("", name, value) }

func (p *printer) marked(sign, name, value string) {
	begin := strings.Repeat(" ", margin)
	if sign != "" {
		begin += sign + " "
	}
	name, value = plain(name), plain(value)
	used := margin + lookalike.Columns(name)
	if sign != "" {
		used += 3
	}
	begin += p.paint(faint, name) + strings.Repeat(" ", max(1, tab-used))
	for _, part := range p.broken(value) {
		p.line(begin + part)
		begin = strings.Repeat(" ", tab)
	}
}

func (p *printer) broken(value string) []string {
	room := max(24, p.o.Width-tab)
	if p.o.Width == 0 || lookalike.Columns(value) <= room {
		return []string{value}
	}
	var out []string
	current := ""
	for word := range strings.SplitSeq(value, " ") {
		if current != "" && lookalike.Columns(current)+1+lookalike.Columns(word) > room {
			out = append(out, current)
			current = word
			continue
		}
		if current != "" {
			current += " "
		}
		current += word
	}
	return append(out, current)
}

func (p *printer) arrived(o *Outcome) {
	p.line("")
	switch {
	case o.Way == ByDoor:
		p.line(p.say("The browser is back; this command answered at the callback."))
	case o.Way == ByMailbox:
		p.line(p.say("The browser is back; the running gateway handed its callback over, and opened no session."))
	case o.Way == ByHand:
		p.line(p.say("The browser is back; the address was pasted."))
	case o.Landed != "":
		p.line(plain(p.say("The browser ended at %s, not at the callback %s.", o.Landed, o.CallbackURL)))
	case o.Result == NeverBack:
		p.line(plain(p.say("The browser did not come back to the callback %s.", o.CallbackURL)))
	}
}

func (p *printer) scopes(o *Outcome) {
	if o.Way == "" {
		return
	}
	p.heading(p.say("scopes"))
	p.field(p.say("requested"), o.Requested.Spaces())
	if o.Granted == nil {
		p.field(p.say("granted"), p.say("not known: it did not come so far"))
		return
	}
	p.field(p.say("granted"), o.Granted.Spaces())
	if len(o.NotGranted) > 0 {
		p.field(p.say("not granted"), o.NotGranted.Spaces())
	}
	if extra := o.Granted.Minus(o.Requested); len(extra) > 0 {
		p.field(p.say("not asked for"), extra.Spaces())
	}
}

func (p *printer) idToken(t *IDToken) {
	if t == nil || len(t.Checks) == 0 {
		return
	}
	p.heading(p.say("ID token"))
	for _, c := range t.Checks {
		sign, says := p.paint(good, "ok"), p.say("holds")
		switch c.Status {
		case "moot":
			sign, says = "--", p.say("not judged: an earlier check does not hold, or there is nothing to judge")
		case "fails":
			sign, says = p.paint(bad, "NO"), p.say("saw %s, wanted %s", c.Saw, c.Want)
			if c.Detail != "" {
				says += "; " + c.Detail
			}
		}
		p.marked(sign, p.say(checkName(c.ID)), says)
	}
	if t.Algorithm != "" {
		key := t.Algorithm
		if t.KeyID != "" {
			key = p.say("%s, key %s", key, t.KeyID)
		}
		p.field(p.say("signed with"), key)
	}
}

// checkName says what a check is about.
func checkName(id string) string {
	switch id {
	case "form":
		return "form"
	case "alg":
		return "alg (algorithm)"
	case "typ":
		return "typ (kind)"
	case "crit":
		return "crit (extensions)"
	case "iss":
		return "iss (issuer)"
	case "aud":
		return "aud (for us)"
	case "azp":
		return "azp (given to us)"
	case "exp":
		return "exp (end)"
	case "iat":
		return "iat (issued)"
	case "nbf":
		return "nbf (not before)"
	case "sub":
		return "sub (person)"
	}
	return id
}

func (p *printer) claims(o *Outcome) {
	for _, s := range o.Sources {
		p.heading(p.say("claims from %s", s.Name))
		for _, c := range s.Claims {
			p.field(c.Name, lookalike.Show(c.Value))
		}
		if len(s.Claims) == 0 {
			p.field("", p.say("none"))
		}
	}
	for i, n := range o.Notes {
		if i == 0 {
			p.heading(p.say("what was odd"))
		}
		p.field("", lookalike.Show(n))
	}
}

func (p *printer) groups(o *Outcome) {
	if o.Person == nil {
		return
	}
	p.heading(p.say("directory groups: %d received", len(o.Person.GroupNames())))
	for _, g := range o.Groups {
		sign, says := "--", p.say("the mask does not match")
		switch {
		case g.Operator != "":
			sign, says = p.paint(good, "ok"), p.say("operator group %s", show(g.Operator))
		case g.Matches:
			sign, says = p.paint(bad, "NO"), p.say("the mask leaves %s, which is no operator group here", show(g.Leaves))
		}
		p.line(strings.Repeat(" ", margin) + sign + " " + show(g.Directory) + p.paint(faint, "   "+plain(p.say("from %s", g.Source))))
		p.field("", says)
		if g.Near != nil {
			p.field("", p.say("near miss of %s: %s", show(g.Near.Want), g.Near.How))
		}
	}
}

func show(name string) string { return `"` + lookalike.Show(name) + `"` }

func (p *printer) compared(o *Outcome) {
	if len(o.Compared) == 0 {
		return
	}
	p.heading(p.say("organization and product"))
	for _, c := range o.Compared {
		saw := p.say("none")
		if len(c.Saw) > 0 {
			saw = strings.Join(c.Saw, ", ")
		}
		if c.Holds {
			p.marked(p.paint(good, "ok"), p.say(c.What), c.Want)
			continue
		}
		p.marked(p.paint(bad, "NO"), p.say(c.What), p.say("saw %s, wanted %s", saw, p.orNothing(c.Want)))
	}
}

func (p *printer) orNothing(s string) string {
	if s == "" {
		return p.say("nothing: the account has none")
	}
	return s
}

func (p *printer) sizes(o *Outcome) {
	t := o.Tokens
	if t == nil {
		return
	}
	p.heading(p.say("sizes and lifetimes"))
	if o.IDToken != nil && o.IDToken.Bytes > 0 {
		p.field(p.say("ID token"), p.size(o.IDToken.Bytes)+p.life(o.IDToken.Issued, o.IDToken.Ends))
	}
	access := p.size(t.AccessBytes)
	if t.AccessLife > 0 {
		access += p.say(", valid for %s", Span(time.Duration(t.AccessLife)))
	}
	p.field(p.say("access token"), access)
	if t.RefreshBytes > 0 {
		p.field(p.say("refresh token"), p.size(t.RefreshBytes))
	} else {
		p.field(p.say("refresh token"), p.say("none was given"))
	}
	p.field(p.say("session cookie"), p.say("%s, whatever the tokens hold; %s would be kept sealed in the database", p.size(t.CookieBytes), p.size(t.SealedBytes)))
	p.field(p.say("session"), p.say("%s at most, %s without a request", Span(time.Duration(o.Session.Lifetime)), Span(time.Duration(o.Session.Idle))))
	if o.IDToken != nil && !o.IDToken.SignedIn.IsZero() && !o.IDToken.Issued.IsZero() {
		p.field(p.say("signed in"), p.say("%s before the ID token was issued", Span(o.IDToken.Issued.Sub(o.IDToken.SignedIn))))
	}
	if t.ClockAhead != nil {
		p.field(p.say("clock"), p.clock(time.Duration(*t.ClockAhead)))
	}
	p.field(p.say("afterwards"), p.say(o.Returned))
}

func (p *printer) size(bytes int) string {
	if bytes >= 1000 {
		return p.say("%s bytes", fmt.Sprintf("%d,%03d", bytes/1000, bytes%1000))
	}
	return p.say("%s bytes", strconv.Itoa(bytes))
}

func (p *printer) life(from, to time.Time) string {
	if from.IsZero() || to.IsZero() {
		return ""
	}
	return p.say(", valid for %s", Span(to.Sub(from)))
}

// Span spells a time as people read it: 10m, not 10m0s.
func Span(d time.Duration) string {
	text := d.Round(time.Second).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func (p *printer) clock(ahead time.Duration) string {
	switch {
	case ahead.Abs() <= 2*time.Second:
		return p.say("this machine and the provider agree")
	case ahead > 0:
		return p.say("this machine is %s ahead of the provider", Span(ahead))
	}
	return p.say("this machine is %s behind the provider", Span(-ahead))
}

func (p *printer) verdict(o *Outcome) {
	p.line("")
	who := p.say("The person")
	if o.Person != nil {
		who = p.person(*o.Person)
	}
	switch o.Result {
	case LetIn:
		p.line(p.paint(good, p.say("LET IN")) + "   " + p.say("%s would be let in as %s.", who, lookalike.Show(list(o.OperatorGroups))))
		if len(o.Rights) > 0 {
			p.field(p.say("rights"), list(o.Rights))
		}
	case Refused:
		p.line(p.paint(bad, p.say("REFUSED")) + "   " + p.say("%s would be refused: %s, at the step %s.", who, string(o.Cause.Code), string(o.Cause.Step)))
	case NeverBack:
		p.line(p.paint(bad, p.say("NO END")) + "   " + p.say("The sign-in did not come to an end; usher sees nothing of what happens at the provider."))
	}
	p.line(p.say("Nothing was granted: no session was opened, no cookie was set."))
	if o.Result == LetIn && o.besides {
		p.line("")
		p.line(p.say("What else the doctor finds in the file did not stop this person:"))
	}
}

func (p *printer) person(who usher.Person) string {
	for _, name := range []string{who.Email, who.Name, who.Subject} {
		if name != "" {
			return lookalike.Show(name)
		}
	}
	return p.say("The person")
}
