// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/usher-signin/usher/internal/config"
)

// A way to break the demo: one value, changed as people change it by mistake.
type breakage struct {
	name, path, what, seen string
	change                 func(value string) string
	value                  func(*config.Config) string
}

func breakages() []breakage {
	return []breakage{
		{name: "mask", path: "external_accounts[0].association_mask", what: "The association mask has one blank more than the directory groups' names.",
			seen:   `everybody reads "Login does not have any right matching the expression".`,
			change: func(v string) string { return strings.Replace(v, " - corp", "  - corp", 1) },
			value:  func(c *config.Config) string { return c.Accounts[0].Mask.Text }},
		{name: "callback", path: "external_accounts[0].callback_url", what: "The callback URL ends in a slash, the one on the client's allow-list does not.",
			seen:   "the browser ends on adobe.com (the stand-in's).",
			change: func(v string) string { return v + "/" },
			value:  func(c *config.Config) string { return c.Accounts[0].CallbackURL }},
		{name: "scope", path: "external_accounts[0].ims_scopes", what: "A scope is asked for that the client was not provisioned with.",
			seen:   "the login page does not come.",
			change: func(v string) string { return v + ",audiencemanager_api" },
			value:  func(c *config.Config) string { return c.Accounts[0].Scopes.Commas() }},
		{name: "context", path: "external_accounts[0].product_context", what: "The product context is spelled as a translated manual prints it.",
			seen:   "the sign-in is refused before it begins.",
			change: func(string) string { return "dma_campagne_classic" },
			value:  func(c *config.Config) string { return c.Accounts[0].ProductContext }},
		{name: "client", path: "external_accounts[0].ims_client_id", what: "The client id has a letter in another case.",
			seen:   "the provider does not know the client.",
			change: strings.ToLower,
			value:  func(c *config.Config) string { return c.Accounts[0].ClientID }},
	}
}

// Breaks lists the ways to break the demo, by name.
func Breaks() []string {
	var names []string
	for _, b := range breakages() {
		names = append(names, b.name)
	}
	return names
}

// Broken says what was broken.
type Broken struct{ Config, What, Seen, Diff string }

// Break breaks the configuration in dir in the way named.
func Break(dir, name string, env config.Environment, now time.Time) (*Broken, error) {
	all := breakages()
	i := slices.IndexFunc(all, func(b breakage) bool { return b.name == name })
	if i < 0 {
		return nil, fmt.Errorf("there is no way to break the demo called %q; there are %s", name, strings.Join(Breaks(), ", "))
	}
	path := filepath.Join(dir, ConfigName)
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("there is no demo in %s: run usher demo first, or name its folder with --dir", dir)
	}
	cfg, err := config.Load(path, env)
	if err != nil {
		return nil, err
	}
	if len(cfg.Accounts) == 0 {
		return nil, fmt.Errorf("%s has no external account left to break; run usher demo mend", path)
	}
	b := all[i]
	old := b.value(cfg)
	changed := b.change(old)
	if changed == old {
		return nil, fmt.Errorf("%s is broken in this way already; run usher demo mend", path)
	}
	edit, err := cfg.ReplaceScalar(b.path, changed)
	if err != nil {
		return nil, err
	}
	written, err := cfg.Change(edit).Write(path, env, now)
	if err != nil {
		return nil, err
	}
	return &Broken{Config: path, What: b.what, Seen: b.seen, Diff: written.Diff}, nil
}

// Mend writes the configuration in dir as it was at first.
func Mend(dir string, random io.Reader) (string, error) {
	d := &Demo{Dir: dir, Config: filepath.Join(dir, ConfigName)}
	var ports [3]int
	data, err := os.ReadFile(filepath.Join(dir, "ports"))
	if err == nil {
		_, err = fmt.Sscan(string(data), &ports[0], &ports[1], &ports[2])
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("there is no demo in %s: run usher demo first, or name its folder with --dir", dir), err)
	}
	return d.Config, d.Reset(ports, random)
}
