// SPDX-License-Identifier: Apache-2.0

package config

import (
	"encoding/json"
	"io/fs"
	"reflect"
	"strings"
	"testing"

	"github.com/usher-signin/usher"
)

const packable = `# the secret of Campaign1 is canary-plain-one, as {secret: canary-in-comment}
instance: {name: production, url: https://campaign.corp.example}
external_accounts:
  - {internal_name: Adobe_Marketing_Cloud, ims_client_secret: canary-plain-one, type: Adobe Marketing Cloud, ims_server: https://ims-na1.adobelogin.com, ims_client_id: Campaign1, association_mask: "Campaign - corp - "}
  - internal_name: second
    type: OpenID Connect
    issuer: https://login.corp.example
    client_id: same-as-its-secret
    client_secret: same-as-its-secret
  - internal_name: third
    type: OpenID Connect
    issuer: https://login.corp.example
    client_id: third
    client_secret: {file: secret}
  - internal_name: fourth
    type: OpenID Connect
    issuer: https://login.corp.example
    client_id: fourth
    client_secret: {env: ABSENT}
  - internal_name: fifth
    type: OpenID Connect
    issuer: https://login.corp.example
    client_secret: "canary
      over \u00e9
      lines"
    client_id: fifth
server:
  database: postgres://usher:canary-database@db.corp.example/usher
organization:
  clients:
    - {id: Campaign1, secrets: ["canary é two", canary-plain-one, {env: HELD}], scopes: [openid, AdobeID]}
  users: [{email: ana@corp.example, password: canary-password, name: Ana Lima}, {email: dirk@corp.example, name: Dirk}]
`

func packableEnvironment() Environment {
	return Environment{LenientSecrets: true,
		ReadFile: func(name string) ([]byte, error) {
			if strings.HasSuffix(name, "secret") {
				return []byte(" canary-in-file\n"), nil
			}
			return nil, fs.ErrNotExist
		},
		LookupEnv: func(name string) (string, bool) { return "canary-in-env", name == "HELD" }}
}

// unpacked sends configurations through JSON, as a bundle does.
func unpacked(t *testing.T, configs ...*Config) []*Config {
	t.Helper()
	var out []*Config
	for _, p := range Pack(configs...) {
		raw, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if text := p.Text + string(raw); strings.Contains(text, "canary") {
			t.Errorf("a secret is in what is packed:\n%s", text)
		}
		var q Packed
		if err := json.Unmarshal(raw, &q); err != nil {
			t.Fatal(err)
		}
		q.Text = p.Text
		c, err := q.Unpack()
		if err != nil {
			t.Fatalf("it does not load: %v\n%s", err, q.Text)
		}
		out = append(out, c)
	}
	return out
}

func TestPackedIsJudgedAlike(t *testing.T) {
	before, err := Parse("conf/prod.yaml", []byte(packable), packableEnvironment())
	if err != nil {
		t.Fatal(err)
	}
	before.Mode = 0o644
	after := unpacked(t, before)[0]
	if after.Revision != before.Revision || after.Mode != before.Mode || after.File != before.File || after.Lines() != before.Lines() {
		t.Errorf("%v with mode %o and %d lines; was %v, %o, %d", after, after.Mode, after.Lines(), before, before.Mode, before.Lines())
	}
	paths := []string{"server.database", "instance.url", "organization.clients[0].scopes[1]", "organization.clients[0].secrets[0]", "organization.clients[0].secrets[1]",
		"organization.clients[0].secrets[2]", "organization.users[0].name", "organization.users[0].password", "organization.users[1].email", "organization.users[1].name", "nothing.there"}
	for i := range before.Accounts {
		for _, key := range []string{"internal_name", "type", "ims_client_secret", "ims_server", "ims_client_id", "association_mask", "ims_scopes"} {
			paths = append(paths, before.AccountPath(i, key))
		}
		if a, b := before.Secret(i), after.Secret(i); a != b {
			t.Errorf("account %d: the secret is said to be %+v, was %+v", i, b, a)
		}
		if before.SecretEqualsID(i) != after.SecretEqualsID(i) {
			t.Errorf("account %d: whether the secret is the id", i)
		}
	}
	for _, path := range paths {
		if a, b := before.At(path), after.At(path); a != b || before.Has(path) != after.Has(path) || before.SecretAt(path) != after.SecretAt(path) {
			t.Errorf("%s is at %+v, was at %+v", path, b, a)
		}
	}
	for n := 1; n <= before.Lines(); n++ {
		if before.Line(n) != after.Line(n) || before.holdsSecret(n) != after.holdsSecret(n) {
			t.Errorf("line %d: %q, was %q", n, after.Line(n), before.Line(n))
		}
	}
	if a, b := before.Redacted(), after.Redacted(); a != b {
		t.Errorf("packed once more it is another text")
	}
	sameButSecrets(t, before, after)
}

