// SPDX-License-Identifier: Apache-2.0

package signin_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/signin"
)

// TestSignInsWithoutTheDatabase has people ask to sign in, and come back, for
// twenty minutes in which the database does not answer: the log says so once, and
// then how often once a minute; each of them is told.
func TestSignInsWithoutTheDatabase(t *testing.T) {
	d := newDesk(t)
	_, state, cookies := d.begin()
	_, early, earlyCookies := d.begin()
	sound := d.flow.Store
	d.flow.Store = silent{sound}
	failed := 0
	for range 600 {
		if _, refusal := d.flow.Begin(t.Context(), signin.Beginning{ReturnTo: "/reports/", Client: "192.0.2.7"}); refusal == nil || refusal.Cause.Code != usher.CodeSessionStoreDown {
			t.Fatalf("begun: %v", refusal)
		}
		if _, refusal := d.finish(state, cookies); refusal == nil || refusal.Cause.Code != usher.CodeSessionStoreDown {
			t.Fatalf("finished: %v", refusal)
		}
		failed += 2
		d.move(2 * time.Second)
	}
	const says = "sign-ins cannot go on without the database"
	lines := strings.Split(strings.TrimSpace(d.log.String()), "\n")
	if len(lines) != 20 || strings.Count(d.log.String(), "level=ERROR") != 20 || strings.Count(d.log.String(), says) != 20 {
		t.Fatalf("%d lines about %d failures in twenty minutes; wanted 20:\n%s", len(lines), failed, d.log.String())
	}
	if !strings.Contains(lines[0], "its disk is full") || strings.Contains(lines[0], "times=") || !strings.Contains(lines[1], "times=60") || !strings.Contains(lines[1], "its disk is full") {
		t.Errorf("the first lines are\n%s\n%s", lines[0], lines[1])
	}
	d.flow.Store = sound
	d.move(-15 * time.Minute)
	if _, refusal := d.finish(early, earlyCookies); refusal != nil {
		t.Fatal(refusal)
	}
	if _, over, found := strings.Cut(d.log.String(), "it is over: "+says); !found || !strings.Contains(strings.SplitN(over, "\n", 2)[0], "more=") {
		t.Errorf("that it is over is told as %q", over)
	}
}

// silent is a store whose database takes nothing.
type silent struct{ signin.Store }

var errSilent = fmt.Errorf("keeping a pending sign-in: %w: its disk is full", usher.ErrUnavailable)

func (silent) Begin(context.Context, usher.Pending, usher.Attempt) error { return errSilent }
func (silent) PutPending(context.Context, usher.Pending) error           { return errSilent }
func (silent) TakePending(context.Context, string) (usher.Pending, error) {
	return usher.Pending{}, errSilent
}
