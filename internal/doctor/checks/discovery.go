// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"net/url"
	"slices"
	"sort"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/lookalike"
)

// discovery lists what must hold of an issuer and of the provider's metadata.
// IMS is not judged by what its metadata leaves out: the document names three
// scopes, no PKCE, and an issuer that its tokens write in two ways.
func discovery() []doctor.Check {
	page, after := usher.SymptomLoginPageUnreachable, doctor.SymptomErrorAfterLogin
	doc := func(code usher.Code, severity usher.Severity, holds string, judge func(doctor.Account, *doctor.Document) (doctor.Ruling, bool)) doctor.Check {
		return doctor.Check{Code: code, Layer: doctor.LayerIdentity, Severity: severity, Holds: holds, Reads: doctor.Config | doctor.Discovery,
			After: afterReached(code), Explains: doctor.Signs{page: doctor.Sometimes, after: doctor.Sometimes}, Field: "ims_server", Judge: eachDocument(judge), Blind: blindDocument}
	}
	e, w := usher.SeverityError, usher.SeverityWarning
	changed := doc("discovery-changed", w, "the gateways use the provider's metadata as it is now", discoveryChanged)
	changed.Blind = gatewaysKeepToThemselves(func(a doctor.Account) bool { d := a.Discovery(); return d != nil && d.Running != nil })
	reached := alsoReading(doctor.Files|doctor.Transport, doc("discovery-unreachable", e, "the provider's metadata is where it should be", discoveryUnreachable))
	reached.Judge = unlessHidden(reached.Judge)
	return []doctor.Check{
		{Code: "issuer-shape", Layer: doctor.LayerFile, Severity: e, Holds: "the issuer is an https address, and nothing that hangs below it", Reads: doctor.Config,
			Explains: doctor.Signs{page: doctor.Likely}, Field: "ims_server", Judge: issuerShape},
		{Code: "issuer-template", Layer: doctor.LayerFile, Severity: e, Holds: "the issuer names one directory", Reads: doctor.Config,
			Explains: doctor.Signs{page: doctor.Sometimes, after: doctor.Likely}, Field: "ims_server", Judge: issuerTemplate},
		reached,
		doc("discovery-redirect", w, "the provider's metadata is at the issuer's own address", discoveryRedirect),
		doc(usher.CodeProviderMetadata, e, "the provider's metadata can be used", discoveryInvalid),
		alsoReading(doctor.Authorize, doc(usher.CodeProviderIssuer, e, "the provider's metadata names the account's issuer", discoveryIssuer)),
		doc("discovery-endpoint-http", e, "every endpoint of the provider is https", endpointHTTP),
		doc("discovery-endpoint-host", w, "the endpoints are at the issuer's host", endpointHost),
		changed,
		doc("pkce-not-offered", e, "the provider takes PKCE with S256", pkceNotOffered),
		doc("signing-algorithm", e, "the provider signs in a way that is accepted", signingAlgorithm),
		doc("sign-out-unheard", usher.SeverityInfo, "the provider has nothing to tell of sign-outs", signOutUnheard),
		doc("token-auth-method", e, "the provider takes a client secret", tokenAuthMethod),
	}
}

func alsoReading(f doctor.Fact, c doctor.Check) doctor.Check {
	c.May |= f
	return c
}

func afterReached(code usher.Code) []usher.Code {
	after := codes("issuer-shape", "name-not-found", "connection-refused", "connection-timeout", "tls-missing", "tls-old", "certificate-expired", "certificate-hostname",
		"certificate-chain", "certificate-intercepted", "certificate-unknown-authority", "proxy-authentication", "proxy-needless", "captive-page")
	switch code {
	case "discovery-unreachable":
	case "discovery-redirect", usher.CodeProviderMetadata:
		after = append(after, "discovery-unreachable")
	default:
		after = append(after, "discovery-unreachable", usher.CodeProviderMetadata)
	}
	return after
}

func eachDocument(judge func(doctor.Account, *doctor.Document) (doctor.Ruling, bool)) func(*doctor.Evidence) []doctor.Ruling {
	return func(e *doctor.Evidence) []doctor.Ruling {
		var out []doctor.Ruling
		for _, a := range e.InUse() {
			d := a.Discovery()
			if d == nil {
				continue
			}
			if r, ok := judge(a, d); ok {
				out = append(out, r.At(a.Place("ims_server")))
			}
		}
		return out
	}
}

