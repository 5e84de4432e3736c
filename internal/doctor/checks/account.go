// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/lookalike"
)

func account() []doctor.Check {
	return []doctor.Check{{
		Code: usher.CodeAccountMissing, Layer: doctor.LayerFile, Severity: usher.SeverityError,
		Holds:    "there is an external account for IMS, under the name that the product looks for",
		Reads:    doctor.Config,
		Explains: doctor.Signs{usher.SymptomLoginPageUnreachable: doctor.Sometimes, usher.SymptomNoRightMatching: doctor.Rarely},
		Judge:    accountMissing,
	}, {
		Code: usher.CodeAccountDuplicate, Layer: doctor.LayerFile, Severity: usher.SeverityError,
		Holds: "there is only one external account for IMS",
		Reads: doctor.Config,
		Explains: doctor.Signs{usher.SymptomRedirectedToAdobe: doctor.Sometimes, usher.SymptomNoRightMatching: doctor.Sometimes,
			usher.SymptomLoginPageUnreachable: doctor.Sometimes},
		Judge: accountDuplicate,
	}, {
		Code: usher.CodeAccountDisabled, Layer: doctor.LayerFile, Severity: usher.SeverityError,
		Holds:    "the external account is enabled",
		Person:   "Signing in is switched off here at the moment.",
		Reads:    doctor.Config,
		Explains: doctor.Signs{usher.SymptomLoginPageUnreachable: doctor.Likely},
		Field:    "enabled",
		Judge:    accountDisabled,
	}, {
		Code: usher.CodeAccountLookalike, Layer: doctor.LayerFile, Severity: usher.SeverityWarning,
		Holds:    "no other account's internal name looks like the IMS account's",
		Reads:    doctor.Config,
		Explains: doctor.Signs{usher.SymptomNoRightMatching: doctor.Rarely, usher.SymptomRedirectedToAdobe: doctor.Rarely},
		Judge:    accountLookalike,
	}}
}

func accountMissing(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	i := doctor.IMSAccount(cfg)
	if i < 0 {
		return noIMSAccount(cfg)
	}
	a := cfg.Accounts[i]
	if a.InternalName == usher.NameMarketingCloud || a.InternalName == usher.NameExperienceCloud {
		return nil
	}
	want := usher.NameMarketingCloud
	if a.Type == usher.TypeExperienceCloud {
		want = usher.NameExperienceCloud
	}
	if near, ok := lookalike.Near(a.InternalName, []string{usher.NameMarketingCloud, usher.NameExperienceCloud}); ok {
		want = near.Want
	}
	path := cfg.AccountPath(i, "internal_name")
	r := doctor.Fail(a.InternalName, "the account of type %s is not called %s: the product looks for it by that internal name", string(a.Type), want).
		Found(a.InternalName, want).At(cfg.At(path)).
		Mend(set(cfg, path, want), "give the account the internal name %s", want)
	if near := lookalike.Difference(a.InternalName, want); lookalike.Alike(a.InternalName, want) {
		r = r.With("%s", near)
	}
	if note := translatedName(a.InternalName); note != "" {
		r = r.With(note)
	}
	return []doctor.Ruling{r}
}

// noIMSAccount is no fault where the instance signs in with another provider.
func noIMSAccount(cfg *config.Config) []doctor.Ruling {
	for i, a := range cfg.Accounts {
		if a.InternalName == usher.NameMarketingCloud || a.InternalName == usher.NameExperienceCloud {
			path := cfg.AccountPath(i, "type")
			return []doctor.Ruling{doctor.Fail(a.InternalName, "the account has the internal name of the IMS account, but is of type %s", string(a.Type)).
				Found(string(a.Type), string(usher.TypeMarketingCloud)).At(cfg.At(path)).
				Elsewhere("give the account the type %s and the keys that go with it, or another internal name", string(usher.TypeMarketingCloud))}
		}
	}
	if len(cfg.Accounts) > 0 {
		return nil
	}
	return []doctor.Ruling{doctor.Fail(usher.NameMarketingCloud, "there is no external account: nobody can sign in").
		Found(doctor.Say("no external account"), doctor.Say("one of type %s with the internal name %s", string(usher.TypeMarketingCloud), usher.NameMarketingCloud)).
		At(cfg.At("external_accounts")).
		Elsewhere("write the account into the file: usher import campaign reads it from the instance")}
}

// translatedName recognizes internal names that translated manuals have printed.
func translatedName(name string) string {
	switch name {
	case "Adobe_마케팅_클라우드":
		return "the Korean manual printed this from 2023 to 2024; the name is not translated"
	case "Adobe_營銷_雲":
		return "the traditional Chinese manual printed this in 2022; the name is not translated"
	}
	return ""
}

func accountDuplicate(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, i := range doctor.Twins(cfg) {
		a, kept := cfg.Accounts[i], cfg.Accounts[doctor.IMSAccount(cfg)]
		path := cfg.AccountPath(i, "")
		r := doctor.Fail(a.InternalName, "this is a second external account for IMS; the product takes one of the two, and nobody can say which").
			Found(describe(a), doctor.Say("one external account for IMS")).
			At(cfg.At(path+".internal_name")).
			With("kept: %s, line %d", describe(kept), cfg.At(cfg.AccountPath(doctor.IMSAccount(cfg), "internal_name")).Line).
			Mend(remove(cfg, path), "delete this account: a disabled one counts too, and the vendor's older and later name mean the same account")
		out = append(out, r)
	}
	return out
}

func describe(a usher.ExternalAccount) doctor.Phrase {
	if !a.Enabled {
		return doctor.Say("%s of type %s, disabled", a.InternalName, string(a.Type))
	}
	return doctor.Say("%s of type %s", a.InternalName, string(a.Type))
}

func accountDisabled(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	other := false
	for _, a := range cfg.Accounts {
		other = other || a.Enabled && !a.IMS()
	}
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		cause := a.CheckEnabled()
		if cause == nil || other && !a.IMS() {
			continue
		}
		r := ofCause(cause, "the external account is disabled: nobody can sign in with it").At(a.Place("enabled")).
			Mend(set(cfg, a.Path("enabled"), "true"), "enable the account").ChangesAccess()
		if other {
			r.Severity = usher.SeverityWarning
		}
		out = append(out, r)
	}
	return out
}

func accountLookalike(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, i := range doctor.Lookalikes(cfg) {
		got := cfg.Accounts[i].InternalName
		want := usher.NameMarketingCloud
		if lookalike.Alike(got, usher.NameExperienceCloud) {
			want = usher.NameExperienceCloud
		}
		path := cfg.AccountPath(i, "")
		out = append(out, doctor.Fail(got, "the internal name looks like %s and is another: whoever mends the one may be editing the other", want).
			Found(quoted(got), quoted(want)).At(cfg.At(path+".internal_name")).
			With("%s", lookalike.Difference(got, want)).
			Mend(remove(cfg, path), "delete this account, or give it a name of its own"))
	}
	return out
}
