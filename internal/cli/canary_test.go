// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/cli"
)

// canaryFile has a secret in every place that can hold one, and faults about
// each of them and around them.
const canaryFile = `instance:
  name: canary
  url: https://crm.canary.example
external_accounts:
  - internal_name: Adobe_Marketing_Cloud
    type: Adobe Marketing Cloud
    product_context: dma_campagne_classic
    ims_server: http://ims-na1.adobelogin.com
    ims_scopes: openid,AdobeID,sesion
    ims_client_id: CANARY-swapped-1
    ims_client_secret: " CANARY-plain-2"
    callback_url: http://crm.canary.example/usher/callback
    ims_organization_id: 8A2F19C3B4D5E6F708192A3B@AdobeOrg
    association_mask: "Campaign - canary -"
  - internal_name: Adobe_Experience_Cloud
    type: Adobe Experience Cloud
    ims_client_id: other
    ims_client_secret: {env: CANARY_VARIABLE}
  - internal_name: sso
    type: OpenID Connect
    issuer: https://sso.canary.example/
    client_id: portal
    client_secret: {file: secret.txt}
    association_mask: "x-"
operator_groups: [{name: Boss}]
applications: [{name: a, url: "https://crm.canary.example", allow: [boss]}]
server:
  database: postgres://usher:CANARY-database-5@db.canary.example/usher?password=CANARY-query-6
organization:
  clients:
    - id: Campaign1
      secrets: [CANARY-swapped-1, CANARY-listed-7, {env: CANARY_VARIABLE}]
  groups: [{name: Campaign - canary - Boss, members: [a@canary.example]}]
  users:
    - {email: a@canary.example, name: A, password: CANARY-password-8}
`

// canaries are the secrets as they are, and as they look encoded or in part.
func canaries() []string {
	var out []string
	for _, s := range []string{"CANARY-plain-2", "CANARY-variable-3", "CANARY-file-4", "CANARY-database-5", "CANARY-query-6", "CANARY-listed-7",
		"CANARY-password-8", "CANARY-pasted-9", "CANARY-token-0", "CANARY-swapped-1"} {
		out = append(out, s, s[:len(s)-1], url.QueryEscape(s)+"%", base64.StdEncoding.EncodeToString([]byte(s)))
	}
	return out
}

// run runs a command in a folder with its own world.
func run(t *testing.T, stdin string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, errs bytes.Buffer
	status = cli.Run(context.Background(), &cli.Env{Args: args, Program: "usher", Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs,
		Getenv: func(string) string { return "" }, Now: func() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }})
	return out.String(), errs.String(), status
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// No command that reads the file says a word of what is secret in it.
func TestNothingSecretIsSaid(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("CANARY_VARIABLE", "CANARY-variable-3")
	put(t, "a.yaml", canaryFile)
	put(t, "secret.txt", "CANARY-file-4\n\n")
	put(t, "b.yaml", strings.NewReplacer("name: canary", "name: other", "crm.canary", "crm.other").Replace(canaryFile))
	pasted := `{"error":"invalid_client","client_secret":"CANARY-pasted-9","access_token":"CANARY-token-0"}`
	commands := [][]string{
		{"doctor", "--offline", "a.yaml"}, {"doctor", "--offline", "-v", "a.yaml"}, {"doctor", "--offline", "-o", "json", "a.yaml"},
		{"doctor", "--offline", "-o", "sarif", "a.yaml"}, {"doctor", "--offline", "-o", "junit", "a.yaml"},
		{"doctor", "--offline", "a.yaml", "b.yaml"}, {"doctor", "--offline", "-o", "json", "a.yaml", "b.yaml"},
		{"doctor", "--offline", "--user", "a@canary.example", "a.yaml"}, {"doctor", "--offline", "--symptom", "no-right-matching", "a.yaml"},
		{"access", "a.yaml"}, {"access", "-o", "csv", "a.yaml"}, {"access", "-o", "json", "a.yaml"},
		{"explain", pasted, "-c", "a.yaml"}, {"explain", "error-after-login", "-c", "a.yaml"}, {"explain", "error-after-login", "-c", "a.yaml", "-o", "json"},
		{"explain", "client_secret=CANARY-pasted-9"}, {"explain", "CANARY-pasted-9", "-o", "json"},
	}
	for _, code := range []string{"client-id-unknown", "client-secret-wrong", "external-account-duplicate", "mask-blanks", "product-context-value", "scope-misspelled",
		"scope-missing", "ims-server-url", "callback-not-https", "application-group-unknown", "issuer-shape"} {
		commands = append(commands, []string{"fix", code, "a.yaml", "--dry-run"})
	}
	said := 0
	for _, args := range commands {
		stdout, stderr, _ := run(t, "", args...)
		said += len(stdout)
		for _, secret := range canaries() {
			if strings.Contains(stdout, secret) || strings.Contains(stderr, secret) {
				t.Errorf("usher %s says %s:\n%s%s", strings.Join(args, " "), secret, stdout, stderr)
			}
		}
	}
	if said < 20000 {
		t.Errorf("the commands said %d bytes only", said)
	}
}