func issuerShape(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		if a.IMS() {
			continue
		}
		r := doctor.Fail(a.InternalName, "the issuer %s cannot be used", quoted(a.Server)).At(a.Place("ims_server"))
		u, err := url.Parse(a.Server)
		switch want, pasted := strings.CutSuffix(a.Server, "/.well-known/openid-configuration"); {
		case pasted:
			out = append(out, r.Found(a.Server, want).With("that is the address of the metadata, which hangs below the issuer").
				Mend(set(cfg, a.Path("ims_server"), want), "write %s", want))
		case lookalike.Clean(a.Server) != a.Server:
			want := lookalike.Clean(a.Server)
			out = append(out, r.Found(quoted(a.Server), quoted(want)).With("%s", lookalike.Difference(a.Server, want)).
				Mend(set(cfg, a.Path("ims_server"), want), "write %s", want))
		case endpointOf(a.Server) != "":
			want := endpointOf(a.Server)
			out = append(out, r.Found(a.Server, want).With("that is the address of one of the provider's endpoints; the issuer is what stands before it").
				Mend(set(cfg, a.Path("ims_server"), want), "write %s", want))
		case err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http":
			out = append(out, r.Found(quoted(a.Server), doctor.Say("an address such as https://login.corp.example")).
				Elsewhere("write the issuer exactly as the provider's metadata has it"))
		case u.Scheme == "http" && (!usher.Loopback(u.Hostname()) || cfg.Instance.Environment != usher.Development):
			want := "https" + strings.TrimPrefix(a.Server, "http")
			out = append(out, r.Found(a.Server, want).Mend(set(cfg, a.Path("ims_server"), want), "write %s", want))
		}
	}
	return out
}

// endpointOf takes an endpoint's path off an address, as the providers have
// them whose issuers stand before it; empty: it has none.
func endpointOf(address string) string {
	for _, path := range []string{"/protocol/openid-connect/auth", "/protocol/openid-connect/token", "/protocol/openid-connect/certs", "/protocol/openid-connect/userinfo",
		"/.well-known/oauth-authorization-server", "/v1/authorize", "/v1/token", "/oauth/authorize", "/oauth/token"} {
		if issuer, ok := strings.CutSuffix(address, path); ok {
			return issuer
		}
	}
	if tenant, ok := strings.CutSuffix(address, "/oauth2/v2.0/authorize"); ok {
		return tenant + "/v2.0"
	}
	if tenant, ok := strings.CutSuffix(address, "/oauth2/v2.0/token"); ok {
		return tenant + "/v2.0"
	}
	return ""
}

func issuerTemplate(e *doctor.Evidence) []doctor.Ruling {
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		u, err := url.Parse(a.Server)
		if a.IMS() || err != nil {
			continue
		}
		common := u.Hostname() == "login.microsoftonline.com" &&
			slices.ContainsFunc([]string{"/common", "/organizations", "/consumers"}, func(p string) bool { return strings.HasPrefix(u.Path, p) })
		if !common && !strings.ContainsAny(a.Server, "{}") {
			continue
		}
		out = append(out, doctor.Fail(a.InternalName, "the issuer stands for many directories: no token names it").
			Found(a.Server, doctor.Say("the address with the directory's own id in it")).At(a.Place("ims_server")).
			Elsewhere("write the directory's id in its place, such as https://login.microsoftonline.com/DIRECTORY-ID/v2.0"))
	}
	return out
}

func discoveryUnreachable(a doctor.Account, d *doctor.Document) (doctor.Ruling, bool) {
	if d.Status >= 200 && d.Status < 400 {
		return doctor.Ruling{}, false
	}
	if d.Status == 0 {
		return doctor.Fail(a.InternalName, "the provider does not answer at %s", d.URL).Found(orNoAnswer(d.Fault), doctor.Say("an answer")).
			Elsewhere("see whether the provider is up, and whether it answers from this machine: curl -v %s", d.URL), true
	}
	r := doctor.Fail(a.InternalName, "the provider has no metadata at %s", d.URL).Found(status(d.Status), "HTTP 200")
	if a.IMS() && d.Status == 404 {
		r.Severity = usher.SeverityWarning
		return r.With("sign-ins go on with the addresses that Adobe documents").
			Elsewhere("see that the IMS server is right; IMS has its metadata below /ims/"), true
	}
	if len(d.Variants) > 0 {
		return r.With("it is there for the issuer %s", d.Variants[0]).Elsewhere("write %s", d.Variants[0]), true
	}
	return r.Elsewhere("write the issuer exactly as the provider names it; a realm or directory id is often a part of it"), true
}

// unlessHidden leaves it open whether a provider answers that this machine does
// not trust for want of a file.
func unlessHidden(judge func(*doctor.Evidence) []doctor.Ruling) func(*doctor.Evidence) []doctor.Ruling {
	return func(e *doctor.Evidence) []doctor.Ruling {
		rulings := judge(e)
		for _, a := range e.InUse() {
			i := slices.IndexFunc(rulings, func(r doctor.Ruling) bool { return r.Subject == a.InternalName })
			if i >= 0 && a.Discovery() != nil && a.Discovery().Status == 0 && behindHiddenTrust(e, a) {
				rulings[i] = doctor.Unsure(a.InternalName, doctor.Say("not known: %s", doctor.Say("the provider's metadata")),
					doctor.Say("usher doctor %s on the gateway's machine, as the user that it runs as", e.Config().File))
			}
		}
		return rulings
	}
}

