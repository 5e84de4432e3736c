// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"net/url"
	"strings"
	"sync"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/lookalike"
)

func application() []doctor.Check {
	app := doctor.SymptomApplication
	return []doctor.Check{
		{Code: "application-address", Layer: doctor.LayerFile, Severity: usher.SeverityError,
			Holds: "every application has an address of its own", Reads: doctor.Config,
			Explains: doctor.Signs{app: doctor.Sometimes}, Judge: applicationAddress},
		{Code: "application-group-unknown", Layer: doctor.LayerFile, Severity: usher.SeverityError,
			Holds: "the operator groups that applications allow exist", Reads: doctor.Config, May: doctor.Organization,
			Explains: doctor.Signs{app: doctor.Likely}, Judge: applicationGroupUnknown},
		{Code: "application-allows-nobody", Layer: doctor.LayerFile, Severity: usher.SeverityWarning,
			Holds: "every application lets somebody in", Reads: doctor.Config, May: doctor.Organization,
			After:    codes(usher.CodeMaskKind, usher.CodeMaskMatchesNothing, "mask-placeholder", "mask-quoted"),
			Explains: doctor.Signs{app: doctor.Likely}, Judge: applicationAllowsNobody},
		{Code: "public-path-never", Layer: doctor.LayerFile, Severity: usher.SeverityWarning,
			Holds: "every public path can be asked for", Reads: doctor.Config,
			Explains: doctor.Signs{app: doctor.Sometimes}, Judge: publicPathNever},
		{Code: "public-path-everything", Layer: doctor.LayerFile, Severity: usher.SeverityWarning,
			Holds: "no application is public as a whole", Reads: doctor.Config, Judge: publicPathEverything},
		{Code: "upstream-is-usher", Layer: doctor.LayerFile, Severity: usher.SeverityError,
			Holds: "no upstream is usher itself", Reads: doctor.Config,
			Explains: doctor.Signs{app: doctor.Likely, doctor.SymptomLoginLoop: doctor.Sometimes}, Judge: upstreamIsUsher},
		{Code: "upstream-unreachable", Layer: doctor.LayerBrowser, Severity: usher.SeverityError,
			Holds: "every upstream answers", Reads: doctor.Config | doctor.Applications, After: codes("upstream-is-usher"),
			Explains: doctor.Signs{app: doctor.Typically}, Judge: upstreamUnreachable},
		{Code: "upstream-redirects-out", Layer: doctor.LayerBrowser, Severity: usher.SeverityWarning,
			Holds: "no upstream sends browsers to its own inner address", Reads: doctor.Config | doctor.Applications,
			Explains: doctor.Signs{app: doctor.Likely}, Judge: upstreamRedirects},
	}
}

// applicationAddress asks the rule by which the gate finds applications.
func applicationAddress(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	kept := make([]usher.Application, 0, len(cfg.Applications))
	for i, app := range cfg.Applications {
		path := item("applications", i) + ".url"
		if _, err := usher.NewApplications(append(kept, app)); err != nil {
			out = append(out, doctor.Fail(app.Name, "the application's address cannot be used: %s", doctor.Heard(err.Error())).
				Found(app.URL, doctor.Say("an address that no other application has")).At(cfg.At(path)).
				Elsewhere("give the application a host or a path prefix of its own"))
			continue
		}
		kept = append(kept, app)
	}
	return out
}

func applicationGroupUnknown(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	if len(cfg.OperatorGroups) == 0 && !cfg.Has("operator_groups") {
		return nil // the file does not speak of operator groups
	}
	names := operatorNames(cfg)
	known := nameSet(cfg)
	why := whyUnknown(cfg, mapped(e))
	var out []doctor.Ruling
	for i, app := range cfg.Applications {
		for j, allowed := range app.Allow {
			if known[allowed] {
				continue
			}
			path := item(item("applications", i)+".allow", j)
			r := doctor.Fail(app.Name, "the application allows %s, which is no operator group here", quoted(allowed)).
				Found(quoted(allowed), oneOf(names)).At(cfg.At(path)).Since(why(allowed))
			if near, ok := lookalike.Near(allowed, names); ok {
				r = r.Found(quoted(allowed), quoted(near.Want)).With("%s", near.How).
					Mend(set(cfg, path, near.Want), "write %s", quoted(near.Want)).ChangesAccess()
			} else {
				r = r.Elsewhere("write the name of an operator group, or take this one out of the list").ChangesAccess()
			}
			out = append(out, r)
		}
	}
	return out
}

