// SPDX-License-Identifier: Apache-2.0

package config

import (
	"strings"
	"testing"
)

func TestRedactedLines(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"plain", account("ims_client_secret: s3cret # the new one", "label: x"), account(`ims_client_secret: "[secret]" # the new one`, "label: x")},
		{"double quotes", account(`ims_client_secret: "s3\"c#ret" # x`), account(`ims_client_secret: "[secret]" # x`)},
		{"single quotes", account(`ims_client_secret: 's3''c"ret' # x`), account(`ims_client_secret: "[secret]" # x`)},
		{"number of bytes", account("ims_client_secret: größe€ # x"), account(`ims_client_secret: "[secret]" # x`)},
		{"over two lines", account("ims_client_secret: s3cret", "  continued", "label: x"), account(`ims_client_secret: "[secret]"`, "", "label: x")},
		{"quoted over lines", account(`ims_client_secret: "s3cret`, "", `  continued"`, "label: x"), account(`ims_client_secret: "[secret]"`, "", "", "label: x")},
		{"block", account("ims_client_secret: |", "  s3cret", "", "  more", "label: x"), account(`ims_client_secret: "[secret]"`, "", "", "", "label: x")},
		{"block with indicators", account("ims_client_secret: >2-", "     s3cret", "  more", "label: x"), account(`ims_client_secret: "[secret]"`, "", "", "label: x")},
		{"references stay", account("ims_client_secret: {file: /run/ims}"), account("ims_client_secret: {file: /run/ims}")},
		{"list", after("organization: {clients: [{id: x, secrets: [one1, 'two2']}]}"), after(`organization: {clients: [{id: x, secrets: ["[secret]", "[secret]"]}]}`)},
		{"block list", after("organization:", "  clients:", "    - id: x", "      secrets:", "        - one1", "        - {env: E}"), after("organization:", "  clients:", "    - id: x", "      secrets:", `        - "[secret]"`, "        - {env: E}")},
		{"list of blocks", after("organization:", "  clients:", "    - id: x", "      secrets:", "      - |", "       one1", "      - two2"), after("organization:", "  clients:", "    - id: x", "      secrets:", `      - "[secret]"`, "", `      - "[secret]"`)},
		{"password", after("organization: {users: [{email: a@b, password: pw}]}"), after(`organization: {users: [{email: a@b, password: "[secret]"}]}`)},
		{"address of the database", after("server: {database: 'postgres://u:p%40w@h:5432/d?x=1'}"), after("server: {database: 'postgres://u:xxxxx@h:5432/d?x=1'}")},
		{"address with a parameter", after(`server: {database: "postgres://h/d?user=u&password=pw&x=1"}`), after(`server: {database: "postgres://h/d?user=u&password=xxxxx&x=1"}`)},
		{"address with escapes", after(`server: {database: "postgres://u:p\x77@h/d"}`), after(`server: {database: "postgres://u:xxxxx@h/d"}`)},
		{"address without password", after(`server: {database: "postgres://u@h:5432/d?x=a@b"}`), after(`server: {database: "postgres://u@h:5432/d?x=a@b"}`)},
		{"embedded database", after("server: {database: 'sqlite:a:b@c'}"), after("server: {database: 'sqlite:a:b@c'}")},
		{"old secret in a comment", "# ims_client_secret: 0ld3r # gone\n" + minimal, "# ims_client_secret: \"[secret]\"\n" + minimal},
		{"known secret in a comment", account("ims_client_secret: s3cret", "label: x # not s3cret any more"), account(`ims_client_secret: "[secret]"`, "label: x # not [secret] any more")},
		{"no comment between quotes", account(`label: "a # secret: b" # secret: c`, "ims_client_secret: 'd # e f'"), account(`label: "a # secret: b" # secret: "[secret]"`, `ims_client_secret: "[secret]"`)},
		{"address with a password elsewhere", account("ims_server: https://u:pw@ims # x", `callback_url: "https://h:1/a@b"`), account("ims_server: https://u:xxxxx@ims # x", `callback_url: "https://h:1/a@b"`)},
		{"address in a comment", minimal + "# was postgres://u:pw@h/d\n", minimal + "# was postgres://u:xxxxx@h/d\n"},
		{"a comment that speaks of secrets", minimal + "# the client secret is in the vault\n# ims_client_secret: {file: /run/ims}\n", minimal + "# the client secret is in the vault\n# ims_client_secret: {file: /run/ims}\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := mustParse(t, tt.text, world(map[string]string{"/run/ims": "x"}, map[string]string{"E": "x"}))
			if got := c.Redacted(); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			if got := Redact([]byte(tt.text)); got != tt.want {
				t.Errorf("Redact differs from Redacted:\n%s", got)
			}
			if _, err := Parse("redacted.yaml", []byte(c.Redacted()), Environment{LenientSecrets: true}); err != nil {
				t.Errorf("the redacted text does not load: %v", err)
			}
			for n, line := range strings.Split(strings.TrimSuffix(tt.want, "\n"), "\n") {
				if got := c.Line(n + 1); got != line {
					t.Errorf("line %d is %q, want %q", n+1, got, line)
				}
			}
		})
	}
}

