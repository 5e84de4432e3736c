// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"slices"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/lookalike"
)

func scope() []doctor.Check {
	return []doctor.Check{{
		Code: usher.CodeScopeNotProvisioned, Layer: doctor.LayerIdentity, Severity: usher.SeverityError,
		Holds:    "every scope of the account is provisioned for the client",
		Reads:    doctor.Config,
		May:      doctor.Organization | doctor.Authorize | doctor.Grant,
		Explains: doctor.Signs{usher.SymptomLoginPageUnreachable: doctor.Typically},
		Field:    "ims_scopes",
		Judge:    scopeNotProvisioned,
	}}
}

func scopeNotProvisioned(e *doctor.Evidence) []doctor.Ruling {
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		out = append(out, judgeScopes(e, a)...)
	}
	return out
}

func judgeScopes(e *doctor.Evidence, a doctor.Account) []doctor.Ruling {
	cfg := e.Config()
	if wrongClient(e, a) {
		c, path, ok := meantClient(a)
		if !ok || !cfg.Has(path+".scopes") {
			return []doctor.Ruling{mootClient(a)}
		}
		return notProvisioned(cfg, a, c)
	}
	answers := a.Authorize()
	if answers != nil && scopesRefused(answers) {
		return refusedScopes(cfg, a, answers)
	}
	if answers != nil && answers.Asked.Landing == doctor.LandsBack && answers.UnknownScope != nil && !answers.Asked.Same(*answers.UnknownScope) {
		return nil // it refuses scopes that nobody has, and took ours
	}
	c, path, found, _ := a.Client()
	if !found || !cfg.Has(path+".scopes") {
		if answers != nil {
			return []doctor.Ruling{doctor.Unsure(a.InternalName, doctor.Say("the provider takes a scope that nobody has the same way, so nothing follows from its answer"),
				doctor.Say("usher rehearse %s", cfg.File))}
		}
		return []doctor.Ruling{unsettled(e, a, "whether every scope is provisioned")}
	}
	return notProvisioned(cfg, a, c)
}

// notProvisioned rules on each scope of the account that the client was not given.
func notProvisioned(cfg *config.Config, a doctor.Account, c usher.Client) []doctor.Ruling {
	var out []doctor.Ruling
	for _, s := range a.Scopes.Minus(c.Scopes) {
		if t, ok := tornScope(a, s, c.Scopes); ok {
			if s == t.first {
				out = append(out, t.ruling(cfg, a))
			}
			continue
		}
		r := doctor.Fail(s, "the scope %s is not provisioned for the client %s; one such scope makes the provider refuse the whole request", quoted(s), c.ID).
			Found(s, doctor.Say("one of %s", c.Scopes.Commas())).At(placeOfScope(cfg, a, s))
		out = append(out, mendScope(cfg, a, r, s, c.Scopes))
	}
	return out
}

func isScopeError(e string) bool { return e == "invalid_scope" || e == "invalid_scopes" }

// scopesRefused says that the request was refused for its scopes: the provider
// says so, or it takes the same request with openid alone.
func scopesRefused(all *doctor.AuthorizeAnswers) bool {
	asked := all.Asked
	return isScopeError(asked.Error) || acceptedElsewise(all) && !isScopeError(all.OpenIDOnly.Error) &&
		(asked.Landing == doctor.LandsPage || asked.Landing == doctor.LandsElsewhere)
}

func refusedScopes(cfg *config.Config, a doctor.Account, answers *doctor.AuthorizeAnswers) []doctor.Ruling {
	var out []doctor.Ruling
	for _, s := range a.Scopes {
		if without, ok := answers.WithoutScope[s]; ok && !without.Same(answers.Asked) && !isScopeError(without.Error) && toldSomething(without) {
			r := doctor.Fail(s, "the provider refuses the scope %s: without it the request is accepted", quoted(s)).
				Found(landed(answers.Asked), landed(without)).At(placeOfScope(cfg, a, s))
			out = append(out, mendScope(cfg, a, r, s, nil))
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, s := range a.Scopes {
		if alone, ok := answers.OnlyScope[s]; ok && toldSomething(alone) && answers.OpenIDOnly != nil && !alone.Same(*answers.OpenIDOnly) {
			r := doctor.Fail(s, "the provider refuses the scope %s, with openid beside it and nothing else", quoted(s)).
				Found(landed(alone), landed(*answers.OpenIDOnly)).At(placeOfScope(cfg, a, s))
			out = append(out, mendScope(cfg, a, r, s, nil))
		}
	}
	if len(out) > 0 {
		return out
	}
	return []doctor.Ruling{doctor.Fail(a.InternalName, "the provider refuses the scopes; no single one is at fault").
		Found(landed(answers.Asked), doctor.Say("scopes that are provisioned for the client")).At(a.Place("ims_scopes")).
		With("asked for: %s", a.Scopes.Commas()).
		Elsewhere("compare the list with the scopes that Adobe provisioned for the client")}
}

func toldSomething(a doctor.AuthorizeAnswer) bool {
	return a.Landing != doctor.LandsThrottled && a.Landing != doctor.LandsNowhere
}

// needed are scopes without which a sign-in works and nobody gets in.
func needed(a doctor.Account, scope string) bool {
	return scope == usher.ScopeOpenID || a.IMS() && (scope == usher.ScopeProductContext || scope == "AdobeID")
}

func mendScope(cfg *config.Config, a doctor.Account, r doctor.Ruling, scope string, provisioned usher.Scopes) doctor.Ruling {
	if parts := joinedScopes(scope, provisioned); parts != nil {
		return mendJoined(cfg, a, r.With("%s does not separate scopes; a comma or a blank does", quoted(separator(scope, parts))), scope, parts)
	}
	if near, ok := lookalike.Near(scope, provisioned); ok {
		return r.With("%s", near.How).Mend(replaceScope(cfg, a, scope, near.Want), "write %s", near.Want)
	}
	if needed(a, scope) {
		return r.Elsewhere("have the scope %s provisioned for the client: without it nobody gets in", scope)
	}
	return r.Mend(removeScope(cfg, a, scope), "take the scope out of the list, or have it provisioned for the client")
}

// writtenScopes is where the scopes are written, and whether each has a place
// of its own.
func writtenScopes(cfg *config.Config, a doctor.Account) (path string, each bool) {
	path = a.Path("ims_scopes")
	return path, cfg.Has(path + "[0]")
}

func placeOfScope(cfg *config.Config, a doctor.Account, scope string) usher.Place {
	path, each := writtenScopes(cfg, a)
	if i := slices.Index(a.Scopes, scope); each && i >= 0 {
		return cfg.At(item(path, i))
	}
	return cfg.At(path)
}

func removeScope(cfg *config.Config, a doctor.Account, scope string) []usher.Edit {
	path, _ := writtenScopes(cfg, a)
	i := slices.Index(a.Scopes, scope)
	if i < 0 || len(a.Scopes) == 1 {
		return nil
	}
	return remove(cfg, item(path, i))
}

func replaceScope(cfg *config.Config, a doctor.Account, scope, want string) []usher.Edit {
	path, each := writtenScopes(cfg, a)
	i := slices.Index(a.Scopes, scope)
	if i < 0 {
		return nil
	}
	if edits := set(cfg, item(path, i), want); each && edits != nil {
		return edits
	}
	scopes := slices.Clone(a.Scopes)
	scopes[i] = want
	return set(cfg, path, scopes.Commas())
}
