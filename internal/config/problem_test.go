// SPDX-License-Identifier: Apache-2.0

package config

import (
	"bytes"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
)

// account is a file with these lines in its one account; they begin at line 7.
func account(lines ...string) string {
	text := minimal
	for _, line := range lines {
		if line != "" {
			text += "    " + line
		}
		text += "\n"
	}
	return text
}

// after is a file with these lines at the top level; they begin at line 7.
func after(lines ...string) string { return minimal + strings.Join(lines, "\n") + "\n" }

func TestProblems(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string // the beginning of each problem, then words that it holds, after " ... "
	}{
		{"empty", "", []string{"f.yaml:1:1: saw an empty file"}},
		{"comments only", "# nothing\n\n", []string{"f.yaml:1:1: saw an empty file"}},
		{"a text", "hello\n", []string{"f.yaml:1:1: saw a text for the file"}},
		{"a list", "- a\n", []string{"f.yaml:1:1: saw a list for the file"}},
		{"instance left out", "external_accounts: []\n", []string{"f.yaml:1:1: saw a file without the key instance ... add instance:"}},
		{"unknown key", account("ims_sever: https://x"), []string{`f.yaml:7:5: saw the unknown key "ims_sever" ... write ims_server`}},
		{"unknown key by case and dash", account("IMS-Server: https://x"), []string{`f.yaml:7:5: saw the unknown key "IMS-Server" ... write ims_server`}},
		{"unknown key like nothing", account("shape: blue"), []string{`f.yaml:7:5: saw the unknown key "shape" ... remove it`}},
		{"misspelled and required", "instance:\n  nam: x\n  url: https://x\n", []string{`f.yaml:2:3: saw the unknown key "nam" ... write name`}},
		{"key of another level", after("association_mask: x"), []string{`f.yaml:7:1: saw the key "association_mask" at a level where it does not belong ... move it to external_accounts`}},
		{"key of several levels", after("rights: [x]", "product_context: x"), []string{
			`f.yaml:7:1: saw the key "rights" ... move it to operator_groups`, `f.yaml:8:1: saw the key "product_context" ... move it to external_accounts or organization`}},
		{"key of the top level further down", account("server: {}"), []string{`f.yaml:7:5: saw the key "server" ... move it to the file's top level`}},
		{"key of the other type", account("client_id: x", "scopes: [a]", "groups_claim: g"), []string{
			`f.yaml:7:5: saw the key "client_id", which belongs to accounts of type OpenID Connect ... write ims_client_id`,
			`f.yaml:8:5: saw the key "scopes" ... write ims_scopes`, `f.yaml:9:5: saw the key "groups_claim" ... remove it, or change the type`}},
		{"IMS key in OpenID Connect", strings.Replace(account("ims_server: https://x"), "type: Adobe Marketing Cloud", "type: OpenID Connect", 1), []string{
			`f.yaml:7:5: saw the key "ims_server", which belongs to accounts of type Adobe Marketing Cloud ... write issuer`}},
		{"duplicate key", account("label: a", "label: b"), []string{`f.yaml:8:5: saw the key "label" a second time; line 7 has it already`}},
		{"duplicate top level", after("server: {}", "server: {}"), []string{`f.yaml:8:1: saw the key "server" a second time; line 7`}},
		{"no value", account("ims_server:"), []string{"f.yaml:7:16: saw ims_server without a value"}},
		{"no value for keys", after("server:"), []string{"f.yaml:7:8: saw server without a value"}},
		{"no value for a list", after("operator_groups: ~"), []string{"f.yaml:7:18: saw operator_groups without a value"}},
		{"empty text", strings.Replace(minimal, "name: production", `name: ""`, 1), []string{"f.yaml:2:9: saw an empty text for name"}},
		{"number for text", account("experience_cloud_tenant: 0123"), []string{"f.yaml:7:30: saw a number for experience_cloud_tenant ... put the value in quotes"}},
		{"date for text", account("label: 2026-11-22"), []string{"f.yaml:7:12: saw a date for label"}},
		{"true for text", account("label: true"), []string{"f.yaml:7:12: saw true or false for label"}},
		{"list for text", account("label: [a]"), []string{"f.yaml:7:12: saw a list for label"}},
		{"keys for text", account("label: {a: b}"), []string{"f.yaml:7:12: saw keys for label"}},
		{"text for flag", account("enabled: yes"), []string{`f.yaml:7:14: saw "yes" for enabled; wanted true or false`}},
		{"quoted flag", account(`enabled: "false"`), []string{`f.yaml:7:14: saw "false" for enabled`}},
		{"text for list", after("applications: x"), []string{"f.yaml:7:15: saw a text for applications; wanted a list"}},
		{"text for keys", after("server: x"), []string{"f.yaml:7:9: saw a text for server; wanted keys (listen"}},
		{"text in a list of keys", after("operator_groups: [Admin]"), []string{"f.yaml:7:19: saw a text for operator_groups; wanted keys (name, rights)"}},
		{"wrong word", strings.Replace(minimal, "name: production", "name: x\n  environment: prod", 1), []string{`f.yaml:3:16: saw "prod" for environment; wanted production, stage or development; write production`}},
		{"wrong type", strings.Replace(minimal, "type: Adobe Marketing Cloud", "type: ADOBE MARKETING CLOUD", 1), []string{`f.yaml:6:11: saw "ADOBE MARKETING CLOUD" for type ... write Adobe Marketing Cloud`}},
		{"bad duration", after("server: {session: {idle: 30 minutes, lifetime: 0s}}"), []string{`f.yaml:7:26: saw "30 minutes" for idle; wanted a duration`, `f.yaml:7:48: saw "0s" for lifetime`}},
		{"bad days", after("server: {retention: {attempts: 90, audit: 0d, sessions: 1w}}"), []string{`f.yaml:7:32: saw a number for attempts; wanted a number of days`, `f.yaml:7:43: saw "0d" for audit`, `f.yaml:7:57: saw "1w" for sessions`}},
		{"number for duration", after("server: {session: {idle: 30}}"), []string{"f.yaml:7:26: saw a number for idle; wanted a duration"}},
		{"bad address", strings.Replace(minimal, "https://campaign", "campaign", 1), []string{`f.yaml:3:8: saw "campaign.corp.example" for url; wanted an absolute http or https address`}},
		{"bad listen", after("server: {listen: 127.0.0.1, admin_listen: 'x:99999'}"), []string{`f.yaml:7:18: saw "127.0.0.1" for listen`, `f.yaml:7:43: saw "x:99999" for admin_listen`}},
		{"bad database", after("server: {database: mysql://x}"), []string{"f.yaml:7:20: saw a value for database that is no such address; wanted sqlite:PATH"}},
		{"bad network", after("server: {trusted_proxies: [127.0.0.1, proxy, 10.0.0.0/33]}"), []string{`f.yaml:7:39: saw "proxy" for trusted_proxies`, `f.yaml:7:46: saw "10.0.0.0/33" for trusted_proxies`}},
		{"bad date", after("suppress: [{code: c, reason: r, until: 2026-02-30}]"), []string{`f.yaml:7:40: saw "2026-02-30" for until; wanted a date`}},
		{"bad public path", after("applications: [{name: a, url: https://a, public: [healthz]}]"), []string{`f.yaml:7:51: saw "healthz" for public; wanted a path that begins with a slash`}},
		{"empty item", after("applications: [{name: a, url: https://a, allow: ['']}]"), []string{"f.yaml:7:50: saw an empty text for an item of allow"}},
		{"null item", after("applications: [{name: a, url: https://a, allow: [~]}]"), []string{"f.yaml:7:50: saw an item of allow without a value"}},
		{"mask with another key", account("association_mask: {regex: x}"), []string{`f.yaml:7:24: saw the key "regex" for association_mask; wanted {prefix: ...} or {pattern: ...}`}},
		{"mask with both keys", account("association_mask: {prefix: x, pattern: y}"), []string{"f.yaml:7:23: saw 2 keys for association_mask"}},
		{"two documents", minimal + "---\n" + minimal, []string{"f.yaml:7:1: saw something after the end of the first YAML document"}},
		{"text after the document", minimal + "...\njunk: [\n", []string{"f.yaml:7:1: saw something after the end"}},
		{"anchor", account("label: &a x"), []string{"f.yaml:7:12: saw a YAML anchor"}},
		{"anchor and alias", account("label: &a x", "ims_client_id: *a"), []string{"f.yaml:7:12: saw a YAML anchor", "f.yaml:8:20: saw a YAML alias"}},
		{"alias of nothing", account("label: *a"), []string{`f.yaml:7:12: saw a value that begins with "*"`}},
		{"merge key", account("<<: {label: x}"), []string{"f.yaml:7:5: saw a YAML merge key"}},
		{"tag", account("label: !!str 1", "ims_client_id: !mine x"), []string{"f.yaml:7:12: saw a YAML tag", "f.yaml:8:20: saw a YAML tag"}},
		{"list as a key", after("? [a]", ": b"), []string{"f.yaml:7:3: saw a list or further keys where a key's name should be"}},
		{"deep", after("server: " + strings.Repeat("[", 40) + strings.Repeat("]", 40)), []string{"f.yaml:1:1: saw values nested deeper than 32 levels"}},
		{"tab", account("\tlabel: x"), []string{"f.yaml:7:1: saw a tab in the indentation"}},
		{"unknown key behind a byte order mark", "\ufeffinstanse: x\n" + minimal, []string{"f.yaml:1:1: saw"}},
		{"UTF-16", "\xff\xfei\x00", []string{"f.yaml:1:1: saw a file in UTF-16"}},
		{"Latin-1", account("label: Caf\xe9"), []string{"f.yaml:7:15: saw the byte 0xE9, which is not UTF-8"}},
		{"control characters", account("label: a\x00b", "ims_client_id: \x7f"), []string{"f.yaml:7:13: saw the control character U+0000", "f.yaml:8:20: saw the control character U+007F"}},
		{"other line ends", account("label: a\u2028b", "ims_client_id: a\rb"), []string{`f.yaml:7:13: saw the line separator U+2028 ... \u2028`, "f.yaml:8:21: saw the line separator U+000D"}},
		{"columns count characters", account("label: Größe [", "ims_client_id: {ä: ü}"), []string{"f.yaml:8:20: saw keys for ims_client_id"}},
		{"missing file", account("ims_client_secret: {file: missing}"), []string{`f.yaml:7:31: saw the secret's file "missing", but there is no such file`}},
		{"missing variable", account("ims_client_secret: {env: MISSING}"), []string{`f.yaml:7:30: saw the secret's env "MISSING", but the variable is not set`}},
		{"empty secret", account(`ims_client_secret: ""`), []string{"f.yaml:7:24: saw an empty text for ims_client_secret"}},
		{"syntax: indentation", "instance:\n  name: x\n   url: y\n", []string{`f.yaml:3:4: saw a second ": " in one line, or a line indented deeper`}},
		{"syntax: dedented", "instance:\n  name: x\n url: y\n", []string{"f.yaml:3:2: saw a line whose indentation or first character does not fit"}},
		{"syntax: no colon", minimal + "server\napplications: []\n", []string{`f.yaml:7:1: saw a line without ": "`}},
		{"syntax: open bracket", after("applications: [", "server: {}"), []string{`f.yaml:7:15: saw a list opened with "["`}},
		{"syntax: open quote", account(`label: "x`, "ims_client_id: y"), []string{"f.yaml:7:12: saw a text whose quote is not closed"}},
		{"syntax: escape", account(`association_mask: "a\.b"`), []string{"f.yaml:7:25: saw a backslash sequence"}},
		{"syntax: in the first line", "a: b: c\n", []string{`f.yaml:1:1: saw a second ": " in one line`}},
		{"by line, whoever found them", account("enabled: maybe", "label: &a x", "label: y"), []string{`f.yaml:7:14: saw "maybe" for enabled`, "f.yaml:8:12: saw a YAML anchor", `f.yaml:9:5: saw the key "label" a second time`}},
		{"several at once, by line", "server: {listen: x}\ninstance: {url: y, mane: z}\nsuppress: {}\n", []string{
			`f.yaml:1:18: saw "x" for listen`, `f.yaml:2:17: saw "y" for url`, `f.yaml:2:20: saw the unknown key "mane" ... write name`, "f.yaml:3:11: saw keys for suppress; wanted a list"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("f.yaml", []byte(tt.text), world(nil, nil))
			var problems *Problems
			if !errors.As(err, &problems) {
				t.Fatalf("got %v, want problems", err)
			}
			lines := strings.Split(problems.Error(), "\n")
			if len(lines) != len(tt.want) {
				t.Fatalf("got %d problems, want %d:\n%s", len(lines), len(tt.want), problems)
			}
			for i, want := range tt.want {
				begin, rest, _ := strings.Cut(want, " ... ")
				if !strings.HasPrefix(lines[i], begin) || !strings.Contains(lines[i], rest) {
					t.Errorf("got  %s\nwant %s", lines[i], want)
				}
			}
		})
	}
}

