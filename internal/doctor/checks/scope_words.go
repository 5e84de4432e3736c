// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"slices"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/lookalike"
)

func scopeWords() []doctor.Check {
	page, right := usher.SymptomLoginPageUnreachable, usher.SymptomNoRightMatching
	return []doctor.Check{
		{Code: "scope-missing", Layer: doctor.LayerFile, Severity: usher.SeverityError, Holds: "the account asks for the scopes that a sign-in needs", Reads: doctor.Config,
			Explains: doctor.Signs{right: doctor.Likely, doctor.SymptomErrorAfterLogin: doctor.Sometimes}, Field: "ims_scopes", Judge: scopeMissing},
		{Code: "scope-misspelled", Layer: doctor.LayerFile, Severity: usher.SeverityWarning, Holds: "no scope is a near miss of a known one", Reads: doctor.Config,
			May: doctor.Organization, Explains: doctor.Signs{page: doctor.Likely}, Field: "ims_scopes", Judge: scopeMisspelled},
		{Code: "scope-dropped", Layer: doctor.LayerIdentity, Severity: usher.SeverityWarning, Holds: "the provider grants every scope that was asked for", Reads: doctor.Config | doctor.Profile, May: doctor.Attempt,
			Explains: doctor.Signs{right: doctor.Likely, doctor.SymptomOnePersonOnly: doctor.Rarely}, Field: "ims_scopes", Judge: scopeDropped},
	}
}

// knownScopes are the scopes that the vendor's forms and pages list.
func knownScopes() []string {
	return []string{usher.ScopeOpenID, "AdobeID", "session", "avatar", "profile", "email", "address", "offline_access", usher.ScopeOrganizations, "audiencemanager_api", "dam-read",
		usher.ScopeProductContext, usher.ScopeRoles, "additional_info.job_function", "update_profile.first_name", "update_profile.last_name",
		"update_profile.phoneNumber", "update_profile.job_function"}
}

// neededScopes are those without which nobody gets in. To other providers
// than IMS usher itself adds openid.
func neededScopes(a doctor.Account) []string {
	if !a.IMS() {
		return nil
	}
	return []string{usher.ScopeOpenID, "AdobeID", usher.ScopeProductContext}
}

func scopeMissing(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		for _, want := range neededScopes(a) {
			if a.Scopes.Has(want) {
				continue
			}
			r := doctor.Fail(want, "the account does not ask for the scope %s", want).
				Found(orNone(a.Scopes.Commas()), doctor.Say("%s among them", want)).At(a.Place("ims_scopes")).With("%s", scopePurpose(want))
			if want == "AdobeID" {
				r.Severity = usher.SeverityWarning
			}
			if _, ok := tornByWhole(a, want); ok || lookalikeScope(a.Scopes, want) || joinedWith(a.Scopes, want) {
				r = r.Since("scope-misspelled")
			}
			out = append(out, r.Mend(addScope(cfg, a, want), "add %s", want))
		}
	}
	return out
}

func orNone(s string) doctor.Phrase {
	if s == "" {
		return doctor.Say("no scopes")
	}
	return doctor.Value(s)
}

func scopePurpose(scope string) doctor.Phrase {
	switch scope {
	case usher.ScopeProductContext:
		return doctor.Say("without it IMS does not say which products the person was given")
	case "AdobeID":
		return doctor.Say("without it IMS does not give the person's profile")
	default:
		return doctor.Say("without it there is no ID token")
	}
}

func lookalikeScope(have usher.Scopes, want string) bool {
	for _, s := range have {
		if _, ok := lookalike.Near(s, []string{want}); ok {
			return true
		}
	}
	return false
}

// joinedWith says that the wanted scope is there, run together with others by
// something that is no separator.
func joinedWith(have usher.Scopes, want string) bool {
	return slices.ContainsFunc(have, func(s string) bool { return slices.Contains(joinedScopes(s, nil), want) })
}

