// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"net/url"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/lookalike"
)

func endpoint() []doctor.Check {
	return []doctor.Check{{
		Code: usher.CodeIMSServerURL, Layer: doctor.LayerFile, Severity: usher.SeverityError,
		Holds:    "the IMS server is Adobe's production IMS, over https",
		Reads:    doctor.Config,
		Explains: doctor.Signs{usher.SymptomLoginPageUnreachable: doctor.Likely, doctor.SymptomErrorAfterLogin: doctor.Rarely},
		Field:    "ims_server",
		Judge:    imsServerURL,
	}, {
		Code: usher.CodeIMSServerDiffers, Layer: doctor.LayerFile, Severity: usher.SeverityError,
		Holds:    "all instances point to the same production IMS",
		Reads:    doctor.Config,
		May:      doctor.Siblings,
		Explains: doctor.Signs{usher.SymptomLoginPageUnreachable: doctor.Sometimes},
		Field:    "ims_server",
		Judge:    imsServerDiffers,
	}, {
		Code: "experience-cloud-server", Layer: doctor.LayerFile, Severity: usher.SeverityWarning,
		Holds: "the Experience Cloud's address is an https address",
		Reads: doctor.Config,
		Field: "experience_cloud_server",
		Judge: experienceCloudServer,
	}}
}

func experienceCloudServer(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		s := a.ExperienceCloudServer
		if u, err := url.Parse(s); s == "" || err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil {
			continue
		}
		r := doctor.Fail(a.InternalName, "the Experience Cloud's address %s is no https address", quoted(s)).
			Found(quoted(s), "https://marketing.adobe.com").At(a.Place("experience_cloud_server"))
		if host := hostOf(lookalike.Clean(s)); strings.Contains(host, ".") {
			r = r.Mend(set(cfg, a.Path("experience_cloud_server"), "https://"+host), "write %s", "https://"+host)
		}
		out = append(out, r)
	}
	return out
}

func imsServerURL(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		cause := a.CheckIMSServer(cfg.Instance.Environment)
		if cause == nil {
			continue
		}
		want := meantServer(a.Server)
		out = append(out, ofCause(cause, "%s is not the address of Adobe's production IMS", quoted(a.Server)).At(a.Place("ims_server")).
			Mend(set(cfg, a.Path("ims_server"), want), "write %s; stage instances use the production IMS too", want))
	}
	return out
}

// meantServer gives the IMS server that a wrong value was meant to be.
func meantServer(value string) string {
	hosts := usher.IMSHosts()
	host := hostOf(lookalike.Clean(value))
	for _, h := range hosts {
		if host == h || lookalike.Alike(host, h) {
			return "https://" + h
		}
	}
	if near, ok := lookalike.Near(host, hosts); ok {
		return "https://" + near.Want
	}
	if strings.HasPrefix(host, "adobeid-na1") {
		return "https://" + hosts[1]
	}
	return "https://" + hosts[0]
}

// hostOf takes the host out of what may be half an address.
func hostOf(value string) string {
	v := strings.ToLower(value)
	for range 2 { // a doubled scheme is a common slip
		for _, scheme := range []string{"https://", "http://", "https:/", "http:/", "//"} {
			v = strings.TrimPrefix(v, scheme)
		}
	}
	if i := strings.IndexAny(v, "/?#"); i >= 0 {
		v = v[:i]
	}
	if i := strings.LastIndexByte(v, '@'); i >= 0 {
		v = v[i+1:]
	}
	return usher.CanonicalHost(v)
}

func imsServerDiffers(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	reference, want := referenceServer(e.Siblings())
	if reference == nil || reference == cfg || cfg.Instance.Environment == usher.Development {
		return nil
	}
	i := doctor.IMSAccount(cfg)
	if i < 0 {
		return nil
	}
	a := cfg.Accounts[i]
	if sameServer(a.Server, want) {
		return nil
	}
	path := cfg.AccountPath(i, "ims_server")
	r := doctor.Fail(a.InternalName, "%s points to another IMS server than %s", cfg.Instance.Name, reference.Instance.Name).
		Found(a.Server, want).At(cfg.At(path)).
		With("%s has %s", reference.File, want).
		Mend(set(cfg, path, want), "write %s here too: stage and production use the same production IMS", want)
	if a.CheckIMSServer(cfg.Instance.Environment) != nil {
		r = r.Since(usher.CodeIMSServerURL)
	}
	return []doctor.Ruling{r}
}

// referenceServer picks the instance whose IMS server the others must have: a
// production instance before others, one whose server is right before others.
func referenceServer(all []*config.Config) (reference *config.Config, server string) {
	best := 0
	for _, c := range all {
		i := doctor.IMSAccount(c)
		if i < 0 || c.Instance.Environment == usher.Development {
			continue
		}
		rank := 1
		if c.Instance.Environment == usher.Production {
			rank++
		}
		if c.Accounts[i].CheckIMSServer(c.Instance.Environment) == nil {
			rank += 2
		}
		if rank > best {
			reference, server, best = c, c.Accounts[i].Server, rank
		}
	}
	return reference, server
}

func sameServer(a, b string) bool {
	u, err1 := url.Parse(strings.TrimRight(a, "/"))
	v, err2 := url.Parse(strings.TrimRight(b, "/"))
	return err1 == nil && err2 == nil && u.Scheme == v.Scheme && usher.SameHost(u, v) && u.Path == v.Path
}
