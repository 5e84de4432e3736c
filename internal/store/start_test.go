// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

// TestManyStartAtOnce has several handles and several processes make the same
// new database.
func TestManyStartAtOnce(t *testing.T) {
	for name, address := range map[string]func(testing.TB) string{
		"sqlite":   func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "u.db") },
		"postgres": postgres,
	} {
		t.Run(name, func(t *testing.T) {
			dsn := address(t)
			var all sync.WaitGroup
			for range 4 {
				cmd := child(t, "open", dsn)
				all.Go(func() { opened(t, cmd) })
				all.Go(func() {
					db, err := store.Open(t.Context(), dsn, store.Options{Timeout: 10 * time.Second})
					if err != nil {
						t.Errorf("a handle: %v", err)
						return
					}
					if err := db.Close(); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			db := open(t, dsn, store.Options{})
			if err := db.PutTicket(t.Context(), usher.Ticket{ID: "after", Issued: time.Now()}); err != nil {
				t.Errorf("afterwards: %v", err)
			}
			if versions, err := store.SchemaVersions(t.Context(), db); err != nil || strings.Join(versions, " ") != "0 1 2 3 4 5 6" {
				t.Errorf("versions of the schema %v, %v; wanted each once", versions, err)
			}
		})
	}
}

func opened(t *testing.T, cmd *exec.Cmd) {
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != "opened" {
		t.Errorf("a process: %s, %v", out, err)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	for name, address := range map[string]func(testing.TB) string{
		"sqlite":   func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "u.db") },
		"postgres": postgres,
	} {
		t.Run(name, func(t *testing.T) {
			dsn := address(t)
			if err := store.PretendNewer(t.Context(), open(t, dsn, store.Options{})); err != nil {
				t.Fatal(err)
			}
			for _, readOnly := range []bool{false, true} {
				_, err := store.Open(t.Context(), dsn, store.Options{ReadOnly: readOnly})
				if err == nil || !strings.Contains(err.Error(), "schema is version 9999, and this usher knows 6: a newer usher has used it") {
					t.Errorf("read-only %v: %v; wanted a refusal", readOnly, err)
				}
			}
		})
	}
}

// TestSchemaGoesDownAndUp undoes the schema and makes it again.
func TestSchemaGoesDownAndUp(t *testing.T) {
	for name, address := range map[string]func(testing.TB) string{
		"sqlite":   func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "u.db") },
		"postgres": postgres,
	} {
		t.Run(name, func(t *testing.T) {
			dsn := address(t)
			db := open(t, dsn, store.Options{})
			if err := store.UndoSchema(t.Context(), db); err != nil {
				t.Fatal(err)
			}
			if err := db.PutTicket(t.Context(), usher.Ticket{ID: "id", Issued: time.Now()}); err == nil {
				t.Error("a ticket was kept without a table")
			}
			_, err := store.Open(t.Context(), dsn, store.Options{ReadOnly: true})
			if err == nil || !strings.Contains(err.Error(), "usher has not used it yet") {
				t.Errorf("opened for reading: %v; wanted that usher has not used it", err)
			}
			again := open(t, dsn, store.Options{})
			if err := again.PutTicket(t.Context(), usher.Ticket{ID: "id", Issued: time.Now()}); err != nil {
				t.Error(err)
			}
		})
	}
}
