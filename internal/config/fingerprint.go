// SPDX-License-Identifier: Apache-2.0

package config

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Fingerprints gives each secret of the configuration, by its path, a short
// name that says nothing of it to whoever lacks the key: two gateways that
// share the key see whether they hold the same secrets, and nobody else sees
// anything. What cannot be read has none. Those of the organization are no
// secrets that a gateway uses, and the database's address is compared as such.
func (c *Config) Fingerprints(key []byte) map[string]string {
	out := make(map[string]string)
	for path, s := range c.held {
		if s.Empty() || path == "server.database" || strings.HasPrefix(path, "organization.") {
			continue
		}
		name := c.named(path)
		mac := hmac.New(sha256.New, key)
		_, _ = mac.Write([]byte(name + "\x00" + s.Reveal())) // a hash takes everything
		out[name] = hex.EncodeToString(mac.Sum(nil)[:8])
	}
	return out
}

// named spells a path as [Differences] does: accounts by their names.
func (c *Config) named(path string) string {
	for i, a := range c.Accounts {
		if rest, ok := strings.CutPrefix(path, c.AccountPath(i, "")+"."); ok {
			return "external_accounts[" + a.InternalName + "]." + rest
		}
	}
	return path
}
