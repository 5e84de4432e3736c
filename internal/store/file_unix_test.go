// SPDX-License-Identifier: Apache-2.0

//go:build unix

package store_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

func TestFilesAreForThisUserOnly(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0)) // the mode must not be the umask's doing
	dir := t.TempDir()
	path := filepath.Join(dir, "u.db")
	for round := range 2 {
		db := open(t, "sqlite:"+path, store.Options{})
		if err := db.PutTicket(t.Context(), usher.Ticket{ID: fmt.Sprint(round), Issued: time.Now()}); err != nil {
			t.Fatal(err)
		}
		if err := db.Backup(t.Context(), filepath.Join(dir, fmt.Sprint("backup", round))); err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) < 4 {
			t.Fatalf("%v, %v; wanted the database, the two files beside it and a backup", entries, err)
		}
		for _, e := range entries {
			info, err := e.Info()
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s has mode %v, %v; wanted 0600", e.Name(), info.Mode(), err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o644); err != nil { // as another program may have made it
			t.Fatal(err)
		}
	}
}

// TestFolderThatCannotBeWritten runs as a user without rights, since root may
// write everywhere.
func TestFolderThatCannotBeWritten(t *testing.T) {
	if os.Getuid() != 0 {
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		_, err := store.Open(t.Context(), "sqlite:"+filepath.Join(dir, "u.db"), store.Options{})
		wantNotMade(t, fmt.Sprint(err))
		return
	}
	dir, err := os.MkdirTemp("/tmp", "usher-store-*") // every user reaches it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(dir, "kept.db")
	if err := open(t, "sqlite:"+kept, store.Options{}).Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(kept, 0o644); err != nil {
		t.Fatal(err)
	}
	wantNotMade(t, asNobody(t, dir, "sqlite:"+filepath.Join(dir, "u.db")))
	if got := asNobody(t, dir, "sqlite:"+kept); !strings.Contains(got, "other users of this machine can read") {
		t.Errorf("a file of another user that all can read: %s", got)
	}
	if err := os.Chmod(kept, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := asNobody(t, dir, "sqlite:"+kept); !strings.Contains(got, "give the file, the files beside it and their folder to the user that usher runs as") {
		t.Errorf("a file of another user: %s", got)
	}
}

func wantNotMade(t *testing.T, got string) {
	t.Helper()
	if !strings.Contains(got, "cannot be made; give its folder to the user that usher runs as") {
		t.Errorf("a folder that cannot be written: %s", got)
	}
}

// asNobody opens a database as a user without rights, from a copy of this
// program in dir.
func asNobody(t *testing.T, dir, dsn string) string {
	t.Helper()
	cmd := child(t, "open", dsn)
	copied := filepath.Join(dir, "program")
	if _, err := os.Stat(copied); err != nil {
		copyFile(t, cmd.Path, copied)
	}
	cmd.Path, cmd.Args[0], cmd.Dir = copied, copied, "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Errorf("%s was opened by a user without rights", dsn)
	}
	return string(out)
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}