func TestRedactKeepsLineEnds(t *testing.T) {
	text := strings.ReplaceAll(account("ims_client_secret: |", "  s3cret", "label: x"), "\n", "\r\n")
	c := mustParse(t, text, Environment{})
	if got, want := c.Line(9), "    label: x"; got != want {
		t.Errorf("line 9 %q, want %q", got, want)
	}
	if strings.Contains(c.Redacted(), "s3cret") || c.Lines() != 9 {
		t.Errorf("%d lines:\n%s", c.Lines(), c.Redacted())
	}
}

// A text that is no YAML is redacted by the names of its keys.
func TestRedactWithoutYAML(t *testing.T) {
	const canary = "c4n4ry"
	for _, text := range []string{
		"a: [\nims_client_secret: " + canary + "\n",
		"a: [\nsecrets:\n  - " + canary + "\n  - " + canary + "\nlabel: x\n",
		"a: [\nsecrets:\n- " + canary + "\nlabel: x\n",
		"a: [\nims_client_secret: |\n  " + canary + "\n\n  " + canary + "\nlabel: x\n",
		"a: [\nims_client_secret:" + canary + "\n",
		"a: [\nims_client_secret = " + canary + "\n",
		"\tpassword: " + canary + "\nlabel: x\n",
		"a: [\ndatabase: postgres://u:" + canary + "@h/d\n",
		"a: [\n{id: x, secrets: [" + canary + "], label: x}\n",
		"\xff\nims_client_secret: " + canary + "\n",
	} {
		got := Redact([]byte(text))
		if strings.Contains(got, canary) {
			t.Errorf("still there in\n%s", got)
		}
		if strings.Contains(text, "\nlabel: x\n") && !strings.Contains(got, "\nlabel: x\n") {
			t.Errorf("hides more than the secret:\n%s", got)
		}
		if strings.Count(got, "\n") != strings.Count(text, "\n") {
			t.Errorf("lines are lost in\n%s", got)
		}
	}
	if got := Redact([]byte("a: [\nims_client_secret: {file: /run/ims}\n")); !strings.Contains(got, "/run/ims") {
		t.Errorf("a reference is no secret:\n%s", got)
	}
}

// A secret that was written where the client id goes is hidden there too.
func TestExchangedSecretIsHidden(t *testing.T) {
	text := "external_accounts:\n  - ims_client_id: canary-5151\n    ims_client_secret: Campaign1\n  - ims_client_id: short\norganization:\n  clients:\n    - id: Campaign1\n      secrets: [canary-5151]\n"
	shown := Redact([]byte(text))
	if strings.Contains(shown, "canary") || !strings.Contains(shown, "ims_client_id: short") || !strings.Contains(shown, "id: Campaign1") {
		t.Errorf("shown is\n%s", shown)
	}
}
