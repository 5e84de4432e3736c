// SPDX-License-Identifier: Apache-2.0

package config

import (
	"testing"

	"github.com/usher-signin/usher"
)

func TestPlaces(t *testing.T) {
	c, err := Parse("prod.yaml", example(t), world(map[string]string{"/run/secrets/ims": "x"}, nil))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		path         string
		line, column int
		written      bool
	}{
		{"instance", 1, 1, true},
		{"instance.url", 5, 8, true},
		{"external_accounts", 7, 1, true},
		{"external_accounts[0]", 8, 5, true},
		{"external_accounts[0].product_context", 12, 22, true},
		{"external_accounts[0].ims_client_secret", 16, 24, true},
		{"external_accounts[0].ims_client_secret.file", 16, 31, true},
		{"external_accounts[0].ims_scopes[0]", 14, 17, true},
		{"external_accounts[0].ims_scopes[2]", 14, 32, true},
		{"external_accounts[0].ims_scopes[5]", 14, 17, false},
		{"external_accounts[0].label[0]", 9, 12, false},
		{"external_accounts[0].groups_claim", 8, 5, false},
		{"external_accounts[1].label", 7, 1, false},
		{"operator_groups[1].rights[1]", 28, 34, true},
		{"applications[0].allow", 34, 12, true},
		{"applications[0].allow[0]", 34, 13, true},
		{"server.session.idle", 42, 19, true},
		{"server.tls.cert_file", 37, 1, false},
		{"organization.clients[0].secrets[0]", 51, 17, true},
		{"organization.groups[0].name", 56, 13, true},
		{"suppress[3].code", 0, 0, false},
		{"", 0, 0, true},
		{"[0]", 0, 0, false},
		{"instance[0]", 1, 1, false},
		{"external_accounts[x]", 7, 1, false},
		{"external_accounts[-1]", 7, 1, false},
		{"external_accounts[0", 7, 1, false},
		{"instance.url.deeper", 5, 8, false},
	}
	for _, tt := range tests {
		want := usher.Place{File: "prod.yaml", Line: tt.line, Column: tt.column}
		if got := c.At(tt.path); got != want {
			t.Errorf("At(%q) = %+v, want %+v", tt.path, got, want)
		}
		if got := c.Has(tt.path); got != tt.written {
			t.Errorf("Has(%q) = %v", tt.path, got)
		}
	}
}

func TestPlacesOfQuotedScopes(t *testing.T) {
	c := mustParse(t, account(`ims_scopes: "a, b"`), Environment{})
	if got := c.At("external_accounts[0].ims_scopes[1]"); got.Line != 7 || got.Column != 21 {
		t.Errorf("the second scope is at %v, want 7:21", got)
	}
	escaped := mustParse(t, account(`ims_scopes: "a,\x62"`), Environment{})
	if got := escaped.At("external_accounts[0].ims_scopes[1]"); got.Column != 17 {
		t.Errorf("a scope written with escapes is at %v, want its text's place", got)
	}
}

func TestColumnsCountCharacters(t *testing.T) {
	c := mustParse(t, after(`organization: {users: [{name: Größe, email: "é@corp.example"}]}`), Environment{})
	if got := c.At("organization.users[0].email").Column; got != 45 {
		t.Errorf("column %d, want 45", got)
	}
}

func TestAccountPath(t *testing.T) {
	c := mustParse(t, minimal+"  - {internal_name: x, type: OpenID Connect}\n", Environment{})
	for _, tt := range []struct {
		account   int
		key, want string
	}{
		{0, "ims_server", "external_accounts[0].ims_server"},
		{1, "ims_server", "external_accounts[1].issuer"},
		{1, "ims_client_secret", "external_accounts[1].client_secret"},
		{1, "callback_url", "external_accounts[1].callback_url"},
		{1, "", "external_accounts[1]"},
		{9, "label", "external_accounts[9].label"},
	} {
		if got := c.AccountPath(tt.account, tt.key); got != tt.want {
			t.Errorf("AccountPath(%d, %q) = %q, want %q", tt.account, tt.key, got, tt.want)
		}
	}
}

func TestLineOutsideTheFile(t *testing.T) {
	c := mustParse(t, minimal, Environment{})
	for _, n := range []int{-1, 0, 7, 1 << 30} {
		if got := c.Line(n); got != "" {
			t.Errorf("line %d is %q", n, got)
		}
	}
	if c.Lines() != 6 {
		t.Errorf("%d lines, want 6", c.Lines())
	}
}
