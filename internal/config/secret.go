// SPDX-License-Identifier: Apache-2.0

package config

import (
	"bytes"
	"io/fs"
	"strings"
	"unicode"

	"github.com/usher-signin/usher"
	"go.yaml.in/yaml/v3"
)

// A SecretSource says where a secret stands.
type SecretSource string

// The sources of a secret.
const (
	SecretAbsent SecretSource = "absent" // the key is not written
	SecretPlain  SecretSource = "plain"  // in the configuration file itself
	SecretFile   SecretSource = "file"
	SecretEnv    SecretSource = "env"
)

// A SecretState is what may be said of a secret without giving it away.
type SecretState struct {
	Source SecretSource
	Place  usher.Place // where the configuration file speaks of it
	Name   string      // path of the file, or name of the environment variable

	Missing bool   // it is not to be had here
	Error   string // why; one phrase

	Bytes           int         // its length, as it is used
	TrailingNewline bool        // the file ended in one line end, which does not count
	Blanks          bool        // blanks, line ends or invisible characters around it, which do count
	BOM             bool        // it begins with a byte order mark
	Placeholder     bool        // a word that manuals put in a secret's place
	Mode            fs.FileMode // of the file; zero: not known
}

func secretKeys() []Key {
	return []Key{
		{Name: "file", Kind: KindPath, Meaning: "the file that holds it; one line end after it does not count", Example: "/run/secrets/ims"},
		{Name: "env", Kind: KindText, Meaning: "the environment variable that holds it", Example: "USHER_CLIENT_SECRET"},
	}
}

func secret[T any](k Key, field func(*T) *usher.Secret) rule[T] {
	k.Kind, k.Keys = KindSecret, secretKeys()
	return rule[T]{k, func(r *reader, n *yaml.Node, at *trail, into *T) {
		if v, ok := r.secret(n, k, at); ok {
			*field(into) = v
		}
	}}
}

func secrets[T any](k Key, field func(*T) *[]usher.Secret) rule[T] {
	k.Kind, k.Keys = KindSecrets, secretKeys()
	return rule[T]{k, func(r *reader, n *yaml.Node, at *trail, into *T) {
		if !r.sequence(n, k) {
			return
		}
		out := make([]usher.Secret, 0, len(n.Content))
		for i, c := range n.Content {
			if v, ok := r.secret(c, k, &trail{parent: at, index: i}); ok && !v.Empty() {
				out = append(out, v)
			}
		}
		*field(into) = out
	}}
}

// secret reads a secret and keeps what may be said of it under its path.
func (r *reader) secret(n *yaml.Node, k Key, at *trail) (usher.Secret, bool) {
	path := at.String()
	if packed, ok := r.env.packed[path]; ok {
		r.secrets[path], r.held[path] = packed.SecretState, usher.NewSecret(packed.StandsFor)
		return r.held[path], true
	}
	held, ok := r.secretAt(n, k, path)
	r.held[path] = held
	return held, ok
}

func (r *reader) secretAt(n *yaml.Node, k Key, path string) (usher.Secret, bool) {
	place := r.src.place(n.Line, n.Column)
	if n.Kind != yaml.MappingNode {
		v, ok := r.text(n, k)
		if !ok {
			return usher.Secret{}, false
		}
		state := SecretState{Source: SecretPlain, Place: place}
		state.examine(v)
		r.secrets[path] = state
		return usher.NewSecret(v), true
	}
	name, value, ok := r.either(n, k)
	if !ok {
		return usher.Secret{}, false
	}
	v, ok := r.text(value, Key{Name: name, Kind: KindText, Example: k.Keys[0].Example})
	if !ok {
		return usher.Secret{}, false
	}
	var state SecretState
	var held string
	if name == "file" {
		held, state = r.secretFile(v)
	} else {
		if !variableName(v) {
			r.refuse(value, "something for env that is no variable's name", "letters, digits and _, not beginning with a digit", "write the name of the variable, not what it holds")
			return usher.Secret{}, false
		}
		held, state = r.secretEnv(v)
	}
	state.Place = place
	state.examine(held)
	r.secrets[path] = state
	if state.Missing && !r.env.LenientSecrets {
		r.refuse(value, "the secret's "+string(state.Source)+" "+quote(state.Name)+", but "+state.Error, "a "+string(state.Source)+" that holds the secret", "create it, or correct the name")
		return usher.Secret{}, false
	}
	return usher.NewSecret(held), true
}

