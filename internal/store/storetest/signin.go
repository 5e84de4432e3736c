// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

func pendingComesBack(t fixture) {
	want := pending("state", "browser", start.Add(123*time.Microsecond))
	t.must(t.db.PutPending(t.Context(), want))
	got, err := t.db.TakePending(t.Context(), "state")
	t.must(err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	bare := usher.Pending{StateHash: "bare", Begun: start}
	t.must(t.db.PutPending(t.Context(), bare))
	if got, err = t.db.TakePending(t.Context(), "bare"); err != nil || cmp.Diff(bare, got) != "" {
		t.Errorf("one without anything: %v, %s", err, cmp.Diff(bare, got))
	}
}

func pendingTakenOnce(t fixture) {
	for round := range 5 {
		state := fmt.Sprintf("state %d", round)
		t.must(t.db.PutPending(t.Context(), pending(state, "browser", start)))
		var won, lost atomic.Int32
		race(50, func(int) {
			switch _, err := t.db.TakePending(t.Context(), state); {
			case err == nil:
				won.Add(1)
			case errors.Is(err, usher.ErrNotFound):
				lost.Add(1)
			default:
				t.Errorf("taking: %v", err)
			}
		})
		if won.Load() != 1 || lost.Load() != 49 {
			t.Fatalf("%d took the pending sign-in, %d did not; wanted 1 and 49", won.Load(), lost.Load())
		}
	}
}

// race runs do n times at once.
func race(n int, do func(int)) {
	var all sync.WaitGroup
	gate := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-gate
			do(i)
		})
	}
	close(gate)
	all.Wait()
}

func takenRemembered(t fixture) {
	t.must(t.db.PutPending(t.Context(), pending("state", "browser", start)))
	if _, taken, err := t.db.WasTaken(t.Context(), "state"); err != nil || taken {
		t.Errorf("before it was taken: %v, %v", taken, err)
	}
	_, err := t.db.TakePending(t.Context(), "state")
	t.must(err)
	t.clock.Move(10*time.Minute - time.Second)
	if ref, taken, err := t.db.WasTaken(t.Context(), "state"); err != nil || !taken || ref != "AAAA-BBBB" {
		t.Errorf("nearly ten minutes later: %q, %v, %v; wanted AAAA-BBBB", ref, taken, err)
	}
	t.clock.Move(2 * time.Second)
	if _, taken, err := t.db.WasTaken(t.Context(), "state"); err != nil || taken {
		t.Errorf("after ten minutes: %v, %v; wanted it forgotten", taken, err)
	}
	if _, taken, err := t.db.WasTaken(t.Context(), "unknown"); err != nil || taken {
		t.Errorf("an unknown state: %v, %v", taken, err)
	}
}

func browserCrowd(t fixture) {
	for i := range 20 {
		t.must(t.db.PutPending(t.Context(), pending(fmt.Sprint("state ", i), "browser", start.Add(time.Duration(i)*time.Second))))
	}
	t.must(t.db.PutPending(t.Context(), pending("of another browser", "another", start)))
	n, err := t.db.CountPending(t.Context(), "browser")
	if err != nil || n != store.MaxOpenPerBrowser {
		t.Errorf("%d open, %v; wanted %d", n, err, store.MaxOpenPerBrowser)
	}
	for _, c := range []struct {
		state string
		kept  bool
	}{{"state 3", false}, {"state 4", true}, {"state 19", true}, {"of another browser", true}} {
		if _, err := t.db.TakePending(t.Context(), c.state); (err == nil) != c.kept {
			t.Errorf("%s: %v; wanted kept %v", c.state, err, c.kept)
		}
	}
	for round := range 8 {
		crowd := fmt.Sprint("crowd ", round)
		race(40, func(i int) {
			if err := t.db.PutPending(t.Context(), pending(fmt.Sprint(crowd, i), crowd, start)); err != nil {
				t.Error(err)
			}
		})
		if n, err := t.db.CountPending(t.Context(), crowd); err != nil || n != store.MaxOpenPerBrowser {
			t.Errorf("%d open after forty at once, %v; wanted %d", n, err, store.MaxOpenPerBrowser)
		}
	}
	t.clock.Move(usher.MaxPendingAge + time.Minute)
	if n, err := t.db.CountPending(t.Context(), "crowd 0"); err != nil || n != 0 {
		t.Errorf("%d open when their time is over, %v; wanted none", n, err)
	}
}

func stateKeptOnce(t fixture) {
	first, second := pending("state", "browser", start), pending("state", "another", start)
	t.must(t.db.PutPending(t.Context(), first))
	if err := t.db.PutPending(t.Context(), second); !errors.Is(err, store.ErrDuplicate) || errors.Is(err, usher.ErrUnavailable) {
		t.Errorf("the same state again: %v; wanted that there is one already", err)
	}
	if got, err := t.db.TakePending(t.Context(), "state"); err != nil || got.BrowserHash != "browser" {
		t.Errorf("%q, %v; wanted the first", got.BrowserHash, err)
	}
}

func ticketTakenOnce(t fixture) {
	want := usher.Ticket{ID: "id", Bind: "bind", Host: "b.example", Login: "AAAA-BBBB", Session: "one", ReturnTo: "https://b.example/", Issued: start}
	t.must(t.db.PutTicket(t.Context(), want))
	if err := t.db.PutTicket(t.Context(), want); !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("the same id again: %v; wanted that there is one already", err)
	}
	var won atomic.Int32
	race(50, func(int) {
		got, err := t.db.TakeTicket(t.Context(), "id")
		if err == nil {
			won.Add(1)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		} else if !errors.Is(err, usher.ErrNotFound) {
			t.Errorf("taking: %v", err)
		}
	})
	if won.Load() != 1 {
		t.Errorf("%d took the ticket; wanted 1", won.Load())
	}
}

// openBounded has more sign-ins under way than are kept: the purge drops the
// oldest, whosever they are, and a sign-in that began lately can be finished.
func openBounded(t fixture) {
	ctx := t.Context()
	const all, most = 700, 200
	race(20, func(who int) {
		for i := who; i < all; i += 20 {
			if err := t.db.PutPending(ctx, pending(fmt.Sprint("state ", i), fmt.Sprint("browser ", i), start.Add(time.Duration(i)*time.Millisecond))); err != nil {
				t.Error(err)
			}
		}
	})
	t.clock.Move(time.Minute)
	n, err := t.db.Sweep(ctx, nil)
	if err != nil || n != all-most {
		t.Errorf("%d of %d sign-ins under way were dropped, %v; wanted all but %d", n, all, err, most)
	}
	if n, err := t.db.Sweep(ctx, nil); err != nil || n != 0 {
		t.Errorf("%d more, %v", n, err)
	}
	if _, err := t.db.TakePending(ctx, fmt.Sprint("state ", all-most-1)); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("one too many: %v", err)
	}
	for _, i := range []int{all - most, all - 1} {
		if _, err := t.db.TakePending(ctx, fmt.Sprint("state ", i)); err != nil {
			t.Errorf("sign-in %d of %d: %v", i, all, err)
		}
	}
}
