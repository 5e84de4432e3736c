// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/lookalike"
)

func organization() []doctor.Check {
	return []doctor.Check{{
		Code: "organization-id-shape", Layer: doctor.LayerFile, Severity: usher.SeverityError,
		Holds:    "the organization id has the form of one",
		Reads:    doctor.Config,
		May:      doctor.Organization,
		Explains: doctor.Signs{usher.SymptomNoRightMatching: doctor.Sometimes},
		Field:    "ims_organization_id",
		Judge:    organizationIDShape,
	}, {
		Code: usher.CodeOrganizationMismatch, Layer: doctor.LayerIdentity, Severity: usher.SeverityError,
		Holds:    "the account has the organization's id",
		Person:   "You signed in, but with an account of another organization.",
		Reads:    doctor.Config,
		Either:   doctor.Organization | doctor.Profile,
		May:      doctor.Attempt,
		After:    []usher.Code{"organization-id-shape"},
		Explains: doctor.Signs{usher.SymptomNoRightMatching: doctor.Sometimes, doctor.SymptomOnePersonOnly: doctor.Likely},
		Field:    "ims_organization_id",
		Judge:    organizationMismatch,
	}}
}

const orgSuffix = "@AdobeOrg"

// organizationIDShape knows an id by its 24 letters and digits; the suffix may
// be missing, as IMS itself leaves it out in some answers. Development
// instances may have an organization of their own making.
func organizationIDShape(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		if !a.IMS() {
			continue
		}
		id := a.OrganizationID
		r := doctor.Fail(a.InternalName, "%s is not an organization id", quoted(id)).
			Found(quoted(id), doctor.Say("24 letters and digits and %s", orgSuffix)).At(a.Place("ims_organization_id"))
		if id == "" {
			out = append(out, doctor.Fail(a.InternalName, "the organization id is empty: nobody belongs to that organization").
				Found(doctor.Say("nothing"), doctor.Say("24 letters and digits and %s", orgSuffix)).At(a.Place("ims_organization_id")).
				Elsewhere("copy the organization id from the "+dashboard))
			continue
		}
		if hexID(strings.TrimSuffix(id, orgSuffix)) || cfg.Instance.Environment == usher.Development && lookalike.Clean(id) == id {
			continue
		}
		if want := meantOrganization(id); want != "" {
			out = append(out, r.Mend(set(cfg, a.Path("ims_organization_id"), want), "write %s", want))
			continue
		}
		if org := a.Organization(); org != nil && org.ID != "" {
			continue // the organization's own id settles it
		}
		if wordOnly(strings.TrimSuffix(id, orgSuffix)) {
			r.Severity = usher.SeverityInfo // unusual, and nobody but the provider knows
		}
		if n := len(strings.TrimSuffix(id, orgSuffix)); hexOnly(strings.TrimSuffix(id, orgSuffix)) && n > 20 && n < 28 {
			r.Severity = usher.SeverityWarning // a character too many or too few
			r = r.With("it has %d letters and digits", n)
		}
		out = append(out, r.Elsewhere("copy the organization id from the "+dashboard))
	}
	return out
}

func wordOnly(s string) bool {
	return s != "" && strings.Trim(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == ""
}

func hexID(s string) bool { return len(s) == 24 && hexOnly(s) }

func hexOnly(s string) bool { return strings.Trim(s, "0123456789ABCDEFabcdef") == "" }

// meantOrganization repairs blanks, the case of the suffix, and letters that
// were read for digits.
func meantOrganization(id string) string {
	s := strings.ReplaceAll(lookalike.Clean(id), " ", "")
	head, tail, found := strings.Cut(s, "@")
	if len(head) == 24 {
		head = strings.NewReplacer("O", "0", "o", "0", "I", "1", "l", "1").Replace(head)
	}
	if !hexID(head) || found && !strings.EqualFold(tail, orgSuffix[1:]) {
		return ""
	}
	return head + orgSuffix
}

func organizationMismatch(e *doctor.Evidence) []doctor.Ruling {
	if e.Profile() != nil {
		return profileRulings(e, usher.CodeOrganizationMismatch, "ims_organization_id", "the person belongs to other organizations than the account's")
	}
	cfg, org := e.Config(), e.Organization()
	if org.ID == "" {
		return []doctor.Ruling{doctor.Unsure("", doctor.Say("the organization's id is not written down"),
			doctor.Say("write organization.id into %s, from the "+dashboard, cfg.File))}
	}
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		if !a.IMS() || usher.SameOrganization(a.OrganizationID, org.ID) {
			continue
		}
		r := doctor.Fail(a.InternalName, "the account names another organization than the one that was provisioned").
			Found(quoted(a.OrganizationID), quoted(org.ID)).At(a.Place("ims_organization_id"))
		if diff := lookalike.Difference(a.OrganizationID, org.ID); lookalike.Alike(a.OrganizationID, org.ID) {
			r = r.With("%s", diff)
		}
		out = append(out, r.Mend(set(cfg, a.Path("ims_organization_id"), org.ID), "write %s", org.ID).ChangesAccess())
	}
	return out
}
