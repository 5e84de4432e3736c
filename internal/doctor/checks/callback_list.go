// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
)

// callbackList lists what must hold of the callback's path and of the
// provider's allow-list itself.
func callbackList() []doctor.Check {
	adobe := usher.SymptomRedirectedToAdobe
	both, w := doctor.Config|doctor.Organization, usher.SeverityWarning
	return []doctor.Check{
		{Code: "callback-path", Layer: doctor.LayerFile, Severity: w, Holds: "the callback URL is one that usher serves", Reads: doctor.Config,
			After: codes(usher.CodeCallbackNotHTTPS, usher.CodeCallbackWrongInstance), Explains: doctor.Signs{doctor.SymptomErrorAfterLogin: doctor.Likely}, Field: "callback_url", Judge: callbackPath},
		{Code: "callback-pattern-broken", Layer: doctor.LayerIdentity, Severity: w, Holds: "every pattern of the allow-list can match", Reads: both,
			Explains: doctor.Signs{adobe: doctor.Likely}, Judge: patternBroken},
		{Code: "callback-pattern-loose", Layer: doctor.LayerIdentity, Severity: w, Holds: "no pattern of the allow-list lets strangers in", Reads: both,
			Explains: doctor.Signs{adobe: doctor.Rarely}, Judge: patternLoose},
		{Code: "default-redirect", Layer: doctor.LayerIdentity, Severity: w, Holds: "the client's default redirect URL is one that IMS takes", Reads: both,
			Explains: doctor.Signs{adobe: doctor.Rarely}, Judge: defaultRedirect},
	}
}

// callbackPath speaks only where the file says how the gateway runs: an
// account may also belong to a product that finishes the sign-in by itself.
func callbackPath(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	if !cfg.Has("server") {
		return nil
	}
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		u, err := url.Parse(a.CallbackURL)
		if err != nil || u.Host == "" || u.EscapedPath() == usher.CallbackPath && u.RawQuery == "" {
			continue
		}
		want := *u
		want.Path, want.RawPath, want.RawQuery, want.Fragment = usher.CallbackPath, "", "", ""
		out = append(out, doctor.Fail(a.InternalName, "the callback URL is not the one that usher serves").
			Found(a.CallbackURL, want.String()).At(placeOfCallback(cfg, a)).
			Mend(mendCallback(cfg, a, want.String()), "write %s, and have it put on the client's allow-list", want.String()).
			Since(usher.CodeCallbackNotListed))
	}
	return out
}

// longestPattern is what IMS takes of patterns, longestDefault of a default redirect URL.
const (
	longestPattern = 512
	longestDefault = 256
)

// clients calls judge for every client of an account in use.
func eachClient(e *doctor.Evidence, judge func(a doctor.Account, c usher.Client, path string) []doctor.Ruling) []doctor.Ruling {
	e.Organization()
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		if c, path, found, _ := a.Client(); found {
			out = append(out, judge(a, c, path)...)
		}
	}
	return out
}

func patternBroken(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	return eachClient(e, func(a doctor.Account, c usher.Client, path string) []doctor.Ruling {
		var out []doctor.Ruling
		for i, p := range c.CallbackPatterns {
			r := doctor.Fail(c.ID, "the pattern %s on the client's allow-list can match no callback", quoted(p)).At(cfg.At(item(path+".callback_patterns", i)))
			_, err := regexp.Compile(p)
			switch {
			case err != nil:
				out = append(out, r.Found(quoted(p), doctor.Say("an expression that compiles")).Elsewhere("have it corrected at the provider"))
			case len(p) > longestPattern:
				out = append(out, r.Found(doctor.Say("%s characters", itoa(len(p))), doctor.Say("512 at most")).Elsewhere("have it shortened at the provider"))
			case singleBackslash(p) != p:
				want := singleBackslash(p)
				r = r.Found(quoted(p), quoted(want)).With("the vendor's pages show the backslash twice; once is meant").Elsewhere("have it corrected at the provider: %s", want)
				if (usher.Client{CallbackPatterns: []string{want}}).ListsCallback(a.CallbackURL) && !c.ListsCallback(a.CallbackURL) {
					r = r.Since(usher.CodeCallbackNotListed)
				}
				out = append(out, r)
			}
		}
		return out
	})
}

// patternLoose looks for a host that nobody of the organization has and that
// the pattern takes all the same.
func patternLoose(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	return eachClient(e, func(a doctor.Account, c usher.Client, path string) []doctor.Ruling {
		var out []doctor.Ruling
		u, err := url.Parse(a.CallbackURL)
		if err != nil || u.Host == "" {
			return nil
		}
		for i, p := range c.CallbackPatterns {
			only := usher.Client{CallbackPatterns: []string{p}}
			if !only.ListsCallback(a.CallbackURL) {
				continue
			}
			for _, host := range strangers(u.Host) {
				stranger := strings.Replace(a.CallbackURL, u.Host, host, 1)
				if !only.ListsCallback(stranger) {
					continue
				}
				want := regexp.QuoteMeta(a.CallbackURL)
				out = append(out, doctor.Fail(c.ID, "the pattern %s on the client's allow-list takes another host too", quoted(p)).
					Found(doctor.Say("it takes %s", stranger), doctor.Say("it takes %s only", a.CallbackURL)).At(cfg.At(item(path+".callback_patterns", i))).
					Elsewhere("have the dots escaped at the provider, and no wildcard in the host: %s", want))
				break
			}
		}
		return out
	})
}

// strangers gives hosts that an unescaped dot, a wildcard or a missing end would let in.
func strangers(host string) []string {
	return []string{strings.Replace(host, ".", "x", 1), "x" + host, "evil.example/" + host, host + ".evil.example"}
}

func defaultRedirect(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	return eachClient(e, func(a doctor.Account, c usher.Client, path string) []doctor.Ruling {
		d := c.DefaultRedirectURL
		if d == "" || !a.IMS() || strings.HasPrefix(d, "https://") && len(d) <= longestDefault && !strings.Contains(d, "*") {
			return nil
		}
		return []doctor.Ruling{doctor.Fail(c.ID, "the client's default redirect URL is none that IMS takes").
			Found(quoted(d), doctor.Say("https, no wildcard, 256 characters at most")).At(cfg.At(path + ".default_redirect_url")).
			Elsewhere("have it corrected at the provider")}
	})
}
