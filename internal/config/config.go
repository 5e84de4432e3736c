// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/usher-signin/usher"
	"go.yaml.in/yaml/v3"
)

// A Config is one instance as its file describes it, defaults filled in. It is
// not changed after loading and may be shared.
type Config struct {
	File     string      // as it was named to Load or Parse
	Revision string      // first twelve hexadecimal digits of the SHA-256 of the file's bytes
	Mode     fs.FileMode // of the file; zero: not known

	Instance       usher.Instance
	Accounts       []usher.ExternalAccount
	OperatorGroups []usher.OperatorGroup
	Applications   []usher.Application
	Server         Server
	Organization   *usher.Organization // nil: not known
	Suppress       []Suppression

	src     *source
	root    *yaml.Node
	secrets map[string]SecretState
	held    map[string]usher.Secret // the secrets themselves, by path
	guarded map[int]bool            // unpacked: lines of the file that hold a secret
	reads   digests                 // of the files that secrets were read from
	shown   func() *shownText       // the text with secrets replaced, made once
}

// Server is how usher itself runs. Paths are resolved against the file's folder.
type Server struct {
	Listen      string
	AdminListen string // metrics and health; empty: none
	// EnvoyGRPCListen is where Envoy's ext_authz asks over gRPC; empty: nowhere.
	EnvoyGRPCListen string
	PublicURL       string
	TrustedProxies  []string // addresses and networks
	Database        string   // sqlite:PATH, or a postgres:// address, which may hold a password: see [Server.DatabaseShown]
	Session         Session
	TLS             TLS
	CAFile          string // further authorities to trust, PEM; empty: the system's only
	KeyFile         string // master key; empty: none is set and there is no SQLite file to put it beside
	Contact         string // whom a refused person may ask
	Retention       Retention
}

// Retention is how long records are kept.
type Retention struct {
	Attempts time.Duration // sign-ins and refusals, for explanations
	Audit    time.Duration // what was done, and the revisions of the file
	Sessions time.Duration // sessions after their end
}

// Session is how long a session lasts, and how old what the provider said of its
// person may become where it gave a refresh token.
type Session struct {
	Idle, Lifetime time.Duration
	Refresh        time.Duration // the provider is asked again after this time
	Stale          time.Duration // for how long after that it may fail to answer; zero: until the session's own end
}

// TLS is the gateway's own certificate; empty: it speaks plain http.
type TLS struct{ CertFile, KeyFile string }

// A Suppression accepts findings of one check.
type Suppression struct {
	Code    usher.Code
	Subject string // empty: every subject
	Reason  string
	Until   time.Time // the last day, at 00:00 UTC; zero: for good
}

// Ended says whether the suppression is over at now.
func (s Suppression) Ended(now time.Time) bool {
	return !s.Until.IsZero() && !now.Before(s.Until.AddDate(0, 0, 1))
}

// DatabaseShown is the database's address without its password.
func (s Server) DatabaseShown() string { return hidePassword(s.Database) }

// Format hides the database's password from every verb.
func (s Server) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "{listen %s, public URL %s, database %s}", s.Listen, s.PublicURL, s.DatabaseShown())
}

// MarshalText hides the database's password from JSON and from logs.
func (s Server) MarshalText() ([]byte, error) { return fmt.Append(nil, s), nil }

// String names the file and its revision; nothing of the content is printed by accident.
func (c *Config) String() string { return c.File + " at revision " + c.Revision }

// Format prints as String does, whatever the verb.
func (c *Config) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(c.String())) }

// MarshalText gives no more than String does to JSON and to logs.
func (c *Config) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// AccountPath is the path of a key of account i, named as an IMS account has
// it; an account of type OpenID Connect has some of them under another name.
func (c *Config) AccountPath(i int, key string) string {
	path := fmt.Sprintf("external_accounts[%d]", i)
	if key == "" {
		return path
	}
	if i >= 0 && i < len(c.Accounts) && c.Accounts[i].Type == usher.TypeOpenIDConnect {
		for _, r := range accountRules() {
			if r.Name == key && r.Family == FamilyIMS && r.Twin != "" {
				return path + "." + r.Twin
			}
		}
	}
	return path + "." + key
}

// Lines counts the file's lines.
func (c *Config) Lines() int { return c.src.lines() }

func sorted(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
