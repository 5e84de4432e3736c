// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"net/url"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/lookalike"
)

func tenant() []doctor.Check {
	return []doctor.Check{{
		Code: "experience-cloud-tenant", Layer: doctor.LayerFile, Severity: usher.SeverityWarning,
		Holds: "the Experience Cloud tenant is a name",
		Reads: doctor.Config,
		Field: "experience_cloud_tenant",
		Judge: experienceCloudTenant,
	}}
}

// experienceCloudTenant finds an address, an organization id or stray blanks
// where the tenant's bare name belongs.
func experienceCloudTenant(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		got := a.ExperienceCloudTenant
		want := meantTenant(got)
		if want == got {
			continue
		}
		r := doctor.Fail(a.InternalName, "the Experience Cloud tenant %s is no tenant's name", quoted(got)).At(a.Place("experience_cloud_tenant"))
		if want == "" {
			out = append(out, r.Found(quoted(got), doctor.Say("the tenant's name alone, as it stands in Experience Cloud addresses")).
				Elsewhere("copy the name from the address of the Experience Cloud: what stands after @ or before experiencecloud.adobe.com"))
			continue
		}
		out = append(out, r.Found(quoted(got), quoted(want)).Mend(set(cfg, a.Path("experience_cloud_tenant"), want), "write %s", want))
	}
	return out
}

// meantTenant is the tenant that a value names; the value itself where it is
// one, empty where it cannot be told.
func meantTenant(value string) string {
	text := lookalike.Clean(value)
	if strings.HasSuffix(text, orgSuffix) {
		return ""
	}
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		if at := strings.Index(u.Path+u.Fragment, "@"); at >= 0 { // https://experience.adobe.com/#/@corp/home
			name, _, _ := strings.Cut((u.Path + u.Fragment)[at+1:], "/")
			return name
		}
		text = u.Hostname()
	}
	host, _, _ := strings.Cut(text, "/")
	for _, suffix := range []string{".experiencecloud.adobe.com", ".marketing.adobe.com"} {
		if name, ok := strings.CutSuffix(strings.ToLower(host), suffix); ok {
			return name
		}
	}
	text = strings.TrimPrefix(text, "@")
	if strings.ContainsAny(text, "/@.") {
		return ""
	}
	return text
}
