// SPDX-License-Identifier: Apache-2.0

package config

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/usher-signin/usher"
)

func TestSecretSources(t *testing.T) {
	env := world(map[string]string{
		"/run/a": "right\n", "/run/b": "right\r\n", "/run/c": " right\n", "/run/d": "right\n\n", "/run/e": "\ufeffright", "/run/f": "\n", "conf/rel": "right",
	}, map[string]string{"GOOD": "right", "BLANK": "right ", "EMPTY": ""})
	tests := []struct {
		written, value string
		want           SecretState
	}{
		{"right", "right", SecretState{Source: SecretPlain, Bytes: 5}},
		{`"right "`, "right ", SecretState{Source: SecretPlain, Bytes: 6, Blanks: true}},
		{"{file: /run/a}", "right", SecretState{Source: SecretFile, Name: "/run/a", Bytes: 5, TrailingNewline: true}},
		{"{file: /run/b}", "right", SecretState{Source: SecretFile, Name: "/run/b", Bytes: 5, TrailingNewline: true}},
		{"{file: /run/c}", " right", SecretState{Source: SecretFile, Name: "/run/c", Bytes: 6, TrailingNewline: true, Blanks: true}},
		{"{file: /run/d}", "right\n", SecretState{Source: SecretFile, Name: "/run/d", Bytes: 6, TrailingNewline: true, Blanks: true}},
		{"{file: /run/e}", "\ufeffright", SecretState{Source: SecretFile, Name: "/run/e", Bytes: 8, BOM: true, Blanks: true}},
		{"{file: rel}", "right", SecretState{Source: SecretFile, Name: "conf/rel", Bytes: 5}},
		{"{env: GOOD}", "right", SecretState{Source: SecretEnv, Name: "GOOD", Bytes: 5}},
		{"{env: BLANK}", "right ", SecretState{Source: SecretEnv, Name: "BLANK", Bytes: 6, Blanks: true}},
		{"changeme", "changeme", SecretState{Source: SecretPlain, Bytes: 8, Placeholder: true}},
		{"<your-secret>", "<your-secret>", SecretState{Source: SecretPlain, Bytes: 13, Placeholder: true}},
		{`"********"`, "********", SecretState{Source: SecretPlain, Bytes: 8, Placeholder: true}},
	}
	for _, tt := range tests {
		t.Run(tt.written, func(t *testing.T) {
			c, err := Parse("conf/f.yaml", []byte(account("ims_client_secret: "+tt.written)), env)
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Accounts[0].ClientSecret.Reveal(); got != tt.value {
				t.Errorf("secret %q, want %q", got, tt.value)
			}
			want := tt.want
			want.Place = usher.Place{File: "conf/f.yaml", Line: 7, Column: 24}
			if got := c.Secret(0); got != want {
				t.Errorf("state %+v, want %+v", got, want)
			}
		})
	}
}

func TestSecretsThatAreNotHere(t *testing.T) {
	env := world(map[string]string{"/run/empty": "\n", "/run/long": strings.Repeat("x", maxSecretBytes+1)}, map[string]string{"EMPTY": ""})
	for written, why := range map[string]string{
		"{file: /run/none}": "there is no such file", "{file: /run/empty}": "it is empty", "{file: /run/long}": "it is larger than 64 KiB",
		"{env: NONE}": "the variable is not set", "{env: EMPTY}": "it is empty",
	} {
		text := []byte(account("ims_client_secret: " + written))
		if _, err := Parse("f.yaml", text, env); err == nil || !strings.Contains(err.Error(), "but "+why) {
			t.Errorf("%s: got %v, want a problem with %q", written, err, why)
		}
		lenient := env
		lenient.LenientSecrets = true
		c, err := Parse("f.yaml", text, lenient)
		if err != nil {
			t.Errorf("%s: %v, want it to load leniently", written, err)
			continue
		}
		if s := c.Secret(0); !s.Missing || s.Error != why || !c.Accounts[0].ClientSecret.Empty() {
			t.Errorf("%s: state %+v, want it missing: %s", written, s, why)
		}
	}
}

func TestNoSecretIsAbsent(t *testing.T) {
	c := mustParse(t, minimal, Environment{})
	if got, want := c.Secret(0), (SecretState{Source: SecretAbsent, Place: usher.Place{File: "prod.yaml", Line: 5, Column: 5}}); got != want {
		t.Errorf("state %+v, want %+v", got, want)
	}
	if c.SecretEqualsID(0) {
		t.Error("no secret equals no id")
	}
}

func TestSecretEqualsID(t *testing.T) {
	if c := mustParse(t, account("ims_client_id: Campaign1", "ims_client_secret: Campaign1"), Environment{}); !c.SecretEqualsID(0) {
		t.Error("the secret is the id and that was not seen")
	}
	if c := mustParse(t, account("ims_client_id: Campaign1", "ims_client_secret: Campaign2"), Environment{}); c.SecretEqualsID(0) {
		t.Error("another secret was taken for the id")
	}
}

