// SPDX-License-Identifier: Apache-2.0

package usher_test

import (
	"slices"
	"testing"

	"github.com/usher-signin/usher"
)

func TestParseScopes(t *testing.T) {
	for text, want := range map[string]usher.Scopes{
		"":                              nil,
		" ,\t\r\n, ":                    nil,
		"openid":                        {"openid"},
		"openid,AdobeID,session":        {"openid", "AdobeID", "session"},
		"openid AdobeID  session":       {"openid", "AdobeID", "session"},
		"openid,\n\tAdobeID , session,": {"openid", "AdobeID", "session"},
		"b,a,b":                         {"b", "a"},
		"openid,OpenID":                 {"openid", "OpenID"}, // case counts
		"additional_info.roles;x":       {"additional_info.roles;x"},
	} {
		got := usher.ParseScopes(text)
		if !slices.Equal(got, want) {
			t.Errorf("ParseScopes(%q) = %q, want %q", text, got, want)
		}
		if again := usher.ParseScopes(got.Commas()); !slices.Equal(again, got) {
			t.Errorf("%q, joined with commas, became %q", got, again)
		}
		if again := usher.ParseScopes(got.Spaces()); !slices.Equal(again, got) {
			t.Errorf("%q, joined with blanks, became %q", got, again)
		}
	}
}

func TestScopes(t *testing.T) {
	s := usher.Scopes{"openid", "AdobeID", "session"}
	if s.Commas() != "openid,AdobeID,session" || s.Spaces() != "openid AdobeID session" {
		t.Errorf("joined: %q and %q", s.Commas(), s.Spaces())
	}
	if !s.Has("session") || s.Has("Session") || s.Has("") || usher.Scopes(nil).Has("openid") {
		t.Error("Has does not compare scopes byte for byte")
	}
	if got := s.Minus(usher.Scopes{"AdobeID", "x"}); !slices.Equal(got, usher.Scopes{"openid", "session"}) {
		t.Errorf("Minus gives %q", got)
	}
	if got := s.Minus(s); got != nil {
		t.Errorf("s without s is %q", got)
	}
	if got := s.Minus(nil); !slices.Equal(got, s) {
		t.Errorf("s without nothing is %q", got)
	}
}