// sameButSecrets compares what the files say, and how their secrets relate.
func sameButSecrets(t *testing.T, before, after *Config) {
	t.Helper()
	secretsOf := func(c *Config) (all []usher.Secret) {
		for i := range c.Accounts {
			all = append(all, c.Accounts[i].ClientSecret)
		}
		for _, client := range c.Organization.Clients {
			all = append(all, client.Secrets...)
		}
		return all
	}
	a, b := secretsOf(before), secretsOf(after)
	if len(a) != len(b) {
		t.Fatalf("%d secrets, were %d", len(b), len(a))
	}
	for i := range a {
		if a[i].Empty() != b[i].Empty() || strings.Contains(b[i].Reveal(), "canary") {
			t.Errorf("secret %d", i)
		}
		for j := range a {
			if a[i].Equal(a[j]) != b[i].Equal(b[j]) {
				t.Errorf("secrets %d and %d are no longer to each other what they were", i, j)
			}
		}
	}
	for i := range before.Accounts {
		x, y := before.Accounts[i], after.Accounts[i]
		x.ClientSecret, y.ClientSecret = usher.Secret{}, usher.Secret{}
		if !reflect.DeepEqual(x, y) {
			t.Errorf("account %d: %+v, was %+v", i, y, x)
		}
	}
	x, y := before.Server, after.Server
	x.Database, y.Database = x.DatabaseShown(), y.DatabaseShown()
	if !reflect.DeepEqual(x, y) {
		t.Errorf("server %+v, was %+v", y, x)
	}
}

// Secrets that two files share are still shared, and others are not.
func TestPackedTogether(t *testing.T) {
	one, err := Parse("prod.yaml", []byte(packable), packableEnvironment())
	if err != nil {
		t.Fatal(err)
	}
	two, err := Parse("stage.yaml", []byte(strings.ReplaceAll(packable, "canary-plain-one", "canary-plain-two")), packableEnvironment())
	if err != nil {
		t.Fatal(err)
	}
	got := unpacked(t, one, two)
	if a, b := got[0].Accounts[0].ClientSecret, got[1].Accounts[0].ClientSecret; a.Equal(b) {
		t.Error("two secrets became one")
	}
	if a, b := got[0].Accounts[2].ClientSecret, got[1].Accounts[2].ClientSecret; !a.Equal(b) {
		t.Error("one secret became two")
	}
}

func TestPackedDatabase(t *testing.T) {
	text := strings.Replace(packable, "postgres://usher:canary-database@db.corp.example/usher", "{env: HELD}", 1)
	env := packableEnvironment()
	env.LookupEnv = func(name string) (string, bool) {
		return "postgres://usher:canary-database@db.corp.example/usher", name == "HELD"
	}
	before, err := Parse("prod.yaml", []byte(text), env)
	if err != nil {
		t.Fatal(err)
	}
	after := unpacked(t, before)[0]
	if after.Server.Database != "postgres://usher:xxxxx@db.corp.example/usher" || after.SecretAt("server.database") != before.SecretAt("server.database") {
		t.Errorf("the database is %s", after.Server.Database)
	}
}
