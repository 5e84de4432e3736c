// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/lookalike"
)

// Timeline writes one attempt for a person: who, when, step by step; then the
// causes, as [Text] shows them.
func Timeline(w io.Writer, r Report, o Options) error {
	p := &printer{w: bufio.NewWriter(w), o: o, report: r, folded: r.consequences()}
	for _, in := range r.Case.Instances {
		if a := known(in.Attempt); a != nil {
			p.attempt(a)
			p.trail(a)
			if a.Revision != "" && a.Revision != in.Config.Revision {
				p.line(p.say("the file has changed since: the sign-in ran with revision %s, this is %s", a.Revision, in.Config.Revision))
				p.changesSince(in, a.Revision)
			}
		}
	}
	p.findings()
	p.candidates()
	p.line("")
	p.line(p.say("more on a finding: usher explain CODE"))
	return p.w.Flush()
}

func (p *printer) attempt(a *usher.Attempt) {
	p.line(p.say("sign-in %s   %s   %s", string(a.Reference), stamp(a.Begun), p.outcome(a.Outcome)))
	who := p.say("nobody yet: the provider said nothing of the person")
	if a.Person != nil {
		who = strings.TrimSpace(a.Person.Name + " " + a.Person.Email)
		if who == "" {
			who = a.Person.Subject
		}
	}
	p.field(p.say("person"), lookalike.Show(who))
	p.field(p.say("account"), a.Account)
	p.field(p.say("browser"), lookalike.Show(strings.TrimSpace(a.Client+" "+a.UserAgent)))
	p.field(p.say("wanted"), lookalike.Show(a.ReturnTo))
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

func (p *printer) outcome(o usher.Outcome) string {
	switch o {
	case usher.OutcomeSignedIn:
		return p.say("signed in")
	case usher.OutcomeRefused:
		return p.say("refused")
	default:
		return p.say("never finished")
	}
}

// trail writes the steps with the time since the beginning.
func (p *printer) trail(a *usher.Attempt) {
	p.line("")
	for _, step := range a.Trail {
		sign := p.paint(colorGood, "ok")
		if a.Cause != nil && step.Step == a.Cause.Step && strings.HasPrefix(step.Note, "refused") {
			sign = p.paint(colorError, "NO")
		}
		p.wrapped(fmt.Sprintf(" %s  %-9s %9s  ", sign, step.Step, since(step.At.Sub(a.Begun))), 26, 26, lookalike.Show(step.Note))
	}
	reached := usher.StepBegin
	if n := len(a.Trail); n > 0 {
		reached = a.Trail[n-1].Step
	}
	for _, step := range stepsAfter(reached) {
		if a.Outcome != usher.OutcomeSignedIn && reached != usher.StepGate {
			p.line(fmt.Sprintf(" --  %-9s %9s  %s", step, "", p.say("not reached")))
		}
	}
}

func since(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("+%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("+%.1f s", d.Seconds())
	default:
		return "+" + d.Round(time.Second).String()
	}
}

func stepsAfter(s usher.Step) []usher.Step {
	all := []usher.Step{usher.StepBegin, usher.StepCallback, usher.StepRedeem, usher.StepVerify, usher.StepProfile, usher.StepAdmit, usher.StepSession}
	for i, step := range all {
		if step == s {
			return all[i+1:]
		}
	}
	return nil
}

// candidates writes what could not be judged, what would settle it, and what
// was ruled out: an unfinished sign-in leaves a choice.
func (p *printer) candidates() {
	head := false
	for _, res := range p.report.Results {
		if res.Status != Unknown && res.Status != Holds {
			continue
		}
		if !head {
			p.line("")
			p.line(p.say("not decided, the likeliest first:"))
			head = true
		}
		if res.Status == Holds {
			p.wrapped(" --  ", 5, 5, p.say("%s: ruled out, %s", string(res.Code), res.Message))
			continue
		}
		p.wrapped(" ??  ", 5, 5, p.say("%s: %s; to settle: %s", string(res.Code), res.Weight.Words(), res.Gather))
	}
}

// Ranking writes the causes of a symptom in the order in which to look.
func Ranking(w io.Writer, r Report, s usher.Symptom, o Options) error {
	p := &printer{w: bufio.NewWriter(w), o: o, report: r, folded: r.consequences()}
	p.heading()
	for _, word := range Symptoms() {
		if word.Symptom == s {
			p.line("")
			p.line(p.say("symptom %s: %s", string(s), word.Says))
		}
	}
	p.findings()
	p.candidates()
	p.notJudged()
	p.summary()
	return p.w.Flush()
}

// notJudged lists what waits for something else to be mended.
func (p *printer) notJudged() {
	var moot []string
	for _, res := range p.report.Results {
		if res.Status == Moot {
			moot = append(moot, string(res.Code))
		}
	}
	if len(moot) > 0 {
		p.wrapped(" --  ", 5, 5, p.say("not judged until the above is mended: %s", strings.Join(unique(moot), ", ")))
	}
}

func unique(names []string) []string {
	var out []string
	seen := make(map[string]bool)
	for _, n := range names {
		if !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	return out
}

// PersonSentence is what a person may be told who was refused with this code:
// a sentence without names of groups, accounts or settings.
func PersonSentence(checks []Check, code usher.Code, l Language) string {
	for _, c := range checks {
		if c.Code == code && c.Person != "" {
			return Say(c.Person).In(l)
		}
	}
	return Say("You could not be signed in. Tell the administrator the reference.").In(l)
}