// whyUnknown gives a function that names the check which explains why an
// allowed operator group does not exist here: the operator group's own name is
// at fault, or directory groups lead to the missing one too. Empty: nothing does.
func whyUnknown(cfg *config.Config, accounts []doctor.Account) func(allowed string) usher.Code {
	causes := sync.OnceValue(func() map[string]usher.Code {
		out := make(map[string]usher.Code)
		for _, a := range accounts {
			m := a.Mapping()
			by := labeled(cfg, m)
			for i := range m.Fates {
				f := &m.Fates[i]
				code := usher.CodeOperatorGroupUnknown
				if missed := missedBy(a, f); f.Near != nil && missed != "" {
					code = missed
				}
				if _, ok := by.meant[i]; ok {
					code = "label-for-name"
				}
				if f.Left != "" && f.Operator == "" {
					out[f.Left] = code
				}
			}
		}
		for _, g := range cfg.OperatorGroups {
			if holdsStrays(g.Name) {
				out[lookalike.Clean(g.Name)] = usher.CodeMaskBlanks
			}
		}
		return out
	})
	return func(allowed string) usher.Code { return causes()[allowed] }
}

// applicationAllowsNobody finds rules that can never be met: an empty list, or
// only operator groups that no directory group leads to.
func applicationAllowsNobody(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	known := nameSet(cfg)
	accounts := mapped(e)
	var out []doctor.Ruling
	for i, app := range cfg.Applications {
		path := item("applications", i) + ".allow"
		switch {
		case app.Allow != nil && len(app.Allow) == 0:
			out = append(out, doctor.Fail(app.Name, "the application's list of operator groups is empty: nobody may enter").
				Found("allow: []", doctor.Say("at least one operator group, or no list at all for any operator")).At(cfg.At(path)).
				Elsewhere("name the operator groups that may enter").ChangesAccess())
		case len(app.Allow) > 0 && len(accounts) > 0 && !anyReached(accounts, app.Allow, known):
			out = append(out, nobodyReaches(cfg, accounts, app, path))
		}
	}
	return out
}

func anyReached(accounts []doctor.Account, allow []string, known map[string]bool) bool {
	some := false
	for _, name := range allow {
		if known[name] {
			some = true
			if reachedByAny(accounts, name) {
				return true
			}
		}
	}
	return !some // all of them unknown: another check says it
}

func nobodyReaches(cfg *config.Config, accounts []doctor.Account, app usher.Application, path string) doctor.Ruling {
	r := doctor.Fail(app.Name, "no directory group leads to any operator group that the application allows: nobody may enter").
		Found(list(app.Allow), doctor.Say("an operator group that somebody can be in")).At(cfg.At(path)).
		Elsewhere("create the directory group, or allow another operator group").ChangesAccess()
	m := accounts[0].Mapping()
	for _, name := range app.Allow {
		if at, ok := m.Meant[name]; ok {
			return r.Since(missedBy(accounts[0], &m.Fates[at]))
		}
	}
	return r.Since(usher.CodeOperatorGroupUnreached)
}

