// SPDX-License-Identifier: Apache-2.0

package usher

import (
	"fmt"
	"slices"
	"strings"
)

// A NearMiss is a name that a person would take for another.
type NearMiss struct {
	Got, Want string
	Blanks    bool   // they differ by blanks or invisible characters only
	How       string // one phrase: where and how they part, with code points
}

// A NearFunc finds, among the wanted names, the one that a person would take
// name for. It explains a refusal; it never grants anything.
type NearFunc func(name string, wanted []string) (NearMiss, bool)

// An Admission is the one rule that turns a person into an operator: the
// external account, the operator groups, and, to explain refusals only, the
// names of the organization's directory groups where they are known and a way
// to recognize near misses.
type Admission struct {
	Account        ExternalAccount
	OperatorGroups []OperatorGroup
	Directory      []string // nil: not known
	Near           NearFunc // nil: near misses are not looked for
}

// A GroupVerdict says what became of one directory group.
type GroupVerdict struct {
	Directory string    // as received
	Matches   bool      // the mask matches
	Remainder string    // what the mask leaves
	Operator  string    // the operator group, empty where there is none
	Near      *NearMiss // what it may have been meant to be
}

// Admit judges a person: the account itself, organization, product context,
// mask, operator groups. With a nil cause the operator has at least one group.
// Sessions are judged again by this rule at each request, so that an account
// which was switched off lets nobody stay.
func (a Admission) Admit(p Person) (Operator, *Cause) {
	if c := a.checkAccount(); c != nil {
		return Operator{}, c
	}
	if c := a.checkOrganization(p); c != nil {
		return Operator{}, c
	}
	if c := a.checkProductContext(p); c != nil {
		return Operator{}, c
	}
	matcher, cause := a.Account.Mask.Compile()
	if cause != nil {
		return Operator{}, cause
	}
	if c := checkGroupLimits(p); c != nil {
		return Operator{}, c
	}
	op := Operator{Account: a.Account.InternalName, Provider: p.Provider, Subject: p.Subject, Name: p.Name}
	if p.EmailVerified {
		op.Email = p.Email // applications may take it for the person's name
	}
	op.Groups, op.Rights = a.groupsOf(matcher, p.GroupNames())
	if len(op.Groups) == 0 {
		return Operator{}, a.whyNone(matcher, p)
	}
	if c := a.checkContextPresent(p); c != nil {
		return Operator{}, c
	}
	return op, nil
}

// checkAccount refuses an account that is switched off, and one of a type that
// usher does not know: it would be spared the rules of every known type.
func (a Admission) checkAccount() *Cause {
	if c := a.Account.CheckEnabled(); c != nil {
		return c.At(StepAdmit)
	}
	if a.Account.IMS() || a.Account.Type == TypeOpenIDConnect {
		return nil
	}
	return &Cause{Step: StepAdmit, Code: CodeAccountMissing, Subject: a.Account.InternalName,
		Saw: fmt.Sprintf("type %q", a.Account.Type), Want: quoteList([]string{string(TypeMarketingCloud), string(TypeExperienceCloud), string(TypeOpenIDConnect)})}
}

// Verdicts says of each directory group of the person what became of it, near
// misses included. The cause is that of a mask that cannot be used.
func (a Admission) Verdicts(names []string) ([]GroupVerdict, *Cause) {
	matcher, cause := a.Account.Mask.Compile()
	if cause != nil {
		return nil, cause
	}
	return a.verdicts(matcher, names), nil
}

func (a Admission) groupsOf(matcher *Matcher, names []string) (groups, rights []string) {
	left := make(map[string]bool)
	for _, n := range names {
		if rest, ok := matcher.Match(n); ok {
			left[rest] = true
		}
	}
	for _, g := range a.OperatorGroups {
		if !left[g.Name] || slices.Contains(groups, g.Name) {
			continue
		}
		groups = append(groups, g.Name)
		for _, r := range g.Rights {
			if !slices.Contains(rights, r) {
				rights = append(rights, r)
			}
		}
	}
	return groups, rights
}

func (a Admission) verdicts(matcher *Matcher, names []string) []GroupVerdict {
	here, expected := a.operatorGroupNames(), a.expected(matcher)
	verdicts := make([]GroupVerdict, len(names))
	for i, n := range names {
		verdicts[i] = a.verdict(matcher, n, here, expected)
	}
	return verdicts
}

// verdict judges one name. here are the operator groups, expected the
// directory groups that would lead to them.
func (a Admission) verdict(matcher *Matcher, name string, here, expected []string) GroupVerdict {
	v := GroupVerdict{Directory: name}
	v.Remainder, v.Matches = matcher.Match(name)
	if v.Matches && slices.Contains(here, v.Remainder) {
		v.Operator = v.Remainder
		return v
	}
	if a.Near == nil {
		return v
	}
	got, wanted := name, expected
	if v.Matches {
		got, wanted = v.Remainder, here
	}
	if near, ok := a.Near(got, wanted); ok {
		v.Near = &near
	}
	return v
}

func (a Admission) operatorGroupNames() []string {
	names := make([]string, len(a.OperatorGroups))
	for i, g := range a.OperatorGroups {
		names[i] = g.Name
	}
	return names
}

// expected lists the directory group names that would lead to an operator group.
func (a Admission) expected(matcher *Matcher) []string {
	var names []string
	for _, g := range a.OperatorGroups {
		if full, ok := matcher.Expect(g.Name); ok {
			names = append(names, full)
		}
	}
	return names
}