func orNoAnswer(fault string) doctor.Phrase {
	if fault == "" {
		return doctor.Say("no answer")
	}
	return doctor.Heard(fault)
}

func discoveryRedirect(a doctor.Account, d *doctor.Document) (doctor.Ruling, bool) {
	if d.Location == "" {
		return doctor.Ruling{}, false
	}
	return doctor.Fail(a.InternalName, "the provider sends on whoever asks for its metadata; usher does not follow").
		Found(doctor.Say("%s to %s", status(d.Status), d.Location), "HTTP 200").Elsewhere("write the issuer that the final address belongs to"), true
}

// blank puts a blank before what is not empty.
func blank(s string) string {
	if s == "" {
		return ""
	}
	return " " + s
}

func discoveryInvalid(a doctor.Account, d *doctor.Document) (doctor.Ruling, bool) {
	var missing []string
	for _, m := range []struct{ name, value string }{
		{"issuer", d.Issuer}, {"authorization_endpoint", d.AuthorizationEndpoint}, {"token_endpoint", d.TokenEndpoint}, {"jwks_uri", d.KeysURL}} {
		if m.value == "" {
			missing = append(missing, m.name)
		}
	}
	switch {
	case d.Location != "", d.Fault != "":
		return doctor.Ruling{}, false
	case d.Invalid != "":
		return doctor.Fail(a.InternalName, "what comes from the provider's metadata address is no metadata").
			Found(doctor.Say("%s%s", doctor.Heard(d.Invalid), blank(d.ContentType)+blank(d.Server)), "JSON").
			Elsewhere("see what answers there: a login page, a proxy or a firewall gives pages instead of JSON"), true
	case len(missing) > 0:
		return doctor.Fail(a.InternalName, "the provider's metadata lacks what a sign-in needs").Found(doctor.Say("no %s", strings.Join(missing, ", ")), doctor.Say("all of it")).
			Elsewhere("the provider has to name these; see that the issuer is the right one"), true
	}
	return doctor.Ruling{}, false
}

func discoveryIssuer(a doctor.Account, d *doctor.Document) (doctor.Ruling, bool) {
	issuers := a.Issuers()
	if r, odd := issuerOfAnswer(a, d, issuers); odd {
		return r, true
	}
	if d.Issuer == "" || slices.Contains(issuers, d.Issuer) {
		return doctor.Ruling{}, false
	}
	r := doctor.Fail(a.InternalName, "the provider's metadata names another issuer than the account").Found(d.Issuer, strings.Join(issuers, ", "))
	if own, err := url.Parse(a.Server); a.IMS() && (err != nil || !usher.Loopback(own.Hostname())) {
		return r.Elsewhere("see what answers at %s: it is not the IMS that the account names", d.URL), true
	}
	if strings.TrimSuffix(d.Issuer, "/") == strings.TrimSuffix(a.Server, "/") {
		r = r.With("they differ by the final slash only, and it counts")
	}
	return r.Elsewhere("write the issuer exactly as the provider does: %s", d.Issuer), true
}

// issuerOfAnswer judges the iss parameter of an answer at the callback (RFC
// 9207): right if it is there, and there if it was announced.
func issuerOfAnswer(a doctor.Account, d *doctor.Document, issuers []string) (doctor.Ruling, bool) {
	x := a.Authorize()
	if x == nil || x.Asked.Landing != doctor.LandsBack || x.Asked.Fragment {
		return doctor.Ruling{}, false
	}
	r := doctor.Fail(a.InternalName, "the provider's answer at the callback names another issuer than the account, and is refused for it").
		Elsewhere("see what answers at %s: the answer of one provider must not pass for another's", d.AuthorizationEndpoint)
	switch got := x.Asked.Issuer; {
	case got == "" && d.IssuerParameter:
		return r.Found(doctor.Say("no iss, though the metadata announces one"), "iss = "+strings.Join(issuers, ", ")), true
	case got != "" && !slices.Contains(issuers, got):
		return r.Found("iss = "+got, "iss = "+strings.Join(issuers, ", ")), true
	}
	return doctor.Ruling{}, false
}

func endpointsOf(d *doctor.Document) map[string]string {
	return map[string]string{"authorization_endpoint": d.AuthorizationEndpoint, "token_endpoint": d.TokenEndpoint,
		"userinfo_endpoint": d.UserinfoEndpoint, "jwks_uri": d.KeysURL}
}

