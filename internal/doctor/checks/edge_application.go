// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"slices"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
)

// asked lists the applications on which a front server asked for a verdict.
func asked(d *doctor.Echo) []doctor.Approach {
	var out []doctor.Approach
	for _, a := range d.Applications {
		if a.Asked {
			out = append(out, a)
		}
	}
	return out
}

// asksElsewhere says that what reached usher's own pages may tell of more than
// these: another server guards an application, and what that server says when
// it asks for verdicts was not seen.
func asksElsewhere(cfg *config.Config, d *doctor.Echo) bool {
	for _, app := range cfg.Applications {
		seen := slices.ContainsFunc(d.Applications, func(a doctor.Approach) bool { return a.Application == app.Name && (a.Asked || a.Marker) })
		if app.Upstream == "" && !seen {
			return true
		}
	}
	return false
}

// atApplication makes a ruling about an application's address.
func atApplication(cfg *config.Config, a doctor.Approach, message string, args ...any) doctor.Ruling {
	return doctor.Fail(a.Application, message, args...).At(cfg.At(item("applications", applicationIndex(cfg, a.Application)) + ".url"))
}

// notTried rules that what was not tried is not known; nothing where it was.
func notTried(d *doctor.Echo, what string, e *doctor.Evidence) []doctor.Ruling {
	if !slices.Contains(d.Untried, what) {
		return nil
	}
	return []doctor.Ruling{doctor.Unsure("", doctor.Say("not known: the request that would have shown it was not answered"), doctor.Say("usher doctor %s, once more", e.Config().File))}
}

// applicationUnguarded finds applications that answer whoever asks, although
// the file says that usher guards them.
func applicationUnguarded(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, a := range e.FrontDoor().Applications {
		if a.Status < 200 || a.Status > 299 || a.Marker {
			continue
		}
		want := doctor.Say("HTTP 401, or a redirect to %s", cfg.Server.PublicURL)
		r := atApplication(cfg, a, "the application answers at %s without a sign-in", a.URL).Found(doctor.Say("%s for nobody", status(a.Status)), want)
		if a.Asked {
			r = r.With("the front server asked usher, and did not heed the answer")
		} else {
			r = r.With("nobody asked usher first")
		}
		out = append(out, r.Elsewhere("let the front server ask usher before every request to the application: usher front nginx %s prints how; and let nothing reach it another way", cfg.File))
	}
	return out
}
