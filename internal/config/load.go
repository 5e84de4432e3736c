// SPDX-License-Identifier: Apache-2.0

package config

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"
	"time"

	"github.com/usher-signin/usher"
)

// Load reads the file at path. The error is *[Problems]: all of them at once.
func Load(path string, env Environment) (*Config, error) {
	data, err := env.readFile(path)
	if err != nil {
		return nil, &Problems{File: path, List: []Problem{{Place: usher.Place{File: path}, Saw: "a file that cannot be read: " + reason(err),
			Want: "a configuration file", Do: "correct the name, or the file's owner and mode", err: err}}}
	}
	return Parse(path, data, env)
}

// Parse reads data as the content of a file of that name; the name's folder is
// where relative paths begin. The error is *[Problems]: all of them at once.
func Parse(name string, data []byte, env Environment) (*Config, error) {
	problems := &Problems{File: name}
	if len(data) > MaxFileBytes {
		problems.add(Problem{Place: usher.Place{File: name}, Saw: "a file larger than 8 MiB", Want: "a configuration file", Do: "name another file"})
		return nil, problems
	}
	src := newSource(name, data)
	if src.checkEncoding(problems); len(problems.List) > 0 {
		return nil, problems
	}
	root := parseDocument(src, problems)
	if root == nil {
		return nil, problems
	}
	checkTree(src, root, problems)
	r := &reader{src: src, dir: dirOf(name), env: env, problems: problems, secrets: make(map[string]SecretState)}
	var f file
	mapping(r, root, Key{Keys: Keys()}, fileRules(), nil, &f)
	if len(problems.List) > 0 {
		problems.sort()
		return nil, problems
	}
	f.fillIn(r.dir)
	c := &Config{File: name, Revision: RevisionOf(data), Instance: f.Instance, Accounts: f.Accounts, OperatorGroups: f.OperatorGroups,
		Applications: f.Applications, Server: f.Server, Organization: f.Organization, Suppress: f.Suppress, src: src, root: root, secrets: r.secrets}
	c.shown = once(func() *shownText { return show(src, root) })
	return c, nil
}

// RevisionOf names the content of a file: the first twelve hexadecimal digits
// of its SHA-256.
func RevisionOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:6])
}

// fillIn gives the defaults to what was left out.
func (f *file) fillIn(dir string) {
	set(&f.Instance.Environment, usher.Production)
	set(&f.Instance.Deployment, usher.OnPremise)
	s := &f.Server
	set(&s.Listen, "127.0.0.1:4180")
	set(&s.PublicURL, f.Instance.URL)
	set(&s.Database, sqliteScheme+filepath.Join(dir, "usher.db"))
	set(&s.Session.Idle, 30*time.Minute)
	set(&s.Session.Lifetime, 10*time.Hour)
	if path, ok := strings.CutPrefix(s.Database, sqliteScheme); ok && path != ":memory:" {
		set(&s.KeyFile, strings.TrimSuffix(path, filepath.Ext(path))+".key")
	}
	for i := range f.Accounts {
		a := &f.Accounts[i]
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