// Every format leads to the same exit status.
func TestFormatsExitAlike(t *testing.T) {
	t.Chdir(t.TempDir())
	const account = `
    ims_server: https://ims-na1.adobelogin.com
    ims_scopes: openid,AdobeID,additional_info.projectedProductContext
    ims_client_id: c
    ims_client_secret: p8e-q7Zr1LmNvB3x
    ims_organization_id: 8A2F19C3B4D5E6F708192A3B@AdobeOrg
    association_mask: "Campaign - a - "
`
	put(t, "broken.yaml", canaryFile)
	put(t, "healthy.yaml", "instance: {name: a, url: https://a.example}\nexternal_accounts:\n  - internal_name: Adobe_Marketing_Cloud\n    type: Adobe Marketing Cloud"+account)
	put(t, "warned.yaml", "instance: {name: a, url: https://a.example}\noperator_groups: [{name: A}, {name: A}]\nexternal_accounts:\n  - internal_name: Adobe_Marketing_Cloud\n    type: Adobe Marketing Cloud"+account)
	put(t, "hosted.yaml", "instance: {name: a, url: https://a.example, deployment: hosted}\nexternal_accounts: [{internal_name: Adobe_Marketing_Cloud, type: Adobe Marketing Cloud}]\n")
	put(t, "unreadable.yaml", "instance: [\n")
	for _, c := range []struct {
		args []string
		want int
	}{{[]string{"broken.yaml"}, 1}, {[]string{"healthy.yaml"}, 0}, {[]string{"warned.yaml"}, 0}, {[]string{"hosted.yaml"}, 0}, {[]string{"healthy.yaml", "--strict"}, 3},
		{[]string{"broken.yaml", "--strict"}, 1}, {[]string{"unreadable.yaml"}, 2}, {[]string{"healthy.yaml", "broken.yaml"}, 1}, {[]string{"healthy.yaml", "missing.yaml"}, 2},
		{[]string{"broken.yaml", "--only", "callback-not-https"}, 1}, {[]string{"broken.yaml", "--only", "session-idle"}, 0}, {[]string{"broken.yaml", "--only", "no-such-check"}, 2}} {
		for _, format := range []string{"text", "json", "sarif", "junit"} {
			stdout, stderr, status := run(t, "", append([]string{"doctor", "--offline", "-o", format}, c.args...)...)
			if status != c.want {
				t.Errorf("%q as %s exits with %d, wanted %d", c.args, format, status, c.want)
			}
			if (status == 2) != (stderr != "") || (status == 2) == (stdout != "") {
				t.Errorf("%q as %s says %q, and %q as an error", c.args, format, stdout, stderr)
			}
		}
	}
}
