// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/usher-signin/usher"
)

func file(t *testing.T) *DB {
	t.Helper()
	db, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "u.db"), Options{Timeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// block keeps the writer busy until release, so that calls gather behind it.
func block(t *testing.T, db *DB) (release func()) {
	t.Helper()
	begun, end := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- db.writer.do(context.Background(), func(context.Context, executor) error {
			close(begun)
			<-end
			return nil
		})
	}()
	<-begun
	return func() {
		close(end)
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func waiting(t *testing.T, db *DB, n int) {
	t.Helper()
	until(t, db, fmt.Sprint(n), func(waiting int) bool { return waiting >= n })
}

func until(t *testing.T, db *DB, wanted string, is func(waiting int) bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !is(len(db.writer.jobs)); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d calls wait; wanted %s", len(db.writer.jobs), wanted)
		}
	}
}

// TestSharedCommit has good and bad calls share a commit: each is told of its
// own, and the bad ones leave nothing.
func TestSharedCommit(t *testing.T) {
	db := file(t)
	if err := db.PutTicket(t.Context(), usher.Ticket{ID: "there already"}); err != nil {
		t.Fatal(err)
	}
	trouble := errors.New("trouble of its own")
	release := block(t, db)
	var all sync.WaitGroup
	const calls = 30
	for i := range calls {
		all.Go(func() {
			var err error
			switch i % 3 {
			case 0:
				if err = db.PutTicket(t.Context(), usher.Ticket{ID: fmt.Sprint(i)}); err != nil {
					t.Errorf("a good call: %v", err)
				}
			case 1:
				if err = db.PutTicket(t.Context(), usher.Ticket{ID: "there already"}); !errors.Is(err, ErrDuplicate) {
					t.Errorf("a duplicate: %v", err)
				}
			case 2:
				_, err = write(t.Context(), db, "failing half-way", func(ctx context.Context, r runner) (int, error) {
					if _, err := putTicket(ctx, r, fmt.Sprint("half of ", i)); err != nil {
						return 0, err
					}
					return 0, trouble
				})
				if !errors.Is(err, trouble) {
					t.Errorf("one that fails half-way: %v", err)
				}
			}
		})
	}
	waiting(t, db, calls)
	release()
	all.Wait()
	for i := range calls {
		_, err := db.TakeTicket(t.Context(), fmt.Sprint(i))
		if want := i%3 == 0; (err == nil) != want {
			t.Errorf("ticket %d: %v; wanted kept %v", i, err, want)
		}
		if _, err := db.TakeTicket(t.Context(), fmt.Sprint("half of ", i)); !errors.Is(err, usher.ErrNotFound) {
			t.Errorf("half of %d: %v; wanted not found", i, err)
		}
	}
}

func putTicket(ctx context.Context, r runner, id string) (int, error) {
	return r.exec(ctx, `INSERT INTO tickets (id, bind, host, login, session, return_to, issued) VALUES (?, '', '', '', '', '', 0)`, id)
}

// TestLostTransaction has a call break the transaction that it shares. Those
// that share it are told, nothing of them is kept, and the next ones are well.
func TestLostTransaction(t *testing.T) {
	db := file(t)
	release := block(t, db)
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			_, err := write(t.Context(), db, "breaking what is shared", func(ctx context.Context, r runner) (int, error) {
				if _, err := putTicket(ctx, r, fmt.Sprint(i)); err != nil {
					return 0, err
				}
				if i == 3 {
					_, err := r.exec(ctx, "ROLLBACK")
					return 0, err
				}
				return 0, nil
			})
			if !errors.Is(err, usher.ErrUnavailable) {
				t.Errorf("call %d: %v; wanted unavailable", i, err)
			}
		})
	}
	waiting(t, db, 6)
	release()
	all.Wait()
	for i := range 6 {
		if _, err := db.TakeTicket(t.Context(), fmt.Sprint(i)); !errors.Is(err, usher.ErrNotFound) {
			t.Errorf("ticket %d, which nobody was told is kept: %v", i, err)
		}
	}
	if err := db.PutTicket(t.Context(), usher.Ticket{ID: "after"}); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestCrowd refuses at once what cannot be done in time.
func TestCrowd(t *testing.T) {
	db := file(t)
	release := block(t, db)
	ctx, leave := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for i := range maxWaiting {
		all.Go(func() {
			if err := db.PutTicket(ctx, usher.Ticket{ID: fmt.Sprint(i)}); !errors.Is(err, usher.ErrUnavailable) {
				t.Errorf("a caller that left: %v; wanted unavailable", err)
			}
		})
	}
	waiting(t, db, maxWaiting)
	begun := time.Now()
	if err := db.PutTicket(t.Context(), usher.Ticket{ID: "too much"}); !errors.Is(err, errCrowded) || !errors.Is(err, usher.ErrUnavailable) {
		t.Errorf("one too many: %v; wanted a refusal", err)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("the refusal took %s", took)
	}
	leave()
	all.Wait()
	release()
	until(t, db, "none", func(waiting int) bool { return waiting == 0 })
	if err := db.PutTicket(t.Context(), usher.Ticket{ID: "after"}); err != nil {
		t.Errorf("when the crowd has left: %v", err)
	}
	if _, err := db.TakeTicket(t.Context(), "7"); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("what nobody waited for any more: %v; wanted that it was not done", err)
	}
}

// TestCloseFinishesWhatWaits closes with calls in the queue: each is done, or
// told that it is not.
func TestCloseFinishesWhatWaits(t *testing.T) {
	path := "sqlite:" + filepath.Join(t.TempDir(), "u.db")
	db, err := Open(t.Context(), path, Options{Timeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	release := block(t, db)
	kept := make([]bool, 20)
	var all sync.WaitGroup
	for i := range kept {
		all.Go(func() { kept[i] = db.PutTicket(t.Context(), usher.Ticket{ID: fmt.Sprint(i)}) == nil })
	}
	waiting(t, db, len(kept))
	closed := make(chan error)
	go func() { closed <- db.Close() }()
	release()
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	all.Wait()
	if db, err = Open(t.Context(), path, Options{}); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for i, want := range kept {
		if _, err := db.TakeTicket(t.Context(), fmt.Sprint(i)); (err == nil) != want || !want {
			t.Errorf("ticket %d, answered %v: %v", i, want, err)
		}
	}
}
