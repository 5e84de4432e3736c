// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/usher-signin/usher"
	"go.yaml.in/yaml/v3"
)

// anew writes the whole section, in block style.
func (w *rewriter) anew(o *usher.Organization) error {
	at, err := w.c.trace("organization")
	if err != nil {
		return err
	}
	if at.flow {
		return fmt.Errorf("%s is written between braces", w.c.File)
	}
	for path, s := range w.c.secrets {
		if s.Missing && strings.HasPrefix(path, "organization.") {
			return fmt.Errorf("%s refers to a secret that is not here, and would be lost", path)
		}
	}
	var lines []string
	pad := strings.Repeat(" ", at.indent+2)
	for _, f := range organizationFields() {
		if !f.empty(o) {
			lines = append(lines, pad+f.name+": "+renderValue(w, f, o, nil))
		}
	}
	lines = append(lines, renderItems(w, "clients", clientFields(), o.Clients, len(pad))...)
	lines = append(lines, renderItems(w, "groups", groupFields(), o.Groups, len(pad))...)
	lines = append(lines, renderItems(w, "users", userFields(), o.Users, len(pad))...)
	w.replaceValue(at, "\n"+strings.Join(lines, "\n"))
	return nil
}

// replaceValue replaces all that stands after a key's colon.
func (w *rewriter) replaceValue(at traced, text string) {
	colon := w.c.src.spanOf(at.key, at.indent).end + 1
	w.replace(span{colon, w.c.src.endOf(at.node, at.indent)}, text)
}

func renderItems[T any](w *rewriter, name string, fields []field[T], items []T, indent int) []string {
	if len(items) == 0 {
		return nil
	}
	lines := []string{strings.Repeat(" ", indent) + name + ":"}
	for i := range items {
		lines = append(lines, renderItem(w, fields, &items[i], indent+2, nil)...)
	}
	return lines
}

// renderItem writes an item; kept are references that cannot be read here.
func renderItem[T any](w *rewriter, fields []field[T], item *T, indent int, kept []string) []string {
	var lines []string
	lead := strings.Repeat(" ", indent) + "- "
	for _, f := range fields {
		if f.empty(item) && (f.secrets == nil || f.single || len(kept) == 0) {
			continue
		}
		lines = append(lines, lead+f.name+": "+renderValue(w, f, item, kept))
		lead = strings.Repeat(" ", indent+2)
	}
	return lines
}

func renderValue[T any](w *rewriter, f field[T], v *T, kept []string) string {
	switch {
	case f.text != nil:
		return encodeText(f.text(v), 0, false)
	case f.flag != nil:
		return strconv.FormatBool(f.flag(v))
	case f.list != nil:
		return renderList(f.list(v))
	case f.single:
		return w.renderSecret(f.secrets(v)[0], false)
	}
	words := append([]string(nil), kept...)
	for _, s := range f.secrets(v) {
		words = append(words, w.renderSecret(s, true))
	}
	return "[" + strings.Join(words, ", ") + "]"
}

func renderList(list []string) string {
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = encodeText(v, 0, true)
	}
	return "[" + strings.Join(words, ", ") + "]"
}

// renderSecret refers to a secret as the file does anywhere else, and writes
// it out where the file does not know it.
func (w *rewriter) renderSecret(s usher.Secret, flow bool) string {
	if ref, known := w.refs[s.Reveal()]; known {
		return ref
	}
	if !w.c.holds(s) {
		w.plain++
	}
	return encodeText(s.Reveal(), 0, flow)
}

// holds says whether the organization has this secret already.
func (c *Config) holds(s usher.Secret) bool {
	for _, client := range c.Organization.Clients {
		if slices.ContainsFunc(client.Secrets, s.Equal) || client.ServiceCode.Equal(s) {
			return true
		}
	}
	return slices.ContainsFunc(c.Organization.Users, func(u usher.User) bool { return u.Password.Equal(s) })
}

// references tells how the file refers to the secrets that it does not hold.
func (c *Config) references() map[string]string {
	refs := map[string]string{}
	c.eachReference(func(ref string, _ SecretState, value usher.Secret) { refs[value.Reveal()] = ref })
	return refs
}

// heldByReference gives what files and variables held when the file was loaded.
func (c *Config) heldByReference() map[SecretSource]map[string]string {
	out := map[SecretSource]map[string]string{SecretFile: {}, SecretEnv: {}}
	c.eachReference(func(_ string, s SecretState, value usher.Secret) { out[s.Source][s.Name] = value.Reveal() })
	return out
}

// eachReference visits the secrets of accounts and of the organization that
// the file refers to and that could be read.
func (c *Config) eachReference(visit func(ref string, s SecretState, value usher.Secret)) {
	see := func(path string, value usher.Secret) {
		s := c.SecretAt(path)
		at, err := c.trace(path)
		if err != nil || value.Empty() || s.Source != SecretFile && s.Source != SecretEnv {
			return
		}
		visit("{"+string(s.Source)+": "+encodeText(referenceName(at.node), 0, true)+"}", s, value)
	}
	for i, a := range c.Accounts {
		see(c.AccountPath(i, "ims_client_secret"), a.ClientSecret)
	}
	for i, client := range c.Organization.Clients {
		path := "organization.clients[" + itoa(i) + "]"
		k := 0
		for j := range c.secretNodes(path + ".secrets") {
			at := path + ".secrets[" + itoa(j) + "]"
			if s := c.SecretAt(at); (s.Missing || s.Bytes == 0) || k >= len(client.Secrets) {
				continue
			}
			see(at, client.Secrets[k])
			k++
		}
		see(path+".service_secret", client.ServiceCode)
	}
	for i, u := range c.Organization.Users {
		see("organization.users["+itoa(i)+"].password", u.Password)
	}
}

// secretNodes are the items of a list of secrets.
func (c *Config) secretNodes(path string) []*yaml.Node {
	at, err := c.trace(path)
	if err != nil || at.node.Kind != yaml.SequenceNode {
		return nil
	}
	return at.node.Content
}

// referenceName is what follows file: or env:, as it is written.
func referenceName(n *yaml.Node) string {
	if n.Kind != yaml.MappingNode || len(n.Content) < 2 {
		return ""
	}
	return n.Content[1].Value
}
