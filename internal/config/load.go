// SPDX-License-Identifier: Apache-2.0

package config

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/usher-signin/usher"
	"go.yaml.in/yaml/v3"
)

// Load reads the file at path. The error is *[Problems]: all of them at once.
func Load(path string, env Environment) (*Config, error) {
	data, err := env.readFile(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	c, err := Parse(path, data, env)
	if err != nil {
		return nil, err
	}
	c.Mode = env.mode(path)
	return c, nil
}

func unreadable(path string, err error) *Problems {
	return &Problems{File: path, List: []Problem{{Place: usher.Place{File: path}, Saw: "a file that cannot be read: " + reason(err),
		Want: "a configuration file", Do: "correct the name, or the file's owner and mode", err: err}}}
}

// Parse reads data as the content of a file of that name; the name's folder is
// where relative paths begin. The error is *[Problems]: all of them at once.
func Parse(name string, data []byte, env Environment) (*Config, error) {
	c, _, problems := parse(name, data, env)
	if problems != nil {
		return nil, problems
	}
	return c, nil
}

// parse also tells which files it read for secrets, and what was in them,
// whether the file loads or not.
func parse(name string, data []byte, env Environment) (*Config, digests, *Problems) {
	problems := &Problems{File: name}
	if len(data) > MaxFileBytes {
		problems.add(Problem{Place: usher.Place{File: name}, Saw: "a file larger than 8 MiB", Want: "a configuration file", Do: "name another file"})
		return nil, nil, problems
	}
	src := newSource(name, data)
	if src.checkEncoding(problems); len(problems.List) > 0 {
		return nil, nil, problems
	}
	root := parseDocument(src, problems)
	if root == nil {
		return nil, nil, problems
	}
	if root.Kind != yaml.MappingNode {
		problems.add(Problem{Place: src.place(root.Line, root.Column), Saw: describe(root) + " for the file", Want: "the keys instance and external_accounts at least", Do: "see the manual for what a configuration file holds"})
		return nil, nil, problems
	}
	checkTree(src, root, problems)
	r := &reader{src: src, dir: filepath.Dir(name), env: env, problems: problems, secrets: make(map[string]SecretState), held: make(map[string]usher.Secret), reads: make(digests)}
	var f file
	rules := fileRules()
	mapping(r, root, Key{Keys: keysOf(rules)}, rules, nil, &f)
	if len(problems.List) > 0 {
		problems.sort()
		return nil, r.reads, problems
	}
	c := &Config{File: name, Revision: RevisionOf(data), Instance: f.Instance, Accounts: f.Accounts, OperatorGroups: f.OperatorGroups,
		Applications: f.Applications, Server: f.Server, Organization: f.Organization, Suppress: f.Suppress,
		src: src, root: root, secrets: r.secrets, held: r.held, reads: r.reads, shown: sync.OnceValue(func() *shownText { return show(src, root) })}
	c.fillIn(r.dir)
	return c, r.reads, nil
}

// RevisionOf names the content of a file: the first twelve hexadecimal digits
// of its SHA-256.
func RevisionOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:6])
}

// fillIn gives the defaults to what was left out.
func (c *Config) fillIn(dir string) {
	set(&c.Instance.Environment, usher.Production)
	set(&c.Instance.Deployment, usher.OnPremise)
	s := &c.Server
	set(&s.Listen, "127.0.0.1:4180")
	set(&s.PublicURL, c.Instance.URL)
	if !c.Has("server.database") { // a written address that is secret and not to be had stays unknown
		s.Database = sqliteScheme + filepath.Join(dir, "usher.db")
	}
	set(&s.Session.Idle, 30*time.Minute)
	set(&s.Session.Refresh, 15*time.Minute)
	set(&s.Session.Lifetime, 10*time.Hour)
	set(&s.Retention.Attempts, 90*24*time.Hour)
	set(&s.Retention.Audit, 400*24*time.Hour)
	set(&s.Retention.Sessions, time.Hour)
	if path, ok := strings.CutPrefix(s.Database, sqliteScheme); ok && path != ":memory:" {
		set(&s.KeyFile, strings.TrimSuffix(path, filepath.Ext(path))+".key")
	}
	for i := range c.Accounts {
		a := &c.Accounts[i]
		set(&a.CallbackURL, strings.TrimSuffix(s.PublicURL, "/")+usher.CallbackPath)
		if a.Type == usher.TypeOpenIDConnect {
			set(&a.GroupsClaim, "groups")
		}
	}
}

func set[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
