// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/usher-signin/usher"
)

// applied gives the file's text after edits.
func applied(t *testing.T, c *Config, edits ...usher.Edit) string {
	t.Helper()
	out, err := c.Change(edits...).Apply(c.src.data)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestReplaceScalar(t *testing.T) {
	tests := []struct{ name, line, path, value, want string }{
		{"plain", "label: a", "label", "b", "label: b"},
		{"comment stays", "label: a   # why", "label", "b c", "label: b c   # why"},
		{"double quotes stay", `label: "a" # "x"`, "label", "b", `label: "b" # "x"`},
		{"single quotes stay", `label: 'it''s'`, "label", "that's", `label: 'that''s'`},
		{"needs quotes", "label: a", "label", "b: c", `label: "b: c"`},
		{"needs quotes for a hash", "label: a", "label", "b # c", `label: "b # c"`},
		{"blanks around", "label: a", "label", " b ", `label: " b "`},
		{"looks like a number", "label: a", "label", "12", `label: "12"`},
		{"looks like true", "label: a", "label", "true", `label: "true"`},
		{"looks like nothing", "label: a", "label", "~", `label: "~"`},
		{"empty", "label: a", "label", "", `label: ""`},
		{"invisible", "label: a", "label", "b\u00a0c\u200b", `label: "b\xa0c\u200b"`},
		{"invisible in single quotes", "label: 'a'", "label", "b\tc", `label: "b\tc"`},
		{"line break", "label: a", "label", "b\nc", `label: "b\nc"`},
		{"backslash", `label: "a"`, "label", `b\c"d`, `label: "b\\c\"d"`},
		{"alias", "label: a", "label", "*b", `label: "*b"`},
		{"letters", "label: Größe", "label", "Maß", "label: Maß"},
		{"flag", "enabled: false # off", "enabled", "true", "enabled: true # off"},
		{"in brackets", "ims_scopes: [openid, 'AdobeID', session]", "ims_scopes[1]", "x", "ims_scopes: [openid, 'x', session]"},
		{"in brackets, with a comma", "ims_scopes: [openid, AdobeID]", "ims_scopes[0]", "a,b", `ims_scopes: ["a,b", AdobeID]`},
		{"in braces", "association_mask: {prefix: a}", "association_mask.prefix", "b}", `association_mask: {prefix: "b}"}`},
		{"address", "ims_server: http://a/", "ims_server", "https://b:1/?c=d", "ims_server: https://b:1/?c=d"},
		{"blank after", "label: a ", "label", "b", "label: b "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := account(tt.line, "experience_cloud_tenant: x")
			c := mustParse(t, text, Environment{})
			edit, err := c.ReplaceScalar("external_accounts[0]."+tt.path, tt.value)
			if err != nil {
				t.Fatal(err)
			}
			got := applied(t, c, edit)
			if want := account(tt.want, "experience_cloud_tenant: x"); got != want {
				t.Fatalf("got\n%s\nwant\n%s", got, want)
			}
			next := mustParse(t, got, Environment{})
			if _, n, _ := next.find("external_accounts[0]." + tt.path); n.Value != tt.value {
				t.Errorf("reads as %q, want %q", n.Value, tt.value)
			}
		})
	}
}

func TestReplaceScalarRefuses(t *testing.T) {
	c := mustParse(t, account("ims_client_secret: s3cret", "label: |", "  a", "  b", "ims_server: a", "  b", "association_mask: {prefix: x}", "enabled: true")+
		"organization: {clients: [{id: x, secrets: [y]}]}\n", Environment{})
	for path, want := range map[string]string{
		"external_accounts[0].ims_client_secret": "prod.yaml:7: the line holds a secret",
		"external_accounts[0].label":             "prod.yaml:8:12: the value of external_accounts[0].label goes over several lines",
		"external_accounts[0].ims_server":        "prod.yaml:11:17: the value of external_accounts[0].ims_server goes over several lines",
		"external_accounts[0].association_mask":  "prod.yaml:13:23: external_accounts[0].association_mask holds keys",
		"external_accounts[0].product_context":   "prod.yaml: external_accounts[0].product_context is not written in the file",
		"external_accounts[0].enabled":           `prod.yaml:14:14: "on" cannot stand here; write true or false`,
		"organization.clients[0].id":             "prod.yaml:15: the line holds a secret",
		"external_accounts":                      "prod.yaml:5:3: external_accounts holds a list",
	} {
		if _, err := c.ReplaceScalar(path, "on"); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", path, err, want)
		}
	}
}

