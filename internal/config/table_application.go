// SPDX-License-Identifier: Apache-2.0

package config

import (
	"net/url"
	"strings"
	"time"

	"github.com/usher-signin/usher"
)

// headerRules are the keys of applications[].headers.
func headerRules() []rule[usher.HeaderNames] {
	type T = usher.HeaderNames
	named := func(name, meaning, example string, field func(*T) *string) rule[T] {
		return parsed(KindText, Key{Name: name, Meaning: "the header that holds " + meaning, Example: example, Default: "as the set has it"}, parseHeaderName, field)
	}
	return []rule[T]{
		text(Key{Name: "set", Meaning: "the named set: forwarded is X-Forwarded-User, -Email, -Groups and -Preferred-Username; auth-request is X-Auth-Request-User and so on; remote is Remote-User, -Email, -Groups and -Name",
			Example: usher.HeadersRemote, Default: usher.HeadersForwarded, Values: usher.HeaderSets()},
			func(h *T) *string { return &h.Set }),
		named("subject", "the provider's name for the person, which never changes", "X-User-Id", func(h *T) *string { return &h.Subject }),
		named("email", "the email address, where the provider vouches for it", "X-User-Email", func(h *T) *string { return &h.Email }),
		named("name", "the person's name", "X-User-Name", func(h *T) *string { return &h.Name }),
		named("groups", "the operator groups, joined by commas", "X-User-Groups", func(h *T) *string { return &h.Groups }),
		named("rights", "the named rights, joined by commas; no set has it", "X-User-Rights", func(h *T) *string { return &h.Rights }),
		named("account", "the external account's internal name; no set has it", "X-User-Account", func(h *T) *string { return &h.Account }),
		named("provider", "the provider's address; no set has it", "X-User-Provider", func(h *T) *string { return &h.Provider }),
	}
}

// parseHeaderName takes names that no reader can take for another one.
func parseHeaderName(_ *reader, v string) (string, string) {
	for _, c := range []byte(v) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return "", "a header's name of letters, digits and hyphens"
		}
	}
	if len(v) > 64 {
		return "", "a header's name of at most 64 characters"
	}
	return v, ""
}

func upstreamTLSRules() []rule[usher.UpstreamTLS] {
	type T = usher.UpstreamTLS
	return []rule[T]{
		parsed(KindPath, Key{Name: "ca_file", Meaning: "certificates of the authorities that alone are trusted for this upstream, PEM", Example: "app-ca.pem", Default: "the system's, and server.ca_file"},
			parsePath, func(t *T) *string { return &t.CAFile }),
		parsed(KindPath, Key{Name: "cert_file", Meaning: "the certificate that usher shows to the upstream, and its chain, PEM", Example: "usher.pem"},
			parsePath, func(t *T) *string { return &t.CertFile }),
		parsed(KindPath, Key{Name: "key_file", Meaning: "that certificate's private key, PEM", Example: "usher.key"},
			parsePath, func(t *T) *string { return &t.KeyFile }),
		text(Key{Name: "server_name", Meaning: "the name that the upstream's certificate must have", Example: "app.internal", Default: "the host of upstream"},
			func(t *T) *string { return &t.ServerName }),
	}
}

func upstreamTimeoutRules() []rule[usher.UpstreamTimeouts] {
	type T = usher.UpstreamTimeouts
	return []rule[T]{
		parsed(KindDuration, Key{Name: "connect", Meaning: "for the connection, and again for its TLS", Example: "10s", Default: "10s"},
			parseDuration, func(t *T) *time.Duration { return &t.Connect }),
		parsed(KindDuration, Key{Name: "answer", Meaning: "for the beginning of an answer, once the request was sent", Example: "5m", Default: "5m"},
			parseDuration, func(t *T) *time.Duration { return &t.Answer }),
	}
}

// parseUpstream takes addresses, and unix sockets.
func parseUpstream(r *reader, v string) (string, string) {
	if path, socket := strings.CutPrefix(v, "unix:"); socket {
		if !strings.HasPrefix(path, "/") {
			return "", "unix: and the absolute path of a socket, such as unix:/run/app.sock"
		}
		return v, ""
	}
	if u, err := url.Parse(v); err == nil && u.Path != "" && u.Path != "/" {
		return "", KindUpstream.want()
	}
	if _, want := parseAddress(r, v); want != "" {
		return "", KindUpstream.want()
	}
	return v, ""
}
