// SPDX-License-Identifier: Apache-2.0

package server

import (
	"fmt"
	"log/slog"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/store"
)

// A setting is one that is read when the gateway starts and then never again.
type setting struct{ key, value string }

// opened is what the gateway was started with: a new configuration changes it
// only after a restart.
type opened struct {
	listen, database string
	settings         []setting
}

func openedWith(cfg *config.Config) opened {
	return opened{listen: cfg.Server.Listen, database: cfg.Server.DatabaseShown(), settings: fixedSettings(cfg)}
}

// fixedSettings lists what counts only after a restart, passwords left out.
func fixedSettings(cfg *config.Config) []setting {
	s := cfg.Server
	return []setting{
		{"server.listen", s.Listen},
		{"server.admin_listen", s.AdminListen},
		{"server.envoy_grpc_listen", s.EnvoyGRPCListen},
		{"server.database", cfg.Server.DatabaseShown()},
		{"server.retention", fmt.Sprintf("attempts %s, audit %s, sessions %s", s.Retention.Attempts, s.Retention.Audit, s.Retention.Sessions)},
		{"server.key_file", s.KeyFile},
		{"server.ca_file", s.CAFile},
		{"server.tls.cert_file", s.TLS.CertFile},
		{"server.tls.key_file", s.TLS.KeyFile},
	}
}

// waiting lists the settings that a restart would change.
func (s *Server) waiting(cfg *config.Config) []store.Waiting {
	var out []store.Waiting
	for i, now := range fixedSettings(cfg) {
		if before := s.opened.settings[i]; before.value != now.value {
			out = append(out, store.Waiting{Key: now.key, Runs: before.value, Written: now.value})
		}
	}
	return out
}

// warnWaiting says once for each reload what does not count yet.
func (s *Server) warnWaiting(cfg *config.Config) {
	for _, w := range s.waiting(cfg) {
		s.opts.Logger.Warn("a setting takes effect only after a restart", slog.String("setting", w.Key), slog.String("runs_with", w.Runs), slog.String("file_says", w.Written))
	}
}

// fingerprints names the secrets in force so that gateways which share the key
// file can be compared, and nobody else learns anything.
func (s *Server) fingerprints(cfg *config.Config) map[string]string {
	keys, err := s.keys.Derive("secret fingerprints", 32)
	if err != nil || len(keys) == 0 {
		return nil
	}
	return cfg.Fingerprints(keys[0].Secret)
}
