// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/lookalike"
)

func person() []doctor.Check {
	return []doctor.Check{{
		Code: usher.CodeUserNotInGroup, Layer: doctor.LayerMapping, Severity: usher.SeverityError,
		Holds:    "the person belongs to a directory group that the mask matches",
		Person:   "You are known to the provider, but you are in no group that leads into this site.",
		Reads:    doctor.Config | doctor.Somebody,
		Either:   doctor.Organization | doctor.Profile,
		May:      doctor.Attempt,
		After:    codes(usher.CodeMaskKind, "mask-placeholder", "mask-quoted", usher.CodeAccountDisabled),
		Explains: doctor.Signs{usher.SymptomNoRightMatching: doctor.Typically, doctor.SymptomOnePersonOnly: doctor.Typically},
		Judge:    userNotInGroup,
	}}
}

// accountOf is the account that the person signs in with: the attempt's, or
// the first in use.
func accountOf(e *doctor.Evidence) (doctor.Account, bool) {
	accounts := e.InUse()
	if at := e.Attempt(); at != nil {
		for _, a := range accounts {
			if a.InternalName == at.Account {
				return a, true
			}
		}
	}
	if len(accounts) == 0 {
		return doctor.Account{}, false
	}
	return accounts[0], true
}

// admission is the rule by which a person is admitted, with near misses.
func admission(e *doctor.Evidence, a doctor.Account) usher.Admission {
	adm := usher.Admission{Account: a.ExternalAccount, OperatorGroups: e.Config().OperatorGroups, Near: lookalike.Near}
	if m := a.Mapping(); m.Known {
		adm.Directory = e.Organization().GroupNames()
	}
	return adm
}

// profileRulings asks the rule of admission what it says of the person, and
// rules where its cause is the code.
func profileRulings(e *doctor.Evidence, code usher.Code, field, message string) []doctor.Ruling {
	a, ok := accountOf(e)
	p := e.Profile()
	if !ok || p == nil {
		return nil
	}
	_, cause := admission(e, a).Admit(*p)
	if cause == nil || cause.Code != code {
		return nil
	}
	return []doctor.Ruling{ofCause(cause, message).At(a.Place(field)).Elsewhere(mendPerson(code)).ChangesAccess()}
}

// mendPerson says what to do about what the provider says of a person.
func mendPerson(code usher.Code) string {
	switch code {
	case usher.CodeMaskBlanks, usher.CodeNameMisspelled:
		return "rename the directory group in the " + dashboard + ", or the operator group here, so that both agree byte for byte"
	case usher.CodeProductContextMismatch:
		return "have the organization give the person the product of this account, or correct the account's product context"
	default:
		return "let the person sign in with an account of this organization, or correct the organization id"
	}
}

func userNotInGroup(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	a, ok := accountOf(e)
	if !ok {
		return nil
	}
	if p := e.Profile(); p != nil {
		if _, cause := admission(e, a).Admit(*p); cause == nil || cause.Code != usher.CodeUserNotInGroup {
			return nil
		}
		return []doctor.Ruling{notInGroup(e, a, p.Email, p.GroupNames())}
	}
	if e.Email() == "" { // an attempt that nobody came back from
		return []doctor.Ruling{doctor.Unsure("", doctor.Say("not known: %s", doctor.Say("whom it is about")), doctor.Somebody.Gather(cfg.File, false))}
	}
	org := e.Organization()
	if org == nil || !cfg.Has("organization.groups") {
		return groupsUnknown(cfg)
	}
	names := org.GroupsOf(e.Email())
	m := a.Mapping()
	if m.Cause != nil {
		return nil // mask-kind says it
	}
	for _, n := range names {
		if _, ok := m.Matcher.Match(n); ok {
			return nil
		}
	}
	return []doctor.Ruling{notInGroup(e, a, e.Email(), names)}
}

func notInGroup(e *doctor.Evidence, a doctor.Account, email string, names []string) doctor.Ruling {
	cfg := e.Config()
	saw := doctor.Say("no directory group at all")
	if len(names) > 0 {
		saw = list(names)
	}
	r := doctor.Fail(email, "%s is in no directory group that the association mask matches", email).
		Found(saw, doctor.Say("a directory group that the %s %s matches", doctor.Say(string(a.Mask.Kind)), quoted(a.Mask.Text))).
		At(cfg.At(maskPath(cfg, a)))
	m := a.Mapping()
	own := make(map[string]bool, len(names))
	for _, n := range names {
		own[n] = true
	}
	var doors []string
	for i := range m.Fates {
		f := &m.Fates[i]
		if own[f.Directory] && f.Near != nil {
			r = r.Since(missedBy(a, f))
		}
		if f.Operator != "" {
			doors = append(doors, f.Directory)
		}
	}
	switch {
	case r.Because == "" && m.Known && m.Misses():
		r = r.Since(usher.CodeMaskMatchesNothing)
	case len(names) == 0 && m.Known:
		if near, ok := nearPerson(e.Organization(), email); ok {
			r = r.With("the organization has %s: %s", near.Want, near.How)
		}
	}
	if len(doors) == 0 {
		return r.Elsewhere("add the person, in the " + dashboard + ", to a directory group that leads to an operator group").ChangesAccess()
	}
	return r.Elsewhere("add %s, in the "+dashboard+", to one of %s", email, list(doors)).ChangesAccess()
}

// nearPerson looks for the address that was meant.
func nearPerson(org *usher.Organization, email string) (usher.NearMiss, bool) {
	var all []string
	for _, u := range org.Users {
		if u.Email == email {
			return usher.NearMiss{}, false
		}
		all = append(all, u.Email)
	}
	return lookalike.Near(email, all)
}
