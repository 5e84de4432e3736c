// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/usher-signin/usher"
)

// Run runs the checks, which come most upstream first, over every instance of
// the case. A check that cannot be judged says which facts are missing; one
// that rests on a failed check is moot. What needs a person or an attempt is
// left out unless the case asks about one, or about a symptom.
func Run(checks []Check, c Case) []Result {
	var out []Result
	for i, in := range c.Instances {
		r := &runner{checks: checks, evidence: Evidence{in: in, all: &c}, in: i, failed: make(map[usher.Code]bool)}
		out = append(out, r.run()...)
	}
	return sortResults(out)
}

// runner runs the checks over one instance.
type runner struct {
	checks   []Check
	evidence Evidence
	in       int
	failed   map[usher.Code]bool // codes with a root failure
	stopped  usher.Code          // of a check that ends the matter
	results  []Result
}

func (r *runner) run() []Result {
	for i := range r.checks {
		if check := &r.checks[i]; check.Judge != nil {
			r.judge(i, check)
		}
	}
	r.settleConsequences()
	r.date()
	r.suppress()
	for i := range r.checks {
		if check := &r.checks[i]; check.Review != nil {
			r.review(i, check)
		}
	}
	return r.results
}

func (r *runner) judge(order int, check *Check) {
	have := r.evidence.has()
	missing := check.Reads &^ have
	unasked := r.unasked(missing)
	if check.Either != 0 && check.Either&have == 0 {
		missing |= check.Either
	}
	recorded := r.recorded(check.Code)
	switch because := r.mootBecause(check); {
	case recorded != nil && r.stopped == "":
		var rulings []Ruling
		if missing == 0 {
			evidence := r.evidence
			rulings = check.Judge(&evidence)
		}
		r.take(order, check, confirm(rulings, r.fromCause(check, recorded)))
	case unasked:
	case missing != 0 && r.stopped == "": // nothing would be judged with that check mended, either
		r.add(order, check, r.unknown(missing), missing)
	case because != "":
		r.add(order, check, Ruling{Status: Moot, Because: because, Message: Say("not judged: %s comes first", string(because))}, 0)
	default:
		evidence := r.evidence
		rulings := append(check.Judge(&evidence), r.unseenAccounts(check)...)
		if len(rulings) == 0 && check.Blind != nil {
			if blind := check.Blind(&evidence); !blind.Why.Empty() {
				if !blind.Unasked || r.evidence.all.Symptom != "" || r.evidence.in.Attempt != nil {
					r.add(order, check, Unsure("", blind.Why, blind.Gather), 0)
				}
				return
			}
		}
		r.take(order, check, rulings)
	}
}

// perAccount are the facts that are gathered for each account by itself.
const perAccount = Discovery | Keys | Authorize | Grant | Transport | Clock

// unseenAccounts rules that a check cannot be judged for those accounts whose
// provider was not seen, where others were.
func (r *runner) unseenAccounts(check *Check) []Ruling {
	wanted := check.Reads & perAccount
	if wanted == 0 {
		return nil
	}
	var out []Ruling
	cfg := r.evidence.in.Config
	for _, i := range InUse(cfg) {
		var p Provider
		if i < len(r.evidence.in.Providers) {
			p = r.evidence.in.Providers[i]
		}
		missing := wanted &^ p.has()
		if missing == 0 {
			continue
		}
		why := p.why(missing)
		ruling := Unsure(cfg.Accounts[i].InternalName, Say("not known: %s", missing.phrase()), r.evidence.gather(missing, cfg.File))
		if len(why) > 0 {
			ruling.Message = Say("not known: %s (%s)", missing.phrase(), Heard(strings.Join(why, "; ")))
		}
		out = append(out, ruling)
	}
	return out
}

// unasked says that what is missing exists only where somebody asks about it,
// and that nobody does: a person, an attempt, a second instance.
func (r *runner) unasked(missing Fact) bool {
	in := r.evidence.in
	if missing&Siblings != 0 {
		return true
	}
	if missing&asked == 0 || r.evidence.all.Symptom != "" || in.Attempt != nil {
		return false
	}
	return missing&Attempt != 0 || in.Email == ""
}

func (r *runner) unknown(missing Fact) Ruling {
	file := r.evidence.in.Config.File
	why := r.evidence.why(missing)
	ruling := Ruling{Status: Unknown, Message: Say("not known: %s", missing.phrase()), Gather: r.evidence.gather(missing, file)}
	if why != "" {
		ruling.Message = Say("not known: %s (%s)", missing.phrase(), Heard(why))
	}
	return ruling
}

