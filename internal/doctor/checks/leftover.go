// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
)

// leftovers lists what was left in the file by a template or by a second paste.
func leftovers() []doctor.Check {
	w := usher.SeverityWarning
	page, right := usher.SymptomLoginPageUnreachable, usher.SymptomNoRightMatching
	return []doctor.Check{
		{Code: "placeholder-left", Layer: doctor.LayerFile, Severity: usher.SeverityError, Holds: "no value of the file is a manual's or a template's placeholder", Reads: doctor.Config,
			Explains: doctor.Signs{page: doctor.Sometimes}, Judge: placeholderLeft},
		{Code: "client-duplicate", Layer: doctor.LayerIdentity, Severity: w, Holds: "every client of the organization is written once", Reads: doctor.Config | doctor.Organization,
			Judge: clientDuplicate},
		{Code: "directory-group-duplicate", Layer: doctor.LayerMapping, Severity: w, Holds: "every directory group is written once", Reads: doctor.Config | doctor.Organization,
			Explains: doctor.Signs{right: doctor.Rarely}, Judge: directoryGroupDuplicate},
	}
}

// placeholderLeft looks at values of which no other check knows the form: masks,
// secrets, addresses and ids have checks of their own.
func placeholderLeft(e *doctor.Evidence) []doctor.Ruling {
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		values := []struct{ key, value string }{{"ims_client_id", a.ClientID}, {"experience_cloud_tenant", a.ExperienceCloudTenant}}
		if !a.IMS() {
			values = append(values, struct{ key, value string }{"ims_server", a.Server})
		}
		for _, v := range values {
			word := bracketed(v.value)
			if word == "" || !a.Written(v.key) || v.key == "ims_server" && strings.HasPrefix(word, "{") {
				continue // issuer-template speaks of the provider's own form
			}
			out = append(out, doctor.Fail(a.InternalName, "the value holds a placeholder: %s", quoted(word)).
				Found(quoted(v.value), doctor.Say("the value that belongs there")).At(a.Place(v.key)).
				Elsewhere("write the value that belongs there").Since(usher.CodeClientIDUnknown))
		}
	}
	return out
}

// bracketed finds what templates put where a value is meant: <client-id>,
// ${CLIENT_ID}, {{ client_id }}, %CLIENT_ID%, your-client-id, changeme.
func bracketed(value string) string {
	for _, pair := range [][2]string{{"${", "}"}, {"{{", "}}"}, {"{", "}"}, {"<", ">"}} {
		if i := strings.Index(value, pair[0]); i >= 0 {
			if n := strings.Index(value[i+len(pair[0]):], pair[1]); n > 0 {
				return value[i : i+len(pair[0])+n+len(pair[1])]
			}
		}
	}
	plain := strings.ToLower(value)
	for _, word := range []string{"changeme", "change-me", "replaceme", "replace-me", "your-client-id", "your_client_id", "yourclientid", "your-tenant", "your_tenant", "your-org", "todo", "tbd", "xxxx"} {
		if plain == word || word != "todo" && word != "tbd" && strings.HasPrefix(plain, word) {
			return value
		}
	}
	if len(plain) > 2 && plain[0] == '%' && plain[len(plain)-1] == '%' {
		return value
	}
	return ""
}

func clientDuplicate(e *doctor.Evidence) []doctor.Ruling {
	cfg, org := e.Config(), e.Organization()
	first := make(map[string]int)
	var out []doctor.Ruling
	for i, c := range org.Clients {
		if _, ok := first[c.ID]; !ok {
			first[c.ID] = i
			continue
		}
		path := item("organization.clients", i)
		out = append(out, doctor.Fail(c.ID, "the client %s is written twice; what the first says is compared with, the second is not", quoted(c.ID)).
			Found(doctor.Say("written again"), doctor.Say("one entry")).At(cfg.At(path+".id")).
			With("the first is on line %d", cfg.At(item("organization.clients", first[c.ID])+".id").Line).
			Elsewhere("delete the one that is out of date"))
	}
	return out
}

func directoryGroupDuplicate(e *doctor.Evidence) []doctor.Ruling {
	cfg, org := e.Config(), e.Organization()
	first := make(map[string]int)
	var out []doctor.Ruling
	for i, g := range org.Groups {
		if _, ok := first[g.Name]; !ok {
			first[g.Name] = i
			continue
		}
		path := item("organization.groups", i)
		out = append(out, doctor.Fail(g.Name, "the directory group %s is written twice", quoted(g.Name)).
			Found(doctor.Say("written again"), doctor.Say("one entry")).At(cfg.At(path+".name")).
			With("the first is on line %d", cfg.At(item("organization.groups", first[g.Name])+".name").Line).
			Mend(remove(cfg, path), "delete the second, its members moved to the first").ChangesAccess())
	}
	return out
}
