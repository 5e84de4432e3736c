// SPDX-License-Identifier: Apache-2.0

package rehearse

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/lookalike"
)

// TextOptions say how text is written.
type TextOptions struct {
	Color bool // color, which is never the only signal
	Width int  // columns of the terminal; zero: lines are not broken
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
		p.line("The browser is back; this command answered at the callback.")
	case o.Way == ByMailbox:
		p.line("The browser is back; the running gateway handed its callback over, and opened no session.")
	case o.Way == ByHand:
		p.line("The browser is back; the address was pasted.")
	case o.Landed != "":
		p.line("The browser ended at " + plain(o.Landed) + ", not at the callback " + plain(o.CallbackURL) + ".")
	case o.Result == NeverBack:
		p.line("The browser did not come back to the callback " + plain(o.CallbackURL) + ".")
	}
}

func (p *printer) scopes(o *Outcome) {
	if o.Way == "" {
		return
	}
	p.heading("scopes")
	p.field("requested", o.Requested.Spaces())
	if o.Granted == nil {
		p.field("granted", "not known: it did not come so far")
		return
	}
	p.field("granted", o.Granted.Spaces())
	if len(o.NotGranted) > 0 {
		p.field("not granted", o.NotGranted.Spaces())
	}
	if extra := o.Granted.Minus(o.Requested); len(extra) > 0 {
		p.field("not asked for", extra.Spaces())
	}
}

func (p *printer) idToken(t *IDToken) {
	if t == nil || len(t.Checks) == 0 {
		return
	}
	p.heading("ID token")
	for _, c := range t.Checks {
		sign, says := p.paint(good, "ok"), "holds"
		switch c.Status {
		case "moot":
			sign, says = "--", "not judged: an earlier check does not hold, or there is nothing to judge"
		case "fails":
			sign, says = p.paint(bad, "NO"), "saw "+c.Saw+", wanted "+c.Want
			if c.Detail != "" {
				says += "; " + c.Detail
			}
		}
		p.marked(sign, checkName(c.ID), says)
	}
	if t.Algorithm != "" {
		key := t.Algorithm
		if t.KeyID != "" {
			key += ", key " + t.KeyID
		}
		p.field("signed with", key)
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
		p.heading("claims from " + s.Name)
		for _, c := range s.Claims {
			p.field(c.Name, lookalike.Show(c.Value))
		}
		if len(s.Claims) == 0 {
			p.field("", "none")
		}
	}
	for i, n := range o.Notes {
		if i == 0 {
			p.heading("what was odd")
		}
		p.field("", lookalike.Show(n))
	}
}

func (p *printer) groups(o *Outcome) {
	if o.Person == nil {
		return
	}
	p.heading(fmt.Sprintf("directory groups: %d received", len(o.Person.GroupNames())))
	for _, g := range o.Groups {
		sign, says := "--", "the mask does not match"
		switch {
		case g.Operator != "":
			sign, says = p.paint(good, "ok"), "operator group "+show(g.Operator)
		case g.Matches:
			sign, says = p.paint(bad, "NO"), "the mask leaves "+show(g.Leaves)+", which is no operator group here"
		}
		p.line(strings.Repeat(" ", margin) + sign + " " + show(g.Directory) + p.paint(faint, "   from "+plain(g.Source)))
		p.field("", says)
		if g.Near != nil {
			p.field("", "near miss of "+show(g.Near.Want)+": "+g.Near.How)
		}
	}
}

func show(name string) string { return `"` + lookalike.Show(name) + `"` }

func (p *printer) compared(o *Outcome) {
	if len(o.Compared) == 0 {
		return
	}
	p.heading("organization and product")
	for _, c := range o.Compared {
		saw := "none"
		if len(c.Saw) > 0 {
			saw = strings.Join(c.Saw, ", ")
		}
		if c.Holds {
			p.marked(p.paint(good, "ok"), c.What, c.Want)
			continue
		}
		p.marked(p.paint(bad, "NO"), c.What, "saw "+saw+", wanted "+orNothing(c.Want))
	}
}

func orNothing(s string) string {
	if s == "" {
		return "nothing: the account has none"
	}
	return s
}

func (p *printer) sizes(o *Outcome) {
	t := o.Tokens
	if t == nil {
		return
	}
	p.heading("sizes and lifetimes")
	if o.IDToken != nil && o.IDToken.Bytes > 0 {
		p.field("ID token", size(o.IDToken.Bytes)+life(o.IDToken.Issued, o.IDToken.Ends))
	}
	access := size(t.AccessBytes)
	if t.AccessLife > 0 {
		access += ", valid for " + Span(time.Duration(t.AccessLife))
	}
	p.field("access token", access)
	if t.RefreshBytes > 0 {
		p.field("refresh token", size(t.RefreshBytes))
	} else {
		p.field("refresh token", "none was given")
	}
	p.field("session cookie", size(t.CookieBytes)+", whatever the tokens hold; "+size(t.SealedBytes)+" would be kept sealed in the database")
	p.field("session", fmt.Sprintf("%s at most, %s without a request", Span(time.Duration(o.Session.Lifetime)), Span(time.Duration(o.Session.Idle))))
	if o.IDToken != nil && !o.IDToken.SignedIn.IsZero() && !o.IDToken.Issued.IsZero() {
		p.field("signed in", Span(o.IDToken.Issued.Sub(o.IDToken.SignedIn))+" before the ID token was issued")
	}
	if t.ClockAhead != nil {
		p.field("clock", clock(time.Duration(*t.ClockAhead)))
	}
	p.field("afterwards", o.Returned)
}

func size(bytes int) string {
	if bytes >= 1000 {
		return fmt.Sprintf("%d,%03d bytes", bytes/1000, bytes%1000)
	}
	return fmt.Sprintf("%d bytes", bytes)
}

func life(from, to time.Time) string {
	if from.IsZero() || to.IsZero() {
		return ""
	}
	return ", valid for " + Span(to.Sub(from))
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

func clock(ahead time.Duration) string {
	switch {
	case ahead.Abs() <= 2*time.Second:
		return "this machine and the provider agree"
	case ahead > 0:
		return "this machine is " + Span(ahead) + " ahead of the provider"
	}
	return "this machine is " + Span(-ahead) + " behind the provider"
}

func (p *printer) verdict(o *Outcome) {
	p.line("")
	who := "The person"
	if o.Person != nil {
		who = person(*o.Person)
	}
	switch o.Result {
	case LetIn:
		p.line(p.paint(good, "LET IN") + "   " + who + " would be let in as " + lookalike.Show(list(o.OperatorGroups)) + ".")
		if len(o.Rights) > 0 {
			p.field("rights", list(o.Rights))
		}
	case Refused:
		p.line(p.paint(bad, "REFUSED") + "   " + who + " would be refused: " + string(o.Cause.Code) + ", at the step " + string(o.Cause.Step) + ".")
	case NeverBack:
		p.line(p.paint(bad, "NO END") + "   The sign-in did not come to an end; usher sees nothing of what happens at the provider.")
	}
	p.line("Nothing was granted: no session was opened, no cookie was set.")
	if o.Result == LetIn && o.besides {
		p.line("")
		p.line("What else the doctor finds in the file did not stop this person:")
	}
}

func person(p usher.Person) string {
	for _, name := range []string{p.Email, p.Name, p.Subject} {
		if name != "" {
			return lookalike.Show(name)
		}
	}
	return "The person"
}