// phrase names the facts.
func (f Fact) phrase() Phrase {
	var names []Phrase
	for _, one := range f.each() {
		names = append(names, Say(one.word().name))
	}
	return Listed(names)
}

func (r *runner) mootBecause(check *Check) usher.Code {
	if r.stopped != "" {
		return r.stopped
	}
	for _, code := range check.After {
		if r.failed[code] {
			return code
		}
	}
	return ""
}

// take notes the rulings of a check, or that it holds where there is none to the contrary.
func (r *runner) take(order int, check *Check, rulings []Ruling) {
	if len(rulings) == 0 {
		r.add(order, check, Ruling{Status: Holds, Message: Say(check.Holds)}, 0)
		return
	}
	for _, ruling := range rulings {
		r.add(order, check, ruling, 0)
		if ruling.Status != Fails || ruling.Because != "" {
			continue
		}
		if check.Stops {
			r.stopped = check.Code
		}
		if cmp.Or(ruling.Severity, check.Severity) != usher.SeverityInfo { // what is merely worth knowing explains nothing
			r.failed[check.Code] = true
		}
	}
}

func (r *runner) add(order int, check *Check, ruling Ruling, missing Fact) {
	cfg := r.evidence.in.Config
	result := Result{Code: check.Code, Status: ruling.Status, Severity: check.Severity, Instance: cfg.Instance.Name, File: cfg.File,
		Ruling: ruling, Missing: missing, check: check, order: order, in: r.in}
	if ruling.Severity != "" {
		result.Severity = ruling.Severity
	}
	if result.Place.File == "" {
		result.Place.File = cfg.File
	}
	r.results = append(r.results, result)
}

// settleConsequences makes moot what another failing check explains. A
// ruling that named a check which does not fail stands for itself.
func (r *runner) settleConsequences() {
	for changed := true; changed; {
		changed = false
		for i := range r.results {
			res := &r.results[i]
			if res.Status == Fails && res.Because != "" && !r.failed[res.Because] && !r.explained(res.Because) {
				res.Because = ""
				r.failed[res.Code] = r.failed[res.Code] || res.Severity != usher.SeverityInfo
				changed = true
			}
		}
	}
	for i := range r.results {
		if res := &r.results[i]; res.Status == Fails && res.Because != "" {
			res.Status = Moot
		}
	}
}

// explained says that a code fails, if only as a consequence itself.
func (r *runner) explained(code usher.Code) bool {
	return slices.ContainsFunc(r.results, func(res Result) bool {
		return res.Code == code && res.Status == Fails && res.Because != code
	})
}

func (r *runner) suppress() {
	now := r.evidence.all.Now
	for i := range r.results {
		res := &r.results[i]
		if r.recorded(res.Code) != nil {
			continue // whoever asks why a person was refused is to be told
		}
		for _, s := range r.evidence.in.Config.Suppress {
			if res.Status == Fails && s.Code == res.Code && (s.Subject == "" || s.Subject == res.Subject) && !s.Ended(now) {
				res.Suppressed = s.Reason
			}
		}
	}
}

func (r *runner) review(order int, check *Check) {
	if because := r.mootBecause(check); because != "" {
		r.add(order, check, Ruling{Status: Moot, Because: because, Message: Say("not judged: %s comes first", string(because))}, 0)
		return
	}
	evidence := r.evidence
	r.take(order, check, check.Review(&evidence, r.results))
}

// Only keeps the checks with one of the codes, and those that decide whether
// these are moot. No codes: all checks.
func Only(checks []Check, codes []usher.Code) ([]Check, error) {
	if len(codes) == 0 {
		return checks, nil
	}
	for _, code := range codes {
		if !slices.ContainsFunc(checks, func(c Check) bool { return c.Code == code }) {
			return nil, fmt.Errorf("there is no check %q; usher explain lists them", code)
		}
	}
	var out []Check
	for _, c := range checks {
		if slices.Contains(codes, c.Code) || c.Stops {
			out = append(out, c)
		}
	}
	return out, nil
}

// Watch runs one check over every instance of a case and says which facts it
// looked at. Where a fact that it needs is missing the check is not run. It is
// for the test that holds checks to what they declare.
func Watch(check Check, c Case) map[usher.Code]Fact {
	out := make(map[usher.Code]Fact)
	for _, in := range c.Instances {
		e := Evidence{in: in, all: &c}
		have := e.has()
		if check.Reads&^have != 0 || check.Either != 0 && check.Either&have == 0 {
			continue
		}
		if check.Judge != nil {
			check.Judge(&e)
		} else {
			check.Review(&e, nil)
		}
		out[check.Code] |= e.touched
	}
	return out
}