func TestDeleteItem(t *testing.T) {
	tests := []struct{ name, path, text, want string }{
		{"account between others", "external_accounts[1]",
			minimal + "  # the twin\n  - internal_name: b\n    type: OpenID Connect # c\n    # its end\n  # the third\n  - internal_name: c\n    type: OpenID Connect\n",
			minimal + "  # the third\n  - internal_name: c\n    type: OpenID Connect\n"},
		{"last account", "external_accounts[1]", minimal + "  - internal_name: b\n    type: OpenID Connect\n\nserver: {}\n", minimal + "\nserver: {}\n"},
		{"first account keeps the list's comment", "external_accounts[0]",
			strings.Replace(minimal, "  - internal", "  # the accounts\n  - internal", 1) + "  - internal_name: b\n    type: OpenID Connect\n",
			"instance:\n  name: production\n  url: https://campaign.corp.example\nexternal_accounts:\n  # the accounts\n  - internal_name: b\n    type: OpenID Connect\n"},
		{"the only account", "external_accounts[0]", minimal, "instance:\n  name: production\n  url: https://campaign.corp.example\nexternal_accounts: []\n"},
		{"account with a secret", "external_accounts[1]", minimal + "  - internal_name: b\n    type: OpenID Connect\n    client_secret: |\n      s3cret\n", minimal},
		{"account at the margin", "external_accounts[0]", "instance: {name: x, url: https://x}\nexternal_accounts:\n- internal_name: a\n  type: OpenID Connect\n- internal_name: b\n  type: OpenID Connect\n",
			"instance: {name: x, url: https://x}\nexternal_accounts:\n- internal_name: b\n  type: OpenID Connect\n"},
		{"dash on its own line", "operator_groups[1]", after("operator_groups:", "  -", "    name: a", "  -", "    name: b", "  - name: c"), after("operator_groups:", "  -", "    name: a", "  - name: c")},
		{"between empty lines", "operator_groups[1]", after("operator_groups:", "  - name: a", "", "  - name: b", "", "  - name: c"), after("operator_groups:", "  - name: a", "", "  - name: c")},
		{"item in brackets", "applications[0].allow[1]", after("applications: [{name: a, url: https://a, allow: [x, 'y, z', w]}] # c"), after("applications: [{name: a, url: https://a, allow: [x, w]}] # c")},
		{"last in brackets", "applications[0].allow[1]", after("applications: [{name: a, url: https://a, allow: [x, y ]}]"), after("applications: [{name: a, url: https://a, allow: [x ]}]")},
		{"only in brackets", "applications[0].allow[0]", after("applications: [{name: a, url: https://a, allow: [ x ]}]"), after("applications: [{name: a, url: https://a, allow: [  ]}]")},
		{"braces in brackets", "applications[0]", after(`applications: [{name: "a}", url: https://a, allow: []}, {name: b, url: https://b}]`), after("applications: [{name: b, url: https://b}]")},
		{"key in braces", "applications[0].allow", after("applications: [{name: a, url: https://a, allow: [x, y]}]"), after("applications: [{name: a, url: https://a}]")},
		{"key", "external_accounts[0].product_context", account("label: x", "# shown since the build of May", "product_context: dma_campaign", "enabled: true"), account("label: x", "enabled: true")},
		{"last key", "external_accounts[0].product_context", account("product_context: dma_campaign"), minimal},
		{"key with a list", "external_accounts[0].ims_scopes", account("ims_scopes:", "  - a", "  - b", "label: x"), account("label: x")},
		{"key behind the dash", "operator_groups[0].rights", after("operator_groups:", "  - rights: [x]", "    name: a"), after("operator_groups:", "  - name: a")},
		{"top level", "server", after("server:", "  listen: 127.0.0.1:1", "operator_groups: []"), after("operator_groups: []")},
		{"scope in a text", "external_accounts[0].ims_scopes[1]", account("ims_scopes: openid,AdobeID,session # c"), account("ims_scopes: openid,session # c")},
		{"last scope in a text", "external_accounts[0].ims_scopes[2]", account("ims_scopes: 'openid, AdobeID, session'"), account("ims_scopes: 'openid, AdobeID'")},
		{"scope in a list", "external_accounts[0].ims_scopes[0]", account("ims_scopes:", "  - openid", "  - AdobeID"), account("ims_scopes:", "  - AdobeID")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := mustParse(t, tt.text, Environment{})
			edits, err := c.DeleteItem(tt.path)
			if err != nil {
				t.Fatal(err)
			}
			if got := applied(t, c, edits...); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			for _, e := range edits {
				if strings.Contains(e.Before, "s3cret") {
					t.Errorf("the secret is in the edit of line %d", e.Line)
				}
			}
		})
	}
}

