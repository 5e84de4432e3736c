// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

func attemptTrail(t fixture) {
	a := attempt("AAAA-BBBB", start)
	a.Pass(usher.StepBegin, start, "sent to the provider")
	t.must(t.db.PutAttempt(t.Context(), a))
	a.Outcome, a.Ended = usher.OutcomeRefused, start.Add(time.Second)
	a.Person = &usher.Person{Email: "bram@corp.example", Groups: []usher.Membership{{Group: "Delivery\u00a0operators", Source: "profile"}}}
	a.Cause = &usher.Cause{Step: usher.StepAdmit, Code: usher.CodeMaskBlanks, Saw: "'; DROP TABLE attempts; --", Want: "\x00 a zero byte"}
	a.Requested = usher.Scopes{"openid", "AdobeID"}
	a.Pass(usher.StepAdmit, start.Add(time.Second), "refused")
	t.must(t.db.PutAttempt(t.Context(), a))
	got, err := t.db.Attempt(t.Context(), "AAAA-BBBB")
	t.must(err)
	if diff := cmp.Diff(a, got); diff != "" {
		t.Error(diff)
	}
	if _, err := t.db.Attempt(t.Context(), "CCCC-DDDD"); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("an unknown reference: %v; wanted not found", err)
	}
}

func attemptForeign(t fixture) {
	mine, theirs := attempt("AAAA-BBBB", start), attempt("AAAA-BBBB", start.Add(30*24*time.Hour))
	theirs.Client = "198.51.100.1"
	t.must(t.db.PutAttempt(t.Context(), mine))
	if err := t.db.PutAttempt(t.Context(), theirs); !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("the same reference a month later: %v; wanted that there is one already", err)
	}
	if got, err := t.db.Attempt(t.Context(), "AAAA-BBBB"); err != nil || got.Client != mine.Client {
		t.Errorf("%q, %v; wanted the first attempt untouched", got.Client, err)
	}
}

func attemptFilters(t fixture) {
	for i := range 6 {
		a := attempt(usher.Reference(fmt.Sprintf("AAAA-000%d", i)), start.Add(time.Duration(i)*time.Minute))
		if i%2 == 1 {
			a.Outcome, a.Cause = usher.OutcomeRefused, &usher.Cause{Code: usher.CodeMaskMatchesNothing}
		}
		if i >= 4 {
			a.Person = &usher.Person{Email: "Ana.Lima@Corp.example"}
		}
		t.must(t.db.PutAttempt(t.Context(), a))
	}
	for name, c := range map[string]struct {
		filter store.AttemptFilter
		want   string
	}{
		"all, the latest first": {store.AttemptFilter{}, "543210"},
		"the latest two":        {store.AttemptFilter{Limit: 2}, "54"},
		"refused":               {store.AttemptFilter{Outcome: usher.OutcomeRefused}, "531"},
		"by code":               {store.AttemptFilter{Code: usher.CodeMaskMatchesNothing}, "531"},
		"by another code":       {store.AttemptFilter{Code: usher.CodeMaskKind}, ""},
		"by email in any case":  {store.AttemptFilter{Email: "ANA.lima@corp.EXAMPLE"}, "54"},
		"by email and code":     {store.AttemptFilter{Email: "ana.lima@corp.example", Code: usher.CodeMaskMatchesNothing}, "5"},
		"since":                 {store.AttemptFilter{Since: start.Add(4 * time.Minute)}, "54"},
		"before":                {store.AttemptFilter{Before: start.Add(2 * time.Minute)}, "10"},
		"a page in the middle":  {store.AttemptFilter{Since: start.Add(time.Minute), Before: start.Add(4 * time.Minute), Limit: 2}, "32"},
		"nothing by injection":  {store.AttemptFilter{Email: "' OR 1=1 --"}, ""},
	} {
		list, err := t.db.Attempts(t.Context(), c.filter)
		got := ""
		for _, a := range list {
			got += string(a.Reference[len(a.Reference)-1])
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v; wanted %q", name, got, err, c.want)
		}
	}
}

func wholeSteps(t fixture) {
	ctx := t.Context()
	a := attempt("AAAA-BBBB", start)
	t.must(t.db.Begin(ctx, pending("state", "browser", start), a))
	if err := t.db.Begin(ctx, pending("state", "browser", start), attempt("CCCC-DDDD", start)); !errors.Is(err, store.ErrDuplicate) {
		t.Fatalf("a second sign-in with the same state: %v; wanted that there is one already", err)
	}
	if _, err := t.db.Attempt(ctx, "CCCC-DDDD"); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("its attempt: %v; wanted that nothing of it was kept", err)
	}
	a.Outcome = usher.OutcomeSignedIn
	t.must(t.db.Finish(ctx, a, session("one", "AAAA-BBBB", start), nil))
	if got, err := t.db.Attempt(ctx, "AAAA-BBBB"); err != nil || got.Outcome != usher.OutcomeSignedIn {
		t.Errorf("the attempt is %q, %v; wanted signed-in", got.Outcome, err)
	}
	if _, err := t.db.Session(ctx, "one"); err != nil {
		t.Errorf("the session: %v", err)
	}
	other := attempt("EEEE-FFFF", start)
	other.Outcome = usher.OutcomeSignedIn
	if err := t.db.Finish(ctx, other, session("one", "EEEE-FFFF", start), nil); !errors.Is(err, store.ErrDuplicate) {
		t.Fatalf("a session with an id that is taken: %v; wanted that there is one already", err)
	}
	if _, err := t.db.Attempt(ctx, "EEEE-FFFF"); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("its attempt: %v; wanted that nothing of it was kept", err)
	}
}