// What the doctor judges must load, however wrong it is.
func TestJudgesNothing(t *testing.T) {
	for _, text := range []string{
		account(`association_mask: "Campaign - ( - (.*)"`),
		account(`association_mask: ""`),
		account("callback_url: http://campaign.corp.example/usher/callback"),
		account("callback_url: not an address"),
		account("product_context: dma_campagne_classic"),
		account(`product_context: ""`),
		account("ims_server: ims-na1.adobelogin.com:443"),
		account("ims_scopes: ','"),
		after("applications: [{name: a, url: https://a, allow: [No such group]}, {name: a, url: https://a}]"),
		after("operator_groups: [{name: ' Admin '}, {name: Admin}, {name: Admin}]"),
		after("organization: {clients: [{id: x, callback_patterns: ['(']}]}"),
		after("suppress: [{code: no-such-code, reason: x}]"),
		"instance: {name: x, url: https://x, deployment: hosted}\n",
		"instance: {name: x, url: https://x}\nexternal_accounts: []\n",
	} {
		if _, err := Parse("f.yaml", []byte(text), Environment{}); err != nil {
			t.Errorf("%v\nin\n%s", err, text)
		}
	}
}

func TestLineEndsOfWindows(t *testing.T) {
	c := mustParse(t, strings.ReplaceAll(account("label: a"), "\n", "\r\n"), Environment{})
	if got := c.Line(7); got != "    label: a" {
		t.Errorf("line %q", got)
	}
	if c.Accounts[0].Label != "a" || c.At("external_accounts[0].label").Line != 7 {
		t.Errorf("label %q at %v", c.Accounts[0].Label, c.At("external_accounts[0].label"))
	}
}

