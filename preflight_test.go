// SPDX-License-Identifier: Apache-2.0

package usher_test

import (
	"testing"

	"github.com/usher-signin/usher"
)

func TestDecidePreflight(t *testing.T) {
	pass := &usher.Application{Name: "api", Preflight: usher.PreflightPass, Allow: []string{}, Public: []string{"/healthz"}}
	for _, row := range []struct {
		what    string
		app     *usher.Application
		path    string
		verdict string
		code    usher.Code
	}{
		{"an application that answers them", pass, "/x", "allow", ""},
		{"its public path", pass, "/healthz", "allow", ""},
		{"a path that could be read in two ways", pass, "/x/../y", "refuse", usher.CodeRequestNotCanonical},
		{"no application", nil, "/x", "refuse", usher.CodeApplicationUnknown},
		{"an application that refuses them", &usher.Application{Preflight: usher.PreflightRefuse}, "/x", "sign-in", ""},
		{"an application that says nothing", &usher.Application{}, "/x", "sign-in", ""},
		{"an application that says something else", &usher.Application{Preflight: "PASS"}, "/x", "sign-in", ""},
	} {
		d := usher.DecidePreflight(row.app, usher.Target{Host: "h.test", Path: row.path})
		if d.Verdict().String() != row.verdict || d.Operator != nil || (d.Cause == nil) != (row.code == "") || d.Cause != nil && d.Cause.Code != row.code {
			t.Errorf("%s: %s, %+v; want %s, %q", row.what, d.Verdict(), d, row.verdict, row.code)
		}
	}
}
