// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"net/url"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
)

// compare lists what must hold between instances that are given together.
func compare() []doctor.Check {
	both := doctor.Config | doctor.Siblings
	return []doctor.Check{
		{Code: "instances-name", Layer: doctor.LayerFile, Severity: usher.SeverityWarning, Holds: "every instance has a name of its own", Reads: both, Judge: instancesName},
		{Code: "instances-url", Layer: doctor.LayerFile, Severity: usher.SeverityError, Holds: "every instance has an address of its own", Reads: both,
			Explains: doctor.Signs{usher.SymptomRedirectedToAdobe: doctor.Sometimes}, Judge: instancesURL},
		{Code: "instances-database", Layer: doctor.LayerFile, Severity: usher.SeverityError, Holds: "no two instances share a database", Reads: both,
			Explains: doctor.Signs{doctor.SymptomErrorAfterLogin: doctor.Rarely}, Judge: instancesDatabase},
		{Code: "instances-organization", Layer: doctor.LayerFile, Severity: usher.SeverityWarning, Holds: "stage and production belong to one organization", Reads: both,
			Explains: doctor.Signs{usher.SymptomNoRightMatching: doctor.Rarely}, Judge: instancesOrganization},
	}
}

// earlier lists the instances given before this one: of two that clash, the
// later one is the finding.
func earlier(e *doctor.Evidence) []*config.Config {
	cfg := e.Config()
	for i, c := range e.Siblings() {
		if c == cfg {
			return e.Siblings()[:i]
		}
	}
	return nil
}

func instancesName(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	for _, other := range earlier(e) {
		if other.Instance.Name == cfg.Instance.Name {
			return []doctor.Ruling{doctor.Fail(cfg.Instance.Name, "another instance has the same name: reports cannot tell them apart").
				Found(quoted(cfg.Instance.Name), doctor.Say("a name of its own")).At(cfg.At("instance.name")).With("%s has it too", other.File).
				Elsewhere("give one of the two another name")}
		}
	}
	return nil
}

func instancesURL(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	own, err := url.Parse(cfg.Instance.URL)
	if err != nil {
		return nil
	}
	for _, other := range earlier(e) {
		if u, err := url.Parse(other.Instance.URL); err == nil && usher.SameHost(u, own) && strings.Trim(u.Path, "/") == strings.Trim(own.Path, "/") {
			return []doctor.Ruling{doctor.Fail(cfg.Instance.Name, "the instance has the address of %s", other.Instance.Name).
				Found(cfg.Instance.URL, doctor.Say("an address of its own")).At(cfg.At("instance.url")).With("%s has it too", other.File).
				Elsewhere("write the address at which operators reach this instance")}
		}
	}
	return nil
}

func instancesDatabase(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	if !cfg.Has("server.database") {
		return nil
	}
	for _, other := range earlier(e) {
		if other.Has("server.database") && other.Server.Database == cfg.Server.Database && other.Server.Database != "sqlite::memory:" {
			return []doctor.Ruling{doctor.Fail(cfg.Instance.Name, "the instance keeps its sign-ins in the database of %s", other.Instance.Name).
				Found(cfg.Server.DatabaseShown(), doctor.Say("a database of its own")).At(cfg.At("server.database")).With("%s has it too", other.File).
				Elsewhere("give each instance a database of its own")}
		}
	}
	return nil
}

func instancesOrganization(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	i := doctor.IMSAccount(cfg)
	if i < 0 || cfg.Instance.Environment == usher.Development {
		return nil
	}
	id := cfg.Accounts[i].OrganizationID
	for _, other := range earlier(e) {
		j := doctor.IMSAccount(other)
		if j < 0 || other.Instance.Environment == usher.Development || id == "" || other.Accounts[j].OrganizationID == "" ||
			usher.SameOrganization(id, other.Accounts[j].OrganizationID) {
			continue
		}
		r := doctor.Fail(cfg.Instance.Name, "%s and %s belong to different organizations", cfg.Instance.Name, other.Instance.Name).
			Found(id, other.Accounts[j].OrganizationID).At(cfg.At(cfg.AccountPath(i, "ims_organization_id"))).
			Elsewhere("correct the one that is wrong; where they are meant to differ, suppress this with that reason")
		if !hexID(strings.TrimSuffix(id, orgSuffix)) {
			r = r.Since("organization-id-shape")
		} else if org := cfg.Organization; org != nil && org.ID != "" && !usher.SameOrganization(org.ID, id) {
			r = r.Since(usher.CodeOrganizationMismatch)
		}
		return []doctor.Ruling{r}
	}
	return nil
}
