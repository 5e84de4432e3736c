// SPDX-License-Identifier: Apache-2.0

package config

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/usher-signin/usher"
)

// world is an environment of these files and variables.
func world(files, variables map[string]string) Environment {
	return Environment{
		ReadFile: func(name string) ([]byte, error) {
			if text, ok := files[name]; ok {
				return []byte(text), nil
			}
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		},
		LookupEnv: func(name string) (string, bool) {
			text, ok := variables[name]
			return text, ok
		},
	}
}

func example(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "example.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func mustParse(t testing.TB, text string, env Environment) *Config {
	t.Helper()
	c, err := Parse("prod.yaml", []byte(text), env)
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return c
}

// minimal is the shortest file that loads.
const minimal = `instance:
  name: production
  url: https://campaign.corp.example
external_accounts:
  - internal_name: Adobe_Marketing_Cloud
    type: Adobe Marketing Cloud
`

func TestExampleLoads(t *testing.T) {
	c, err := Parse("/etc/usher/prod.yaml", example(t), world(map[string]string{"/run/secrets/ims": "s3cret\n"}, nil))
	if err != nil {
		t.Fatal(err)
	}
	if want := (usher.Instance{Name: "production", Environment: usher.Production, Deployment: usher.OnPremise, URL: "https://campaign.corp.example"}); c.Instance != want {
		t.Errorf("instance %+v, want %+v", c.Instance, want)
	}
	scopes := usher.Scopes{"openid", "AdobeID", "session", "read_organizations", "additional_info.projectedProductContext"}
	account := usher.ExternalAccount{InternalName: "Adobe_Marketing_Cloud", Label: "MAC", Type: usher.TypeMarketingCloud, Enabled: true,
		ProductContext: "dma_campaign_classic", ProductContextShown: true, Server: "https://ims-na1.adobelogin.com", Scopes: scopes,
		ClientID: "Campaign1", ClientSecret: usher.NewSecret("s3cret"), CallbackURL: "https://campaign.corp.example/usher/callback",
		OrganizationID: "0123456789ABCDEF01234567@AdobeOrg", Mask: usher.Mask{Text: "Campaign - corp - ", Kind: usher.MaskPrefix},
		ExperienceCloudServer: "https://marketing.adobe.com", ExperienceCloudTenant: "corp"}
	if len(c.Accounts) != 1 || !reflect.DeepEqual(c.Accounts[0], account) {
		t.Errorf("accounts %+v, want %+v", c.Accounts, account)
	}
	if want := []usher.OperatorGroup{{Name: "Admin", Rights: []string{"ADMINISTRATION"}}, {Name: "Delivery operators", Rights: []string{"PREPARE DELIVERIES", "START DELIVERIES"}}}; !reflect.DeepEqual(c.OperatorGroups, want) {
		t.Errorf("operator groups %+v, want %+v", c.OperatorGroups, want)
	}
	if want := []usher.Application{{Name: "reports", URL: "https://reports.corp.example", Upstream: "http://127.0.0.1:8080", Allow: []string{"Admin"}, Public: []string{"/healthz", "/static/"}}}; !reflect.DeepEqual(c.Applications, want) {
		t.Errorf("applications %+v, want %+v", c.Applications, want)
	}
	server := Server{Listen: "127.0.0.1:4180", PublicURL: "https://campaign.corp.example", TrustedProxies: []string{"127.0.0.1"},
		Database: "sqlite:/etc/usher/usher.db", KeyFile: "/etc/usher/usher.key", Session: Session{Idle: 30 * time.Minute, Lifetime: 10 * time.Hour, Refresh: 15 * time.Minute},
		Retention: Retention{Attempts: 90 * 24 * time.Hour, Audit: 400 * 24 * time.Hour, Sessions: time.Hour}}
	if !reflect.DeepEqual(c.Server, server) {
		t.Errorf("server %#v, want %#v", c.Server, server)
	}
	organization := &usher.Organization{ID: "0123456789ABCDEF01234567@AdobeOrg", ProductContext: "dma_campaign_classic",
		Clients: []usher.Client{{ID: "Campaign1", Secrets: []usher.Secret{usher.NewSecret("s3cret")}, CallbackURLs: []string{"https://campaign.corp.example/usher/callback"},
			DefaultRedirectURL: "https://www.adobe.com/", Scopes: scopes}},
		Groups: []usher.DirectoryGroup{{Name: "Campaign - corp - Admin", Members: []string{"ana@corp.example"}}},
		Users:  []usher.User{{Email: "ana@corp.example", Name: "Ana Lima"}}}
	if !reflect.DeepEqual(c.Organization, organization) {
		t.Errorf("organization %+v, want %+v", c.Organization, organization)
	}
}

func TestMinimalLoadsWithDefaults(t *testing.T) {
	c := mustParse(t, minimal, Environment{})
	if !c.Accounts[0].Enabled || c.Accounts[0].ProductContextShown {
		t.Errorf("account %+v, want it enabled and without product context", c.Accounts[0])
	}
	if got, want := c.Accounts[0].CallbackURL, "https://campaign.corp.example/usher/callback"; got != want {
		t.Errorf("callback %q, want %q", got, want)
	}
	if c.Organization != nil || c.OperatorGroups != nil {
		t.Error("what is not written must be nil")
	}
	if c.Instance.Environment != usher.Production || c.Instance.Deployment != usher.OnPremise {
		t.Errorf("instance %+v, want production, on-premise", c.Instance)
	}
	if got := c.Server; got.Listen != "127.0.0.1:4180" || got.Database != "sqlite:usher.db" || got.KeyFile != "usher.key" || got.PublicURL != c.Instance.URL {
		t.Errorf("server %s %s", got, got.KeyFile)
	}
}
