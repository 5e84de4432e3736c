// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/usher-signin/usher"
)

func rehearsal(state string, begun time.Time) usher.Rehearsal {
	return usher.Rehearsal{StateHash: state, Key: []byte{4, 0, 255}, Begun: begun}
}

func rehearsalOnce(t fixture) {
	ctx := t.Context()
	t.must(t.db.PutRehearsal(ctx, rehearsal("state", start)))
	if _, err := t.db.TakeRehearsal(ctx, "state"); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("before its callback it was taken: %v", err)
	}
	got, err := t.db.Rehearsal(ctx, "state")
	t.must(err)
	if diff := cmp.Diff(rehearsal("state", start), got); diff != "" {
		t.Error(diff)
	}
	t.clock.Move(time.Minute)
	var kept atomic.Int32
	var work sync.WaitGroup
	for i := range 8 {
		work.Go(func() {
			if t.db.ReturnRehearsal(ctx, "state", []byte{byte(i), 1}) == nil {
				kept.Add(1)
			}
		})
	}
	work.Wait()
	if kept.Load() != 1 {
		t.Errorf("%d of eight callbacks were kept; wanted one", kept.Load())
	}
	if _, err := t.db.Rehearsal(ctx, "state"); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("one that has returned waits for another callback: %v", err)
	}
	var taken atomic.Int32
	for range 8 {
		work.Go(func() {
			r, err := t.db.TakeRehearsal(ctx, "state")
			if err == nil && len(r.Sealed) == 2 && r.Returned.Equal(start.Add(time.Minute)) {
				taken.Add(1)
			}
		})
	}
	work.Wait()
	if taken.Load() != 1 {
		t.Errorf("taken %d times; wanted once", taken.Load())
	}
	if err := t.db.ReturnRehearsal(ctx, "state", []byte{1}); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("after it was taken, a callback gives %v; wanted not found", err)
	}
	if err := t.db.ReturnRehearsal(ctx, "nobody's", []byte{1}); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("a rehearsal that nobody began gives %v; wanted not found", err)
	}
}

func rehearsalEnds(t fixture) {
	ctx := t.Context()
	for _, state := range []string{"late callback", "late command", "dropped"} {
		t.must(t.db.PutRehearsal(ctx, rehearsal(state, t.clock.Now())))
	}
	t.must(t.db.ReturnRehearsal(ctx, "late command", []byte("sealed")))
	t.must(t.db.ReturnRehearsal(ctx, "dropped", []byte("sealed")))
	t.must(t.db.DropRehearsal(ctx, "dropped"))
	if _, err := t.db.TakeRehearsal(ctx, "dropped"); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("one that was dropped gives %v", err)
	}
	t.clock.Move(usher.MaxRehearsalKept + time.Second)
	if _, err := t.db.TakeRehearsal(ctx, "late command"); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("a callback kept too long gives %v", err)
	}
	if n, err := t.db.Purge(ctx); err != nil || n != 1 {
		t.Errorf("the purge removed %d, %v; wanted the callback that nobody fetched", n, err)
	}
	t.clock.Move(usher.MaxPendingAge)
	if err := t.db.ReturnRehearsal(ctx, "late callback", []byte("sealed")); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("a callback after more than %s gives %v", usher.MaxPendingAge, err)
	}
	if _, err := t.db.Rehearsal(ctx, "late callback"); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("one begun long ago still waits: %v", err)
	}
	t.clock.Move(time.Second)
	if n, err := t.db.Purge(ctx); err != nil || n != 1 {
		t.Errorf("the purge removed %d, %v; wanted the one that nobody came back from", n, err)
	}
}

// rehearsalApart holds the two kinds apart: neither can be taken as the other.
func rehearsalApart(t fixture) {
	ctx := t.Context()
	t.must(t.db.PutRehearsal(ctx, rehearsal("rehearsal", start)))
	t.must(t.db.ReturnRehearsal(ctx, "rehearsal", []byte("sealed")))
	if _, err := t.db.TakePending(ctx, "rehearsal"); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("a rehearsal was taken as a pending sign-in: %v", err)
	}
	t.must(t.db.PutPending(ctx, pending("sign-in", "browser", start)))
	if err := t.db.ReturnRehearsal(ctx, "sign-in", []byte("sealed")); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("a pending sign-in returned as a rehearsal: %v", err)
	}
	if _, err := t.db.TakeRehearsal(ctx, "sign-in"); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("a pending sign-in was taken as a rehearsal: %v", err)
	}
	if _, err := t.db.TakePending(ctx, "sign-in"); err != nil {
		t.Errorf("the pending sign-in is gone: %v", err)
	}
}
