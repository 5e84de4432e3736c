// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"slices"

	"github.com/usher-signin/usher/internal/doctor"
)

// unlessTrusted makes a check of who issued a certificate heed that the
// authority may be in a file which is not to be had here: whom the gateway
// trusts is then not known, and nothing is wrong that anybody saw.
func unlessTrusted(c doctor.Check) doctor.Check {
	judge := c.Judge
	c.May |= doctor.Files
	c.Judge = func(e *doctor.Evidence) []doctor.Ruling {
		f, hidden := hiddenAuthorities(e)
		rulings := judge(e)
		if !hidden {
			return rulings
		}
		for i, r := range rulings {
			rulings[i] = doctor.Unsure(r.Subject, doctor.Say("whether %s is trusted is not known: server.ca_file %s cannot be seen here (%s)", r.Subject, f.Name, doctor.Heard(f.Unsure)),
				doctor.Say("usher doctor %s on the gateway's machine, as the user that it runs as", e.Config().File))
		}
		return rulings
	}
	return c
}

// hiddenAuthorities gives the file of further authorities where it is named
// and cannot be seen.
func hiddenAuthorities(e *doctor.Evidence) (doctor.FileState, bool) {
	files := e.Files()
	i := slices.IndexFunc(files, func(f doctor.FileState) bool { return f.Key == "server.ca_file" && f.Unsure != "" })
	if i < 0 {
		return doctor.FileState{}, false
	}
	return files[i], true
}

// behindHiddenTrust says that an account's provider shows a certificate of an
// authority that only a file unseen here may know: that it was not asked any
// further from here says nothing of it.
func behindHiddenTrust(e *doctor.Evidence, a doctor.Account) bool {
	if _, hidden := hiddenAuthorities(e); !hidden {
		return false
	}
	return slices.ContainsFunc(a.Routes(), func(r doctor.Route) bool {
		return r.Handshake != nil && r.Handshake.Fault == "unknown-authority" && !r.Handshake.Incomplete
	})
}
