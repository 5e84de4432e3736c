// SPDX-License-Identifier: Apache-2.0

package config

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/usher-signin/usher"
)

// Scrub replaces the secrets of the configuration in a text that was written
// elsewhere, as they are and as they are written in addresses, and the
// passwords of any address in it. Secrets of fewer than six bytes are common
// words, and stay.
func (c *Config) Scrub(text string) string {
	for _, s := range c.spellings() {
		text = strings.ReplaceAll(text, s, "[secret]")
	}
	return string(hideInAddresses([]byte(text)))
}

// Leaks reports whether a secret of the configuration stands in data, as it is
// or in one of the ways in which it is written elsewhere.
func (c *Config) Leaks(data []byte) bool {
	for _, s := range c.spellings() {
		if bytes.Contains(data, []byte(s)) {
			return true
		}
	}
	return false
}

// spellings lists the secrets as they are written in texts, addresses, JSON and
// headers. One that is also a client's id, or stands in the file as something
// else, says nothing by itself.
func (c *Config) spellings() []string {
	var out []string
	add := func(secret string) {
		if len(secret) < minKnownSecret || strings.Contains(string(c.shown().data), secret) {
			return
		}
		quoted, err := json.Marshal(secret)
		if err != nil {
			quoted = []byte(`""`)
		}
		for _, s := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret), strings.Trim(string(quoted), `"`),
			base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret))} {
			if len(s) >= minKnownSecret {
				out = append(out, s)
			}
		}
	}
	for path, s := range c.held {
		if path == "server.database" {
			add(passwordOf(s.Reveal()))
			continue
		}
		add(s.Reveal())
		add(strings.TrimFunc(s.Reveal(), invisible))
	}
	for _, a := range c.Accounts {
		add(basic(a))
	}
	add(passwordOf(c.Server.Database))
	return out
}

// basic is how a client proves itself in a header (RFC 6749 section 2.3.1).
func basic(a usher.ExternalAccount) string {
	if a.ClientSecret.Empty() {
		return ""
	}
	return base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(a.ClientID) + ":" + url.QueryEscape(a.ClientSecret.Reveal())))
}

func passwordOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return ""
	}
	password, _ := u.User.Password()
	return password
}

// ScrubNamed hides, line by line, what follows a name that speaks of a secret.
func ScrubNamed(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = string(hideByName([]byte(line)))
	}
	return strings.Join(lines, "\n")
}
