// SPDX-License-Identifier: Apache-2.0

package probe_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"html"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
	"github.com/usher-signin/usher/internal/probe"
	"github.com/usher-signin/usher/standin/standintest"
)

// canary is the client secret of every test: it must be seen nowhere.
const canary = "c4nary-p+s%2Fx:y-Zq8"

const callback = "https://campaign.corp.example/usher/callback"

// An account is what a test's configuration says of its provider.
type account struct {
	ims                          bool
	server, id, secret, callback string
	scopes, caFile               string
	environment                  string
}

// imsAccount is a right account for the stand-in, with the canary as its secret.
func imsAccount(t *testing.T, s *standintest.Standin) account {
	t.Helper()
	return account{ims: true, server: s.URL, id: "Campaign1", secret: canary, callback: callback, caFile: trusted(t, s.CertificatePEM()),
		scopes: "openid,AdobeID,session,read_organizations,additional_info.projectedProductContext"}
}

// oidcAccount is the same registration, as a provider of OpenID Connect has it.
func oidcAccount(a account) account {
	a.ims, a.scopes = false, "openid email profile"
	return a
}

func trusted(t *testing.T, certificate []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(name, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func certificateOf(s *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
}

func (a account) yaml() string {
	environment := a.environment
	if environment == "" {
		environment = "development"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "instance:\n  name: test\n  environment: %s\n  deployment: on-premise\n  url: https://campaign.corp.example\n", environment)
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "    %s: %q\n", name, value)
		}
	}
	if a.ims {
		b.WriteString("external_accounts:\n  - internal_name: Adobe_Marketing_Cloud\n    label: MAC\n    type: Adobe Marketing Cloud\n    enabled: true\n    product_context: dma_campaign_classic\n")
		line("ims_server", a.server)
		line("ims_scopes", a.scopes)
		line("ims_client_id", a.id)
		line("ims_client_secret", a.secret)
		line("ims_organization_id", "0123456789ABCDEF01234567@AdobeOrg")
		line("association_mask", "Campaign - corp - ")
	} else {
		b.WriteString("external_accounts:\n  - internal_name: corporate\n    type: OpenID Connect\n    enabled: true\n")
		line("issuer", a.server)
		line("scopes", a.scopes)
		line("client_id", a.id)
		line("client_secret", a.secret)
		line("groups_claim", "groups")
	}
	line("callback_url", a.callback)
	b.WriteString("operator_groups:\n  - name: Admin\n    rights: [ADMINISTRATION]\n")
	b.WriteString("server:\n  public_url: https://campaign.corp.example\n")
	if a.caFile != "" {
		fmt.Fprintf(&b, "  ca_file: %s\n", a.caFile)
	}
	return b.String()
}

// An examined is a case after gathering, and what the checks found in it.
type examined struct {
	c       doctor.Case
	in      *doctor.Instance
	results []doctor.Result
	steps   []probe.Step
	took    time.Duration
}

// examine gathers and judges. The budget is generous: other tests run beside.
func examine(t *testing.T, a account, change ...func(*probe.Options)) examined {
	t.Helper()
	cfg, err := config.Parse("test.yaml", []byte(a.yaml()), config.Environment{LenientSecrets: true})
	if err != nil {
		t.Fatalf("the test's configuration does not load: %v\n%s", err, a.yaml())
	}
	x := examined{c: doctor.NewCase(time.Now(), cfg)}
	x.in = x.c.Instances[0]
	o := probe.Options{AuthProbes: true, Budget: time.Minute, Each: 20 * time.Second, Getenv: func(string) string { return "" },
		Progress: func(s probe.Step) { x.steps = append(x.steps, s) }}
	for _, f := range change {
		f(&o)
	}
	began := time.Now()
	probe.Gather(context.Background(), x.in, o)
	x.took = time.Since(began)
	x.results = doctor.Run(checks.All(), x.c)
	return x
}

// found lists the codes of the root findings, sorted, each once. Findings of
// the file alone are not the probes' doing, and are left out.
func (x examined) found() []string {
	offline := doctor.NewCase(x.c.Now, x.in.Config)
	before := map[string]bool{}
	for _, r := range doctor.Run(checks.All(), offline) {
		if r.Root() {
			before[string(r.Code)] = true
		}
	}
	var out []string
	for _, r := range x.results {
		if r.Root() && !before[string(r.Code)] {
			out = append(out, string(r.Code))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (x examined) status(code string) (doctor.Status, string) {
	for _, r := range x.results {
		if string(r.Code) == code {
			return r.Status, r.Message.String()
		}
	}
	return "", ""
}

func (x examined) provider() doctor.Provider { return x.in.Providers[0] }

// hidesSecret searches everything that gathering leaves behind for the canary,
// in every spelling.
func (x examined) hidesSecret(t *testing.T) {
	t.Helper()
	facts, err := json.Marshal(x.in)
	if err != nil {
		t.Fatal(err)
	}
	var report strings.Builder
	if err := doctor.Text(&report, doctor.Report{Usher: "test", Case: x.c, Results: x.results}, doctor.Options{Verbose: true, Width: 200}); err != nil {
		t.Fatal(err)
	}
	text := string(facts) + fmt.Sprintf("%+v %+v %+v", x.in.Providers, x.steps, x.results) + report.String()
	for i := range x.in.Providers {
		p := &x.in.Providers[i]
		text += fmt.Sprintf("%+v %+v %+v %+v %+v %+v", p.Discovery, p.Keys, p.Authorize, p.Grant, p.Routes, p.Clock)
		if p.Grant != nil {
			text += fmt.Sprintf("%+v %+v %+v", p.Grant.Value.Post, p.Grant.Value.Basic, p.Grant.Value.WrongPost)
		}
	}
	for _, spelling := range []string{canary, url.QueryEscape(canary), url.PathEscape(canary), html.EscapeString(canary),
		base64.StdEncoding.EncodeToString([]byte(canary)), base64.StdEncoding.EncodeToString([]byte("Campaign1:" + url.QueryEscape(canary)))} {
		if strings.Contains(text, spelling) {
			t.Errorf("the client secret is in what was gathered, as %q", spelling)
		}
	}
}