func publicPathNever(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for i, app := range cfg.Applications {
		u, err := url.Parse(app.URL)
		if err != nil {
			continue
		}
		prefix := strings.TrimSuffix(u.EscapedPath(), "/")
		for j, p := range app.Public {
			path := item(item("applications", i)+".public", j)
			r := doctor.Fail(app.Name, "the public path %s is never asked for", quoted(p)).At(cfg.At(path))
			switch {
			case prefix != "" && p != prefix && !strings.HasPrefix(p, prefix+"/"):
				out = append(out, r.Found(p, doctor.Say("a path below %s/, where the application lives", prefix)).
					Mend(set(cfg, path, prefix+p), "write %s: public paths are as the address bar shows them", prefix+p).ChangesAccess())
			case strings.Contains(p, "*"):
				want := strings.TrimRight(p, "*")
				out = append(out, r.Found(p, doctor.Say("a path, or a beginning that ends in a slash; never a pattern")).
					Mend(set(cfg, path, slashed(want)), "write %s", slashed(want)).ChangesAccess())
			case !canonical(u.Host, p):
				out = append(out, r.Found(p, doctor.Say("a path as the address bar shows it, without encodings and dots")).
					Elsewhere("write the path as browsers ask for it"))
			}
		}
	}
	return out
}

func slashed(p string) string {
	if strings.HasSuffix(p, "/") {
		return p
	}
	return p + "/"
}

func canonical(host, path string) bool {
	t, err := usher.ParseTarget(host, path)
	return err == nil && t.Query == "" && !strings.Contains(path, "%")
}

func publicPathEverything(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for i, app := range cfg.Applications {
		u, err := url.Parse(app.URL)
		if err != nil {
			continue
		}
		for j, p := range app.Public {
			if p == strings.TrimSuffix(u.EscapedPath(), "/")+"/" || p == "/" {
				path := item(item("applications", i)+".public", j)
				out = append(out, doctor.Fail(app.Name, "the whole application is public: usher guards nothing there").
					Found(p, doctor.Say("the paths that need no sign-in")).At(cfg.At(path)).
					Mend(remove(cfg, path), "take this path out of the list, and name the few that are public").ChangesAccess())
			}
		}
	}
	return out
}

func upstreamIsUsher(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for i, app := range cfg.Applications {
		u, err := url.Parse(app.Upstream)
		if app.Upstream == "" || err != nil {
			continue
		}
		own := ""
		for _, candidate := range []string{app.URL, cfg.Server.PublicURL, "http://" + cfg.Server.Listen} {
			if o, err := url.Parse(candidate); err == nil && usher.SameHost(o, u) {
				own = candidate
			}
		}
		if own == "" {
			continue
		}
		out = append(out, doctor.Fail(app.Name, "the upstream is usher's own address: requests would go round in circles").
			Found(app.Upstream, doctor.Say("the application's own address")).At(cfg.At(item("applications", i)+".upstream")).
			With("usher itself is at %s", own).
			Elsewhere("write the address at which the application itself listens"))
	}
	return out
}

func applicationIndex(cfg *config.Config, name string) int {
	for i, app := range cfg.Applications {
		if app.Name == name {
			return i
		}
	}
	return -1
}

func upstreamUnreachable(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, u := range e.Upstreams() {
		if u.Fault == "" {
			continue
		}
		out = append(out, doctor.Fail(u.Application, "the upstream of %s does not answer", u.Application).
			Found(doctor.Heard(u.Fault), doctor.Say("an answer")).At(cfg.At(item("applications", applicationIndex(cfg, u.Application))+".upstream")).
			Elsewhere("start the application, or correct the address; usher reaches it from the machine that it runs on"))
	}
	return out
}

func upstreamRedirects(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, u := range e.Upstreams() {
		to, err1 := url.Parse(u.Redirect)
		inner, err2 := url.Parse(u.URL)
		i := applicationIndex(cfg, u.Application)
		if u.Redirect == "" || err1 != nil || err2 != nil || to.Host == "" || !usher.SameHost(to, inner) || i < 0 {
			continue
		}
		out = append(out, doctor.Fail(u.Application, "the application sends browsers to its inner address").
			Found(u.Redirect, doctor.Say("an address at %s", cfg.Applications[i].URL)).At(cfg.At(item("applications", i)+".url")).
			Elsewhere("tell the application its public address, or let it heed X-Forwarded-Host and X-Forwarded-Proto"))
	}
	return out
}
