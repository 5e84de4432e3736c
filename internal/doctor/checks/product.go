// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/lookalike"
)

func product() []doctor.Check {
	return []doctor.Check{{
		Code: usher.CodeProductContextValue, Layer: doctor.LayerFile, Severity: usher.SeverityError,
		Holds:    "the product context is dma_campaign_classic where the form shows the field",
		Person:   "Your organization is known, but this site asks for another product.",
		Reads:    doctor.Config,
		Explains: doctor.Signs{usher.SymptomNoRightMatching: doctor.Likely},
		Field:    "product_context",
		Judge:    productContextValue,
	}, {
		Code: usher.CodeProductContextMismatch, Layer: doctor.LayerIdentity, Severity: usher.SeverityError,
		Holds:    "the account works with the organization's product context",
		Person:   "Your organization gave you no access to the product that this site belongs to.",
		Reads:    doctor.Config,
		Either:   doctor.Organization | doctor.Profile,
		May:      doctor.Attempt,
		After:    []usher.Code{usher.CodeProductContextValue},
		Explains: doctor.Signs{usher.SymptomNoRightMatching: doctor.Likely},
		Field:    "product_context",
		Judge:    productContextMismatch,
	}}
}

func productContextValue(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		cause := a.CheckProductContext()
		if cause == nil {
			continue
		}
		r := ofCause(cause, "the product context is %s; the only right value is %s", quoted(a.ProductContext), cause.Want).At(a.Place("product_context"))
		if note := misprintedContext(a.ProductContext); note != "" {
			r = r.With(note)
		} else if near, ok := lookalike.Near(a.ProductContext, []string{cause.Want}); ok {
			r = r.With("%s", near.How)
		}
		out = append(out, r.Mend(set(cfg, a.Path("product_context"), cause.Want), "write %s", cause.Want).ChangesAccess())
	}
	return out
}

// misprintedContext recognizes values that do not exist but are pasted, because
// a translated manual prints or printed them.
func misprintedContext(value string) string {
	switch value {
	case "dma_campagne_classic", "dma_campagne":
		return "the Dutch manual prints this; the value is not to be translated"
	case "dma_活动_classic", "dma_活动":
		return "the simplified Chinese manual printed this until 2021; the value is not to be translated"
	case "dma_campigment_classic", "dma_campigment":
		return "the traditional Chinese manual printed this in 2022; the value is not to be translated"
	case "dma_campaign_클래식":
		return "the Korean manual printed this from 2023 to 2024; the value is not to be translated"
	case "dma_campaign_classic이어야":
		return "the Korean manual printed this, with a word of its sentence glued to the value"
	case "dma_campaign":
		return "that is what a build without the field works with; where the form shows the field it is never right"
	case "dma_tartan":
		return "that is the context of the old umbrella product Adobe Marketing Cloud"
	case "":
		return "the field is shown and empty; leave the key out only where the form does not show the field"
	}
	return ""
}

func productContextMismatch(e *doctor.Evidence) []doctor.Ruling {
	if p := e.Profile(); p != nil {
		return profileRulings(e, usher.CodeProductContextMismatch, "product_context", "the provider says another product context of the person than the account works with")
	}
	cfg, org := e.Config(), e.Organization()
	if org.ProductContext == "" {
		return []doctor.Ruling{doctor.Unsure("", doctor.Say("the organization's product context is not written down"),
			doctor.Say("write organization.product_context into %s, from the "+dashboard, cfg.File))}
	}
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		if !a.IMS() || a.EffectiveProductContext() == org.ProductContext {
			continue
		}
		r := doctor.Fail(a.InternalName, "the account works with the product context %s, the organization was given %s", a.EffectiveProductContext(), org.ProductContext).
			Found(a.EffectiveProductContext(), org.ProductContext).At(a.Place("product_context"))
		out = append(out, mendContext(cfg, a, r, org.ProductContext))
	}
	return out
}

func mendContext(cfg *config.Config, a doctor.Account, r doctor.Ruling, want string) doctor.Ruling {
	switch {
	case !a.ProductContextShown && want == usher.ProductContextClassic:
		return r.With("the key is left out: a build whose form lacks the field works with %s", a.EffectiveProductContext()).
			Mend(insert(cfg, a.Path(""), "product_context: "+want), "where the form shows the field, write %s; where it does not, upgrade the build", want).ChangesAccess()
	case a.ProductContextShown && want == (usher.ExternalAccount{}).EffectiveProductContext():
		return r.Mend(remove(cfg, a.Path("product_context")), "leave the key out where the form does not show the field; where it does, ask Adobe to give the organization %s", usher.ProductContextClassic).ChangesAccess()
	default:
		return r.Elsewhere("ask Adobe to give the organization the product context %s", a.EffectiveProductContext())
	}
}
