// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"strings"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
)

// certificate lists what must hold of the TLS handshake with a host.
func certificate() []doctor.Check {
	page, after := usher.SymptomLoginPageUnreachable, doctor.SymptomErrorAfterLogin
	shake := func(code usher.Code, holds string, judge func(doctor.Account, doctor.Route, doctor.Handshake) (doctor.Ruling, bool)) doctor.Check {
		return doctor.Check{Code: code, Layer: doctor.LayerNetwork, Severity: usher.SeverityError, Holds: holds, Reads: doctor.Config | doctor.Transport,
			After: codes("name-not-found", "connection-refused", "connection-timeout"), Explains: doctor.Signs{page: doctor.Sometimes, after: doctor.Likely},
			Judge: eachRoute(func(a doctor.Account, r doctor.Route) (doctor.Ruling, bool) {
				if r.Handshake == nil {
					return doctor.Ruling{}, false
				}
				return judge(a, r, *r.Handshake)
			})}
	}
	return []doctor.Check{
		shake("tls-missing", "every host speaks TLS", tlsMissing),
		shake("tls-old", "every host speaks TLS 1.2 or later", tlsOld),
		shake("certificate-expired", "no certificate has expired", certificateExpired),
		{Code: "certificate-expires-soon", Layer: doctor.LayerNetwork, Severity: usher.SeverityWarning, Holds: "no certificate expires within three weeks",
			Reads: doctor.Config | doctor.Transport | doctor.Today, After: codes("name-not-found", "connection-refused", "connection-timeout"), Judge: expiresSoon},
		shake("certificate-hostname", "every certificate is for the name that was asked for", certificateHostname),
		shake("certificate-chain", "every certificate comes with its chain", certificateChain),
		unlessTrusted(shake("certificate-intercepted", "nobody opens the connection on the way", certificateIntercepted)),
		unlessTrusted(shake("certificate-unknown-authority", "every certificate's authority is known here", certificateUnknown)),
	}
}

func fault(h doctor.Handshake) doctor.Phrase {
	if h.Detail != "" {
		return doctor.Heard(h.Detail)
	}
	return doctor.Heard(h.Fault)
}

func tlsMissing(a doctor.Account, r doctor.Route, h doctor.Handshake) (doctor.Ruling, bool) {
	if h.Fault != "not-tls" {
		return doctor.Ruling{}, false
	}
	return onRoute(a, r, "what answers at %s:%s does not speak TLS", r.Host, r.Port).Found(fault(h), doctor.Say("a TLS handshake")).
		Elsewhere("see that the port is the one for https, and that no proxy answers in plain HTTP"), true
}

func tlsOld(a doctor.Account, r doctor.Route, h doctor.Handshake) (doctor.Ruling, bool) {
	if h.Fault != "too-old" {
		return doctor.Ruling{}, false
	}
	return onRoute(a, r, "%s speaks no TLS that is still safe", r.Host).Found(fault(h), doctor.Say("TLS 1.2 or 1.3")).
		Elsewhere("upgrade what answers there, or the box in between"), true
}

func certificateExpired(a doctor.Account, r doctor.Route, h doctor.Handshake) (doctor.Ruling, bool) {
	if h.Fault != "expired" && h.Fault != "not-yet-valid" {
		return doctor.Ruling{}, false
	}
	return onRoute(a, r, "the certificate of %s is not valid at this time", r.Host).
		Found(doctor.Say("valid from %s to %s", day(h.NotBefore), day(h.NotAfter)), doctor.Say("a certificate that is valid now")).
		Elsewhere("renew it, whoever runs %s; or set this machine's clock right", r.Host), true
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// soon is how long before its end a certificate is to be renewed.
const soon = 21 * 24 * time.Hour

func expiresSoon(e *doctor.Evidence) []doctor.Ruling {
	now := e.Now()
	return eachRoute(func(a doctor.Account, r doctor.Route) (doctor.Ruling, bool) {
		h := r.Handshake
		if h == nil || h.Fault != "" || h.NotAfter.IsZero() || h.NotAfter.Sub(now) > soon {
			return doctor.Ruling{}, false
		}
		return onRoute(a, r, "the certificate of %s expires on %s", r.Host, day(h.NotAfter)).
			Found(doctor.Say("valid to %s", day(h.NotAfter)), doctor.Say("three weeks left at least")).
			Elsewhere("renew it, whoever runs %s", r.Host), true
	})(e)
}

func certificateHostname(a doctor.Account, r doctor.Route, h doctor.Handshake) (doctor.Ruling, bool) {
	if h.Fault != "hostname" {
		return doctor.Ruling{}, false
	}
	return onRoute(a, r, "the certificate at %s is for other names", r.Host).Found(strings.Join(h.Names, ", "), r.Host).
		Elsewhere("use a name that the certificate has, or have the certificate made for %s", r.Host), true
}

func certificateChain(a doctor.Account, r doctor.Route, h doctor.Handshake) (doctor.Ruling, bool) {
	if h.Fault != "unknown-authority" || !h.Incomplete {
		return doctor.Ruling{}, false
	}
	return onRoute(a, r, "%s sends its certificate without the one between it and the authority; browsers often get by, servers do not", r.Host).
		Found(doctor.Say("issued by %s, which was not sent", h.Issuer), doctor.Say("the whole chain")).
		Elsewhere("let the server send the full chain: a file that holds the certificate and then the intermediate"), true
}

func certificateIntercepted(a doctor.Account, r doctor.Route, h doctor.Handshake) (doctor.Ruling, bool) {
	if h.Fault != "unknown-authority" || h.Incomplete || h.Intercepts == "" {
		return doctor.Ruling{}, false
	}
	return onRoute(a, r, "a box on the way (%s) opens the connection to %s and shows a certificate of its own", h.Intercepts, r.Host).
		Found(doctor.Say("issued by %s", h.Issuer), doctor.Say("the provider's own certificate")).
		Elsewhere("have %s excepted from inspection, or trust the box: server.ca_file with its root certificate", r.Host), true
}

func certificateUnknown(a doctor.Account, r doctor.Route, h doctor.Handshake) (doctor.Ruling, bool) {
	if h.Fault != "unknown-authority" || h.Incomplete || h.Intercepts != "" {
		return doctor.Ruling{}, false
	}
	return onRoute(a, r, "the authority that issued the certificate of %s is not known on this machine", r.Host).
		Found(doctor.Say("issued by %s", h.Issuer), doctor.Say("an authority of the system, or of server.ca_file")).
		Elsewhere("write the authority's certificate (PEM) into a file and name it in server.ca_file"), true
}
