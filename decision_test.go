// SPDX-License-Identifier: Apache-2.0

package usher_test

import (
	"strings"
	"testing"

	"github.com/usher-signin/usher"
)

func TestZeroDecisionRefuses(t *testing.T) {
	var none usher.Decision
	if none.Allowed() || none.Verdict() != usher.Refuse || none.Verdict().String() != "refuse" {
		t.Errorf("a decision that nobody made is %v", none.Verdict())
	}
	cause := &usher.Cause{Code: usher.CodeSessionStoreDown}
	if d := usher.RefuseWith(cause); d.Allowed() || d.Verdict() != usher.Refuse || d.Cause != cause {
		t.Errorf("RefuseWith made %+v", d)
	}
	if v := usher.Verdict(200); v.String() != "refuse" {
		t.Errorf("an unknown verdict is called %q", v)
	}
}

func TestDecide(t *testing.T) {
	app := &usher.Application{Name: "reports", Allow: []string{"Admin"}, Public: []string{"/healthz", "/static/"}}
	open := &usher.Application{Name: "open"}
	admin := &usher.Operator{Subject: "ana", Groups: []string{"Admin"}}
	delivery := &usher.Operator{Subject: "ben", Groups: []string{"Delivery operators"}}
	for _, row := range []struct {
		what    string
		app     *usher.Application
		op      *usher.Operator
		path    string
		verdict string
		code    usher.Code
		public  bool
	}{
		{"a public path, nobody", app, nil, "/healthz", "allow", "", true},
		{"a public path, somebody", app, delivery, "/static/x", "allow", "", true},
		{"a guarded path, nobody", app, nil, "/x", "sign-in", "", false},
		{"a guarded path, the right group", app, admin, "/x", "allow", "", false},
		{"a guarded path, another group", app, delivery, "/x", "refuse", usher.CodeApplicationRefused, false},
		{"any operator", open, delivery, "/x", "allow", "", false},
		{"any operator is not nobody", open, nil, "/x", "sign-in", "", false},
		{"an operator that no admission made", open, &usher.Operator{}, "/x", "refuse", usher.CodeApplicationRefused, false},
		{"no application", nil, admin, "/healthz", "refuse", usher.CodeApplicationUnknown, false},
		{"no application, nobody", nil, nil, "/x", "refuse", usher.CodeApplicationUnknown, false},
		{"D01 dots below a public prefix", app, nil, "/static/../x", "refuse", usher.CodeRequestNotCanonical, false},
		{"D01 dots, the right group", app, admin, "/x/../y", "refuse", usher.CodeRequestNotCanonical, false},
		{"D01 dots, no application", nil, admin, "/x/../y", "refuse", usher.CodeRequestNotCanonical, false},
		{"a path that was never parsed", app, admin, "", "refuse", usher.CodeRequestNotCanonical, false},
		{"an encoded spelling of a public path", app, nil, "/%68ealthz", "sign-in", "", false},
	} {
		t.Run(row.what, func(t *testing.T) {
			d := usher.Decide(row.app, row.op, usher.Target{Host: site, Path: row.path})
			if d.Verdict().String() != row.verdict || d.Allowed() != (row.verdict == "allow") || d.Public != row.public {
				t.Fatalf("got %v, public %v, want %s, public %v", d.Verdict(), d.Public, row.verdict, row.public)
			}
			switch {
			case row.code == "" && d.Cause != nil:
				t.Errorf("a cause without a refusal: %v", d.Cause)
			case row.code != "" && (d.Cause == nil || d.Cause.Code != row.code || d.Cause.Step != usher.StepGate):
				t.Errorf("got the cause %+v, want %s at the gate", d.Cause, row.code)
			case row.code == "" && d.Application != row.app:
				t.Error("the decision does not say which application it is about")
			case row.verdict == "allow" && !row.public && d.Operator != row.op:
				t.Error("the decision does not say whom it lets in")
			case row.public && d.Operator != nil:
				t.Error("a public path names an operator")
			case row.code == usher.CodeApplicationRefused && (d.Operator != row.op || d.Application != row.app):
				t.Error("the refusal does not say whom, and where")
			}
		})
	}
}

func TestDecideSaysWhatItRefused(t *testing.T) {
	d := usher.Decide(nil, nil, usher.Target{Host: site, Path: "/x", Query: "code=hush"})
	if d.Cause.Subject != site+"/x" || strings.Contains(d.Cause.Error(), "hush") {
		t.Errorf("want the address without its query, got %+v", d.Cause)
	}
	d = usher.Decide(nil, nil, usher.Target{Host: site, Path: "/\n\x1b[2J" + strings.Repeat("a", 5000)})
	if strings.ContainsAny(d.Cause.Saw, "\n\x1b") || len(d.Cause.Saw) > 300 || !strings.HasPrefix(d.Cause.Saw, `"/\n`) {
		t.Errorf("a hostile path is shown as %.400s", d.Cause.Saw)
	}
	if d.Cause.Subject != site || !strings.Contains(d.Cause.Detail, "control byte") {
		t.Errorf("got %+v", d.Cause)
	}
}