func oddEndpoints(d *doctor.Document, odd func(*url.URL) bool) []string {
	var out []string
	for name, address := range endpointsOf(d) {
		if u, err := url.Parse(address); address != "" && (err != nil || odd(u)) {
			out = append(out, name+" "+address)
		}
	}
	sort.Strings(out)
	return out
}

func endpointHTTP(a doctor.Account, d *doctor.Document) (doctor.Ruling, bool) {
	plain := strings.HasPrefix(a.Server, "http://") // only a provider on this machine may be, and then its endpoints may
	list := oddEndpoints(d, func(u *url.URL) bool { return u.Scheme != "https" && (!plain || !usher.Loopback(u.Hostname())) })
	if len(list) == 0 {
		return doctor.Ruling{}, false
	}
	return doctor.Fail(a.InternalName, "the provider names endpoints that are not https: the secret would travel in the open").
		Found(strings.Join(list, ", "), "https").
		Elsewhere("tell the provider its public address; behind a proxy it may take http for its own scheme"), true
}

func endpointHost(a doctor.Account, d *doctor.Document) (doctor.Ruling, bool) {
	own, err := url.Parse(a.Server)
	if err != nil {
		return doctor.Ruling{}, false
	}
	list := oddEndpoints(d, func(u *url.URL) bool {
		if a.IMS() { // one service under two names: its endpoints are nowhere else
			return !usher.SameHost(u, own) && !slices.Contains(usher.IMSHosts(), u.Hostname())
		}
		return !usher.SameHost(u, own) && inner(u.Hostname())
	})
	if len(list) == 0 {
		return doctor.Ruling{}, false
	}
	r := doctor.Fail(a.InternalName, "the provider names endpoints at an inner address, which browsers may not reach").
		Found(strings.Join(list, ", "), doctor.Say("at %s", own.Host)).
		Elsewhere("tell the provider its public address (in Keycloak: the frontend URL)")
	if d.Issuer != "" && !slices.Contains(a.Issuers(), d.Issuer) {
		r = r.Since(usher.CodeProviderIssuer) // one wrong name for itself, written in both places
	}
	return r, true
}

// inner says that a host name means nothing outside its own network.
func inner(host string) bool {
	return !strings.Contains(host, ".") || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".internal") ||
		strings.HasSuffix(host, ".invalid") || strings.HasSuffix(host, ".lan") || strings.HasSuffix(host, ".localdomain") || strings.HasSuffix(host, ".svc") || strings.HasSuffix(host, ".cluster.local") || usher.Loopback(host)
}

func discoveryChanged(a doctor.Account, d *doctor.Document) (doctor.Ruling, bool) {
	if len(d.Running) == 0 {
		return doctor.Ruling{}, false
	}
	var parts []string
	for name, value := range d.Running {
		parts = append(parts, name+" "+value)
	}
	sort.Strings(parts)
	return doctor.Fail(a.InternalName, "the provider's metadata has changed; a running gateway still uses the old one").
		Found(strings.Join(parts, ", "), doctor.Say("the document at %s", d.URL)).
		Elsewhere("restart the gateways, if they do not fetch it again by themselves within the hour"), true
}

func pkceNotOffered(a doctor.Account, d *doctor.Document) (doctor.Ruling, bool) {
	if d.ChallengeMethods == nil || slices.Contains(d.ChallengeMethods, "S256") {
		return doctor.Ruling{}, false
	}
	return doctor.Fail(a.InternalName, "the provider announces PKCE without S256; usher never signs in without").
		Found(strings.Join(d.ChallengeMethods, ", "), "S256").Elsewhere("switch S256 on at the provider"), true
}

func signingAlgorithm(a doctor.Account, d *doctor.Document) (doctor.Ruling, bool) {
	if len(d.SigningAlgorithms) == 0 || slices.Contains(d.SigningAlgorithms, "RS256") {
		return doctor.Ruling{}, false
	}
	return doctor.Fail(a.InternalName, "the provider signs ID tokens in no way that is accepted").
		Found(strings.Join(d.SigningAlgorithms, ", "), "RS256").Elsewhere("have the client's ID tokens signed with RS256"), true
}

func tokenAuthMethod(a doctor.Account, d *doctor.Document) (doctor.Ruling, bool) {
	if a.IMS() || a.ClientSecret.Empty() || d.TokenAuthMethods == nil ||
		slices.Contains(d.TokenAuthMethods, "client_secret_basic") || slices.Contains(d.TokenAuthMethods, "client_secret_post") {
		return doctor.Ruling{}, false
	}
	return doctor.Fail(a.InternalName, "the provider takes no client secret").
		Found(strings.Join(d.TokenAuthMethods, ", "), doctor.Say("client_secret_basic or client_secret_post")).
		Elsewhere("let the provider take a secret for this client"), true
}
