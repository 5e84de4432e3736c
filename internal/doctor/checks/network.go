// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"slices"
	"strings"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
)

// network lists what must hold on the way to a host: name, connection, proxy.
// What holds between here and there need not hold for browsers, and the reverse.
func network() []doctor.Check {
	page, after := usher.SymptomLoginPageUnreachable, doctor.SymptomErrorAfterLogin
	route := func(code usher.Code, severity usher.Severity, holds string, w doctor.Weight, judge func(doctor.Account, doctor.Route) (doctor.Ruling, bool), before ...usher.Code) doctor.Check {
		return doctor.Check{Code: code, Layer: doctor.LayerNetwork, Severity: severity, Holds: holds, Reads: doctor.Config | doctor.Transport, After: before,
			Explains: doctor.Signs{page: w, after: w}, Judge: eachRoute(judge)}
	}
	e, w := usher.SeverityError, usher.SeverityWarning
	return []doctor.Check{
		route("name-not-found", e, "every host's name is found", doctor.Likely, nameNotFound),
		route("name-split", w, "every vantage finds the same addresses", doctor.Sometimes, nameSplit),
		route("connection-refused", e, "every host accepts connections", doctor.Likely, connectionRefused, "name-not-found"),
		route("connection-timeout", e, "every connection comes about", doctor.Likely, connectionTimeout, "name-not-found"),
		route("ipv6-broken", w, "addresses of both families work", doctor.Sometimes, ipv6Broken, "name-not-found"),
		route("proxy-authentication", e, "the egress proxy lets us through", doctor.Likely, proxyAuthentication),
		route("proxy-needless", w, "the egress proxy is used where it is needed only", doctor.Sometimes, proxyNeedless),
		{Code: "proxy-drift", Layer: doctor.LayerNetwork, Severity: w, Holds: "this command and the gateways use the same egress proxy",
			Reads: doctor.Config | doctor.Surroundings, Explains: doctor.Signs{page: doctor.Rarely, after: doctor.Sometimes}, Judge: proxyDrift},
		route("captive-page", e, "nothing on the way answers for the provider", doctor.Likely, captivePage),
	}
}

func eachRoute(judge func(doctor.Account, doctor.Route) (doctor.Ruling, bool)) func(*doctor.Evidence) []doctor.Ruling {
	return func(e *doctor.Evidence) []doctor.Ruling {
		var out []doctor.Ruling
		seen := make(map[string]bool)
		for _, a := range e.InUse() {
			for _, r := range a.Routes() {
				key := r.Purpose + " " + r.Host + ":" + r.Port
				if ruling, ok := judge(a, r); ok && !seen[key] {
					seen[key] = true
					out = append(out, ruling)
				}
			}
		}
		return out
	}
}

// onRoute makes a ruling about a host, placed where the file names it.
func onRoute(a doctor.Account, r doctor.Route, message string, args ...any) doctor.Ruling {
	field := "ims_server"
	if strings.HasPrefix(r.Purpose, "callback") {
		field = "callback_url"
	}
	ruling := doctor.Fail(r.Host, message, args...).At(a.Place(field))
	if r.Purpose == "endpoint" { // where the metadata leads astray, the host is not at fault
		return ruling.Since("discovery-endpoint-host")
	}
	return ruling
}

func nameNotFound(a doctor.Account, r doctor.Route) (doctor.Ruling, bool) {
	if r.NameError == "" || r.Proxy != "" {
		return doctor.Ruling{}, false
	}
	message := "the name %s does not exist for the resolver that was asked"
	if r.NameError != "not-found" {
		message = "the resolver could not say where %s is"
	}
	ruling := onRoute(a, r, message, r.Host)
	if r.Purpose == "callback" { // it is browsers that go there
		ruling.Severity = usher.SeverityWarning
		ruling = ruling.With("browsers are sent there after the sign-in: they have to know the name, this machine need not")
	}
	return ruling.Found(doctor.Say("%s, says %s", nameFault(r.NameError), orUnknown(r.Resolver)), doctor.Say("an address")).
		Elsewhere("correct the name, or let the machine ask a resolver that knows it: getent hosts %s", r.Host), true
}

// nameFault says why a name was not resolved.
func nameFault(fault string) doctor.Phrase {
	switch fault {
	case "not-found":
		return doctor.Say("not found")
	case "server-failure":
		return doctor.Say("its name servers fail")
	case "timeout":
		return doctor.Say("no answer in time")
	}
	return doctor.Heard(fault)
}

func orUnknown(s string) doctor.Phrase {
	if s == "" {
		return doctor.Say("the system's resolver")
	}
	return doctor.Value(s)
}

func nameSplit(a doctor.Account, r doctor.Route) (doctor.Ruling, bool) {
	if len(r.Elsewhere) == 0 || len(r.Addresses) == 0 || shares(r.Addresses, r.Elsewhere) {
		return doctor.Ruling{}, false
	}
	return onRoute(a, r, "the name %s leads to different addresses here and elsewhere", r.Host).
		Found(strings.Join(r.Addresses, ", "), strings.Join(r.Elsewhere, ", ")).
		Elsewhere("this is right where inside and outside are meant to differ; then suppress it, with that reason"), true
}

