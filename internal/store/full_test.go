// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

// TestFullDatabase lets a database grow to a limit of its own, and lifts the
// limit again.
func TestFullDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "u.db")
	db := open(t, "sqlite:"+path, store.Options{Timeout: 20 * time.Second})
	if err := store.Exec(t.Context(), db, "PRAGMA max_page_count = 200"); err != nil {
		t.Fatal(err)
	}
	kept := fill(t, db)
	if err := store.Exec(t.Context(), db, "PRAGMA max_page_count = 100000"); err != nil {
		t.Fatal(err)
	}
	recovered(t, db, kept)
	whole(t, path)
}

// TestFullDisk does so with a real file system.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if os.Getuid() != 0 || exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=2m,mode=0700", "usher-test", dir).Run() != nil {
		t.Skip("only root, where it may mount a small file system, can fill one")
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("unmounting %s: %s %v", dir, out, err)
		}
	})
	path := filepath.Join(dir, "u.db")
	db := open(t, "sqlite:"+path, store.Options{Timeout: 20 * time.Second})
	kept := fill(t, db)
	if out, err := exec.CommandContext(t.Context(), "mount", "-o", "remount,size=64m", dir).CombinedOutput(); err != nil {
		t.Fatalf("making room: %s %v", out, err)
	}
	recovered(t, db, kept)
	whole(t, path)
	if err := db.Close(); err != nil { // before the file system goes
		t.Error(err)
	}
}

// fill writes, many at once, until the database is full. Whoever is told that
// a write failed is told why.
func fill(t *testing.T, db *store.DB) (kept []string) {
	t.Helper()
	var all sync.WaitGroup
	var mu sync.Mutex
	for who := range 8 {
		all.Go(func() {
			for i := range 1000 {
				id := fmt.Sprint(who, "-", i)
				err := db.PutSession(t.Context(), someone(id))
				if err != nil {
					if !errors.Is(err, usher.ErrUnavailable) || !strings.Contains(err.Error(), "is full: make room") {
						t.Errorf("a full disk: %v; wanted that it is full", err)
					}
					return
				}
				mu.Lock()
				kept = append(kept, id)
				mu.Unlock()
			}
			t.Error("it never became full")
		})
	}
	all.Wait()
	if len(kept) == 0 {
		t.Fatal("nothing was kept before it became full")
	}
	if _, err := db.Session(t.Context(), kept[0]); err != nil {
		t.Errorf("reading from a full database: %v", err)
	}
	return kept
}

// recovered expects all that was answered to be there, and writes to work again.
func recovered(t *testing.T, db *store.DB, kept []string) {
	t.Helper()
	if err := db.PutSession(t.Context(), someone("after")); err != nil {
		t.Errorf("when there is room again: %v", err)
	}
	for _, id := range append(kept, "after") {
		if _, err := db.Session(t.Context(), id); err != nil {
			t.Errorf("session %s, which was answered: %v", id, err)
		}
	}
}

// TestLockedDatabase has another program hold the database.
func TestLockedDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "u.db")
	db := open(t, "sqlite:"+path, store.Options{Timeout: 400 * time.Millisecond})
	if err := db.PutSession(t.Context(), someone("before")); err != nil {
		t.Fatal(err)
	}
	release := hold(t, path)
	begun := time.Now()
	err := db.PutSession(t.Context(), someone("one"))
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("the answer took %s", took)
	}
	if !errors.Is(err, usher.ErrUnavailable) {
		t.Errorf("while another program holds it: %v; wanted unavailable", err)
	}
	if _, err := db.Session(t.Context(), "before"); err != nil {
		t.Errorf("reading meanwhile: %v", err)
	}
	release()
	deadline := time.Now().Add(5 * time.Second)
	for {
		if err = db.PutSession(t.Context(), someone("after")); err == nil || errors.Is(err, store.ErrDuplicate) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("when it is free again: %v", err)
		}
	}
}

// hold takes the database as a program that writes for long does.
func hold(t *testing.T, path string) (release func()) {
	t.Helper()
	pool, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	tx, err := pool.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := errors.Join(tx.Rollback(), pool.Close()); err != nil {
			t.Error(err)
		}
	}
}