// whyNone finds the cause when no directory group leads to an operator group.
// The most certain reason comes first: a name that was meant to fit, then a
// mask that fits nothing in the whole organization, then a name that is no
// operator group here, then that the person is in no group for this instance.
func (a Admission) whyNone(matcher *Matcher, p Person) *Cause {
	names := p.GroupNames()
	var near *GroupVerdict
	var unknown []string
	for _, v := range a.verdicts(matcher, names) {
		if v.Near != nil && (near == nil || (v.Near.Blanks && !near.Near.Blanks)) {
			near = &v
		}
		if v.Matches {
			unknown = append(unknown, v.Remainder)
		}
	}
	switch {
	case near != nil:
		return nearCause(*near)
	case len(unknown) > 0:
		return &Cause{Step: StepAdmit, Code: CodeOperatorGroupUnknown, Subject: unknown[0], Saw: quoteList(unknown),
			Want: "one of " + quoteList(a.operatorGroupNames()), Detail: "the mask matches, but what it leaves is no operator group here"}
	case a.Directory != nil && a.matchesNone(matcher):
		return &Cause{Step: StepAdmit, Code: CodeMaskMatchesNothing, Subject: matcher.mask.Text, Saw: quoteList(a.Directory),
			Want: fmt.Sprintf("at least one directory group that the %s %q matches", matcher.mask.Kind, matcher.mask.Text)}
	default:
		saw := "no directory group at all"
		if len(names) > 0 {
			saw = quoteList(names)
		}
		return &Cause{Step: StepAdmit, Code: CodeUserNotInGroup, Subject: p.Email, Saw: saw,
			Want: fmt.Sprintf("a directory group that the %s %q matches", matcher.mask.Kind, matcher.mask.Text)}
	}
}

func (a Admission) matchesNone(matcher *Matcher) bool {
	for _, n := range a.Directory {
		if _, ok := matcher.Match(n); ok {
			return false
		}
	}
	return true
}

func nearCause(v GroupVerdict) *Cause {
	code := CodeNameMisspelled
	if v.Near.Blanks {
		code = CodeMaskBlanks
	}
	return &Cause{Step: StepAdmit, Code: code, Subject: v.Directory, Saw: v.Near.Got, Want: v.Near.Want, Detail: v.Near.How}
}

func (a Admission) checkOrganization(p Person) *Cause {
	if !a.Account.IMS() {
		return nil
	}
	want := a.Account.OrganizationID
	for _, id := range p.Organizations {
		if SameOrganization(id, want) {
			return nil
		}
	}
	saw := "no organization"
	if len(p.Organizations) > 0 {
		saw = strings.Join(p.Organizations, ", ")
	}
	return &Cause{Step: StepAdmit, Code: CodeOrganizationMismatch, Subject: a.Account.InternalName, Saw: saw, Want: quoteEmpty(want)}
}

// checkProductContext refuses a person whom the organization gave other
// product contexts than the account works with. A person with none at all is
// judged by groups first: that is somebody who was given nothing here.
func (a Admission) checkProductContext(p Person) *Cause {
	if !a.Account.IMS() {
		return nil
	}
	var seen []string
	want := a.Account.EffectiveProductContext()
	for _, c := range p.ProductContexts {
		if !SameOrganization(c.Organization, a.Account.OrganizationID) {
			continue
		}
		if c.ServiceCode == want && want != "" {
			return nil
		}
		if !slices.Contains(seen, c.ServiceCode) {
			seen = append(seen, c.ServiceCode)
		}
	}
	if len(seen) == 0 {
		return nil
	}
	code, detail := CodeProductContextMismatch, "the organization's product context is another"
	if a.Account.CheckProductContext() != nil {
		code, detail = CodeProductContextValue, "the field of the account holds a value that no organization has"
	}
	return &Cause{Step: StepAdmit, Code: code, Subject: a.Account.InternalName, Saw: quoteEmpty(want), Want: strings.Join(seen, ", "), Detail: detail}
}

func (a Admission) checkContextPresent(p Person) *Cause {
	if !a.Account.IMS() {
		return nil
	}
	want := a.Account.EffectiveProductContext()
	for _, c := range p.ProductContexts {
		if SameOrganization(c.Organization, a.Account.OrganizationID) && c.ServiceCode == want && want != "" {
			return nil
		}
	}
	detail := "the organization gave the person no product of this account"
	if !p.GrantedScopes.Has(ScopeProductContext) {
		detail = "the scope " + ScopeProductContext + " was not granted, so the provider did not say"
	}
	return &Cause{Step: StepAdmit, Code: CodeProductContextMismatch, Subject: a.Account.InternalName,
		Saw: "no product context", Want: a.Account.EffectiveProductContext(), Detail: detail}
}

func checkGroupLimits(p Person) *Cause {
	if n := len(p.Groups); n > MaxGroups {
		return &Cause{Step: StepAdmit, Code: CodeTooManyGroups, Subject: p.Email, Saw: fmt.Sprintf("%d directory groups", n), Want: fmt.Sprintf("at most %d", MaxGroups)}
	}
	for _, g := range p.Groups {
		if len(g.Group) > MaxGroupBytes {
			return &Cause{Step: StepAdmit, Code: CodeTooManyGroups, Subject: p.Email,
				Saw: fmt.Sprintf("a directory group's name of %d bytes", len(g.Group)), Want: fmt.Sprintf("at most %d", MaxGroupBytes)}
		}
	}
	return nil
}

// quoteList quotes names so that invisible characters show, and says how many
// it left out.
func quoteList(names []string) string {
	const most = 12
	var b strings.Builder
	for i, n := range names {
		if i == most {
			fmt.Fprintf(&b, " and %d more", len(names)-most)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q", n)
	}
	if b.Len() == 0 {
		return "none"
	}
	return b.String()
}
