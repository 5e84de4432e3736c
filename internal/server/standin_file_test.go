// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/server"
	"github.com/usher-signin/usher/standin"
)

const standinYAML = `instance: {name: desk, url: https://campaign.corp.example}
external_accounts:
  - internal_name: Adobe_Marketing_Cloud
    type: Adobe Marketing Cloud
organization: # the provider
  id: 0123456789ABCDEF01234567@AdobeOrg
  clients:
    - id: Campaign1   # people
      secrets: [{env: ELSEWHERE}]
    - id: Technical1
      secrets: [{file: t.secret}]
  groups:
    - name: Campaign - corp - Admin
      members: [ana@corp.example]
`

func standinFile(t *testing.T) (*server.StandinFile, string) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "usher.yaml")
	for name, text := range map[string]string{"usher.yaml": standinYAML, "t.secret": "canary-t\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := config.OS()
	env.LenientSecrets = true
	env.LookupEnv = func(string) (string, bool) { return "", false }
	cfg, err := config.Load(path, env)
	if err != nil {
		t.Fatal(err)
	}
	f, err := server.NewStandinFile(cfg, env, func() time.Time { return time.Unix(1_790_000_000, 0) }, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return f, path
}

// Everything that the stand-in's dashboard can change is in the file
// afterwards, and loads as it was.
func TestTheStandinsOrganizationComesBackWhole(t *testing.T) {
	f, path := standinFile(t)
	o := f.Organization()
	if len(o.Clients[0].Secrets) != 1 || !strings.HasPrefix(o.Clients[0].Secrets[0], "made-up-") || f.MadeUp()[0] != "Campaign1" || len(f.MadeUp()) != 1 {
		t.Fatalf("a client whose secret is not here has %d secrets; made up are %q", len(o.Clients[0].Secrets), f.MadeUp())
	}
	fill(reflect.ValueOf(&o).Elem(), "x")
	o.Clients[1] = standin.Client{ID: "Technical1", Secrets: []string{"canary-t"}, Disabled: true}
	o.Clients[0].Secrets = append([]string{f.Organization().Clients[0].Secrets[0]}, "typed-canary")
	o.Users[0].Type = "adobeID"
	draft, err := f.Preview(t.Context(), o)
	if err != nil || !strings.Contains(draft.Diff, "+  tenant: x") || strings.Contains(draft.Diff, "canary") || len(draft.Notes) != 1 {
		t.Fatalf("the draft is %+v (%v)", draft, err)
	}
	said, err := f.Save(t.Context(), o)
	if err != nil || !strings.Contains(said, ".bak-") {
		t.Fatalf("%q, %v", said, err)
	}
	text, _ := os.ReadFile(path)
	for _, want := range []string{"organization: # the provider", "{env: ELSEWHERE}", "[{file: t.secret}]", "# people", "typed-canary"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in the file:\n%s", want, text)
		}
	}
	if strings.Contains(string(text), "made-up") || strings.Contains(string(text), "canary-t\n") {
		t.Errorf("a secret is written that should not be:\n%s", text)
	}
	if got := f.Organization(); !reflect.DeepEqual(got.Users, o.Users) || !reflect.DeepEqual(got.Groups, o.Groups) || got.Clients[0].ServiceCode != "x" || !got.Clients[1].Disabled {
		t.Errorf("what was read back is %+v", got)
	}
	if draft, err := f.Preview(t.Context(), o); err != nil || draft.Diff != "" {
		t.Errorf("the same again would change %q (%v)", draft.Diff, err)
	}
	if err := os.WriteFile(path, append(text, "# an editor was here\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	o.Tenant = "y"
	if _, err := f.Save(t.Context(), o); err == nil || !strings.Contains(err.Error(), "start the stand-in again") {
		t.Errorf("a file that was edited meanwhile: %v", err)
	}
	edited := loadLenient(t, path)
	if !f.Loaded(edited) || f.Loaded(edited) {
		t.Error("an edited file is news once")
	}
	if _, err := f.Save(t.Context(), o); err != nil || f.Loaded(loadLenient(t, path)) {
		t.Errorf("what was saved is no news (%v)", err)
	}
}

func loadLenient(t *testing.T, path string) *config.Config {
	t.Helper()
	env := config.OS()
	env.LenientSecrets = true
	env.LookupEnv = func(string) (string, bool) { return "", false }
	cfg, err := config.Load(path, env)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// fill gives every field of an organization a value, so that one that is
// forgotten on the way is missed.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), text)
		}
	case reflect.Slice:
		if v.Len() == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		}
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		v.SetBool(true)
	}
}