func TestSecretsElsewhere(t *testing.T) {
	text := strings.Replace(minimal, "type: Adobe Marketing Cloud", "type: OpenID Connect\n    client_secret: {env: A}", 1) +
		"organization:\n  clients: [{id: x, secrets: [one, {env: B}]}]\n  users: [{email: a@b, password: {file: p}}]\nserver: {database: {env: DB}}\n"
	c := mustParse(t, text, world(map[string]string{"p": "pw\n"}, map[string]string{"A": "aaa", "B": "bbb", "DB": "postgres://u:pw@db/usher"}))
	if got := c.Secret(0); got.Source != SecretEnv || got.Name != "A" {
		t.Errorf("account's secret %+v", got)
	}
	want := []usher.Secret{usher.NewSecret("one"), usher.NewSecret("bbb")}
	if got := c.Organization.Clients[0].Secrets; !reflect.DeepEqual(got, want) {
		t.Errorf("client's secrets %q %q", got[0].Reveal(), got[1].Reveal())
	}
	if got := c.SecretAt("organization.clients[0].secrets[1]"); got.Name != "B" {
		t.Errorf("second secret %+v", got)
	}
	if got := c.Organization.Users[0].Password.Reveal(); got != "pw" {
		t.Errorf("password %q", got)
	}
	if c.Server.Database != "postgres://u:pw@db/usher" || c.Server.KeyFile != "" {
		t.Errorf("database %q, key file %q", c.Server.Database, c.Server.KeyFile)
	}
	if got := c.SecretFiles(); !reflect.DeepEqual(got, []string{"p"}) {
		t.Errorf("secret files %q", got)
	}
}

func TestDatabaseNotToBeHadStaysUnknown(t *testing.T) {
	c := mustParse(t, after("server: {database: {env: NONE}}"), Environment{LenientSecrets: true})
	if c.Server.Database != "" || c.Server.KeyFile != "" {
		t.Errorf("database %q and key file %q, want none", c.Server.Database, c.Server.KeyFile)
	}
}

func TestSecretFileMode(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "ims")
	if err := os.WriteFile(name, []byte("right\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "f.yaml")
	if err := os.WriteFile(file, []byte(account("ims_client_secret: {file: ims}")), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(file, OS())
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Secret(0).Mode; got != fs.FileMode(0o640) {
		t.Errorf("mode %v, want %v", got, fs.FileMode(0o640))
	}
	if c.Mode != fs.FileMode(0o600) {
		t.Errorf("the file's mode %v, want %v", c.Mode, fs.FileMode(0o600))
	}
}

// Whatever goes wrong around a secret, its value is not in what is said.
func TestProblemsHoldNoSecret(t *testing.T) {
	const canary = "c4n4ry-v4lue"
	oidc := strings.Replace(minimal, "type: Adobe Marketing Cloud", "type: OpenID Connect", 1)
	for _, text := range []string{
		account("ims_client_secret: [" + canary + "]"),
		account("ims_client_secret: {value: " + canary + "}"),
		account("ims_client_secret: {" + canary + "}"),
		account("ims_client_secret: {env: " + canary + "}"),
		account("ims_client_secret: !!binary " + canary),
		account("ims_client_secret: &a " + canary),
		account("ims_client_secret:" + canary + ": x"),
		account("ims_client_secret=" + canary + ": x"),
		account("client_secret: " + canary),
		account("ims_client_secrte: " + canary),
		account("secret: " + canary),
		account("ims_client_secret: " + canary + ": x"),
		account(`ims_client_secret: "` + canary),
		account(`ims_client_secret: "\` + canary + `"`),
		account("ims_client_secret:" + canary),
		account("ims_client_secret: @" + canary),
		account("ims_client_secret: " + canary + "\n   label: x"),
		account("ims_client_secret: "+canary, "ims_client_secret: "+canary+"2"),
		oidc + "    ims_client_secret: " + canary + "\n",
		after("server: {database: 'postgres:/u:" + canary + "@h'}"),
		after("server: {database: 'mysql://u:" + canary + "@h/d'}"),
		after("server: {public_url: 'https://u:" + canary + "@h'}"),
		after("organization: {users: [{email: x, password: [" + canary + "]}]}"),
		after("organization: {clients: [{id: x, secrets: " + canary + "}]}"),
		after("organization: {clients: [{id: x, secrets: [[" + canary + "]]}]}"),
		after("organization: {clients: [{id: x, secrets: {" + canary + ": x}}]}"),
	} {
		_, err := Parse("f.yaml", []byte(text), Environment{})
		if err == nil {
			t.Errorf("loads, though it should not:\n%s", text)
			continue
		}
		if strings.Contains(err.Error(), canary) {
			t.Errorf("the secret is in the problems:\n%v", err)
		}
		if shown := Redact([]byte(text)); strings.Contains(shown, canary) {
			t.Errorf("the secret is in the redacted text:\n%s", shown)
		}
	}
}

func TestPrintingHoldsNoSecret(t *testing.T) {
	const canary = "c4n4ry-v4lue"
	c := mustParse(t, account("ims_client_secret: "+canary)+"server: {database: 'postgres://u:"+canary+"@h/d'}\norganization: {clients: [{id: x, secrets: ["+canary+"]}]}\n", Environment{})
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{c, *c.Organization, c.Server, c.Accounts, c.Secret(0)} {
			if out := fmt.Sprintf(verb, v); strings.Contains(out, canary) || strings.Contains(out, fmt.Sprintf("%x", canary)) {
				t.Errorf("%s of %T shows the secret: %s", verb, v, out)
			}
		}
	}
	for _, v := range []any{c, *c.Organization, c.Server, c.Accounts, map[string]any{"c": c}} {
		if out, err := json.Marshal(v); err != nil || strings.Contains(string(out), canary) {
			t.Errorf("JSON of %T shows the secret: %s (%v)", v, out, err)
		}
	}
	if got := c.Server.DatabaseShown(); got != "postgres://u:xxxxx@h/d" {
		t.Errorf("database shown as %q", got)
	}
}
