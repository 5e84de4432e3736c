// SPDX-License-Identifier: Apache-2.0

package config

import (
	"time"

	"github.com/usher-signin/usher"
)

// file is what the table fills, before defaults.
type file struct {
	Instance       usher.Instance
	Accounts       []usher.ExternalAccount
	OperatorGroups []usher.OperatorGroup
	Applications   []usher.Application
	Server         Server
	Organization   *usher.Organization
	Suppress       []Suppression
}

// fileRules is the table's top level; the levels below hang from it.
func fileRules() []rule[file] {
	return []rule[file]{
		keys(Key{Name: "instance", Required: true, Meaning: "the installation that this file describes", Example: "{name: production, url: https://campaign.corp.example}"},
			instanceRules(), func(f *file) *usher.Instance { return &f.Instance }),
		keysList(Key{Name: "external_accounts", Meaning: "our registrations with identity providers, as the instance stores them", Example: "[{internal_name: Adobe_Marketing_Cloud, type: Adobe Marketing Cloud}]"},
			accountRules(), newAccount, func(f *file) *[]usher.ExternalAccount { return &f.Accounts }),
		keysList(Key{Name: "operator_groups", Meaning: "what an operator may be here, and the rights that go with it", Example: "[{name: Admin, rights: [ADMINISTRATION]}]"},
			operatorGroupRules(), blank[usher.OperatorGroup], func(f *file) *[]usher.OperatorGroup { return &f.OperatorGroups }),
		keysList(Key{Name: "applications", Meaning: "the sites that usher guards, and their rules", Example: "[{name: reports, url: https://reports.corp.example}]"},
			applicationRules(), blank[usher.Application], func(f *file) *[]usher.Application { return &f.Applications }),
		keys(Key{Name: "server", Meaning: "how usher itself runs", Example: "{listen: 127.0.0.1:4180}"},
			serverRules(), func(f *file) *Server { return &f.Server }),
		keys(Key{Name: "organization", Meaning: "the provider's side where it is known: what the Enterprise Dashboard shows, or an import", Example: "{id: 0123456789ABCDEF01234567@AdobeOrg}"},
			organizationRules(), func(f *file) *usher.Organization {
				f.Organization = new(usher.Organization)
				return f.Organization
			}),
		keysList(Key{Name: "suppress", Meaning: "findings that are known and accepted", Example: "[{code: operator-group-unreachable, subject: Auditors, reason: filled in spring}]"},
			suppressionRules(), blank[Suppression], func(f *file) *[]Suppression { return &f.Suppress }),
	}
}

func instanceRules() []rule[usher.Instance] {
	type T = usher.Instance
	return []rule[T]{
		text(Key{Name: "name", Required: true, Meaning: "how the instance is called in reports", Example: "production"},
			func(i *T) *string { return &i.Name }),
		text(Key{Name: "environment", Meaning: "what the instance is for", Example: "production", Default: string(usher.Production),
			Values: []string{string(usher.Production), string(usher.Stage), string(usher.Development)}},
			func(i *T) *usher.Environment { return &i.Environment }),
		text(Key{Name: "deployment", Meaning: "who runs the instance; a hosted one is the vendor's to mend", Example: "on-premise", Default: string(usher.OnPremise),
			Values: []string{string(usher.OnPremise), string(usher.Hybrid), string(usher.Hosted)}},
			func(i *T) *usher.Deployment { return &i.Deployment }),
		parsed(KindAddress, Key{Name: "url", Required: true, Meaning: "where operators reach the instance", Example: "https://campaign.corp.example"},
			parseAddress, func(i *T) *string { return &i.URL }),
	}
}

func operatorGroupRules() []rule[usher.OperatorGroup] {
	type T = usher.OperatorGroup
	return []rule[T]{
		text(Key{Name: "name", Required: true, Meaning: "the operator group's name, byte for byte what the association mask leaves of a directory group's name", Example: "Admin"},
			func(g *T) *string { return &g.Name }),
		list(KindList, Key{Name: "rights", Meaning: "the named rights that its operators have", Example: "[ADMINISTRATION]"},
			nil, func(g *T) *[]string { return &g.Rights }),
	}
}

func applicationRules() []rule[usher.Application] {
	type T = usher.Application
	return []rule[T]{
		text(Key{Name: "name", Required: true, Meaning: "how the application is called in logs and on pages", Example: "reports"},
			func(a *T) *string { return &a.Name }),
		parsed(KindAddress, Key{Name: "url", Required: true, Meaning: "its origin, with a path prefix if it has one", Example: "https://reports.corp.example"},
			parseAddress, func(a *T) *string { return &a.URL }),
		parsed(KindUpstream, Key{Name: "upstream", Meaning: "where usher forwards to, where usher itself is the reverse proxy: an address without a path, or unix: and the path of a socket", Example: "http://127.0.0.1:8080"},
			parseUpstream, func(a *T) *string { return &a.Upstream }),
		list(KindList, Key{Name: "allow", Meaning: "the operator groups that may enter; left out: any operator; an empty list: nobody", Example: "[Admin]"},
			nil, func(a *T) *[]string { return &a.Allow }),
		list(KindList, Key{Name: "public", Meaning: "paths that need no sign-in: exact, or prefixes that end in a slash", Example: "[/healthz, /static/]"},
			wantPath, func(a *T) *[]string { return &a.Public }),
		text(Key{Name: "preflight", Meaning: "what becomes of a browser's question whether a script of another origin may call the application (CORS preflight), which never says who asks: pass lets the application answer it, refuse does not",
			Example: usher.PreflightPass, Default: usher.PreflightRefuse, Values: usher.Preflights()},
			func(a *T) *string { return &a.Preflight }),
		flag(Key{Name: "assertion", Meaning: "whether the application is also told who is signed in by a signed token, in the header X-Usher-Assertion", Example: "true", Default: "false"},
			func(a *T) *bool { return &a.Assertion }),
		keys(Key{Name: "headers", Meaning: "the names of the headers that tell the application who is signed in", Example: "{set: remote, groups: X-Groups}"},
			headerRules(), func(a *T) *usher.HeaderNames { return &a.Headers }),
		keys(Key{Name: "upstream_tls", Meaning: "how usher speaks TLS to the upstream, where it is not as to everybody", Example: "{ca_file: app-ca.pem, cert_file: usher.pem, key_file: usher.key}"},
			upstreamTLSRules(), func(a *T) *usher.UpstreamTLS { return &a.UpstreamTLS }),
		keys(Key{Name: "upstream_timeouts", Meaning: "how long usher waits for the upstream", Example: "{connect: 10s, answer: 5m}"},
			upstreamTimeoutRules(), func(a *T) *usher.UpstreamTimeouts { return &a.UpstreamTimeouts }),
	}
}

func suppressionRules() []rule[Suppression] {
	type T = Suppression
	return []rule[T]{
		text(Key{Name: "code", Required: true, Meaning: "the check's code", Example: "operator-group-unreachable"},
			func(s *T) *usher.Code { return &s.Code }),
		text(Key{Name: "subject", Meaning: "the one subject that is meant; left out: all", Example: "Auditors"},
			func(s *T) *string { return &s.Subject }),
		text(Key{Name: "reason", Required: true, Meaning: "why the finding is accepted", Example: "the group is filled in spring"},
			func(s *T) *string { return &s.Reason }),
		parsed(KindDate, Key{Name: "until", Meaning: "the last day on which it is; left out: for good", Example: "2027-01-31"},
			parseDate, func(s *T) *time.Time { return &s.Until }),
	}
}