func shares(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

// dialed sorts a route's attempts: whether one came through, and the fault of the others.
func dialed(r doctor.Route) (ok bool, faults []string) {
	for _, d := range r.Dials {
		if d.Err == "" {
			ok = true
		} else if !slices.Contains(faults, d.Err) {
			faults = append(faults, d.Err)
		}
	}
	return ok, faults
}

// faultWords says why connections did not come about.
func faultWords(faults []string) doctor.Phrase {
	var said []doctor.Phrase
	for _, f := range faults {
		said = append(said, doctor.Heard(f))
	}
	return doctor.Listed(said)
}

func connectionRefused(a doctor.Account, r doctor.Route) (doctor.Ruling, bool) {
	ok, faults := dialed(r)
	if ok || !slices.Contains(faults, "refused") && !slices.Contains(faults, "reset") {
		return doctor.Ruling{}, false
	}
	return onRoute(a, r, "nothing accepts connections at %s:%s", r.Host, r.Port).Found(faultWords(faults), doctor.Say("a connection")).
		Elsewhere("see that the address and port are right, and that a firewall does not answer for the host"), true
}

func connectionTimeout(a doctor.Account, r doctor.Route) (doctor.Ruling, bool) {
	ok, faults := dialed(r)
	if ok || len(faults) == 0 || slices.Contains(faults, "refused") || slices.Contains(faults, "reset") {
		return doctor.Ruling{}, false
	}
	want := doctor.Say("a connection")
	r2 := onRoute(a, r, "connections to %s:%s never come about", r.Host, r.Port).Found(faultWords(faults), want)
	return r2.Elsewhere("let the firewall pass %s:%s from this machine, or set HTTPS_PROXY in the service's environment", r.Host, r.Port), true
}

// slowFamily is how much slower than the other family a connection may be.
const slowFamily = time.Second

func ipv6Broken(a doctor.Account, r doctor.Route) (doctor.Ruling, bool) {
	var v4, v6, v6Bad bool
	var slow time.Duration
	for _, d := range r.Dials {
		switch {
		case !d.V6 && d.Err == "":
			v4 = true
		case d.V6 && d.Err != "":
			v6Bad = true
		case d.V6:
			v6 = true
			slow = max(slow, d.Took)
		}
	}
	if !v4 || !v6Bad && slow < slowFamily || v6 && v6Bad && slow < slowFamily {
		return doctor.Ruling{}, false
	}
	return onRoute(a, r, "%s has an IPv6 address that does not work from here: every connection waits for it first", r.Host).
		Found(doctor.Say("IPv4 connects, IPv6 does not"), doctor.Say("both connect")).
		Elsewhere("mend IPv6 on this machine's network, or switch it off there"), true
}

func proxyAuthentication(a doctor.Account, r doctor.Route) (doctor.Ruling, bool) {
	if r.ProxyStatus != 407 {
		return doctor.Ruling{}, false
	}
	return onRoute(a, r, "the egress proxy %s wants credentials", r.Proxy).Found("HTTP 407", doctor.Say("a way to %s", r.Host)).
		Elsewhere("write the credentials into HTTPS_PROXY in the service's environment, or have usher's machine excepted"), true
}

func proxyNeedless(a doctor.Account, r doctor.Route) (doctor.Ruling, bool) {
	if r.Proxy == "" || r.Bypassed == nil || !*r.Bypassed || r.ProxyStatus == 200 || r.ProxyStatus == 0 {
		return doctor.Ruling{}, false
	}
	return onRoute(a, r, "%s is reached through the egress proxy, which refuses, while the direct way works", r.Host).
		Found(doctor.Say("%s from %s", status(r.ProxyStatus), r.Proxy), doctor.Say("the direct way")).
		With("NO_PROXY=%s", r.NoProxy).
		Elsewhere("add %s to NO_PROXY in the service's environment", r.Host), true
}

func proxyDrift(e *doctor.Evidence) []doctor.Ruling {
	all := e.Surroundings()
	if len(all) < 2 {
		return nil
	}
	var out []doctor.Ruling
	first := all[0]
	for _, s := range all[1:] {
		if s.HTTPSProxy == first.HTTPSProxy && s.NoProxy == first.NoProxy {
			continue
		}
		out = append(out, doctor.Fail(s.Process, "%s reaches the world in another way than %s: what one of them sees need not hold for the other", s.Process, first.Process).
			Found(proxyWords(s), proxyWords(first)).At(usher.Place{File: e.Config().File}).
			Elsewhere("give both the same HTTPS_PROXY and NO_PROXY; a service does not see what a shell's profile sets"))
	}
	return out
}

func proxyWords(s doctor.Surrounding) doctor.Phrase {
	if s.HTTPSProxy == "" {
		return doctor.Say("no proxy")
	}
	text := "HTTPS_PROXY=" + s.HTTPSProxy
	if s.NoProxy != "" {
		text += " NO_PROXY=" + s.NoProxy
	}
	return doctor.Value(text)
}

func captivePage(a doctor.Account, r doctor.Route) (doctor.Ruling, bool) {
	if r.Page == nil || !strings.Contains(r.Page.ContentType, "html") {
		return doctor.Ruling{}, false
	}
	saw := doctor.Say("%s, a page", status(r.Page.Status))
	if r.Page.Title != "" {
		saw = doctor.Say("%s “%s”", saw, r.Page.Title)
	}
	if r.Page.Server != "" {
		saw = doctor.Say("%s from %s", saw, r.Page.Server)
	}
	return onRoute(a, r, "something on the way answers for %s with a page of its own", r.Host).Found(saw, "JSON").
		Elsewhere("have %s allowed in the proxy or web filter, for usher's machine", r.Host), true
}