// joinedScopes takes apart what was meant as several scopes: parts that are
// known or provisioned, with anything but a comma or a blank between them. Nil:
// it is one scope.
func joinedScopes(scope string, provisioned usher.Scopes) []string {
	parts := strings.FieldsFunc(scope, func(r rune) bool { return strings.ContainsRune(";|+&/\\:, \t\u00a0，、；", r) })
	known := append(knownScopes(), provisioned...)
	unknown := func(s string) bool { return !slices.Contains(known, s) }
	if len(parts) < 2 || slices.ContainsFunc(parts, unknown) {
		return nil
	}
	return parts
}

// mendJoined puts commas between scopes that were run together; in a list each
// wants a line of its own.
func mendJoined(cfg *config.Config, a doctor.Account, r doctor.Ruling, scope string, parts []string) doctor.Ruling {
	i := slices.Index(a.Scopes, scope)
	whole := slices.Replace(slices.Clone(a.Scopes), i, i+1, parts...)
	if edits := set(cfg, a.Path("ims_scopes"), whole.Commas()); edits != nil {
		return r.Mend(edits, "put commas between them")
	}
	return r.Elsewhere("write each of them as an item of its own")
}

// separator is what stands between the first two of joined scopes.
func separator(scope string, parts []string) string {
	rest := strings.TrimPrefix(scope, parts[0])
	return rest[:max(0, strings.Index(rest, parts[1]))]
}

func addScope(cfg *config.Config, a doctor.Account, scope string) []usher.Edit {
	path, each := writtenScopes(cfg, a)
	if edits := insert(cfg, path, scope); each && edits != nil {
		return edits
	}
	if len(a.Scopes) == 0 {
		return nil
	}
	return set(cfg, path, strings.Join(append(append([]string(nil), a.Scopes...), scope), ","))
}

// scopeMisspelled leaves to another check what the organization's own list settles.
func scopeMisspelled(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		if !a.IMS() {
			continue
		}
		c, _, found, _ := a.Client()
		if !found {
			c, _, found = meantClient(a)
		}
		for _, s := range a.Scopes {
			r, ok := misspelled(cfg, a, s)
			if !ok || found && c.Scopes.Has(s) {
				continue
			}
			out = append(out, r.Since(usher.CodeScopeNotProvisioned)) // where the provider's side or its answer tells
		}
	}
	return out
}

func misspelled(cfg *config.Config, a doctor.Account, scope string) (doctor.Ruling, bool) {
	if t, ok := tornScope(a, scope, nil); ok {
		return t.ruling(cfg, a), scope == t.first
	}
	if parts := joinedScopes(scope, nil); parts != nil {
		r := doctor.Fail(scope, "several scopes are run together: %s", quoted(scope)).
			Found(quoted(separator(scope, parts)), doctor.Say("a comma or a blank between scopes")).At(placeOfScope(cfg, a, scope))
		r.Severity = usher.SeverityError // the provider knows no such scope
		return mendJoined(cfg, a, r, scope, parts), true
	}
	near, ok := lookalike.Near(scope, knownScopes())
	if !ok || a.Scopes.Has(near.Want) {
		return doctor.Ruling{}, false
	}
	return doctor.Fail(scope, "the scope %s is a near miss of %s", quoted(scope), quoted(near.Want)).
		Found(quoted(scope), quoted(near.Want)).At(placeOfScope(cfg, a, scope)).With("%s", near.How).
		Mend(replaceScope(cfg, a, scope, near.Want), "write %s", near.Want), true
}

func scopeDropped(e *doctor.Evidence) []doctor.Ruling {
	a, ok := accountOf(e)
	p := e.Profile()
	if !ok || len(p.GrantedScopes) == 0 {
		return nil
	}
	var out []doctor.Ruling
	for _, s := range a.Scopes.Minus(p.GrantedScopes) {
		r := doctor.Fail(s, "the scope %s was asked for and not granted", quoted(s)).Found(p.GrantedScopes.Commas(), a.Scopes.Commas()).At(a.Place("ims_scopes")).
			Elsewhere("have the scope provisioned for the client; until then what it carries is missing")
		if needed(a, s) {
			r.Severity = usher.SeverityError
		}
		out = append(out, r)
	}
	return out
}
