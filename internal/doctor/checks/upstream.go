// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"strings"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
)

// upstream lists what must hold of how applications are told who is signed in,
// and of the certificates between them and the gateway.
func upstream() []doctor.Check {
	app := doctor.SymptomApplication
	return []doctor.Check{
		{Code: "identity-header-name", Layer: doctor.LayerFile, Severity: usher.SeverityError,
			Holds: "every identity header has a name that means nothing else", Reads: doctor.Config,
			Explains: doctor.Signs{app: doctor.Sometimes}, Judge: identityHeaderName},
		{Code: "upstream-tls", Layer: doctor.LayerFile, Severity: usher.SeverityError,
			Holds: "every application can be connected to as upstream_tls says", Reads: doctor.Config,
			Explains: doctor.Signs{app: doctor.Sometimes}, Judge: upstreamTLS},
		{Code: "upstream-certificate", Layer: doctor.LayerProcess, Severity: usher.SeverityError,
			Holds: "the certificates towards upstreams fit their keys and the date", Reads: doctor.Config | doctor.Files | doctor.Today,
			After: codes("file-unreadable"), Explains: doctor.Signs{app: doctor.Sometimes}, Judge: upstreamCertificate},
	}
}

// identityHeaderName asks the rule by which the gate refuses names.
func identityHeaderName(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for i, app := range cfg.Applications {
		key, name, twice := app.Headers.Unusable()
		if key == "" {
			continue
		}
		r := doctor.Fail(app.Name, "the header %s cannot tell %s who is signed in: the gateway does not start with it", name, app.Name).
			Found(doctor.Say("%s, which means something else", name), doctor.Say("a name of its own"))
		if twice {
			r = doctor.Fail(app.Name, "the header %s would tell %s two things at once: the gateway does not start with it", name, app.Name).
				Found(doctor.Say("%s, for two fields", name), doctor.Say("a name for each field"))
		}
		out = append(out, r.At(cfg.At(item("applications", i)+".headers."+key)).Elsewhere("choose another name, and have the application read it"))
	}
	return out
}

// upstreamTLS asks the rule by which the gate refuses settings.
func upstreamTLS(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for i := range cfg.Applications {
		app, at := &cfg.Applications[i], item("applications", i)
		key := app.UnusableTLS()
		if key == "" {
			continue
		}
		r := doctor.Fail(app.Name, "no connection to %s can be made as upstream_tls says: the gateway does not start with it", app.Name)
		switch key {
		case "upstream":
			r = r.At(cfg.At(at+".upstream")).Found(app.Upstream, doctor.Say("an upstream that begins with https://")).
				Elsewhere("write https:// and the port where the application takes such connections, or take upstream_tls out")
		case "key_file":
			r = r.At(cfg.At(at+".upstream_tls.cert_file")).Found(doctor.Say("%s without a %s", "cert_file", key), doctor.Say("both, or neither")).
				Elsewhere("name beside it, as %s, the file with the other half, PEM", key)
		default:
			r = r.At(cfg.At(at+".upstream_tls.key_file")).Found(doctor.Say("%s without a %s", "key_file", key), doctor.Say("both, or neither")).
				Elsewhere("name beside it, as %s, the file with the other half, PEM", key)
		}
		out = append(out, r)
	}
	return out
}

// upstreamCertificate judges the certificate that usher shows upstreams, and
// those of the authorities that alone are trusted for one.
func upstreamCertificate(e *doctor.Evidence) []doctor.Ruling {
	cfg, now := e.Config(), e.Now()
	var out []doctor.Ruling
	for _, f := range e.Files() {
		path, key, ok := strings.Cut(f.Key, ".upstream_tls.")
		if !ok || !strings.HasPrefix(path, "applications[") || f.Fault != "" || f.Unsure != "" {
			continue
		}
		r := doctor.Fail(f.Name, "the certificate that usher shows an upstream cannot be used").At(cfg.At(f.Key))
		late := doctor.Say("the certificate that usher shows an upstream expires on %s", expiry(f.Certificates))
		if key == "ca_file" {
			r = doctor.Fail(f.Name, "no authority is trusted for an upstream").At(cfg.At(f.Key))
			late = doctor.Say("the authority that is trusted for an upstream expires on %s", expiry(f.Certificates))
		}
		switch {
		case key == "key_file" && f.KeyFits != nil && !*f.KeyFits:
			out = append(out, r.Found(doctor.Say("the key of another certificate"), doctor.Say("the key of upstream_tls.cert_file")).
				Elsewhere("put certificate and key of one and the same request there"))
		case key == "key_file":
		case len(f.Certificates) == 0:
			out = append(out, r.Found(noCertificate(f), doctor.Say("certificates, PEM")).Elsewhere("write it in PEM form: openssl x509 -inform der -in FILE -out FILE.pem"))
		default:
			if bad, ok := judgeValidity(r, late, certificatesThatCount(f.Certificates, key), now); ok {
				out = append(out, bad)
			}
		}
	}
	return out
}

func noCertificate(f doctor.FileState) doctor.Phrase {
	if f.Encoding != "" {
		return doctor.Say("%s, %s", doctor.Say("no certificate"), doctor.Heard(f.Encoding))
	}
	return doctor.Say("no certificate")
}

// certificatesThatCount are the first of a chain, and all of a list of authorities.
func certificatesThatCount(all []doctor.Certificate, key string) []doctor.Certificate {
	if key == "cert_file" {
		return all[:1]
	}
	return all
}

// expiry is when the last of them expires.
func expiry(all []doctor.Certificate) string {
	var last time.Time
	for _, c := range all {
		if c.NotAfter.After(last) {
			last = c.NotAfter
		}
	}
	return day(last)
}

// judgeValidity wants one of the certificates valid now and for a while: an
// authority's successor may stand beside it.
func judgeValidity(r doctor.Ruling, late doctor.Phrase, all []doctor.Certificate, now time.Time) (doctor.Ruling, bool) {
	soonOver := false
	for _, c := range all {
		if now.After(c.NotAfter) || now.Before(c.NotBefore) {
			continue
		}
		if c.NotAfter.Sub(now) >= soon {
			return doctor.Ruling{}, false
		}
		soonOver = true
	}
	valid := doctor.Say("valid from %s to %s", day(all[0].NotBefore), day(all[0].NotAfter))
	if !soonOver {
		return r.Found(valid, doctor.Say("a certificate that is valid now")).Elsewhere("renew it"), true
	}
	r.Severity, r.Message = usher.SeverityWarning, late
	return r.Found(valid, doctor.Say("three weeks left at least")).Elsewhere("renew it"), true
}