func TestTooManyProblemsAreCounted(t *testing.T) {
	_, err := Parse("f.yaml", []byte(minimal+strings.Repeat("x: y\n", 1)+"operator_groups: ["+strings.Repeat("x, ", 500)+"x]\n"), Environment{})
	var problems *Problems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	if len(problems.List) != maxProblems || len(problems.List)+problems.More != 502 {
		t.Errorf("%d listed, %d more; want %d and 502 in all", len(problems.List), problems.More, maxProblems)
	}
	if !strings.HasSuffix(err.Error(), "f.yaml: and 402 more problems") {
		t.Errorf("the end is %q", err.Error()[len(err.Error())-60:])
	}
}

func TestTooLargeFile(t *testing.T) {
	if _, err := Parse("f.yaml", bytes.Repeat([]byte("#\n"), MaxFileBytes/2+1), Environment{}); err == nil || !strings.HasPrefix(err.Error(), "f.yaml: saw a file larger than 8 MiB") {
		t.Errorf("got %v", err)
	}
}

func TestUnreadableFile(t *testing.T) {
	_, err := Load("/no/such/file.yaml", OS())
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is not fs.ErrNotExist", err)
	}
	if want := "/no/such/file.yaml: saw a file that cannot be read: there is no such file"; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := Load(t.TempDir(), OS()); err == nil || !strings.Contains(err.Error(), "it is a directory") {
		t.Errorf("got %v, want it to say that this is a directory", err)
	}
}

func TestNearest(t *testing.T) {
	words := []string{"ims_server", "ims_scopes", "ims_client_id", "label", "type"}
	for _, tt := range []struct{ got, want string }{
		{"ims_sever", "ims_server"}, {"IMSServer", "ims_server"}, {"server", "ims_server"}, {"lable", "label"}, {"typ", "type"}, {"client_id", "ims_client_id"},
		{"shape", ""}, {"x", ""}, {"", ""}, {"ims_", ""}, {strings.Repeat("ims_server", 20), ""},
	} {
		if got, ok := nearest(tt.got, words); got != tt.want || ok != (tt.want != "") {
			t.Errorf("nearest(%q) = %q, want %q", tt.got, got, tt.want)
		}
	}
	if !slices.Contains(words, "label") {
		t.Fatal("the list must stay as it is")
	}
}
