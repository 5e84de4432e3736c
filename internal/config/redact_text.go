// SPDX-License-Identifier: Apache-2.0

package config

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"
)

var (
	// A key whose name speaks of a secret, with its colon or equals sign, and the rest of the line.
	namedSecret = regexp.MustCompile(`(?i)((?:secr|passw|passp|pwd)[a-z_-]*["']?[ \t]*[:=][ \t]*)([^\r\n]*)`)
	// What may stand after such a key: a reference to a file or variable.
	reference = regexp.MustCompile(`^\{?[ \t]*(?:file|env)[ \t]*:[^,}]*\}?[ \t]*(?:#.*)?$`)
	// An address with user and password.
	userinfo = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://[^\s/:@"']*:)([^\s/@"']+)@`)
	// A password as a parameter of an address or of a connection string.
	parameter = regexp.MustCompile(`(?i)((?:ssl)?password=)([^&\s"']+)`)
)

// hideByName hides what follows a name that speaks of a secret.
func hideByName(line []byte) []byte {
	if !speaksOfSecrets(line) {
		return line
	}
	return namedSecret.ReplaceAllFunc(line, func(found []byte) []byte {
		parts := namedSecret.FindSubmatch(found)
		if len(bytes.TrimSpace(parts[2])) == 0 || reference.Match(parts[2]) {
			return found
		}
		return append(bytes.Clone(parts[1]), hidden...)
	})
}

// speaksOfSecrets spares long texts the expression.
func speaksOfSecrets(line []byte) bool {
	lower := bytes.ToLower(line)
	for _, w := range []string{"secr", "passw", "passp", "pwd"} {
		if bytes.Contains(lower, []byte(w)) {
			return true
		}
	}
	return false
}

func hideInAddresses(line []byte) []byte {
	if !bytes.Contains(line, []byte("://")) || bytes.IndexByte(line, '@') < 0 && !bytes.Contains(bytes.ToLower(line), []byte("password=")) {
		return line
	}
	line = userinfo.ReplaceAll(line, []byte("${1}"+hiddenPassword+"@"))
	return parameter.ReplaceAll(line, []byte("${1}"+hiddenPassword))
}

// hidePassword hides the password in one address. In what does not read as an
// address with a user, a password with characters that should have been
// escaped may reach to the last @.
func hidePassword(address string) string {
	scheme, rest, found := strings.Cut(address, "://")
	if !found {
		return parameter.ReplaceAllString(address, "${1}"+hiddenPassword)
	}
	at := strings.LastIndexByte(rest, '@')
	if u, err := url.Parse(address); err == nil && u.User != nil {
		at = strings.LastIndexByte(rest[:len(rest)-len(afterAuthority(rest))], '@')
	}
	if colon := strings.IndexByte(rest, ':'); colon >= 0 && colon < at {
		rest = rest[:colon+1] + hiddenPassword + rest[at:]
	}
	return scheme + "://" + parameter.ReplaceAllString(rest, "${1}"+hiddenPassword)
}

// afterAuthority gives path, query and fragment.
func afterAuthority(rest string) string {
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		return rest[i:]
	}
	return ""
}