func (r *reader) secretFile(name string) (string, SecretState) {
	path, _ := parsePath(r, name)
	state := SecretState{Source: SecretFile, Name: path}
	data, err := r.env.readFile(path)
	r.reads[path] = digestOf(data, err)
	switch {
	case err != nil:
		state.Missing, state.Error = true, reason(err)
		return "", state
	case len(data) > maxSecretBytes:
		state.Missing, state.Error = true, "it is larger than 64 KiB"
		return "", state
	}
	state.Mode = r.env.mode(path)
	held, ended := bytes.CutSuffix(data, []byte{'\n'})
	held = bytes.TrimSuffix(held, []byte{'\r'})
	if !ended {
		held = data
	}
	state.TrailingNewline = ended
	if len(held) == 0 {
		state.Missing, state.Error = true, "it is empty"
	}
	return string(held), state
}

func (r *reader) secretEnv(name string) (string, SecretState) {
	state := SecretState{Source: SecretEnv, Name: name}
	held, ok := r.env.lookupEnv(name)
	switch {
	case !ok:
		state.Missing, state.Error = true, "the variable is not set"
	case held == "":
		state.Missing, state.Error = true, "it is empty"
	case len(held) > maxSecretBytes:
		state.Missing, state.Error = true, "it is larger than 64 KiB"
		held = ""
	}
	return held, state
}

func variableName(s string) bool {
	for i, r := range s {
		if r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// examine notes what may be said of the secret's value.
func (s *SecretState) examine(held string) {
	s.Bytes = len(held)
	s.BOM = strings.HasPrefix(held, "\ufeff")
	s.Blanks = strings.TrimFunc(held, invisible) != held
	s.Placeholder = placeholder(held)
}

func invisible(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }

// placeholder recognizes what stands in manuals and examples where the secret goes.
func placeholder(held string) bool {
	s := strings.ToLower(strings.TrimFunc(held, invisible))
	if s == "" {
		return false
	}
	if strings.Trim(s, "*") == "" || strings.Trim(s, "x") == "" || strings.Trim(s, ".") == "" {
		return true
	}
	for _, pair := range []string{"<>", "[]", "{}", "%%"} {
		if s[0] == pair[0] && s[len(s)-1] == pair[1] {
			return true
		}
	}
	if strings.HasPrefix(s, "${") || strings.HasPrefix(s, "$(") {
		return true
	}
	switch flat := flatten(s); flat {
	case "changeme", "changeit", "replaceme", "secret", "password", "placeholder", "todo", "tbd", "none", "null", "example",
		"clientsecret", "imsclientsecret", "mysecret", "yoursecret", "yourclientsecret", "yoursecrethere", "insertsecrethere":
		return true
	}
	return false
}

// Secret says what may be said of the client secret of account i.
func (c *Config) Secret(i int) SecretState {
	return c.SecretAt(c.AccountPath(i, "ims_client_secret"))
}

// SecretAt says what may be said of the secret at a path, such as
// organization.clients[0].secrets[1].
func (c *Config) SecretAt(path string) SecretState {
	if s, ok := c.secrets[path]; ok {
		return s
	}
	return SecretState{Source: SecretAbsent, Place: c.At(path)}
}

// SecretEqualsID reports whether the client secret of account i is its client
// id: somebody copied the wrong field.
func (c *Config) SecretEqualsID(i int) bool {
	a := c.Accounts[i]
	return !a.ClientSecret.Empty() && a.ClientSecret.Equal(usher.NewSecret(a.ClientID))
}

// SecretFiles lists the files that the configuration points to for secrets.
func (c *Config) SecretFiles() []string {
	var out []string
	for _, s := range c.secrets {
		if s.Source == SecretFile {
			out = append(out, s.Name)
		}
	}
	return sorted(out)
}
