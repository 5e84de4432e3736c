// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/lookalike"
)

// program lists what must hold of the access tokens that programs come with.
func program() []doctor.Check {
	app := doctor.SymptomApplication
	return []doctor.Check{
		{Code: "bearer-audience-missing", Layer: doctor.LayerFile, Severity: usher.SeverityError,
			Holds: "every account that takes access tokens says for whom they must be", Reads: doctor.Config,
			Explains: doctor.Signs{app: doctor.Rarely}, Judge: bearerAudienceMissing},
		{Code: "bearer-application-unknown", Layer: doctor.LayerFile, Severity: usher.SeverityError,
			Holds: "the applications that take access tokens exist", Reads: doctor.Config,
			Explains: doctor.Signs{app: doctor.Sometimes}, Judge: bearerApplicationUnknown},
	}
}

func bearerAudienceMissing(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for i, a := range cfg.Accounts {
		if a.Bearer == nil || a.IMS() || len(a.Bearer.Audience) > 0 {
			continue
		}
		out = append(out, doctor.Fail(a.InternalName, "the account takes access tokens and does not say for whom they must be made out; the gateway does not take such a file").
			Found(doctor.Say("no audience"), doctor.Say("the audience that the provider writes into tokens for this gateway")).At(cfg.At(cfg.AccountPath(i, "bearer"))).
			Elsewhere("write bearer: {audience: [ADDRESS]}, with what the provider puts into the claim aud"))
	}
	return out
}

func bearerApplicationUnknown(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	names := make([]string, len(cfg.Applications))
	known := make(map[string]bool)
	for i, app := range cfg.Applications {
		names[i], known[app.Name] = app.Name, true
	}
	var out []doctor.Ruling
	for i, a := range cfg.Accounts {
		if a.Bearer == nil {
			continue
		}
		for j, name := range a.Bearer.Applications {
			if known[name] {
				continue
			}
			path := item(cfg.AccountPath(i, "bearer")+".applications", j)
			r := doctor.Fail(a.InternalName, "the account's access tokens are for the application %s, which does not exist", quoted(name)).
				Found(quoted(name), oneOf(names)).At(cfg.At(path))
			if near, ok := lookalike.Near(name, names); ok {
				r = r.Found(quoted(name), quoted(near.Want)).With("%s", near.How).Mend(set(cfg, path, near.Want), "write %s", quoted(near.Want)).ChangesAccess()
			} else {
				r = r.Elsewhere("write the name of an application, or take this one out of the list").ChangesAccess()
			}
			out = append(out, r)
		}
	}
	return out
}

// signOutUnheard is no fault: the provider cannot be asked whether it was told.
func signOutUnheard(a doctor.Account, d *doctor.Document) (doctor.Ruling, bool) {
	if !d.BackChannelLogout {
		return doctor.Ruling{}, false
	}
	return doctor.Fail(a.InternalName, "the provider can say when it signs a person out, once it is told where").
		Found("backchannel_logout_supported: true", doctor.Say("the client's back-channel logout address at the provider")).
		Elsewhere("register %s at the gateway's public address as the client's back-channel logout address; nothing, if that is done", usher.Prefix+"backchannel-logout"), true
}