func TestDeleteItemRefuses(t *testing.T) {
	c := mustParse(t, account("ims_scopes: openid", "ims_client_secret: s3cret")+"operator_groups: [{name: a},\n  {name: b}]\napplications:\n  - {name: a, url: https://a}\nserver:\n  session:\n    idle: 1m\n", Environment{})
	for path, want := range map[string]string{
		"":                                   "prod.yaml: the whole file cannot be deleted",
		"external_accounts[1]":               "prod.yaml: external_accounts[1] is not written",
		"external_accounts[0].ims_scopes[0]": "prod.yaml:7:17: external_accounts[0].ims_scopes[0] is the only scope",
		"external_accounts[0].ims_scopes[1]": "prod.yaml: external_accounts[0].ims_scopes[1] is not written",
		"operator_groups[0]":                 "prod.yaml:9:19: operator_groups[0] stands between brackets that go over several lines",
		"server.session.idle":                "prod.yaml:15:11: server.session.idle is the only key",
	} {
		if _, err := c.DeleteItem(path); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", path, err, want)
		}
	}
}

func TestInsertItem(t *testing.T) {
	tests := []struct{ name, path, item, text, want string }{
		{"operator group", "operator_groups", "name: b\nrights: [x]", after("operator_groups:", "  - name: a # first", "", "server: {}"), after("operator_groups:", "  - name: a # first", "  - name: b", "    rights: [x]", "", "server: {}")},
		{"item at the margin", "operator_groups", "name: b", after("operator_groups:", "- name: a"), after("operator_groups:", "- name: a", "- name: b")},
		{"key of an account", "external_accounts[0]", "product_context: dma_campaign_classic", account("label: x", "ims_scopes:", "  - a"), account("label: x", "ims_scopes:", "  - a", "product_context: dma_campaign_classic")},
		{"top level", "", "operator_groups:\n  - name: a", after("server: {}"), after("server: {}", "operator_groups:", "  - name: a")},
		{"brackets", "applications[0].allow", "b", after("applications: [{name: a, url: https://a, allow: [a]}]"), after("applications: [{name: a, url: https://a, allow: [a, b]}]")},
		{"empty brackets", "applications[0].allow", "b", after("applications: [{name: a, url: https://a, allow: [ ]}]"), after("applications: [{name: a, url: https://a, allow: [b ]}]")},
		{"comma after the last", "applications[0].allow", "b", after("applications: [{name: a, url: https://a, allow: [a, ]}]"), after("applications: [{name: a, url: https://a, allow: [a, b ]}]")},
		{"braces", "server", "listen: 127.0.0.1:1", after("server: {}"), after("server: {listen: 127.0.0.1:1}")},
		{"key of an account that ends in a secret", "external_accounts[0]", "product_context: dma_campaign_classic", account("label: x", "ims_client_secret: s3cret"), account("label: x", "product_context: dma_campaign_classic", "ims_client_secret: s3cret")},
		{"behind a secret", "organization.users", "email: b@c", after("organization:", "  users:", "    - email: a@b", "      password: pw1234"), after("organization:", "  users:", "    - email: b@c", "    - email: a@b", "      password: pw1234")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := mustParse(t, tt.text, Environment{})
			edit, err := c.InsertItem(tt.path, tt.item)
			if err != nil {
				t.Fatal(err)
			}
			if got := applied(t, c, edit); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestInsertItemRefuses(t *testing.T) {
	c := mustParse(t, account("ims_client_secret: s3cret")+"organization:\n  clients:\n    - {id: a, secrets: [s3cret]}\n  product_context: |+\n    x\n\n", Environment{})
	for _, tt := range []struct{ path, item, want string }{
		{"operator_groups", "name: a", "prod.yaml: operator_groups is not written"},
		{"organization.clients", "id: b", "prod.yaml:10: the line holds a secret"},
		{"external_accounts[0].type", "label: x", "prod.yaml:6:11: external_accounts[0].type holds a text"},
		{"organization", "id: x", "prod.yaml:11:20: the block of text here would change"},
		{"", "label: [", "prod.yaml: the text to add to the file is no YAML"},
		{"external_accounts[0]", "client_secret: s3cret", "prod.yaml: the text to add to external_accounts[0] holds a secret"},
	} {
		if _, err := c.InsertItem(tt.path, tt.item); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.path, err, tt.want)
		}
	}
}

func TestApplyRefuses(t *testing.T) {
	c := mustParse(t, account("label: a", "ims_client_secret: s3cret"), Environment{})
	label := func(text string) *string { return &text }
	good := usher.Edit{Line: 7, Before: "    label: a", After: label("    label: b")}
	other := strings.Replace(string(c.src.data), "label: a", "label: z", 1)
	for _, tt := range []struct {
		name, want string
		change     Change
		data       string
	}{
		{"changed line", "line 7 was \"    label: a\" and is \"    label: z\"", c.Change(good), other},
		{"changed elsewhere", "the lines to edit are as they were", c.Change(good), string(c.src.data) + "# c\n"},
		{"line gone", "line 7 was \"    label: a\" and is gone", c.Change(good), minimal},
		{"another before", "it expects \"x\", the line is \"    label: a\"", c.Change(usher.Edit{Line: 7, Before: "x"}), string(c.src.data)},
		{"no edits", "holds no edit", c.Change(), string(c.src.data)},
		{"twice", "two edits change line 7", c.Change(good, good), string(c.src.data)},
		{"line zero", "lines count from 1", c.Change(usher.Edit{}), string(c.src.data)},
		{"line too far", "the file has 8 lines", c.Change(usher.Edit{Line: 99}), string(c.src.data)},
		{"secret", "line 8 holds a secret", c.Change(usher.Edit{Line: 8, Before: c.Line(8), After: label("x")}), string(c.src.data)},
	} {
		_, err := tt.change.Apply([]byte(tt.data))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
		if changed := tt.data != string(c.src.data); errors.Is(err, ErrChanged) != changed {
			t.Errorf("%s: is ErrChanged: %v", tt.name, !changed)
		}
	}
}

func TestEditsKeepLineEnds(t *testing.T) {
	text := strings.ReplaceAll(after("operator_groups:", "  - name: a"), "\n", "\r\n")
	c := mustParse(t, text, Environment{})
	edit, err := c.InsertItem("operator_groups", "name: b\nrights: [x]")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := applied(t, c, edit), text+"  - name: b\r\n    rights: [x]\r\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	bare := mustParse(t, strings.TrimSuffix(after("operator_groups:", "  - name: a"), "\n"), Environment{})
	edit, err = bare.InsertItem("operator_groups", "name: b")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := applied(t, bare, edit), after("operator_groups:", "  - name: a")+"  - name: b"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
