// SPDX-License-Identifier: Apache-2.0

package config

import (
	"time"
)

func serverRules() []rule[Server] {
	type T = Server
	return []rule[T]{
		parsed(KindListen, Key{Name: "listen", Meaning: "the address that the gateway listens on", Example: "127.0.0.1:4180", Default: "127.0.0.1:4180"},
			parseListen, func(s *T) *string { return &s.Listen }),
		parsed(KindListen, Key{Name: "admin_listen", Meaning: "an address of its own for metrics and health; left out: none", Example: "127.0.0.1:4181"},
			parseListen, func(s *T) *string { return &s.AdminListen }),
		parsed(KindListen, Key{Name: "envoy_grpc_listen", Meaning: "an address of its own where Envoy asks over gRPC; left out: none, Envoy asks over HTTP", Example: "127.0.0.1:4182"},
			parseListen, func(s *T) *string { return &s.EnvoyGRPCListen }),
		parsed(KindAddress, Key{Name: "public_url", Meaning: "where browsers reach the gateway", Example: "https://campaign.corp.example", Default: "instance.url"},
			parseAddress, func(s *T) *string { return &s.PublicURL }),
		list(KindNetworks, Key{Name: "trusted_proxies", Meaning: "the proxies whose forwarding headers are believed", Example: "[127.0.0.1]"},
			wantNetwork, func(s *T) *[]string { return &s.TrustedProxies }),
		database(Key{Name: "database", Meaning: "where sessions, attempts and the audit are kept", Example: "sqlite:usher.db", Default: "sqlite:usher.db"}),
		keys(Key{Name: "session", Meaning: "how long a session lasts", Example: "{idle: 30m, lifetime: 10h}"},
			sessionRules(), func(s *T) *Session { return &s.Session }),
		keys(Key{Name: "tls", Meaning: "certificate and key with which the gateway itself speaks TLS", Example: "{cert_file: tls.crt, key_file: tls.key}"},
			tlsRules(), func(s *T) *TLS { return &s.TLS }),
		parsed(KindPath, Key{Name: "ca_file", Meaning: "certificates of further authorities to trust towards providers and upstreams, PEM", Example: "corp-ca.pem"},
			parsePath, func(s *T) *string { return &s.CAFile }),
		parsed(KindPath, Key{Name: "key_file", Meaning: "the master key that seals what the database keeps", Example: "usher.key", Default: "beside the SQLite database, with the extension .key"},
			parsePath, func(s *T) *string { return &s.KeyFile }),
		text(Key{Name: "contact", Meaning: "whom a refused person may ask", Example: "helpdesk@corp.example"},
			func(s *T) *string { return &s.Contact }),
		keys(Key{Name: "retention", Meaning: "how long records are kept", Example: "{attempts: 30d, audit: 800d}"},
			retentionRules(), func(s *T) *Retention { return &s.Retention }),
	}
}

func sessionRules() []rule[Session] {
	type T = Session
	return []rule[T]{
		parsed(KindDuration, Key{Name: "idle", Meaning: "after how long without a request a session ends", Example: "30m", Default: "30m"},
			parseDuration, func(s *T) *time.Duration { return &s.Idle }),
		parsed(KindDuration, Key{Name: "lifetime", Meaning: "after how long a session ends in any case", Example: "10h", Default: "10h"},
			parseDuration, func(s *T) *time.Duration { return &s.Lifetime }),
		parsed(KindDuration, Key{Name: "refresh", Meaning: "after how long the provider is asked again what it says of the person, where it gave a refresh token", Example: "15m", Default: "15m"},
			parseDuration, func(s *T) *time.Duration { return &s.Refresh }),
		parsed(KindDuration, Key{Name: "stale", Meaning: "for how long after that a provider may fail to answer before the session waits for it; left out: until the session's own end", Example: "2h"},
			parseDuration, func(s *T) *time.Duration { return &s.Stale }),
	}
}

func retentionRules() []rule[Retention] {
	type T = Retention
	return []rule[T]{
		parsed(KindDays, Key{Name: "attempts", Meaning: "how long a sign-in and its steps can be looked up", Example: "30d", Default: "90d"},
			parseDays, func(r *T) *time.Duration { return &r.Attempts }),
		parsed(KindDays, Key{Name: "audit", Meaning: "how long the record of what was done, and the revisions of this file, are kept", Example: "800d", Default: "400d"},
			parseDays, func(r *T) *time.Duration { return &r.Audit }),
		parsed(KindDays, Key{Name: "sessions", Meaning: "how long the rows of sessions stay after their end", Example: "24h", Default: "1h"},
			parseDays, func(r *T) *time.Duration { return &r.Sessions }),
	}
}

func tlsRules() []rule[TLS] {
	type T = TLS
	return []rule[T]{
		parsed(KindPath, Key{Name: "cert_file", Required: true, Meaning: "the certificate and its chain, PEM", Example: "tls.crt"},
			parsePath, func(t *T) *string { return &t.CertFile }),
		parsed(KindPath, Key{Name: "key_file", Required: true, Meaning: "the certificate's private key, PEM", Example: "tls.key"},
			parsePath, func(t *T) *string { return &t.KeyFile }),
	}
}
